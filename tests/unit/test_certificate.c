#include "unit.h"

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/clock.h"
#include "base/digest.h"
#include "corpus.h"
#include "tls/certificate.h"
#include "tls/der.h"
#include "tls/signature.h"

/* Making certificates ------------------------------------------------------- */

struct maker {
	const char *subject; /* CN; "O=" before it makes it the O */
	const char *san; /* OpenSSL's subjectAltName, or NULL */
	X509 *issuer; /* NULL: itself */
	EVP_PKEY *issuer_key;
	const char *not_after; /* GeneralizedTime, or NULL */
	bool ca;
};

static EVP_PKEY *
make_key(void)
{
	return EVP_EC_gen("P-256");
}

static void
add_extension(X509 *c, int nid, const char *value)
{
	X509_EXTENSION *x = X509V3_EXT_conf_nid(NULL, NULL, nid, value);

	ck_assert_ptr_nonnull(x);
	X509_add_ext(c, x, -1);
	X509_EXTENSION_free(x);
}

static X509 *
make(const struct maker *m, EVP_PKEY *key)
{
	X509 *c = X509_new();
	X509_NAME *name = X509_get_subject_name(c);

	X509_set_version(c, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(c), 0xabcdef);
	X509_gmtime_adj(X509_getm_notBefore(c), 0);
	X509_gmtime_adj(X509_getm_notAfter(c), 86400);
	if (m->not_after != NULL)
		ASN1_TIME_set_string(X509_getm_notAfter(c), m->not_after);
	X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
	    (const unsigned char *)"Ex, am+ple \"B\"", -1, -1, 0);
	X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const unsigned char *)m->subject, -1, -1, 0);
	X509_set_issuer_name(c, m->issuer != NULL ?
	    X509_get_subject_name(m->issuer) : name);
	X509_set_pubkey(c, key);
	if (m->san != NULL)
		add_extension(c, NID_subject_alt_name, m->san);
	if (m->ca)
		add_extension(c, NID_basic_constraints, "critical,CA:TRUE");
	ck_assert_int_gt(X509_sign(c, m->issuer_key != NULL ? m->issuer_key :
	    key, EVP_sha256()), 0);
	return c;
}

static struct cursor
encode(X509 *c, unsigned char **der)
{
	int n;

	*der = NULL;
	n = i2d_X509(c, der);
	ck_assert_int_gt(n, 0);
	return cursor_over(*der, (size_t)n);
}

/* Against libcrypto --------------------------------------------------------- */

static void
expect_text(const char *what, struct text ours, const char *theirs, size_t n)
{
	ck_assert_msg(text_equal(ours, (struct text){ theirs, n }),
	    "%s: ours \"%.*s\", libcrypto's \"%.*s\"", what, TEXT_ARG(ours),
	    (int)n, theirs);
}

static void
expect_name(const char *what, struct text ours, const X509_NAME *theirs)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *line;
	long n;

	X509_NAME_print_ex(out, theirs, 0,
	    XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
	n = BIO_get_mem_data(out, &line);
	expect_text(what, ours, line, (size_t)n);
	BIO_free(out);
}

static void
expect_time(const char *what, int64_t ours, const ASN1_TIME *theirs)
{
	struct tm tm;
	struct clock_fields f = { 0 };

	if (ASN1_TIME_to_tm(theirs, &tm) != 1) {
		ck_assert_int_eq(ours, CLOCK_UNKNOWN);
		return;
	}
	f.year = tm.tm_year + 1900;
	f.month = tm.tm_mon + 1;
	f.day = tm.tm_mday;
	f.hour = tm.tm_hour;
	f.minute = tm.tm_min;
	f.second = tm.tm_sec;
	ck_assert_msg(ours == clock_join(&f), "%s: %lld", what,
	    (long long)ours);
}

static void
expect_serial(struct text ours, X509 *theirs)
{
	BIGNUM *n = ASN1_INTEGER_to_BN(X509_get_serialNumber(theirs), NULL);
	char *hex;

	if (BN_is_negative(n) || ours.n > 2 * 60) {
		BN_free(n);
		return;
	}
	hex = BN_bn2hex(n);
	for (char *p = hex; *p != '\0'; p++)
		*p = (char)(*p >= 'A' && *p <= 'F' ? *p + 32 : *p);
	expect_text("serial", ours, hex[0] == '0' && hex[1] == '\0' ? "00" :
	    hex, hex[0] == '0' && hex[1] == '\0' ? 2 : strlen(hex));
	OPENSSL_free(hex);
	BN_free(n);
}

static void
expect_names(const struct certificate *ours, X509 *theirs)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(theirs, NID_subject_alt_name,
	    NULL, NULL);
	unsigned n = 0;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
		char address[INET6_ADDRSTRLEN];

		if (name->type == GEN_DNS && name->d.dNSName->length > 0) {
			ck_assert_uint_lt(n, ours->n_names);
			expect_text("name", ours->names[n++],
			    (const char *)name->d.dNSName->data,
			    (size_t)name->d.dNSName->length);
		} else if (name->type == GEN_IPADD &&
		    (name->d.iPAddress->length == 4 ||
		    name->d.iPAddress->length == 16)) {
			ck_assert_uint_lt(n, ours->n_names);
			inet_ntop(name->d.iPAddress->length == 4 ? AF_INET :
			    AF_INET6, name->d.iPAddress->data, address,
			    sizeof(address));
			expect_text("address", ours->names[n++], address,
			    strlen(address));
		}
	}
	ck_assert_uint_eq(n, ours->n_names);
	GENERAL_NAMES_free(names);
}

static void
expect_key_id(const char *what, struct text ours, const ASN1_OCTET_STRING *id)
{
	char hex[200];
	size_t n = 0;

	for (int i = 0; id != NULL && i < id->length && n < 128; i++)
		n += (size_t)snprintf(hex + n, sizeof(hex) - n, "%02x",
		    id->data[i]);
	expect_text(what, ours, hex, n);
}

/* libcrypto writes the key anew; where the certificate's own encoding of it is
 * not DER, that gives other bytes. */
static void
expect_key(const struct certificate *ours, X509 *theirs, struct cursor whole)
{
	EVP_PKEY *key = X509_get0_pubkey(theirs);
	unsigned char *der = NULL;
	uint8_t digest[DIGEST_SIZE];
	int n = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(theirs), &der);

	digest_sha256(der, (size_t)n, digest);
	if (memmem(whole.at, whole.left, der, (size_t)n) != NULL)
		ck_assert_mem_eq(digest, ours->spki_sha256, sizeof(digest));
	OPENSSL_free(der);
	if (key != NULL)
		ck_assert_int_eq(EVP_PKEY_get_bits(key), ours->key_bits);
}

static bool
has(X509 *c, int nid)
{
	return X509_get_ext_by_NID(c, nid, -1) >= 0;
}

/* The same facts as libcrypto's.  False where libcrypto cannot read it. */
static bool
equals_libcrypto(struct cursor der)
{
	const unsigned char *at = der.at;
	X509 *theirs = d2i_X509(NULL, &at, (long)der.left);
	struct pool *pool = pool_new();
	struct certificate ours;
	bool readable = theirs != NULL;

	certificate_read(der, pool, &ours, NULL);
	if (readable) {
		expect_name("subject", ours.subject,
		    X509_get_subject_name(theirs));
		expect_name("issuer", ours.issuer,
		    X509_get_issuer_name(theirs));
		expect_time("notBefore", ours.not_before,
		    X509_get0_notBefore(theirs));
		expect_time("notAfter", ours.not_after,
		    X509_get0_notAfter(theirs));
		expect_serial(ours.serial, theirs);
		expect_names(&ours, theirs);
		expect_key(&ours, theirs, der);
		expect_key_id("subject key", ours.subject_key_id,
		    X509_get0_subject_key_id(theirs));
		expect_key_id("authority key", ours.authority_key_id,
		    X509_get0_authority_key_id(theirs));
		ck_assert_int_eq(ours.has_aia, has(theirs, NID_info_access));
		ck_assert_int_eq(ours.has_crl,
		    has(theirs, NID_crl_distribution_points));
		ck_assert_int_eq(ours.has_sct,
		    has(theirs, NID_ct_precert_scts));
		ck_assert_int_eq(ours.self_issued, X509_NAME_cmp(
		    X509_get_subject_name(theirs),
		    X509_get_issuer_name(theirs)) == 0);
		if (has(theirs, NID_basic_constraints))
			ck_assert_int_eq(ours.is_ca,
			    (X509_get_extension_flags(theirs) & EXFLAG_CA) != 0);
	}
	X509_free(theirs);
	pool_free(pool);
	return readable;
}

START_TEST(reads_a_certificate_as_libcrypto_does)
{
	static const struct maker makers[] = {
		{ .subject = "a.example", .san = "DNS:a.example,DNS:*.b.example,"
		    "IP:192.0.2.1,IP:2001:db8::1,email:x@y.example" },
		{ .subject = " #odd, <name>; ", .ca = true },
		{ .subject = "\xc3\xa9t\xc3\xa9 \xe2\x82\xac" },
		{ .subject = "late.example", .not_after = "20600101000000Z" },
	};
	EVP_PKEY *key = make_key();
	X509 *c = make(&makers[_i], key);
	unsigned char *der;
	struct cursor bytes = encode(c, &der);

	ck_assert(equals_libcrypto(bytes));
	OPENSSL_free(der);
	X509_free(c);
	EVP_PKEY_free(key);
}
END_TEST

struct tally {
	unsigned long read, unreadable;
};

static void
take_message(uint8_t type, struct cursor body, void *arg)
{
	struct tally *tally = arg;
	struct cursor list, one;

	if (type != MESSAGE_CERTIFICATE || !cursor_vector(&body, 3, &list))
		return;
	while (cursor_vector(&list, 3, &one))
		if (equals_libcrypto(one))
			tally->read++;
		else
			tally->unreadable++;
}

START_TEST(reads_every_certificate_of_the_corpus_as_libcrypto_does)
{
	struct tally tally = { 0 };
	struct corpus corpus = { .take = take_message, .arg = &tally };

	corpus_walk(&corpus);
	if (corpus.captures > 200) /* the shared corpus is at hand */
		ck_assert_uint_gt(tally.read, 400);
	if (getenv("PINSPOT_FIGURES") != NULL)
		printf("%lu captures, %lu certificates as libcrypto reads "
		    "them, %lu that it cannot read\n", corpus.captures,
		    tally.read, tally.unreadable);
}
END_TEST

START_TEST(survives_every_truncation)
{
	const struct maker m = { .subject = "a.example",
		.san = "DNS:a.example,IP:192.0.2.1" };
	EVP_PKEY *key = make_key();
	X509 *c = make(&m, key);
	unsigned char *der;
	struct cursor bytes = encode(c, &der);
	struct certificate out;

	for (size_t n = 0; n < bytes.left; n++) {
		struct pool *pool = pool_new();
		uint8_t *copy = malloc(n + 1);

		memcpy(copy + 1, bytes.at, n);
		certificate_read(cursor_over(copy + 1, n), pool, &out, NULL);
		ck_assert(out.malformed);
		free(copy);
		pool_free(pool);
	}
	OPENSSL_free(der);
	X509_free(c);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(survives_every_changed_byte)
{
	const struct maker m = { .subject = "a.example", .san = "DNS:b.example",
		.ca = true };
	EVP_PKEY *key = make_key();
	X509 *c = make(&m, key);
	unsigned char *der;
	struct cursor bytes = encode(c, &der);
	struct pool *pool = pool_new();
	struct certificate out;

	for (size_t i = 0; i < bytes.left; i++) {
		der[i] ^= (unsigned char)_i;
		certificate_read(bytes, pool, &out, NULL);
		der[i] ^= (unsigned char)_i;
	}
	pool_free(pool);
	OPENSSL_free(der);
	X509_free(c);
	EVP_PKEY_free(key);
}
END_TEST

START_TEST(reads_times_in_both_forms)
{
	static const struct {
		uint8_t tag;
		const char *text, *iso;
	} times[] = {
		{ DER_UTC_TIME, "260102030405Z",
		    "2026-01-02T03:04:05.000000Z" },
		{ DER_UTC_TIME, "500102030405Z",
		    "1950-01-02T03:04:05.000000Z" },
		{ DER_UTC_TIME, "2601020304Z", "2026-01-02T03:04:00.000000Z" },
		{ DER_UTC_TIME, "260102030405+0100",
		    "2026-01-02T02:04:05.000000Z" },
		{ DER_GENERALIZED_TIME, "20560102030405Z",
		    "2056-01-02T03:04:05.000000Z" },
		{ DER_GENERALIZED_TIME, "20560102030405.5Z",
		    "2056-01-02T03:04:05.000000Z" },
		{ DER_GENERALIZED_TIME, "99991231235959Z", "" },
		{ DER_UTC_TIME, "261302030405Z", "" },
		{ DER_UTC_TIME, "26010203x405Z", "" },
		{ DER_UTC_TIME, "260102030405Zx", "" },
		{ DER_INTEGER, "260102030405Z", "" },
	};
	const struct der d = { .tag = times[_i].tag,
		.body = cursor_over(times[_i].text, strlen(times[_i].text)) };
	char iso[CLOCK_ISO_SIZE];

	ck_assert_str_eq(clock_iso(der_time(&d), iso), times[_i].iso);
}
END_TEST

START_TEST(keeps_equal_leaves_once)
{
	const struct maker m = { .subject = "a.example" };
	EVP_PKEY *key = make_key();
	X509 *c = make(&m, key), *other = make(&m, key);
	unsigned char *der, *other_der;
	struct cursor bytes = encode(c, &der), none = cursor_over(NULL, 0);
	struct cursor other_bytes = encode(other, &other_der);
	struct leaf_table table = { 0 };
	struct pool *pool = pool_new();

	ck_assert_ptr_eq(leaf_find(&table, pool, NULL, bytes, none),
	    leaf_find(&table, pool, NULL, bytes, none));
	/* The signature of ECDSA is another one each time. */
	ck_assert_ptr_ne(leaf_find(&table, pool, NULL, bytes, none),
	    leaf_find(&table, pool, NULL, other_bytes, none));
	leaf_table_free(&table);
	pool_free(pool);
	OPENSSL_free(der);
	OPENSSL_free(other_der);
	X509_free(c);
	X509_free(other);
	EVP_PKEY_free(key);
}
END_TEST

/* A CA, one below it, a leaf of each, and an impostor of the CA's name. */
struct family {
	EVP_PKEY *root_key, *sub_key, *leaf_key, *false_key;
	X509 *root, *sub, *leaf, *far_leaf, *impostor;
	char path[32];
};

static void
make_family(struct family *f)
{
	struct maker m = { .subject = "Corp CA", .ca = true };
	FILE *out;
	int fd;

	f->root_key = make_key();
	f->sub_key = make_key();
	f->leaf_key = make_key();
	f->false_key = make_key();
	f->root = make(&m, f->root_key);
	m = (struct maker){ .subject = "Corp Sub CA", .ca = true,
		.issuer = f->root, .issuer_key = f->root_key };
	f->sub = make(&m, f->sub_key);
	m = (struct maker){ .subject = "near.example", .issuer = f->root,
		.issuer_key = f->root_key };
	f->leaf = make(&m, f->leaf_key);
	m.issuer_key = f->false_key;
	f->impostor = make(&m, f->leaf_key);
	m = (struct maker){ .subject = "far.example", .issuer = f->sub,
		.issuer_key = f->sub_key };
	f->far_leaf = make(&m, f->leaf_key);
	strcpy(f->path, "/tmp/pinspot-test-XXXXXX");
	fd = mkstemp(f->path);
	ck_assert_int_ge(fd, 0);
	out = fdopen(fd, "wb");
	PEM_write_X509(out, f->root);
	fclose(out);
}

static void
free_family(struct family *f)
{
	remove(f->path);
	X509_free(f->root);
	X509_free(f->sub);
	X509_free(f->leaf);
	X509_free(f->far_leaf);
	X509_free(f->impostor);
	EVP_PKEY_free(f->root_key);
	EVP_PKEY_free(f->sub_key);
	EVP_PKEY_free(f->leaf_key);
	EVP_PKEY_free(f->false_key);
}

static enum truth
signed_by(const struct authority *a, X509 *leaf, X509 *sent)
{
	struct certificate_parts parts;
	struct certificate facts;
	struct pool *pool = pool_new();
	struct cursor chain = cursor_over(NULL, 0), one;
	unsigned char *der, *other = NULL, with_length[4096];
	enum truth t;

	certificate_read(encode(leaf, &der), pool, &facts, &parts);
	if (sent != NULL) {
		one = encode(sent, &other);
		with_length[0] = 0;
		with_length[1] = (unsigned char)(one.left >> 8);
		with_length[2] = (unsigned char)one.left;
		memcpy(with_length + 3, one.at, one.left);
		chain = cursor_over(with_length, one.left + 3);
	}
	t = authority_signed(a, &facts, &parts, chain);
	OPENSSL_free(der);
	OPENSSL_free(other);
	pool_free(pool);
	return t;
}

static void
expect_title(const struct authority *a, const char *title)
{
	struct buf out = { 0 };

	authority_title(a, &out);
	ck_assert_str_eq(out.at, title);
	buf_free(&out);
}

START_TEST(tells_who_signed_a_leaf)
{
	struct family f;
	struct authority *a;
	struct error e;

	make_family(&f);
	a = authority_from_file(f.path, &e);
	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(signed_by(a, f.leaf, NULL), TRUTH_YES);
	ck_assert_int_eq(signed_by(a, f.impostor, NULL), TRUTH_NO);
	ck_assert_int_eq(signed_by(a, f.far_leaf, NULL), TRUTH_NO);
	ck_assert_int_eq(signed_by(a, f.far_leaf, f.sub), TRUTH_YES);
	ck_assert_int_eq(signed_by(a, f.far_leaf, f.leaf), TRUTH_NO);
	expect_title(a, "CN=Corp CA,O=Ex\\, am\\+ple \\\"B\\\"");
	authority_free(a);
	free_family(&f);
}
END_TEST

START_TEST(knows_an_authority_by_its_hash_and_by_its_name)
{
	struct family f;
	struct authority *a;
	struct error e;
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];
	unsigned char *der;
	struct cursor bytes;

	make_family(&f);
	bytes = encode(f.root, &der);
	digest_sha256(bytes.at, bytes.left, digest);
	a = authority_from_sha256(digest_hex(digest, hex), &e);
	ck_assert_int_eq(signed_by(a, f.leaf, f.root), TRUTH_YES);
	ck_assert_int_eq(signed_by(a, f.leaf, NULL), TRUTH_NO);
	ck_assert_int_eq(signed_by(a, f.impostor, f.root), TRUTH_NO);
	authority_free(a);
	a = authority_from_name("corp ca");
	ck_assert_int_eq(signed_by(a, f.leaf, NULL), TRUTH_YES);
	ck_assert_int_eq(signed_by(a, f.far_leaf, NULL), TRUTH_NO);
	expect_title(a, "corp ca");
	authority_free(a);
	OPENSSL_free(der);
	free_family(&f);
}
END_TEST

START_TEST(refuses_an_authority_that_is_none)
{
	struct error e;

	ck_assert_ptr_null(authority_from_file("/nonexistent", &e));
	ck_assert_ptr_null(authority_from_file("Makefile", &e));
	ck_assert_ptr_null(authority_from_sha256("12", &e));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("certificate");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, reads_a_certificate_as_libcrypto_does, 0, 4);
	tcase_add_test(tc,
	    reads_every_certificate_of_the_corpus_as_libcrypto_does);
	tcase_add_test(tc, survives_every_truncation);
	tcase_add_loop_test(tc, survives_every_changed_byte, 1, 9);
	tcase_add_loop_test(tc, reads_times_in_both_forms, 0, 11);
	tcase_add_test(tc, keeps_equal_leaves_once);
	tcase_add_test(tc, tells_who_signed_a_leaf);
	tcase_add_test(tc, knows_an_authority_by_its_hash_and_by_its_name);
	tcase_add_test(tc, refuses_an_authority_that_is_none);
	return unit_run(tc);
}
