#include "finding/tags.h"

#include <stdlib.h>

#include "base/mem.h"

void
tags_free(struct tags *t)
{
	free(t->buckets);
	t->buckets = NULL;
}

/* The finaliser of SplitMix64 (Steele, Lea and Flood 2014). */
uint64_t
tags_hash(uint32_t a, uint32_t b, uint32_t c)
{
	uint64_t h = ((uint64_t)a << 32 | b) + c * 0x9e3779b97f4a7c15ULL;

	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9ULL;
	h = (h ^ h >> 27) * 0x94d049bb133111ebULL;
	return h ^ h >> 31;
}

/* 0 is the tag of an empty place. */
static uint64_t
tag_of(uint64_t hash)
{
	uint64_t tag = hash >> 48;

	return tag != 0 ? tag : 1;
}

/* Is one of four tags this one?  Where two are the same their difference is 0,
 * which alone borrows from the bit above it. */
static bool
any_is(uint64_t four, uint64_t tag)
{
	const uint64_t ones = 0x0001000100010001ULL;
	uint64_t x = four ^ tag * ones;

	return ((x - ones) & ~x & ones << 15) != 0;
}

void
tags_fetch(const struct tags *t, uint64_t hash)
{
	if (t->buckets != NULL)
		__builtin_prefetch(t->buckets[hash & (t->n_buckets - 1)]);
}

void
tags_add(struct tags *t, uint64_t hash)
{
	uint64_t *bucket, tag = tag_of(hash);

	if (t->buckets == NULL)
		t->buckets = mem_zero(t->n_buckets, sizeof(*t->buckets));
	bucket = t->buckets[hash & (t->n_buckets - 1)];
	if (any_is(bucket[0], tag) || any_is(bucket[1], tag))
		return;
	t->forgot |= bucket[1] >> 48 != 0;
	bucket[1] = bucket[1] << 16 | bucket[0] >> 48;
	bucket[0] = bucket[0] << 16 | tag;
}

bool
tags_has(const struct tags *t, uint64_t hash)
{
	const uint64_t *bucket;

	if (t->buckets == NULL)
		return false;
	bucket = t->buckets[hash & (t->n_buckets - 1)];
	return any_is(bucket[0], tag_of(hash)) ||
	    any_is(bucket[1], tag_of(hash));
}
