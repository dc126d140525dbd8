/*
 * follow.h - a source that waits for more: a pipe, or a log that grows.
 *
 * While it waits, and after each read, it calls back, so that reports can be
 * made in between.  A file that was renamed is left for the new one of its name
 * once nothing has been added to it for a second; one that became shorter is read
 * from its beginning (logrotate's copytruncate).  A line that breaks off there is
 * ended, so that it does not run into the next.
 *
 * When the user asks to stop (stop.h), what a pipe or file holds by then is
 * still read, 1 MiB at most.
 */
#ifndef PINSPOT_INPUT_FOLLOW_H
#define PINSPOT_INPUT_FOLLOW_H

#include "input/source.h"

struct follow {
	struct source *source;
	const char *path;
	void (*idle)(void *arg); /* at least a few times a second */
	void *arg;

	/* Private. */
	char last; /* byte that was read */
	unsigned quiet; /* waits since the file was renamed */
	size_t n_last; /* bytes read since the user asked to stop */
};

/* Make an open source wait.  f lives as long as the source. */
void follow_start(struct follow *f, struct source *s, const char *path,
    void (*idle)(void *arg), void *arg);

#endif
