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

/* What is known of a host, of n. */
typedef struct host_facts host_facts_fn(const void *arg, uint32_t host);

/* Of every name of a host: SNI, common name and subjectAltName.  arg is
 * borrowed, and the hosts are asked for again. */
struct suffixes *suffixes_new(host_facts_fn *facts_of, const void *arg,
    size_t n);
void suffixes_free(struct suffixes *s);

typedef void suffixes_fn(uint32_t host, void *arg);

/* Call for each host, in ascending order, that an entry matches. */
void suffixes_match(struct suffixes *s, const struct listed *entry,
    suffixes_fn *fn, void *arg);

#endif
