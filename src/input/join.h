/*
 * join.h - a log and a capture of the same traffic are one body of evidence.
 *
 * Captures are read before logs.  Their handshakes wait here; of a log only the
 * lines wait whose client and port were captured, all others pass at once, so
 * that a log of any length costs no memory.  At the end lines and handshakes are
 * matched and each handshake is passed on once: the log gives the user, the
 * alert and the proof of interception, the capture the fingerprint, the record
 * lengths and the silent close.
 *
 * Clocks differ: the skew is the median over the sure pairs (same client, port
 * and server, and no other candidate), and only pairs within JOIN_WINDOW of it
 * are joined.
 */
#ifndef PINSPOT_INPUT_JOIN_H
#define PINSPOT_INPUT_JOIN_H

#include <stdint.h>

#include "base/clock.h"
#include "base/pool.h"
#include "model/handshake.h"

/* How far a line may be from its handshake beyond the skew: logs are written
 * when a session ends or is first judged.  And how much skew is believed. */
#define JOIN_WINDOW (120 * CLOCK_SECOND)
#define JOIN_SKEW_MAX (26 * 3600 * CLOCK_SECOND)

enum { JOIN_HELD_MAX = 250 * 1000 }; /* handshakes, and as many lines */

struct join;

struct join_summary {
	uint64_t joined; /* handshakes told by both */
	uint64_t overflown; /* passed on alone since too many waited */
	int64_t skew; /* ns that the log's clock is ahead; 0 where none joined */
};

/* next gets every handshake; texts that wait are interned in the pool. */
struct join *join_new(handshake_fn *next, void *arg, struct pool *pool);

/* A handshake_fn. */
void join_add(const struct handshake *h, void *join);

/* All inputs were read: match, and pass on what waits in the order of captures
 * and of their frames, then lines. */
void join_finish(struct join *j, struct join_summary *out);

void join_free(struct join *j);

#endif
