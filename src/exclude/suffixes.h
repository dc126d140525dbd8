/*
 * suffixes.h - hosts by the ends of their names, and by their addresses.
 *
 * The counterpart of lookup.h: an entry is asked for its few hosts, instead of
 * every host for its few entries.
 */
#ifndef PINSPOT_EXCLUDE_SUFFIXES_H
#define PINSPOT_EXCLUDE_SUFFIXES_H

#include "exclude/product.h"

struct suffixes;

/* Of every name of a host: SNI, common name and subjectAltName.  facts are
 * borrowed. */
struct suffixes *suffixes_new(const struct host_facts *facts, size_t n);
void suffixes_free(struct suffixes *s);

typedef void suffixes_fn(uint32_t host, void *arg);

/* Call for each host, in ascending order, that an entry matches. */
void suffixes_match(struct suffixes *s, const struct listed *entry,
    suffixes_fn *fn, void *arg);

#endif
