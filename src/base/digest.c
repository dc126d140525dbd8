/* SHA256_Init and its kin are as of OpenSSL 1.1: later ones deprecate them. */
#define OPENSSL_API_COMPAT 0x10100000L
#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

/*
 * The bare function, and not EVP: that reads openssl.cnf and sets up providers
 * and their tables of algorithms first, which takes 2 MB and 5 million
 * instructions, more than all of a run on a short log.
 */
void
digest_sha256(const void *bytes, size_t n, uint8_t out[DIGEST_SIZE])
{
	SHA256_CTX state;

	SHA256_Init(&state);
	SHA256_Update(&state, bytes, n);
	SHA256_Final(out, &state);
}

void
digest_hmac(const uint8_t key[DIGEST_SIZE], const void *bytes, size_t n,
    uint8_t out[DIGEST_SIZE])
{
	HMAC(EVP_sha256(), key, DIGEST_SIZE, bytes, n, out, NULL);
}

const char *
digest_hex(const uint8_t digest[DIGEST_SIZE], char out[DIGEST_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (int i = 0; i < DIGEST_SIZE; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[2 * DIGEST_SIZE] = '\0';
	return out;
}
