/*
 * held.h - bytes of a TCP stream that came ahead of their turn.
 *
 * They wait in the order of their sequence numbers, without overlaps: the first
 * copy of a byte wins.  A close that follows them waits among them.
 */
#ifndef PINSPOT_PACKET_HELD_H
#define PINSPOT_PACKET_HELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "model/handshake.h"
#include "packet/frame.h"

/* How far sequence number a is ahead of b (RFC 9293 section 3.4). */
static inline int32_t
sequence_ahead(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* Bytes of a stream: what was captured, and behind it what was not. */
struct span {
	uint32_t sequence;
	struct cursor bytes;
	uint32_t missing;
};

struct held {
	struct held *next;
	int64_t time;
	uint64_t number; /* of its frame */
	uint32_t sequence;
	uint32_t n; /* bytes kept */
	uint32_t missing; /* bytes after those that were not captured */
	enum close_how close; /* CLOSE_UNKNOWN for bytes */
	uint8_t bytes[];
};

/* What waits in one direction of a connection. */
struct holding {
	struct held *first;
	uint32_t n_bytes;
	uint16_t n;
	bool close; /* one of them is a close */
};

/* Of all connections together, in bytes of memory. */
struct held_total {
	uint64_t now, limit, most;
};

/* Is there room for n more bytes? */
bool held_has_room(const struct holding *h, const struct held_total *total,
    size_t n);

/* Copy what is not held yet of these bytes. */
void held_add(struct holding *h, struct held_total *total, struct span span,
    const struct frame *frame);

/* Only one close is kept: the first. */
void held_add_close(struct holding *h, struct held_total *total,
    uint32_t sequence, enum close_how how, const struct frame *frame);

/* Take out the first one; there must be one.  The caller frees it. */
struct held *held_take(struct holding *h, struct held_total *total);

/* Number and time of its frame, without the bytes. */
struct frame held_frame(const struct held *held);

#endif
