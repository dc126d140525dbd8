/*
 * tcp.h - frames -> ordered byte streams.
 *
 * A flow table of bounded memory puts the bytes of each TCP connection in order
 * and hands them on as they become known.  What was never captured is told as a
 * gap, never papered over.  Once the handler has seen enough of a connection
 * its payload is not touched any more: then only closes and byte counts are
 * kept.
 */
#ifndef PINSPOT_PACKET_TCP_H
#define PINSPOT_PACKET_TCP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "model/handshake.h"
#include "packet/frame.h"

/* What the handler sees of a connection. */
struct connection {
	struct endpoint ends[2]; /* 0 sent the SYN, or else the first packet */
	int64_t number; /* tshark's tcp.stream; -1 where it cannot be known */
	struct origin first; /* its first frame */
	/* Payload bytes by sequence numbers, also when no longer touched. */
	uint64_t bytes[2];
	bool midstream; /* no SYN was seen */
	bool snapped; /* a frame was cut by the snaplen */
	bool seen[2]; /* packets of that end were captured */
	void *user; /* the handler's own, NULL at first */
};

enum tcp_want { TCP_MORE, TCP_DONE };

struct tcp_handler {
	/* Bytes of ends[from], in order, borrowed until it returns.  TCP_DONE:
	 * the payload of both directions is not wanted any more. */
	enum tcp_want (*data)(struct connection *c, int from,
	    struct cursor bytes, const struct frame *frame, void *arg);
	/* n bytes of ends[from] are missing before what comes next. */
	enum tcp_want (*gap)(struct connection *c, int from, uint64_t n,
	    const struct frame *frame, void *arg);
	/* The first FIN or RST of ends[from], in order with its data where the
	 * data before it is known; also told after TCP_DONE. */
	void (*close)(struct connection *c, int from, enum close_how how,
	    const struct frame *frame, void *arg);
	/* The connection is over: closed by both, its ports used again, idle
	 * for too long, evicted, or the capture ended.  user is to be freed. */
	void (*end)(struct connection *c, void *arg);
	/* A UDP datagram (DTLS, QUIC). */
	void (*datagram)(const struct endpoint *from, const struct endpoint *to,
	    struct cursor bytes, const struct frame *frame, void *arg);
	void *arg;
};

/* Counts of what went by and what could not be used. */
struct packet_counts {
	uint64_t frames, tcp, udp, other; /* other: no IP, or no TCP or UDP */
	uint64_t malformed; /* headers that break off or make no sense */
	uint64_t snapped; /* frames cut by the snaplen */
	uint64_t fragments; /* IP fragments */
	uint64_t tunnels; /* GRE, VXLAN, ...: not opened */
	uint64_t flows, evicted;
	uint64_t unknown_link; /* frames of a link type that is not read */
	uint64_t late; /* TCP packets after the end of their connection */
	uint64_t gaps; /* holes in streams that were still wanted */
	uint64_t held_max; /* most bytes ever held back at once */
	uint64_t fragments_dropped; /* datagrams that never became whole */
};

struct packet_limits {
	uint64_t max_flows; /* 0: the default */
	uint64_t max_memory; /* bytes for flows and held-back segments */
};

struct packet_stage;

/* handler is copied. */
struct packet_stage *packet_stage_new(const struct tcp_handler *handler,
    const struct packet_limits *limits);

/* Frames must come in the order of their input. */
void packet_stage_frame(struct packet_stage *p, const struct frame *frame);

/* The same for n of them: quicker, since it looks ahead. */
void packet_stage_frames(struct packet_stage *p, const struct frame *frames,
    size_t n);

/* tshark has numbered something that is no connection of its own: it does so at
 * the first bytes inside a SOCKS tunnel. */
void packet_stage_skip_number(struct packet_stage *p);

/* Frames of another file follow, which tshark would number anew: from its first
 * packet there on, a connection has the number that it has there. */
void packet_stage_next_file(struct packet_stage *p);

/* How the first frames of a file go with the connections that are known: for
 * each direction of each TCP connection its first packet, and its first with
 * data. */
struct packet_fit {
	unsigned continued; /* data from where the last one ended */
	unsigned known; /* of a connection that is known */
	unsigned repeated; /* data that was seen before */
	unsigned foreign; /* far from what is known of the connection */
	unsigned unknown; /* of a connection that began before, unknown to us */
};

/* Nothing of them is taken. */
void packet_stage_fit(struct packet_stage *p, const struct frame *frames,
    size_t n, struct packet_fit *fit);

/* What is kept now: connections, and bytes that wait for their turn. */
struct packet_load {
	uint64_t flows, held;
};

struct packet_load packet_stage_load(const struct packet_stage *p);

/* Other stages have taken so much of the same limits: keep to what they leave,
 * though not to less than an eighth of all. */
void packet_stage_yield(struct packet_stage *p, struct packet_load others);

/* The capture ended: every connection left is told as over. */
void packet_stage_finish(struct packet_stage *p);

const struct packet_counts *packet_stage_counts(const struct packet_stage *p);

void packet_stage_free(struct packet_stage *p);

#endif
