#include "unit.h"

#include "tls/arithmetic.h"

/* The lengths measured for, or derived in, the detection notes. */
static const struct {
	uint16_t version, cipher;
	bool encrypt_then_mac;
	unsigned padding;
	uint16_t alert, finished;
} cases[] = {
	{ 0x0303, 0xc02f, false, 0, 26, 40 }, /* AES-GCM */
	{ 0x0303, 0xc030, false, 0, 26, 40 },
	{ 0x0303, 0xc0ac, false, 0, 26, 40 }, /* AES-CCM */
	{ 0x0303, 0xc0ae, false, 0, 18, 32 }, /* CCM_8 */
	{ 0x0303, 0xcca8, false, 0, 18, 32 }, /* ChaCha20-Poly1305 */
	{ 0x0303, 0xc013, false, 0, 48, 64 }, /* AES-CBC, SHA-1 */
	{ 0x0303, 0xc027, false, 0, 64, 80 }, /* AES-CBC, SHA-256 */
	{ 0x0303, 0xc028, false, 0, 80, 96 }, /* AES-CBC, SHA-384 */
	{ 0x0303, 0xc013, true, 0, 52, 68 },
	{ 0x0303, 0xc027, true, 0, 64, 80 },
	{ 0x0303, 0xc028, true, 0, 80, 96 },
	{ 0x0303, 0x000a, false, 0, 32, 48 }, /* 3DES-CBC, SHA-1 */
	{ 0x0301, 0xc013, false, 0, 32, 48 }, /* TLS 1.0 has no explicit IV */
	{ 0x0303, 0x0005, false, 0, 22, 36 }, /* RC4, SHA-1 */
	{ 0x0304, 0x1301, false, 0, 19, 53 },
	{ 0x0304, 0x1302, false, 0, 19, 69 },
	{ 0x0304, 0x1303, false, 0, 19, 53 },
	{ 0x0304, 0x1305, false, 0, 11, 45 },
	{ 0x0304, 0x1301, false, PADDING_JSSE, 35, 69 },
	{ 0x0304, 0x1302, false, PADDING_JSSE, 35, 85 },
	{ 0x7f1c, 0x1301, false, 0, 19, 53 },
	{ 0x0303, 0xfafa, false, 0, 0, 0 }, /* no such suite */
};

START_TEST(knows_the_length_of_an_alert_and_of_a_finished)
{
	struct lengths l = lengths_of(cases[_i].version, cases[_i].cipher,
	    cases[_i].encrypt_then_mac, cases[_i].padding);

	ck_assert_uint_eq(l.alert, cases[_i].alert);
	ck_assert_uint_eq(l.finished, cases[_i].finished);
}
END_TEST

START_TEST(knows_the_length_of_an_empty_certificate)
{
	ck_assert_uint_eq(lengths_of(0x0304, 0x1301, false, 0)
	    .empty_certificate, 25);
	ck_assert_uint_eq(lengths_of(0x0304, 0x1301, false, PADDING_JSSE)
	    .empty_certificate, 41);
	ck_assert_uint_eq(lengths_of(0x0304, 0x1301, false, 0)
	    .end_of_early_data, 21);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("arithmetic");

	tcase_add_loop_test(tc, knows_the_length_of_an_alert_and_of_a_finished,
	    0, sizeof(cases) / sizeof(cases[0]));
	tcase_add_test(tc, knows_the_length_of_an_empty_certificate);
	return unit_run(tc);
}
