/*
 * sketch.h - a small sample of an input's handshakes, to tell that two inputs
 * saw the same traffic.
 *
 * Each handshake gets a hash of who talked to whom and when.  A sketch keeps
 * the smallest ones: two inputs that share traffic share the smallest hashes of
 * what they share.
 *
 * The edge of an input is its last two minutes.  A connection that began there
 * may have ended after it, so that only an input that goes on saw what became
 * of it; of the edge all hashes are kept, to know what was seen.
 */
#ifndef PINSPOT_HISTORY_SKETCH_H
#define PINSPOT_HISTORY_SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "model/handshake.h"

enum { SKETCH_SIZE = 256, SKETCH_BYTES = SKETCH_SIZE * 16 };

enum { EDGE_MAX = 4096, EDGE_BYTES = EDGE_MAX * 8 };

struct sketch {
	struct sketch_point {
		uint64_t hash;
		int64_t time;
	} points[2 * SKETCH_SIZE]; /* sorted only up to n_sorted */
	unsigned n, n_sorted;
};

struct edge {
	struct sketch_point points[EDGE_MAX]; /* a ring of the newest */
	size_t n; /* that ever came */
};

/* The hashes of an edge, sorted: what a store keeps. */
struct edge_set {
	uint64_t *hashes;
	size_t n;
	int64_t from; /* earlier handshakes are not in it */
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

void edge_add(struct edge *e, uint64_t hash, int64_t time);

/* The edge of an input whose last handshake began then, as bytes for the store;
 * *from gets where it begins. */
size_t edge_write(const struct edge *e, int64_t last, uint8_t out[EDGE_BYTES],
    int64_t *from);

/* The caller frees set->hashes.  False where the bytes are damaged. */
bool edge_read(struct edge_set *set, struct cursor bytes, int64_t from);

bool edge_has(const struct edge_set *set, uint64_t hash);

/* As bytes for the store, and back; false where they are damaged. */
size_t sketch_write(const struct sketch *s, uint8_t out[SKETCH_BYTES]);
bool sketch_read(struct sketch *s, struct cursor bytes);

#endif
