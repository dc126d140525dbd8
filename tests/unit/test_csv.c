#include "input/csv.c" /* each way to split, also those not taken here */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

/* The fields with a bar between them. */
static const char *
split(const char *line, bool loose, size_t at_most)
{
	static char out[1024];
	struct csv csv;
	size_t n = 0;

	if (loose)
		csv_split_loose(&csv, text_of(line), ',', at_most);
	else
		csv_split(&csv, text_of(line), ',', at_most);
	for (size_t i = 0; i < csv.n; i++) {
		struct text raw = csv_raw(&csv, i);

		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%.*s",
		    i > 0 ? "|" : "", TEXT_ARG(raw));
	}
	return out;
}

START_TEST(splits_outside_of_quotes)
{
	ck_assert_str_eq(split("", false, 9), "");
	ck_assert_str_eq(split("a", false, 9), "a");
	ck_assert_str_eq(split(",", false, 9), "|");
	ck_assert_str_eq(split("a,\"b,c\",d", false, 9), "a|\"b,c\"|d");
	ck_assert_str_eq(split("\"a \"\"x, y\"\"\",b", false, 9),
	    "\"a \"\"x, y\"\"\"|b");
	ck_assert_str_eq(split("a,b,c,d", false, 3), "a|b|c,d");
	ck_assert_str_eq(split("a,b,c,d", false, 1), "a,b,c,d");
}
END_TEST

START_TEST(splits_loosely)
{
	ck_assert_str_eq(split("a,\"x o\"y\"'\"z\",b", true, 9),
	    "a|\"x o\"y\"'\"z\"|b");
	ck_assert_str_eq(split("a,5\" disk,b", true, 9), "a|5\" disk|b");
	ck_assert_str_eq(split("a,\"never closed,b", true, 9),
	    "a|\"never closed|b");
	ck_assert_str_eq(split("a,\"b,c\",d", true, 9), "a|\"b,c\"|d");
}
END_TEST

/* A byte by byte splitter, to compare with. */
static size_t
slow_ends(const char *line, size_t n, uint32_t *ends)
{
	bool inside = false;
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (line[i] == '"')
			inside = !inside;
		if (line[i] == ',' && !inside)
			ends[count++] = (uint32_t)i;
	}
	ends[count++] = (uint32_t)n;
	return count;
}

/* The ways to split that this processor knows. */
static size_t
known_ways(split_fn *ways[3])
{
	size_t n = 0;

	ways[n++] = split_plain;
#if defined(HAVE_AVX)
	if (best_split() != split_plain)
		ways[n++] = split_avx2;
	if (best_split() == split_avx512)
		ways[n++] = split_avx512;
#endif
	return n;
}

/* Quotes and commas anywhere, also across the steps of 64 bytes; the memory has
 * exactly the line's size, so that ASan sees a byte too many. */
START_TEST(agrees_with_byte_by_byte)
{
	static const char letters[] = "ab,,\"c d,e";
	uint32_t random = (uint32_t)_i * 2654435761U + 1, ends[512];
	size_t n = (size_t)_i % 300, count, n_ways;
	char *line = malloc(n + 1);
	struct csv csv;
	split_fn *ways[3];

	for (size_t i = 0; i < n; i++) {
		random = random * 1664525 + 1013904223;
		line[i] = letters[(random >> 16) % (sizeof(letters) - 1)];
	}
	line = realloc(line, n > 0 ? n : 1);
	count = slow_ends(line, n, ends);
	csv_split(&csv, (struct text){ line, n }, ',', CSV_FIELDS_MAX);
	ck_assert_uint_eq(csv.n, count);
	ck_assert_mem_eq(csv.ends, ends, count * sizeof(*ends));
	n_ways = known_ways(ways);
	for (size_t i = 0; i < n_ways; i++) {
		struct split s = ways[i]((struct text){ line, n }, ',',
		    CSV_FIELDS_MAX, csv.ends);

		ck_assert_uint_eq(s.n, count - 1);
		ck_assert(csv.unclosed == (s.inside != 0));
		ck_assert_mem_eq(csv.ends, ends, s.n * sizeof(*ends));
	}
	free(line);
}
END_TEST

START_TEST(stops_at_the_ceiling)
{
	char line[1000];
	struct csv csv;

	memset(line, ',', sizeof(line));
	csv_split(&csv, (struct text){ line, sizeof(line) }, ',',
	    CSV_FIELDS_MAX);
	ck_assert_uint_eq(csv.n, CSV_FIELDS_MAX);
	ck_assert_uint_eq(csv_raw(&csv, CSV_FIELDS_MAX - 1).n,
	    sizeof(line) - CSV_FIELDS_MAX + 1);
	ck_assert_uint_eq(csv_raw(&csv, CSV_FIELDS_MAX).n, 0);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("csv");

	tcase_add_test(tc, splits_outside_of_quotes);
	tcase_add_test(tc, splits_loosely);
	tcase_add_loop_test(tc, agrees_with_byte_by_byte, 0, 600);
	tcase_add_test(tc, stops_at_the_ceiling);
	return unit_run(tc);
}
