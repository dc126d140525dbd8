/*
 * leaf.h - the certificates that a log tells of, each kept once.
 */
#ifndef PINSPOT_INPUT_LEAF_H
#define PINSPOT_INPUT_LEAF_H

#include <stddef.h>

#include "base/pool.h"
#include "model/handshake.h"

/* Distinct ones that one log may bring, some 20 MB; a later one is left out of
 * its handshake. */
enum { LEAVES_MAX = 32768 };

/* Zeroed at first. */
struct leaves {
	const struct certificate **at; /* a power of two */
	size_t n, room;
};

/* The one copy, in the pool, of a certificate with these facts; NULL where there
 * are too many. */
const struct certificate *leaf_intern(struct leaves *l, struct pool *pool,
    const struct certificate *facts);

void leaf_free(struct leaves *l);

#endif
