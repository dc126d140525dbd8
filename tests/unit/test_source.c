#include "input/source.h"

#include <string.h>
#include <unistd.h>

#include "unit.h"

/* Gives the numbers 0, 1, 2 ... as bytes, a few at a time, up to a total. */
struct dripping {
	size_t given, total, at_once;
	bool fails;
};

static ssize_t
drip(void *arg, void *room, size_t n, struct error *e)
{
	struct dripping *d = arg;
	uint8_t *out = room;
	size_t i;

	for (i = 0; i < n && i < d->at_once && d->given < d->total; i++)
		out[i] = (uint8_t)(d->given++ % 251);
	if (i == 0 && d->fails)
		return error_set(e, "the disk is gone");
	return (ssize_t)i;
}

START_TEST(windows_are_whole_however_the_bytes_arrive)
{
	struct dripping d = { .total = 700000, .at_once = (size_t)_i };
	struct source s;
	size_t taken = 0, step = 1;

	source_init(&s, "drip", drip, &d);
	while (source_need(&s, step)) {
		for (size_t i = 0; i < step; i++)
			ck_assert(s.at[i] == (taken + i) % 251);
		source_use(&s, step);
		taken += step;
		ck_assert(s.used == taken);
		step = step % 5000 + 613;
	}
	ck_assert(taken + s.n == d.total);
	ck_assert(s.ended && !s.failed);
	source_close(&s);
}
END_TEST

START_TEST(the_buffer_grows_up_to_its_ceiling)
{
	struct dripping d = { .total = SIZE_MAX, .at_once = 1 << 20 };
	struct source s;

	source_init(&s, "drip", drip, &d);
	ck_assert(source_need(&s, 3));
	source_use(&s, 3);
	ck_assert(source_need(&s, SOURCE_CEILING));
	ck_assert(s.at[0] == 3);
	ck_assert(s.at[SOURCE_CEILING - 1] == (SOURCE_CEILING + 2) % 251);
	ck_assert(!source_need(&s, (size_t)SOURCE_CEILING * 2));
	ck_assert(s.n >= SOURCE_CEILING);
	source_close(&s);
}
END_TEST

START_TEST(skips_more_than_it_can_hold)
{
	struct dripping d = { .total = 3 * SOURCE_CEILING, .at_once = 1 << 20 };
	struct source s;
	uint64_t far = 2 * (uint64_t)SOURCE_CEILING + 77;

	source_init(&s, "drip", drip, &d);
	ck_assert(source_skip(&s, far));
	ck_assert(source_need(&s, 1));
	ck_assert(s.at[0] == far % 251);
	ck_assert(s.used == far);
	ck_assert(!source_skip(&s, UINT64_MAX));
	ck_assert(s.used == d.total);
	source_close(&s);
}
END_TEST

START_TEST(a_failure_keeps_what_came_before)
{
	struct dripping d = { .total = 10, .at_once = 4, .fails = true };
	struct source s;

	source_init(&s, "drip", drip, &d);
	ck_assert(!source_need(&s, 11));
	ck_assert(s.n == 10 && s.ended && s.failed);
	ck_assert_str_eq(s.error.text, "drip: the disk is gone");
	source_close(&s);
}
END_TEST

START_TEST(peeking_uses_nothing)
{
	struct dripping d = { .total = 10, .at_once = 4 };
	struct source s;

	source_init(&s, "drip", drip, &d);
	ck_assert(source_peek(&s, 6).left == 6);
	ck_assert(source_peek(&s, 100).left == 10);
	ck_assert(s.used == 0 && s.n == 10);
	source_close(&s);
}
END_TEST

START_TEST(a_growing_input_is_read_on)
{
	struct dripping d = { .total = 10, .at_once = 100 };
	struct source s;

	source_init(&s, "drip", drip, &d);
	ck_assert(!source_need(&s, 11));
	d.total = 20;
	ck_assert(!source_need(&s, 11));
	source_retry(&s);
	ck_assert(source_need(&s, 11));
	source_close(&s);
}
END_TEST

START_TEST(refuses_what_is_no_file)
{
	struct source s;
	struct error e;

	ck_assert(source_open(&s, "/nonexistent/x", &e) == -1);
	ck_assert_str_eq(e.text, "/nonexistent/x: No such file or directory");
	ck_assert(source_open(&s, "/", &e) == -1);
	ck_assert_str_eq(e.text, "/: is a folder");
}
END_TEST

int
main(void)
{
	static const int at_once[] = { 1, 7, 4096, 1 << 20 };
	TCase *tc = tcase_create("source");

	for (size_t i = 0; i < N_ITEMS(at_once); i++)
		tcase_add_loop_test(tc,
		    windows_are_whole_however_the_bytes_arrive, at_once[i],
		    at_once[i] + 1);
	tcase_add_test(tc, the_buffer_grows_up_to_its_ceiling);
	tcase_add_test(tc, skips_more_than_it_can_hold);
	tcase_add_test(tc, a_failure_keeps_what_came_before);
	tcase_add_test(tc, peeking_uses_nothing);
	tcase_add_test(tc, a_growing_input_is_read_on);
	tcase_add_test(tc, refuses_what_is_no_file);
	return unit_run(tc);
}
