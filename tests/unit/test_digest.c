#include "base/digest.h"

#include <string.h>

#include "unit.h"

/* FIPS 180-4's examples, the second of two blocks. */
static const struct {
	const char *text, *digest;
} known[] = {
	{ "",
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc",
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

START_TEST(sha256_is_the_standard_s)
{
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];

	digest_sha256(known[_i].text, strlen(known[_i].text), digest);
	ck_assert_str_eq(digest_hex(digest, hex), known[_i].digest);
}
END_TEST

/* RFC 4231 section 4.2; zeros at the end of a key change nothing (RFC 2104). */
START_TEST(hmac_is_the_standard_s)
{
	uint8_t key[DIGEST_SIZE] = { 0 }, digest[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];

	memset(key, 0x0b, 20);
	digest_hmac(key, "Hi There", strlen("Hi There"), digest);
	ck_assert_str_eq(digest_hex(digest, hex),
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("digest");

	tcase_add_loop_test(tc, sha256_is_the_standard_s, 0,
	    sizeof(known) / sizeof(known[0]));
	tcase_add_test(tc, hmac_is_the_standard_s);
	return unit_run(tc);
}
