#include "tls/hello.h"

#include <string.h>

enum { RANDOM_SIZE = 32, DRAFT_WITHOUT_SESSION_ID = 0x7f15 };

static const uint8_t retry_random[RANDOM_SIZE] = { /* SHA-256 of
	"HelloRetryRequest", RFC 8446 section 4.1.3 */
	0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02,
	0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
	0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c
};

bool
version_is_13(uint16_t version)
{
	uint8_t major = (uint8_t)(version >> 8);

	/* Drafts are 0x7fNN; Google tried 0x7eNN, Facebook 0xfbNN. */
	return version == 0x0304 || version == 0xfefc || major == 0x7f ||
	    major == 0x7e || major == 0xfb;
}

static bool
read_server_name(struct cursor *body, struct hello *hello)
{
	struct cursor list, name;
	uint8_t type;

	hello->has_server_name = true;
	if (body->left == 0) /* a server's acknowledgement */
		return true;
	if (!cursor_vector(body, 2, &list))
		return false;
	while (list.left > 0) {
		if (!cursor_u8(&list, &type) || !cursor_vector(&list, 2, &name))
			return false;
		if (type == 0 && hello->server_name.left == 0 &&
		    name.left <= HOST_NAME_MAX_SNI)
			hello->server_name = name;
	}
	return true;
}

static bool
read_alpn(struct cursor *body, struct hello *hello)
{
	struct cursor list, names, name;

	if (!cursor_vector(body, 2, &list))
		return false;
	names = list;
	while (list.left > 0)
		if (!cursor_vector(&list, 1, &name))
			return false;
	hello->alpn = names;
	return true;
}

static bool
read_versions(struct cursor *body, struct hello *hello)
{
	if (body->left == 2) /* a server's: the one chosen */
		return cursor_u16(body, &hello->version);
	return cursor_vector(body, 1, &hello->versions);
}

static bool
read_signature_algorithms(struct cursor *body, struct hello *hello)
{
	return cursor_vector(body, 2, &hello->signature_algorithms);
}

static bool
read_ticket(struct cursor *body, struct hello *hello)
{
	hello->has_ticket = body->left > 0;
	return true;
}

static bool
read_psk(struct cursor *body, struct hello *hello)
{
	(void)body;
	hello->has_psk = true;
	return true;
}

static bool
read_early_data(struct cursor *body, struct hello *hello)
{
	(void)body;
	hello->has_early_data = true;
	return true;
}

static bool
read_encrypt_then_mac(struct cursor *body, struct hello *hello)
{
	(void)body;
	hello->has_encrypt_then_mac = true;
	return true;
}

static bool
read_ech(struct cursor *body, struct hello *hello)
{
	(void)body;
	hello->has_ech = true;
	return true;
}

static bool
read_esni(struct cursor *body, struct hello *hello)
{
	(void)body;
	hello->has_esni = true;
	return true;
}

static const struct reader {
	enum extension type;
	bool (*read)(struct cursor *body, struct hello *hello);
} readers[] = {
	{ EXTENSION_SERVER_NAME, read_server_name },
	{ EXTENSION_SIGNATURE_ALGORITHMS, read_signature_algorithms },
	{ EXTENSION_ALPN, read_alpn },
	{ EXTENSION_ENCRYPT_THEN_MAC, read_encrypt_then_mac },
	{ EXTENSION_SESSION_TICKET, read_ticket },
	{ EXTENSION_PRE_SHARED_KEY, read_psk },
	{ EXTENSION_EARLY_DATA, read_early_data },
	{ EXTENSION_SUPPORTED_VERSIONS, read_versions },
	{ EXTENSION_ECH, read_ech },
	{ EXTENSION_ESNI, read_esni },
};

static const struct reader *
find_reader(uint16_t type)
{
	for (size_t i = 0; i < N_ITEMS(readers); i++)
		if (readers[i].type == type)
			return &readers[i];
	return NULL;
}

static bool
already_seen(const struct hello *hello, uint16_t type)
{
	for (size_t i = 0; i < hello->n_extensions; i++)
		if (hello->extensions[i] == type)
			return true;
	return false;
}

/*
 * Read the extensions of a hello (RFC 8446 section 4.2):
 *
 *     Extension extensions<8..2^16-1>;     length (2), then one after another:
 *         ExtensionType extension_type;      type (2)
 *         opaque extension_data<0..2^16-1>;  length (2), body
 *
 * Types are kept in wire order, unknown and GREASE ones too: fingerprints
 * depend on it.  A hello that ends where the list would start has none, which
 * TLS 1.2 allows (RFC 5246 section 7.4.1.2).
 *
 * Returns false where the framing breaks, or the list ends before it says.
 * *hello then holds all that came before.
 */
static bool
read_extensions(struct cursor *c, struct hello *hello)
{
	struct cursor list, body;
	const struct reader *reader;
	uint16_t type, length;
	bool again, whole;

	if (c->left == 0)
		return true;
	if (!cursor_u16(c, &length))
		return false;
	whole = length <= c->left;
	if (!cursor_take(c, whole ? length : c->left, &list))
		return false;
	hello->has_extensions = true;

	while (list.left > 0) {
		if (!cursor_u16(&list, &type) ||
		    !cursor_vector(&list, 2, &body))
			return false;

		/* The RFC forbids repeats.  The first one counts, but a
		 * fingerprint is of what was sent. */
		reader = find_reader(type);
		again = reader != NULL && already_seen(hello, type);
		if (again || hello->n_extensions == EXTENSIONS_MAX)
			hello->malformed = true;
		if (hello->n_extensions < EXTENSIONS_MAX)
			hello->extensions[hello->n_extensions++] = type;

		/* The framing held, so a bad body spoils this one only. */
		if (reader != NULL && !again && !reader->read(&body, hello))
			hello->malformed = true;
	}
	return whole;
}

static void
start(struct hello *out)
{
	struct cursor nothing = cursor_over(NULL, 0);

	/* extensions[] needs no zeros: only n_extensions of it are read. */
	memset(out, 0, offsetof(struct hello, extensions));
	memset((char *)out + offsetof(struct hello, n_extensions), 0,
	    sizeof(*out) - offsetof(struct hello, n_extensions));
	out->random = out->session_id = out->ciphers = nothing;
	out->server_name = out->alpn = out->versions = nothing;
	out->signature_algorithms = nothing;
}

/*
 *     ProtocolVersion legacy_version;             2
 *     Random random;                              32
 *     opaque legacy_session_id<0..32>;            length (1), body
 *     opaque cookie<0..255>;                      DTLS only
 *     CipherSuite cipher_suites<2..2^16-2>;       length (2), two bytes each
 *     opaque legacy_compression_methods<1..2^8-1> length (1), body
 *     Extension extensions<8..2^16-1>;
 */
bool
hello_read_client(struct cursor body, bool dtls, struct hello *out)
{
	struct cursor cookie, compression;

	start(out);
	out->dtls = dtls;
	if (!cursor_u16(&body, &out->legacy_version) ||
	    !cursor_take(&body, RANDOM_SIZE, &out->random) ||
	    !cursor_vector(&body, 1, &out->session_id) ||
	    out->session_id.left > SESSION_ID_MAX ||
	    (dtls && !cursor_vector(&body, 1, &cookie)) ||
	    !cursor_vector(&body, 2, &out->ciphers) ||
	    out->ciphers.left % 2 != 0)
		return false;
	if (!cursor_vector(&body, 1, &compression) ||
	    !read_extensions(&body, out) || body.left > 0)
		out->malformed = true;
	return true;
}

/*
 *     uint16 cipher_spec_length, session_id_length, challenge_length;
 *     V2CipherSpec cipher_specs[];     three bytes each
 *     opaque session_id[]; Random challenge[];
 */
bool
hello_read_ssl2(struct cursor body, uint16_t version, struct hello *out)
{
	uint16_t n_ciphers, n_session_id, n_challenge;

	start(out);
	out->ssl2 = true;
	out->legacy_version = version;
	return cursor_u16(&body, &n_ciphers) &&
	    cursor_u16(&body, &n_session_id) &&
	    cursor_u16(&body, &n_challenge) && n_ciphers % 3 == 0 &&
	    n_session_id <= SESSION_ID_MAX &&
	    cursor_take(&body, n_ciphers, &out->ciphers) &&
	    cursor_take(&body, n_session_id, &out->session_id) &&
	    cursor_take(&body, n_challenge, &out->random);
}

static bool
is_early_draft(uint16_t version)
{
	return version >> 8 == 0x7f && version <= DRAFT_WITHOUT_SESSION_ID;
}

bool
hello_read_server(struct cursor body, struct hello *out)
{
	bool whole;
	uint8_t compression;

	start(out);
	if (!cursor_u16(&body, &out->legacy_version) ||
	    !cursor_take(&body, RANDOM_SIZE, &out->random))
		return false;
	out->version = out->legacy_version;
	whole = !is_early_draft(out->legacy_version);
	if ((whole && (!cursor_vector(&body, 1, &out->session_id) ||
	    out->session_id.left > SESSION_ID_MAX)) ||
	    !cursor_u16(&body, &out->cipher) ||
	    (whole && !cursor_u8(&body, &compression)))
		return false;
	out->retry = memcmp(out->random.at, retry_random, RANDOM_SIZE) == 0;
	if (!read_extensions(&body, out) || body.left > 0)
		out->malformed = true;
	return true;
}

/* server_version (2), from draft 19 on cipher_suite (2), extensions.  Which of
 * the two it is shows in whether the list of extensions fills the rest. */
bool
hello_read_draft_retry(struct cursor body, struct hello *out)
{
	struct cursor copy, list;

	start(out);
	if (!cursor_u16(&body, &out->legacy_version))
		return false;
	out->version = out->legacy_version;
	out->retry = true;
	copy = body;
	if (!cursor_vector(&copy, 2, &list) || copy.left > 0)
		if (!cursor_u16(&body, &out->cipher))
			return false;
	if (!read_extensions(&body, out))
		out->malformed = true;
	return true;
}

bool
hello_has_sentinel(const struct hello *server)
{
	static const uint8_t start_of_it[] = { 'D', 'O', 'W', 'N', 'G', 'R',
		'D' };
	const uint8_t *tail;

	if (server->random.left != RANDOM_SIZE)
		return false;
	tail = server->random.at + RANDOM_SIZE - 8;
	return memcmp(tail, start_of_it, sizeof(start_of_it)) == 0 &&
	    tail[7] <= 1;
}
