/*
 * deliver.h - what happened in a stream -> the handler, in order.
 */
#ifndef PINSPOT_PACKET_DELIVER_H
#define PINSPOT_PACKET_DELIVER_H

#include "packet/flow.h"
#include "packet/held.h"

struct delivery {
	struct tcp_handler handler;
	struct packet_counts *counts;
	struct held_total held;
	struct frame now; /* number and time of the newest frame */
};

/* Payload of one end, wherever it belongs in the stream. */
void deliver_bytes(struct delivery *d, struct flow *f, int end,
    struct span span, const struct frame *frame);

/* The end closes behind a sequence number. */
void deliver_close(struct delivery *d, struct flow *f, int end,
    uint32_t sequence, enum close_how how, const struct frame *frame);

/* After each packet: is the receiver's word for a hole old enough to give it
 * up?  When nothing more is wanted, drop what is held. */
void deliver_proved(struct delivery *d, struct flow *f);

/* The connection is over: give up all holes, then tell so. */
void deliver_end(struct delivery *d, struct flow *f);

#endif
