#include "tls/ja4.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "model/handshake.h"

enum {
	COUNT_MAX = 99, /* two digits */
	HASH_HEX = 12, /* of the SHA-256 */
	HEX_ITEM = 5, /* "1301," */
};

static const char hex[] = "0123456789abcdef";

static const struct version_code {
	uint16_t version;
	char code[3];
} version_codes[] = {
	{ 0x0304, "13" }, { 0x0303, "12" }, { 0x0302, "11" }, { 0x0301, "10" },
	{ 0x0300, "s3" }, { 0x0002, "s2" }, { 0xfeff, "d1" }, { 0xfefd, "d2" },
	{ 0xfefc, "d3" },
};

/* The highest version offered: of DTLS the numbers run downwards. */
static uint16_t
highest_version(const struct hello *hello)
{
	struct cursor c = hello->versions;
	uint16_t version, best = 0;

	while (cursor_u16(&c, &version)) {
		if (is_grease(version))
			continue;
		if (best == 0 || (hello->dtls ? version < best : version > best))
			best = version;
	}
	return best != 0 ? best : hello->legacy_version;
}

static const char *
version_code(uint16_t version)
{
	for (size_t i = 0; i < N_ITEMS(version_codes); i++)
		if (version_codes[i].version == version)
			return version_codes[i].code;
	return "00";
}

static bool
is_alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

/* First and last character of the first ALPN value; where either is no letter
 * or digit, the first and last digit of it in hexadecimal. */
static void
alpn_code(const struct hello *hello, char out[2])
{
	struct cursor list = hello->alpn, name;
	uint8_t first, last;

	out[0] = out[1] = '0';
	if (!cursor_vector(&list, 1, &name) || name.left == 0)
		return;
	first = name.at[0];
	last = name.at[name.left - 1];
	if (is_alphanumeric(first) && is_alphanumeric(last)) {
		out[0] = (char)first;
		out[1] = (char)last;
	} else {
		out[0] = hex[first >> 4];
		out[1] = hex[last & 15];
	}
}

static bool
comes_and_goes(uint16_t type)
{
	return type == EXTENSION_PADDING || type == EXTENSION_PRE_SHARED_KEY ||
	    type == EXTENSION_EARLY_DATA || type == EXTENSION_COOKIE;
}

static int
order(const void *a, const void *b)
{
	return *(const uint16_t *)a - *(const uint16_t *)b;
}

/* A growing line of hexadecimal numbers. */
struct line {
	char *at;
	size_t n;
};

static void
line_add(struct line *l, uint16_t value, bool comma)
{
	if (comma)
		l->at[l->n++] = ',';
	for (int shift = 12; shift >= 0; shift -= 4)
		l->at[l->n++] = hex[value >> shift & 15];
}

static void
line_hash(const struct line *l, char out[HASH_HEX])
{
	uint8_t digest[DIGEST_SIZE];
	char text[DIGEST_HEX_SIZE];

	digest_sha256(l->at, l->n, digest);
	memcpy(out, digest_hex(digest, text), HASH_HEX);
}

/* The cipher suites without GREASE; an SSL 2.0 hello's own kinds, whose first
 * byte is not 0, are none. */
static size_t
list_ciphers(const struct hello *hello, uint16_t *out)
{
	struct cursor c = hello->ciphers;
	uint8_t kind = 0;
	uint16_t cipher;
	size_t n = 0;

	while ((!hello->ssl2 || cursor_u8(&c, &kind)) &&
	    cursor_u16(&c, &cipher))
		if (kind == 0 && !is_grease(cipher))
			out[n++] = cipher;
	return n;
}

static size_t
list_extensions(const struct hello *hello, enum ja4_form form, uint16_t *out)
{
	size_t n = 0;

	for (size_t i = 0; i < hello->n_extensions; i++) {
		uint16_t type = hello->extensions[i];

		if (!is_grease(type) &&
		    (form == JA4_PUBLISHED || !comes_and_goes(type)))
			out[n++] = type;
	}
	return n;
}

static void
cipher_hash(uint16_t *ciphers, size_t n, struct line line, char out[HASH_HEX])
{
	if (n == 0) {
		memset(out, '0', HASH_HEX);
		return;
	}
	qsort(ciphers, n, sizeof(*ciphers), order);
	for (size_t i = 0; i < n; i++)
		line_add(&line, ciphers[i], i > 0);
	line_hash(&line, out);
}

static void
extension_hash(const struct hello *hello, uint16_t *types, size_t n,
    struct line line, char out[HASH_HEX])
{
	struct cursor c = hello->signature_algorithms;
	size_t n_signatures = 0;
	uint16_t algorithm;

	if (n == 0) {
		memset(out, '0', HASH_HEX);
		return;
	}
	qsort(types, n, sizeof(*types), order);
	for (size_t i = 0; i < n; i++)
		if (types[i] != EXTENSION_SERVER_NAME &&
		    types[i] != EXTENSION_ALPN)
			line_add(&line, types[i], line.n > 0);
	while (cursor_u16(&c, &algorithm)) {
		if (is_grease(algorithm))
			continue;
		if (n_signatures++ == 0)
			line.at[line.n++] = '_';
		line_add(&line, algorithm, n_signatures > 1);
	}
	line_hash(&line, out);
}

static void
two_digits(size_t n, char *out)
{
	if (n > COUNT_MAX)
		n = COUNT_MAX;
	out[0] = (char)('0' + n / 10);
	out[1] = (char)('0' + n % 10);
}

void
ja4_text(const struct hello *hello, enum ja4_form form, char out[JA4_SIZE])
{
	uint16_t *ciphers, types[EXTENSIONS_MAX];
	size_t n_ciphers, n_types, room;
	struct line line = { 0 };

	/* Once per distinct hello: sizes follow from what it holds. */
	ciphers = mem_zero(hello->ciphers.left / 2 + 1, sizeof(*ciphers));
	room = hello->ciphers.left > hello->signature_algorithms.left ?
	    hello->ciphers.left : hello->signature_algorithms.left;
	line.at = mem_zero(room / 2 + EXTENSIONS_MAX + 1, HEX_ITEM);

	n_ciphers = list_ciphers(hello, ciphers);
	n_types = list_extensions(hello, form, types);
	out[0] = hello->dtls ? 'd' : 't';
	memcpy(out + 1, version_code(highest_version(hello)), 2);
	out[3] = hello->has_server_name ? 'd' : 'i';
	two_digits(n_ciphers, out + 4);
	two_digits(n_types, out + 6);
	alpn_code(hello, out + 8);
	out[10] = '_';
	cipher_hash(ciphers, n_ciphers, line, out + 11);
	out[23] = '_';
	extension_hash(hello, types, n_types, line, out + 24);
	out[JA4_SIZE - 1] = '\0';
	free(line.at);
	free(ciphers);
}
