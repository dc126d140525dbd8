#include "input/scan.c" /* each way to scan, also those not taken here */

#include <stdlib.h>

#include "unit.h"

/* The ways to scan that this processor knows. */
static size_t
known_ways(scan_fn *ways[3])
{
	size_t n = 0;

	ways[n++] = scan_plain;
#if defined(HAVE_AVX)
	if (best_scan() != scan_plain)
		ways[n++] = scan_avx2;
	if (best_scan() == scan_avx512)
		ways[n++] = scan_avx512;
#endif
	return n;
}

START_TEST(finds_where_members_begin)
{
	static const char line[] = "{\"a\":1,\"b\":{\"c\":\"x,\"},\"d\":[\"e\",\"f\"]}";
	static const uint32_t places[] = { 1, 7, 12, 19, 22, 31 };
	struct scan out;
	scan_fn *ways[3];
	size_t n = known_ways(ways);

	for (size_t i = 0; i < n; i++) {
		ck_assert(ways[i](text_of(line), &out));
		ck_assert_uint_eq(out.n, N_ITEMS(places));
		ck_assert_uint_eq(out.n_quotes, 14);
		ck_assert_mem_eq(out.at, places, sizeof(places));
	}
}
END_TEST

/* In memory of exactly the size, so that ASan sees a byte too many. */
START_TEST(scans_alike_on_all_processors)
{
	static const char letters[] = "\"\",,{{}:ab\\\\\\";
	size_t length = (size_t)_i % 300, n_letters, n_ways;
	char *line = malloc(length + 1);
	uint32_t random = (uint32_t)_i;
	struct scan expected, out;
	scan_fn *ways[3];
	bool ok;

	/* Half of them without backslashes; some nearly all quotes and commas,
	 * more than one batch in a block. */
	n_letters = _i % 2 == 0 ? sizeof(letters) - 1 : _i % 3 == 0 ? 4 :
	    sizeof(letters) - 4;
	for (size_t i = 0; i < length; i++) {
		random = random * 1664525 + 1013904223;
		line[i] = letters[(random >> 16) % n_letters];
	}
	line = realloc(line, length > 0 ? length : 1);
	ok = scan_plain((struct text){ line, length }, &expected);
	n_ways = known_ways(ways);
	for (size_t i = 1; i < n_ways; i++) {
		ck_assert(ways[i]((struct text){ line, length }, &out) == ok);
		if (!ok)
			continue;
		ck_assert_uint_eq(out.n, expected.n);
		ck_assert_uint_eq(out.n_quotes, expected.n_quotes);
		ck_assert(out.escapes == expected.escapes);
		for (size_t k = 0; k < out.n; k++)
			ck_assert_uint_eq(out.at[k], expected.at[k]);
	}
	free(line);
}
END_TEST

/* SCAN_MAX members are found, one more is not. */
START_TEST(declines_what_is_too_much)
{
	static char line[2 * SCAN_MAX + 2];
	struct scan *out = malloc(sizeof(*out));
	scan_fn *ways[3];
	size_t n = known_ways(ways);

	for (size_t i = 0; i < sizeof(line); i++)
		line[i] = i % 2 == 0 ? ',' : '"';
	for (size_t i = 0; i < n; i++) {
		ck_assert(ways[i]((struct text){ line, 2 * SCAN_MAX }, out));
		ck_assert_uint_eq(out->n, SCAN_MAX);
		ck_assert(!ways[i]((struct text){ line, sizeof(line) }, out));
	}
	free(out);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("scan");

	tcase_add_test(tc, finds_where_members_begin);
	tcase_add_loop_test(tc, scans_alike_on_all_processors, 0, 900);
	tcase_add_test(tc, declines_what_is_too_much);
	return unit_run(tc);
}
