#include "packet/flow.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"

enum {
	CHUNK = 256, /* records are allocated so many at a time */
	LINE = 64, /* bytes of a cache line */
	SLOTS_MIN = 1024,
	WAYS = 8, /* marks in a bucket: one cache line */
	BUCKETS_MIN = 256,
	BUCKETS_MAX = 1 << 16, /* 4 MB: half a million marks */
};
#define NOWHERE UINT32_MAX

static_assert(offsetof(struct flow, half) == LINE,
    "what every packet touches is one cache line");

static_assert(sizeof(struct flow) == 4 * LINE,
    "a hundred thousand connections are 26 MB");

struct slot {
	uint32_t tag; /* upper half of the hash, which also gives the place */
	uint32_t index; /* of the record, from 1; 0 in a free slot */
};

/* Set in the mark of a connection that had a packet in the file at hand. */
#define MARK_COUNTED (1ULL << 63)

/* Hashes of keys whose connections are over, newest first in each bucket; 0 in
 * a free place. */
struct bucket {
	uint64_t hash[WAYS];
};

struct flow_table {
	struct slot *slots;
	uint32_t mask;
	uint32_t n_used, max;

	void **chunks; /* as malloc gave them */
	struct flow **records; /* the same, at the beginning of a cache line */
	size_t n_chunks, chunk_room, record_room;
	uint32_t free; /* first of the free records, NOWHERE: none */
	uint32_t hand; /* of the clock that finds victims */

	struct bucket *over;
	uint32_t n_buckets;
	bool forgot;
};

struct flow_table *
flow_table_new(uint64_t max_flows)
{
	struct flow_table *t = mem_zero(1, sizeof(*t));

	flow_table_limit(t, max_flows);
	t->slots = mem_zero(SLOTS_MIN, sizeof(*t->slots));
	t->mask = SLOTS_MIN - 1;
	t->free = NOWHERE;
	t->over = mem_zero(BUCKETS_MIN, sizeof(*t->over));
	t->n_buckets = BUCKETS_MIN;
	return t;
}

void
flow_table_free(struct flow_table *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n_chunks; i++)
		free(t->chunks[i]);
	free(t->chunks);
	free(t->records);
	free(t->slots);
	free(t->over);
	free(t);
}

void
flow_table_limit(struct flow_table *t, uint64_t max_flows)
{
	t->max = max_flows < UINT32_MAX / 4 ? (uint32_t)max_flows
					    : UINT32_MAX / 4;
}

uint32_t
flow_table_used(const struct flow_table *t)
{
	return t->n_used;
}

static uint32_t
tag_of(uint64_t hash)
{
	return (uint32_t)(hash >> 32);
}

struct flow *
flow_at(struct flow_table *t, uint32_t index)
{
	return &t->records[index / CHUNK][index % CHUNK];
}

uint32_t
flow_index_end(const struct flow_table *t)
{
	return (uint32_t)(t->n_chunks * CHUNK);
}

void
flow_prefetch_slot(const struct flow_table *t, uint64_t hash)
{
	PREFETCH(&t->slots[tag_of(hash) & t->mask]);
}

void
flow_prefetch_record(const struct flow_table *t, uint64_t hash)
{
	const struct slot *slot = &t->slots[tag_of(hash) & t->mask];
	uint32_t index = slot->index - 1;

	if (slot->index != 0)
		PREFETCH(&t->records[index / CHUNK][index % CHUNK]);
}

struct flow *
flow_find(struct flow_table *t, const struct flow_key *key, uint64_t hash)
{
	uint32_t tag = tag_of(hash), i = tag & t->mask;
	struct flow *f;

	for (; t->slots[i].index != 0; i = (i + 1) & t->mask) {
		if (t->slots[i].tag != tag)
			continue;
		f = flow_at(t, t->slots[i].index - 1);
		if (LIKELY(flow_key_equal(&f->key, key)))
			return f;
	}
	return NULL;
}

static void
put_slot(struct flow_table *t, struct slot slot)
{
	uint32_t i = slot.tag & t->mask;

	while (t->slots[i].index != 0)
		i = (i + 1) & t->mask;
	t->slots[i] = slot;
}

/* Twice as many slots.  The tag is all that is needed for that. */
static void
grow_slots(struct flow_table *t)
{
	struct slot *old = t->slots;
	uint32_t n_old = t->mask + 1;

	t->slots = mem_zero((size_t)n_old * 2, sizeof(*t->slots));
	t->mask = n_old * 2 - 1;
	for (uint32_t i = 0; i < n_old; i++)
		if (old[i].index != 0)
			put_slot(t, old[i]);
	free(old);
}

static void
grow_records(struct flow_table *t)
{
	uint32_t first = flow_index_end(t);
	char *memory = mem_zero(1, CHUNK * sizeof(struct flow) + LINE);
	struct flow *records;

	records = (struct flow *)(void *)(memory +
	    (LINE - (uintptr_t)memory % LINE) % LINE);
	t->chunks = mem_grow(t->chunks, t->n_chunks, &t->chunk_room,
	    sizeof(*t->chunks));
	t->records = mem_grow(t->records, t->n_chunks, &t->record_room,
	    sizeof(struct flow *));
	t->chunks[t->n_chunks] = memory;
	t->records[t->n_chunks++] = records;
	for (uint32_t i = CHUNK; i-- > 0;) {
		records[i].index = t->free;
		t->free = first + i;
	}
}

struct flow *
flow_add(struct flow_table *t, const struct flow_key *key, uint64_t hash)
{
	struct flow *f;
	uint32_t index, generation;

	if (t->n_used >= t->max)
		return NULL;
	if (t->n_used >= t->mask / 2)
		grow_slots(t);
	if (t->free == NOWHERE)
		grow_records(t);
	index = t->free;
	f = flow_at(t, index);
	t->free = f->index;
	t->n_used++;
	put_slot(t, (struct slot){ tag_of(hash), index + 1 });

	generation = f->generation + 1;
	*f = (struct flow){ .key = *key, .hash = hash, .used = true,
		.generation = generation, .index = index };
	return f;
}

/* Empty a slot and move up those behind it that would not be found any more
 * (Knuth, volume 3, section 6.4, algorithm R). */
static void
clear_slot(struct flow_table *t, uint32_t i)
{
	uint32_t j = i, home;

	for (;;) {
		t->slots[i].index = 0;
		do {
			j = (j + 1) & t->mask;
			if (t->slots[j].index == 0)
				return;
			home = t->slots[j].tag & t->mask;
		} while (((j - home) & t->mask) < ((j - i) & t->mask));
		t->slots[i] = t->slots[j];
		i = j;
	}
}

static struct bucket *
bucket_of(const struct flow_table *t, uint64_t hash)
{
	return &t->over[hash & (t->n_buckets - 1)];
}

/* True where the mark of a connection in the file at hand makes room for it. */
static bool
put_mark(struct flow_table *t, uint64_t mark)
{
	struct bucket *b = bucket_of(t, mark);
	bool loses = (b->hash[WAYS - 1] & MARK_COUNTED) != 0;

	memmove(b->hash + 1, b->hash, (WAYS - 1) * sizeof(b->hash[0]));
	b->hash[0] = mark;
	return loses;
}

static void
grow_marks(struct flow_table *t)
{
	struct bucket *old = t->over;
	uint32_t n_old = t->n_buckets;

	t->n_buckets = n_old * 2;
	t->over = mem_zero(t->n_buckets, sizeof(*t->over));
	for (uint32_t i = 0; i < n_old; i++)
		for (uint32_t k = WAYS; k-- > 0;)
			if (old[i].hash[k] != 0)
				(void)put_mark(t, old[i].hash[k]);
	free(old);
}

static uint64_t *
find_mark(const struct flow_table *t, uint64_t hash)
{
	struct bucket *b = bucket_of(t, hash);

	for (size_t i = 0; i < WAYS; i++)
		if (((b->hash[i] ^ hash) & ~MARK_COUNTED) == 0)
			return &b->hash[i];
	return NULL;
}

static void
remember(struct flow_table *t, uint64_t hash, bool counted)
{
	uint64_t *mark = find_mark(t, hash);
	uint64_t flag = counted ? MARK_COUNTED : 0;

	if (mark != NULL) {
		*mark |= flag;
		return;
	}
	if (bucket_of(t, hash)->hash[WAYS - 1] != 0 &&
	    t->n_buckets < BUCKETS_MAX)
		grow_marks(t);
	if (put_mark(t, (hash & ~MARK_COUNTED) | flag))
		t->forgot = true;
}

bool
flow_is_over(const struct flow_table *t, uint64_t hash)
{
	return find_mark(t, hash) != NULL;
}

bool
flow_is_over_uncounted(struct flow_table *t, uint64_t hash)
{
	uint64_t *mark = find_mark(t, hash);

	if (mark == NULL || (*mark & MARK_COUNTED) != 0)
		return false;
	*mark |= MARK_COUNTED;
	return true;
}

void
flow_table_next_file(struct flow_table *t)
{
	uint32_t end = flow_index_end(t);

	for (uint32_t i = 0; i < end; i++)
		flow_at(t, i)->state |= FLOW_UNCOUNTED;
	for (uint32_t i = 0; i < t->n_buckets; i++)
		for (size_t k = 0; k < WAYS; k++)
			t->over[i].hash[k] &= ~MARK_COUNTED;
	t->forgot = false;
}

bool
flow_forgot(const struct flow_table *t)
{
	return t->forgot;
}

void
flow_remove(struct flow_table *t, struct flow *f)
{
	uint32_t index = f->index;
	uint32_t i = tag_of(f->hash) & t->mask;

	while (t->slots[i].index != index + 1)
		i = (i + 1) & t->mask;
	clear_slot(t, i);
	remember(t, f->hash, (f->state & FLOW_UNCOUNTED) == 0);
	f->used = false;
	f->index = t->free;
	t->free = index;
	t->n_used--;
}

struct flow *
flow_victim(struct flow_table *t)
{
	uint32_t end = flow_index_end(t);
	struct flow *f;

	assert(t->n_used > 0);
	for (;;) {
		if (t->hand >= end)
			t->hand = 0;
		f = flow_at(t, t->hand++);
		if (f->used && !f->recent)
			return f;
		f->recent = false;
	}
}
