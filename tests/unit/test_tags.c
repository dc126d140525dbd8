#include "finding/tags.h"

#include "unit.h"

START_TEST(finds_what_was_put_in)
{
	struct tags t = { .n_buckets = 1 << 16 };

	ck_assert(!tags_has(&t, tags_hash(1, 2, 3)));
	for (uint32_t i = 0; i < 100000; i++)
		tags_add(&t, tags_hash(i, i / 7, i % 3));
	for (uint32_t i = 0; i < 100000; i++)
		ck_assert(tags_has(&t, tags_hash(i, i / 7, i % 3)));
	ck_assert(!t.forgot);
	tags_free(&t);
}
END_TEST

START_TEST(seldom_finds_what_was_not)
{
	struct tags t = { .n_buckets = 1 << 16 };
	int wrong = 0;

	for (uint32_t i = 0; i < 500000; i++)
		tags_add(&t, tags_hash(i, 0, 0));
	for (uint32_t i = 0; i < 1000000; i++)
		wrong += tags_has(&t, tags_hash(i, 1, 0));
	/* 8 tags of 16 bits: 122 in a million when all places are taken. */
	ck_assert_int_lt(wrong, 200);
	tags_free(&t);
}
END_TEST

START_TEST(forgets_the_oldest)
{
	struct tags t = { .n_buckets = 1 << 16 };
	int kept = 0;

	for (uint32_t i = 0; i < 2000000; i++)
		tags_add(&t, tags_hash(i, 0, 0));
	for (uint32_t i = 0; i < 10000; i++)
		kept += tags_has(&t, tags_hash(i, 0, 0));
	ck_assert_int_lt(kept, 100);
	ck_assert(t.forgot);
	for (uint32_t i = 1990000; i < 2000000; i++)
		ck_assert(tags_has(&t, tags_hash(i, 0, 0)));
	tags_free(&t);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("tags");

	tcase_add_test(tc, finds_what_was_put_in);
	tcase_add_test(tc, seldom_finds_what_was_not);
	tcase_add_test(tc, forgets_the_oldest);
	return unit_run(tc);
}
