/*
 * streams.h - TCP segments -> ordered byte streams.
 */
#ifndef PINSPOT_PACKET_STREAMS_H
#define PINSPOT_PACKET_STREAMS_H

#include <stddef.h>

#include "packet/segment.h"
#include "packet/tcp.h"

struct streams;

/* counts is borrowed and added to; the handler is copied. */
struct streams *streams_new(const struct tcp_handler *handler,
    const struct packet_limits *limits, struct packet_counts *counts);
void streams_free(struct streams *s);

/* Fetch what the segments will touch into the cache. */
void streams_prefetch(const struct streams *s, const struct segment *segments,
    size_t n);

void streams_segment(struct streams *s, const struct segment *segment);

/* An ICMP error quotes the beginning of such a segment: tshark numbers its
 * connection, though it may never have been captured. */
void streams_announce(struct streams *s, const struct segment *segment);

/* tshark gave the next number to something else. */
void streams_skip_number(struct streams *s);

/* What tshark would number is not known any more, for the rest of the file. */
void streams_lose_count(struct streams *s);

/* What follows is of another file, which tshark would number anew. */
void streams_next_file(struct streams *s);

/* Hold a segment against what is known, without taking it. */
void streams_fit(struct streams *s, const struct segment *segment,
    struct packet_fit *fit);

struct packet_load streams_load(const struct streams *s);
void streams_yield(struct streams *s, struct packet_load others);

/* Every connection left is over, in the order in which they began. */
void streams_finish(struct streams *s);

#endif
