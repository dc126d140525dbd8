/*
 * ends.h - where lines end, many at a time.
 *
 * To look for each line's end by itself costs a call and a branch that nobody
 * can predict for every line.  One pass over some of them has neither.
 */
#ifndef PINSPOT_INPUT_ENDS_H
#define PINSPOT_INPUT_ENDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

enum {
	ENDS_BLOCK = 64, /* bytes looked at together */
	ENDS_STRETCH = 8 * 1024, /* at most at a time; stays in the L1 cache */
};

struct ends {
	size_t n;
	uint16_t at[ENDS_STRETCH + 1]; /* the last means nothing */
};

/* The line feeds in t, which has ENDS_STRETCH bytes at most. */
void ends_find(struct text t, struct ends *out);

#endif
