/*
 * datagram.h - UDP -> DTLS handshakes, and how much QUIC there was.
 */
#ifndef PINSPOT_INPUT_DATAGRAM_H
#define PINSPOT_INPUT_DATAGRAM_H

#include "model/handshake.h"
#include "tls/session.h"

struct datagrams;

/* tls is borrowed; number is the input's. */
struct datagrams *datagrams_new(struct tls *tls, uint32_t number,
    handshake_fn *emit, void *arg);

void datagrams_take(struct datagrams *d, const struct endpoint *from,
    const struct endpoint *to, struct cursor bytes, const struct origin *at);

/* Another file follows: emit what is left, and count for it from here on. */
void datagrams_next_input(struct datagrams *d, uint32_t number);

/* The capture ended: emit what is left. */
void datagrams_finish(struct datagrams *d);

void datagrams_free(struct datagrams *d);

#endif
