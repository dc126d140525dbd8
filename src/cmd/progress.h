/*
 * progress.h - one line on the terminal for a person who waits.
 */
#ifndef PINSPOT_CMD_PROGRESS_H
#define PINSPOT_CMD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	const char *name; /* of the input; borrowed */
	int64_t started, shown; /* monotonic, ns */
	bool visible; /* a line stands on the terminal */
};

/* Is there somebody to show it to?  Only where standard error is a terminal. */
bool progress_wanted(void);

void progress_start(struct progress *p, const char *name);

/* A source_progress_fn: redraw, a few times a second at most. */
void progress_show(uint64_t read, uint64_t size, void *progress);

/* Take the line away. */
void progress_clear(struct progress *p);

#endif
