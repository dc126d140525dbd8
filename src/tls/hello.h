/*
 * hello.h - the two hellos, from bytes to windows.
 *
 * What a hello says is read in place: struct hello borrows from the message.
 */
#ifndef PINSPOT_TLS_HELLO_H
#define PINSPOT_TLS_HELLO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

enum {
	EXTENSIONS_MAX = 128, /* real hellos carry about 20 */
	SESSION_ID_MAX = 32,
	HOST_NAME_MAX_SNI = 255, /* RFC 1035 section 2.3.4; longer is no name */
};

/* TLS ExtensionType Values of IANA, as far as something here asks for them. */
enum extension {
	EXTENSION_SERVER_NAME = 0,
	EXTENSION_SIGNATURE_ALGORITHMS = 13,
	EXTENSION_ALPN = 16,
	EXTENSION_PADDING = 21,
	EXTENSION_ENCRYPT_THEN_MAC = 22,
	EXTENSION_COMPRESS_CERTIFICATE = 27,
	EXTENSION_RECORD_SIZE_LIMIT = 28,
	EXTENSION_DELEGATED_CREDENTIAL = 34,
	EXTENSION_SESSION_TICKET = 35,
	EXTENSION_PRE_SHARED_KEY = 41,
	EXTENSION_EARLY_DATA = 42,
	EXTENSION_SUPPORTED_VERSIONS = 43,
	EXTENSION_COOKIE = 44,
	EXTENSION_ALPS_OLD = 17513,
	EXTENSION_ALPS = 17613,
	EXTENSION_ECH = 65037,
	EXTENSION_ESNI = 65486, /* draft-ietf-tls-esni-01 to -06 */
};

/* A ClientHello or a ServerHello. */
struct hello {
	uint16_t legacy_version;
	uint16_t version; /* ServerHello: the one chosen */
	uint16_t cipher; /* ServerHello */
	struct cursor random, session_id;
	struct cursor ciphers; /* ClientHello: two bytes each */
	struct cursor server_name; /* the host_name; empty without */
	struct cursor alpn; /* body of the ProtocolNameList */
	struct cursor versions; /* ClientHello: two bytes each */
	struct cursor signature_algorithms; /* two bytes each */
	uint16_t extensions[EXTENSIONS_MAX]; /* wire order, GREASE too */
	uint8_t n_extensions;
	bool has_extensions; /* false also where an SSL 2.0 hello has none */
	bool has_server_name, has_psk, has_early_data, has_ech, has_esni;
	bool has_ticket; /* session_ticket with a ticket in it */
	bool has_encrypt_then_mac;
	bool ssl2; /* ciphers of a SSL 2.0 hello: three bytes each */
	bool dtls;
	bool retry; /* a HelloRetryRequest */
	bool malformed; /* something breaks off; what came before is kept */
};

/* RFC 8701. */
static inline bool
is_grease(uint16_t v)
{
	return (v & 0x0f0f) == 0x0a0a && v >> 8 == (v & 0xff);
}

/* Is this version TLS 1.3, one of its drafts, or an experiment with them? */
bool version_is_13(uint16_t version);

/*
 * Read the body of a ClientHello (RFC 8446 section 4.1.2, RFC 6347 section
 * 4.2.1 for DTLS).  False where not even its cipher suites can be read; where
 * only the extensions break, malformed is set and what came before is kept: a
 * broken hello is evidence too.
 */
bool hello_read_client(struct cursor body, bool dtls, struct hello *out);

/* The same of an SSL 2.0 hello (RFC 5246 appendix E.2), whose body here begins
 * behind its version. */
bool hello_read_ssl2(struct cursor body, uint16_t version, struct hello *out);

/*
 * Read the body of a ServerHello, or of a HelloRetryRequest in either of its
 * forms (RFC 8446 section 4.1.4).  Drafts up to 21 of TLS 1.3 had no session id
 * and no compression method in it.
 */
bool hello_read_server(struct cursor body, struct hello *out);

/* Body of the HelloRetryRequest message (type 6) of drafts up to 21. */
bool hello_read_draft_retry(struct cursor body, struct hello *out);

/* The last eight bytes of the server's random by which a server that could do
 * better warns of a downgrade (RFC 8446 section 4.1.3). */
bool hello_has_sentinel(const struct hello *server);

#endif
