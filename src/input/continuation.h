/*
 * continuation.h - which recording does a file go on with?
 *
 * The files of a ring (tcpdump -C and -G, dumpcap -b) are one recording.  Where
 * an interceptor was captured on both sides there are two rings, and in the
 * order of time their files come by turns.  What a file says by itself decides:
 * the TCP connections in its first packets.  Only where those are all new the
 * headers and names of the files do.
 */
#ifndef PINSPOT_INPUT_CONTINUATION_H
#define PINSPOT_INPUT_CONTINUATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "packet/tcp.h"

/* A file that begins so much after the last one ended may go on with it. */
#define CONTINUATION_GAP (60 * CLOCK_SECOND)

/* How a file begins. */
struct file_head {
	const char *name;
	uint64_t layout; /* of reader_stats */
	const struct frame *frames; /* the first ones, at least one */
	size_t n_frames;
};

/* How far a recording has come. */
struct file_tail {
	const char *name; /* of its last file */
	uint64_t layout; /* of its last file */
	int64_t newest; /* the latest time of any frame */
	struct packet_stage *stage;
};

/* The place of the one that the file goes on with, or n for none. */
size_t continuation_find(const struct file_head *head,
    const struct file_tail *tails, size_t n);

/* Is a recording over, so that no file that begins then goes on with it? */
bool continuation_is_over(int64_t newest, int64_t then);

#endif
