#include "knowledge/ciphers.h"

#include "unit.h"

static const struct {
	uint16_t code;
	const char *name;
	struct cipher_facts facts;
} suites[] = {
	{ 0x1301, "TLS_AES_128_GCM_SHA256", { CIPHER_AEAD, 0, 16, 0, 0, 32 } },
	{ 0x1302, "TLS_AES_256_GCM_SHA384", { CIPHER_AEAD, 0, 16, 0, 0, 48 } },
	{ 0x1303, "TLS_CHACHA20_POLY1305_SHA256",
	    { CIPHER_AEAD, 0, 16, 0, 0, 32 } },
	{ 0x1305, "TLS_AES_128_CCM_8_SHA256", { CIPHER_AEAD, 0, 8, 0, 0, 32 } },
	{ 0xc02f, "ECDHE-RSA-AES128-GCM-SHA256",
	    { CIPHER_AEAD, 8, 16, 0, 0, 32 } },
	{ 0xc030, "ECDHE-RSA-AES256-GCM-SHA384",
	    { CIPHER_AEAD, 8, 16, 0, 0, 48 } },
	{ 0xcca8, "ECDHE-RSA-CHACHA20-POLY1305",
	    { CIPHER_AEAD, 0, 16, 0, 0, 32 } },
	{ 0xc0a0, "TLS_RSA_WITH_AES_128_CCM_8",
	    { CIPHER_AEAD, 8, 8, 0, 0, 32 } },
	{ 0x002f, "AES128-SHA", { CIPHER_CBC, 16, 0, 20, 16, 32 } },
	{ 0xc027, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
	    { CIPHER_CBC, 16, 0, 32, 16, 32 } },
	{ 0xc028, "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
	    { CIPHER_CBC, 16, 0, 48, 16, 48 } },
	{ 0x000a, "DES-CBC3-SHA", { CIPHER_CBC, 8, 0, 20, 8, 32 } },
	{ 0x0005, "TLS_RSA_WITH_RC4_128_SHA",
	    { CIPHER_STREAM, 0, 0, 20, 0, 32 } },
	{ 0x0004, "TLS_RSA_WITH_RC4_128_MD5",
	    { CIPHER_STREAM, 0, 0, 16, 0, 32 } },
	{ 0x003b, "TLS_RSA_WITH_NULL_SHA256", { CIPHER_NULL, 0, 0, 32, 0, 32 } },
	{ 0xc0b4, "TLS_SHA256_SHA256", { CIPHER_NULL, 0, 0, 32, 0, 32 } },
	{ 0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV",
	    { CIPHER_UNKNOWN, 0, 0, 0, 0, 32 } },
};

START_TEST(knows_the_suite)
{
	struct cipher_facts f = cipher_facts(suites[_i].code);

	ck_assert_int_eq(cipher_by_name(text_of(suites[_i].name)),
	    suites[_i].code);
	ck_assert_int_eq(f.kind, suites[_i].facts.kind);
	ck_assert_int_eq(f.explicit_iv, suites[_i].facts.explicit_iv);
	ck_assert_int_eq(f.tag, suites[_i].facts.tag);
	ck_assert_int_eq(f.mac, suites[_i].facts.mac);
	ck_assert_int_eq(f.block, suites[_i].facts.block);
	ck_assert_int_eq(f.hash, suites[_i].facts.hash);
}
END_TEST

START_TEST(every_suite_is_found_by_its_name)
{
	int n = 0;

	for (int code = 0; code <= 0xffff; code++) {
		const char *name = cipher_name((uint16_t)code);
		struct cipher_facts f = cipher_facts((uint16_t)code);

		if (name == NULL) {
			ck_assert_int_eq(f.kind, CIPHER_UNKNOWN);
			continue;
		}
		n++;
		ck_assert_int_eq(cipher_by_name(text_of(name)), code);
		if (f.kind == CIPHER_AEAD)
			ck_assert_int_gt(f.tag, 0);
		else if (f.kind != CIPHER_UNKNOWN)
			ck_assert_int_gt(f.mac, 0);
		if (f.kind == CIPHER_CBC)
			ck_assert(f.block == 8 || f.block == 16);
	}
	ck_assert_int_eq(n, 359);
}
END_TEST

START_TEST(what_is_no_suite_is_none)
{
	ck_assert_int_eq(cipher_by_name(text_of("")), -1);
	ck_assert_int_eq(cipher_by_name(text_of("TLS_AES_128_GCM_SHA25")), -1);
	ck_assert_int_eq(cipher_by_name(text_of("zzz")), -1);
	ck_assert_ptr_null(cipher_name(0x0a0a));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("ciphers");

	tcase_add_loop_test(tc, knows_the_suite, 0, N_ITEMS(suites));
	tcase_add_test(tc, every_suite_is_found_by_its_name);
	tcase_add_test(tc, what_is_no_suite_is_none);
	return unit_run(tc);
}
