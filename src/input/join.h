/*
 * join.h - a log and a capture of the same traffic are one body of evidence.
 *
 * Captures are read before logs.  Their handshakes wait here; of a log only the
 * lines wait whose client was captured, with the same port, or, where the line
 * tells none, with the same host or server; all others pass at once, so that a
 * log of any length costs no memory.  At the end lines and handshakes are matched
 * and each handshake is passed on once: the log gives the user, the alert and the
 * proof of interception, the capture the fingerprint, the record lengths and the
 * silent close.
 *
 * Clocks differ: a log's skew is the median over the pairs that tell the same
 * client, port and server or host, and where a log holds the lines of several
 * devices, what is left over shows theirs.  Where lines tell no port it is where
 * most pairs of the same client and host agree.  Only pairs within JOIN_WINDOW of
 * it are joined.
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

enum {
	JOIN_HELD_MAX = 250 * 1000, /* handshakes, and as many lines */
	JOIN_CLOCKS_MAX = 64, /* lines of more are not joined */
	JOIN_RIVALS_MAX = 256, /* handshakes of the same client and port */
	JOIN_PAIRS_MAX = 4 * 1000 * 1000, /* of handshakes and lines */
};

struct join;

/* A clock by which the lines of a log were written. */
struct join_clock {
	uint32_t input; /* the log */
	int64_t skew; /* ns that it is ahead of the capture's */
	uint64_t lines; /* joined or paired by it */
};

struct join_summary {
	uint64_t joined; /* handshakes told by both */
	uint64_t paired; /* server legs of sessions that lines tell of */
	uint64_t overflown; /* passed on alone since too many waited */
	struct join_clock clocks[JOIN_CLOCKS_MAX]; /* in the order of lines */
	unsigned n_clocks;
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
