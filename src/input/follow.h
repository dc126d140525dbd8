/*
 * follow.h - a source that waits for more: a pipe, or a log that grows.
 *
 * While it waits, and after each read, it calls back, so that reports can be
 * made in between.  A file that was renamed is followed under its name once it
 * has been read to its end; one that became shorter is read from its beginning
 * (logrotate's copytruncate).
 */
#ifndef PINSPOT_INPUT_FOLLOW_H
#define PINSPOT_INPUT_FOLLOW_H

#include "input/source.h"

struct follow {
	struct source *source;
	const char *path;
	void (*idle)(void *arg); /* at least a few times a second */
	void *arg;
};

/* Make an open source wait.  f lives as long as the source. */
void follow_start(struct follow *f, struct source *s, const char *path,
    void (*idle)(void *arg), void *arg);

#endif
