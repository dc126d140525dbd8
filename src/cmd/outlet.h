/*
 * outlet.h - records for standard output while input goes on.
 *
 * Who reads them may be slow or may have stopped, and must not hold up the
 * reading of input for long: the daemon that writes it would wait as well.  So
 * records queue here.  A slow reader is waited for, as in any pipe; one that has
 * taken nothing for a second while the queue is full is not: records that find no
 * room are then left out and counted, until it goes on.
 */
#ifndef PINSPOT_CMD_OUTLET_H
#define PINSPOT_CMD_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

struct outlet {
	struct buf queue; /* whole records, but for a first one half gone */
	size_t n_gone; /* bytes of the queue that were written */
	bool stalled; /* the reader was waited for in vain */
	uint64_t n_dropped; /* records */
	struct buf line; /* for the caller to write a record into */
	int error; /* errno of the write that failed; 0 none: after one,
		    * nothing more is kept */
};

/* Queue a record, which ends in '\n'.  Waits for room up to a second after the
 * reader took something last. */
void outlet_add(struct outlet *o, struct text record);

/* Write what the reader takes without waiting for it.  To be called often. */
void outlet_flush(struct outlet *o);

/* Write what is left while the reader takes something every 5 s; the rest
 * counts as dropped.  Frees. */
void outlet_finish(struct outlet *o);

#endif
