/*
 * arithmetic.h - how long an encrypted alert or Finished is on the wire.
 *
 * Encryption hides what a record says, not how long it is, and both messages
 * have one length for a given version and cipher suite (RFC 5246 section 6.2.3,
 * RFC 7366 for encrypt-then-MAC, RFC 8446 section 5.2).
 */
#ifndef PINSPOT_TLS_ARITHMETIC_H
#define PINSPOT_TLS_ARITHMETIC_H

#include <stdbool.h>
#include <stdint.h>

/* Lengths of a record's body; 0 where the suite is not known. */
struct lengths {
	uint16_t alert;
	uint16_t finished;
	uint16_t empty_certificate; /* TLS 1.3: a client that has none */
	uint16_t end_of_early_data; /* TLS 1.3 */
};

/*
 * For the negotiated version (RFC numbers, drafts too) and suite.  In TLS 1.3
 * padding is what the stack adds to each handshake and alert record: 0, or
 * JSSE's PADDING_JSSE.
 */
struct lengths lengths_of(uint16_t version, uint16_t cipher,
    bool encrypt_then_mac, unsigned padding);

enum { PADDING_JSSE = 16 };

#endif
