/*
 * digest.h - SHA-256 and HMAC (RFC 2104) with it, by libcrypto.
 */
#ifndef PINSPOT_BASE_DIGEST_H
#define PINSPOT_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_SIZE = 32, DIGEST_HEX_SIZE = 65 };

void digest_sha256(const void *bytes, size_t n, uint8_t out[DIGEST_SIZE]);

void digest_hmac(const uint8_t key[DIGEST_SIZE], const void *bytes, size_t n,
    uint8_t out[DIGEST_SIZE]);

/* Lower-case hexadecimal with a NUL.  Returns out. */
const char *digest_hex(const uint8_t digest[DIGEST_SIZE],
    char out[DIGEST_HEX_SIZE]);

#endif
