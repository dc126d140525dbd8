#include "unit.h"

#include "tls/hello.h"
#include "tls/ja4.h"
#include "tls/offer.h"
#include "wire.h"

static const struct wire_hello full = { .host = "a.example", .alpn = "h2",
	.tls13 = true, .psk = true, .ticket = true, .early_data = true,
	.session_id_len = 32 };

static bool
read(const struct wire_hello *w, struct buf *b, struct hello *out)
{
	wire_client_hello(b, w);
	return hello_read_client(wire_view(b), false, out);
}

START_TEST(reads_all_that_a_client_hello_says)
{
	struct buf b = { 0 };
	struct hello h;

	ck_assert(read(&full, &b, &h));
	ck_assert(!h.malformed);
	ck_assert_uint_eq(h.legacy_version, 0x0303);
	ck_assert_uint_eq(h.session_id.left, 32);
	ck_assert_mem_eq(h.server_name.at, "a.example", 9);
	ck_assert_mem_eq(h.alpn.at, "\2h2", 3);
	ck_assert_uint_eq(h.versions.left, 4);
	ck_assert(h.has_psk && h.has_ticket && h.has_early_data);
	ck_assert_uint_eq(h.n_extensions, 7);
	buf_free(&b);
}
END_TEST

/* Memory of exactly the size, so that ASan sees one byte too many. */
START_TEST(survives_every_truncation)
{
	struct buf b = { 0 };
	struct hello h;
	uint8_t *copy;

	wire_client_hello(&b, &full);
	for (size_t n = 0; n < b.n; n++) {
		copy = malloc(n + 1);
		memcpy(copy + 1, b.at, n);
		if (hello_read_client(cursor_over(copy + 1, n), false, &h) &&
		    n > 77) /* where the extensions begin */
			ck_assert(h.malformed);
		(void)hello_read_server(cursor_over(copy + 1, n), &h);
		(void)hello_read_ssl2(cursor_over(copy + 1, n), 2, &h);
		free(copy);
	}
	buf_free(&b);
}
END_TEST

START_TEST(takes_a_hello_without_extensions)
{
	struct buf b = { 0 };
	struct hello h;

	wire_uint(&b, 2, 0x0301);
	wire_zeros(&b, 33);
	wire_uint(&b, 2, 2);
	wire_uint(&b, 2, 0x002f);
	wire_uint(&b, 2, 0x0100);
	ck_assert(hello_read_client(wire_view(&b), false, &h));
	ck_assert(!h.malformed && !h.has_extensions);
	buf_free(&b);
}
END_TEST

START_TEST(counts_the_first_of_a_repeated_extension)
{
	struct buf b = { 0 };
	struct hello h;
	size_t extensions;

	wire_uint(&b, 2, 0x0303);
	wire_zeros(&b, 33);
	wire_uint(&b, 4, 0x00021301);
	wire_uint(&b, 2, 0x0100);
	extensions = wire_begin(&b, 2);
	wire_server_name(&b, "first.example");
	wire_server_name(&b, "second.example");
	wire_end(&b, 2, extensions);
	ck_assert(hello_read_client(wire_view(&b), false, &h));
	ck_assert(h.malformed);
	ck_assert_mem_eq(h.server_name.at, "first", 5);
	buf_free(&b);
}
END_TEST

START_TEST(reads_the_version_that_a_server_chose)
{
	struct buf b = { 0 };
	struct hello h;

	wire_server_hello(&b, 0x0304, 0x1302, 32, true);
	ck_assert(hello_read_server(wire_view(&b), &h));
	ck_assert_uint_eq(h.version, 0x0304);
	ck_assert_uint_eq(h.cipher, 0x1302);
	ck_assert(h.has_psk && !h.retry);
	buf_free(&b);
}
END_TEST

START_TEST(knows_the_downgrade_sentinel)
{
	struct buf b = { 0 };
	struct hello h;

	wire_server_hello(&b, 0x0303, 0xc02f, 0, false);
	memcpy(b.at + 2 + 24, "DOWNGRD\1", 8);
	ck_assert(hello_read_server(wire_view(&b), &h));
	ck_assert(hello_has_sentinel(&h));
	b.at[2 + 31] = 2;
	ck_assert(hello_read_server(wire_view(&b), &h));
	ck_assert(!hello_has_sentinel(&h));
	buf_free(&b);
}
END_TEST

/* Draft 18: version, random, suite, extensions; no session id. */
START_TEST(reads_the_hello_of_an_early_draft)
{
	struct buf b = { 0 };
	struct hello h;

	wire_uint(&b, 2, 0x7f12);
	wire_zeros(&b, 32);
	wire_uint(&b, 2, 0x1301);
	wire_uint(&b, 2, 0);
	ck_assert(hello_read_server(wire_view(&b), &h));
	ck_assert(!h.malformed);
	ck_assert_uint_eq(h.version, 0x7f12);
	ck_assert_uint_eq(h.cipher, 0x1301);
	buf_free(&b);
}
END_TEST

START_TEST(reads_an_ssl2_hello)
{
	static const char bytes[] = "\0\6\0\0\0\x10"
				    "\0\0\x2f\7\0\xc0"
				    "0123456789abcdef";
	struct hello h;
	char ja4[JA4_SIZE];

	ck_assert(hello_read_ssl2(cursor_over(bytes, sizeof(bytes) - 1),
	    0x0301, &h));
	ck_assert_uint_eq(h.ciphers.left, 6);
	ja4_text(&h, JA4_PUBLISHED, ja4);
	ck_assert_mem_eq(ja4, "t10i010000_", 11);
}
END_TEST

static void
ja4_of(const struct wire_hello *w, enum ja4_form form, char out[JA4_SIZE])
{
	struct buf b = { 0 };
	struct hello h;

	ck_assert(read(w, &b, &h));
	ja4_text(&h, form, out);
	buf_free(&b);
}

/* The hashes are those of `printf 1301,1302,c02f | sha256sum` and of
 * `printf 000d,002b_0403,0804 | sha256sum`. */
START_TEST(writes_ja4_as_published)
{
	const struct wire_hello w = { .host = "a.example", .alpn = "http/1.1",
		.tls13 = true };
	char ja4[JA4_SIZE];

	ja4_of(&w, JA4_PUBLISHED, ja4);
	ck_assert_str_eq(ja4, "t13d0304h1_40b44b994229_ef5f37ab036a");
}
END_TEST

START_TEST(leaves_grease_out_of_ja4)
{
	struct wire_hello w = { .host = "a.example", .tls13 = true };
	char plain[JA4_SIZE], greased[JA4_SIZE];

	ja4_of(&w, JA4_PUBLISHED, plain);
	w.grease = true;
	ja4_of(&w, JA4_PUBLISHED, greased);
	ck_assert_str_eq(plain, greased);
}
END_TEST

START_TEST(groups_a_program_whether_or_not_it_resumes)
{
	struct wire_hello w = { .host = "a.example", .tls13 = true };
	char first[JA4_SIZE], again[JA4_SIZE], published[JA4_SIZE];

	ja4_of(&w, JA4_NORMALISED, first);
	w.psk = w.early_data = w.padding = true;
	ja4_of(&w, JA4_NORMALISED, again);
	ja4_of(&w, JA4_PUBLISHED, published);
	ck_assert_str_eq(first, again);
	ck_assert_str_ne(first, published);
}
END_TEST

START_TEST(writes_an_odd_alpn_in_hexadecimal)
{
	static const struct {
		const char *alpn;
		char code[3];
	} cases[] = { { "h2", "h2" }, { "h", "hh" }, { "\xab", "ab" },
		{ "\xab\xcd", "ad" }, { "0\xab", "3b" }, { "\xab-1", "a1" } };
	const struct wire_hello w = { .alpn = cases[_i].alpn };
	char ja4[JA4_SIZE];

	ja4_of(&w, JA4_PUBLISHED, ja4);
	ck_assert_mem_eq(ja4 + 8, cases[_i].code, 2);
}
END_TEST

START_TEST(keeps_one_offer_for_hellos_that_differ_in_order_only)
{
	struct buf a = { 0 }, b = { 0 };
	struct offer_table table = { 0 };
	struct pool *pool = pool_new();
	struct hello first, second;
	uint16_t swap;

	ck_assert(read(&full, &a, &first));
	ck_assert(read(&full, &b, &second));
	swap = second.extensions[0];
	second.extensions[0] = second.extensions[3];
	second.extensions[3] = swap;
	ck_assert_ptr_eq(offer_find(&table, pool, &first),
	    offer_find(&table, pool, &second));
	second.extensions[0] = 0x1234;
	ck_assert_ptr_ne(offer_find(&table, pool, &first),
	    offer_find(&table, pool, &second));
	offer_table_free(&table);
	pool_free(pool);
	buf_free(&a);
	buf_free(&b);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("hello");

	tcase_add_test(tc, reads_all_that_a_client_hello_says);
	tcase_add_test(tc, survives_every_truncation);
	tcase_add_test(tc, takes_a_hello_without_extensions);
	tcase_add_test(tc, counts_the_first_of_a_repeated_extension);
	tcase_add_test(tc, reads_the_version_that_a_server_chose);
	tcase_add_test(tc, knows_the_downgrade_sentinel);
	tcase_add_test(tc, reads_the_hello_of_an_early_draft);
	tcase_add_test(tc, reads_an_ssl2_hello);
	tcase_add_test(tc, writes_ja4_as_published);
	tcase_add_test(tc, leaves_grease_out_of_ja4);
	tcase_add_test(tc, groups_a_program_whether_or_not_it_resumes);
	tcase_add_loop_test(tc, writes_an_odd_alpn_in_hexadecimal, 0, 6);
	tcase_add_test(tc, keeps_one_offer_for_hellos_that_differ_in_order_only);
	return unit_run(tc);
}
