#include "input/join_near.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "input/join.h"

enum {
	FIND_MAX = 16, /* the nearest handshakes on either side of a line */
	/* Busier pairs of client and host, in a day or else in some minutes,
	 * say little of the skew. */
	OBSERVE_MAX = 32,
	DELTAS_MAX = 1000 * 1000,
};

/* What agrees so well is the same skew. */
#define AGREEMENT (5 * CLOCK_SECOND)

/* A clock that nobody set, and one that is in another zone. */
#define ASTRAY (600 * CLOCK_SECOND)
#define ZONE (1800 * CLOCK_SECOND)
#define ZONE_ASTRAY (60 * CLOCK_SECOND)

struct near {
	struct near_entry *at; /* two for each handshake */
	size_t n, room;
	uint64_t *keys; /* the set of them, for near_knows; 0 is free */
	size_t n_keys, n_slots;
	int64_t *deltas;
	size_t n_deltas, deltas_room;
	size_t n_lines, n_captures; /* that were observed */
};

struct near *
near_new(void)
{
	struct near *n = mem_zero(1, sizeof(*n));

	n->n_slots = 1024;
	n->keys = mem_zero(n->n_slots, sizeof(*n->keys));
	return n;
}

void
near_free(struct near *n)
{
	if (n == NULL)
		return;
	free(n->at);
	free(n->keys);
	free(n->deltas);
	free(n);
}

static uint64_t
address_hash(const struct endpoint *e)
{
	uint64_t half[2];

	memcpy(half, e->address, sizeof(half));
	return hash_mix(hash_u64(half[0] ^ e->family), hash_u64(half[1]));
}

static uint64_t
host_key(const struct handshake *h)
{
	return hash_mix(address_hash(&h->client), hash_nocase(h->host.at,
	    h->host.n)) | 1;
}

/* Even, as that of a host is odd. */
static uint64_t
server_key(const struct handshake *h)
{
	return (hash_mix(address_hash(&h->client), address_hash(&h->server)) |
	    3) ^ 1;
}

static bool
has_name(const struct handshake *h)
{
	return h->host.n > 0 && h->host_source != HOST_ADDRESS;
}

static uint64_t *
slot_of(const struct near *n, uint64_t key)
{
	size_t i = (size_t)key & (n->n_slots - 1);

	while (n->keys[i] != 0 && n->keys[i] != key)
		i = (i + 1) & (n->n_slots - 1);
	return &n->keys[i];
}

static void
remember_key(struct near *n, uint64_t key)
{
	uint64_t *old = n->keys, *slot;
	size_t n_old = n->n_slots;

	if (n->n_keys * 2 >= n->n_slots) {
		n->n_slots *= 2;
		n->keys = mem_zero(n->n_slots, sizeof(*n->keys));
		for (size_t i = 0; i < n_old; i++)
			if (old[i] != 0)
				*slot_of(n, old[i]) = old[i];
		free(old);
	}
	slot = slot_of(n, key);
	n->n_keys += *slot == 0;
	*slot = key;
}

static void
add_entry(struct near *n, uint64_t key, const struct handshake *h,
    uint32_t number)
{
	n->at = mem_grow(n->at, n->n, &n->room, sizeof(*n->at));
	n->at[n->n++] = (struct near_entry){ .key = key,
	    .time = h->hello.time, .capture = number };
	remember_key(n, key);
}

void
near_add(struct near *n, const struct handshake *h, uint32_t number)
{
	if (!near_is_time(h->hello.time))
		return;
	if (h->host.n > 0)
		add_entry(n, host_key(h), h, number);
	if (h->server.family != 0)
		add_entry(n, server_key(h), h, number);
}

/* The key by which the line finds something; 0 where it does not. */
static uint64_t
key_of(const struct near *n, const struct handshake *line)
{
	uint64_t key;

	if (has_name(line) && *slot_of(n, key = host_key(line)) != 0)
		return key;
	if (line->server.family != 0 &&
	    *slot_of(n, key = server_key(line)) != 0)
		return key;
	return 0;
}

bool
near_knows(const struct near *n, const struct handshake *line)
{
	return near_is_time(line->hello.time) && key_of(n, line) != 0;
}

static int
by_key_and_time(const void *a, const void *b)
{
	const struct near_entry *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return (x->capture > y->capture) - (x->capture < y->capture);
}

void
near_sort(struct near *n)
{
	if (n->n > 0)
		qsort(n->at, n->n, sizeof(*n->at), by_key_and_time);
}

/* The first entry that is not before this one. */
static size_t
lower_bound(const struct near *n, uint64_t key, int64_t time)
{
	const struct near_entry wanted = { .key = key, .time = time };
	size_t low = 0, high = n->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_key_and_time(&n->at[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool
is_plausible(int64_t skew)
{
	int64_t beside = llabs(skew) % ZONE;

	return llabs(skew) <= ASTRAY || beside <= ZONE_ASTRAY ||
	    beside >= ZONE - ZONE_ASTRAY;
}

void
near_observe(struct near *n, const struct handshake *line)
{
	uint64_t key = key_of(n, line);
	int64_t time = line->hello.time;
	size_t first = lower_bound(n, key, time - JOIN_SKEW_MAX);
	size_t end = lower_bound(n, key, time + JOIN_SKEW_MAX);

	if (end - first > OBSERVE_MAX) {
		first = lower_bound(n, key, time - ASTRAY);
		end = lower_bound(n, key, time + ASTRAY);
	}
	if (end - first > OBSERVE_MAX || n->n_deltas + end - first > DELTAS_MAX)
		return;
	n->n_lines++;
	for (size_t i = first; i < end; i++) {
		int64_t delta = time - n->at[i].time;

		if (!n->at[i].observed)
			n->n_captures++;
		n->at[i].observed = true;
		if (!is_plausible(delta))
			continue;
		n->deltas = mem_grow(n->deltas, n->n_deltas, &n->deltas_room,
		    sizeof(*n->deltas));
		n->deltas[n->n_deltas++] = delta;
	}
}

static int
by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

void
near_sort_numbers(int64_t *numbers, size_t n)
{
	if (n > 0)
		qsort(numbers, n, sizeof(*numbers), by_number);
}

size_t
near_agreement(const int64_t *deltas, size_t n, int64_t *middle)
{
	size_t first = 0, most = 0;

	*middle = 0;
	for (size_t i = 0; i < n; i++) {
		int64_t here;

		while (deltas[i] - deltas[first] > AGREEMENT)
			first++;
		here = deltas[first + (i - first) / 2];
		if (i - first + 1 > most || (i - first + 1 == most &&
		    llabs(here) < llabs(*middle))) {
			most = i - first + 1;
			*middle = here;
		}
	}
	return most;
}

int64_t
near_skew(struct near *n)
{
	size_t fewer = n->n_lines < n->n_captures ? n->n_lines :
	    n->n_captures, most;
	int64_t skew;

	near_sort_numbers(n->deltas, n->n_deltas);
	most = near_agreement(n->deltas, n->n_deltas, &skew);
	for (size_t i = 0; i < n->n; i++)
		n->at[i].observed = false;
	n->n_deltas = n->n_lines = n->n_captures = 0;
	return most * 2 >= fewer && (most > 2 || llabs(skew) < JOIN_WINDOW) ?
	    skew : 0;
}

struct near_range
near_find(const struct near *n, const struct handshake *line, int64_t skew)
{
	uint64_t key = key_of(n, line);
	int64_t time = line->hello.time - skew;
	size_t first = lower_bound(n, key, time - JOIN_WINDOW);
	size_t at = lower_bound(n, key, time);
	size_t end = lower_bound(n, key, time + JOIN_WINDOW);

	if (key == 0)
		return (struct near_range){ NULL, 0 };
	if (at - first > FIND_MAX)
		first = at - FIND_MAX;
	if (end - at > FIND_MAX)
		end = at + FIND_MAX;
	return (struct near_range){ n->at + first, end - first };
}
