#include "unit.h"

#include <string.h>

#include "base/pattern.h"

static enum pattern_match
search(const char *source, unsigned flags, const char *subject)
{
	struct error e;
	struct pattern *p = pattern_new(text_of(source), flags, &e);
	enum pattern_match answer;

	ck_assert_msg(p != NULL, "%s", e.text);
	answer = pattern_search(p, text_of(subject));
	pattern_free(p);
	return answer;
}

START_TEST(searches_anywhere_unless_anchored)
{
	ck_assert_int_eq(search("bank", 0, "api.bank.example"), PATTERN_YES);
	ck_assert_int_eq(search("^bank", 0, "api.bank.example"), PATTERN_NO);
	ck_assert_int_eq(search("BANK", 0, "api.bank.example"), PATTERN_NO);
	ck_assert_int_eq(search("BANK", PATTERN_NOCASE, "api.bank.example"),
	    PATTERN_YES);
	ck_assert_int_eq(search("", 0, ""), PATTERN_YES);
}
END_TEST

START_TEST(gives_up_on_a_pattern_that_would_hang)
{
	char subject[65];

	memset(subject, 'a', 64);
	subject[64] = '\0';
	ck_assert_int_eq(search("^(a+)+$|^(a|aa)+b", 0, "aaaa"), PATTERN_YES);
	subject[63] = '!';
	ck_assert_int_eq(search("^(a|aa)+$", 0, subject), PATTERN_LIMIT);
}
END_TEST

START_TEST(names_the_column_of_a_mistake)
{
	struct error e = { "" };

	ck_assert_ptr_null(pattern_new(text_of("ab(c"), 0, &e));
	ck_assert_ptr_nonnull(strstr(e.text, "column 5"));
}
END_TEST

START_TEST(takes_any_bytes_as_a_subject)
{
	static const char bytes[] = { 'a', '\0', '\xff', '\xc0', 'b' };
	struct error e;
	struct pattern *p = pattern_new(TEXT("a.*b"), 0, &e);

	ck_assert_ptr_nonnull(p);
	ck_assert_int_eq(pattern_search(p, (struct text){ bytes, 5 }),
	    PATTERN_YES);
	pattern_free(p);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("pattern");

	tcase_add_test(tc, searches_anywhere_unless_anchored);
	tcase_add_test(tc, gives_up_on_a_pattern_that_would_hang);
	tcase_add_test(tc, names_the_column_of_a_mistake);
	tcase_add_test(tc, takes_any_bytes_as_a_subject);
	return unit_run(tc);
}
