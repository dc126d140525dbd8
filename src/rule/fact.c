#include "rule/fact.h"

#include <stddef.h>

#include "base/error.h"
#include "knowledge/alerts.h"
#include "knowledge/interceptors.h"
#include "knowledge/suffix.h"
#include "rule/score.h"

static struct value
of_number(uint64_t n)
{
	return (struct value){ .number = n };
}

static struct value
of_text(struct text t)
{
	return (struct value){ .text = t };
}

/* A name, or the empty text for NULL. */
static struct value
of_name(const char *name)
{
	return (struct value){ .text = text_of(name) };
}

/* Of a handshake, where none was seen. */
static const struct value nothing = { .text = { "", 0 } };

static struct value
cell_u64(const struct subject *s, const struct fact *f)
{
	return of_number(*(const uint64_t *)((const char *)s->cell + f->at));
}

static struct value
cell_u32(const struct subject *s, const struct fact *f)
{
	return of_number(*(const uint32_t *)((const char *)s->cell + f->at));
}

static struct value
cell_bool(const struct subject *s, const struct fact *f)
{
	return of_number(*(const bool *)((const char *)s->cell + f->at));
}

static struct value
contrast_u32(const struct subject *s, const struct fact *f)
{
	return of_number(*(const uint32_t *)((const char *)
	    subject_contrast(s) + f->at));
}

static struct value
contrast_bool(const struct subject *s, const struct fact *f)
{
	return of_number(*(const bool *)((const char *)subject_contrast(s) +
	    f->at));
}

/* A member of struct failure. */
static struct value
failure_u32(const struct subject *s, const struct fact *f)
{
	return of_number(*(const uint32_t *)((const char *)s->cell->failure +
	    f->at));
}

static struct value
trait_u32(const struct subject *s, const struct fact *f)
{
	return of_number(*(const uint32_t *)((const char *)
	    s->cell->failure->traits + f->at));
}

static struct value
trait_codes(const struct subject *s, const struct fact *f)
{
	return (struct value){ .codes = (const struct alert_set *)(const void *)
	    ((const char *)s->cell->failure->traits + f->at) };
}

static struct value
server_u64(const struct subject *s, const struct fact *f)
{
	return of_number(*(const uint64_t *)((const char *)
	    server_leg_of(s->report, s->cell) + f->at));
}

static struct value
host_bool(const struct subject *s, const struct fact *f)
{
	return of_number(*(const bool *)((const char *)s->host + f->at));
}

static struct value
host_text(const struct subject *s, const struct fact *f)
{
	return of_text(*(const struct text *)((const char *)s->host + f->at));
}

static struct value
get_domain(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_text(suffix_registrable(s->host->name));
}

static struct value
get_app(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_text(host_app(s->host)->name);
}

static struct value
get_pinned(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_number(host_app(s->host)->pinned);
}

static struct value
profile_text(const struct subject *s, const struct fact *f)
{
	return of_text(*(const struct text *)((const char *)s->profile +
	    f->at));
}

static struct value
group_u64(const struct subject *s, const struct fact *f)
{
	return of_number(s->group == NULL ? 0 :
	    *(const uint64_t *)((const char *)s->group + f->at));
}

static struct value
subject_u32(const struct subject *s, const struct fact *f)
{
	return of_number(*(const uint32_t *)((const char *)s + f->at));
}

static struct value
get_attempts(const struct subject *s, const struct fact *f)
{
	const struct attempts *a = &s->cell->attempts;

	(void)f;
	return of_number(a->accepted + a->rejected + a->idle + a->refused +
	    a->network + a->other);
}

static struct value
get_rejected(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_number(s->cell->attempts.rejected +
	    (s->cell->idle_rejected ? s->cell->attempts.idle : 0));
}

static struct value
get_intercepted(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_number(s->cell->interception == INTERCEPTION_PRESUMED ||
	    s->cell->interception == INTERCEPTION_PROVEN);
}

static struct value
get_interception(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_name(interception_name(
	    (enum interception)s->cell->interception));
}

static struct value
get_leg(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_name(leg_name((enum leg)s->cell->leg));
}

static struct value
get_issuer(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_text(s->report->issuers[s->cell->issuer]);
}

static struct value
get_certificate_alert(const struct subject *s, const struct fact *f)
{
	const struct traits *t = s->cell->failure->traits;

	(void)f;
	return of_number((t->client_alerts.bits[0] &
	    ALERTS_OF_CERTIFICATES) != 0);
}

static struct value
get_named(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_number(s->host->source != HOST_ADDRESS &&
	    s->host->source != HOST_CERTIFICATE &&
	    s->host->source != HOST_UNKNOWN);
}

static struct value
get_block_host(const struct subject *s, const struct fact *f)
{
	struct memo *memo = s->memo;

	(void)f;
	if (memo->asked != s->host)
		memo->is_block_host = interceptor_is_block_host(s->host->name);
	memo->asked = s->host;
	return of_number(memo->is_block_host);
}

static struct value
get_host_source(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_name(host_source_name(
	    (enum host_source)s->host->source));
}

static struct value
get_engine(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_name(engine_name(s->profile->engine));
}

static struct value
get_browser(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_number(s->profile->engine == ENGINE_BROWSER);
}

static struct value
get_program_known(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_number(s->profile->fingerprint.n > 0 ||
	    s->profile->agent.n > 0);
}

static struct value
get_score(const struct subject *s, const struct fact *f)
{
	struct score score = score_cell(s->cell, subject_contrast(s),
	    s->profile);

	return of_number(*(const unsigned *)((const char *)&score + f->at));
}

static struct value
get_only_mismatch(const struct subject *s, const struct fact *f)
{
	uint64_t failed = s->cell->connections - s->cell->accepted;

	(void)f;
	return of_number(failed > 0 && s->cell->failure->traits->mismatch ==
	    failed);
}

static struct value
get_failures_only(const struct subject *s, const struct fact *f)
{
	uint64_t failed = s->cell->connections - s->cell->accepted;

	(void)f;
	return of_number(totals_failures_only(&s->report->totals) &&
	    s->cell->failure->traits->from_log == failed);
}

static struct value
get_server_leg(const struct subject *s, const struct fact *f)
{
	(void)f;
	return of_number(server_leg_of(s->report, s->cell)->n_profiles > 0);
}

static struct value
get_version(const struct subject *s, const struct fact *f)
{
	(void)f;
	return s->proof == NULL ? nothing :
	    of_name(version_name(s->proof->chosen.version));
}

static struct value
get_sign(const struct subject *s, const struct fact *f)
{
	(void)f;
	return s->proof == NULL ? nothing :
	    of_name(sign_name(s->proof->sign));
}

static struct value
get_error(const struct subject *s, const struct fact *f)
{
	(void)f;
	return s->proof == NULL ? nothing :
	    of_text(s->proof->error);
}

static struct value
get_policy(const struct subject *s, const struct fact *f)
{
	(void)f;
	return s->proof == NULL ? nothing :
	    of_text(s->proof->policy);
}

#define CELL(member) offsetof(struct cell, member)
#define TRAIT(member) offsetof(struct traits, member)
#define FAILURE(member) offsetof(struct failure, member)
#define CONTRAST(member) offsetof(struct contrast, member)
#define SERVER(member) offsetof(struct server_leg, member)
#define HOST(member) offsetof(struct host, member)
#define PROFILE(member) offsetof(struct profile, member)
#define GROUP(member) offsetof(struct group_counts, member)

/* The four numbers of one half of the contrast; unit is what is counted. */
#define SIDE(member, unit, words)                                              \
	{ "contrast." #member ".accepted", FACT_NUMBER, SCOPE_CELL,            \
	    "accepted attempts of " words, contrast_u32,                        \
	    CONTRAST(member.accepted) },                                       \
	{ "contrast." #member ".rejected", FACT_NUMBER, SCOPE_CELL,            \
	    "rejected attempts of " words, contrast_u32,                        \
	    CONTRAST(member.rejected) },                                       \
	{ "contrast." #member "." unit, FACT_NUMBER, SCOPE_CELL,               \
	    unit " that accept, of " words, contrast_u32,                       \
	    CONTRAST(member.accepting) },                                      \
	{ "contrast." #member ".rejecting_" unit, FACT_NUMBER, SCOPE_CELL,     \
	    unit " that reject, of " words, contrast_u32,                       \
	    CONTRAST(member.rejecting) }

const struct fact facts[] = {
	{ "accepted.attempts", FACT_NUMBER, SCOPE_CELL,
	    "attempts of this profile at this host that carried data",
	    cell_u32, CELL(attempts.accepted) },
	{ "accepted.connections", FACT_NUMBER, SCOPE_CELL,
	    "connections of this profile to this host that carried data",
	    cell_u64, CELL(accepted) },
	{ "agent", FACT_TEXT, SCOPE_PROFILE,
	    "the program's user agent, where a log tells it", profile_text,
	    PROFILE(agent) },
	{ "alerts.certificate", FACT_BOOLEAN, SCOPE_CELL,
	    "the client sent a readable alert about the certificate: 42 to "
	    "46, 48 or 49", get_certificate_alert, 0 },
	{ "alerts.client", FACT_CODES, SCOPE_CELL,
	    "codes of the readable alerts by which the client ended it",
	    trait_codes, TRAIT(client_alerts) },
	{ "alerts.encrypted", FACT_NUMBER, SCOPE_CELL,
	    "connections that ended with an encrypted alert", trait_u32,
	    TRAIT(encrypted_alerts) },
	{ "alerts.server", FACT_CODES, SCOPE_CELL,
	    "codes of the readable alerts by which the server ended it",
	    trait_codes, TRAIT(server_alerts) },
	{ "app", FACT_TEXT, SCOPE_PROFILE,
	    "the application, where a log names one", profile_text,
	    PROFILE(app) },
	{ "attempts", FACT_NUMBER, SCOPE_CELL,
	    "all attempts of this profile at this host", get_attempts, 0 },
	{ "browser", FACT_BOOLEAN, SCOPE_PROFILE,
	    "the ClientHello is that of a browser engine", get_browser, 0 },
	{ "bytes", FACT_NUMBER, SCOPE_CELL,
	    "bytes that the accepted connections carried", cell_u64,
	    CELL(bytes) },
	{ "certificate.block_page", FACT_NUMBER, SCOPE_CELL,
	    "failed connections whose issuer signs for block pages",
	    trait_u32, TRAIT(block_page) },
	{ "certificate.expired", FACT_NUMBER, SCOPE_CELL,
	    "failed connections whose leaf was not valid at that time",
	    trait_u32, TRAIT(expired) },
	{ "certificate.expired_domains", FACT_NUMBER, SCOPE_HOST,
	    "registrable domains, in all the input, that failed with a leaf "
	    "outside its validity", subject_u32,
	    offsetof(struct subject, expired_domains) },
	{ "certificate.issuer", FACT_TEXT, SCOPE_CELL,
	    "issuer of the leaf, on one line", get_issuer, 0 },
	{ "certificate.origin_expired", FACT_NUMBER, SCOPE_CELL,
	    "failed connections whose log line tells that the origin's leaf "
	    "was not valid at that time", trait_u32,
	    TRAIT(origin_expired) },
	{ "certificate.placeholder", FACT_NUMBER, SCOPE_CELL,
	    "failed connections that got a product's placeholder certificate",
	    trait_u32, TRAIT(placeholder) },
	{ "certificate.public_issuer", FACT_NUMBER, SCOPE_CELL,
	    "failed connections whose issuer is a public CA", trait_u32,
	    TRAIT(public_issuer) },
	{ "certificate.requested", FACT_NUMBER, SCOPE_CELL,
	    "failed connections in which the server asked for a client "
	    "certificate", trait_u32, TRAIT(certificate_requested) },
	{ "certificate.self_issued", FACT_NUMBER, SCOPE_CELL,
	    "failed connections whose leaf is its own issuer", trait_u32,
	    TRAIT(self_issued) },
	{ "certificate.untrust", FACT_NUMBER, SCOPE_CELL,
	    "failed connections signed by the CA that an interceptor keeps "
	    "for untrusted origins", trait_u32, TRAIT(untrust) },
	{ "certificate.weak", FACT_NUMBER, SCOPE_CELL,
	    "failed connections whose leaf has a weak key or signature",
	    trait_u32, TRAIT(weak) },
	{ "certificate.wrong_name", FACT_NUMBER, SCOPE_CELL,
	    "failed connections whose leaf does not name the host",
	    trait_u32, TRAIT(wrong_name) },
	{ "certificate.wrong_name_domains", FACT_NUMBER, SCOPE_HOST,
	    "registrable domains, in all the input, that failed with a leaf "
	    "for another name", subject_u32,
	    offsetof(struct subject, wrong_name_domains) },
	{ "clicked_through", FACT_NUMBER, SCOPE_CELL,
	    "rejected attempts that an acceptance followed within five "
	    "minutes",
	    cell_u32, CELL(clicked_through) },
	{ "client", FACT_TEXT, SCOPE_PROFILE,
	    "the client's address, or its user where no address is told",
	    profile_text, PROFILE(client) },
	{ "connections", FACT_NUMBER, SCOPE_CELL,
	    "all connections of this profile to this host", cell_u64,
	    CELL(connections) },
	SIDE(client, "domains", "all programs of this client at all hosts"),
	SIDE(client_programs, "profiles",
	    "all programs of this client at all hosts"),
	SIDE(fingerprint, "clients", "this fingerprint on all clients"),
	{ "contrast.folded", FACT_BOOLEAN, SCOPE_CELL,
	    "this profile may have accepted this host among sessions that "
	    "were counted together to save memory", contrast_bool,
	    CONTRAST(folded) },
	{ "contrast.other_hosts.accepting", FACT_NUMBER, SCOPE_CELL,
	    "other hosts, of whatever domain, that this profile accepts",
	    contrast_u32, CONTRAST(other_hosts.accepting) },
	{ "contrast.other_hosts.rejecting", FACT_NUMBER, SCOPE_CELL,
	    "other hosts, of whatever domain, that this profile rejects",
	    contrast_u32, CONTRAST(other_hosts.rejecting) },
	SIDE(profile, "domains", "this profile at all hosts"),
	{ "contrast.rejecting_browsers", FACT_NUMBER, SCOPE_CELL,
	    "other browser profiles that reject this host", contrast_u32,
	    CONTRAST(rejecting_browsers) },
	SIDE(same_client_other_profiles, "profiles",
	    "other programs of this client"),
	SIDE(same_fingerprint_other_clients, "clients",
	    "this fingerprint on other clients at this host"),
	SIDE(same_fingerprint_other_hosts, "domains",
	    "this fingerprint on all clients at other hosts"),
	SIDE(same_host_other_fingerprints, "fingerprints",
	    "other fingerprints at this host"),
	SIDE(same_host_other_profiles, "profiles",
	    "other profiles at this host"),
	SIDE(same_profile_other_hosts, "domains",
	    "this profile at other hosts"),
	{ "device", FACT_TEXT, SCOPE_PROFILE,
	    "the device's name, where a log tells it", profile_text,
	    PROFILE(device) },
	{ "ech_offered", FACT_NUMBER, SCOPE_CELL,
	    "failed connections that offered Encrypted Client Hello in "
	    "earnest", trait_u32, TRAIT(ech_offered) },
	{ "engine", FACT_TEXT, SCOPE_PROFILE,
	    "kind of the TLS client: browser, app or unclear", get_engine,
	    0 },
	{ "evidence.damaged", FACT_NUMBER, SCOPE_CELL,
	    "failed connections with missing, cut or one-sided packets",
	    trait_u32, TRAIT(damaged) },
	{ "evidence.log", FACT_NUMBER, SCOPE_CELL,
	    "failed connections that only a log tells of", trait_u32,
	    TRAIT(from_log) },
	{ "finding.attempts", FACT_NUMBER, SCOPE_FINDING,
	    "rejected or failed attempts of the whole finding", group_u64,
	    GROUP(attempts) },
	{ "finding.clients", FACT_NUMBER, SCOPE_FINDING,
	    "clients of the whole finding", group_u64, GROUP(clients) },
	{ "finding.domains", FACT_NUMBER, SCOPE_FINDING,
	    "registrable domains of the whole finding", group_u64,
	    GROUP(domains) },
	{ "finding.fingerprints", FACT_NUMBER, SCOPE_FINDING,
	    "different programs of the whole finding", group_u64,
	    GROUP(fingerprints) },
	{ "finding.hosts", FACT_NUMBER, SCOPE_FINDING,
	    "hosts of the whole finding", group_u64, GROUP(hosts) },
	{ "fingerprint", FACT_TEXT, SCOPE_PROFILE,
	    "normalised fingerprint of the ClientHello", profile_text,
	    PROFILE(fingerprint) },
	{ "host", FACT_TEXT, SCOPE_HOST,
	    "the host's name in lower case, or its address", host_text,
	    HOST(name) },
	{ "host.app", FACT_TEXT, SCOPE_HOST,
	    "application of the catalogue that the host belongs to",
	    get_app, 0 },
	{ "host.block_page", FACT_BOOLEAN, SCOPE_HOST,
	    "the host is known to serve block pages", get_block_host, 0 },
	{ "host.domain", FACT_TEXT, SCOPE_HOST,
	    "the registrable domain; empty for addresses", get_domain, 0 },
	{ "host.excluded", FACT_BOOLEAN, SCOPE_HOST,
	    "the host is on the exclusion list that is being verified",
	    host_bool, HOST(excluded) },
	{ "host.hsts_preloaded", FACT_BOOLEAN, SCOPE_HOST,
	    "browsers have the host on their HSTS preload list", host_bool,
	    HOST(hsts_preloaded) },
	{ "host.pinned", FACT_BOOLEAN, SCOPE_HOST,
	    "the catalogue of pinned applications confirms the host",
	    get_pinned, 0 },
	{ "host.source", FACT_TEXT, SCOPE_HOST,
	    "where the name was read: sni, connect, url, log, certificate or "
	    "address", get_host_source, 0 },
	{ "idle.attempts", FACT_NUMBER, SCOPE_CELL,
	    "attempts that finished the handshake and carried nothing",
	    cell_u32, CELL(attempts.idle) },
	{ "idle_rejected", FACT_BOOLEAN, SCOPE_CELL,
	    "the idle attempts count as rejections: the client closed at "
	    "once, each time, and never sent anything", cell_bool,
	    CELL(idle_rejected) },
	{ "intercepted", FACT_BOOLEAN, SCOPE_CELL,
	    "interception is proven or presumed", get_intercepted, 0 },
	{ "input.clients", FACT_NUMBER, SCOPE_HOST,
	    "clients in all the input", subject_u32,
	    offsetof(struct subject, clients) },
	{ "input.decrypted_domains", FACT_NUMBER, SCOPE_HOST,
	    "registrable domains, in all the input, of hosts that were "
	    "intercepted, accepted and never rejected", subject_u32,
	    offsetof(struct subject, decrypted_domains) },
	{ "input.direct_domains", FACT_NUMBER, SCOPE_HOST,
	    "registrable domains, in all the input, that were accepted "
	    "without interception", subject_u32,
	    offsetof(struct subject, direct_domains) },
	{ "interception", FACT_TEXT, SCOPE_CELL,
	    "proven, presumed, none or unknown", get_interception, 0 },
	{ "leg", FACT_TEXT, SCOPE_CELL,
	    "client, server, direct or unknown", get_leg, 0 },
	{ "log.error", FACT_TEXT, SCOPE_HANDSHAKE,
	    "error text of the proving line", get_error, 0 },
	{ "log.failures_only", FACT_BOOLEAN, SCOPE_CELL,
	    "only logs tell of the failed connections, and none of them tells "
	    "of an accepted session anywhere", get_failures_only, 0 },
	{ "log.policy", FACT_TEXT, SCOPE_HANDSHAKE,
	    "policy or rule name of the proving line", get_policy, 0 },
	{ "named", FACT_BOOLEAN, SCOPE_HOST,
	    "the client, a log or a proxy named the host; not so where only "
	    "its address or its certificate tells",
	    get_named, 0 },
	{ "network.attempts", FACT_NUMBER, SCOPE_CELL,
	    "attempts that died without TLS: resets, time-outs", cell_u32,
	    CELL(attempts.network) },
	{ "periodic", FACT_BOOLEAN, SCOPE_CELL,
	    "five attempts or more come at a fixed interval", cell_bool,
	    CELL(periodic) },
	{ "program_known", FACT_BOOLEAN, SCOPE_PROFILE,
	    "a fingerprint or a user agent tells programs apart",
	    get_program_known, 0 },
	{ "refused.after_request", FACT_NUMBER, SCOPE_CELL,
	    "connections that the server ended after it had asked for a "
	    "client certificate", trait_u32,
	    TRAIT(refused_after_request) },
	{ "refused.attempts", FACT_NUMBER, SCOPE_CELL,
	    "attempts that the server ended first", cell_u32,
	    CELL(attempts.refused) },
	{ "refused.before_certificate", FACT_NUMBER, SCOPE_CELL,
	    "connections that the server ended before its certificate",
	    trait_u32, TRAIT(refused_before_certificate) },
	{ "rejected.attempts", FACT_NUMBER, SCOPE_CELL,
	    "attempts of this profile that rejected this host", get_rejected,
	    0 },
	{ "rejected.connections", FACT_NUMBER, SCOPE_CELL,
	    "connections of this profile that rejected this host",
	    failure_u32, FAILURE(rejected) },
	{ "score.no_ca", FACT_NUMBER, SCOPE_CELL,
	    "percent: the program lacks the CA", get_score,
	    offsetof(struct score, no_ca) },
	{ "score.noise", FACT_NUMBER, SCOPE_CELL,
	    "percent: the program trusts the certificate, and something else "
	    "happened", get_score, offsetof(struct score, noise) },
	{ "score.pin", FACT_NUMBER, SCOPE_CELL,
	    "percent: the program pins this host", get_score,
	    offsetof(struct score, pin) },
	{ "server_leg.accepted", FACT_NUMBER, SCOPE_HOST,
	    "attempts of the interceptor at this host that carried data",
	    server_u64, SERVER(accepted) },
	{ "server_leg.bad_certificate", FACT_NUMBER, SCOPE_HOST,
	    "failed connections of the interceptor whose certificate was "
	    "expired, self-issued or for another name", server_u64,
	    SERVER(bad_certificate) },
	{ "server_leg.certificate_alerts", FACT_NUMBER, SCOPE_HOST,
	    "connections in which the interceptor rejected the origin's "
	    "certificate by an alert", server_u64,
	    SERVER(certificate_alerts) },
	{ "server_leg.certificate_requested", FACT_NUMBER, SCOPE_HOST,
	    "failed connections in which the origin asked the interceptor "
	    "for a client certificate", server_u64,
	    SERVER(certificate_requested) },
	{ "server_leg.mismatch", FACT_NUMBER, SCOPE_HOST,
	    "connections of the interceptor that offered a session of TLS "
	    "1.3 and got a full handshake of TLS 1.2", server_u64,
	    SERVER(mismatch) },
	{ "server_leg.mismatch_failed", FACT_NUMBER, SCOPE_HOST,
	    "those of them that died of it", server_u64,
	    SERVER(mismatch_failed) },
	{ "server_leg.network", FACT_NUMBER, SCOPE_HOST,
	    "attempts of the interceptor that died without TLS", server_u64,
	    SERVER(network) },
	{ "server_leg.protocol", FACT_NUMBER, SCOPE_HOST,
	    "attempts of the interceptor that failed over version, cipher "
	    "or extension", server_u64, SERVER(protocol) },
	{ "server_leg.refused", FACT_NUMBER, SCOPE_HOST,
	    "attempts of the interceptor that the origin ended first",
	    server_u64, SERVER(refused) },
	{ "server_leg.rejected", FACT_NUMBER, SCOPE_HOST,
	    "attempts in which the interceptor rejected the origin",
	    server_u64, SERVER(rejected) },
	{ "server_leg.seen", FACT_BOOLEAN, SCOPE_HOST,
	    "connections of the interceptor to this host were seen",
	    get_server_leg, 0 },
	{ "session.early_data", FACT_NUMBER, SCOPE_CELL,
	    "failed connections that sent early data and got TLS 1.2",
	    trait_u32, TRAIT(early_data) },
	{ "session.echo", FACT_NUMBER, SCOPE_CELL,
	    "failed connections whose ServerHello of TLS 1.2 echoed the "
	    "session id without resuming", trait_u32, TRAIT(session_echo) },
	{ "session.mismatch", FACT_NUMBER, SCOPE_CELL,
	    "failed connections that offered a session and TLS 1.3, and got "
	    "a full handshake of TLS 1.2 or less", trait_u32,
	    TRAIT(mismatch) },
	{ "session.mismatch_accepted", FACT_NUMBER, SCOPE_CELL,
	    "the same, but carried on", cell_u32, CELL(accepted_mismatch) },
	{ "session.mismatch_failed", FACT_NUMBER, SCOPE_CELL,
	    "the same, and died of it by an alert that is not about the "
	    "certificate", trait_u32, TRAIT(mismatch_failed) },
	{ "session.offered", FACT_NUMBER, SCOPE_CELL,
	    "failed connections that offered a session", trait_u32,
	    TRAIT(session_offered) },
	{ "session.only_mismatch_fails", FACT_BOOLEAN, SCOPE_CELL,
	    "every connection that failed had offered a session of TLS 1.3 "
	    "and got TLS 1.2 without it", get_only_mismatch, 0 },
	{ "session.sentinel", FACT_NUMBER, SCOPE_CELL,
	    "failed connections whose ServerHello carries the downgrade "
	    "sentinel of RFC 8446 section 4.1.3", trait_u32,
	    TRAIT(sentinel) },
	{ "sign", FACT_TEXT, SCOPE_HANDSHAKE,
	    "what the client did in the proving handshake", get_sign, 0 },
	{ "sign.alert", FACT_NUMBER, SCOPE_CELL,
	    "connections rejected by an alert, readable or not", trait_u32,
	    TRAIT(alert_type) },
	{ "sign.no_data_close", FACT_NUMBER, SCOPE_CELL,
	    "connections that finished, sent nothing and were closed by the "
	    "client within ten seconds", trait_u32, TRAIT(no_data_close) },
	{ "sign.silent", FACT_NUMBER, SCOPE_CELL,
	    "connections rejected by FIN or RST in the handshake",
	    trait_u32, TRAIT(silent) },
	{ "tls.version", FACT_TEXT, SCOPE_HANDSHAKE,
	    "version of the proving handshake, such as 1.3", get_version, 0 },
	{ "user", FACT_TEXT, SCOPE_PROFILE,
	    "the user, where a log tells one", profile_text, PROFILE(user) },
};

const size_t n_facts = N_ITEMS(facts);

const struct fact *
fact_by_name(struct text name, const char **nearest)
{
	const char *names[N_ITEMS(facts)];
	char word[64];

	for (size_t i = 0; i < n_facts; i++) {
		if (text_is(name, facts[i].name))
			return &facts[i];
		names[i] = facts[i].name;
	}
	*nearest = NULL;
	if (name.n < sizeof(word) && name.n > 0) {
		memcpy(word, name.at, name.n);
		word[name.n] = '\0';
		*nearest = error_nearest(word, names, (int)n_facts);
	}
	return NULL;
}

static void
add_code(struct alert_set *set, int64_t code)
{
	if (code >= 0 && code < ALERT_CODES)
		set->bits[code / 64] |= 1ULL << code % 64;
}

struct value
fact_given(const struct fact *f, const struct subject *s)
{
	struct json_object *o;
	bool is_given = json_object_object_get_ex(s->given, f->name, &o);

	if (f->type == FACT_TEXT)
		return of_text(is_given ?
		    text_of(json_object_get_string(o)) : TEXT(""));
	if (f->type != FACT_CODES)
		return of_number(is_given ? json_object_get_uint64(o) : 0);
	*s->given_codes = (struct alert_set){ 0 };
	if (!is_given)
		return (struct value){ .codes = s->given_codes };
	if (!json_object_is_type(o, json_type_array))
		add_code(s->given_codes, json_object_get_int64(o));
	else
		for (size_t i = 0; i < json_object_array_length(o); i++)
			add_code(s->given_codes, json_object_get_int64(
			    json_object_array_get_idx(o, i)));
	return (struct value){ .codes = s->given_codes };
}

static const char *const types[] = { "boolean", "number", "text", "codes" };
static const char *const scopes[] = { "host", "profile", "cell", "handshake",
	"finding" };

const char *
fact_type_name(enum fact_type type)
{
	return types[type];
}

const char *
fact_scope_name(enum fact_scope scope)
{
	return scopes[scope];
}

enum fact_scope
fact_scope_by_name(struct text name, bool *known)
{
	for (unsigned i = 0; i < N_ITEMS(scopes); i++)
		if (text_is(name, scopes[i])) {
			*known = true;
			return (enum fact_scope)i;
		}
	*known = false;
	return SCOPE_CELL;
}
