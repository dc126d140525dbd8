#include "base/library.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#define LIBC(F) F(strlen) F(strchr)

struct libc {
	LIBC(LIBRARY_POINTER)
};

static const struct library libc = {
	"libc", { "libnone.so.7", "libc.so.6" }, LIBRARY_NAMES(LIBC),
};

static const struct library none = {
	"libnone", { "libnone.so.7", "libnone.so" }, LIBRARY_NAMES(LIBC),
};

static const char *const more[] = { "strlen", "strmagic", NULL };
static const struct library old = { "libc", { "libc.so.6" }, more };

START_TEST(calls_what_the_first_file_that_is_there_has)
{
	struct libc lib;
	struct error e;

	ck_assert_int_eq(library_load(&libc, &lib, "x", &e), 0);
	ck_assert_uint_eq(lib.strlen("pin"), 3);
	ck_assert_str_eq(lib.strchr("spot", 'o'), "ot");
}
END_TEST

START_TEST(tells_what_is_missing_and_where)
{
	struct libc lib;
	struct error e;

	ck_assert_int_eq(library_load(&none, &lib, "a.gz", &e), -1);
	ck_assert_ptr_eq(strstr(e.text, "a.gz: libnone is needed for this, and "
	    "cannot be loaded (libnone.so.7: "), e.text);
	ck_assert_ptr_nonnull(strstr(e.text, "); install it"));
}
END_TEST

START_TEST(tells_which_function_an_older_one_has_not)
{
	struct libc lib;
	struct error e;

	ck_assert_int_eq(library_load(&old, &lib, "filter", &e), -1);
	ck_assert_str_eq(e.text, "filter: libc is needed for this, and the one "
	    "here has no strmagic; install a newer one");
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("library");

	tcase_add_test(tc, calls_what_the_first_file_that_is_there_has);
	tcase_add_test(tc, tells_what_is_missing_and_where);
	tcase_add_test(tc, tells_which_function_an_older_one_has_not);
	return unit_run(tc);
}
