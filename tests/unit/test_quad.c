#include "input/quad.c" /* each way to read, also that not taken here */

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

typedef bool quad_fn(struct text t, uint8_t out[16]);

/* The ways to read that this processor knows. */
static size_t
known_ways(quad_fn *ways[2])
{
	size_t n = 0;

	ways[n++] = quad_plain;
#if defined(HAVE_AVX)
	if (simd_best() == SIMD_AVX512)
		ways[n++] = quad_avx512;
#endif
	return n;
}

/* What each way makes of a text, in memory of exactly its size. */
static void
check(const char *text, bool ok, const uint8_t octets[4])
{
	size_t n = strlen(text);
	char *exact = malloc(n);
	quad_fn *ways[2];
	size_t n_ways = known_ways(ways);

	memcpy(exact, text, n);
	for (size_t i = 0; i < n_ways; i++) {
		uint8_t out[16], expected[16];

		memset(out, 0xee, sizeof(out));
		memset(expected, ok ? 0 : 0xee, sizeof(expected));
		if (ok)
			memcpy(expected, octets, 4);
		ck_assert_msg(ways[i]((struct text){ exact, n }, out) == ok,
		    "%s", text);
		ck_assert_msg(memcmp(out, expected, 16) == 0, "%s", text);
	}
	free(exact);
}

START_TEST(reads_octets_of_all_lengths)
{
	static const uint8_t octets[] = { 0, 7, 9, 10, 42, 99, 100, 199, 249,
		255 };
	const size_t n = N_ITEMS(octets);
	char text[16];

	for (size_t i = 0; i < n * n * n * n; i++) {
		const uint8_t address[] = { octets[i % n], octets[i / n % n],
			octets[i / n / n % n], octets[i / n / n / n] };

		sprintf(text, "%u.%u.%u.%u", address[0], address[1],
		    address[2], address[3]);
		check(text, true, address);
	}
}
END_TEST

START_TEST(refuses_all_else)
{
	static const char *const wrong[] = { "1.2.3.4.", ".1.2.3.4", "1..2.3.4",
		"1.2.3..4", "1.2.3.256", "256.1.1.1", "1.260.1.1", "1.1.300.1",
		"1.2.3.4.5", "1234.1.1.1", "1.1.1.1234", "1.2.3456", "1234567",
		".......", "1.2.3.x", "1.2.3.4 ", " 1.2.3.4", "1.2.3:4",
		"1.2.3/4", "2001:db8::1", "1.2.3.\xb1", "\xb1.2.3.4",
		"1.2.\xae.4", "999.999.999.999", "123456789012345" };

	for (size_t i = 0; i < N_ITEMS(wrong); i++)
		check(wrong[i], false, NULL);
	ck_assert(!quad_read(TEXT("1.2.3."), NULL));
	ck_assert(!quad_read(TEXT("192.000.002.0044"), NULL));
	ck_assert(!quad_read((struct text){ NULL, 0 }, NULL));
}
END_TEST

START_TEST(reads_alike_on_all_processors)
{
	static const char letters[] = "0123456789.12..x\xb1";
	uint32_t random = (uint32_t)_i;
	char text[16];
	quad_fn *ways[2];
	size_t n_ways = known_ways(ways);

	for (int k = 0; k < 20000; k++) {
		uint8_t expected[16] = { 0 }, out[16] = { 0 };
		struct text t = { text, SHORTEST };
		bool ok;

		for (size_t i = 0; i < LONGEST; i++) {
			random = random * 1664525 + 1013904223;
			text[i] = letters[(random >> 16) %
			    (k % 2 == 0 ? 16 : sizeof(letters) - 1)];
		}
		t.n += random >> 24 & 7;
		ok = quad_plain(t, expected);
		for (size_t i = 1; i < n_ways; i++) {
			ck_assert(ways[i](t, out) == ok);
			ck_assert(memcmp(out, expected, sizeof(out)) == 0);
		}
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("quad");

	tcase_add_test(tc, reads_octets_of_all_lengths);
	tcase_add_test(tc, refuses_all_else);
	tcase_add_loop_test(tc, reads_alike_on_all_processors, 0, 4);
	return unit_run(tc);
}
