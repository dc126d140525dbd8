/*
 * capture.h - a capture -> handshakes.
 *
 * Joins the stages: frames (reader.h), ordered streams (packet/), what they
 * carry (stream/), and the TLS in them (tls/).
 */
#ifndef PINSPOT_INPUT_CAPTURE_H
#define PINSPOT_INPUT_CAPTURE_H

#include "input/input.h"
#include "input/source.h"

/*
 * Read a capture to its end and emit its handshakes, each when its connection
 * is over; see input_read for the rest.  What is skipped is told on standard
 * error, unless options->verbose is negative.  -1 with the words in *e where
 * the file's header, the filter or the interceptor is unusable.
 */
int capture_read(struct source *s, uint32_t number,
    const struct input_options *options, handshake_fn *emit, void *arg,
    struct pool *pool, struct input_info *info, struct totals *totals,
    struct error *e) MUST_CHECK;

/* Capture from a network interface until the user has enough (stop.h); the same
 * otherwise.  options->idle is called in between. */
int capture_live(const char *interface, uint32_t number,
    const struct input_options *options, handshake_fn *emit, void *arg,
    struct pool *pool, struct input_info *info, struct totals *totals,
    struct error *e) MUST_CHECK;

#endif
