/*
 * source.h - the bytes of one input, in order, through a moderate buffer.
 *
 * A source shows a window on what comes next; who reads asks for as many bytes
 * as it needs and says how many it used.  It never seeks, so that pipes are as
 * good as files, and it never maps: measured, one read() into 256 KB costs a
 * third of what the page faults of a mapping cost.
 *
 * Where the bytes come from is a function, so that a decompressor is slotted in
 * by making a second source that reads from the first.  A struct source stays
 * where it was opened: it is not to be copied.  When the user asks to stop
 * (stop.h), every source ends.
 */
#ifndef PINSPOT_INPUT_SOURCE_H
#define PINSPOT_INPUT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

#include "base/attr.h"
#include "base/cursor.h"
#include "base/error.h"

enum {
	SOURCE_BUFFER = 256 * 1024, /* stays in the L2 cache */
	/* The most that can be asked for at once: beyond every packet that
	 * libpcap writes but some of USB, and beyond every sane log line. */
	SOURCE_CEILING = 16 * 1024 * 1024,
};

/* Put up to n bytes at room, n > 0.  How many; 0 at the end; -1 with the words
 * in *e.  After 0 or -1 it is not called again, but for source_retry. */
typedef ssize_t source_read_fn(void *arg, void *room, size_t n,
    struct error *e);

/* How far reading has come, and of how much (0 for pipes), in bytes. */
typedef void source_progress_fn(uint64_t read, uint64_t size, void *arg);

struct source {
	/* What comes next: look, then source_use() it.  Moves with each
	 * source_need(). */
	const uint8_t *at;
	size_t n;

	uint64_t used; /* bytes before `at`: the position in the input */
	bool ended; /* nothing comes after the window */
	bool failed; /* it ended because reading failed */
	struct error error; /* the words for that, with the name in front */

	const char *name; /* for messages, borrowed */
	int fd; /* of a source that source_open made, else -1 */
	uint64_t size; /* of a regular file, else 0 */
	int64_t written; /* when it was last; CLOCK_UNKNOWN for pipes */

	/* Called after each read; set it after opening.  NULL: nobody asks. */
	source_progress_fn *progress;
	void *progress_arg;

	/* Private. */
	uint8_t *buffer;
	size_t room;
	source_read_fn *read;
	void *read_arg;
	bool reads_last; /* the function itself looks at stop.h */
};

/* Read a file, or standard input for "-".  path is borrowed.  -1 with the words
 * in *e where it cannot be opened or is a folder. */
int source_open(struct source *s, const char *path,
    struct error *e) MUST_CHECK;

/* Read by a function of the caller's, who frees arg after source_close. */
void source_init(struct source *s, const char *name, source_read_fn *read,
    void *arg);

/* The same for what the outer source is when it is unpacked: of its name and age. */
void source_init_inner(struct source *s, const struct source *outer,
    source_read_fn *read, void *arg);

/* Closes what source_open opened. */
void source_close(struct source *s);

/* Reads until the window has n bytes; n is at most SOURCE_CEILING. */
bool source_fill(struct source *s, size_t n) MUST_CHECK;

/*
 * Make the window at least n bytes wide.  False where the input ends before
 * that, or n is beyond SOURCE_CEILING; the window is then what there is.
 */
static inline bool MUST_CHECK
source_need(struct source *s, size_t n)
{
	return LIKELY(n <= s->n) || source_fill(s, n);
}

/* Done with the first n bytes of the window; n is at most s->n. */
static inline void
source_use(struct source *s, size_t n)
{
	s->at += n;
	s->n -= n;
	s->used += n;
}

/* Pass over n bytes, however many.  False where the input ends before that. */
bool source_skip(struct source *s, uint64_t n) MUST_CHECK;

/* Look again behind the end: a growing file may have more by now. */
void source_retry(struct source *s);

/* The first bytes, n at most, without using them: for telling formats apart. */
struct cursor source_peek(struct source *s, size_t n);

#endif
