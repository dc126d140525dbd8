#include <arpa/inet.h>

#include "model/handshake.h"
#include "unit.h"

/* Each number in each place, as the C library prints it. */
START_TEST(prints_ipv4_addresses)
{
	char text[ADDRESS_TEXT_SIZE], expected[ADDRESS_TEXT_SIZE];
	struct endpoint e = { .family = 4 };

	for (int place = 0; place < 4; place++)
		for (unsigned n = 0; n < 256; n++) {
			memcpy(e.address, "\x0a\xc8\x00\x63", 4);
			e.address[place] = (uint8_t)n;
			inet_ntop(AF_INET, e.address, expected,
			    sizeof(expected));
			ck_assert_str_eq(endpoint_address(&e, text), expected);
		}
}
END_TEST

START_TEST(prints_what_it_reads)
{
	static const char *const texts[] = { "0.0.0.0", "255.255.255.255",
		"2001:db8::1", "fe80::1:0:0:1", "::" };
	char text[ADDRESS_TEXT_SIZE];
	struct endpoint e = { 0 };

	ck_assert_str_eq(endpoint_address(&e, text), "");
	for (size_t i = 0; i < N_ITEMS(texts); i++) {
		ck_assert(endpoint_parse(text_of(texts[i]), &e));
		ck_assert_str_eq(endpoint_address(&e, text), texts[i]);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("endpoint");

	tcase_add_test(tc, prints_ipv4_addresses);
	tcase_add_test(tc, prints_what_it_reads);
	return unit_run(tc);
}
