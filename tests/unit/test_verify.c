#include "unit.h"

#include "exclude/product.h"
#include "exclude/verify.h"
#include "traffic.h"

static struct day
sample(void)
{
	struct day d = day_new();
	struct cell *c;

	day_rejects(&d, "api.bank.example", "10.0.0.1", "app", 10,
	    CLASS_PINNING);
	day_rejects(&d, "bank.example", "10.0.0.1", "app", 3, CLASS_PINNING);
	day_rejects(&d, "a.b.bank.example", "10.0.0.1", "app", 2,
	    CLASS_PINNING);
	day_accepts(&d, "www.shop.example", "10.0.0.3", "browser", 900);
	/* Excluded with effect: seen, not intercepted. */
	c = day_cell(&d, "good.example", "10.0.0.1", "app");
	c->connections = c->accepted = 5;
	c->interception = INTERCEPTION_NONE;
	c = day_cell(&d, "blocked.example", "10.0.0.1", "app");
	c->connections = 4;
	c->class = CLASS_BLOCK_PAGE;
	return d;
}

/* Is there this complaint on this entry? */
static const struct complaint *
find(const struct verification *v, const char *entry, enum problem problem)
{
	for (size_t i = 0; i < v->n; i++)
		if (text_is(v->complaints[i].entry->entry, entry) &&
		    v->complaints[i].problem == problem)
			return &v->complaints[i];
	return NULL;
}

static const struct {
	const char *product, *content, *entry;
	enum problem problem; /* PROBLEM_NONE: nothing on this entry */
} cases[] = {
	{ "plain", "api.bank.example\n", "api.bank.example",
	    PROBLEM_NOT_EFFECTIVE },
	{ "plain", "good.example\n", "good.example", PROBLEM_NONE },
	{ "plain", "blocked.example\n", "blocked.example",
	    PROBLEM_BLOCK_PAGE },
	{ "plain", "gone.example\n", "gone.example", PROBLEM_STALE },
	{ "plain", "good.example\ngood.example\n", "good.example",
	    PROBLEM_DUPLICATE },
	{ "plain", "*.good.example\nx.good.example\n", "x.good.example",
	    PROBLEM_SHADOWED },
	{ "zscaler", "good.example\n.good.example\n", "good.example",
	    PROBLEM_SHADOWED },
	{ "umbrella", "good.example\na.good.example\n", "a.good.example",
	    PROBLEM_SHADOWED },
	{ "squid", ".good.example\nGOOD.example\n", "GOOD.example",
	    PROBLEM_SHADOWED },
	{ "plain", "*.cloudfront.net\n", "*.cloudfront.net",
	    PROBLEM_TOO_WIDE },
	{ "umbrella", "com\n", "com", PROBLEM_TOO_WIDE },
	{ "plain", "0.0.0.0/0\n", "0.0.0.0/0", PROBLEM_TOO_WIDE },
	{ "sslproxy", "example*\n", "example*", PROBLEM_TOO_WIDE },
	{ "panos", "*.bank.example\n", "*.bank.example", PROBLEM_MISSES },
	{ "panos", "good.example/\nb.example\n", "b.example", PROBLEM_FORM },
	{ "umbrella", "*.good.example\n", "*.good.example", PROBLEM_FORM },
	{ "zscaler", "https://good.example\n", "https://good.example",
	    PROBLEM_FORM },
	{ "plain", "good.example # pinspot: pinning f-1 2024-01-01 review "
	    "2024-03-31\n", "good.example", PROBLEM_EXPIRED },
	{ "plain", "entry,product,review\ngood.example,plain,2024-10-01\n",
	    "good.example", PROBLEM_EXPIRED },
	{ "plain", "entry,product,review\ngood.example,plain,soon\n",
	    "good.example", PROBLEM_FORM },
	{ "plain", "entry,product,review\ngood.example,plain,2025-01-01\n",
	    "good.example", PROBLEM_NONE },
};

START_TEST(tells_what_is_wrong)
{
	struct day d = sample();
	struct verification v;
	struct exclusions list;
	uint64_t sum = 0;

	list_init(&list);
	list_read(&list, product_by_name(text_of(cases[_i].product)),
	    text_of(cases[_i].content));
	ck_assert_uint_gt(list.n, 0);
	verify_run(&v, d.r, &list);
	if (cases[_i].problem != PROBLEM_NONE)
		ck_assert_msg(find(&v, cases[_i].entry, cases[_i].problem) !=
		    NULL, "%s", cases[_i].content);
	else
		for (enum problem p = PROBLEM_NONE; p < N_PROBLEMS; p++)
			ck_assert_ptr_null(find(&v, cases[_i].entry, p));
	for (enum problem p = PROBLEM_NONE; p < N_PROBLEMS; p++)
		sum += v.counts[p];
	ck_assert_uint_ge(sum, list.n);
	verify_free(&v);
	list_free(&list);
	report_free(d.r);
}
END_TEST

/* Apex and depth: both names that "*.bank.example" does not reach in PAN-OS. */
START_TEST(names_the_hosts_that_are_missed)
{
	struct day d = sample();
	struct verification v;
	struct exclusions list;
	size_t n = 0;

	list_init(&list);
	list_read(&list, product_by_name(TEXT("panos")),
	    TEXT("*.bank.example\n"));
	verify_run(&v, d.r, &list);
	for (size_t i = 0; i < v.n; i++) {
		const struct complaint *c = &v.complaints[i];

		if (c->problem != PROBLEM_MISSES)
			continue;
		n++;
		ck_assert(text_is(c->host, "bank.example") ||
		    text_is(c->host, "a.b.bank.example"));
	}
	ck_assert_uint_eq(n, 2);
	verify_free(&v);
	list_free(&list);
	report_free(d.r);
}
END_TEST

START_TEST(marks_the_hosts_for_the_rules)
{
	struct day d = sample();
	struct exclusions list;

	list_init(&list);
	list_read(&list, product_by_name(TEXT("panos")),
	    TEXT("*.bank.example\nwww.shop.example\n"));
	verify_mark(d.r, &list);
	for (size_t i = 0; i < d.r->n_hosts; i++)
		ck_assert(d.r->hosts[i].excluded ==
		    (text_is(d.r->hosts[i].name, "api.bank.example") ||
		    text_is(d.r->hosts[i].name, "www.shop.example")));
	list_free(&list);
	report_free(d.r);
}
END_TEST

/* What a rule of the user's ignores is no complaint, and a block page stays one
 * though the rules speak of the list first. */
START_TEST(takes_the_word_of_the_rules)
{
	static const struct traits block_page = { .block_page = 4 };
	struct failure failure = { .traits = &block_page };
	struct day d = sample();
	struct verification v;
	struct exclusions list;
	struct cell *c;

	d.r->cells[0].class = CLASS_IGNORE; /* api.bank.example */
	c = &d.r->cells[d.r->n_cells - 1]; /* blocked.example */
	c->class = CLASS_NOT_EFFECTIVE;
	c->failure = &failure;
	list_init(&list);
	list_read(&list, product_by_name(TEXT("plain")),
	    TEXT("api.bank.example\nblocked.example\n"));
	verify_run(&v, d.r, &list);
	ck_assert_ptr_null(find(&v, "api.bank.example",
	    PROBLEM_NOT_EFFECTIVE));
	ck_assert_ptr_nonnull(find(&v, "blocked.example", PROBLEM_BLOCK_PAGE));
	ck_assert_ptr_null(find(&v, "blocked.example",
	    PROBLEM_NOT_EFFECTIVE));
	verify_free(&v);
	list_free(&list);
	report_free(d.r);
}
END_TEST

/* What was intercepted before the entry came is no fault of the entry. */
START_TEST(looks_only_at_traffic_since_the_entry)
{
	static const struct {
		const char *added;
		bool effective;
	} days[] = { { "2024-10-01", true }, { "2024-09-01", false } };

	for (size_t i = 0; i < N_ITEMS(days); i++) {
		struct day d = sample();
		struct verification v;
		struct exclusions list;

		for (size_t k = 0; k < d.r->n_cells; k++)
			d.r->cells[k].last = d.r->last - 20 * CLOCK_DAY;
		list_init(&list);
		list_read(&list, NULL, TEXT("entry,product,added\n"
		    "api.bank.example,plain,2024-09-01\n"));
		ck_assert_uint_eq(list.n, 1);
		list.entries[0].added = text_of(days[i].added);
		verify_run(&v, d.r, &list);
		ck_assert_int_eq(find(&v, "api.bank.example",
		    PROBLEM_NOT_EFFECTIVE) == NULL, days[i].effective);
		verify_free(&v);
		list_free(&list);
		report_free(d.r);
	}
}
END_TEST

START_TEST(copes_with_a_list_of_a_hundred_thousand)
{
	struct day d = sample();
	struct verification v;
	struct exclusions list;
	struct buf text = { 0 };

	for (int i = 0; i < 100000; i++)
		buf_printf(&text, "h%d.d%d.example\n", i, i / 10);
	list_init(&list);
	list_read(&list, product_by_name(TEXT("umbrella")), buf_view(&text));
	ck_assert_uint_eq(list.n, 100000);
	verify_run(&v, d.r, &list);
	ck_assert_uint_eq(v.counts[PROBLEM_STALE], 100000);
	verify_free(&v);
	list_free(&list);
	report_free(d.r);
	buf_free(&text);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("verify");

	tcase_add_loop_test(tc, tells_what_is_wrong, 0, N_ITEMS(cases));
	tcase_add_test(tc, names_the_hosts_that_are_missed);
	tcase_add_test(tc, marks_the_hosts_for_the_rules);
	tcase_add_test(tc, takes_the_word_of_the_rules);
	tcase_add_test(tc, looks_only_at_traffic_since_the_entry);
	tcase_add_test(tc, copes_with_a_list_of_a_hundred_thousand);
	return unit_run(tc);
}
