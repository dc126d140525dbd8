#include "input/memo.h"

#include <stdio.h>

#include "unit.h"

static unsigned n_asked;

/* The number in "alert 17"; -1 for other names. */
static int
number_in(struct text name)
{
	uint64_t number;

	n_asked++;
	if (!text_starts(name, "alert "))
		return -1;
	return text_u64((struct text){ name.at + 6, name.n - 6 }, &number) ?
	    (int)number : -1;
}

START_TEST(asks_once_for_a_name)
{
	struct memo m = { 0 };

	n_asked = 0;
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(memo_code(&m, TEXT("alert 48"), number_in),
		    48);
		ck_assert_int_eq(memo_code(&m, TEXT("junk"), number_in), -1);
	}
	ck_assert_uint_eq(n_asked, 2);
}
END_TEST

/* More names than slots: none gets the number of another. */
START_TEST(keeps_names_apart)
{
	struct memo m = { 0 };
	char name[16];

	for (int i = 0; i < 3000; i++) {
		int number = i * 7 % 256;

		snprintf(name, sizeof(name), "alert %d", number);
		ck_assert_int_eq(memo_code(&m, text_of(name), number_in),
		    number);
	}
}
END_TEST

START_TEST(remembers_no_name_that_is_too_long)
{
	static char name[MEMO_NAME + 1] = "alert 7";
	struct memo m = { 0 };

	n_asked = 0;
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(memo_code(&m, (struct text){ name,
		    sizeof(name) }, number_in), -1);
	ck_assert_int_eq(memo_code(&m, TEXT(""), number_in), -1);
	ck_assert_uint_eq(n_asked, 3);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("memo");

	tcase_add_test(tc, asks_once_for_a_name);
	tcase_add_test(tc, keeps_names_apart);
	tcase_add_test(tc, remembers_no_name_that_is_too_long);
	return unit_run(tc);
}
