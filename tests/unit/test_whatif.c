#include "unit.h"

#include "exclude/product.h"
#include "exclude/suggest.h"
#include "exclude/whatif.h"
#include "traffic.h"

static struct day
sample(void)
{
	struct day d = day_new();
	struct error e;

	day_rejects(&d, "api.bank.example", "10.0.0.1", "app", 10,
	    CLASS_PINNING);
	day_rejects(&d, "api.bank.example", "10.0.0.2", "app", 4,
	    CLASS_PINNING);
	day_rejects(&d, "push.bank.example", "10.0.0.1", "app", 2,
	    CLASS_PINNING);
	day_rejects(&d, "push.bank.example", "10.0.0.2", "app", 4,
	    CLASS_PINNING);
	day_accepts(&d, "api.bank.example", "10.0.0.3", "browser", 57);
	day_accepts(&d, "www.bank.example", "10.0.0.3", "browser", 200);
	day_accepts(&d, "www.bank.example", "10.0.0.4", "browser", 100);
	day_accepts(&d, "www.shop.example", "10.0.0.3", "browser", 900);
	day_rejects(&d, "sensor.edr.example", "10.0.0.5", "agent", 20,
	    CLASS_CLIENT_AUTH);
	day_rejects(&d, "sensor.edr.example", "10.0.0.6", "agent", 1,
	    CLASS_CLIENT_AUTH);
	day_rejects(&d, "www.shop.example", "10.0.0.9", "app", 40,
	    CLASS_MISSING_CA);
	ck_assert_int_eq(suggest_entries(d.r, "plain", &e), 0);
	return d;
}

enum { ALL_ATTEMPTS = 10 + 4 + 6 + 21 + 40, CURABLE = 10 + 4 + 6 + 21 };

static const char *const lists[] = {
	"api.bank.example\n", "*.bank.example\n", "www.shop.example\n",
	"*.bank.example\napi.bank.example\nsensor.edr.example\nx.example\n",
	"api.bank.example\n*.bank.example\n", "none.example\n",
	"*.example\n", "# nothing\na.test\n",
};

START_TEST(fixed_and_left_are_all_attempts)
{
	struct day d = sample();
	struct exclusions list;
	struct whatif w;
	uint64_t sum = 0, left = 0;

	list_init(&list);
	list_read(&list, product_by_name(TEXT("plain")), text_of(lists[_i]));
	whatif_run(&w, d.r, &list);
	ck_assert_uint_eq(w.n_rows, list.n);
	ck_assert_uint_eq(w.total.fixed + w.total.left, ALL_ATTEMPTS);
	for (size_t i = 0; i < w.n_rows; i++) {
		const struct price *p = &w.rows[i].alone;

		ck_assert_uint_eq(p->fixed + p->left, ALL_ATTEMPTS);
		ck_assert_uint_le(w.rows[i].first_fixed, p->fixed);
		ck_assert_uint_le(p->lost, w.total.lost);
		ck_assert_uint_le(p->clients_lost, w.total.clients_lost);
		sum += w.rows[i].first_fixed;
	}
	ck_assert_uint_eq(sum, w.total.fixed);
	for (int k = 0; k < N_CLASSES; k++)
		left += w.left[k];
	ck_assert_uint_eq(left, w.total.left);
	/* The minimal set cures all that anything cures, for no more. */
	ck_assert_uint_eq(w.steps[w.n_steps - 1].fixed, CURABLE);
	ck_assert_uint_eq(w.steps[w.n_steps - 1].lost, 57);
	ck_assert_uint_eq(w.n_steps, 3);
	whatif_free(&w);
	list_free(&list);
	report_free(d.r);
}
END_TEST

START_TEST(prices_each_entry)
{
	struct day d = sample();
	struct exclusions list;
	struct whatif w;

	list_init(&list);
	list_read(&list, product_by_name(TEXT("plain")), text_of(lists[3]));
	whatif_run(&w, d.r, &list);
	ck_assert_uint_eq(w.rows[0].alone.fixed, 20);
	ck_assert_uint_eq(w.rows[0].alone.lost, 357);
	ck_assert_uint_eq(w.rows[0].alone.bytes_lost, 357000);
	ck_assert_uint_eq(w.rows[0].alone.clients_lost, 2);
	ck_assert_uint_eq(w.rows[0].n_others, 1);
	ck_assert(text_is(w.rows[0].others[0], "www.bank.example"));
	ck_assert(w.rows[0].too_wide);
	ck_assert_uint_eq(w.rows[1].alone.fixed, 14);
	ck_assert_uint_eq(w.rows[1].first_fixed, 0);
	ck_assert(!w.rows[1].too_wide);
	ck_assert_uint_eq(w.rows[3].alone.n_hosts, 0);
	whatif_free(&w);
	list_free(&list);
	report_free(d.r);
}
END_TEST

/* A missing CA is not cured by an entry, however many attempts there are. */
START_TEST(does_not_fix_what_an_exclusion_does_not_cure)
{
	struct day d = sample();
	struct exclusions list;
	struct whatif w;

	list_init(&list);
	list_read(&list, product_by_name(TEXT("plain")), text_of(lists[2]));
	whatif_run(&w, d.r, &list);
	ck_assert_uint_eq(w.total.fixed, 0);
	ck_assert_uint_eq(w.total.left, ALL_ATTEMPTS);
	ck_assert_uint_eq(w.total.lost, 900);
	whatif_free(&w);
	list_free(&list);
	report_free(d.r);
}
END_TEST

/* One wildcard that costs nothing beats the names below it. */
START_TEST(takes_fewer_entries_at_the_same_cost)
{
	struct day d = day_new();
	struct exclusions list;
	struct whatif w;

	day_rejects(&d, "a.x.example", "10.0.0.1", "app", 1, CLASS_PINNING);
	day_rejects(&d, "b.x.example", "10.0.0.1", "app", 2, CLASS_PINNING);
	day_rejects(&d, "c.y.example", "10.0.0.1", "app", 3, CLASS_PINNING);
	day_accepts(&d, "d.y.example", "10.0.0.3", "browser", 5);
	list_init(&list);
	list_read(&list, product_by_name(TEXT("plain")), TEXT(
	    "a.x.example\nb.x.example\n*.x.example\nc.y.example\n"
	    "*.y.example\n"));
	whatif_run(&w, d.r, &list);
	ck_assert_uint_eq(w.n_steps, 2);
	ck_assert(text_is(w.steps[0].entry->entry, "*.x.example") ||
	    text_is(w.steps[1].entry->entry, "*.x.example"));
	ck_assert_uint_eq(w.steps[1].lost, 0);
	ck_assert_uint_eq(w.steps[1].fixed, 6);
	ck_assert(w.rows[4].too_wide);
	whatif_free(&w);
	list_free(&list);
	report_free(d.r);
}
END_TEST

/* More choices than can be tried: still everything is cured, and what is left
 * out is not needed. */
START_TEST(cures_all_also_by_the_greedy_way)
{
	struct day d = day_new();
	struct exclusions list;
	struct buf text = { 0 };
	struct whatif w;
	char name[64];

	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "h%d.d%d.example", i, i);
		day_rejects(&d, name, "10.0.0.1", "app", 2, CLASS_PINNING);
		buf_printf(&text, "%s\n*.d%d.example\n", name, i);
		snprintf(name, sizeof(name), "o.d%d.example", i);
		if (i % 2)
			day_accepts(&d, name, "10.0.0.2", "browser", 3);
	}
	list_init(&list);
	list_read(&list, product_by_name(TEXT("plain")), buf_view(&text));
	whatif_run(&w, d.r, &list);
	ck_assert_uint_eq(w.n_steps, 20);
	ck_assert_uint_eq(w.steps[19].fixed, 40);
	ck_assert_uint_eq(w.steps[19].lost, 0);
	whatif_free(&w);
	list_free(&list);
	report_free(d.r);
	buf_free(&text);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("whatif");

	tcase_add_loop_test(tc, fixed_and_left_are_all_attempts, 0,
	    N_ITEMS(lists));
	tcase_add_test(tc, prices_each_entry);
	tcase_add_test(tc, does_not_fix_what_an_exclusion_does_not_cure);
	tcase_add_test(tc, takes_fewer_entries_at_the_same_cost);
	tcase_add_test(tc, cures_all_also_by_the_greedy_way);
	return unit_run(tc);
}
