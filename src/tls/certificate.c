#include "tls/certificate.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/hash.h"
#include "base/mem.h"
#include "tls/signature.h"
#include "tls/der.h"
#include "tls/name.h"

enum {
	HEX_BYTES_MAX = 64, /* serial numbers have 20, key ids 20 or 32 */
	WEAK_RSA_BITS = 2048, /* fewer are weak: CA/Browser Forum since 2014 */
	GENERAL_NAME_DNS = DER_CONTEXT(2),
	GENERAL_NAME_ADDRESS = DER_CONTEXT(7),
};

static bool
is(struct cursor c, struct text bytes)
{
	return c.left == bytes.n && memcmp(c.at, bytes.at, bytes.n) == 0;
}

static struct text
as_text(struct cursor c)
{
	return (struct text){ (const char *)c.at, c.left };
}

static struct text
hex_text(struct pool *pool, struct cursor bytes)
{
	static const char digits[] = "0123456789abcdef";
	char text[2 * HEX_BYTES_MAX];
	size_t n = 0;
	uint8_t byte;

	while (n < sizeof(text) && cursor_u8(&bytes, &byte)) {
		text[n++] = digits[byte >> 4];
		text[n++] = digits[byte & 15];
	}
	return pool_intern(pool, (struct text){ text, n });
}

/* Names --------------------------------------------------------------- */

static bool
read_name(struct cursor rdns, struct pool *pool, struct text *whole,
    struct text *cn, struct text *o)
{
	struct name_parts parts = { 0 };
	struct buf line = { 0 };
	bool good = name_read(rdns, &line, &parts);

	*whole = pool_intern(pool, buf_view(&line));
	*cn = pool_intern(pool, buf_view(&parts.cn));
	if (o != NULL)
		*o = pool_intern(pool, buf_view(&parts.o));
	buf_free(&line);
	name_parts_free(&parts);
	return good;
}

static struct text
address_text(struct pool *pool, struct cursor bytes)
{
	char text[INET6_ADDRSTRLEN];

	if ((bytes.left != 4 && bytes.left != 16) ||
	    inet_ntop(bytes.left == 4 ? AF_INET : AF_INET6, bytes.at, text,
	    sizeof(text)) == NULL)
		return (struct text){ 0 };
	return pool_intern(pool, text_of(text));
}

/* GeneralNames ::= SEQUENCE OF GeneralName: DNS names and addresses are kept,
 * in the order of the certificate. */
static bool
read_subject_alt_name(struct cursor c, struct pool *pool,
    struct certificate *out)
{
	struct cursor names, counting;
	struct der name;
	struct text *list;
	size_t n = 0;

	if (!der_take(&c, DER_SEQUENCE, &names))
		return false;
	for (counting = names; counting.left > 0; n++)
		if (!der_next(&counting, &name))
			return false;
	if (n > CERTIFICATE_NAMES_MAX)
		n = CERTIFICATE_NAMES_MAX;
	if (n == 0)
		return true;
	list = pool_zero(pool, n * sizeof(*list));
	out->names = list;
	while (out->n_names < n && names.left > 0 && der_next(&names, &name)) {
		struct text t = name.tag == GENERAL_NAME_DNS ?
		    pool_intern(pool, as_text(name.body)) :
		    name.tag == GENERAL_NAME_ADDRESS ?
		    address_text(pool, name.body) : (struct text){ 0 };

		if (t.n > 0)
			list[out->n_names++] = t;
	}
	return true;
}

/* The other extensions ---------------------------------------------------- */

/* BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, ... } */
static bool
read_basic_constraints(struct cursor c, struct pool *pool,
    struct certificate *out)
{
	struct cursor sequence, value;

	(void)pool;
	if (!der_take(&c, DER_SEQUENCE, &sequence))
		return false;
	if (der_take(&sequence, DER_BOOLEAN, &value))
		out->is_ca = value.left == 1 && value.at[0] != 0;
	return true;
}

/* AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] ..., ... } */
static bool
read_authority_key_id(struct cursor c, struct pool *pool,
    struct certificate *out)
{
	struct cursor sequence, id;

	if (!der_take(&c, DER_SEQUENCE, &sequence))
		return false;
	if (der_take(&sequence, DER_CONTEXT(0), &id))
		out->authority_key_id = hex_text(pool, id);
	return true;
}

static bool
read_subject_key_id(struct cursor c, struct pool *pool,
    struct certificate *out)
{
	struct cursor id;

	if (!der_take(&c, DER_OCTET_STRING, &id))
		return false;
	out->subject_key_id = hex_text(pool, id);
	return true;
}

static bool
note_sct(struct cursor c, struct pool *pool, struct certificate *out)
{
	(void)c;
	(void)pool;
	return out->has_sct = true;
}

static bool
note_aia(struct cursor c, struct pool *pool, struct certificate *out)
{
	(void)c;
	(void)pool;
	return out->has_aia = true;
}

static bool
note_crl(struct cursor c, struct pool *pool, struct certificate *out)
{
	(void)c;
	(void)pool;
	return out->has_crl = true;
}

/* RFC 5280 section 4.2, RFC 6962 section 3.3 for the SCTs. */
static const struct extension_reader {
	struct text oid;
	bool (*read)(struct cursor c, struct pool *pool,
	    struct certificate *out);
} extension_readers[] = {
	{ OID("\x55\x1d\x11"), read_subject_alt_name },
	{ OID("\x55\x1d\x13"), read_basic_constraints },
	{ OID("\x55\x1d\x23"), read_authority_key_id },
	{ OID("\x55\x1d\x0e"), read_subject_key_id },
	{ OID("\x55\x1d\x1f"), note_crl },
	{ OID("\x2b\x06\x01\x05\x05\x07\x01\x01"), note_aia },
	{ OID("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02"), note_sct },
};

/* Extension ::= SEQUENCE { extnID OID, critical BOOLEAN DEFAULT FALSE,
 *                          extnValue OCTET STRING } */
static bool
read_extension(struct cursor c, struct pool *pool, struct certificate *out)
{
	struct cursor oid, critical, value;

	if (!der_take(&c, DER_OID, &oid))
		return false;
	if (der_take(&c, DER_BOOLEAN, &critical) && critical.left != 1)
		return false;
	if (!der_take(&c, DER_OCTET_STRING, &value))
		return false;
	for (size_t i = 0; i < N_ITEMS(extension_readers); i++)
		if (is(oid, extension_readers[i].oid))
			return extension_readers[i].read(value, pool, out);
	return true;
}

static bool
read_extensions(struct cursor c, struct pool *pool, struct certificate *out)
{
	struct cursor list, extension;
	bool good = true;

	if (!der_take(&c, DER_SEQUENCE, &list))
		return false;
	while (list.left > 0) {
		if (!der_take(&list, DER_SEQUENCE, &extension))
			return false;
		good &= read_extension(extension, pool, out);
	}
	return good;
}

/* Keys and algorithms ------------------------------------------------- */

/* The size in bits of keys whose size follows from their type: SEC 2 curves,
 * RFC 8410. */
static const struct curve {
	struct text oid;
	uint16_t bits;
} curves[] = {
	{ OID("\x2a\x86\x48\xce\x3d\x03\x01\x07"), 256 }, /* P-256 */
	{ OID("\x2b\x81\x04\x00\x22"), 384 }, /* P-384 */
	{ OID("\x2b\x81\x04\x00\x23"), 521 }, /* P-521 */
	{ OID("\x2b\x81\x04\x00\x0a"), 256 }, /* secp256k1 */
	{ OID("\x2b\x81\x04\x00\x21"), 224 }, /* P-224 */
	{ OID("\x2a\x86\x48\xce\x3d\x03\x01\x01"), 192 }, /* P-192 */
	{ OID("\x2b\x24\x03\x03\x02\x08\x01\x01\x07"), 256 }, /* brainpool */
	{ OID("\x2b\x24\x03\x03\x02\x08\x01\x01\x0b"), 384 },
	{ OID("\x2b\x24\x03\x03\x02\x08\x01\x01\x0d"), 512 },
	{ OID("\x2b\x65\x70"), 256 }, /* Ed25519, as OpenSSL counts */
	{ OID("\x2b\x65\x71"), 456 }, /* Ed448 */
};

static const struct text rsa = OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01");
static const struct text rsa_pss =
    OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a");
static const struct text ec = OID("\x2a\x86\x48\xce\x3d\x02\x01");
static const struct text dsa = OID("\x2a\x86\x48\xce\x38\x04\x01");

/* Signatures over MD2, MD4, MD5 or SHA-1. */
static const struct text weak_signatures[] = {
	OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02"),
	OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x03"),
	OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04"),
	OID("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05"),
	OID("\x2b\x0e\x03\x02\x1d"), /* sha1WithRSASignature of OIW */
	OID("\x2a\x86\x48\xce\x38\x04\x03"), /* dsa-with-sha1 */
	OID("\x2a\x86\x48\xce\x3d\x04\x01"), /* ecdsa-with-SHA1 */
};

/* Bits of an INTEGER without its leading zeros. */
static uint16_t
integer_bits(struct cursor integer)
{
	uint8_t byte;
	size_t bits;

	while (cursor_peek(integer, 0) == 0 && cursor_skip(&integer, 1))
		continue;
	bits = integer.left * 8;
	if (cursor_u8(&integer, &byte))
		for (uint8_t mask = 0x80; mask != 0 && (byte & mask) == 0;
		    mask >>= 1)
			bits--;
	return bits < UINT16_MAX ? (uint16_t)bits : UINT16_MAX;
}

static uint16_t
curve_bits(struct cursor oid)
{
	for (size_t i = 0; i < N_ITEMS(curves); i++)
		if (is(oid, curves[i].oid))
			return curves[i].bits;
	return 0;
}

/* SubjectPublicKeyInfo ::= SEQUENCE { algorithm, subjectPublicKey } */
static bool
read_key(struct cursor spki, struct certificate *out)
{
	struct cursor algorithm, oid, parameters, key, integer;
	uint8_t unused;
	bool is_rsa;

	if (!der_take(&spki, DER_SEQUENCE, &algorithm) ||
	    !der_take(&spki, DER_BIT_STRING, &key) ||
	    !cursor_u8(&key, &unused) || !der_take(&algorithm, DER_OID, &oid))
		return false;
	is_rsa = is(oid, rsa) || is(oid, rsa_pss);
	if (is_rsa) {
		if (!der_take(&key, DER_SEQUENCE, &parameters) ||
		    !der_take(&parameters, DER_INTEGER, &integer))
			return false;
		out->key_bits = integer_bits(integer);
	} else if (is(oid, ec)) {
		if (der_take(&algorithm, DER_OID, &parameters))
			out->key_bits = curve_bits(parameters);
	} else if (is(oid, dsa)) {
		if (der_take(&algorithm, DER_SEQUENCE, &parameters) &&
		    der_take(&parameters, DER_INTEGER, &integer))
			out->key_bits = integer_bits(integer);
	} else {
		out->key_bits = curve_bits(oid);
	}
	out->weak |= is_rsa && out->key_bits < WEAK_RSA_BITS;
	return true;
}

static bool
is_weak_signature(struct cursor algorithm)
{
	struct cursor oid;

	if (!der_take(&algorithm, DER_OID, &oid))
		return false;
	for (size_t i = 0; i < N_ITEMS(weak_signatures); i++)
		if (is(oid, weak_signatures[i]))
			return true;
	return false;
}

/* The certificate -------------------------------------------------------- */

static bool
read_validity(struct cursor c, struct certificate *out)
{
	struct der from, until;

	if (!der_next(&c, &from) || !der_next(&c, &until))
		return false;
	out->not_before = der_time(&from);
	out->not_after = der_time(&until);
	return true;
}

/* An INTEGER's leading zero only keeps it positive. */
static struct text
serial_text(struct pool *pool, struct cursor serial)
{
	if (serial.left > 1 && serial.at[0] == 0 && !cursor_skip(&serial, 1))
		return (struct text){ 0 };
	return hex_text(pool, serial);
}

/*
 *     version         [0]  EXPLICIT Version DEFAULT v1,
 *     serialNumber         CertificateSerialNumber,
 *     signature            AlgorithmIdentifier,
 *     issuer               Name,
 *     validity             Validity,
 *     subject              Name,
 *     subjectPublicKeyInfo SubjectPublicKeyInfo,
 *     issuerUniqueID  [1]  IMPLICIT UniqueIdentifier OPTIONAL,
 *     subjectUniqueID [2]  IMPLICIT UniqueIdentifier OPTIONAL,
 *     extensions      [3]  EXPLICIT Extensions OPTIONAL
 */
static bool
read_tbs(struct cursor tbs, struct pool *pool, struct certificate *out,
    struct certificate_parts *parts)
{
	struct cursor version, serial, algorithm, validity;
	struct der issuer, subject, spki, more;
	bool good;

	if (der_take(&tbs, DER_CONTEXT_SET(0), &version) && version.left == 0)
		return false;
	if (!der_take(&tbs, DER_INTEGER, &serial) ||
	    !der_take(&tbs, DER_SEQUENCE, &algorithm) ||
	    !der_next(&tbs, &issuer) || issuer.tag != DER_SEQUENCE)
		return false;
	out->serial = serial_text(pool, serial);
	out->weak |= is_weak_signature(algorithm);
	parts->issuer = issuer.all;
	good = read_name(issuer.body, pool, &out->issuer, &out->issuer_cn,
	    &out->issuer_o);
	if (!der_take(&tbs, DER_SEQUENCE, &validity) ||
	    !read_validity(validity, out) || !der_next(&tbs, &subject) ||
	    subject.tag != DER_SEQUENCE)
		return false;
	parts->subject = subject.all;
	good &= read_name(subject.body, pool, &out->subject, &out->subject_cn,
	    NULL);
	out->self_issued = is(subject.all, as_text(issuer.all));
	if (!der_next(&tbs, &spki) || spki.tag != DER_SEQUENCE)
		return false;
	parts->spki = spki.all;
	digest_sha256(spki.all.at, spki.all.left, out->spki_sha256);
	good &= read_key(spki.body, out);
	while (tbs.left > 0) {
		if (!der_next(&tbs, &more))
			return false;
		if (more.tag == DER_CONTEXT_SET(3))
			good &= read_extensions(more.body, pool, out);
	}
	return good;
}

/* Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm,
 *                            signatureValue BIT STRING } */
static bool
read_whole(struct cursor der, struct pool *pool, struct certificate *out,
    struct certificate_parts *parts)
{
	struct cursor all;
	struct der tbs;
	uint8_t unused;
	bool good;

	if (!der_take(&der, DER_SEQUENCE, &all) || !der_next(&all, &tbs) ||
	    tbs.tag != DER_SEQUENCE)
		return false;
	parts->tbs = tbs.all;
	good = read_tbs(tbs.body, pool, out, parts);
	return der_take(&all, DER_SEQUENCE, &parts->algorithm) &&
	    der_take(&all, DER_BIT_STRING, &parts->signature) &&
	    cursor_u8(&parts->signature, &unused) && good;
}

void
certificate_read(struct cursor der, struct pool *pool,
    struct certificate *out, struct certificate_parts *parts)
{
	struct cursor nothing = cursor_over(NULL, 0);
	struct certificate_parts own;

	memset(out, 0, sizeof(*out));
	out->has_der = true;
	out->not_before = out->not_after = CLOCK_UNKNOWN;
	if (parts == NULL)
		parts = &own;
	parts->tbs = parts->issuer = parts->subject = nothing;
	parts->spki = parts->algorithm = parts->signature = nothing;
	digest_sha256(der.at, der.left, out->sha256);
	out->malformed = !read_whole(der, pool, out, parts);
}

/* Leaves -------------------------------------------------------------- */

static struct leaf **
find(struct leaf_table *t, uint64_t hash, size_t length)
{
	size_t i = (size_t)hash & (t->n_slots - 1);

	while (t->slots[i] != NULL && (t->slots[i]->hash != hash ||
	    t->slots[i]->length != length))
		i = (i + 1) & (t->n_slots - 1);
	return &t->slots[i];
}

static void
enlarge(struct leaf_table *t)
{
	struct leaf **old = t->slots;
	size_t n_old = t->n_slots;

	t->n_slots = n_old > 0 ? n_old * 2 : 256;
	t->slots = mem_zero(t->n_slots, sizeof(struct leaf *));
	for (size_t i = 0; i < n_old; i++)
		if (old[i] != NULL)
			*find(t, old[i]->hash, old[i]->length) = old[i];
	free(old);
}

/* The hash has 64 bits, a secret seed, and is over all bytes: that two leaves
 * of one length share it is not going to happen. */
const struct certificate *
leaf_find(struct leaf_table *t, struct pool *pool,
    const struct authority *authority, struct cursor der, struct cursor chain)
{
	uint64_t hash = hash_bytes(der.at, der.left);
	struct certificate_parts parts;
	struct leaf **slot;

	if (t->n_used * 2 >= t->n_slots)
		enlarge(t);
	slot = find(t, hash, der.left);
	if (*slot != NULL)
		return &(*slot)->certificate;
	if (t->n_used >= LEAVES_MAX) {
		t->refused++;
		return NULL;
	}
	*slot = pool_zero(pool, sizeof(struct leaf));
	(*slot)->hash = hash;
	(*slot)->length = der.left;
	t->n_used++;
	certificate_read(der, pool, &(*slot)->certificate, &parts);
	if (authority != NULL)
		(*slot)->certificate.signed_by_given = authority_signed(
		    authority, &(*slot)->certificate, &parts, chain);
	return &(*slot)->certificate;
}

void
leaf_table_free(struct leaf_table *t)
{
	free(t->slots);
	*t = (struct leaf_table){ 0 };
}
