#include "finding/pulse.h"

#include <stdlib.h>

#include "unit.h"

#define SECOND 1000000LL

/* All that a list counts; it is to be in order, the last first. */
static uint64_t
sum(const struct pulses *p, uint32_t list, unsigned *n)
{
	const struct beat *b, *before = NULL;
	uint64_t all = 0;

	for (*n = 0, b = pulse_beat(p, list); b != NULL;
	    before = b, b = pulse_beat(p, b->next), ++*n) {
		all += b->n;
		if (before != NULL)
			ck_assert_uint_lt(b->at, before->at + 1);
	}
	return all;
}

START_TEST(counts_by_the_second_at_first)
{
	struct pulses p = { 0 };
	uint32_t list = 0;
	const struct beat *b;

	pulse_add(&p, &list, 1000 * SECOND, 2);
	pulse_add(&p, &list, 1060 * SECOND, 1);
	pulse_add(&p, &list, 1030 * SECOND, 5);
	pulse_add(&p, &list, 1060 * SECOND, 1);
	b = pulse_beat(&p, list);
	ck_assert_uint_eq(b->n, 2);
	ck_assert_int_lt(llabs(pulse_time(&p, b) - 1060 * SECOND),
	    2 * SECOND);
	b = pulse_beat(&p, b->next);
	ck_assert_uint_eq(b->n, 5);
	ck_assert_int_lt(llabs(pulse_time(&p, b) - 1030 * SECOND),
	    2 * SECOND);
	b = pulse_beat(&p, b->next);
	ck_assert_uint_eq(b->n, 2);
	ck_assert_ptr_null(pulse_beat(&p, b->next));
	pulses_free(&p);
}
END_TEST

/* Over a year, forwards, backwards or in any order: nothing is lost, lists stay
 * short, and times are right to one part in so many of the whole. */
START_TEST(beats_grow_longer_with_the_run)
{
	enum { N = 20000 };
	const int64_t year = 365 * 86400 * SECOND, begin = 1700000000 * SECOND;
	const uint64_t steps[] = { 1, N - 1, 7919 };
	struct pulses p = { 0 };
	uint32_t lists[3] = { 0 };
	unsigned n;
	int64_t last = begin + year / N * (N - 1);

	for (uint64_t i = 0; i < N; i++)
		for (size_t k = 0; k < N_ITEMS(lists); k++)
			pulse_add(&p, &lists[k], begin + (int64_t)(i *
			    steps[(k + (size_t)_i) % 3] % N) * (year / N), 1);
	for (size_t k = 0; k < N_ITEMS(lists); k++) {
		const struct beat *b = pulse_beat(&p, lists[k]);

		ck_assert_uint_eq(sum(&p, lists[k], &n), N);
		ck_assert_uint_ge(n, PULSE_BEATS / 4);
		ck_assert_uint_le(n, 2 * PULSE_BEATS);
		ck_assert_int_lt(llabs(pulse_time(&p, b) - last),
		    4 * year / PULSE_BEATS);
	}
	ck_assert_uint_le(p.n, 3 * 2 * PULSE_BEATS);
	pulses_free(&p);
}
END_TEST

/* Ten thousand lists of a day: their times become rough, and no list is long. */
START_TEST(many_lists_share_the_room)
{
	enum { LISTS = 10000, TIMES = 60 };
	uint32_t *lists = calloc(LISTS, sizeof(*lists));
	struct pulses p = { 0 };
	unsigned n;

	ck_assert_ptr_nonnull(lists);
	for (int64_t t = 0; t < TIMES; t++)
		for (size_t k = 0; k < LISTS; k++)
			pulse_add(&p, &lists[k], (1700000000 + t * 1440) *
			    SECOND, 1);
	for (size_t k = 0; k < LISTS; k++)
		ck_assert_uint_eq(sum(&p, lists[k], &n), TIMES);
	ck_assert_uint_le(p.n, 3 * PULSES_MANY);
	pulses_free(&p);
	free(lists);
}
END_TEST

START_TEST(lists_move_and_go)
{
	struct pulses p = { 0 };
	uint32_t a = 0, b = 0;
	unsigned n;
	size_t made;

	for (int i = 0; i < 100; i++)
		pulse_add(&p, i % 3 ? &a : &b, i * 4 * SECOND, 1);
	made = p.n;
	pulse_move(&p, &a, &b);
	ck_assert_uint_eq(b, 0);
	ck_assert_uint_eq(sum(&p, a, &n), 100);
	pulse_drop(&p, &a);
	ck_assert_uint_eq(a, 0);
	for (int i = 0; i < 100; i++)
		pulse_add(&p, &b, i * 4 * SECOND, 1);
	ck_assert_uint_eq(sum(&p, b, &n), 100);
	ck_assert_uint_le(p.n, made + 1); /* what was given back is used */
	pulses_free(&p);
}
END_TEST

START_TEST(times_that_cannot_be_are_counted_all_the_same)
{
	struct pulses p = { 0 };
	uint32_t list = 0;
	unsigned n;

	pulse_add(&p, &list, 1700000000 * SECOND, 1);
	pulse_add(&p, &list, -5, 1);
	pulse_add(&p, &list, INT64_MAX, 1);
	pulse_add(&p, &list, INT64_MIN, 1);
	ck_assert_uint_eq(sum(&p, list, &n), 4);
	pulses_free(&p);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("pulse");

	tcase_add_test(tc, counts_by_the_second_at_first);
	tcase_add_loop_test(tc, beats_grow_longer_with_the_run, 0, 3);
	tcase_add_test(tc, many_lists_share_the_room);
	tcase_add_test(tc, lists_move_and_go);
	tcase_add_test(tc, times_that_cannot_be_are_counted_all_the_same);
	return unit_run(tc);
}
