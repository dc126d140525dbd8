/*
 * sketch.h - a small sample of an input's handshakes, to tell that two inputs
 * saw the same traffic.
 *
 * Each handshake gets a hash of who talked to whom and when.  A sketch keeps the
 * smallest ones: two inputs that share traffic share the smallest hashes of what
 * they share.
 */
#ifndef PINSPOT_HISTORY_SKETCH_H
#define PINSPOT_HISTORY_SKETCH_H

#include <stdint.h>

#include "model/handshake.h"

enum { SKETCH_SIZE = 256, SKETCH_BYTES = SKETCH_SIZE * 16 };

struct sketch {
	struct sketch_point {
		uint64_t hash;
		int64_t time;
	} points[2 * SKETCH_SIZE]; /* sorted only up to n_sorted */
	unsigned n, n_sorted;
};

/* The same on every machine and in every run. */
uint64_t sketch_hash(const struct handshake *h);

void sketch_add(struct sketch *s, uint64_t hash, int64_t time);

/* Sort and keep the smallest: due before the functions below. */
void sketch_settle(struct sketch *s);

/* Did both see the same traffic between two times?  True where at least half of
 * what either can show for that span is shown by the other, too. */
bool sketch_overlap(const struct sketch *a, const struct sketch *b,
    int64_t from, int64_t to);

/* As bytes for the store, and back; false where they are damaged. */
size_t sketch_write(const struct sketch *s, uint8_t out[SKETCH_BYTES]);
bool sketch_read(struct sketch *s, const uint8_t *bytes, size_t n);

#endif
