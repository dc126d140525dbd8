#include "unit.h"

#include "corpus.h"
#include "tls/hello.h"
#include "tls/ja4.h"

/*
 * With a file's name as argument: write every ClientHello of the corpus to it,
 * a line each: its body in hexadecimal, our JA4, our normalised form.
 * tests/corpus/ja4.py works both out anew.
 */
static void
dump(uint8_t type, struct cursor body, void *arg)
{
	char published[JA4_SIZE], normalised[JA4_SIZE];
	struct hello hello;
	FILE *out = arg;

	if (type != MESSAGE_CLIENT_HELLO ||
	    !hello_read_client(body, false, &hello))
		return;
	ja4_text(&hello, JA4_PUBLISHED, published);
	ja4_text(&hello, JA4_NORMALISED, normalised);
	for (size_t i = 0; i < body.left; i++)
		fprintf(out, "%02x", body.at[i]);
	fprintf(out, " %s %s\n", published, normalised);
}

static void
parse(uint8_t type, struct cursor body, void *arg)
{
	unsigned *n = arg;
	struct hello hello;
	char text[JA4_SIZE];

	if (type != MESSAGE_CLIENT_HELLO ||
	    !hello_read_client(body, false, &hello))
		return;
	ja4_text(&hello, JA4_PUBLISHED, text);
	ck_assert_uint_eq(strlen(text), JA4_SIZE - 1);
	ck_assert(text[10] == '_' && text[23] == '_');
	++*n;
}

START_TEST(has_the_form_of_ja4_on_every_hello_of_the_corpus)
{
	unsigned n = 0;
	struct corpus corpus = { .take = parse, .arg = &n };

	corpus_walk(&corpus);
	if (corpus.captures > 200)
		ck_assert_uint_gt(n, 1000);
}
END_TEST

/* The example of JA4's own description: Chrome's lists. */
START_TEST(equals_the_published_example)
{
	static const uint16_t ciphers[] = { 0x1301, 0x1302, 0x1303, 0xc02b,
		0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x009c,
		0x009d, 0x002f, 0x0035 };
	static const uint16_t extensions[] = { 0x001b, 0x0000, 0x0033, 0x0010,
		0x4469, 0x0017, 0x002d, 0x000d, 0x0005, 0x0023, 0x0012, 0x002b,
		0xff01, 0x000b, 0x000a, 0x0015 };
	static const uint8_t algorithms[] = { 4, 3, 8, 4, 4, 1, 5, 3, 8, 5, 5,
		1, 8, 6, 6, 1 };
	static const uint8_t versions[] = { 3, 4, 3, 3 };
	struct hello h = { .legacy_version = 0x0303, .has_server_name = true,
		.alpn = { (const uint8_t *)"\2h2", 3 },
		.versions = { versions, sizeof(versions) },
		.signature_algorithms = { algorithms, sizeof(algorithms) } };
	uint8_t bytes[sizeof(ciphers)];
	char text[JA4_SIZE];

	for (size_t i = 0; i < N_ITEMS(ciphers); i++) {
		bytes[2 * i] = (uint8_t)(ciphers[i] >> 8);
		bytes[2 * i + 1] = (uint8_t)ciphers[i];
	}
	h.ciphers = cursor_over(bytes, sizeof(bytes));
	for (size_t i = 0; i < N_ITEMS(extensions); i++)
		h.extensions[h.n_extensions++] = extensions[i];
	ja4_text(&h, JA4_PUBLISHED, text);
	ck_assert_str_eq(text, "t13d1516h2_8daaf6152771_e5627efa2ab1");
}
END_TEST

int
main(int argc, char **argv)
{
	TCase *tc;

	if (argc == 2) {
		FILE *out = fopen(argv[1], "w");
		struct corpus corpus = { .take = dump, .arg = out };

		if (out == NULL)
			return EXIT_FAILURE;
		corpus_walk(&corpus);
		return fclose(out) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	}
	tc = tcase_create("ja4");
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, has_the_form_of_ja4_on_every_hello_of_the_corpus);
	tcase_add_test(tc, equals_the_published_example);
	return unit_run(tc);
}
