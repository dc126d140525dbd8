/*
 * Many clients that fail alike at a host: one speaks for all, and nothing is
 * lost but their names.
 */
#include <stdio.h>
#include <unistd.h>

#include "finding/collect.h"
#include "unit.h"

#include "day.h"

enum {
	CLIENTS = 200,
	OTHERS = 200, /* hosts that all accept */
	PINS = 100, /* hosts that all refuse: 20,000 pairs */
	LATE = 40 /* of the clients of each pin are accepted in the end */
};

struct log {
	struct report *r;
	struct collector *c;
	struct day day;
};

static void
log_start(struct log *l, bool tokens)
{
	l->r = report_new();
	l->c = collector_new(l->r, tokens);
	day_start(&l->day);
}

static void
log_free(struct log *l)
{
	collector_free(l->c);
	report_free(l->r);
	day_free(&l->day);
}

/* What was added last, as a log tells it: no program, a time, the leg. */
static void
tell(struct log *l)
{
	struct handshake *h = &l->day.h[0];

	h->offered.fingerprint = TEXT("");
	h->interception = INTERCEPTION_PROVEN;
	h->from_log = true;
	h->flight.time = h->deciding.time = h->last.time = h->hello.time;
	collector_add(h, l->c);
	l->day.n = 0;
}

static void
accept(struct log *l, int client, const char *kind, int host)
{
	char name[48];

	snprintf(name, sizeof(name), "api.%s%d.example", kind, host);
	day_accept(&l->day, (struct who){ client, "", ENGINE_UNKNOWN }, name);
	tell(l);
}

static void
reject(struct log *l, int client, const char *kind, int host, int alert)
{
	char name[48];

	snprintf(name, sizeof(name), "api.%s%d.example", kind, host);
	day_reject(&l->day, (struct who){ client, "", ENGINE_UNKNOWN }, name,
	    alert);
	tell(l);
}

/* Each client uses each of the others; often enough that crowds take them in. */
static void
use_others(struct log *l)
{
	for (int host = 0; host < OTHERS; host++)
		for (int client = 0; client < CLIENTS; client++)
			accept(l, client, "other", host);
}

/* Each client refuses each pin once, in one of two ways. */
static void
refuse_pins(struct log *l)
{
	for (int client = 0; client < CLIENTS; client++)
		for (int host = 0; host < PINS; host++)
			reject(l, client, "pin", host, client % 2 ? 48 : 70);
}

static bool
is_pin(const struct report *r, const struct cell *cell)
{
	return text_starts(r->hosts[cell->host].name, "api.pin");
}

/* What the cells of pins that failed count together. */
struct sum {
	uint64_t attempts, connections, timeline;
	size_t n_cells;
	uint32_t n_profiles[PINS]; /* by the number in the name */
};

static struct sum
sum_pins(const struct report *r)
{
	struct sum s = { 0 };

	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *cell = &r->cells[i];
		int number;

		if (cell->failure == NULL || !is_pin(r, cell))
			continue;
		number = atoi(r->hosts[cell->host].name.at + 7);
		s.n_cells++;
		s.attempts += cell->attempts.rejected;
		s.connections += cell->connections - cell->accepted;
		s.n_profiles[number] += cell->n_profiles;
		for (unsigned k = 0; k < cell->failure->n_timeline; k++)
			s.timeline += cell->failure->timeline[k].n;
	}
	return s;
}

START_TEST(nothing_is_lost_but_names)
{
	struct log l;
	struct sum s;

	log_start(&l, false);
	use_others(&l);
	refuse_pins(&l);
	collector_finish(l.c);
	s = sum_pins(l.r);
	ck_assert_uint_lt(s.n_cells, PINS * CLIENTS / 2);
	ck_assert_uint_eq(s.attempts, PINS * CLIENTS);
	ck_assert_uint_eq(s.connections, PINS * CLIENTS);
	ck_assert_uint_eq(s.timeline, PINS * CLIENTS);
	for (int i = 0; i < PINS; i++)
		ck_assert_uint_eq(s.n_profiles[i], CLIENTS);
	ck_assert_uint_eq(l.r->totals.rejected_attempts, PINS * CLIENTS);
	ck_assert_uint_eq(l.r->n_limits_hit, 0);
	log_free(&l);
}
END_TEST

/* Those of one cell failed in one way, and are judged as each of them would
 * be. */
START_TEST(only_what_is_alike_is_put_together)
{
	struct error e;
	struct rules *rules = rules_new(false, NULL, 0, &e);
	struct log l;
	unsigned n_pinned = 0, n_protocol = 0;

	ck_assert_msg(rules != NULL, "%s", e.text);
	log_start(&l, false);
	use_others(&l);
	refuse_pins(&l);
	collector_finish(l.c);
	for (size_t i = 0; i < l.r->n_cells; i++)
		if (l.r->cells[i].failure != NULL)
			ck_assert_int_eq(__builtin_popcountll(l.r->cells[i].
			    failure->traits->client_alerts.bits[0]) +
			    __builtin_popcountll(l.r->cells[i].failure->
			    traits->client_alerts.bits[1]), 1);
	rules_decide(rules, l.r);
	for (size_t i = 0; i < l.r->n_findings; i++) {
		const struct finding *f = &l.r->findings[i];

		n_pinned += f->class == CLASS_PINNING;
		n_protocol += f->class == CLASS_PROTOCOL_MISMATCH;
		ck_assert_uint_eq(f->n_clients, CLIENTS / 2);
		ck_assert_uint_eq(f->attempts, CLIENTS / 2);
		ck_assert_uint_ge(f->n_evidence, 1);
	}
	ck_assert_uint_eq(n_pinned, PINS);
	ck_assert_uint_eq(n_protocol, PINS);
	rules_free(rules);
	log_free(&l);
}
END_TEST

/* Whoever fails again belongs to those it belonged to, and is one client. */
START_TEST(a_client_that_fails_again_is_no_other)
{
	struct log l;
	struct sum s;

	log_start(&l, false);
	use_others(&l);
	refuse_pins(&l);
	refuse_pins(&l);
	collector_finish(l.c);
	s = sum_pins(l.r);
	ck_assert_uint_eq(s.attempts, 2 * PINS * CLIENTS);
	ck_assert_uint_eq(s.timeline, 2 * PINS * CLIENTS);
	for (int i = 0; i < PINS; i++) {
		ck_assert_uint_ge(s.n_profiles[i], CLIENTS);
		ck_assert_uint_le(s.n_profiles[i], CLIENTS * 11 / 10);
	}
	log_free(&l);
}
END_TEST

/* Some are accepted by the same host later: they are known, by their number. */
START_TEST(who_is_accepted_later_is_told_apart)
{
	struct log l;
	uint64_t attempts = 0, mixed = 0;

	log_start(&l, false);
	use_others(&l);
	refuse_pins(&l);
	for (int host = 0; host < PINS; host++)
		for (int client = 0; client < LATE; client++)
			accept(&l, client, "pin", host);
	collector_finish(l.c);
	for (size_t i = 0; i < l.r->n_cells; i++) {
		const struct cell *cell = &l.r->cells[i];

		if (cell->failure == NULL)
			continue;
		attempts += cell->attempts.rejected;
		if (cell->attempts.accepted > 0)
			mixed += cell->n_profiles;
	}
	ck_assert_uint_eq(attempts, PINS * CLIENTS);
	ck_assert_uint_ge(mixed, PINS * LATE * 95 / 100);
	ck_assert_uint_le(mixed, PINS * LATE * 105 / 100);
	log_free(&l);
}
END_TEST

/* Where nothing is accepted elsewhere, each client is a case of its own: the
 * fault may be the client's. */
START_TEST(clients_that_accept_nothing_stay_apart)
{
	struct log l;
	struct sum s;

	log_start(&l, false);
	refuse_pins(&l);
	collector_finish(l.c);
	s = sum_pins(l.r);
	ck_assert_uint_eq(s.n_cells, PINS * CLIENTS);
	log_free(&l);
}
END_TEST

/* Logs that hold failures only tell nothing of what is accepted: there it is who
 * rejects little that may be one of many. */
START_TEST(of_failures_only_who_rejects_little_is_joined)
{
	enum { MANY = 3000, EACH = 5, HEAVY = 60 };
	struct log l;
	struct sum s;

	log_start(&l, false);
	for (int client = 1; client <= MANY; client++)
		for (int i = 0; i < EACH; i++)
			reject(&l, client, "pin", (client + i) % PINS, 48);
	for (int host = 0; host < HEAVY; host++)
		reject(&l, MANY + 1, "pin", host, 48);
	collector_finish(l.c);
	s = sum_pins(l.r);
	ck_assert_uint_lt(s.n_cells, MANY * EACH / 2);
	ck_assert_uint_eq(s.attempts, MANY * EACH + HEAVY);
	for (size_t i = 0; i < l.r->n_cells; i++) {
		const struct cell *cell = &l.r->cells[i];
		struct contrast contrast = contrast_of(l.r, cell);

		if (text_is(l.r->profiles[cell->profile].client,
		    "10.0.11.185"))
			ck_assert_uint_ge(contrast.client.rejecting, 30);
		else
			ck_assert_uint_le(contrast.client.rejecting, EACH);
	}
	log_free(&l);
}
END_TEST

/* 0: tokens, 1: somebody asks for clients. */
START_TEST(all_stay_apart_where_clients_are_asked_for)
{
	struct log l;
	struct sum s;

	log_start(&l, _i == 0);
	if (_i == 1)
		collector_keep_clients(l.c);
	use_others(&l);
	refuse_pins(&l);
	collector_finish(l.c);
	s = sum_pins(l.r);
	ck_assert_uint_eq(s.n_cells, PINS * CLIENTS);
	ck_assert_uint_eq(s.attempts, PINS * CLIENTS);
	log_free(&l);
}
END_TEST

static bool
asks_for_clients(const char *condition)
{
	char path[] = "/tmp/pinspot-rule-XXXXXX";
	const char *paths[] = { path };
	struct error e;
	struct rules *rules;
	int fd = mkstemp(path);
	bool result;

	ck_assert_int_ge(fd, 0);
	dprintf(fd, "[{\"id\": \"r\", \"class\": \"ignore\", \"on\": "
	    "\"handshake\", \"title\": \"t\", \"when\": %s}]", condition);
	close(fd);
	rules = rules_new(false, paths, 1, &e);
	unlink(path);
	ck_assert_msg(rules != NULL, "%s", e.text);
	result = rules_know_clients(rules);
	rules_free(rules);
	return result;
}

START_TEST(rules_tell_whether_they_know_clients)
{
	ck_assert(!asks_for_clients("{\"host\": \"a.example\"}"));
	ck_assert(!asks_for_clients("{\"browser\": true}"));
	ck_assert(asks_for_clients("{\"any\": [{\"host\": \"a.example\"},"
	    " {\"not\": {\"client\": {\"in\": \"10.0.0.0/8\"}}}]}"));
	ck_assert(asks_for_clients("{\"user\": \"anna\"}"));
	ck_assert(asks_for_clients("{\"log.policy\": \"no-decrypt\"}"));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("chorus");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, nothing_is_lost_but_names);
	tcase_add_test(tc, only_what_is_alike_is_put_together);
	tcase_add_test(tc, a_client_that_fails_again_is_no_other);
	tcase_add_test(tc, who_is_accepted_later_is_told_apart);
	tcase_add_test(tc, clients_that_accept_nothing_stay_apart);
	tcase_add_test(tc, of_failures_only_who_rejects_little_is_joined);
	tcase_add_loop_test(tc, all_stay_apart_where_clients_are_asked_for,
	    0, 2);
	tcase_add_test(tc, rules_tell_whether_they_know_clients);
	return unit_run(tc);
}
