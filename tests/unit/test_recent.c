#include "finding/recent.h"

#include "finding/attempt.h"
#include "finding/tags.h"
#include "unit.h"

#define SECOND 1000000LL

START_TEST(connections_within_the_gap_are_one_attempt)
{
	static const struct { int64_t at; bool begins; } seen[] = {
		{ 100 * SECOND, true }, { 103 * SECOND, false },
		{ 113 * SECOND, false }, { 124 * SECOND, true },
		/* Late ones. */
		{ 120 * SECOND, false }, { 111 * SECOND, false },
		{ 50 * SECOND, true },
		/* Newest first. */
		{ 45 * SECOND, false }, { 30 * SECOND, true },
		{ 21 * SECOND, false },
	};
	struct recent r = { 0 };

	for (size_t i = 0; i < N_ITEMS(seen); i++)
		ck_assert_msg(recent_add(&r, tags_hash(1, 2, 3),
		    seen[i].at) == seen[i].begins, "%zu", i);
	ck_assert(recent_add(&r, tags_hash(1, 2, 4), 21 * SECOND));
	recent_free(&r);
}
END_TEST

START_TEST(an_attempt_may_go_on_for_hours)
{
	struct recent r = { 0 };

	ck_assert(recent_add(&r, 7, 0));
	for (int64_t t = SECOND; t < 3 * 3600 * SECOND; t += 9 * SECOND)
		ck_assert(!recent_add(&r, 7, t));
	recent_free(&r);
}
END_TEST

/* What goes on stays, however many others come and go. */
START_TEST(forgets_what_was_used_longest_ago)
{
	struct recent r = { 0 };
	int64_t now = 0;

	ck_assert(recent_add(&r, tags_hash(0, 0, 0), now));
	for (uint32_t i = 1; i < 200000; i++) {
		now += 100;
		ck_assert(recent_add(&r, tags_hash(i, 1, 0), now));
		if (i % 5000 == 0)
			ck_assert(!recent_add(&r, tags_hash(0, 0, 0), now));
	}
	ck_assert(recent_add(&r, tags_hash(1, 1, 0), 200));
	recent_free(&r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("recent");

	tcase_add_test(tc, connections_within_the_gap_are_one_attempt);
	tcase_add_test(tc, an_attempt_may_go_on_for_hours);
	tcase_add_test(tc, forgets_what_was_used_longest_ago);
	return unit_run(tc);
}
