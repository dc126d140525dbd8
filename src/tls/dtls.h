/*
 * dtls.h - the TLS of datagrams (RFC 6347): its hellos and certificates.
 */
#ifndef PINSPOT_TLS_DTLS_H
#define PINSPOT_TLS_DTLS_H

#include "tls/session.h"

/* Does this datagram begin with a DTLS record of a handshake in the clear? */
bool dtls_begins(struct cursor datagram);

/* Take a datagram that end 0 or 1 sent. */
void dtls_take(struct session *s, struct tls *tls, int end,
    struct cursor datagram, const struct origin *at);

#endif
