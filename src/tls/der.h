/*
 * der.h - the distinguished encoding of ASN.1 (X.690), as certificates use it.
 */
#ifndef PINSPOT_TLS_DER_H
#define PINSPOT_TLS_DER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/text.h"

/* Initialiser of a struct text with the body of an OBJECT IDENTIFIER. */
#define OID(bytes) { "" bytes, sizeof(bytes) - 1 }

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_OID = 0x06,
	DER_UTF8_STRING = 0x0c,
	DER_NUMERIC_STRING = 0x12,
	DER_PRINTABLE_STRING = 0x13,
	DER_T61_STRING = 0x14,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_VISIBLE_STRING = 0x1a,
	DER_UNIVERSAL_STRING = 0x1c,
	DER_BMP_STRING = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
};

/* Context-specific tags: [n], primitive or constructed. */
#define DER_CONTEXT(n) (0x80 | (n))
#define DER_CONTEXT_SET(n) (0xa0 | (n))

struct der {
	uint8_t tag;
	struct cursor body;
	struct cursor all; /* tag and length too */
};

/*
 * Take the next element.  False where none begins here: a tag above 30 (which
 * certificates do not use), a length of more than four bytes or of none, a body
 * beyond the end.  Lengths that DER would write shorter are taken, since
 * OpenSSL takes them.
 */
bool der_next(struct cursor *c, struct der *out) MUST_CHECK;

/* Take the next element if it has this tag; the cursor stays otherwise. */
bool der_take(struct cursor *c, uint8_t tag, struct cursor *body) MUST_CHECK;

/* UTCTime or GeneralizedTime (RFC 5280 section 4.1.2.5) as nanoseconds, or
 * CLOCK_UNKNOWN.  Seconds may be missing and zones be given, as BER allows. */
int64_t der_time(const struct der *time);

#endif
