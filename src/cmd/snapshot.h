/*
 * snapshot.h - reports in between, while input goes on.
 *
 * A child process has a copy of all that is known at that instant; it decides
 * and prints while its parent reads on, so that the writer of a pipe is never
 * held up.
 */
#ifndef PINSPOT_CMD_SNAPSHOT_H
#define PINSPOT_CMD_SNAPSHOT_H

#include "cmd/analysis.h"

struct snapshot {
	struct analysis *analysis;
	int64_t due; /* monotonic, ns: when the next summary is */
	bool wanted; /* SIGUSR1 came, and is not answered yet */
	int child; /* its process; 0 for none */
	uint64_t told; /* handshakes at the last summary */
};

/* What --follow and -I start with. */
void snapshot_start(struct snapshot *s, struct analysis *a);

/* Called a few times a second: a summary when --interval is over and something
 * has come, the whole report on SIGUSR1. */
void snapshot_idle(void *snapshot);

/* Wait for a child that still writes, but not for one whose output nobody
 * takes. */
void snapshot_finish(struct snapshot *s);

#endif
