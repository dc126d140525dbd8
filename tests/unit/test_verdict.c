#include <stdio.h>

#include "day.h"
#include "finding/trait.h"
#include "unit.h"

static const struct who chrome = { 1, "t13d_chrome", ENGINE_BROWSER };
static const struct who bank = { 1, "t13d_bank", ENGINE_APP };
static const struct who node = { 1, "t13d_node", ENGINE_APP };

static struct who
on(struct who w, int client)
{
	w.client = client;
	return w;
}

/* A browser that is content with what the interceptor shows. */
static void
surf(struct day *d, struct who w)
{
	day_accept(d, w, "www.one.example");
	day_accept(d, w, "www.two.test");
	day_accept(d, w, "www.three.invalid");
	day_idle(d, w, "www.one.example", 65);
}

START_TEST(a_benign_day_has_no_finding)
{
	struct day d;
	struct report *r;

	day_start(&d);
	for (int i = 1; i < 30; i++) {
		surf(&d, on(chrome, i));
		day_accept(&d, on(node, i), "packages.node.test");
		day_idle(&d, on(chrome, i), "fonts.unused.test", 65);
		day_refuse(&d, on(node, i), "www.two.test", 0);
	}
	r = day_report(&d, NULL);
	ck_assert_uint_eq(r->n_findings, 0);
	ck_assert_uint_eq(r->totals.rejected_attempts, 0);
	ck_assert_str_eq(r->interceptor_source, "learned");
	ck_assert(text_is(r->interceptor, "CN=Corp Decrypt CA"));
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(contrast_makes_a_pin)
{
	const struct finding *f;
	struct day d;
	struct report *r;

	day_start(&d);
	surf(&d, chrome);
	day_accept(&d, chrome, "api.bank.example");
	for (int i = 0; i < 3; i++) {
		day_reject(&d, bank, "api.bank.example", 46);
		day_accept(&d, bank, "cdn.other.test");
		day_accept(&d, bank, "cdn.third.test");
	}
	r = day_report(&d, NULL);
	day_expect(r, "api.bank.example", "10.0.0.1", CLASS_PINNING);
	f = day_finding(r, "api.bank.example", NULL);
	ck_assert_int_eq(f->confidence, CONFIDENCE_CONFIRMED);
	ck_assert_uint_eq(f->attempts, 3);
	ck_assert_uint_eq(f->same_host_other_profiles.accepted, 1);
	ck_assert_uint_eq(f->same_profile_other_hosts.domains, 2);
	ck_assert_uint_eq(r->n_findings, 1);
	ck_assert_uint_gt(f->n_reasons, 2);
	ck_assert_uint_gt(f->n_evidence, 2);
	ck_assert(f->id[0] == 'f' && strlen(f->id) == 10);
	report_free(r);
	day_free(&d);
}
END_TEST

/* Java says 46 for both, Go 42: only contrast tells them apart. */
START_TEST(the_same_alert_without_contrast_is_undetermined)
{
	const struct finding *f;
	static const int codes[] = { 42, 43, 46, 48, 49, -1 };
	struct day d;
	struct report *r;

	day_start(&d);
	day_reject(&d, node, "api.bank.example", codes[_i]);
	r = day_report(&d, NULL);
	day_expect(r, "api.bank.example", NULL, CLASS_UNDETERMINED);
	f = day_finding(r, "api.bank.example", NULL);
	ck_assert_int_eq(f->confidence, CONFIDENCE_POSSIBLE);
	ck_assert_uint_gt(f->n_would_change, 1);
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(a_program_that_rejects_all_has_a_store_of_its_own)
{
	const struct finding *f;
	struct day d;
	struct report *r;

	day_start(&d);
	for (int i = 1; i < 4; i++) {
		surf(&d, on(chrome, i));
		day_reject(&d, on(node, i), "packages.node.test", 48);
		day_reject(&d, on(node, i), "api.hub.example", 48);
		day_reject(&d, on(node, i), "www.one.example", 48);
	}
	r = day_report(&d, NULL);
	day_expect(r, "packages.node.test", NULL, CLASS_PRIVATE_STORE);
	f = day_finding(r, "packages.node.test", NULL);
	ck_assert_uint_eq(f->n_clients, 3);
	ck_assert_uint_eq(r->n_findings, 1);
	ck_assert(text_is(f->host_name, "(any host)"));
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(a_device_that_rejects_all_lacks_the_ca)
{
	const struct finding *f;
	struct day d;
	struct report *r;

	day_start(&d);
	surf(&d, on(chrome, 2));
	for (int i = 0; i < 2; i++) {
		day_reject(&d, chrome, "www.one.example", 46);
		day_reject(&d, chrome, "www.two.test", 46);
		day_reject(&d, node, "www.three.invalid", 48);
	}
	r = day_report(&d, NULL);
	day_expect(r, "www.one.example", "10.0.0.1", CLASS_MISSING_CA);
	f = day_finding(r, "www.two.test", "10.0.0.1");
	ck_assert_int_eq(f->class, CLASS_MISSING_CA);
	ck_assert_uint_eq(f->n_hosts, 3);
	ck_assert_uint_eq(r->n_findings, 1);
	ck_assert_uint_eq(r->n_next_steps, 1);
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(a_browser_without_contrast_is_told_by_the_preload_list)
{
	struct day d;
	struct report *r;

	day_start(&d);
	day_reject(&d, on(chrome, 1), "accounts.google.com", 46);
	day_reject(&d, on(chrome, 2), "intranet.example", 46);
	r = day_report(&d, NULL);
	day_expect(r, "accounts.google.com", NULL, CLASS_HSTS_PRELOAD);
	day_expect(r, "intranet.example", NULL, CLASS_BROWSER_REJECT);
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(a_click_through_is_a_browser_reject)
{
	struct day d;
	struct report *r;

	day_start(&d);
	day_reject(&d, chrome, "intranet.example", 46);
	day_accept(&d, chrome, "intranet.example");
	r = day_report(&d, NULL);
	day_expect(r, "intranet.example", NULL, CLASS_BROWSER_REJECT);
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(a_client_certificate_that_is_asked_for)
{
	struct day d;
	struct report *r;

	day_start(&d);
	surf(&d, chrome);
	for (int i = 0; i < 2; i++)
		day_refuse(&d, node, "mtls.example", 116)
		    ->certificate_requested = TRUTH_YES;
	r = day_report(&d, NULL);
	day_expect(r, "mtls.example", NULL, CLASS_CLIENT_AUTH);
	ck_assert_int_eq(day_finding(r, "mtls.example", NULL)->confidence,
	    CONFIDENCE_CONFIRMED);
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(no_common_version)
{
	struct day d;
	struct report *r;

	day_start(&d);
	surf(&d, chrome);
	day_refuse(&d, node, "old.example", 70)->certificate = NULL;
	r = day_report(&d, NULL);
	day_expect(r, "old.example", NULL, CLASS_PROTOCOL_MISMATCH);
	report_free(r);
	day_free(&d);
}
END_TEST

static void
offer_session(struct handshake *h)
{
	h->offered.psk_offered = TRUTH_YES;
	h->resumption = RESUMPTION_MISMATCH;
}

START_TEST(lost_sessions_of_several_hosts_are_one_finding)
{
	const struct finding *f;
	struct day d;
	struct report *r;

	day_start(&d);
	for (int i = 0; i < 3; i++) {
		offer_session(day_reject(&d, chrome, "login.one.example", 47));
		day_accept(&d, chrome, "login.one.example");
		offer_session(day_reject(&d, chrome, "mail.two.test", 47));
		day_accept(&d, chrome, "mail.two.test");
	}
	r = day_report(&d, NULL);
	day_expect(r, "mail.two.test", NULL, CLASS_RESUMPTION_MISMATCH);
	f = day_finding(r, "login.one.example", NULL);
	ck_assert_int_eq(f->class, CLASS_RESUMPTION_MISMATCH);
	ck_assert_uint_eq(f->n_hosts, 2);
	ck_assert_uint_eq(r->n_findings, 1);
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(a_lost_session_that_carries_on_is_harmless)
{
	struct day d;
	struct report *r;
	size_t last;

	day_start(&d);
	for (int i = 0; i < 3; i++) {
		day_accept(&d, chrome, "www.one.example");
		last = d.n - 1;
		offer_session(&d.h[last]);
	}
	r = day_report(&d, NULL);
	ck_assert_uint_eq(r->n_findings, 0);
	report_free(r);
	day_free(&d);
}
END_TEST

/* Its connection lies inside the client's. */
static struct handshake *
server_leg(struct day *d, const char *host)
{
	struct who w = { 250, "t13d_interceptor", ENGINE_APP };
	struct handshake *h;
	int64_t client = d->h[d->n - 1].hello.time;

	h = day_add(d, w, host);
	h->hello.time = client + 2000000;
	h->flight.time = client + 10000000;
	h->deciding.time = h->last.time = client + 12000000;
	h->certificate = &day_genuine;
	h->outcome = OUTCOME_ACCEPTED;
	return h;
}

START_TEST(the_server_leg_explains_the_client_leg)
{
	struct certificate expired = day_genuine;
	struct handshake *h;
	struct day d;
	struct report *r;

	expired.not_after = DAY_START - CLOCK_DAY;
	day_start(&d);
	for (int i = 1; i < 4; i++) {
		day_accept(&d, on(chrome, i), "www.one.example");
		server_leg(&d, "www.one.example");
		day_accept(&d, on(chrome, i), "www.two.test");
		server_leg(&d, "www.two.test");
		day_accept(&d, on(chrome, i), "www.three.invalid");
		server_leg(&d, "www.three.invalid");
		day_refuse(&d, on(chrome, i), "bad.example", 0);
		h = server_leg(&d, "bad.example");
		h->certificate = &expired;
		h->outcome = OUTCOME_REJECTED;
		h->sign = SIGN_CLEAR_ALERT;
		h->n_alerts = 1;
		h->alerts[0] = (struct alert){ SIDE_CLIENT, ALERT_CLEAR, 2, 45,
			h->deciding };
	}
	r = day_report(&d, NULL);
	day_expect(r, "bad.example", "10.0.0.1", CLASS_UPSTREAM_CERT);
	day_expect(r, "bad.example", "10.0.0.250", CLASS_UPSTREAM_CERT);
	ck_assert_uint_eq(r->n_findings, 1);
	ck_assert_uint_eq(r->findings[0].n_clients, 3);
	for (size_t i = 0; i < r->n_profiles; i++)
		ck_assert_int_eq(r->profiles[i].leg == LEG_SERVER,
		    text_is(r->profiles[i].client, "10.0.0.250"));
	report_free(r);
	day_free(&d);
}
END_TEST

/* What a log tells that holds failures only, as PAN-OS does by default. */
static void
tell_reject(struct day *d, int client, const char *host, int alert)
{
	struct handshake *h = day_reject(d, (struct who){ client, "",
		ENGINE_UNKNOWN }, host, alert);

	h->from_log = true;
	h->interception = INTERCEPTION_PROVEN;
	h->certificate = NULL;
}

static void
tell_failures(struct day *d)
{
	static char hosts[20][32];

	for (int client = 1; client <= 7; client++) {
		tell_reject(d, client, "api.bank.example", 48);
		tell_reject(d, client, "sync.notes.test", 46);
		tell_reject(d, client, "old.shop.invalid", 45);
	}
	for (int i = 0; i < 20; i++) {
		snprintf(hosts[i], sizeof(hosts[i]), "www.site%d.example", i);
		tell_reject(d, 9, hosts[i], 48);
	}
	tell_reject(d, 9, "api.bank.example", 48);
	tell_reject(d, 10, "www.lonely.example", 48);
	tell_reject(d, 10, "www.other.test", 48);
}

START_TEST(a_log_of_failures_only_tells_hosts_from_clients)
{
	struct day d;
	struct report *r;

	day_start(&d);
	tell_failures(&d);
	r = day_report(&d, NULL);
	day_expect(r, "api.bank.example", "10.0.0.1", CLASS_PINNING);
	day_expect(r, "sync.notes.test", "10.0.0.7", CLASS_PINNING);
	day_expect(r, "old.shop.invalid", "10.0.0.3", CLASS_UPSTREAM_CERT);
	day_expect(r, "api.bank.example", "10.0.0.9", CLASS_MISSING_CA);
	day_expect(r, "www.site3.example", "10.0.0.9", CLASS_MISSING_CA);
	ck_assert_int_eq(day_finding(r, "www.site3.example", NULL)->confidence,
	    CONFIDENCE_LIKELY);
	/* Two domains and nobody else: who knows. */
	day_expect(r, "www.other.test", "10.0.0.10", CLASS_MISSING_CA);
	ck_assert_int_eq(day_finding(r, "www.other.test", NULL)->confidence,
	    CONFIDENCE_POSSIBLE);
	ck_assert_int_eq(day_finding(r, "api.bank.example",
	    "10.0.0.1")->confidence, CONFIDENCE_POSSIBLE);
	report_free(r);
	day_free(&d);
}
END_TEST

/* One accepted session, and the same log tells what clients do not accept. */
START_TEST(a_log_that_tells_of_successes_is_believed)
{
	struct day d;
	struct report *r;

	day_start(&d);
	tell_failures(&d);
	day_accept(&d, (struct who){ 30, "", ENGINE_UNKNOWN },
	    "www.elsewhere.example");
	d.h[d.n - 1].from_log = true;
	d.h[d.n - 1].interception = INTERCEPTION_PROVEN;
	r = day_report(&d, NULL);
	day_expect(r, "api.bank.example", "10.0.0.1", CLASS_MISSING_CA);
	day_expect(r, "www.other.test", "10.0.0.10", CLASS_MISSING_CA);
	report_free(r);
	day_free(&d);
}
END_TEST

/* The interceptor's TLS library may be that of a client, too. */
START_TEST(a_client_with_the_interceptors_fingerprint_stays_a_client)
{
	const struct who twin = { 9, "t13d_interceptor", ENGINE_APP };
	struct day d;
	struct report *r;

	day_start(&d);
	for (int i = 1; i < 4; i++) {
		day_accept(&d, on(chrome, i), "www.one.example");
		server_leg(&d, "www.one.example");
		day_accept(&d, on(chrome, i), "www.two.test");
		server_leg(&d, "www.two.test");
	}
	surf(&d, on(chrome, 9));
	day_reject(&d, twin, "www.one.example", 48);
	day_reject(&d, twin, "www.two.test", 48);
	r = day_report(&d, NULL);
	day_expect(r, "www.two.test", "10.0.0.9", CLASS_PRIVATE_STORE);
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(clients_at_random_are_never_taken_for_a_server_leg)
{
	uint32_t state = 99;
	struct day d;
	struct report *r;
	static const char *const hosts[] = { "www.one.example",
		"www.two.test", "www.three.invalid", "www.four.test" };

	day_start(&d);
	for (int i = 0; i < 4000; i++) {
		struct who w = chrome;

		state = state * 1664525 + 1013904223;
		w.client = 1 + (int)(state >> 16) % 40;
		day_accept(&d, w, hosts[(state >> 10) % 4]);
		d.h[d.n - 1].certificate = NULL;
		d.now -= (int64_t)29.9e9;
	}
	r = day_report(&d, NULL);
	for (size_t i = 0; i < r->n_profiles; i++)
		ck_assert_int_ne(r->profiles[i].leg, LEG_SERVER);
	report_free(r);
	day_free(&d);
}
END_TEST

static bool
has(const struct text *sentences, size_t n, const char *words)
{
	for (size_t i = 0; i < n; i++)
		if (text_find(sentences[i], words) >= 0)
			return true;
	return false;
}

/* One forged leaf proves nothing, and is no secret either. */
START_TEST(a_certificate_that_was_seen_is_not_said_to_be_hidden)
{
	const struct finding *f;
	struct day d;
	struct report *r;

	day_start(&d);
	day_reject(&d, bank, "api.bank.example", 46);
	day_reject(&d, bank, "api.bank.example", 46);
	r = day_report(&d, NULL);
	f = day_finding(r, "api.bank.example", NULL);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->interception, INTERCEPTION_PRESUMED);
	ck_assert(has(f->doubts, f->n_doubts, "-i gives the CA"));
	ck_assert(!has(f->doubts, f->n_doubts, "hides"));
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(in_tls_13_interception_is_only_presumed)
{
	const struct finding *f;
	struct day d;
	struct report *r;

	day_start(&d);
	d.hidden = true;
	surf(&d, chrome);
	day_accept(&d, chrome, "api.bank.example");
	for (int i = 0; i < 3; i++) {
		day_reject(&d, bank, "api.bank.example", -1);
		day_accept(&d, bank, "cdn.other.test");
		day_accept(&d, bank, "cdn.third.test");
	}
	for (size_t i = 0; i < d.n; i++) {
		static const uint16_t lengths[] = { 32, 1200, 281, 53 };

		d.h[i].n_flight = 4;
		memcpy(d.h[i].flight_len, lengths, sizeof(lengths));
		d.h[i].flight_len[1] += (uint16_t)(2 * d.h[i].host.n);
	}
	r = day_report(&d, NULL);
	f = day_finding(r, "api.bank.example", NULL);
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(f->class, CLASS_PINNING);
	ck_assert_int_eq(f->interception, INTERCEPTION_PRESUMED);
	ck_assert_int_eq(f->confidence, CONFIDENCE_LIKELY);
	ck_assert(has(f->doubts, f->n_doubts, "TLS 1.3 hides"));
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(accepted_without_interception_is_no_contrast)
{
	struct day d;
	struct report *r;

	day_start(&d);
	surf(&d, on(chrome, 2));
	day_reject(&d, node, "api.bank.example", 46);
	d.certificate = &day_genuine;
	day_accept(&d, node, "www.bypassed.test");
	r = day_report(&d, NULL);
	day_expect(r, "api.bank.example", NULL, CLASS_UNDETERMINED);
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(silent_closes_need_more_than_one)
{
	struct day d;
	struct report *r;

	day_start(&d);
	surf(&d, chrome);
	day_accept(&d, node, "www.one.example");
	day_idle(&d, node, "once.example", 20);
	day_idle(&d, node, "api.pinned.example", 20);
	day_idle(&d, node, "api.pinned.example", 20);
	day_idle(&d, node, "slow.example", 60000);
	day_idle(&d, node, "slow.example", 60000);
	r = day_report(&d, NULL);
	day_expect(r, "once.example", NULL, CLASS_UNKNOWN);
	day_expect(r, "slow.example", NULL, CLASS_UNKNOWN);
	day_expect(r, "api.pinned.example", NULL, CLASS_PINNING);
	ck_assert_uint_eq(r->totals.harmless, 4);
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(a_second_ca_with_the_same_leaf_key_is_the_untrust_ca)
{
	struct certificate other = day_forged;
	struct day d;
	struct report *r;

	other.issuer = TEXT("CN=Second Authority");
	day_start(&d);
	surf(&d, chrome);
	d.certificate = &other;
	day_reject(&d, chrome, "bad.example", 46);
	day_reject(&d, node, "bad.example", 48);
	r = day_report(&d, NULL);
	day_expect(r, "bad.example", NULL, CLASS_UPSTREAM_CERT);
	ck_assert_uint_eq(r->n_findings, 1);
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(what_is_intercepted_only_to_be_rejected_is_a_block_page)
{
	struct certificate forged = day_forged;
	struct day d;
	struct report *r;

	forged.signed_by_given = TRUTH_YES;
	day_start(&d);
	d.certificate = &day_genuine;
	surf(&d, chrome);
	surf(&d, on(node, 2));
	d.certificate = &forged;
	day_reject(&d, chrome, "games.example", 46);
	day_reject(&d, on(node, 2), "games.example", 48);
	r = day_report(&d, NULL);
	day_expect(r, "games.example", NULL, CLASS_BLOCK_PAGE);
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(an_expired_impersonation_is_the_interceptors_fault)
{
	struct certificate expired = day_forged;
	struct day d;
	struct report *r;

	expired.not_after = DAY_START - CLOCK_DAY;
	day_start(&d);
	surf(&d, chrome);
	d.certificate = &expired;
	day_reject(&d, chrome, "old.example", 46);
	r = day_report(&d, NULL);
	day_expect(r, "old.example", NULL, CLASS_PROXY_CERT);
	report_free(r);
	day_free(&d);
}
END_TEST

/* An interceptor's log describes the certificate that it got. */
START_TEST(an_expired_certificate_in_a_log_is_the_origins)
{
	struct certificate expired = { .issuer = TEXT("CN=R3"),
		.not_before = CLOCK_UNKNOWN,
		.not_after = DAY_START - CLOCK_DAY };
	struct day d;
	struct report *r;

	day_start(&d);
	surf(&d, chrome);
	d.certificate = &expired;
	day_reject(&d, chrome, "old.example", 45);
	d.h[d.n - 1].from_log = true;
	d.h[d.n - 1].interception = INTERCEPTION_PROVEN;
	r = day_report(&d, NULL);
	day_expect(r, "old.example", NULL, CLASS_UPSTREAM_CERT);
	ck_assert(text_is(r->interceptor, "CN=Corp Decrypt CA"));
	report_free(r);
	day_free(&d);
}
END_TEST

START_TEST(a_leaf_covers_one_label_by_its_star)
{
	const struct text names[] = { TEXT("*.bank.example"),
		TEXT("Bank.Example") };
	const struct certificate c = { .names = names, .n_names = 2,
		.subject_cn = TEXT("other.example") };

	ck_assert(trait_covers(&c, TEXT("api.bank.example")));
	ck_assert(trait_covers(&c, TEXT("bank.example")));
	ck_assert(!trait_covers(&c, TEXT("a.api.bank.example")));
	ck_assert(!trait_covers(&c, TEXT(".bank.example")));
	ck_assert(!trait_covers(&c, TEXT("other.example")));
}
END_TEST

/* All that is shown must be the same for any order of the handshakes. */
static void
compare_reports(const struct report *a, const struct report *b)
{
	ck_assert_uint_eq(a->n_findings, b->n_findings);
	ck_assert_uint_eq(a->n_cells, b->n_cells);
	for (size_t i = 0; i < a->n_cells; i++) {
		ck_assert_mem_eq(&a->cells[i].attempts, &b->cells[i].attempts,
		    sizeof(a->cells[i].attempts));
		ck_assert_int_eq(a->cells[i].class, b->cells[i].class);
		ck_assert_uint_eq(a->cells[i].finding, b->cells[i].finding);
		ck_assert_int_eq(a->cells[i].interception,
		    b->cells[i].interception);
	}
	for (size_t i = 0; i < a->n_findings; i++) {
		const struct finding *f = &a->findings[i];
		const struct finding *g = &b->findings[i];

		ck_assert_str_eq(f->id, g->id);
		ck_assert_int_eq(f->confidence, g->confidence);
		ck_assert(text_equal(f->rule, g->rule));
		ck_assert_uint_eq(f->n_reasons, g->n_reasons);
		for (size_t k = 0; k < f->n_reasons; k++)
			ck_assert(text_equal(f->reasons[k], g->reasons[k]));
		ck_assert_uint_eq(f->n_evidence, g->n_evidence);
		for (size_t k = 0; k < f->n_evidence; k++)
			ck_assert_uint_eq(f->evidence[k].frame,
			    g->evidence[k].frame);
	}
}

START_TEST(order_does_not_matter)
{
	uint32_t state = 7 + (uint32_t)_i;
	size_t order[DAY_MAX];
	struct report *once, *again;
	struct day d;

	day_start(&d);
	for (int i = 1; i < 12; i++) {
		surf(&d, on(chrome, i));
		d.hidden = !d.hidden;
		day_reject(&d, on(bank, i), "api.bank.example", 46);
		day_accept(&d, on(bank, i), "cdn.other.test");
		day_reject(&d, on(node, i), "packages.node.test", 48);
		day_reject(&d, on(node, i), "www.one.example", 48);
		offer_session(day_reject(&d, on(chrome, i), "mail.two.test",
		    47));
		day_refuse(&d, on(node, i), "mtls.example", 116)
		    ->certificate_requested = TRUTH_YES;
	}
	for (size_t i = 0; i < d.n; i++)
		order[i] = i;
	once = day_report(&d, order);
	for (size_t i = d.n - 1; i > 0; i--) {
		size_t k, t;

		state = state * 1664525 + 1013904223;
		k = (state >> 8) % (i + 1);
		t = order[i], order[i] = order[k], order[k] = t;
	}
	again = day_report(&d, order);
	ck_assert_uint_gt(once->n_findings, 3);
	compare_reports(once, again);
	report_free(once);
	report_free(again);
	day_free(&d);
}
END_TEST

/* A line may tell of several connections. */
START_TEST(a_line_proves_once_and_by_its_own_words)
{
	static const uint64_t lines[] = { 7, 7, 9 };
	static const char *const errors[] = { "bad CA", "bad CA", "no CA" };
	const struct finding *f;
	struct day d;
	struct report *r;

	day_start(&d);
	for (int i = 0; i < 3; i++) {
		struct handshake *h = day_reject(&d, bank, "api.bank.example",
		    46);

		h->from_log = true;
		h->hello.record = lines[i];
		h->error = text_of(errors[i]);
	}
	r = day_report(&d, NULL);
	ck_assert_uint_eq(r->n_findings, 1);
	f = &r->findings[0];
	ck_assert_uint_eq(f->n_evidence, 2);
	ck_assert_uint_eq(f->evidence[0].line, 7);
	ck_assert(text_is(f->evidence[0].value, "bad CA"));
	ck_assert_uint_eq(f->evidence[1].line, 9);
	ck_assert(text_is(f->evidence[1].value, "no CA"));
	report_free(r);
	day_free(&d);
}
END_TEST

/* The reasons name what decided, and of an alert only what it tells. */
START_TEST(a_downgrade_is_told_by_what_proves_it)
{
	const char *const library = "names its TLS library";
	struct handshake *h;
	struct report *r;
	struct day d;
	const struct finding *f;

	day_start(&d);
	surf(&d, chrome);
	h = day_reject(&d, node, "api.down.example", 47);
	h->chosen.sentinel = TRUTH_YES;
	h = day_reject(&d, bank, "api.bank.example", 46);
	day_accept(&d, bank, "cdn.other.test");
	day_accept(&d, bank, "cdn.third.test");
	r = day_report(&d, NULL);
	f = day_finding(r, "api.down.example", NULL);
	ck_assert_int_eq(f->class, CLASS_PROTOCOL_MISMATCH);
	ck_assert(has(f->reasons, f->n_reasons, "downgrade sentinel of RFC 8446"));
	ck_assert(has(f->reasons, f->n_reasons, "illegal_parameter (47)"));
	ck_assert(!has(f->reasons, f->n_reasons, library));
	f = day_finding(r, "api.bank.example", NULL);
	ck_assert(has(f->reasons, f->n_reasons, library));
	report_free(r);
	day_free(&d);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("verdict");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, a_benign_day_has_no_finding);
	tcase_add_test(tc, a_log_of_failures_only_tells_hosts_from_clients);
	tcase_add_test(tc, a_log_that_tells_of_successes_is_believed);
	tcase_add_test(tc, contrast_makes_a_pin);
	tcase_add_loop_test(tc,
	    the_same_alert_without_contrast_is_undetermined, 0, 6);
	tcase_add_test(tc, a_program_that_rejects_all_has_a_store_of_its_own);
	tcase_add_test(tc, a_device_that_rejects_all_lacks_the_ca);
	tcase_add_test(tc,
	    a_browser_without_contrast_is_told_by_the_preload_list);
	tcase_add_test(tc, a_click_through_is_a_browser_reject);
	tcase_add_test(tc, a_client_certificate_that_is_asked_for);
	tcase_add_test(tc, no_common_version);
	tcase_add_test(tc, lost_sessions_of_several_hosts_are_one_finding);
	tcase_add_test(tc, a_lost_session_that_carries_on_is_harmless);
	tcase_add_test(tc, the_server_leg_explains_the_client_leg);
	tcase_add_test(tc,
	    a_client_with_the_interceptors_fingerprint_stays_a_client);
	tcase_add_test(tc,
	    clients_at_random_are_never_taken_for_a_server_leg);
	tcase_add_test(tc, in_tls_13_interception_is_only_presumed);
	tcase_add_test(tc,
	    a_certificate_that_was_seen_is_not_said_to_be_hidden);
	tcase_add_test(tc, accepted_without_interception_is_no_contrast);
	tcase_add_test(tc, silent_closes_need_more_than_one);
	tcase_add_test(tc,
	    a_second_ca_with_the_same_leaf_key_is_the_untrust_ca);
	tcase_add_test(tc,
	    what_is_intercepted_only_to_be_rejected_is_a_block_page);
	tcase_add_test(tc, an_expired_impersonation_is_the_interceptors_fault);
	tcase_add_test(tc, an_expired_certificate_in_a_log_is_the_origins);
	tcase_add_test(tc, a_leaf_covers_one_label_by_its_star);
	tcase_add_loop_test(tc, order_does_not_matter, 0, 5);
	tcase_add_test(tc, a_line_proves_once_and_by_its_own_words);
	tcase_add_test(tc, a_downgrade_is_told_by_what_proves_it);
	return unit_run(tc);
}
