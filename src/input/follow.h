/*
 * follow.h - a source that waits for more: a pipe, or a log that grows.
 *
 * While it waits, and after each read, it calls back, so that reports can be
 * made in between.  A file that is not there yet is waited for.  One that was
 * renamed is left for the new one of its name once nothing has been added to it
 * for a second.  One that became shorter, or holds something else where it was
 * read last, was truncated and is read from its beginning (logrotate's
 * copytruncate).  A line that breaks off there is ended, so that it does not run
 * into the next.
 *
 * When the user asks to stop (stop.h), what a pipe or file holds by then is
 * still read, 1 MiB at most.
 */
#ifndef PINSPOT_INPUT_FOLLOW_H
#define PINSPOT_INPUT_FOLLOW_H

#include "input/input.h"
#include "input/source.h"

enum {
	/* So much of what was read last is compared with the file: several
	 * lines, so that the time of one is among it. */
	FOLLOW_MARK = 4096,
};

struct follow {
	/* Private. */
	struct source *source;
	const char *path;
	const struct input_options *options;
	char mark[FOLLOW_MARK]; /* the last bytes read of this file */
	size_t n_mark;
	char last; /* byte that was read */
	unsigned quiet; /* waits since the file was renamed */
	size_t n_last; /* bytes read since the user asked to stop */
};

/*
 * Open a file, or standard input for "-", as a source that waits, and wait for
 * the file where there is none: options->idle is called a few times a second.  f
 * lives as long as the source; path and options are borrowed.  -1 with the words
 * in *e where it is there and cannot be opened.
 */
int follow_open(struct follow *f, struct source *s, const char *path,
    const struct input_options *options, struct error *e) MUST_CHECK;

#endif
