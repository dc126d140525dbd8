/*
 * trait.h - what one failing handshake tells about its cause.
 */
#ifndef PINSPOT_FINDING_TRAIT_H
#define PINSPOT_FINDING_TRAIT_H

#include <stdbool.h>

#include "finding/attempt.h"
#include "knowledge/interceptors.h"
#include "model/finding.h"

/* What a connection does to its attempt. */
enum attempt_mark trait_mark(const struct handshake *h);

/* A session of TLS 1.3 was offered, and a full handshake of TLS 1.2 or less
 * was the answer (detection.md section 8). */
bool trait_mismatch(const struct handshake *h);

/* TLS 1.2 or less was chosen although 1.3 was offered. */
bool trait_went_down(const struct handshake *h);

/* Set what one connection that was not accepted tells, a 1 for each trait, in
 * empty traits.  issuer is what is known of the issuer's name, or NULL;
 * issuer_public whether browsers trust it. */
void trait_mark_all(struct traits *t, const struct handshake *h,
    const struct interceptor *issuer, bool issuer_public);

/* Add what n connections told, each of which told the same: union of sets, sum
 * of counts, as far as they reach. */
void trait_add(struct traits *t, const struct traits *one, uint64_t n);

/* Add what other counted to t. */
void trait_join(struct traits *t, const struct traits *other);

/* Does a leaf cover this host's name (RFC 6125 section 6.4)? */
bool trait_covers(const struct certificate *c, struct text host);

/* Did a client refuse a certificate by a readable or encrypted alert? */
bool trait_certificate_alert(const struct traits *t);

/* Did either side name version, cipher, group or extension as the reason? */
bool trait_protocol_alert(const struct traits *t);

#endif
