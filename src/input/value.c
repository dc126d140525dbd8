#include "input/value.h"

#include <string.h>

#include "base/clock.h"
#include "input/quad.h"
#include "input/zone.h"

bool
value_is_word_for_nothing(struct text t)
{
	static const struct text words[] = { { "-", 1 }, { "nil", 3 },
		{ "n/a", 3 }, { "null", 4 }, { "none", 4 }, { "(empty)", 7 },
		{ "notchecked", 10 }, { "unavailable", 11 },
		{ "notavailable", 12 } };

	/* The two that whole columns are full of. */
	if (text_is(t, "-") || text_is(t, "None"))
		return true;
	t = text_trim(t);
	for (size_t i = 0; i < N_ITEMS(words) && words[i].n <= t.n; i++)
		if (text_equal_nocase(t, words[i]))
			return true;
	return t.n == 0;
}

bool
value_is_masked(struct text t)
{
	static const char *const words[] = { "anonymized", "anonymised",
		"redacted", "masked", "hidden", "removed", "sanitized" };
	size_t n_masks = 0;
	bool hex;

	t = text_trim(t);
	hex = t.n > 0 && memchr(t.at, ':', t.n) != NULL;
	for (size_t i = 0; i < N_ITEMS(words); i++)
		if (text_equal_nocase(t, text_of(words[i])))
			return true;
	if (t.n > 2 && t.at[0] == '<' && t.at[t.n - 1] == '>')
		return true;
	for (size_t i = 0; i < t.n; i++) {
		if (memchr("xX*#", t.at[i], 4) != NULL)
			n_masks++;
		else if (!text_is_digit(t.at[i]) && t.at[i] != '.' &&
		    t.at[i] != ':' && !(hex && text_lower(t.at[i]) >= 'a' &&
		    text_lower(t.at[i]) <= 'f'))
			return false;
	}
	/* "x0112" is a mistake rather. */
	return n_masks > 0 && (t.n == n_masks ||
	    memchr(t.at, '.', t.n) != NULL || memchr(t.at, ':', t.n) != NULL);
}

bool
value_contains(struct text t, const char *needle)
{
	size_t n = strlen(needle);

	for (size_t i = 0; i + n <= t.n; i++) {
		size_t k = 0;

		while (k < n && text_lower(t.at[i + k]) == needle[k])
			k++;
		if (k == n)
			return true;
	}
	return false;
}

/* Two digits at p, or a number beyond 99. */
static inline unsigned
two(const char *p)
{
	unsigned high = (unsigned char)p[0] - (unsigned)'0';
	unsigned low = (unsigned char)p[1] - (unsigned)'0';

	return high > 9 || low > 9 ? 1000 : high * 10 + low;
}

static const int64_t tens[] = { 1, 10, 100, 1000, 10000, 100000, 1000000,
	10000000, 100000000, 1000000000 };

/* The digits behind the point at t.at[*i], as nanoseconds; what is finer does not
 * count. */
static inline int64_t
fraction(struct text t, size_t *i)
{
	size_t n = 0;
	int64_t value = 0;

	for (++*i; *i < t.n && text_is_digit(t.at[*i]); ++*i)
		if (n < 9) {
			value = value * 10 + (t.at[*i] - '0');
			n++;
		}
	return value * tens[9 - n];
}

/* "2026-03-04T09:15".  Lines follow each other in time, so that their minute is
 * mostly the last line's, and many certificates begin and end on the same days. */
static inline bool
minute_of(struct log *log, const char *text, int64_t *out)
{
	uint64_t key = text_load(text) ^ text_load(text + 8) << 4;
	struct log_minute *m = &log->minutes[key * 0x9e3779b97f4a7c15 >> 58];
	bool zoned;

	_Static_assert(N_ITEMS(log->minutes) == 64, "so many as 6 bits tell");
	if (LIKELY(memcmp(text, m->text, sizeof(m->text)) == 0)) {
		*out = m->time;
		return true;
	}
	if (!clock_parse_iso((struct text){ text, sizeof(m->text) }, out,
	    &zoned))
		return false;
	memcpy(m->text, text, sizeof(m->text));
	m->time = *out;
	return true;
}

/* "2026-03-04T09:15:02" with an optional fraction and zone. */
static bool
iso_time(struct log *log, struct text t, int64_t *out, bool *zoned)
{
	int64_t ns, offset;
	unsigned second;
	size_t i = 19;

	*zoned = false;
	if (t.n < 19 || t.at[16] != ':' ||
	    (second = two(t.at + 17)) > 60)
		return clock_parse_iso(t, out, zoned);
	if (!minute_of(log, t.at, &ns))
		return false;
	ns += second * CLOCK_SECOND;
	if (i + 1 < t.n && (t.at[i] == '.' || t.at[i] == ',') &&
	    text_is_digit(t.at[i + 1]))
		ns += fraction(t, &i);
	if (i + 6 == t.n && (t.at[i] == '+' || t.at[i] == '-') &&
	    t.at[i + 3] == ':') {
		unsigned hour = two(t.at + i + 1), minutes = two(t.at + i + 4);

		if (hour > 15 || minutes > 59)
			return false;
		offset = (hour * 3600LL + minutes * 60LL) * CLOCK_SECOND;
		ns += t.at[i] == '-' ? offset : -offset;
		*zoned = true;
	} else if (i + 1 == t.n && (t.at[i] == 'Z' || t.at[i] == 'z')) {
		*zoned = true;
	} else if (i < t.n) {
		return clock_parse_iso(t, out, zoned);
	}
	*out = ns;
	return true;
}

/* The digits that t begins with, at most 19 of them, which always fit.  How many
 * there are. */
static size_t
take_digits(struct text *t, size_t most, uint64_t *out)
{
	uint64_t value = 0;
	unsigned digit;
	size_t n = 0;

	if (most > t->n)
		most = t->n;
	for (; n < most; n++) {
		digit = (unsigned char)t->at[n] - (unsigned)'0';
		if (digit > 9)
			break;
		value = value * 10 + digit;
	}
	t->at += n;
	t->n -= n;
	*out = value;
	return n;
}

/* "1772615702.118233", as sensors have it; the second is mostly the last line's.
 * Pieces of at most eight digits are read at once. */
static inline bool
seconds_and_fraction(struct log *log, struct text t, int64_t *out)
{
	struct log_second *s = &log->second;
	uint64_t first, last, fraction;

	if (t.n < 12 || t.n > 19 || t.at[0] < '0' || t.at[0] > '8' ||
	    t.at[10] != '.' ||
	    !text_u64((struct text){ t.at + 11, t.n - 11 }, &fraction))
		return false;
	if (UNLIKELY(memcmp(t.at, s->text, sizeof(s->text)) != 0)) {
		if (!text_u64((struct text){ t.at, 8 }, &first) ||
		    !text_u64((struct text){ t.at + 8, 2 }, &last))
			return false;
		memcpy(s->text, t.at, sizeof(s->text));
		s->time = (int64_t)(first * 100 + last) * CLOCK_SECOND;
	}
	*out = s->time + (int64_t)fraction * tens[9 - (t.n - 11)];
	return true;
}

/* Seconds, milli-, micro- or nanoseconds since 1970, by the number of digits;
 * seconds may have a fraction. */
static bool
epoch_time(struct text t, int64_t *out)
{
	uint64_t value, fraction = 0;
	size_t n = take_digits(&t, 19, &value), n_fraction = 0;
	int64_t unit = n >= 18 ? 1 : n >= 15 ? 1000 : n >= 12 ? 1000000 :
	    CLOCK_SECOND;

	/* Leave room for the fraction. */
	if (n < 9 ||
	    value > (uint64_t)(INT64_MAX / unit - (unit == CLOCK_SECOND)))
		return false;
	if (t.n > 0) {
		if (t.at[0] != '.')
			return false;
		t = (struct text){ t.at + 1, t.n - 1 };
		n_fraction = take_digits(&t, 9, &fraction);
	}
	/* What is finer than nanoseconds does not count. */
	for (; t.n > 0; t.at++, t.n--)
		if (!text_is_digit(t.at[0]))
			return false;
	*out = (int64_t)value * unit;
	if (unit == CLOCK_SECOND)
		*out += (int64_t)fraction * tens[9 - n_fraction];
	return true;
}

static bool
number_of(struct text *t, size_t least, size_t most, int *out)
{
	size_t n = 0;
	int value = 0;

	while (n < t->n && n < most && text_is_digit(t->at[n]))
		value = value * 10 + (t->at[n++] - '0');
	if (n < least)
		return false;
	t->at += n;
	t->n -= n;
	*out = value;
	return true;
}

static bool
skip_char(struct text *t, char c)
{
	if (t->n == 0 || t->at[0] != c)
		return false;
	t->at++;
	t->n--;
	return true;
}

static bool
skip_any(struct text *t, const char *chars)
{
	return t->n > 0 && strchr(chars, t->at[0]) != NULL &&
	    skip_char(t, t->at[0]);
}

/* "Mar", "March" */
static bool
month_of(struct text *t, int *out)
{
	static const char *const names[12] = { "january", "february", "march",
		"april", "may", "june", "july", "august", "september", "october",
		"november", "december" };

	for (int i = 0; i < 12; i++) {
		size_t n = 0;

		while (n < t->n && names[i][n] != '\0' &&
		    text_lower(t->at[n]) == names[i][n])
			n++;
		if (n < 3)
			continue;
		if (names[i][n] != '\0')
			n = 3;
		t->at += n;
		t->n -= n;
		*out = i + 1;
		return true;
	}
	return false;
}

/* " AM" and " PM" behind an hour of twelve. */
static void
half_of_day(struct text *t, struct clock_fields *f)
{
	struct text rest = text_trim(*t);
	bool pm;

	if (rest.n < 2 || text_lower(rest.at[1]) != 'm' || f->hour > 12 ||
	    (rest.n > 2 && rest.at[2] != ' ')) /* "AMT" is a zone */
		return;
	pm = text_lower(rest.at[0]) == 'p';
	if (!pm && text_lower(rest.at[0]) != 'a')
		return;
	f->hour = f->hour % 12 + (pm ? 12 : 0);
	*t = (struct text){ rest.at + 2, rest.n - 2 };
}

/* "09:15:02.118", "9:15:02 AM" */
static bool
clock_of(struct text *t, struct clock_fields *f)
{
	int64_t unit = CLOCK_SECOND / 10;

	if (!number_of(t, 1, 2, &f->hour) || !skip_char(t, ':') ||
	    !number_of(t, 2, 2, &f->minute) || !skip_char(t, ':') ||
	    !number_of(t, 2, 2, &f->second))
		return false;
	if (skip_char(t, '.'))
		for (; t->n > 0 && text_is_digit(t->at[0]); unit /= 10) {
			f->nanosecond += unit * (t->at[0] - '0');
			t->at++;
			t->n--;
		}
	half_of_day(t, f);
	return true;
}

/* "UTC", "GMT", "Z", "+0100", "+01:00" or nothing. */
static bool
zone_of(struct text t, int64_t *offset, bool *zoned)
{
	int hour, minute = 0;
	bool west;

	t = text_trim(t);
	*offset = 0;
	*zoned = t.n > 0;
	if (t.n == 0 || text_equal_nocase(t, TEXT("UTC")) ||
	    text_equal_nocase(t, TEXT("GMT")) ||
	    text_equal_nocase(t, TEXT("Z")))
		return true;
	west = t.at[0] == '-';
	if (!skip_char(&t, '+') && !skip_char(&t, '-'))
		return false;
	if (!number_of(&t, 2, 2, &hour))
		return false;
	skip_char(&t, ':');
	if (t.n > 0 && !number_of(&t, 2, 2, &minute))
		return false;
	*offset = (hour * 3600LL + minute * 60LL) * CLOCK_SECOND;
	if (west)
		*offset = -*offset;
	return t.n == 0;
}

/* The newest year in which the date is not in the future; a day of grace, since
 * clocks and zones differ. */
static int64_t
newest_year(struct clock_fields *f, int64_t now)
{
	int64_t ns;

	f->year = clock_split(now + CLOCK_DAY).year;
	for (int i = 0; i < 9; i++, f->year--) {
		ns = clock_join(f);
		if (ns != CLOCK_UNKNOWN && ns <= now + CLOCK_DAY)
			return ns;
	}
	return CLOCK_UNKNOWN;
}

/* "Mar 04 2026 09:15:02.118 UTC", "Mar  4 09:15:02", "Wed Mar 04 09:15:02 2026",
 * "Mar 4, 2026 @ 09:15:02.118", "Wednesday, March 04, 2026 9:15:02 AM". */
static bool
month_first(struct log *log, struct text t, int64_t *out, bool *zoned)
{
	struct clock_fields f = { 0 };
	struct text weekday = t;
	int64_t offset;
	int year = 0;

	if (!month_of(&t, &f.month)) {
		if (t.n > 0 && text_is_digit(t.at[0]))
			return false;
		text_split(&t, ' ', &weekday);
		t = text_trim(t);
		if (!month_of(&t, &f.month))
			return false;
	}
	t = text_trim(t);
	if (!number_of(&t, 1, 2, &f.day))
		return false;
	skip_char(&t, ',');
	t = text_trim(t);
	if (t.n > 4 && text_is_digit(t.at[2]) && !number_of(&t, 4, 4, &year))
		return false;
	/* "Mar 04 26 09:15:02" */
	if (year == 0 && t.n > 3 && text_is_digit(t.at[1]) && t.at[2] == ' ') {
		if (!number_of(&t, 2, 2, &year))
			return false;
		year += 2000;
	}
	skip_char(&t, ',');
	t = text_trim(t);
	if (skip_char(&t, '@')) /* Kibana */
		t = text_trim(t);
	if (!clock_of(&t, &f))
		return false;
	t = text_trim(t);
	if (year == 0 && t.n >= 4 && text_is_digit(t.at[0]) &&
	    !number_of(&t, 4, 4, &year))
		return false;
	if (!zone_of(t, &offset, zoned))
		return false;
	f.year = year;
	*out = year > 0 ? clock_join(&f) : newest_year(&f, log->now);
	if (*out == CLOCK_UNKNOWN)
		return false;
	*out -= offset;
	return true;
}

/* "[04/Mar/2026:09:15:02.118 +0100]", brackets optional; "04-Mar-26 09:15:02
 * GMT", "Wed, 04 Mar 2026 09:15:02 +0000", "4Mar2026 9:15:02", "4 Mar 26, 9:15:02
 * AM". */
static bool
day_first(struct text t, int64_t *out, bool *zoned)
{
	struct clock_fields f = { 0 };
	int64_t offset;
	int year;

	skip_char(&t, '[');
	if (t.n > 0 && t.at[t.n - 1] == ']')
		t.n--;
	if (t.n > 5 && !text_is_digit(t.at[0]) && t.at[3] == ',')
		t = text_trim((struct text){ t.at + 4, t.n - 4 });
	if (!number_of(&t, 1, 2, &f.day))
		return false;
	skip_any(&t, "/- ");
	if (!month_of(&t, &f.month))
		return false;
	skip_any(&t, "/- ");
	if (!number_of(&t, 2, 4, &year))
		return false;
	skip_char(&t, ',');
	if (!skip_any(&t, ": T"))
		return false;
	t = text_trim(t);
	if (!clock_of(&t, &f) || !zone_of(t, &offset, zoned))
		return false;
	f.year = year < 100 ? year + 2000 : year;
	*out = clock_join(&f);
	if (*out == CLOCK_UNKNOWN)
		return false;
	*out -= offset;
	return true;
}

/* "3/4/2026, 9:15:02.118 AM": the month is first where the hours end at twelve;
 * without such an end it might be the day. */
static bool
american(struct text t, int64_t *out, bool *zoned)
{
	struct clock_fields f = { 0 };
	int64_t offset;
	int year;

	if (!number_of(&t, 1, 2, &f.month) || !skip_char(&t, '/') ||
	    !number_of(&t, 1, 2, &f.day) || !skip_char(&t, '/') ||
	    !number_of(&t, 4, 4, &year))
		return false;
	f.year = year;
	skip_char(&t, ',');
	t = text_trim(t);
	if (!clock_of(&t, &f) || text_lower(t.at[-1]) != 'm' ||
	    !zone_of(t, &offset, zoned))
		return false;
	*out = clock_join(&f);
	if (*out == CLOCK_UNKNOWN)
		return false;
	*out -= offset;
	return true;
}

/* Without a zone the time is taken as UTC. */
static bool
any_time(struct log *log, struct text t, int64_t *out, bool *zoned)
{
	if (t.n >= 19 && text_is_digit(t.at[2]) &&
	    (t.at[4] == '-' || t.at[4] == '/'))
		return iso_time(log, t, out, zoned);
	if (epoch_time(t, out)) {
		*zoned = true;
		return true;
	}
	return month_first(log, t, out, zoned) || day_first(t, out, zoned) ||
	    american(t, out, zoned);
}

/* The last word, and what is before it. */
static struct text
cut_word(struct text *t)
{
	size_t n = t->n;
	struct text word;

	while (n > 0 && t->at[n - 1] != ' ')
		n--;
	word = (struct text){ t->at + n, t->n - n };
	*t = text_trim((struct text){ t->at, n });
	return word;
}

/* "2026-03-04 09:15:02 CET", "Wed Mar 04 09:15:02 CET 2026". */
static bool
time_in_named_zone(struct log *log, struct text t, int64_t *out)
{
	struct text zone = cut_word(&t), year = { 0 };
	char bare[64];
	struct zone named;
	int64_t local;
	bool zoned;

	if (zone.n == 4 && text_is_digit(zone.at[0])) {
		year = zone;
		zone = cut_word(&t);
	}
	if (zone.n == 0 || text_lower(zone.at[0]) < 'a' ||
	    text_lower(zone.at[0]) > 'z' ||
	    t.n + 1 + year.n > sizeof(bare))
		return false;
	memcpy(bare, t.at, t.n);
	if (year.n > 0) {
		bare[t.n++] = ' ';
		memcpy(bare + t.n, year.at, year.n);
	}
	t = (struct text){ bare, t.n + year.n };
	if (!any_time(log, t, &local, &zoned) || zoned ||
	    !zone_find(zone, &named))
		return false;
	*out = local - zone_offset(&named, local);
	return true;
}

static bool
time_else_in(struct log *log, struct text t, const struct zone *zone,
    int64_t *out)
{
	bool zoned;

	if (seconds_and_fraction(log, t, out))
		return true;
	if (t.n > 0 && !text_is_digit(t.at[t.n - 1]))
		t = text_trim(t);
	if (!any_time(log, t, out, &zoned))
		return time_in_named_zone(log, t, out);
	if (!zoned)
		*out -= zone_offset(zone, *out);
	return true;
}

bool
value_time(struct log *log, struct text t, int64_t *out)
{
	return time_else_in(log, t, &log->options->timezone, out);
}

bool
value_time_in(struct log *log, struct text t, struct text zone, int64_t *out)
{
	struct zone named;

	return time_else_in(log, t, zone.n > 0 && zone_find(zone, &named) ?
	    &named : &log->options->timezone, out);
}

bool
value_address(struct text t, struct endpoint *out)
{
	struct endpoint parsed;

	if (quad_read(t, out->address)) {
		out->family = 4;
		return true;
	}
	parsed = (struct endpoint){ .port = out->port };
	if (!endpoint_parse(text_trim(t), &parsed))
		return false;
	*out = parsed;
	return true;
}

bool
value_peer(struct text t, struct endpoint *out)
{
	return value_is_absent(t) || value_address(t, out) ||
	    value_is_masked(t);
}

bool
value_is_inner(const struct endpoint *e)
{
	const uint8_t *a = e->address;

	if (e->family != 4)
		return (a[0] & 0xfe) == 0xfc;
	return a[0] == 10 || (a[0] == 172 && (a[1] & 0xf0) == 16) ||
	    (a[0] == 192 && a[1] == 168) || (a[0] == 100 && (a[1] & 0xc0) == 64);
}

bool
value_endpoint(struct text t, bool bare, struct endpoint *out)
{
	struct text address = text_trim(t), port;
	size_t colon = address.n, n_colons = 0;

	for (size_t i = 0; i < address.n; i++)
		if (address.at[i] == ':') {
			colon = i;
			n_colons++;
		}
	if (n_colons == 0 || (n_colons > 1 && !bare &&
	    (address.at[0] != '[' || address.at[colon - 1] != ']')))
		return value_address(address, out);
	port = (struct text){ address.at + colon + 1, address.n - colon - 1 };
	address.n = colon;
	return value_address(address, out) && value_port(port, out);
}

static int
hex_digit(char c)
{
	c = text_lower(c);
	if (text_is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct text
value_percent_decoded(struct log *log, struct text t)
{
	char *out;
	size_t n = 0;

	if (t.n == 0 || memchr(t.at, '%', t.n) == NULL)
		return t;
	out = log_scratch(log, t.n);
	for (size_t i = 0; i < t.n; i++) {
		bool escape = t.at[i] == '%' && i + 2 < t.n &&
		    hex_digit(t.at[i + 1]) >= 0 && hex_digit(t.at[i + 2]) >= 0;

		if (escape) {
			out[n++] = (char)(hex_digit(t.at[i + 1]) * 16 +
			    hex_digit(t.at[i + 2]));
			i += 2;
		} else {
			out[n++] = t.at[i];
		}
	}
	return (struct text){ out, n };
}

uint16_t
value_version(struct text t)
{
	bool datagram, ssl;
	struct text rest = text_trim(t);
	uint64_t number;
	int major, minor;

	if (rest.n > 2 && rest.at[0] == '0' && text_lower(rest.at[1]) == 'x') {
		for (number = 0, rest.at += 2, rest.n -= 2; rest.n > 0;
		     rest.at++, rest.n--) {
			int c = text_lower(rest.at[0]);

			if (!text_is_digit((char)c) && (c < 'a' || c > 'f'))
				return 0;
			number = (number << 4 & 0xffff) |
			    (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
		}
		return (uint16_t)number;
	}
	if (rest.n >= 3 && rest.n <= 5 && text_u64(rest, &number) &&
	    number >= 0x300 && number <= 0xffff)
		return (uint16_t)number;
	datagram = rest.n > 4 && text_lower(rest.at[0]) == 'd';
	if (datagram) {
		rest.at++;
		rest.n--;
	}
	ssl = rest.n > 3 && text_lower(rest.at[0]) == 's';
	while (rest.n > 0 && !text_is_digit(rest.at[0])) {
		if (memchr("TLSVtlsv /_-", rest.at[0], 12) == NULL)
			return 0;
		rest.at++;
		rest.n--;
	}
	if (!number_of(&rest, 1, 1, &major))
		return 0;
	while (rest.n > 0 && memchr("._", rest.at[0], 2) != NULL) {
		rest.at++;
		rest.n--;
	}
	if (!number_of(&rest, 1, 1, &minor))
		minor = 0;
	/* "-draft28" and " draft-28" are the final version for us */
	if (rest.n > 0 && !text_starts(rest, "-draft") &&
	    !text_starts(rest, " draft") && !text_starts(rest, " (draft"))
		return 0;
	if (ssl)
		return major == 3 ? 0x0300 : major == 2 ? 0x0002 : 0;
	if (major != 1 || minor > 3)
		return 0;
	if (datagram)
		return minor == 3 ? 0xfefc : minor == 2 ? 0xfefd : 0xfeff;
	return (uint16_t)(0x0301 + minor);
}

enum truth
value_truth(struct text t)
{
	static const struct {
		struct text word;
		enum truth truth;
	} words[] = { { { "true", 4 }, TRUTH_YES }, { { "false", 5 }, TRUTH_NO },
		{ { "t", 1 }, TRUTH_YES }, { { "f", 1 }, TRUTH_NO },
		{ { "yes", 3 }, TRUTH_YES }, { { "no", 2 }, TRUTH_NO },
		{ { "1", 1 }, TRUTH_YES }, { { "0", 1 }, TRUTH_NO },
		{ { "y", 1 }, TRUTH_YES }, { { "n", 1 }, TRUTH_NO } };

	/* As JSON has them, and so nearly all. */
	if (text_is(t, "true"))
		return TRUTH_YES;
	if (text_is(t, "false"))
		return TRUTH_NO;
	for (size_t i = 0; i < N_ITEMS(words); i++)
		if (text_equal_nocase(t, words[i].word))
			return words[i].truth;
	return TRUTH_UNKNOWN;
}

struct text
value_url_host(struct text t)
{
	struct text rest, host, port;
	size_t scheme = 0;
	const char *at;

	if (t.n == 0)
		return t;
	while (scheme < t.n && text_lower(t.at[scheme]) >= 'a' &&
	    text_lower(t.at[scheme]) <= 'z')
		scheme++;
	rest = (struct text){ t.at + scheme, t.n - scheme };
	if (text_starts(rest, "://"))
		t = (struct text){ rest.at + 3, rest.n - 3 };
	for (size_t i = 0; i < t.n; i++)
		if (memchr("/?# ", t.at[i], 4) != NULL) {
			t.n = i;
			break;
		}
	at = t.n > 0 ? memchr(t.at, '@', t.n) : NULL;
	if (at != NULL) {
		t.n -= (size_t)(at + 1 - t.at);
		t.at = at + 1;
	}
	if (t.n > 1 && t.at[0] == '[') {
		rest = t;
		text_split(&rest, ']', &host);
		return (struct text){ host.at + 1, host.n - 1 };
	}
	rest = t;
	if (!text_split(&rest, ':', &host))
		return t;
	/* A bare IPv6 address has more than one colon. */
	return text_split(&rest, ':', &port) ? t : host;
}

bool
value_url_port(struct text t, struct endpoint *out)
{
	struct text host = value_url_host(t), port;
	size_t at;

	if (host.n == 0)
		return false;
	at = (size_t)(host.at + host.n - t.at);
	if (at < t.n && t.at[at] == ']')
		at++;
	if (at >= t.n || t.at[at] != ':')
		return false;
	port = (struct text){ t.at + at + 1, 0 };
	while (at + 1 + port.n < t.n && text_is_digit(port.at[port.n]))
		port.n++;
	return value_port(port, out);
}

void
value_host(struct handshake *h, struct text t, enum host_source source)
{
	struct endpoint address;

	if (t.n == 0)
		return;
	if ((text_is_digit(t.at[t.n - 1]) || t.at[t.n - 1] == ']' ||
	    memchr(t.at, ':', t.n) != NULL) && endpoint_parse(t, &address))
		source = HOST_ADDRESS;
	h->host = t;
	h->host_source = source;
}

bool
value_sha256(struct text t, uint8_t out[32])
{
	size_t n = 0;

	for (size_t i = 0; i < t.n; i++) {
		char c = text_lower(t.at[i]);
		unsigned digit;

		if (c == ':')
			continue;
		if (!text_is_digit(c) && (c < 'a' || c > 'f'))
			return false;
		if (n >= 64)
			return false;
		digit = (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
		out[n / 2] = (uint8_t)(n % 2 == 0 ? digit << 4 :
		    out[n / 2] | digit);
		n++;
	}
	return n == 64;
}
