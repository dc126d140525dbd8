#include "unit.h"

#include <stdio.h>

#include "base/hostname.h"

static const char label63[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			      "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

static const char *const names[] = { "a.example", "api.bank.example",
	"xn--bcher-kva.example", "_dmarc.a.example", "a_b.example",
	"1-courier.push.apple.com", "0.0.a.example", "a.xn--p1ai" };

static const struct text others[] = { TEXT_INIT(""), TEXT_INIT("*"), TEXT_INIT("localhost"),
	TEXT_INIT("a,b.example"), TEXT_INIT("=cmd|' /C calc'!A0.example"),
	TEXT_INIT("a..example"), TEXT_INIT(".a.example"), TEXT_INIT("a.example."),
	TEXT_INIT("-a.example"), TEXT_INIT("a-.example"), TEXT_INIT("A.example"),
	TEXT_INIT("a b.example"), TEXT_INIT("a\n.example"), TEXT_INIT("a\0b.example"),
	TEXT_INIT("a.example\0"), TEXT_INIT("\x1b[2J.example"), TEXT_INIT("\xff\xfe.example"),
	TEXT_INIT("b\xc3\xbc" "cher.example"), TEXT_INIT("192.0.2.1"), TEXT_INIT("0x7f.1"),
	TEXT_INIT("2001:db8::1"), TEXT_INIT("[2001:db8::1]"), TEXT_INIT("a.example:443"),
	TEXT_INIT("a.example/"), TEXT_INIT("$(id).example"), TEXT_INIT("`id`.example"),
	TEXT_INIT("a;b.example"), TEXT_INIT("a|b.example"), TEXT_INIT("a&b.example"),
	TEXT_INIT("a>b.example"), TEXT_INIT("a'b.example"), TEXT_INIT("a\"b.example"),
	TEXT_INIT("<b>.example"), TEXT_INIT("a\\.example"), TEXT_INIT("*.example"),
	TEXT_INIT("a.*.example"), TEXT_INIT("..") };

START_TEST(takes_host_names)
{
	ck_assert(hostname_valid(text_of(names[_i])));
}
END_TEST

START_TEST(refuses_everything_else)
{
	ck_assert(!hostname_valid(others[_i]));
}
END_TEST

START_TEST(keeps_to_the_lengths)
{
	char name[400];
	struct text t = { name, 0 };

	snprintf(name, sizeof(name), "%s.example", label63);
	t = text_of(name);
	ck_assert(hostname_valid(t));
	snprintf(name, sizeof(name), "x%s.example", label63);
	t = text_of(name);
	ck_assert(!hostname_valid(t));
	snprintf(name, sizeof(name), "%s.%s.%s.%.61s", label63, label63,
	    label63, label63);
	t = text_of(name);
	ck_assert_uint_eq(t.n, 253);
	ck_assert(hostname_valid(t));
	snprintf(name, sizeof(name), "%s.%s.%s.%.62s", label63, label63,
	    label63, label63);
	t = text_of(name);
	ck_assert(!hostname_valid(t));
}
END_TEST

START_TEST(refuses_255_labels)
{
	char name[512];

	for (int i = 0; i < 255; i++) {
		name[2 * i] = 'a';
		name[2 * i + 1] = '.';
	}
	ck_assert(!hostname_valid((struct text){ name, 509 }));
}
END_TEST

START_TEST(walks_labels)
{
	struct text t = TEXT("a.b.example");

	ck_assert_uint_eq(hostname_labels(t), 3);
	ck_assert(text_is(hostname_skip(t, 1), "b.example"));
	ck_assert_uint_eq(hostname_skip(t, 3).n, 0);
	ck_assert(hostname_below(t, TEXT("B.Example")));
	ck_assert(!hostname_below(t, t));
	ck_assert(!hostname_below(TEXT("xb.example"), TEXT("b.example")));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("hostname");

	tcase_add_loop_test(tc, takes_host_names, 0, N_ITEMS(names));
	tcase_add_loop_test(tc, refuses_everything_else, 0, N_ITEMS(others));
	tcase_add_test(tc, keeps_to_the_lengths);
	tcase_add_test(tc, refuses_255_labels);
	tcase_add_test(tc, walks_labels);
	return unit_run(tc);
}
