/*
 * index.h - find a thing's number by the hash of its key.
 *
 * Open addressing; a slot holds half of the hash and the number, so that
 * growing needs no keys and a miss seldom needs a comparison.
 */
#ifndef PINSPOT_FINDING_INDEX_H
#define PINSPOT_FINDING_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

struct index {
	uint64_t *slots; /* hash << 32 | number + 1; 0 free */
	size_t n_slots, n_used; /* a power of two, at most half full */
};

/* Is thing `number` the one with this key? */
typedef bool index_same_fn(const void *things, uint32_t number,
    const void *key);

/* The number of the thing with this key, or -1. */
int64_t index_find(const struct index *x, uint64_t hash, index_same_fn *same,
    const void *things, const void *key);

/* Add a number whose key is not there yet. */
void index_add(struct index *x, uint64_t hash, uint32_t number);

/* Numbers for interned texts, which are equal where their addresses are. */
struct names {
	struct index index;
	struct text *at;
	size_t n, room;
};

uint32_t names_number(struct names *names, struct text interned);
void names_free(struct names *names);

/* The hash of an interned text, by its address. */
uint64_t index_hash_interned(struct text interned);

void index_clear(struct index *x);
void index_free(struct index *x);

#endif
