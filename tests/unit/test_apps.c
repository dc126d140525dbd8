/* Needs src/knowledge/data/apps.json, so that it runs in the top folder, as
 * tests/run does. */
#include "knowledge/apps.h"

#include <unistd.h>

#include "base/json.h"
#include "knowledge/apps_index.h"
#include "unit.h"

static const char data[] = "src/knowledge/data/apps.json";

/* Pages of Cisco's: 28 applications bypassed globally, 47 by application
 * control. */
START_TEST(has_every_application_of_umbrella)
{
	size_t bypassed = 0, controlled = 0;

	for (size_t i = 0; i < app_count(); i++) {
		struct text coverage = app_at(i)->umbrella_coverage;

		bypassed += text_is(coverage, "global-bypass");
		controlled += text_is(coverage, "application-control");
	}
	ck_assert_uint_eq(bypassed, 28);
	ck_assert_uint_eq(controlled, 47);
	ck_assert_uint_eq(app_count(), 127);
	ck_assert_ptr_null(app_at(app_count()));
}
END_TEST

START_TEST(is_what_the_file_says)
{
	struct json_object *all, *apps, *app;
	struct error e;

	all = json_file(data, &e);
	ck_assert_ptr_nonnull(all);
	ck_assert(json_object_object_get_ex(all, "apps", &apps));
	ck_assert_uint_eq(json_object_array_length(apps), app_count());
	for (size_t i = 0; i < app_count(); i++) {
		const char *coverage;

		app = json_object_array_get_idx(apps, i);
		coverage = json_object_get_string(
		    json_object_object_get(app, "umbrella_coverage"));
		ck_assert(text_is(app_at(i)->name, json_object_get_string(
		    json_object_object_get(app, "app"))));
		ck_assert(text_is(app_at(i)->umbrella_coverage,
		    coverage != NULL ? coverage : ""));
		ck_assert_uint_eq(app_at(i)->n_domains,
		    json_object_array_length(
		    json_object_object_get(app, "domains")));
	}
	json_object_put(all);
}
END_TEST

static const struct {
	const char *host, *app, *pattern;
	bool confirmed;
} hosts[] = {
	{ "www.adobe.com", "Adobe Services", "*.adobe.com", true },
	{ "a.b.adobe.com", "Adobe Services", "*.adobe.com", true },
	{ "adobe.com", NULL, "", false },
	{ "notadobe.com", NULL, "", false },
	{ "x.adobe.io", "Adobe Services", "*.adobe.io", false },
	{ "www.airbnb.com", "Airbnb", "*.airbnb.com", false },
	{ "workspaces.eu-west-1.amazonaws.com", "Amazon Workspaces",
	    "workspaces.*.amazonaws.com", true },
	{ "workspaces.a.b.amazonaws.com", NULL, "", false },
	{ "master7.teamviewer.com", "TeamViewer", "master*.teamviewer.com",
	    true },
	{ "drive.google.com", "Google Drive", "drive.google.com", true },
	{ "mail.google.com", "Google Services", "*.google.com", false },
	{ "", NULL, "", false },
	{ ".adobe.com", NULL, "", false },
	{ "*", NULL, "", false },
};

START_TEST(the_most_specific_pattern_wins)
{
	struct text pattern;
	bool confirmed;
	const struct app *app =
	    app_by_host(text_of(hosts[_i].host), &confirmed, &pattern);

	if (hosts[_i].app == NULL) {
		ck_assert_msg(app == NULL, "%s: %.*s", hosts[_i].host,
		    TEXT_ARG(pattern));
		return;
	}
	ck_assert_msg(app != NULL, "%s", hosts[_i].host);
	ck_assert_msg(text_is(app->name, hosts[_i].app), "%s: %.*s",
	    hosts[_i].host, TEXT_ARG(app->name));
	ck_assert(text_is(pattern, hosts[_i].pattern));
	ck_assert_int_eq(confirmed, hosts[_i].confirmed);
}
END_TEST

START_TEST(finds_every_domain_of_its_own)
{
	struct text pattern;
	bool confirmed;
	char name[256];

	for (size_t i = 0; i < app_count(); i++)
		for (size_t j = 0; j < app_at(i)->n_domains; j++) {
			struct text d = app_at(i)->domains[j];
			size_t n = 0;

			for (size_t k = 0; k < d.n; k++)
				name[n++] = d.at[k] == '*' ? 'x' : d.at[k];
			ck_assert_msg(app_by_host((struct text){ name, n },
			    &confirmed, &pattern) != NULL, "%.*s",
			    TEXT_ARG(d));
		}
}
END_TEST

/* Whole names first, then by the bytes that are no '*'. */
static size_t
specific(const char *pattern)
{
	size_t n = 0;

	for (const char *p = pattern; *p != '\0'; p++)
		n += *p != '*';
	return strchr(pattern, '*') != NULL ? n : n + 1000;
}

/* Odd patterns and odd hosts: the answer is that of trying each pattern alone
 * and taking the longest. */
START_TEST(finds_what_a_search_of_all_finds)
{
	static const char *const odd[] = { "*", "*.com", "a*.com", "a.com",
		"*.a.com", "b.*.a.com", "b*.a.com", "localhost", "*.a.",
		"..", "a..com", "*.b.a.com", "b.a.*", "x.b.a.com", "*a.com" };
	static const char *const named[] = { "", "a", "com", "a.com",
		"ab.com", "b.a.com", "b.x.a.com", "bb.a.com", "localhost",
		"x.a.", "..", ".", "x..com", "a..com", "x.b.a.com", "*.com",
		"*.a.com", "b.a.net", "x.y.b.a.com", ".a.com", "xa.com" };
	struct app_pattern all[N_ITEMS(odd)], sorted[N_ITEMS(odd)];
	const struct app_pattern *got, *wanted;

	for (size_t i = 0; i < N_ITEMS(odd); i++)
		all[i] = sorted[i] = (struct app_pattern){ text_of(odd[i]),
			(uint16_t)i, true };
	app_patterns_sort(sorted, N_ITEMS(odd));
	for (size_t h = 0; h < N_ITEMS(named); h++) {
		struct text host = text_of(named[h]);

		wanted = NULL;
		for (size_t i = 0; i < N_ITEMS(odd); i++)
			if (app_pattern_find(&all[i], 1, host) != NULL &&
			    (wanted == NULL || specific(odd[i]) >
			    specific(wanted->pattern.at)))
				wanted = &all[i];
		got = app_pattern_find(sorted, N_ITEMS(odd), host);
		ck_assert_msg((got == NULL) == (wanted == NULL), "%s",
		    named[h]);
		if (got != NULL)
			ck_assert_msg(specific(got->pattern.at) ==
			    specific(wanted->pattern.at), "%s: %s", named[h],
			    got->pattern.at);
	}
}
END_TEST

static int
load(const char *content, struct error *e)
{
	char path[] = "/tmp/pinspot-apps-XXXXXX";
	int fd = mkstemp(path), status;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, content, strlen(content)),
	    (int)strlen(content));
	close(fd);
	status = apps_load(path, e);
	unlink(path);
	return status;
}

START_TEST(loads_another_catalogue)
{
	struct text pattern;
	bool confirmed;
	struct error e;

	ck_assert_msg(apps_load(data, &e) == 0, "%s", e.text);
	ck_assert_uint_eq(app_count(), 127);
	ck_assert_str_eq(apps_date(), "2026-11-21");
	ck_assert(app_by_host(TEXT("www.adobe.com"), &confirmed, &pattern) !=
	    NULL);
	ck_assert(confirmed);
	ck_assert_msg(load("[{\"app\":\"Mine\",\"domains\":[\"*.a.example\"],"
	    "\"confidence\":\"likely\",\"sources\":[{\"id\":\"X\"}]}]",
	    &e) == 0, "%s", e.text);
	ck_assert_uint_eq(app_count(), 1);
	ck_assert(app_by_host(TEXT("www.adobe.com"), &confirmed, &pattern) ==
	    NULL);
	ck_assert(app_by_host(TEXT("x.a.example"), &confirmed, &pattern) !=
	    NULL);
	ck_assert(confirmed);
	ck_assert_str_eq(apps_date(), "unknown");
}
END_TEST

START_TEST(refuses_what_is_no_catalogue)
{
	static const char *const contents[] = { "", "{}", "[]", "[1]", "[{}]",
		"{\"apps\":{}}", "[{\"app\":1}]",
		"[{\"app\":\"A\",\"domains\":\"x\"}]",
		"[{\"app\":\"A\",\"domains\":[1]}]",
		"[{\"app\":\"A\",\"domains\":[\"\"]}]" };
	struct error e;

	for (size_t i = 0; i < N_ITEMS(contents); i++)
		ck_assert_msg(load(contents[i], &e) == -1, "%s", contents[i]);
	ck_assert_int_eq(apps_load("/nonexistent", &e), -1);
	ck_assert_uint_eq(app_count(), 127);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("apps");

	tcase_add_test(tc, has_every_application_of_umbrella);
	tcase_add_test(tc, is_what_the_file_says);
	tcase_add_loop_test(tc, the_most_specific_pattern_wins, 0,
	    N_ITEMS(hosts));
	tcase_add_test(tc, finds_every_domain_of_its_own);
	tcase_add_test(tc, finds_what_a_search_of_all_finds);
	tcase_add_test(tc, loads_another_catalogue);
	tcase_add_test(tc, refuses_what_is_no_catalogue);
	return unit_run(tc);
}
