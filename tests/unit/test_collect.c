/*
 * More hosts and clients than are kept apart: what must stay exact, what may be
 * an estimate.
 */
#include <stdio.h>

#include "finding/collect.h"
#include "unit.h"

#include "day.h"

/* Each of so many clients accepts each of so many hosts once; every handshake's
 * token is kept. */
struct crowd_day {
	struct report *r;
	struct collector *c;
	uint32_t *tokens;
	size_t n;
};

static void
accept_all(struct crowd_day *d, int clients, int hosts, bool tokens)
{
	struct day day;
	char name[32];

	d->r = report_new();
	d->c = collector_new(d->r, tokens);
	d->tokens = mem_zero((size_t)(clients * hosts), sizeof(*d->tokens));
	d->n = 0;
	day_start(&day);
	for (int host = 0; host < hosts; host++)
		for (int client = 0; client < clients; client++) {
			snprintf(name, sizeof(name), "h%d.example.com", host);
			day_accept(&day, (struct who){ client, "p",
				ENGINE_APP }, name);
			collector_add(&day.h[0], d->c);
			d->tokens[d->n++] = collector_token(d->c);
			day.n = 0;
		}
	day_free(&day);
}

static void
crowd_day_free(struct crowd_day *d)
{
	collector_free(d->c);
	report_free(d->r);
	free(d->tokens);
}

START_TEST(few_are_kept_apart)
{
	struct crowd_day d;

	accept_all(&d, 20, 30, false);
	collector_finish(d.c);
	ck_assert_uint_eq(d.r->n_cells, 600);
	ck_assert_uint_eq(d.r->n_notes, 0);
	for (size_t i = 0; i < d.r->n_cells; i++) {
		ck_assert_uint_eq(d.r->cells[i].n_profiles, 1);
		ck_assert_uint_eq(d.r->cells[i].accepted, 1);
	}
	crowd_day_free(&d);
}
END_TEST

START_TEST(a_crowd_counts_all_it_stands_for)
{
	struct crowd_day d;
	uint64_t accepted = 0, attempts = 0, bytes = 0;

	accept_all(&d, 200, 400, false);
	collector_finish(d.c);
	ck_assert_uint_lt(d.r->n_cells, 40000);
	ck_assert_uint_eq(d.r->n_notes, 1);
	for (size_t i = 0; i < d.r->n_cells; i++) {
		accepted += d.r->cells[i].accepted;
		attempts += d.r->cells[i].attempts.accepted;
		bytes += d.r->cells[i].bytes;
	}
	ck_assert_uint_eq(accepted, 80000);
	ck_assert_uint_eq(attempts, 80000);
	ck_assert_uint_eq(bytes, 80000 * 2000);
	crowd_day_free(&d);
}
END_TEST

/* Lines of a log, whose attempts nobody looks at, go to the crowd at once. */
START_TEST(a_crowd_counts_attempts_of_lines)
{
	enum { CLIENTS = 200, HOSTS = 400, AGAIN = 100 };
	static const int64_t later[] = { 1000, 1005, 1011, 1060 }; /* s */
	struct report *r = report_new();
	struct collector *c = collector_new(r, false);
	struct day day;
	char name[32];
	uint64_t accepted = 0, attempts = 0;

	day_start(&day);
	for (int i = 0; i < CLIENTS * HOSTS + AGAIN * 4; i++) {
		int pair = i % (CLIENTS * HOSTS);
		int64_t time = i < CLIENTS * HOSTS ? i * 1000000LL :
		    later[pair / AGAIN] * CLOCK_SECOND;

		pair = i < CLIENTS * HOSTS ? pair : pair % AGAIN;
		snprintf(name, sizeof(name), "h%d.example.com",
		    pair / CLIENTS);
		day_accept(&day, (struct who){ pair % CLIENTS, "p",
			ENGINE_APP }, name);
		day.h[0].interception = INTERCEPTION_PROVEN;
		day.h[0].hello.time = day.h[0].flight.time =
		    day.h[0].deciding.time = day.h[0].last.time = time;
		collector_add(&day.h[0], c);
		day.n = 0;
	}
	collector_finish(c);
	for (size_t i = 0; i < r->n_cells; i++) {
		accepted += r->cells[i].accepted;
		attempts += r->cells[i].attempts.accepted;
		ck_assert_int_eq(r->cells[i].interception,
		    INTERCEPTION_PROVEN);
	}
	ck_assert_uint_lt(r->n_cells, 1000);
	ck_assert_uint_eq(accepted, CLIENTS * HOSTS + AGAIN * 4);
	ck_assert_uint_eq(attempts, CLIENTS * HOSTS + AGAIN * 2);
	ck_assert_int_eq(r->last, 1060 * CLOCK_SECOND);
	day_free(&day);
	collector_free(c);
	report_free(r);
}
END_TEST

/* With no more profiles than bits the number is exact, beyond it is near. */
START_TEST(a_crowd_knows_how_many_it_is)
{
	static const int clients[] = { 200, 1000 };
	struct crowd_day d;
	uint32_t least, most;

	accept_all(&d, clients[_i], 80000 / clients[_i], false);
	collector_finish(d.c);
	least = (uint32_t)clients[_i] * (_i == 0 ? 100 : 75) / 100;
	most = (uint32_t)clients[_i] * (_i == 0 ? 100 : 125) / 100;
	for (size_t i = 0; i < d.r->n_cells; i++) {
		const struct cell *cell = &d.r->cells[i];

		if (cell->accepted < (uint64_t)clients[_i])
			continue; /* some were still apart */
		ck_assert_uint_ge(cell->n_profiles, least);
		ck_assert_uint_le(cell->n_profiles, most);
	}
	crowd_day_free(&d);
}
END_TEST

START_TEST(a_token_leads_to_the_host_however_it_was_folded)
{
	struct crowd_day d;
	char name[32];

	accept_all(&d, 200, 400, true);
	collector_finish(d.c);
	for (size_t i = 0; i < d.n; i++) {
		long cell = collector_cell(d.c, d.tokens[i]);

		snprintf(name, sizeof(name), "h%zu.example.com", i / 200);
		ck_assert_int_ge(cell, 0);
		ck_assert(text_is(d.r->hosts[d.r->cells[cell].host].name,
		    name));
	}
	crowd_day_free(&d);
}
END_TEST

/* With tokens, too, what comes after that goes to the crowds, which take no token
 * for each connection. */
START_TEST(tokens_do_not_grow_with_lines)
{
	enum { CLIENTS = 200, HOSTS = 400, ROUNDS = 3 };
	struct report *r = report_new();
	struct collector *c = collector_new(r, true);
	struct day day;
	char name[32];
	uint32_t most = 0;
	uint64_t accepted = 0;

	day_start(&day);
	for (int i = 0; i < ROUNDS * CLIENTS * HOSTS; i++) {
		snprintf(name, sizeof(name), "h%d.example.com",
		    i / CLIENTS % HOSTS);
		day_accept(&day, (struct who){ i % CLIENTS, "p",
			ENGINE_APP }, name);
		day.h[0].interception = INTERCEPTION_PROVEN;
		collector_add(&day.h[0], c);
		if (collector_token(c) > most)
			most = collector_token(c);
		day.n = 0;
	}
	ck_assert_uint_lt(most, CLIENTS * HOSTS);
	collector_finish(c);
	ck_assert_int_ge(collector_cell(c, most), 0);
	for (size_t i = 0; i < r->n_cells; i++)
		accepted += r->cells[i].accepted;
	ck_assert_uint_eq(accepted, ROUNDS * CLIENTS * HOSTS);
	day_free(&day);
	collector_free(c);
	report_free(r);
}
END_TEST

/* What failed stays apart, whatever is folded around it, and keeps what was
 * counted before and after. */
START_TEST(failures_are_not_folded)
{
	struct crowd_day d;
	struct day day;
	const struct cell *failing = NULL;

	accept_all(&d, 200, 100, false);
	day_start(&day);
	day_accept(&day, (struct who){ 7, "p", ENGINE_APP }, "pin.example");
	day_reject(&day, (struct who){ 7, "p", ENGINE_APP }, "pin.example",
	    48);
	day_reject(&day, (struct who){ 7, "p", ENGINE_APP }, "pin.example",
	    42);
	day.h[1].count = 5;
	for (size_t i = 0; i < day.n; i++)
		collector_add(&day.h[i], d.c);
	for (int i = 0; i < 100000; i++) {
		char name[32];

		day.n = 0;
		snprintf(name, sizeof(name), "x%d.example.com", i % 1000);
		day_accept(&day, (struct who){ 1000 + i / 1000, "p",
			ENGINE_APP }, name);
		collector_add(&day.h[0], d.c);
	}
	collector_finish(d.c);
	for (size_t i = 0; i < d.r->n_cells; i++)
		if (d.r->cells[i].failure != NULL) {
			ck_assert_ptr_null(failing);
			failing = &d.r->cells[i];
		}
	ck_assert_ptr_nonnull(failing);
	ck_assert_uint_eq(failing->connections, 7);
	ck_assert_uint_eq(failing->accepted, 1);
	ck_assert_uint_eq(failing->failure->rejected, 6);
	ck_assert_uint_eq(failing->failure->traits->alert_type, 6);
	ck_assert_uint_eq(failing->failure->traits->client_alerts.bits[0],
	    1ULL << 48 | 1ULL << 42);
	ck_assert_uint_eq(failing->failure->n_exemplars, 2);
	ck_assert_uint_eq(failing->attempts.rejected, 2);
	day_free(&day);
	crowd_day_free(&d);
}
END_TEST

/* The same client fails at one host only after what it accepted there was put
 * to the crowd's, and at another one where it never accepted anything. */
START_TEST(who_fails_is_known_to_have_accepted_before)
{
	struct crowd_day d;
	struct day day;
	size_t n = 0;
	uint64_t accepted = 0;

	accept_all(&d, 200, 400, false);
	day_start(&day);
	day_reject(&day, (struct who){ 7, "p", ENGINE_APP },
	    "h0.example.com", 48);
	day_reject(&day, (struct who){ 7, "p", ENGINE_APP },
	    "new.example.com", 48);
	for (size_t i = 0; i < day.n; i++)
		collector_add(&day.h[i], d.c);
	collector_finish(d.c);
	for (size_t i = 0; i < d.r->n_cells; i++) {
		const struct cell *cell = &d.r->cells[i];

		accepted += cell->accepted;
		if (cell->failure == NULL)
			continue;
		n++;
		ck_assert_uint_eq(cell->attempts.rejected, 1);
		ck_assert_uint_eq(cell->attempts.accepted, text_is(
		    d.r->hosts[cell->host].name, "h0.example.com"));
	}
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(accepted, 80000);
	day_free(&day);
	crowd_day_free(&d);
}
END_TEST

/* Where thousands fail, what is kept to prove it is spread over what can be
 * proved: the second way in which a host fails has its proof, too. */
START_TEST(proofs_are_for_each_way_to_fail)
{
	enum { CLIENTS = 20, HOSTS = 400 };
	static const int alerts[] = { 48, 70 };
	struct report *r = report_new();
	struct collector *c = collector_new(r, false);
	struct day day;
	char name[32];
	bool proved[HOSTS][N_ITEMS(alerts)] = { { false } };

	day_start(&day);
	for (int i = 0; i < 2 * CLIENTS * HOSTS; i++) {
		snprintf(name, sizeof(name), "h%d.example.com", i % HOSTS);
		day_reject(&day, (struct who){ i / HOSTS, "p", ENGINE_APP },
		    name, alerts[i / HOSTS / CLIENTS]);
		collector_add(&day.h[0], c);
		day.n = 0;
	}
	collector_finish(c);
	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *cell = &r->cells[i];

		for (unsigned k = 0; k < cell->failure->n_exemplars; k++) {
			const struct handshake *h =
			    cell->failure->exemplars[k];

			proved[atoi(h->host.at + 1)][h->alerts[0].code ==
			    alerts[1]] = true;
		}
	}
	for (int i = 0; i < HOSTS; i++)
		ck_assert_msg(proved[i][0] && proved[i][1], "h%d", i);
	day_free(&day);
	collector_free(c);
	report_free(r);
}
END_TEST

/* After more failures than fit, what fails last is there, what failed first is
 * not, and no session that was accepted is lost. */
START_TEST(new_failures_push_out_old_ones)
{
	const int clients = 1000, hosts = 140;
	struct collector *c;
	struct report *r = report_new();
	struct day day;
	char name[32];
	size_t n = 0;
	bool first = false, last = false;
	uint64_t accepted = 0;

	c = collector_new(r, false);
	day_start(&day);
	for (int i = 0; i < clients * hosts; i++) {
		struct who w = { i % clients, "p", ENGINE_APP };

		snprintf(name, sizeof(name), "h%d.example.com", i / clients);
		day.n = 0;
		if (i % 100 == 0)
			day_accept(&day, w, name);
		day_reject(&day, w, name, 48);
		for (size_t k = 0; k < day.n; k++)
			collector_add(&day.h[k], c);
	}
	collector_finish(c);
	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *cell = &r->cells[i];

		accepted += cell->accepted;
		if (cell->failure == NULL)
			continue;
		n++;
		first |= text_is(r->hosts[cell->host].name,
		    "h0.example.com");
		last |= text_is(r->hosts[cell->host].name,
		    "h139.example.com");
	}
	ck_assert(last);
	ck_assert(!first);
	ck_assert_uint_gt(n, 70000);
	ck_assert_uint_eq(accepted, (uint64_t)clients * hosts / 100);
	ck_assert_uint_eq(r->totals.rejected, (uint64_t)clients * hosts);
	ck_assert_uint_eq(r->n_limits_hit, 1);
	day_free(&day);
	collector_free(c);
	report_free(r);
}
END_TEST

/* What is put together because it is too much is no interceptor, however many
 * domains it signs for; and the report tells that something was. */
START_TEST(made_up_issuers_are_bounded)
{
	enum { CLIENTS = 80, HOSTS = 500 };
	struct report *r = report_new();
	struct collector *c = collector_new(r, false);
	struct certificate certificate = day_forged;
	struct day day;
	char host[32], issuer[32];
	uint64_t accepted = 0;

	day_start(&day);
	for (int i = 0; i < HOSTS * CLIENTS; i++) {
		snprintf(host, sizeof(host), "www.h%d.example", i / CLIENTS);
		snprintf(issuer, sizeof(issuer), "CN=made up %d", i % 8000);
		certificate.issuer = text_of(issuer);
		day_accept(&day, (struct who){ i % CLIENTS, "p", ENGINE_APP },
		    host);
		day.h[0].certificate = &certificate;
		collector_add(&day.h[0], c);
		day.n = 0;
	}
	collector_finish(c);
	for (size_t i = 0; i < r->n_cells; i++)
		accepted += r->cells[i].accepted;
	ck_assert_uint_eq(accepted, HOSTS * CLIENTS);
	ck_assert_uint_eq(r->n_limits_hit, 1);
	ck_assert(text_starts(r->interceptor, "CN=made up"));
	day_free(&day);
	collector_free(c);
	report_free(r);
}
END_TEST

/* The interceptor stays known when thousands of other issuers come. */
START_TEST(an_issuer_is_known_among_too_many)
{
	struct report *r = report_new();
	struct collector *c = collector_new(r, false);
	struct certificate other = day_genuine;
	struct day day;
	char name[32];

	day_start(&day);
	other.has_sct = false;
	for (int i = 0; i < 18000; i++) {
		snprintf(name, sizeof(name), "CN=made up %d", i);
		other.issuer = text_of(name);
		day.certificate = i % 2 ? &other : &day_forged;
		day_accept(&day, (struct who){ 1, "p", ENGINE_APP },
		    i % 2 ? "a.other.example" : i % 4 ? "a.one.example" :
		    i < 9000 ? "a.two.example" : "a.late.example");
		collector_add(&day.h[0], c);
		day.n = 0;
	}
	collector_finish(c);
	ck_assert(text_is(r->interceptor, "CN=Corp Decrypt CA"));
	for (size_t i = 0; i < r->n_cells; i++)
		if (!text_is(r->hosts[r->cells[i].host].name,
		    "a.other.example"))
			ck_assert_int_eq(r->cells[i].interception,
			    INTERCEPTION_PROVEN);
	ck_assert_uint_eq(r->n_limits_hit, 1);
	day_free(&day);
	collector_free(c);
	report_free(r);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("collect");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, few_are_kept_apart);
	tcase_add_test(tc, a_crowd_counts_all_it_stands_for);
	tcase_add_test(tc, a_crowd_counts_attempts_of_lines);
	tcase_add_loop_test(tc, a_crowd_knows_how_many_it_is, 0, 2);
	tcase_add_test(tc, a_token_leads_to_the_host_however_it_was_folded);
	tcase_add_test(tc, tokens_do_not_grow_with_lines);
	tcase_add_test(tc, failures_are_not_folded);
	tcase_add_test(tc, who_fails_is_known_to_have_accepted_before);
	tcase_add_test(tc, proofs_are_for_each_way_to_fail);
	tcase_add_test(tc, new_failures_push_out_old_ones);
	tcase_add_test(tc, made_up_issuers_are_bounded);
	tcase_add_test(tc, an_issuer_is_known_among_too_many);
	return unit_run(tc);
}
