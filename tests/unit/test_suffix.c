#include "knowledge/suffix.h"

#include <stdio.h>

#include "unit.h"

static const struct {
	const char *name, *registrable;
} names[] = {
	{ "api.bank.example", "bank.example" },
	{ "bank.example", "bank.example" },
	{ "example", "" },
	{ "com", "" },
	{ "www.example.co.uk", "example.co.uk" },
	{ "co.uk", "" },
	{ "d111.cloudfront.net", "d111.cloudfront.net" },
	{ "cloudfront.net", "" },
	{ "a.b.user.github.io", "user.github.io" },
	{ "github.io", "" },
	{ "www.ck", "www.ck" },
	{ "a.other.ck", "a.other.ck" },
	{ "other.ck", "" },
	{ "account.blob.core.windows.net", "account.blob.core.windows.net" },
	{ "xn--bcher-kva.example", "xn--bcher-kva.example" },
	{ "_sip.tls.example.com", "example.com" },
	{ "192.0.2.1", "" },
	{ "2001:db8::1", "" },
	{ "", "" },
	{ ".", "" },
	{ ".com", "" },
	{ "example.com.", "" },
};

START_TEST(knows_the_registrable_domain)
{
	struct text name = text_of(names[_i].name);
	struct text got = suffix_registrable(name);

	ck_assert_msg(text_is(got, names[_i].registrable), "%s: %.*s",
	    names[_i].name, TEXT_ARG(got));
	if (got.n > 0)
		ck_assert_ptr_eq(got.at + got.n, name.at + name.n);
}
END_TEST

/* Answers are remembered; however often and in whatever order names are asked
 * for, they stay the same, also when others took their place. */
START_TEST(says_the_same_again)
{
	char other[64];

	for (size_t round = 0; round < 2000; round++) {
		size_t i = round * 7 % N_ITEMS(names);
		struct text got = suffix_registrable(text_of(names[i].name));

		ck_assert_msg(text_is(got, names[i].registrable), "%s: %.*s",
		    names[i].name, TEXT_ARG(got));
		snprintf(other, sizeof(other), "a.b%zu.%s", round,
		    round % 2 == 0 ? "github.io" : "bank.example");
		got = suffix_registrable(text_of(other));
		ck_assert_msg(text_is(got, round % 2 == 0 ? other + 2 :
		    "bank.example"), "%s: %.*s", other, TEXT_ARG(got));
	}
	ck_assert(!suffix_is_public(TEXT("user.github.io")));
	ck_assert(suffix_is_public(TEXT("github.io")));
}
END_TEST

START_TEST(knows_public_suffixes)
{
	ck_assert(suffix_is_public(TEXT("com")));
	ck_assert(suffix_is_public(TEXT("cloudfront.net")));
	ck_assert(suffix_is_public(TEXT("blob.core.windows.net")));
	ck_assert(!suffix_is_public(TEXT("example.com")));
	ck_assert(!suffix_is_public(TEXT("192.0.2.1")));
	ck_assert(!suffix_is_public((struct text){ 0 }));
	ck_assert(!suffix_is_public((struct text){ "a\0b", 3 }));
}
END_TEST

START_TEST(endless_names_have_none)
{
	static char name[4096];

	memset(name, 'a', sizeof(name));
	for (size_t i = 1; i < sizeof(name); i += 2)
		name[i] = '.';
	name[sizeof(name) - 1] = 'z';
	ck_assert_uint_eq(suffix_registrable(
	    (struct text){ name, sizeof(name) }).n, 0);
}
END_TEST

START_TEST(says_how_old_it_is)
{
	ck_assert_uint_eq(strlen(suffix_date()), strlen("2026-11-22"));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("suffix");

	tcase_add_loop_test(tc, knows_the_registrable_domain, 0,
	    N_ITEMS(names));
	tcase_add_test(tc, says_the_same_again);
	tcase_add_test(tc, knows_public_suffixes);
	tcase_add_test(tc, says_how_old_it_is);
	tcase_add_test(tc, endless_names_have_none);
	return unit_run(tc);
}
