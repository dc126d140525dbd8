/*
 * datagram.h - UDP -> DTLS handshakes, and how much QUIC there was.
 */
#ifndef PINSPOT_INPUT_DATAGRAM_H
#define PINSPOT_INPUT_DATAGRAM_H

#include "model/handshake.h"
#include "tls/session.h"

struct datagrams;

enum { DATAGRAMS_QUIC = 1 << 20 }; /* connections told apart: 16 MB */

/* tls is borrowed, and so is *quic_room, how many more QUIC connections all
 * together may tell apart.  Whose input it was is the caller's to add. */
struct datagrams *datagrams_new(struct tls *tls, uint64_t *quic_room,
    handshake_fn *emit, void *arg);

void datagrams_take(struct datagrams *d, const struct endpoint *from,
    const struct endpoint *to, struct cursor bytes, const struct origin *at);

/* The capture ended: emit what is left. */
void datagrams_finish(struct datagrams *d);

void datagrams_free(struct datagrams *d);

#endif
