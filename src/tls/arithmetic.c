#include "tls/arithmetic.h"

#include "knowledge/ciphers.h"
#include "tls/hello.h"

/* Plaintexts: alert level and description; a message header and verify_data of
 * 12 bytes, or the 36 of SSL 3.0; an empty Certificate of TLS 1.3 with its two
 * lengths; a bare message header. */
enum {
	ALERT = 2,
	FINISHED = 4 + 12,
	FINISHED_SSL3 = 4 + 36,
	EMPTY_CERTIFICATE = 4 + 1 + 3,
	END_OF_EARLY_DATA = 4,
	TLS10 = 0x0301,
	SSL3 = 0x0300,
	DEFAULT_TAG = 16,
	DEFAULT_HASH = 32,
};

static unsigned
round_up(unsigned n, unsigned block)
{
	return (n + block - 1) / block * block;
}

/* The body of a record of TLS 1.2 and before that protects n bytes. */
static uint16_t
protected_length(const struct cipher_facts *f, bool explicit_iv,
    bool encrypt_then_mac, unsigned n)
{
	switch (f->kind) {
	case CIPHER_NULL:
	case CIPHER_STREAM:
		return (uint16_t)(n + f->mac);
	case CIPHER_AEAD:
		return (uint16_t)(f->explicit_iv + n + f->tag);
	case CIPHER_CBC:
		if (f->block == 0)
			return 0;
		n = encrypt_then_mac ?
		    round_up(n + 1, f->block) + f->mac :
		    round_up(n + f->mac + 1, f->block);
		return (uint16_t)(n + (explicit_iv ? f->block : 0U));
	default:
		return 0;
	}
}

struct lengths
lengths_of(uint16_t version, uint16_t cipher, bool encrypt_then_mac,
    unsigned padding)
{
	struct cipher_facts f = cipher_facts(cipher);
	bool explicit_iv = version > TLS10;
	unsigned more;

	if (!version_is_13(version))
		return (struct lengths){
			.alert = protected_length(&f, explicit_iv,
			    encrypt_then_mac, ALERT),
			.finished = protected_length(&f, explicit_iv,
			    encrypt_then_mac, version == SSL3 ?
			    FINISHED_SSL3 : FINISHED),
		};
	/* One byte tells the inner type. */
	more = 1 + padding + (f.tag != 0 ? f.tag : DEFAULT_TAG);
	return (struct lengths){
		.alert = (uint16_t)(ALERT + more),
		.finished = (uint16_t)(4U + (f.hash != 0 ? f.hash :
		    DEFAULT_HASH) + more),
		.empty_certificate = (uint16_t)(EMPTY_CERTIFICATE + more),
		.end_of_early_data = (uint16_t)(END_OF_EARLY_DATA + more),
	};
}
