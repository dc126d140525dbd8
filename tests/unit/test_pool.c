#include "base/pool.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

START_TEST(equal_texts_have_equal_addresses)
{
	struct pool *pool = pool_new();
	char copy[] = "a.example";
	struct text a = pool_intern(pool, TEXT("a.example"));
	struct text b = pool_intern(pool, text_of(copy));

	copy[0] = 'b';
	ck_assert_ptr_eq(a.at, b.at);
	ck_assert_str_eq(a.at, "a.example");
	ck_assert_ptr_ne(pool_intern(pool, text_of(copy)).at, a.at);
	ck_assert_ptr_eq(pool_printf(pool, "%s.%s", "a", "example").at, a.at);
	ck_assert_uint_eq(pool_intern(pool, (struct text){ 0 }).n, 0);
	pool_free(pool);
}
END_TEST

START_TEST(a_text_may_hold_nul)
{
	struct pool *pool = pool_new();
	struct text a = pool_intern(pool, (struct text){ "a\0b", 3 });
	struct text b = pool_intern(pool, (struct text){ "a\0c", 3 });

	ck_assert(text_equal(a, (struct text){ "a\0b", 3 }));
	ck_assert(text_equal(b, (struct text){ "a\0c", 3 }));
	ck_assert_int_eq(a.at[a.n], '\0');
	pool_free(pool);
}
END_TEST

/* Also where a length needs more than a byte, a text a block of its own, or a
 * text just fills one. */
START_TEST(keeps_texts_of_any_length)
{
	static const size_t lengths[] = { 1, 253, 254, 255, 256, 1021, 1022,
		1023, 1024, 32760, 32761, 32762, 32763, 32766, 32767, 32768,
		65536, 100000 };
	static char long_one[100000];
	struct pool *pool = pool_new();
	struct text kept[N_ITEMS(lengths)];

	memset(long_one, 'x', sizeof(long_one));
	for (size_t i = 0; i < N_ITEMS(lengths); i++)
		kept[i] = pool_intern(pool, (struct text){ long_one,
			lengths[i] });
	for (size_t i = 0; i < N_ITEMS(lengths); i++) {
		struct text t = { long_one, lengths[i] };

		ck_assert(text_equal(kept[i], t));
		ck_assert_int_eq(kept[i].at[t.n], '\0');
		ck_assert_ptr_eq(pool_intern(pool, t).at, kept[i].at);
	}
	pool_free(pool);
}
END_TEST

START_TEST(many_texts_stay_apart)
{
	enum { N = 50000 };
	struct pool *pool = pool_new();
	struct text *kept = calloc(N, sizeof(*kept));
	char name[32];

	for (int i = 0; i < N; i++)
		kept[i] = pool_printf(pool, "host-%d.example", i);
	for (int i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "host-%d.example", i);
		ck_assert(text_is(kept[i], name));
		ck_assert_ptr_eq(pool_intern(pool, text_of(name)).at,
		    kept[i].at);
	}
	free(kept);
	pool_free(pool);
}
END_TEST

/* Pieces of all sizes, between texts that spoil the alignment. */
START_TEST(pieces_are_zeroed_aligned_and_apart)
{
	struct pool *pool = pool_new();
	unsigned char *piece, *before = NULL;

	for (size_t n = 0; n < 70000; n = n * 2 + 1) {
		pool_printf(pool, "%zu", n);
		piece = pool_zero(pool, n);
		ck_assert_ptr_nonnull(piece);
		ck_assert_uint_eq((uintptr_t)piece %
		    sizeof(uint64_t), 0);
		for (size_t i = 0; i < n; i++)
			ck_assert_uint_eq(piece[i], 0);
		memset(piece, 0xff, n);
		if (before != NULL)
			ck_assert_uint_eq(before[0], 0xff);
		before = n > 0 ? piece : NULL;
	}
	ck_assert(text_is(pool_intern(pool, TEXT("15")), "15"));
	pool_free(pool);
}
END_TEST

/* While the list of blocks grows and moves. */
START_TEST(large_pieces_are_found_when_blocks_move)
{
	struct pool *pool = pool_new();

	for (int i = 0; i < 100; i++) {
		char *piece = pool_zero(pool, 100000);

		ck_assert_ptr_nonnull(piece);
		ck_assert_int_eq(piece[99999], 0);
	}
	pool_free(pool);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("pool");

	tcase_add_test(tc, equal_texts_have_equal_addresses);
	tcase_add_test(tc, a_text_may_hold_nul);
	tcase_add_test(tc, keeps_texts_of_any_length);
	tcase_add_test(tc, many_texts_stay_apart);
	tcase_add_test(tc, pieces_are_zeroed_aligned_and_apart);
	tcase_add_test(tc, large_pieces_are_found_when_blocks_move);
	return unit_run(tc);
}
