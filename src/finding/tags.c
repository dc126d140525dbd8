#include "finding/tags.h"

#include <stdlib.h>
#include <string.h>

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
static uint16_t
tag_of(uint64_t hash)
{
	uint16_t tag = (uint16_t)(hash >> 48);

	return tag != 0 ? tag : 1;
}

static bool
is_in(const uint16_t *bucket, uint16_t tag)
{
	bool found = false;

	for (int i = 0; i < TAGS_IN_BUCKET; i++)
		found |= bucket[i] == tag;
	return found;
}

void
tags_fetch(const struct tags *t, uint64_t hash)
{
	if (t->buckets != NULL)
		__builtin_prefetch(t->buckets[hash % TAGS_BUCKETS]);
}

void
tags_add(struct tags *t, uint64_t hash)
{
	uint16_t *bucket, tag = tag_of(hash);

	if (t->buckets == NULL)
		t->buckets = mem_zero(TAGS_BUCKETS, sizeof(*t->buckets));
	bucket = t->buckets[hash % TAGS_BUCKETS];
	if (is_in(bucket, tag))
		return;
	t->forgot |= bucket[TAGS_IN_BUCKET - 1] != 0;
	memmove(bucket + 1, bucket, (TAGS_IN_BUCKET - 1) * sizeof(*bucket));
	bucket[0] = tag;
}

bool
tags_has(const struct tags *t, uint64_t hash)
{
	return t->buckets != NULL &&
	    is_in(t->buckets[hash % TAGS_BUCKETS], tag_of(hash));
}
