/*
 * collect.h - handshakes -> hosts, profiles, cells.
 *
 * The counters are associative and commutative: any order of handshakes and
 * any split into files gives the same cells.
 */
#ifndef PINSPOT_FINDING_COLLECT_H
#define PINSPOT_FINDING_COLLECT_H

#include <stdint.h>

#include "model/finding.h"
#include "model/handshake.h"

struct collector;

/* report's pool keeps all names; r must outlive the collector.  tokens: each
 * handshake's cell will be asked for, which takes memory that grows with what
 * was folded. */
struct collector *collector_new(struct report *r, bool tokens);

/* Keep clients apart that fail alike, however many they are: where somebody wants
 * to know what each of them met.  Before the first handshake; with tokens it goes
 * without saying. */
void collector_keep_clients(struct collector *c);

/* A handshake_fn: count one handshake. */
void collector_add(const struct handshake *h, void *collector);

/* Resolve interception, attempts and contrast; fill r->hosts, r->profiles,
 * r->cells and r->totals.  The collector is then only good for
 * collector_cell and for freeing. */
void collector_finish(struct collector *c);

/* Which cell the handshake added last went to: a number for collector_cell; 0
 * without tokens. */
uint32_t collector_token(const struct collector *c);

/* After collector_finish: the index into r->cells for a token, or -1 where the
 * handshake was counted nowhere. */
long collector_cell(const struct collector *c, uint32_t token);

void collector_free(struct collector *c);

#endif
