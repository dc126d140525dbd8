/* Needs src/knowledge/data/hsts.txt, so that it runs in the top folder, as
 * tests/run does. */
#include "knowledge/hsts.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "unit.h"

static const char data[] = "src/knowledge/data/hsts.txt";

static bool
found(const char *host, struct hsts_entry *entry)
{
	return hsts_lookup(text_of(host), entry);
}

START_TEST(finds_every_name_of_the_list)
{
	FILE *f = fopen(data, "r");
	struct hsts_entry e;
	size_t n = 0;
	char line[512];

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		char *flags;
		bool listed;

		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			continue;
		flags = strchr(line, '\t');
		if (flags != NULL)
			*flags++ = '\0';
		n++;
		listed = found(line, &e);
		ck_assert_msg(text_is(e.domain, line), "%s", line);
		ck_assert_int_eq(listed,
		    flags == NULL || strstr(flags, "only-pins") == NULL);
		ck_assert_int_eq(e.pinned,
		    flags != NULL && strstr(flags, "pins") != NULL);
		ck_assert_int_eq(e.include_subdomains,
		    flags == NULL || strstr(flags, "exact") == NULL);
	}
	fclose(f);
	ck_assert_uint_eq(n, hsts_count());
	ck_assert_uint_gt(n, 90000);
}
END_TEST

/* Names that cannot be in any list, made of ones that are: a letter more or
 * less somewhere is what a lossy table would get wrong. */
START_TEST(finds_no_absent_name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	uint32_t random = 1;
	struct hsts_entry e;
	char name[64];
	size_t n;

	for (int i = 0; i < 100000; i++) {
		random = random * 1664525 + 1013904223;
		n = 3 + (random >> 28);
		for (size_t j = 0; j < n; j++) {
			random = random * 1664525 + 1013904223;
			name[j] = letters[(random >> 16) % 37];
		}
		snprintf(name + n, sizeof(name) - n, "-zq%s",
		    i % 2 == 0 ? ".com" : ".net");
		ck_assert_msg(!found(name, &e), "%s", name);
		ck_assert_uint_eq(e.domain.n, 0);
	}
}
END_TEST

START_TEST(a_parent_covers_its_subdomains)
{
	struct hsts_entry e;

	ck_assert(found("accounts.google.com", &e));
	ck_assert(found("a.b.github.com", &e));
	ck_assert(text_is(e.domain, "github.com"));
	ck_assert(e.include_subdomains);
	ck_assert(found("anything.dev", &e));
	ck_assert(text_is(e.domain, "dev"));
	ck_assert(!found("notgithub.com", &e));
	ck_assert(!found("github.com.evil.test", &e));
	ck_assert(!found("com", &e));
	ck_assert(!found("", &e));
	ck_assert(!found(".", &e));
	ck_assert(!found("..", &e));
	ck_assert(!found("192.0.2.1", &e));
}
END_TEST

START_TEST(an_exact_name_covers_itself_only)
{
	struct hsts_entry e;

	ck_assert(found("1.0.0.1", &e));
	ck_assert(!e.include_subdomains);
	ck_assert(!found("x.1.0.0.1", &e));
	ck_assert_uint_eq(e.domain.n, 0);
}
END_TEST

START_TEST(endless_names_are_absent)
{
	static char name[100000];
	struct hsts_entry e;

	memset(name, '.', sizeof(name));
	for (size_t n = 0; n < 300; n++)
		ck_assert(!hsts_lookup((struct text){ name, n }, &e));
	ck_assert(!hsts_lookup((struct text){ name, sizeof(name) }, &e));
	memset(name, 0xff, sizeof(name));
	for (size_t n = 0; n < 300; n++)
		ck_assert(!hsts_lookup((struct text){ name, n }, &e));
}
END_TEST

/* Write a list and load it. */
static int
load(const char *content, struct error *e)
{
	char path[] = "/tmp/pinspot-hsts-XXXXXX";
	int fd = mkstemp(path), status;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, strlen(content)),
	    (int)strlen(content));
	close(fd);
	status = hsts_load(path, e);
	unlink(path);
	return status;
}

START_TEST(loads_chromiums_json)
{
	struct hsts_entry h;
	struct error e;

	ck_assert_msg(load("// Copyright\n// more\n{\n  \"pinsets\": [],\n"
	    "  // the list\n  \"entries\": [\n"
	    "    { \"name\": \"one.example\", \"policy\": \"custom\", "
	    "\"mode\": \"force-https\", \"include_subdomains\": true },\n"
	    "    { \"name\": \"two.example\", \"mode\": \"force-https\" },\n"
	    "    // a comment\n"
	    "    { \"name\": \"pins.example\", \"pins\": \"google\", "
	    "\"include_subdomains_for_pinning\": true }\n  ]\n}\n", &e) == 0,
	    "%s", e.text);
	ck_assert_uint_eq(hsts_count(), 3);
	ck_assert(found("a.one.example", &h));
	ck_assert(found("two.example", &h));
	ck_assert(!found("a.two.example", &h));
	ck_assert(!found("a.pins.example", &h));
	ck_assert(h.pinned);
	ck_assert(!found("github.com", &h));
	ck_assert_str_eq(hsts_date(), "unknown");
}
END_TEST

START_TEST(loads_our_own_form)
{
	struct hsts_entry h;
	struct error e;

	ck_assert(hsts_load(data, &e) == 0);
	ck_assert_uint_gt(hsts_count(), 90000);
	ck_assert_int_eq(load("# date: 2030-01-02\nOne.Example\texact\n"
	    "two.example.\n\none.example\texact\n", &e), 0);
	ck_assert_uint_eq(hsts_count(), 2);
	ck_assert_str_eq(hsts_date(), "2030-01-02");
	ck_assert(found("one.example", &h));
	ck_assert(found("x.two.example", &h));
}
END_TEST

START_TEST(refuses_what_is_no_list)
{
	struct hsts_entry h;
	struct error e;

	ck_assert_int_eq(load("", &e), -1);
	ck_assert_int_eq(load("{}", &e), -1);
	ck_assert_int_eq(load("{\"entries\":[{}]}", &e), -1);
	ck_assert_int_eq(load("{\"entries\":[", &e), -1);
	ck_assert_int_eq(load("a.example\tsometimes\n", &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, ":1: expected a host name"));
	ck_assert_int_eq(load("two words\n", &e), -1);
	ck_assert_int_eq(hsts_load("/nonexistent", &e), -1);
	ck_assert_msg(found("github.com", &h), "the old list is gone");
}
END_TEST

/* Prints the size and the time per lookup; the bounds are wide, so that a busy
 * machine does not fail them. */
START_TEST(is_small_and_quick)
{
	static const char *const hosts[] = { "www.example.com", "github.com",
		"api.bank.example", "a.very.long.name.in.some.cloud.example.net",
		"play.google.com", "login.microsoftonline.com",
		"zzzz.dev", "0.pool.ntp.org" };
	struct timespec from, to;
	struct hsts_entry e;
	double ns;
	int n = 0;

	clock_gettime(CLOCK_MONOTONIC, &from);
	for (int i = 0; i < 400000; i++)
		n += found(hosts[i % 8], &e);
	clock_gettime(CLOCK_MONOTONIC, &to);
	ns = ((double)(to.tv_sec - from.tv_sec) * 1e9 +
	    (double)(to.tv_nsec - from.tv_nsec)) / 400000;
	printf("hsts: %zu names in %zu bytes, %.0f ns per host\n",
	    hsts_count(), hsts_size(), ns);
	ck_assert_int_gt(n, 0);
	ck_assert_uint_lt(hsts_size(), 1000000);
	ck_assert_double_lt(ns, 50000);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("hsts");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, finds_every_name_of_the_list);
	tcase_add_test(tc, finds_no_absent_name);
	tcase_add_test(tc, a_parent_covers_its_subdomains);
	tcase_add_test(tc, an_exact_name_covers_itself_only);
	tcase_add_test(tc, endless_names_are_absent);
	tcase_add_test(tc, loads_chromiums_json);
	tcase_add_test(tc, loads_our_own_form);
	tcase_add_test(tc, refuses_what_is_no_list);
	tcase_add_test(tc, is_small_and_quick);
	return unit_run(tc);
}
