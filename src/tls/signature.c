#include "tls/signature.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/digest.h"
#include "base/mem.h"
#include "tls/der.h"
#include "tls/name.h"

enum {
	AUTHORITIES_MAX = 64, /* certificates in the given file */
	CHAIN_MAX = 16, /* certificates of a chain that are looked at */
	DEPTH_MAX = 4, /* steps from the leaf to the authority */
};

struct authority {
	X509 *certificates[AUTHORITIES_MAX];
	uint8_t *subjects[AUTHORITIES_MAX]; /* DER */
	size_t subject_sizes[AUTHORITIES_MAX];
	size_t n;
	bool by_digest, by_name;
	uint8_t sha256[DIGEST_SIZE];
	char *name;
};

/* The signatures that can be checked without parsing the certificate again:
 * nearly all there are. */
static const struct scheme {
	struct text oid;
	const EVP_MD *(*digest)(void);
} schemes[] = {
	{ OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"), EVP_sha256 },
	{ OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c"), EVP_sha384 },
	{ OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d"), EVP_sha512 },
	{ OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"), EVP_sha1 },
	{ OID("\x2a\x86\x48\xce\x3d\x04\x03\x02"), EVP_sha256 },
	{ OID("\x2a\x86\x48\xce\x3d\x04\x03\x03"), EVP_sha384 },
	{ OID("\x2a\x86\x48\xce\x3d\x04\x03\x04"), EVP_sha512 },
	{ OID("\x2b\x65\x70"), NULL }, /* Ed25519 hashes by itself */
	{ OID("\x2b\x65\x71"), NULL }, /* Ed448 */
};

static bool
same(struct cursor a, const void *bytes, size_t n)
{
	return a.left == n && memcmp(a.at, bytes, n) == 0;
}

static const struct scheme *
find_scheme(struct cursor algorithm)
{
	struct cursor oid;

	if (!der_take(&algorithm, DER_OID, &oid))
		return NULL;
	for (size_t i = 0; i < N_ITEMS(schemes); i++)
		if (same(oid, schemes[i].oid.at, schemes[i].oid.n))
			return &schemes[i];
	return NULL;
}

/* Does this key verify the certificate's signature? */
static bool
verifies(const struct certificate_parts *c, EVP_PKEY *key)
{
	const struct scheme *scheme = find_scheme(c->algorithm);
	EVP_MD_CTX *context;
	bool good;

	if (scheme == NULL || key == NULL)
		return false;
	context = EVP_MD_CTX_new();
	good = context != NULL &&
	    EVP_DigestVerifyInit(context, NULL, scheme->digest != NULL ?
	    scheme->digest() : NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(context, c->signature.at, c->signature.left,
	    c->tbs.at, c->tbs.left) == 1;
	EVP_MD_CTX_free(context);
	ERR_clear_error();
	return good;
}

static int
add(struct authority *a, X509 *certificate)
{
	int size;

	if (a->n == AUTHORITIES_MAX) {
		X509_free(certificate);
		return -1;
	}
	size = i2d_X509_NAME(X509_get_subject_name(certificate),
	    &a->subjects[a->n]);
	if (size < 0) {
		X509_free(certificate);
		return -1;
	}
	a->subject_sizes[a->n] = (size_t)size;
	a->certificates[a->n++] = certificate;
	return 0;
}

struct authority *
authority_from_file(const char *path, struct error *e)
{
	struct authority *a;
	FILE *f = fopen(path, "rb");
	X509 *certificate;

	if (f == NULL) {
		error_set(e, "%s: %s", path, strerror(errno));
		return NULL;
	}
	a = mem_zero(1, sizeof(*a));
	while ((certificate = PEM_read_X509(f, NULL, NULL, NULL)) != NULL)
		if (add(a, certificate) != 0)
			break;
	if (a->n == 0) {
		rewind(f);
		certificate = d2i_X509_fp(f, NULL);
		if (certificate != NULL)
			add(a, certificate);
	}
	fclose(f);
	ERR_clear_error();
	if (a->n == 0) {
		error_set(e, "%s: holds no certificate; expected the "
		    "interceptor's CA in PEM form", path);
		authority_free(a);
		return NULL;
	}
	return a;
}

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ?
	    c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

struct authority *
authority_from_sha256(const char *digits, struct error *e)
{
	struct authority *a = mem_zero(1, sizeof(*a));

	a->by_digest = strlen(digits) == 2 * DIGEST_SIZE;
	for (size_t i = 0; a->by_digest && i < DIGEST_SIZE; i++) {
		int high = hex_value(digits[2 * i]);
		int low = hex_value(digits[2 * i + 1]);

		if (high < 0 || low < 0)
			a->by_digest = false;
		else
			a->sha256[i] = (uint8_t)(high << 4 | low);
	}
	if (!a->by_digest) {
		error_set(e, "\"%s\" is no SHA-256: expected 64 hex digits",
		    digits);
		authority_free(a);
		return NULL;
	}
	return a;
}

struct authority *
authority_from_name(const char *name)
{
	struct authority *a = mem_zero(1, sizeof(*a));

	a->by_name = true;
	a->name = mem_string(name);
	return a;
}

void
authority_free(struct authority *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n; i++) {
		X509_free(a->certificates[i]);
		OPENSSL_free(a->subjects[i]);
	}
	free(a->name);
	free(a);
}

void
authority_title(const struct authority *a, struct buf *out)
{
	char hex[DIGEST_HEX_SIZE];
	struct name_parts parts = { 0 };
	struct cursor name, rdns;

	if (a->by_name) {
		buf_string(out, a->name);
	} else if (a->by_digest) {
		buf_printf(out, "SHA-256 %s", digest_hex(a->sha256, hex));
	} else {
		name = cursor_over(a->subjects[0], a->subject_sizes[0]);
		if (der_take(&name, DER_SEQUENCE, &rdns))
			(void)name_read(rdns, out, &parts);
		name_parts_free(&parts);
	}
}

/* Is this certificate signed by one of the given ones? */
static bool
signed_by_given(const struct authority *a, const struct certificate_parts *c)
{
	for (size_t i = 0; i < a->n; i++)
		if (same(c->issuer, a->subjects[i], a->subject_sizes[i]) &&
		    verifies(c, X509_get0_pubkey(a->certificates[i])))
			return true;
	return false;
}

/* One certificate of a chain as it was sent. */
struct link {
	struct cursor der;
	struct certificate_parts parts;
};

static size_t
read_chain(struct cursor chain, struct pool *pool, struct link *links)
{
	struct certificate unused;
	size_t n = 0;

	while (n < CHAIN_MAX && cursor_vector(&chain, 3, &links[n].der)) {
		certificate_read(links[n].der, pool, &unused, &links[n].parts);
		n++;
	}
	return n;
}

static const struct link *
find_issuer(const struct link *links, size_t n,
    const struct certificate_parts *c)
{
	const unsigned char *at;
	EVP_PKEY *key;
	bool good;

	for (size_t i = 0; i < n; i++) {
		const struct certificate_parts *p = &links[i].parts;

		if (!same(c->issuer, p->subject.at, p->subject.left))
			continue;
		at = p->spki.at;
		key = d2i_PUBKEY(NULL, &at, (long)p->spki.left);
		good = verifies(c, key);
		EVP_PKEY_free(key);
		ERR_clear_error();
		if (good)
			return &links[i];
	}
	return NULL;
}

static bool
is_given_digest(const struct authority *a, struct cursor der)
{
	uint8_t digest[DIGEST_SIZE];

	digest_sha256(der.at, der.left, digest);
	return memcmp(digest, a->sha256, DIGEST_SIZE) == 0;
}

static bool
has_way_up(const struct authority *a, const struct certificate_parts *leaf,
    const struct link *links, size_t n)
{
	const struct certificate_parts *c = leaf;
	const struct link *issuer;

	for (int depth = 0; depth < DEPTH_MAX; depth++) {
		if (signed_by_given(a, c))
			return true;
		issuer = find_issuer(links, n, c);
		if (issuer == NULL || &issuer->parts == c)
			return false;
		if (a->by_digest && is_given_digest(a, issuer->der))
			return true;
		c = &issuer->parts;
	}
	return false;
}

enum truth
authority_signed(const struct authority *a, const struct certificate *leaf,
    const struct certificate_parts *parts, struct cursor chain)
{
	struct link *links;
	struct pool *pool;
	size_t n;
	bool yes;

	if (a->by_name) {
		struct text name = text_of(a->name);

		return text_equal_nocase(leaf->issuer_cn, name) ||
		    text_equal_nocase(leaf->issuer, name) ?
		    TRUTH_YES : TRUTH_NO;
	}
	if (a->n > 0 && signed_by_given(a, parts))
		return TRUTH_YES;
	if (chain.left == 0)
		return TRUTH_NO;
	pool = pool_new();
	links = mem_zero(CHAIN_MAX, sizeof(*links));
	n = read_chain(chain, pool, links);
	yes = has_way_up(a, parts, links, n);
	free(links);
	pool_free(pool);
	return yes ? TRUTH_YES : TRUTH_NO;
}
