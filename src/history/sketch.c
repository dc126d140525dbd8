#include "history/sketch.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

/* The lowest bit of the hash of a handshake with a client port.  One without
 * may happen twice in a second, so that a single one proves nothing. */
#define SURE ((uint64_t)1)

enum { UNSURE_MIN = 8 }; /* but so many of them do */

#define EDGE_LENGTH (120 * CLOCK_SECOND)

/* FNV-1a, which needs no seed and is the same everywhere. */
static uint64_t
mix(uint64_t hash, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	for (size_t i = 0; i < n; i++)
		hash = (hash ^ p[i]) * 0x100000001b3ULL;
	return hash;
}

static uint64_t
mix_number(uint64_t hash, uint64_t number)
{
	uint8_t bytes[8];

	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(number >> (8 * i));
	return mix(hash, bytes, sizeof(bytes));
}

uint64_t
sketch_hash(const struct handshake *h)
{
	uint64_t hash = 0xcbf29ce484222325ULL;

	hash = mix(hash, h->client.address, sizeof(h->client.address));
	hash = mix_number(hash, h->client.port);
	hash = mix(hash, h->server.address, sizeof(h->server.address));
	hash = mix_number(hash, h->server.port);
	hash = mix_number(hash, (uint64_t)h->hello.time);
	hash = mix(hash, h->host.at, h->host.n);
	hash = mix(hash, h->user.at, h->user.n);
	hash = mix_number(hash, (uint64_t)h->outcome);
	/* FNV's upper bits are poor: the finaliser of splitmix64. */
	hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9ULL;
	hash = (hash ^ hash >> 27) * 0x94d049bb133111ebULL;
	hash ^= hash >> 31;
	return h->client.port != 0 ? hash | SURE : hash & ~SURE;
}

static int
order(const void *a, const void *b)
{
	const struct sketch_point *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

void
sketch_settle(struct sketch *s)
{
	unsigned kept = 0;

	if (s->n_sorted == s->n)
		return;
	qsort(s->points, s->n, sizeof(s->points[0]), order);
	for (unsigned i = 0; i < s->n && kept < SKETCH_SIZE; i++)
		if (kept == 0 || s->points[i].hash != s->points[kept - 1].hash)
			s->points[kept++] = s->points[i];
	s->n = s->n_sorted = kept;
}

void
sketch_add(struct sketch *s, uint64_t hash, int64_t time)
{
	if (s->n_sorted == SKETCH_SIZE &&
	    hash >= s->points[SKETCH_SIZE - 1].hash)
		return;
	if (s->n == 2 * SKETCH_SIZE)
		sketch_settle(s);
	s->points[s->n++] = (struct sketch_point){ hash, time };
}

/* Beyond this hash a full sketch cannot say what its input had. */
static uint64_t
limit(const struct sketch *s)
{
	return s->n < SKETCH_SIZE ? UINT64_MAX : s->points[s->n - 1].hash;
}

bool
sketch_overlap(const struct sketch *a, const struct sketch *b, int64_t from,
    int64_t to)
{
	uint64_t most = limit(a) < limit(b) ? limit(a) : limit(b);
	unsigned n_a = 0, n_b = 0, common = 0, sure = 0, j = 0;

	for (unsigned i = 0; i < b->n; i++)
		n_b += b->points[i].hash <= most &&
		    b->points[i].time >= from && b->points[i].time <= to;
	for (unsigned i = 0; i < a->n && a->points[i].hash <= most; i++) {
		if (a->points[i].time < from || a->points[i].time > to)
			continue;
		n_a++;
		while (j < b->n && b->points[j].hash < a->points[i].hash)
			j++;
		if (j < b->n && b->points[j].hash == a->points[i].hash) {
			common++;
			sure += (a->points[i].hash & SURE) != 0;
		}
	}
	return (sure > 0 || common >= UNSURE_MIN) &&
	    2 * common >= (n_a < n_b ? n_a : n_b);
}

static void
put(uint8_t *out, uint64_t value)
{
	for (int i = 0; i < 8; i++)
		out[i] = (uint8_t)(value >> (56 - 8 * i));
}

size_t
sketch_write(const struct sketch *s, uint8_t out[SKETCH_BYTES])
{
	for (unsigned i = 0; i < s->n; i++) {
		put(out + 16 * i, s->points[i].hash);
		put(out + 16 * i + 8, (uint64_t)s->points[i].time);
	}
	return (size_t)s->n * 16;
}

static uint64_t
take(struct cursor *c)
{
	uint32_t high = 0, low = 0;

	if (!cursor_u32(c, &high) || !cursor_u32(c, &low))
		return 0;
	return (uint64_t)high << 32 | low;
}

bool
sketch_read(struct sketch *s, struct cursor bytes)
{
	*s = (struct sketch){ 0 };
	if (bytes.left > SKETCH_BYTES || bytes.left % 16 != 0)
		return false;
	while (bytes.left > 0) {
		s->points[s->n].hash = take(&bytes);
		s->points[s->n++].time = (int64_t)take(&bytes);
	}
	s->n_sorted = 0;
	sketch_settle(s);
	return true;
}

void
edge_add(struct edge *e, uint64_t hash, int64_t time)
{
	e->points[e->n++ % EDGE_MAX] = (struct sketch_point){ hash, time };
}

size_t
edge_write(const struct edge *e, int64_t last, uint8_t out[EDGE_BYTES],
    int64_t *from)
{
	size_t n = e->n < EDGE_MAX ? e->n : EDGE_MAX, kept = 0;

	*from = last - EDGE_LENGTH;
	/* A full ring has lost what came before its oldest. */
	for (size_t i = 0; i < n && e->n > EDGE_MAX; i++)
		if (i == 0 || e->points[i].time < *from)
			*from = e->points[i].time;
	if (*from < last - EDGE_LENGTH)
		*from = last - EDGE_LENGTH;
	for (size_t i = 0; i < n; i++)
		if (e->points[i].time >= *from)
			put(out + 8 * kept++, e->points[i].hash);
	return kept * 8;
}

static int
hash_order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

bool
edge_read(struct edge_set *set, struct cursor bytes, int64_t from)
{
	size_t n = bytes.left;

	*set = (struct edge_set){ .from = from };
	if (n > EDGE_BYTES || n % 8 != 0)
		return false;
	set->hashes = mem_zero(n / 8 + 1, sizeof(*set->hashes));
	while (bytes.left > 0)
		set->hashes[set->n++] = take(&bytes);
	qsort(set->hashes, set->n, sizeof(*set->hashes), hash_order);
	return true;
}

bool
edge_has(const struct edge_set *set, uint64_t hash)
{
	return set->n > 0 && bsearch(&hash, set->hashes, set->n,
	    sizeof(*set->hashes), hash_order) != NULL;
}
