#include "finding/attempt.h"

#include "unit.h"

enum { SECOND = 1000000 };

static struct attempts
count(const int *seconds, const unsigned *marks, size_t n)
{
	struct attempt_store s = { 0 };
	struct attempts counts = { 0 };
	struct attempt list = { 0 };

	for (size_t i = 0; i < n; i++)
		attempt_add(&s, &list, (struct moment){
		    (int64_t)seconds[i] * SECOND,
		    (int64_t)seconds[i] * SECOND, marks[i] });
	attempt_count(&s, &list, &counts);
	attempt_store_free(&s);
	return counts;
}

START_TEST(connections_within_ten_seconds_are_one_attempt)
{
	const unsigned m[] = { ATTEMPT_ALERT, ATTEMPT_ALERT, ATTEMPT_ALERT,
		ATTEMPT_ALERT };

	ck_assert_uint_eq(count((int[]){ 0, 10, 20, 31 }, m, 4).rejected, 2);
	ck_assert_uint_eq(count((int[]){ 31, 0, 20, 10 }, m, 4).rejected, 2);
	ck_assert_uint_eq(count((int[]){ 20, 0, 31, 10 }, m, 4).rejected, 2);
}
END_TEST

START_TEST(a_late_arrival_closes_a_gap)
{
	const unsigned m[] = { ATTEMPT_DATA, ATTEMPT_DATA, ATTEMPT_DATA };

	ck_assert_uint_eq(count((int[]){ 0, 18 }, m, 2).accepted, 2);
	ck_assert_uint_eq(count((int[]){ 0, 18, 9 }, m, 3).accepted, 1);
}
END_TEST

START_TEST(an_alert_is_never_excused_and_a_close_is)
{
	struct attempts n = count((int[]){ 0, 1 },
	    (unsigned[]){ ATTEMPT_ALERT, ATTEMPT_DATA }, 2);

	ck_assert_uint_eq(n.rejected, 1);
	ck_assert_uint_eq(n.accepted, 0);
	n = count((int[]){ 0, 1, 40 }, (unsigned[]){ ATTEMPT_IDLE,
	    ATTEMPT_DATA, ATTEMPT_IDLE }, 3);
	ck_assert_uint_eq(n.accepted, 1);
	ck_assert_uint_eq(n.idle, 1);
}
END_TEST

START_TEST(sees_a_click_through)
{
	struct attempt_store s = { 0 };
	struct attempts counts = { 0 };
	struct attempt list = { 0 };

	attempt_add(&s, &list, (struct moment){ 100 * SECOND, 0,
	    ATTEMPT_DATA });
	attempt_add(&s, &list, (struct moment){ 85 * SECOND, 0,
	    ATTEMPT_ALERT });
	attempt_add(&s, &list, (struct moment){ 400 * SECOND, 0,
	    ATTEMPT_ALERT });
	ck_assert_uint_eq(attempt_count(&s, &list, &counts), 1);
	attempt_store_free(&s);
}
END_TEST

/* Any order gives the same; the generator is a fixed one. */
START_TEST(order_does_not_matter)
{
	uint32_t state = 12345 + (uint32_t)_i;
	int seconds[200];
	unsigned marks[200];
	struct attempts once, again;

	for (int i = 0; i < 200; i++) {
		state = state * 1664525 + 1013904223;
		seconds[i] = (int)(state >> 16) % 3000;
		marks[i] = 1U << (state >> 8) % 7;
	}
	once = count(seconds, marks, 200);
	for (int i = 199; i > 0; i--) {
		int k, t;
		unsigned m;

		state = state * 1664525 + 1013904223;
		k = (int)(state >> 16) % (i + 1);
		t = seconds[i], seconds[i] = seconds[k], seconds[k] = t;
		m = marks[i], marks[i] = marks[k], marks[k] = m;
	}
	again = count(seconds, marks, 200);
	ck_assert_mem_eq(&once, &again, sizeof(once));
}
END_TEST

static void
forget(const struct attempt *a, void *counts)
{
	attempt_tally(attempt_result(a), counts);
}

START_TEST(folding_keeps_the_counts)
{
	struct attempt_store s = { 0 };
	struct attempts counts = { 0 };
	struct attempt list = { 0 };

	for (int i = 0; i < 50; i++)
		attempt_add(&s, &list, (struct moment){
		    i * 20LL * SECOND, 0, i % 2 ? ATTEMPT_DATA :
		    ATTEMPT_ALERT });
	attempt_fold(&s, &list, 500LL * SECOND, forget, &counts);
	ck_assert_uint_lt(s.n_used, 30);
	attempt_count(&s, &list, &counts);
	ck_assert_uint_eq(counts.accepted, 25);
	ck_assert_uint_eq(counts.rejected, 25);
	attempt_free(&s, &list);
	ck_assert_uint_eq(s.n_used, 0);
	attempt_store_free(&s);
}
END_TEST

/* Attempts of two connections, 15 seconds apart, added by some order of their
 * numbers; what is old is forgotten halfway. */
static struct attempts
add_in_order(const unsigned *order, unsigned n)
{
	struct attempt_store s = { 0 };
	struct attempts counts = { 0 };
	struct attempt list = { 0 };
	const struct attempt *older;

	for (unsigned i = 0; i < n; i++) {
		unsigned at = order[i];

		attempt_add(&s, &list, (struct moment){
		    (at / 2 * 15LL + at % 2 * 2) * SECOND, 0,
		    at % 6 < 2 ? ATTEMPT_ALERT : ATTEMPT_DATA });
		if (i == n / 2)
			attempt_fold(&s, &list, 0, forget, &counts);
	}
	for (const struct attempt *a = &list;
	    (older = attempt_older(&s, a)) != NULL; a = older)
		ck_assert_int_gt(a->start, older->end + ATTEMPT_GAP);
	ck_assert_uint_eq(s.n_used + 1, n / 2);
	attempt_count(&s, &list, &counts);
	attempt_store_free(&s);
	return counts;
}

START_TEST(long_lists_keep_their_order)
{
	enum { N = 300 };
	unsigned up[N], down[N], mixed[N], ends[N];
	const unsigned *const orders[] = { up, down, mixed, ends };

	for (unsigned i = 0; i < N; i++) {
		up[i] = i;
		down[i] = N - 1 - i;
		mixed[i] = i * 77 % N;
		ends[i] = i % 2 ? i / 2 : N - 1 - i / 2;
	}
	for (size_t i = 0; i < N_ITEMS(orders); i++) {
		struct attempts n = add_in_order(orders[i], N);

		ck_assert_uint_eq(n.rejected, N / 6);
		ck_assert_uint_eq(n.accepted, N / 3);
	}
}
END_TEST

/* A list whose end was forgotten goes on from what is left. */
START_TEST(a_list_grows_on_where_it_was_cut)
{
	struct attempt_store s = { 0 };
	struct attempts counts = { 0 };
	struct attempt list = { 0 };

	for (int round = 0; round < 2; round++) {
		for (int i = 20; i > 0; i--)
			attempt_add(&s, &list, (struct moment){
			    i * 20LL * SECOND, 0, ATTEMPT_DATA });
		attempt_fold(&s, &list, 250LL * SECOND, forget,
		    &counts);
	}
	attempt_count(&s, &list, &counts);
	ck_assert_uint_eq(counts.accepted, 20 + 12);
	attempt_free(&s, &list);
	ck_assert_uint_eq(s.n_used, 0);
	attempt_store_free(&s);
}
END_TEST

START_TEST(knows_a_fixed_interval)
{
	struct attempt_store s = { 0 };
	struct attempt regular = { 0 }, irregular = { 0 };

	for (int i = 0; i < 6; i++) {
		attempt_add(&s, &regular, (struct moment){
		    i * 60LL * SECOND + i % 2 * SECOND, 0, ATTEMPT_IDLE });
		attempt_add(&s, &irregular, (struct moment){
		    i * i * 60LL * SECOND, 0, ATTEMPT_IDLE });
	}
	ck_assert(attempt_periodic(&s, &regular));
	ck_assert(!attempt_periodic(&s, &irregular));
	attempt_store_free(&s);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("attempt");

	tcase_add_test(tc, connections_within_ten_seconds_are_one_attempt);
	tcase_add_test(tc, a_late_arrival_closes_a_gap);
	tcase_add_test(tc, an_alert_is_never_excused_and_a_close_is);
	tcase_add_test(tc, sees_a_click_through);
	tcase_add_loop_test(tc, order_does_not_matter, 0, 20);
	tcase_add_test(tc, folding_keeps_the_counts);
	tcase_add_test(tc, long_lists_keep_their_order);
	tcase_add_test(tc, a_list_grows_on_where_it_was_cut);
	tcase_add_test(tc, knows_a_fixed_interval);
	return unit_run(tc);
}
