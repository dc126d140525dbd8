/*
 * tally.h - what each input of this run saw, by day: host x profile x day.
 *
 * Handshakes come with the collector's token, which names host and profile once
 * everything is read.  Counts are kept by input, because an input that is read
 * again replaces what it said before: that is how a log that grew is continued
 * and nothing is counted twice.
 */
#ifndef PINSPOT_HISTORY_TALLY_H
#define PINSPOT_HISTORY_TALLY_H

#include <stdint.h>

#include "history/sketch.h"
#include "model/handshake.h"

/* A stretch of time that an input of an earlier run covers. */
struct tally_span {
	int64_t first, last;
	int64_t input; /* its number in the store */
	struct edge_set edge; /* owned */
};

struct tally_row {
	uint32_t input, token;
	int32_t day; /* since 1970-01-01 */
	uint32_t span; /* index + 1 of the span that it falls into, or 0 */
	uint64_t accepted, rejected, idle, other; /* connections */
	uint64_t attempts; /* rejected ones: 10 s apart */
	int64_t last_accepted, last_rejected; /* CLOCK_UNKNOWN for none */
};

struct tally;

/* The spans are those of all inputs that the store knows; takes their edges. */
struct tally *tally_new(const struct tally_span *spans, size_t n);
void tally_free(struct tally *t);

/* The run has one input only: none of its handshakes needs to be known again. */
void tally_alone(struct tally *t);

/* An input of the run, by the number that its handshakes have, continues that
 * input of the store (0 for none), whose span then does not count for it. */
void tally_input(struct tally *t, uint32_t input, int64_t known);

/* Count a handshake of an input that was told before. */
void tally_add(struct tally *t, const struct handshake *h, uint32_t token);

/* Forget what an input brought: it could not be read. */
void tally_forget(struct tally *t, uint32_t input);

/* The rows, sorted by input, token, day and span; borrowed. */
const struct tally_row *tally_rows(struct tally *t, size_t *n);

/* NULL where the input brought nothing. */
const struct edge *tally_edge(const struct tally *t, uint32_t input);

/* Settled; NULL where the input brought nothing. */
const struct sketch *tally_sketch(struct tally *t, uint32_t input);

size_t tally_n_spans(const struct tally *t);
const struct tally_span *tally_span(const struct tally *t, uint32_t span);

/* Rows that were left out because there were too many. */
uint64_t tally_left_out(const struct tally *t);

#endif
