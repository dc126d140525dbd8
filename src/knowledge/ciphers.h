/*
 * ciphers.h - the cipher suites, and how long their records are.
 */
#ifndef PINSPOT_KNOWLEDGE_CIPHERS_H
#define PINSPOT_KNOWLEDGE_CIPHERS_H

#include <stdint.h>

#include "base/text.h"

/* IANA name such as "TLS_AES_128_GCM_SHA256", or NULL where unassigned. */
const char *cipher_name(uint16_t code);

/* By IANA or OpenSSL name; -1 where it is none. */
int cipher_by_name(struct text name);

/* The date of the registry. */
const char *ciphers_date(void);

enum cipher_kind { CIPHER_UNKNOWN, CIPHER_NULL, CIPHER_STREAM, CIPHER_CBC,
	CIPHER_AEAD };

/* What the record arithmetic of detection.md section 1 needs. */
struct cipher_facts {
	enum cipher_kind kind;
	uint8_t explicit_iv; /* bytes per record in TLS 1.2: 8 for GCM and CCM,
			      * 0 for ChaCha20-Poly1305; CBC: the block size */
	uint8_t tag; /* AEAD tag: 16, or 8 for CCM_8 */
	uint8_t mac; /* HMAC length for CBC, stream and NULL suites */
	uint8_t block; /* CBC block size */
	uint8_t hash; /* of the PRF or HKDF: 32 or 48 */
};

struct cipher_facts cipher_facts(uint16_t code);

#endif
