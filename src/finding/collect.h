/*
 * collect.h - handshakes -> hosts, profiles, cells.
 *
 * The counters are associative and commutative: any order of handshakes and
 * any split into files gives the same cells.
 */
#ifndef PINSPOT_FINDING_COLLECT_H
#define PINSPOT_FINDING_COLLECT_H

#include "model/finding.h"
#include "model/handshake.h"

struct collector;

/* report's pool keeps all names; r must outlive the collector. */
struct collector *collector_new(struct report *r);

/* A handshake_fn: count one handshake. */
void collector_add(const struct handshake *h, void *collector);

/* Resolve interception, attempts and contrast; fill r->hosts, r->profiles,
 * r->cells and r->totals.  The collector is then only good for freeing. */
void collector_finish(struct collector *c);

void collector_free(struct collector *c);

#endif
