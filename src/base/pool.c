#include "base/pool.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/mem.h"

enum { BLOCK_SIZE = 32 * 1024 };

struct block {
	struct block *next;
	max_align_t bytes[];
};

struct slot {
	uint32_t tag;
	uint32_t n;
	const char *at; /* NULL in a free slot */
};

struct pool {
	struct block *blocks;
	char *at; /* what is left of the newest block */
	size_t left;
	size_t size;
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
	struct block *next;

	if (pool == NULL)
		return;
	for (struct block *b = pool->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(pool->slots);
	free(pool);
}

static char *
take(struct pool *pool, size_t size, size_t alignment)
{
	size_t skip = (alignment - (uintptr_t)pool->at % alignment) % alignment;
	struct block *block;
	size_t room;

	if (pool->at == NULL || pool->left < skip + size) {
		room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
		block = mem_zero(1, sizeof(*block) + room);
		block->next = pool->blocks;
		pool->blocks = block;
		pool->at = (char *)block->bytes;
		pool->left = room;
		pool->size += sizeof(*block) + room;
		skip = 0;
	}
	pool->at += skip + size;
	pool->left -= skip + size;
	return pool->at - size;
}

void *
pool_zero(struct pool *pool, size_t size)
{
	return take(pool, size, alignof(max_align_t));
}

static struct slot *
find(struct pool *pool, struct text t, uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);
	size_t i = (size_t)hash & (pool->n_slots - 1);

	for (;; i = (i + 1) & (pool->n_slots - 1)) {
		struct slot *s = &pool->slots[i];

		if (s->at == NULL || (s->tag == tag && s->n == t.n &&
		    memcmp(s->at, t.at, t.n) == 0))
			return s;
	}
}

static void
enlarge(struct pool *pool)
{
	struct slot *old = pool->slots;
	size_t n_old = pool->n_slots;

	pool->n_slots = n_old > 0 ? n_old * 2 : 256;
	pool->slots = mem_zero(pool->n_slots, sizeof(*pool->slots));
	pool->size += (pool->n_slots - n_old) * sizeof(*pool->slots);
	for (size_t i = 0; i < n_old; i++) {
		struct text t = { old[i].at, old[i].n };

		if (old[i].at != NULL)
			*find(pool, t, hash_bytes(t.at, t.n)) = old[i];
	}
	free(old);
}

struct text
pool_intern(struct pool *pool, struct text t)
{
	uint64_t hash;
	struct slot *s;
	char *copy;

	if (t.n == 0)
		return (struct text){ "", 0 };
	if (pool->n_used * 4 >= pool->n_slots * 3)
		enlarge(pool);
	hash = hash_bytes(t.at, t.n);
	s = find(pool, t, hash);
	if (s->at == NULL) {
		copy = take(pool, t.n + 1, 1);
		memcpy(copy, t.at, t.n);
		copy[t.n] = '\0';
		*s = (struct slot){ (uint32_t)(hash >> 32), (uint32_t)t.n,
			copy };
		pool->n_used++;
	}
	return (struct text){ s->at, s->n };
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
