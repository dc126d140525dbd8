/*
 * tags.h - a set of keys, kept as tags of 16 bits, that forgets its oldest.
 *
 * For keys that are too many to be kept.  What is in it is found unless it was
 * pushed out since; what is not is taken for a key once in 8,000 times.
 */
#ifndef PINSPOT_FINDING_TAGS_H
#define PINSPOT_FINDING_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TAGS_IN_BUCKET = 8 };

struct tags {
	size_t n_buckets; /* set first: a power of two, up to 1 << 16 */
	/* Four tags to a number, the newest in the lowest bits of the first;
	 * NULL empty set. */
	uint64_t (*buckets)[TAGS_IN_BUCKET / 4];
	bool forgot; /* some were pushed out */
};

void tags_free(struct tags *t);

/* The same number for a key in each run, whatever the seed of other hashes. */
uint64_t tags_hash(uint32_t a, uint32_t b, uint32_t c);

/* Have memory fetched that will soon be read. */
void tags_fetch(const struct tags *t, uint64_t hash);

void tags_add(struct tags *t, uint64_t hash);
bool tags_has(const struct tags *t, uint64_t hash);

#endif
