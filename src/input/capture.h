/*
 * capture.h - captures -> handshakes.
 *
 * Gives each file to the recording that it goes on with, or begins another one
 * (recording.h, continuation.h).
 */
#ifndef PINSPOT_INPUT_CAPTURE_H
#define PINSPOT_INPUT_CAPTURE_H

#include "base/buf.h"
#include "input/input.h"
#include "input/source.h"

/*
 * The captures of one run, which come in the order of their first frames.  The
 * files of a ring are one recording; several of them, from several points, may
 * go on at the same time.
 */
struct captures;

/* emit gets each handshake when its connection is over.  NULL with the words in
 * *e where --interceptor is unusable; all pointers are borrowed. */
struct captures *captures_new(const struct input_options *options,
    handshake_fn *emit, void *arg, struct pool *pool, struct totals *totals,
    struct error *e) MUST_CHECK;

/*
 * Read a capture to its end.  What is skipped is told on standard error, unless
 * options->verbose is negative.  -1 with the words in *e where the file's header
 * or the filter is unusable.
 */
int captures_read(struct captures *c, struct source *s, uint32_t number,
    struct input_info *info, struct error *e) MUST_CHECK;

/* Open a network interface, which may need rights that are then given up. */
int captures_open_live(struct captures *c, const char *interface,
    struct error *e) MUST_CHECK;

/* Give the filter to the kernel.  -1 with the words where it makes no sense for
 * the interface; 0 also where none is open. */
int captures_filter_live(struct captures *c, struct error *e) MUST_CHECK;

/* Capture from it until the user has enough (stop.h).  options->idle is called in
 * between.  -1 with the words where the capture breaks off; what came before
 * counts. */
int captures_live(struct captures *c, uint32_t number, struct input_info *info,
    struct error *e) MUST_CHECK;

/* What --interceptor is called; nothing without it. */
void captures_interceptor(const struct captures *c, struct buf *out);

/* No capture follows: emit what is left. */
void captures_finish(struct captures *c);

void captures_free(struct captures *c);

/* The time of the first frame, or CLOCK_UNKNOWN; uses up the source. */
int64_t capture_first_time(struct source *s);

#endif
