/*
 * lookup.h - which entries of a list match this host, without asking them all.
 */
#ifndef PINSPOT_EXCLUDE_LOOKUP_H
#define PINSPOT_EXCLUDE_LOOKUP_H

#include "exclude/product.h"

enum {
	/* Entries that are noted for one host, in the list's order: a host that
	 * more of them match is excluded all the same. */
	NOTED_MAX = 64,
};

struct noted {
	uint32_t entries[NOTED_MAX]; /* ascending */
	size_t n;
};

struct lookup;

/* The list is borrowed. */
struct lookup *lookup_new(const struct exclusions *list);
void lookup_free(struct lookup *lk);

/* Take in the entries that the list has got since. */
void lookup_grow(struct lookup *lk);

typedef void lookup_fn(uint32_t entry, void *arg);

/* Call for each entry that matches, of those with an index of `from` or more:
 * in no order, and perhaps more than once. */
void lookup_each(const struct lookup *lk, const struct host_facts *f,
    size_t from, lookup_fn *fn, void *arg);

void lookup_match(const struct lookup *lk, const struct host_facts *f,
    struct noted *noted);

/* The first entry whose names end as this host's does, or in a parent of it
 * below the public suffix, whether it matches or not; false when none does.
 * *entry is its index. */
bool lookup_near(const struct lookup *lk, struct text host, size_t *entry);

#endif
