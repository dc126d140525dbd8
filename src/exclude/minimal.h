/*
 * minimal.h - the smallest list that cures what can be cured, at the least
 * inspection lost.
 */
#ifndef PINSPOT_EXCLUDE_MINIMAL_H
#define PINSPOT_EXCLUDE_MINIMAL_H

#include "exclude/replay.h"

/* One entry more, in the order of what it is worth, and what all so far do. */
struct step_price {
	size_t entry; /* of those that were replayed */
	uint64_t fixed, lost; /* all up to this one, hosts counted once */
};

/*
 * Choose among the n entries that were replayed last.  Everything that any of
 * them cures is cured; the inspected sessions lost are as few as that allows;
 * and then the entries are as few as possible: surely where at most 16 are in
 * question, else by the usual greedy choice.  *steps is the caller's to free.
 * Returns how many were chosen.
 */
size_t minimal_set(struct replay *rp, size_t n, struct step_price **steps);

#endif
