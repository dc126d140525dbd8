/*
 * recording.h - what one capture point saw, in one file or in several.
 *
 * Joins the stages: frames (reader.h), ordered streams (packet/), what they
 * carry (stream/), and the TLS in them (tls/).  A connection may begin in one
 * file of a recording and end in the next.
 */
#ifndef PINSPOT_INPUT_RECORDING_H
#define PINSPOT_INPUT_RECORDING_H

#include <stddef.h>
#include <stdint.h>

#include "input/input.h"
#include "packet/tcp.h"
#include "tls/session.h"

struct tls_flow;

/* What the recordings of a run have in common. */
struct recording_common {
	const struct input_options *options;
	handshake_fn *emit;
	void *emit_arg;
	struct tls tls;
	uint64_t quic_room; /* connections that may still be told apart */
	struct tls_flow *free; /* to be used again */
};

void recording_common_free(struct recording_common *c);

struct recording;

/* A recording without a file; common is borrowed. */
struct recording *recording_new(struct recording_common *common);

/* What follows is of a file, the first or the next, of the input with this
 * number.  Its frames count from 1 again. */
void recording_next_file(struct recording *r, uint32_t input);

/* The next frames; their numbers are changed. */
void recording_frames(struct recording *r, struct frame *frames, size_t n);

/* The latest time of any frame, or CLOCK_UNKNOWN. */
int64_t recording_newest(const struct recording *r);

/* The packet stage: for what it counts and how frames fit. */
struct packet_stage *recording_stage(struct recording *r);

/* No more comes: emit what is left. */
void recording_free(struct recording *r);

#endif
