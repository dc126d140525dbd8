/*
 * fixture_report.h - a report made by hand, for the tests of all formats.
 *
 * FIXTURE_PLAIN is what a good day looks like; FIXTURE_NASTY has the same shape
 * with a text in every place that tries to get out of every format.
 */
#ifndef PINSPOT_TESTS_FIXTURE_REPORT_H
#define PINSPOT_TESTS_FIXTURE_REPORT_H

#include <stdio.h>

#include "base/clock.h"
#include "model/finding.h"

enum fixture { FIXTURE_PLAIN, FIXTURE_NASTY };

#define FIXTURE_EPOCH (1795160000 * CLOCK_SECOND) /* 2026-11-20 07:33 */

/* Closes tags, quotes, cells and headers; a formula; control characters with
 * NUL, ESC and DEL; bytes that are no UTF-8; a bidi override, a zero-width
 * space, a line separator. */
static const char fixture_nasty[] =
    "=cmd|' /C calc'!A0</script><b onclick=\"x()\">\"'`|*_[x](y)&amp;\r\n"
    "Bcc: evil@example\x01\x07\x1b[2J\x1b]0;t\x07\x7f\xc2\x9b"
    "31m\xff\xfe\xc0\xaf\xed\xa0\x80"
    "\xe2\x80\xae\xe2\x80\x8b\xe2\x80\xa8\\,;\t--><!--$(id)";

struct fixture_maker {
	struct report *r;
	enum fixture kind;
};

static inline struct text
fixture_text(struct fixture_maker *m, const char *s)
{
	struct text t = { fixture_nasty, sizeof(fixture_nasty) };

	return pool_intern(m->r->pool,
	    m->kind == FIXTURE_NASTY ? t : text_of(s));
}

static inline struct text *
fixture_texts(struct fixture_maker *m, size_t n, const char *const *texts)
{
	struct text *array = pool_zero(m->r->pool, n * sizeof(*array));

	for (size_t i = 0; i < n; i++)
		array[i] = fixture_text(m, texts[i]);
	return array;
}

struct fixture_row {
	const char *name, *domain, *subject;
	enum class class;
	enum confidence confidence;
	uint64_t attempts, clients, n_hosts;
	const char *rule, *status, *action, *advice, *reason, *doubt;
};

static const struct fixture_row fixture_rows[] = {
	{ "api.bank.example", "bank.example", "bank app", CLASS_PINNING,
	    CONFIDENCE_CONFIRMED, 214, 38, 1, "pinning-contrast", "new",
	    "exclude", "Exclude the host, use the web version, or leave it "
	    "blocked if nobody needs it.",
	    "the same program accepts 41 other domains under the interceptor",
	    "" },
	{ "*.push.apple.com", "apple.com", "Apple services", CLASS_PINNING,
	    CONFIDENCE_CONFIRMED, 96, 61, 3, "pinning-catalogue", "known",
	    "exclude", "Exclude the hosts; the predefined list has them.",
	    "the catalogue knows these hosts as pinned", "" },
	{ "sensor.edr.example", "edr.example", "edr agent", CLASS_CLIENT_AUTH,
	    CONFIDENCE_CONFIRMED, 21, 9, 1, "client-auth", "known", "exclude",
	    "Exclude the host.", "the server asks for a client certificate",
	    "" },
	{ "(any host)", "", "node runtime", CLASS_PRIVATE_STORE,
	    CONFIDENCE_CONFIRMED, 133, 7, 12, "private-store", "new",
	    "deploy-ca", "Deploy the CA to Node (NODE_EXTRA_CA_CERTS).",
	    "this program rejects 12 domains and accepts none, while browsers "
	    "on the same devices accept", "" },
	{ "(any host)", "", "10.8.4.77", CLASS_MISSING_CA, CONFIDENCE_CONFIRMED,
	    40, 1, 9, "missing-ca", "known", "deploy-ca",
	    "Deploy the CA to that device.",
	    "every program of this device rejects, 9 domains", "" },
	{ "login.microsoftonline.com", "microsoftonline.com", "via 10.0.0.9",
	    CLASS_RESUMPTION_MISMATCH, CONFIDENCE_LIKELY, 27, 19, 1,
	    "resumption-mismatch", "back", "update",
	    "Update the interceptor (Cloud SWG: January 2024 or later); look "
	    "for a second one upstream.",
	    "a ticket of TLS 1.3 is answered by a full handshake of TLS 1.2",
	    "only the client leg was captured" },
	{ "b\xc3\xbc" "cher.example", "", "", CLASS_HSTS_PRELOAD,
	    CONFIDENCE_POSSIBLE, 4, 2, 1, "hsts-preload", "gone", "deploy-ca",
	    "Deploy the CA, or allow the host by policy.",
	    "the host is on the HSTS preload list", "" },
	{ "proxy.cert.example", "cert.example", "expired certificate",
	    CLASS_PROXY_CERT, CONFIDENCE_LIKELY, 8, 8, 1, "proxy-cert",
	    "acknowledged", "repair", "Renew the interceptor's CA.",
	    "the certificate expired on 2026-11-19", "" },
	{ "old.vendor.example", "vendor.example", "", CLASS_PROTOCOL_MISMATCH,
	    CONFIDENCE_LIKELY, 2, 1, 1, "protocol-mismatch", "known",
	    "change-profile", "Change the decryption profile.",
	    "the client offers TLS 1.0 only", "" },
	{ "cdn.unknown.example", "unknown.example", "", CLASS_UNDETERMINED,
	    CONFIDENCE_POSSIBLE, 1, 1, 1, "undetermined", "new", "capture",
	    "Capture this client for a day.",
	    "rejected, and nothing to contrast it with",
	    "one attempt of one client only" },
};

static inline void
fixture_proof(struct fixture_maker *m, struct finding *f, size_t i)
{
	static struct certificate leaf;
	struct handshake *h = pool_zero(m->r->pool, sizeof(*h));

	handshake_init(h);
	f->proof = h;
	leaf.issuer = TEXT("CN=Corp Decrypt CA");
	leaf.signed_by_given = TRUTH_YES;
	h->certificate = &leaf;
	h->stream = i % 3 == 2 ? -1 : (int64_t)(8841 + i);
	h->transport = TRANSPORT_TCP;
	h->hello = (struct origin){ 120334 + i, f->first_seen };
	h->deciding = (struct origin){ 120341 + i, f->first_seen + 4100000 };
	h->host = f->host_name;
	endpoint_parse(TEXT("10.8.2.31"), &h->client);
	endpoint_parse(i % 2 ? TEXT("2001:db8::10") : TEXT("203.0.113.10"),
	    &h->server);
	h->client.port = 50112;
	h->server.port = 443;
	h->close_us = 4100;
	f->n_ladder = 4;
	f->ladder = pool_zero(m->r->pool, f->n_ladder * sizeof(*f->ladder));
	f->ladder[0] = (struct rung){ 120334 + i, f->first_seen, SIDE_CLIENT,
		517, fixture_text(m, "ClientHello") };
	f->ladder[1] = (struct rung){ 120337 + i, f->first_seen + 2000000,
		SIDE_SERVER, 127, fixture_text(m, "ServerHello") };
	f->ladder[2] = (struct rung){ 120338 + i, f->first_seen + 2100000,
		SIDE_SERVER, 2890, fixture_text(m, "certificate flight") };
	f->ladder[3] = (struct rung){ 120341 + i, f->first_seen + 4100000,
		SIDE_CLIENT, 19, fixture_text(m, "rejection") };
}

static inline void
fixture_entry(struct fixture_maker *m, struct finding *f, struct entry *e)
{
	const char *id = f->id;

	e->product = "panos";
	e->entry = f->host_name;
	e->matches = fixture_text(m, "sni|cn");
	e->comment = fixture_text(m, "pinning, review 2027-02-20");
	e->findings = fixture_texts(m, 1, &id);
	e->n_findings = 1;
	e->fixes = f->attempts;
	e->inspected_lost = f->class == CLASS_CLIENT_AUTH ? 0 : 57;
	e->bytes_lost = 1830021;
	e->risk = RISK_LOW;
	e->verdict = VERDICT_ADD;
	e->why = fixture_text(m, "review in 90 days");
	f->entries = e;
	f->n_entries = 1;
}

static inline void
fixture_finding(struct fixture_maker *m, size_t i)
{
	static const char *const frames[] = { "ClientHello",
		"certificate flight", "rejection" };
	static const char *const clients[] = { "10.8.2.31", "10.8.2.32",
		"10.8.2.33" };
	static const char *const prints[] = { "t13d1516h2_8daaf6152771_pf" };
	static const char *const change[] = {
		"a second client at the same host" };
	const struct fixture_row *row = &fixture_rows[i %
	    (sizeof(fixture_rows) / sizeof(fixture_rows[0]))];
	struct finding *f = &m->r->findings[i];
	struct host *h = &m->r->hosts[i];
	bool any_host = row->name[0] == '(';
	struct cell *cell = &m->r->cells[2 * i];
	static const struct traits traits;
	struct failure *failure = pool_zero(m->r->pool, sizeof(*failure));
	struct text name;

	snprintf(f->id, sizeof(f->id), "f-%08x", (unsigned)(i * 2654435761U));
	name = i < 10 || any_host ? text_of(row->name) :
	    pool_printf(m->r->pool, "host-%zu.%s", i, row->name);
	h->name = m->kind == FIXTURE_NASTY ? fixture_text(m, "") :
	    pool_intern(m->r->pool, name);
	h->source = HOST_SNI;
	f->class = row->class;
	f->confidence = row->confidence;
	f->rule = fixture_text(m, row->rule);
	f->host = any_host ? 0 : (uint32_t)i + 1;
	f->host_name = any_host ? text_of(row->name) : h->name;
	f->subject = fixture_text(m, row->subject);
	f->n_hosts = row->n_hosts;
	f->hosts = pool_zero(m->r->pool, f->n_hosts * sizeof(*f->hosts));
	for (size_t k = 0; k < f->n_hosts; k++)
		f->hosts[k] = k == 0 ? h->name : pool_printf(m->r->pool,
		    "%zu.%.*s", k, TEXT_ARG(h->name));
	f->clients = fixture_texts(m, 3, clients);
	f->n_clients_shown = row->clients < 3 ? row->clients : 3;
	f->n_clients = row->clients;
	f->fingerprints = fixture_texts(m, 1, prints);
	f->n_fingerprints = 1;
	f->attempts = row->attempts;
	f->connections = row->attempts * 2;
	f->same_host_other_profiles.accepted = any_host ? 0 : 57;
	f->same_host_other_profiles.profiles = any_host ? 0 : 2;
	f->same_profile_other_hosts.accepted = 913;
	f->same_profile_other_hosts.domains = 41;
	f->shape.version = 0x0304;
	f->shape.sign = SIGN_SHORT_FIRST_RECORD;
	f->shape.record_len = 19;
	f->shape.finished_len = 53;
	f->shape.alert = -1;
	f->shape.close = CLOSE_FIN;
	f->interception = INTERCEPTION_PROVEN;
	f->first_seen = FIXTURE_EPOCH + (int64_t)(i % 10) * 7 * CLOCK_SECOND *
	    600;
	f->last_seen = f->first_seen + 3600 * CLOCK_SECOND;
	fixture_proof(m, f, i);
	f->n_evidence = 4;
	f->evidence = pool_zero(m->r->pool, 4 * sizeof(*f->evidence));
	for (size_t k = 0; k < 3; k++)
		f->evidence[k] = (struct evidence){ .frame = 120334 + i + k,
			.stream = 8841,
			.time = f->first_seen,
			.what = fixture_text(m, frames[k]) };
	f->evidence[3] = (struct evidence){ .input = 1,
		.line = 18220,
		.stream = -1,
		.time = f->first_seen,
		.what = fixture_text(m, "error"),
		.value = fixture_text(m, "BadCertificate") };
	f->status = row->status;
	f->reasons = fixture_texts(m, 1, &row->reason);
	f->n_reasons = 1;
	f->doubts = fixture_texts(m, 1, &row->doubt);
	f->n_doubts = m->kind == FIXTURE_NASTY || row->doubt[0] != '\0';
	f->would_change = fixture_texts(m, 1, change);
	f->n_would_change = 1;
	f->action = row->action;
	f->advice = fixture_text(m, row->advice);
	failure->traits = &traits;
	failure->n_timeline = 24;
	failure->timeline = pool_zero(m->r->pool,
	    24 * sizeof(*failure->timeline));
	for (uint32_t k = 0; k < 24; k++)
		failure->timeline[k] = (struct bucket){ k,
			(uint32_t)((k * 7 + i * 5) % 13) };
	cell[0] = (struct cell){ .host = (uint32_t)i,
		.profile = 0,
		.interception = INTERCEPTION_PROVEN,
		.connections = row->attempts * 2,
		.attempts = { .rejected = row->attempts },
		.first = f->first_seen,
		.last = f->last_seen,
		.failure = failure,
		.finding = (uint32_t)i + 1 };
	cell[1] = (struct cell){ .host = (uint32_t)i,
		.profile = 1,
		.interception = INTERCEPTION_PROVEN,
		.connections = 60,
		.attempts = { .accepted = 57, .idle = 2 },
		.first = f->first_seen,
		.last = f->last_seen };
}

static inline void
fixture_inputs(struct fixture_maker *m)
{
	struct report *r = m->r;

	r->n_inputs = 2;
	r->inputs = pool_zero(r->pool, 2 * sizeof(*r->inputs));
	r->inputs[0] = (struct input_info){
		.name = fixture_text(m, "fw-edge.pcapng"),
		.kind = "pcapng",
		.size = 1912345678,
		.packets = 2100000,
		.snaplen = 262144,
		.identity = "00",
		.first = FIXTURE_EPOCH,
		.last = FIXTURE_EPOCH + CLOCK_DAY };
	r->inputs[1] = (struct input_info){
		.name = fixture_text(m, "panos.csv"),
		.kind = "panos",
		.size = 38000000,
		.lines = 38112,
		.bad = 212,
		.truncated = true,
		.first = FIXTURE_EPOCH,
		.last = FIXTURE_EPOCH + CLOCK_DAY };
}

static inline void
fixture_suggestions(struct fixture_maker *m, size_t n)
{
	struct report *r = m->r;

	r->product = "panos";
	r->suggestions = pool_zero(r->pool, (n + 1) * sizeof(struct entry));
	for (size_t i = 0; i < n; i++) {
		struct finding *f = &r->findings[i];

		if (f->class != CLASS_PINNING && f->class != CLASS_CLIENT_AUTH)
			continue;
		fixture_entry(m, f, &r->suggestions[r->n_suggestions++]);
	}
	if (n > 0)
		r->suggestions[r->n_suggestions++] = (struct entry){
			.product = "panos",
			.entry = fixture_text(m, "*.dropbox.com"),
			.matches = fixture_text(m, "sni|cn"),
			.fixes = 71,
			.inspected_lost = 4310,
			.risk = RISK_HIGH,
			.verdict = VERDICT_TOO_WIDE,
			.why = fixture_text(m, "+0 fixed, 4,249 more lost") };
}

static inline void
fixture_steps(struct fixture_maker *m)
{
	struct report *r = m->r;

	r->n_next_steps = 2;
	r->next_steps = pool_zero(r->pool, 2 * sizeof(*r->next_steps));
	r->next_steps[0] = (struct step){
		fixture_text(m, "Deploy the CA to Node on 7 devices "
		    "(NODE_EXTRA_CA_CERTS)"), 133,
		fixture_text(m, "pinspot explain private-store"), "" };
	r->next_steps[1] = (struct step){ fixture_text(m, "Re-enrol 10.8.4.77"),
		40, { 0 }, "" };
}

/* The caller frees it with report_free. */
static inline struct report *
fixture_report(enum fixture kind, size_t n)
{
	static const char *const note[] = {
		"QUIC carried 28,114 connections past the interceptor." };
	struct report *r = report_new();
	struct fixture_maker m = { r, kind };

	r->version = "0.1.0";
	memset(r->rules_digest, 'a', 64);
	fixture_inputs(&m);
	r->interceptor = fixture_text(&m, "CN=Corp Decrypt CA");
	r->interceptor_source = "given";
	r->first = FIXTURE_EPOCH;
	r->last = FIXTURE_EPOCH + CLOCK_DAY;
	r->timeline_start = FIXTURE_EPOCH;
	r->timeline_step = 3600 * CLOCK_SECOND;
	r->n_timeline = 24;
	r->totals = (struct totals){ .handshakes = 412903,
		.connections = 412903,
		.intercepted = 371220,
		.accepted = 360000,
		.rejected = n > 0 ? 2904 : 0,
		.attempts = 200000,
		.quic = 28114,
		.harmless = 1204,
		.error_lines = n > 0 ? 38112 : 0,
		.alerts = { [46] = 1200, [48] = 90 } };
	r->n_hosts = r->n_findings = n;
	r->n_cells = 2 * n;
	r->n_profiles = 2;
	r->hosts = pool_zero(r->pool, (n + 1) * sizeof(*r->hosts));
	r->findings = pool_zero(r->pool, (n + 1) * sizeof(*r->findings));
	r->cells = pool_zero(r->pool, (2 * n + 1) * sizeof(*r->cells));
	r->profiles = pool_zero(r->pool, 2 * sizeof(*r->profiles));
	for (size_t i = 0; i < 2; i++)
		r->profiles[i] = (struct profile){
			.client = fixture_text(&m, i ? "10.8.2.40"
			    : "10.8.2.31"),
			.fingerprint = fixture_text(&m, i ? "t13d1517h2_b_c"
			    : "t13d1516h2_8daaf6152771_pf"),
			.app = fixture_text(&m, i ? "browser" : "bank app"),
			.engine = i ? ENGINE_BROWSER : ENGINE_APP };
	for (size_t i = 0; i < n; i++)
		fixture_finding(&m, i);
	fixture_suggestions(&m, n);
	if (n > 0)
		fixture_steps(&m);
	r->notes = fixture_texts(&m, 1, note);
	r->n_notes = 1;
	return r;
}

#endif
