/*
 * index.h - find a thing's number by the hash of its key.
 *
 * Open addressing; a slot holds half of the hash and the number, so that
 * growing needs no keys and a miss seldom needs a comparison.
 */
#ifndef PINSPOT_FINDING_INDEX_H
#define PINSPOT_FINDING_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct index {
	uint64_t *slots; /* hash << 32 | number + 1; 0 free */
	size_t n_slots, n_used; /* a power of two, a quarter is free */
};

/* Begin to look for a key's hash: a place for index_next. */
static inline size_t
index_start(const struct index *x, uint64_t hash)
{
	return (size_t)(hash >> 32) & (x->n_slots - 1);
}

/*
 * The next number that may have the key, or -1; whoever asks compares:
 *
 *	for (at = index_start(x, hash); (n = index_next(x, hash, &at)) >= 0;)
 *		if (things[n] has the key)
 *			return n;
 */
static inline int64_t
index_next(const struct index *x, uint64_t hash, size_t *at)
{
	uint64_t slot;

	while (x->n_slots > 0 && (slot = x->slots[*at]) != 0) {
		*at = (*at + 1) & (x->n_slots - 1);
		if (slot >> 32 == hash >> 32)
			return (uint32_t)slot - 1;
	}
	return -1;
}

/* Have the processor fetch memory that will soon be read: n > 0 bytes, by lines
 * of its cache. */
static inline void
fetch(const void *at, size_t n)
{
	const char *last = (const char *)at + n - 1;

	for (const char *p = at; p < last; p += 64)
		__builtin_prefetch(p);
	__builtin_prefetch(last);
}

/* ... where index_next will look first. */
static inline void
index_fetch(const struct index *x, uint64_t hash)
{
	if (x->n_slots > 0)
		__builtin_prefetch(&x->slots[index_start(x, hash)]);
}

/* Add a number whose key is not there yet. */
void index_add(struct index *x, uint64_t hash, uint32_t number);

/* Numbers for texts, which are to stay where they are. */
struct names {
	struct index index;
	struct text *at;
	size_t n, room;
};

uint32_t names_number(struct names *names, struct text name);
void names_free(struct names *names);

void index_clear(struct index *x);
void index_free(struct index *x);

#endif
