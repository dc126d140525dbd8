/*
 * recent.h - when keys were last seen, for keys that are too many to be kept.
 *
 * Answers whether a connection begins an attempt or belongs to one that goes
 * on.  Attempts that ended long ago make room for new ones; where more go on at
 * once than fit, some are taken for new again.
 */
#ifndef PINSPOT_FINDING_RECENT_H
#define PINSPOT_FINDING_RECENT_H

#include <stdbool.h>
#include <stdint.h>

enum {
	RECENT_BUCKETS = 1 << 13, /* 512 KB; attempts of 32,768 keys */
	RECENT_IN_BUCKET = 4 /* a line of the processor's cache */
};

struct recent_attempt {
	int64_t end; /* microseconds since 1970 */
	uint32_t length; /* since its start, as far as it reaches */
	uint32_t tag; /* of the key; 0 free */
};

struct recent {
	struct recent_attempt (*buckets)[RECENT_IN_BUCKET]; /* or NULL */
};

void recent_free(struct recent *r);

/* Have memory fetched that will soon be read. */
void recent_fetch(const struct recent *r, uint64_t hash);

/* Note a key's connection; true where it begins an attempt (attempt.h). */
bool recent_add(struct recent *r, uint64_t hash, int64_t start);

#endif
