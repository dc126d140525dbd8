/*
 * session_parts.h - what the files that make up a session share.
 *
 * session.c takes streams and records, handshake.c messages, alert.c alerts,
 * flight.c the records of TLS 1.3; report.c and verdict.c say what it all was.
 */
#ifndef PINSPOT_TLS_SESSION_PARTS_H
#define PINSPOT_TLS_SESSION_PARTS_H

#include "tls/session.h"

enum side session_side(const struct session *s, int end);

/* Is what this end sends encrypted under the type that it shows?  From its
 * ChangeCipherSpec on, but for TLS 1.3, where that record means nothing. */
bool session_is_hidden(const struct session *s, int end);

/* Where the present record ends in its stream; known as soon as its header
 * is. */
static inline uint64_t
session_record_end(const struct half *half)
{
	return half->taken + half->record.left;
}

/* The first cause counts; what follows is an echo. */
void session_decide(struct session *s, enum cause cause,
    const struct origin *at);

/* The client sent data, unless that was decided otherwise before. */
void session_accept(struct session *s, const struct origin *at);

/* The present record is this direction's Finished. */
void session_finish(struct half *half);

/* A record of the server's handshake; its length, 0 where it does not matter. */
void session_note_flight(struct session *s, uint16_t length,
    const struct origin *at);

/* handshake.c */
void session_take_ssl2(struct session *s, struct tls *tls, int end,
    const struct record *r, const struct origin *at);

/* What is left of a message whose end will not come. */
void session_take_cut(struct session *s, struct tls *tls, int end);

/* alert.c: a record of type alert, and one that was told by its length. */
void alert_take(struct session *s, struct tls *tls, int end,
    const struct record *r, const struct origin *at);
void alert_take_hidden(struct session *s, struct tls *tls, enum side from,
    const struct origin *at);

/* flight.c: a record of type application_data, of either side. */
void flight_take_server(struct session *s, struct tls *tls, int end,
    uint16_t length, const struct origin *at);
void flight_take_client(struct session *s, struct tls *tls, int end,
    uint16_t length, const struct origin *at);

#endif
