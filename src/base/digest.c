#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

void
digest_sha256(const void *bytes, size_t n, uint8_t out[DIGEST_SIZE])
{
	SHA256(bytes, n, out);
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
