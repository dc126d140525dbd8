#include "packet/fragment.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum {
	DATAGRAMS_MAX = 64, /* at 64 KB each: 4 MB at most */
	DATAGRAM_MAX = 65536,
	UNIT = 8, /* what offsets count in (RFC 791 section 2.3) */
};
#define PATIENCE (60 * CLOCK_SECOND) /* RFC 8200 section 4.5 */

struct datagram {
	bool used;
	uint8_t family, protocol;
	uint8_t source[16], destination[16];
	uint32_t id;
	int64_t time; /* of its first fragment */
	uint64_t age; /* the larger the newer */
	uint32_t length; /* 0 until the last fragment is known */
	uint32_t n_units; /* units that have come */
	uint8_t have[DATAGRAM_MAX / UNIT / 8]; /* a bit for each unit */
	uint8_t *bytes; /* DATAGRAM_MAX of them */
};

struct fragments {
	struct datagram datagrams[DATAGRAMS_MAX];
	uint64_t clock, dropped;
};

struct fragments *
fragments_new(void)
{
	return mem_zero(1, sizeof(struct fragments));
}

void
fragments_free(struct fragments *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < DATAGRAMS_MAX; i++)
		free(f->datagrams[i].bytes);
	free(f);
}

uint64_t
fragments_dropped(const struct fragments *f)
{
	uint64_t n = f->dropped;

	for (size_t i = 0; i < DATAGRAMS_MAX; i++)
		n += f->datagrams[i].used;
	return n;
}

static bool
belongs(const struct datagram *d, const struct ip_packet *p)
{
	size_t n = p->family == 4 ? 4 : 16;

	/* IPv6 tells datagrams apart without the protocol. */
	return d->used && d->family == p->family && d->id == p->id &&
	    (p->family == 6 || d->protocol == p->protocol) &&
	    memcmp(d->source, p->source, n) == 0 &&
	    memcmp(d->destination, p->destination, n) == 0;
}

static void
begin(struct fragments *f, struct datagram *d, const struct ip_packet *p,
    int64_t time)
{
	size_t n = p->family == 4 ? 4 : 16;
	uint8_t *bytes = d->bytes;

	if (d->used)
		f->dropped++;
	*d = (struct datagram){
		.used = true,
		.family = p->family,
		.protocol = p->protocol,
		.id = p->id,
		.time = time,
		.age = ++f->clock,
		.bytes = bytes != NULL ? bytes : mem_zero(1, DATAGRAM_MAX),
	};
	memcpy(d->source, p->source, n);
	memcpy(d->destination, p->destination, n);
}

/* The datagram of a fragment; a new one takes the place of the oldest. */
static struct datagram *
find(struct fragments *f, const struct ip_packet *p, int64_t time)
{
	struct datagram *d, *oldest = &f->datagrams[0];

	for (size_t i = 0; i < DATAGRAMS_MAX; i++) {
		d = &f->datagrams[i];
		if (belongs(d, p)) {
			/* Identifications come round again. */
			if (clock_passed(d->time, time, PATIENCE))
				begin(f, d, p, time);
			return d;
		}
		if (oldest->used && (!d->used || d->age < oldest->age))
			oldest = d;
	}
	begin(f, oldest, p, time);
	return oldest;
}

/* Copy the units that have not come before. */
static void
fill(struct datagram *d, const struct ip_packet *p)
{
	struct cursor rest = p->payload, unit;
	uint32_t i = p->offset / UNIT;

	for (; rest.left > 0 && i < DATAGRAM_MAX / UNIT; i++) {
		size_t n = rest.left < UNIT ? rest.left : UNIT;

		if (!cursor_take(&rest, n, &unit))
			break;
		if ((d->have[i / 8] >> i % 8 & 1) != 0)
			continue;
		d->have[i / 8] |= (uint8_t)(1 << i % 8);
		d->n_units++;
		memcpy(d->bytes + (size_t)i * UNIT, unit.at, n);
	}
}

static bool
is_whole(const struct datagram *d)
{
	uint32_t n = (d->length + UNIT - 1) / UNIT;

	if (d->length == 0 || d->n_units < n)
		return false;
	for (uint32_t i = 0; i < n; i++)
		if ((d->have[i / 8] >> i % 8 & 1) == 0)
			return false;
	return true;
}

bool
fragments_add(struct fragments *f, struct ip_packet *p, int64_t time)
{
	struct datagram *d;
	uint32_t end;

	/* Parts that were cut by the snaplen cannot make it whole; those that
	 * reach beyond what IP can carry, or are no multiple of a unit, are
	 * somebody's attack. */
	if (p->missing > 0 || p->payload.left == 0 ||
	    p->payload.left > DATAGRAM_MAX - p->offset ||
	    (p->more && p->payload.left % UNIT != 0)) {
		f->dropped++;
		return false;
	}
	d = find(f, p, time);
	end = p->offset + (uint32_t)p->payload.left;
	if (!p->more && d->length == 0)
		d->length = end;
	if (p->offset == 0)
		d->protocol = p->protocol;
	fill(d, p);
	if (!is_whole(d))
		return false;

	d->used = false;
	p->protocol = d->protocol;
	p->payload = cursor_over(d->bytes, d->length);
	p->fragment = p->more = false;
	p->offset = 0;
	return ip_open_extensions(p);
}
