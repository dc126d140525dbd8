/*
 * join_near.h - which captured handshakes a line may tell of that names no port:
 * those of the same client at the same host, or at the same server where either
 * side tells no host, by their time.
 */
#ifndef PINSPOT_INPUT_JOIN_NEAR_H
#define PINSPOT_INPUT_JOIN_NEAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/handshake.h"

struct near;

/* Is the time known, and of 1824 to 2116, so that the difference of two is one? */
static inline bool
near_is_time(int64_t time)
{
	return time > -(INT64_MAX / 2) && time < INT64_MAX / 2;
}

struct near *near_new(void);
void near_free(struct near *n);

/* A captured handshake, by its number. */
void near_add(struct near *n, const struct handshake *h, uint32_t number);

/* Was anything captured that the line may tell of? */
bool near_knows(const struct near *n, const struct handshake *line);

/* All were added: the functions below may be called. */
void near_sort(struct near *n);

/*
 * By how much, in nanoseconds, lines that were observed are most often later than
 * what they may tell of; then forget them.  0 where too few agree, or on what no
 * clock is: the same clients visit the same hosts at other times as well, so that
 * only skews of minutes and wrong time zones are believed.
 */
void near_observe(struct near *n, const struct handshake *line);
int64_t near_skew(struct near *n);

void near_sort_numbers(int64_t *numbers, size_t n);

/* How many of n sorted numbers agree best, and the middle of them; of equal crowds
 * the one that is nearer to 0. */
size_t near_agreement(const int64_t *deltas, size_t n, int64_t *middle);

struct near_entry {
	uint64_t key;
	int64_t time;
	uint32_t capture;
	bool observed; /* private */
};

/* What a line may tell of, a moderate number of the nearest in time. */
struct near_range {
	const struct near_entry *at;
	size_t n;
};

struct near_range near_find(const struct near *n, const struct handshake *line,
    int64_t skew);

#endif
