#include "tls/der.h"

#include "base/clock.h"

bool
der_next(struct cursor *c, struct der *out)
{
	struct cursor at = *c;
	uint8_t length_byte;
	uint32_t length;

	if (!cursor_u8(&at, &out->tag) || (out->tag & 0x1f) == 0x1f ||
	    !cursor_u8(&at, &length_byte))
		return false;
	length = length_byte;
	if (length_byte >= 0x80 && (length_byte == 0x80 ||
	    length_byte > 0x84 ||
	    !cursor_uint(&at, length_byte & 0x7f, &length)))
		return false;
	if (!cursor_take(&at, length, &out->body))
		return false;
	if (!cursor_take(c, c->left - at.left, &out->all))
		return false;
	return true;
}

bool
der_take(struct cursor *c, uint8_t tag, struct cursor *body)
{
	struct cursor copy = *c;
	struct der element;

	if (!der_next(&copy, &element) || element.tag != tag)
		return false;
	*c = copy;
	*body = element.body;
	return true;
}

static bool
digits(struct cursor *c, int n, int64_t *out)
{
	uint8_t digit;

	*out = 0;
	while (n-- > 0) {
		if (!cursor_u8(c, &digit) || digit < '0' || digit > '9')
			return false;
		*out = *out * 10 + (digit - '0');
	}
	return true;
}

static bool
two(struct cursor *c, int *out)
{
	int64_t value;

	if (!digits(c, 2, &value))
		return false;
	*out = (int)value;
	return true;
}

/* "Z", "+hhmm", "-hhmm" or nothing: nanoseconds east of UTC. */
static bool
zone(struct cursor *c, int64_t *east)
{
	int64_t sign;
	int hours, minutes;
	uint8_t mark;

	*east = 0;
	if (!cursor_u8(c, &mark))
		return true;
	if (mark == 'Z')
		return c->left == 0;
	if ((mark != '+' && mark != '-') || !two(c, &hours) ||
	    !two(c, &minutes))
		return false;
	sign = mark == '+' ? 1 : -1;
	*east = sign * (hours * 60 + minutes) * 60 * CLOCK_SECOND;
	return c->left == 0;
}

int64_t
der_time(const struct der *time)
{
	struct cursor c = time->body;
	struct clock_fields f = { 0 };
	int64_t ns, east;

	if (time->tag == DER_GENERALIZED_TIME) {
		if (!digits(&c, 4, &f.year))
			return CLOCK_UNKNOWN;
	} else if (time->tag == DER_UTC_TIME) {
		if (!digits(&c, 2, &f.year))
			return CLOCK_UNKNOWN;
		f.year += f.year < 50 ? 2000 : 1900;
	} else {
		return CLOCK_UNKNOWN;
	}
	if (!two(&c, &f.month) || !two(&c, &f.day) || !two(&c, &f.hour) ||
	    !two(&c, &f.minute))
		return CLOCK_UNKNOWN;
	if (cursor_peek(c, 0) >= '0' && cursor_peek(c, 0) <= '9' &&
	    !two(&c, &f.second))
		return CLOCK_UNKNOWN;
	if (cursor_peek(c, 0) == '.') /* fractions: forbidden, and ignored */
		while (cursor_skip(&c, 1) && cursor_peek(c, 0) >= '0' &&
		    cursor_peek(c, 0) <= '9')
			continue;
	ns = clock_join(&f);
	if (ns == CLOCK_UNKNOWN || !zone(&c, &east))
		return CLOCK_UNKNOWN;
	return ns - east;
}
