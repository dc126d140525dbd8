#include "finding/recent.h"

#include <stdlib.h>

#include "base/mem.h"
#include "finding/attempt.h"

void
recent_free(struct recent *r)
{
	free(r->buckets);
	r->buckets = NULL;
}

void
recent_fetch(const struct recent *r, uint64_t hash)
{
	if (r->buckets != NULL)
		__builtin_prefetch(r->buckets[hash % RECENT_BUCKETS]);
}

static uint32_t
tag_of(uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);

	return tag != 0 ? tag : 1;
}

/* Let an attempt reach to a connection that is near enough. */
static bool
extend(struct recent_attempt *a, int64_t start)
{
	int64_t first = a->end - a->length;

	if (start > a->end + ATTEMPT_GAP || start < first - ATTEMPT_GAP)
		return false;
	if (start < first)
		first = start;
	if (start > a->end)
		a->end = start;
	a->length = a->end - first < UINT32_MAX ? (uint32_t)(a->end - first) :
	    UINT32_MAX;
	return true;
}

bool
recent_add(struct recent *r, uint64_t hash, int64_t start)
{
	struct recent_attempt *bucket, a = { start, 0, tag_of(hash) };
	bool fresh = true;
	int at = 0;

	if (r->buckets == NULL)
		r->buckets = mem_zero_lines(RECENT_BUCKETS,
		    sizeof(*r->buckets));
	bucket = r->buckets[hash % RECENT_BUCKETS];
	while (at < RECENT_IN_BUCKET - 1 && bucket[at].tag != a.tag)
		at++;
	if (bucket[at].tag == a.tag && extend(&bucket[at], start)) {
		a = bucket[at];
		fresh = false;
	}
	/* Latest used first: the last one makes room. */
	for (; at > 0; at--)
		bucket[at] = bucket[at - 1];
	bucket[0] = a;
	return fresh;
}
