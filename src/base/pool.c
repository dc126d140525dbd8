#include "base/pool.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"

enum {
	BLOCK_BITS = 18,
	BLOCK_SIZE = 1 << BLOCK_BITS,
	BLOCK_FIRST = 1024, /* many pools hold a name or two */
	BLOCKS_MAX = 1 << (32 - BLOCK_BITS), /* 4 GB of small pieces */
	ALIGNMENT = alignof(uint64_t), /* that of pointers and doubles, too */
	LONG = 255 /* in place of a length that a byte does not hold */
};

/*
 * Where an interned text begins: the number of its block and, in the low
 * BLOCK_BITS, its offset there, which is not 0.  That halves the table against
 * one of addresses and lengths.
 */
struct slot {
	uint32_t tag;
	uint32_t place; /* 0 in a free slot */
};

struct pool {
	char **blocks;
	size_t n_blocks, blocks_room;
	/* The block that is being filled: pieces from the front, and texts,
	 * which need no alignment, from the back. */
	size_t newest, front, back, size;
	struct slot *slots; /* a power of two, at most three quarters full */
	size_t n_slots, n_used;
};

struct pool *
pool_new(void)
{
	return mem_zero(1, sizeof(struct pool));
}

void
pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	for (size_t i = 0; i < pool->n_blocks; i++)
		free(pool->blocks[i]);
	free(pool->blocks);
	free(pool->slots);
	free(pool);
}

static size_t
add_block(struct pool *pool, size_t size)
{
	if (pool->n_blocks == BLOCKS_MAX)
		mem_exhausted();
	pool->blocks = mem_grow(pool->blocks, pool->n_blocks,
	    &pool->blocks_room, sizeof(pool->blocks[0]));
	pool->blocks[pool->n_blocks] = mem_zero(1, size);
	return pool->n_blocks++;
}

/* See that the newest block has room.  Each block is twice the one before, up
 * to BLOCK_SIZE. */
static void
make_room(struct pool *pool, size_t size)
{
	if (pool->size > 0 && pool->back - pool->front >= size)
		return;
	if (pool->size < BLOCK_SIZE)
		pool->size = pool->size > 0 ? pool->size * 2 : BLOCK_FIRST;
	while (pool->size < size)
		pool->size *= 2;
	pool->newest = add_block(pool, pool->size);
	pool->front = 0;
	pool->back = pool->size;
}

/* What is larger than a block gets one of its own. */
void *
pool_zero(struct pool *pool, size_t size)
{
	size_t whole = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT, block;

	if (whole > BLOCK_SIZE) {
		block = add_block(pool, whole); /* may move the blocks */
		return pool->blocks[block];
	}
	make_room(pool, whole);
	pool->front += whole;
	return pool->blocks[pool->newest] + pool->front - whole;
}

/* Copy a text with its length before it and a NUL behind. */
static uint32_t
keep(struct pool *pool, struct text t)
{
	size_t head = t.n < LONG ? 1 : 1 + sizeof(uint32_t);
	size_t size = head + t.n + 1, block, place = 0;
	uint32_t n = (uint32_t)t.n;
	char *at;

	if (size > BLOCK_SIZE) {
		block = add_block(pool, size);
	} else {
		make_room(pool, size);
		block = pool->newest;
		place = pool->back -= size;
	}
	at = pool->blocks[block] + place;
	if (t.n >= LONG)
		memcpy(at, &n, sizeof(n));
	at[head - 1] = (char)(t.n < LONG ? n : LONG);
	memcpy(at + head, t.at, t.n);
	at[head + t.n] = '\0';
	return (uint32_t)(block << BLOCK_BITS | (place + head));
}

static struct text
kept(const struct pool *pool, uint32_t place)
{
	const char *at = pool->blocks[place >> BLOCK_BITS] +
	    (place & (BLOCK_SIZE - 1));
	uint32_t n = (uint8_t)at[-1];

	if (n == LONG)
		memcpy(&n, at - 1 - sizeof(n), sizeof(n));
	return (struct text){ at, n };
}

static struct slot *
find(struct pool *pool, struct text t, uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);
	size_t i = (size_t)hash & (pool->n_slots - 1);

	for (;; i = (i + 1) & (pool->n_slots - 1)) {
		struct slot *s = &pool->slots[i];

		if (s->place == 0 || (s->tag == tag &&
		    text_equal(kept(pool, s->place), t)))
			return s;
	}
}

static void
enlarge(struct pool *pool)
{
	struct slot *old = pool->slots;
	size_t n_old = pool->n_slots;

	pool->n_slots = n_old > 0 ? n_old * 2 : 32;
	pool->slots = mem_zero(pool->n_slots, sizeof(*pool->slots));
	for (size_t i = 0; i < n_old; i++) {
		struct text t;

		if (old[i].place == 0)
			continue;
		t = kept(pool, old[i].place);
		*find(pool, t, hash_bytes(t.at, t.n)) = old[i];
	}
	free(old);
}

struct text
pool_intern(struct pool *pool, struct text t)
{
	uint64_t hash;
	struct slot *s;

	if (t.n == 0)
		return (struct text){ "", 0 };
	if (pool->n_used * 4 >= pool->n_slots * 3)
		enlarge(pool);
	hash = hash_bytes(t.at, t.n);
	s = find(pool, t, hash);
	if (s->place == 0) {
		*s = (struct slot){ (uint32_t)(hash >> 32), keep(pool, t) };
		pool->n_used++;
	}
	return kept(pool, s->place);
}

struct text
pool_printf(struct pool *pool, const char *format, ...)
{
	char small[512];
	struct buf large = { 0 };
	struct text t;
	va_list args, again;
	int n;

	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(small, sizeof(small), format, args);
	va_end(args);
	if (n < 0)
		n = 0;
	if ((size_t)n < sizeof(small)) {
		t = pool_intern(pool, (struct text){ small, (size_t)n });
	} else {
		large.at = mem_zero(1, (size_t)n + 1);
		vsnprintf(large.at, (size_t)n + 1, format, again);
		t = pool_intern(pool, (struct text){ large.at, (size_t)n });
		buf_free(&large);
	}
	va_end(again);
	return t;
}
