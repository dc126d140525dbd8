#include "unit.h"

#include "exclude/product.h"
#include "exclude/suggest.h"
#include "traffic.h"

static const struct entry *
find(const struct report *r, const char *entry)
{
	for (size_t i = 0; i < r->n_suggestions; i++)
		if (text_is(r->suggestions[i].entry, entry))
			return &r->suggestions[i];
	return NULL;
}

static void
suggest(struct day *d, const char *product)
{
	struct error e;

	ck_assert_msg(suggest_entries(d->r, product, &e) == 0, "%s", e.text);
}

START_TEST(names_the_host_exactly_with_its_price)
{
	struct day d = day_new();
	const struct entry *e;

	day_rejects(&d, "api.bank.example", "10.0.0.1", "app", 10,
	    CLASS_PINNING);
	day_rejects(&d, "api.bank.example", "10.0.0.2", "app", 4,
	    CLASS_PINNING);
	day_accepts(&d, "api.bank.example", "10.0.0.3", "browser", 57);
	day_accepts(&d, "www.shop.example", "10.0.0.3", "browser", 900);
	suggest(&d, "panos");
	e = find(d.r, "api.bank.example");
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(e->verdict, VERDICT_ADD);
	ck_assert_uint_eq(e->fixes, 14);
	ck_assert_uint_eq(e->inspected_lost, 57);
	ck_assert_uint_eq(e->bytes_lost, 57000);
	ck_assert_uint_eq(e->clients_lost, 1);
	ck_assert_uint_eq(e->n_findings, 1);
	ck_assert_uint_eq(d.r->n_suggestions, 1);
	ck_assert_uint_eq(d.r->findings[0].n_entries, 1);
	ck_assert(text_is(e->comment, "pinspot: pinning f-00000001 2024-10-04 "
	    "review 2025-01-02"));
	report_free(d.r);
}
END_TEST

/* In a log of failures only several clients may all lack the CA, and what works is
 * not told: neither the verdict nor the price is known. */
START_TEST(knows_no_price_where_only_failures_are_told)
{
	struct day d = day_new();
	const struct entry *e;

	for (int i = 0; i < 6; i++) {
		char client[16];

		snprintf(client, sizeof(client), "10.0.0.%d", i);
		day_rejects(&d, "api.bank.example", client, "", 2,
		    CLASS_PINNING);
	}
	d.r->totals.told_rejected = 12;
	suggest(&d, "panos");
	e = find(d.r, "api.bank.example");
	ck_assert_int_eq(e->verdict, VERDICT_INVESTIGATE);
	ck_assert(e->lost_unknown);
	ck_assert_uint_eq(e->fixes, 12);
	d.r->totals.told_accepted = 1;
	suggest(&d, "panos");
	e = find(d.r, "api.bank.example");
	ck_assert_int_eq(e->verdict, VERDICT_ADD);
	ck_assert(!e->lost_unknown);
	report_free(d.r);
}
END_TEST

/* Where one client alone refuses, nobody knows what it is. */
START_TEST(investigates_what_one_client_pins)
{
	struct day d = day_new();

	day_rejects(&d, "c2.evil.example", "10.0.0.1", "app", 30,
	    CLASS_PINNING);
	suggest(&d, "plain");
	ck_assert_int_eq(find(d.r, "c2.evil.example")->verdict,
	    VERDICT_INVESTIGATE);
	ck_assert_int_eq(find(d.r, "c2.evil.example")->risk, RISK_HIGH);
	ck_assert_str_eq(d.r->findings[0].action, "investigate");
	report_free(d.r);
}
END_TEST

static const enum class never[] = { CLASS_PRIVATE_STORE, CLASS_MISSING_CA,
	CLASS_BROWSER_REJECT, CLASS_PROXY_CERT, CLASS_UPSTREAM_CERT,
	CLASS_BLOCK_PAGE, CLASS_NOT_EFFECTIVE, CLASS_NETWORK,
	CLASS_UNDETERMINED, CLASS_HSTS_PRELOAD, CLASS_PROTOCOL_MISMATCH,
	CLASS_RESUMPTION_MISMATCH };

START_TEST(gives_nothing_where_an_exclusion_does_not_cure)
{
	struct day d = day_new();

	day_rejects(&d, "a.bank.example", "10.0.0.1", "app", 9, never[_i]);
	day_rejects(&d, "a.bank.example", "10.0.0.2", "app", 9, never[_i]);
	suggest(&d, "panos");
	ck_assert_uint_eq(d.r->n_suggestions, 0);
	ck_assert_uint_eq(d.r->findings[0].n_entries, 0);
	report_free(d.r);
}
END_TEST

START_TEST(shows_workarounds_on_request)
{
	struct day d = day_new();
	struct error e;

	day_rejects(&d, "a.bank.example", "10.0.0.1", "chrome", 9,
	    CLASS_HSTS_PRELOAD);
	day_rejects(&d, "b.bank.example", "10.0.0.1", "chrome", 9,
	    CLASS_MISSING_CA);
	ck_assert_int_eq(suggest_with_workarounds(d.r, "panos", &e), 0);
	ck_assert_uint_eq(d.r->n_suggestions, 1);
	ck_assert_int_eq(d.r->suggestions[0].verdict, VERDICT_WORKAROUND);
	report_free(d.r);
}
END_TEST

/* Three names of one domain, nothing else of it works: one wildcard. */
START_TEST(folds_names_when_that_gives_up_nothing)
{
	static const char *const names[] = { "a.push.bank.example",
		"b.push.bank.example", "c.push.bank.example" };
	struct day d = day_new();

	for (size_t i = 0; i < 3; i++) {
		day_rejects(&d, names[i], "10.0.0.1", "app", 5, CLASS_PINNING);
		day_rejects(&d, names[i], "10.0.0.2", "app", 5, CLASS_PINNING);
	}
	day_accepts(&d, "www.bank.example", "10.0.0.3", "browser", 9);
	suggest(&d, "panos");
	ck_assert_uint_eq(d.r->n_suggestions, 1);
	ck_assert(text_is(d.r->suggestions[0].entry, "*.push.bank.example"));
	ck_assert_uint_eq(d.r->suggestions[0].fixes, 30);
	ck_assert_uint_eq(d.r->suggestions[0].inspected_lost, 0);
	ck_assert_uint_eq(d.r->suggestions[0].n_findings, 3);
	report_free(d.r);
}
END_TEST

START_TEST(keeps_names_apart_when_a_wildcard_costs)
{
	struct day d = day_new();
	const struct entry *e;

	day_rejects(&d, "a.bank.example", "10.0.0.1", "app", 5, CLASS_PINNING);
	day_rejects(&d, "b.bank.example", "10.0.0.1", "app", 5, CLASS_PINNING);
	day_rejects(&d, "c.bank.example", "10.0.0.1", "app", 5, CLASS_PINNING);
	day_accepts(&d, "www.bank.example", "10.0.0.3", "browser", 4249);
	suggest(&d, "panos");
	ck_assert_ptr_nonnull(find(d.r, "a.bank.example"));
	ck_assert_ptr_nonnull(find(d.r, "c.bank.example"));
	e = find(d.r, "*.bank.example");
	ck_assert_ptr_nonnull(e);
	ck_assert_int_eq(e->verdict, VERDICT_TOO_WIDE);
	ck_assert_msg(text_is(e->why,
	    "too wide: +0 fixed, 4249 more inspected sessions lost"), "%.*s",
	    TEXT_ARG(e->why));
	/* What is not suggested comes last, and is no finding's entry. */
	ck_assert_ptr_eq(e, &d.r->suggestions[d.r->n_suggestions - 1]);
	for (size_t i = 0; i < d.r->n_findings; i++)
		ck_assert_uint_eq(d.r->findings[i].n_entries, 1);
	report_free(d.r);
}
END_TEST

START_TEST(never_crosses_a_public_suffix)
{
	static const char *const names[] = { "a.cloudfront.net",
		"b.cloudfront.net", "c.cloudfront.net", "d.cloudfront.net" };
	struct day d = day_new();

	for (size_t i = 0; i < 4; i++) {
		day_rejects(&d, names[i], "10.0.0.1", "app", 5, CLASS_PINNING);
		day_rejects(&d, names[i], "10.0.0.2", "app", 5, CLASS_PINNING);
	}
	suggest(&d, product_at((size_t)_i)->name);
	ck_assert_uint_eq(d.r->n_suggestions, 4);
	for (size_t i = 0; i < 4; i++)
		ck_assert_uint_eq(d.r->suggestions[i].fixes, 10);
	report_free(d.r);
}
END_TEST

static const char *const hostile[] = { "*", "a,b", "=cmd|' /C calc'!A0",
	"..", "a..b.example", "-a.example", "a\nb.example", "a\tb.example",
	"\x1b[2J.example", "\xff\xfe.example", "a\"b.example", "a'b.example",
	"$(id).example", "`id`.example", "a;b.example", "a|b.example",
	"<script>.example", "*.example", "a\\.example", "com", "localhost",
	"a b.example", "a.example/x", "a.example:443", "@a.example",
	"%2e.example", "a.1.2.3", "" };

START_TEST(never_makes_an_entry_of_a_hostile_name)
{
	const struct product *p = product_at((size_t)_i);
	struct day d = day_new();

	for (size_t i = 0; i < N_ITEMS(hostile); i++) {
		day_rejects(&d, hostile[i], "10.0.0.1", "app", 5,
		    CLASS_PINNING);
		day_rejects(&d, hostile[i], "10.0.0.2", "app", 5,
		    CLASS_PINNING);
	}
	suggest(&d, p->name);
	ck_assert_uint_eq(d.r->n_suggestions, 0);
	report_free(d.r);
}
END_TEST

/* Umbrella's entries reach further than they say: the price knows. */
START_TEST(prices_by_the_products_own_matcher)
{
	struct day d = day_new();

	day_rejects(&d, "bank.example", "10.0.0.1", "app", 5, CLASS_PINNING);
	day_rejects(&d, "bank.example", "10.0.0.2", "app", 5, CLASS_PINNING);
	day_accepts(&d, "www.bank.example", "10.0.0.3", "browser", 40);
	suggest(&d, "umbrella");
	ck_assert_uint_eq(find(d.r, "bank.example")->inspected_lost, 40);
	ck_assert_uint_eq(find(d.r, "bank.example")->n_others, 1);
	ck_assert_int_eq(find(d.r, "bank.example")->risk, RISK_MEDIUM);
	suggest(&d, "panos");
	ck_assert_uint_eq(find(d.r, "bank.example")->inspected_lost, 0);
	report_free(d.r);
}
END_TEST

START_TEST(counts_only_what_was_inspected)
{
	struct day d = day_new();
	struct cell *c;

	day_rejects(&d, "a.bank.example", "10.0.0.1", "app", 5, CLASS_PINNING);
	c = day_cell(&d, "a.bank.example", "10.0.0.2", "app");
	c->accepted = c->attempts.accepted = 7;
	c->interception = INTERCEPTION_NONE;
	suggest(&d, "panos");
	ck_assert_uint_eq(d.r->suggestions[0].inspected_lost, 0);
	/* An acceptance without interception says nothing on pinning. */
	ck_assert_int_eq(d.r->suggestions[0].verdict, VERDICT_INVESTIGATE);
	report_free(d.r);
}
END_TEST

/* A log tells of a client's session that failed on its way to the origin. */
START_TEST(counts_what_failed_on_the_server_leg)
{
	struct day d = day_new();
	struct cell *c;

	for (int i = 0; i < 2; i++) {
		day_rejects(&d, "mtls.bank.example", i == 0 ? "10.0.0.1" :
		    "10.0.0.2", "app", 0, CLASS_CLIENT_AUTH);
		c = &d.r->cells[d.r->n_cells - 1];
		c->leg = LEG_SERVER;
		c->attempts.refused = 4;
	}
	/* The same as the interceptor's own connection, seen in a capture. */
	day_rejects(&d, "mtls.bank.example", "192.0.2.1", "proxy", 0,
	    CLASS_CLIENT_AUTH);
	d.r->profiles[2].leg = LEG_SERVER;
	d.r->cells[2].attempts.refused = 8;
	suggest(&d, "panos");
	ck_assert_uint_eq(d.r->n_suggestions, 1);
	ck_assert_uint_eq(d.r->suggestions[0].fixes, 8);
	ck_assert_int_eq(d.r->suggestions[0].verdict, VERDICT_ADD);
	report_free(d.r);
}
END_TEST

/* FortiOS' proxy-based profiles resolve a name: its neighbours go with it. */
START_TEST(warns_of_names_at_the_same_address)
{
	static struct endpoint shared = { 4, 0, { 203, 0, 113, 7 } };
	struct day d = day_new();

	day_rejects(&d, "a.bank.example", "10.0.0.1", "app", 5, CLASS_PINNING);
	day_accepts(&d, "b.shop.example", "10.0.0.1", "app", 5);
	day_accepts(&d, "c.shop.example", "10.0.0.1", "app", 5);
	for (size_t i = 0; i < 3; i++) {
		d.r->hosts[i].addresses = &shared;
		d.r->hosts[i].n_addresses = 1;
	}
	suggest(&d, "fortios");
	ck_assert(text_ends(d.r->suggestions[0].why, "2 other names"));
	suggest(&d, "panos");
	ck_assert(!text_ends(d.r->suggestions[0].why, "other names"));
	report_free(d.r);
}
END_TEST

static const struct {
	const char *host, *why; /* in the advice, NULL for nothing */
} nameless[] = {
	{ "192.0.2.7", "only its address is known" },
	{ "2001:db8::7", "only its address is known" },
	{ "a$(id)b.example", "no host name" },
	{ "co.uk", "other people's names" },
	{ "a.bank.example", NULL },
};

START_TEST(says_why_there_is_no_entry)
{
	struct day d = day_new();
	const char *why = nameless[_i].why;

	day_rejects(&d, nameless[_i].host, "10.0.0.1", "app", 5,
	    CLASS_PINNING);
	suggest(&d, "panos");
	ck_assert_uint_eq(d.r->n_suggestions, why == NULL);
	ck_assert_int_eq(text_find(d.r->findings[0].advice,
	    "There is no entry for it: ") >= 0, why != NULL);
	if (why != NULL)
		ck_assert_int_ge(text_find(d.r->findings[0].advice, why), 0);
	report_free(d.r);
}
END_TEST

START_TEST(knows_its_products)
{
	struct day d = day_new();
	struct error e;

	ck_assert_int_eq(suggest_entries(d.r, "pan-os", &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "\"panos\""));
	report_free(d.r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("suggest");
	int n = (int)product_count();

	tcase_add_test(tc, names_the_host_exactly_with_its_price);
	tcase_add_test(tc, knows_no_price_where_only_failures_are_told);
	tcase_add_test(tc, investigates_what_one_client_pins);
	tcase_add_loop_test(tc, gives_nothing_where_an_exclusion_does_not_cure,
	    0, N_ITEMS(never));
	tcase_add_test(tc, shows_workarounds_on_request);
	tcase_add_test(tc, folds_names_when_that_gives_up_nothing);
	tcase_add_test(tc, keeps_names_apart_when_a_wildcard_costs);
	tcase_add_loop_test(tc, never_crosses_a_public_suffix, 0, n);
	tcase_add_loop_test(tc, never_makes_an_entry_of_a_hostile_name, 0, n);
	tcase_add_test(tc, prices_by_the_products_own_matcher);
	tcase_add_test(tc, counts_only_what_was_inspected);
	tcase_add_test(tc, counts_what_failed_on_the_server_leg);
	tcase_add_test(tc, warns_of_names_at_the_same_address);
	tcase_add_loop_test(tc, says_why_there_is_no_entry, 0,
	    N_ITEMS(nameless));
	tcase_add_test(tc, knows_its_products);
	return unit_run(tc);
}
