/*
 * pulse.h - when things happened, roughly, for things that are too many to be
 * kept.
 *
 * All lists of a run count by beats of one length, which grows as the run does,
 * so that a list has at most PULSE_BEATS; and again where all of them together
 * have more than PULSES_MANY, though these may become more little by little.
 */
#ifndef PINSPOT_FINDING_PULSE_H
#define PINSPOT_FINDING_PULSE_H

#include <stdint.h>

#include "base/text.h"

enum {
	PULSE_BEATS = 128,
	PULSES_MANY = 32768 /* 400 KB */
};

struct beat {
	uint32_t at; /* when: a multiple of the length, see pulse_time */
	uint32_t n; /* how much happened */
	uint32_t next; /* of its list: index + 1; 0 none */
};

struct pulses {
	struct beat *at;
	size_t n, room;
	size_t many; /* when to make beats longer next; 0 at PULSES_MANY */
	uint32_t unused; /* index + 1 of beats to use again */
	unsigned shift; /* a beat lasts 2 to the power of this microseconds */
	uint32_t first, last; /* beats of all lists */
};

void pulses_free(struct pulses *p);

/* Note that something happened n times; *list is the first beat, index + 1, or 0.
 * time is microseconds since 1970. */
void pulse_add(struct pulses *p, uint32_t *list, int64_t time, uint32_t n);

/* Put what is in one list into another; or forget it. */
void pulse_move(struct pulses *p, uint32_t *into, uint32_t *from);
void pulse_drop(struct pulses *p, uint32_t *list);

/* The beat behind a number of a list, or NULL for 0. */
const struct beat *pulse_beat(const struct pulses *p, uint32_t number);

/* The middle of a beat, in microseconds since 1970. */
int64_t pulse_time(const struct pulses *p, const struct beat *b);

#endif
