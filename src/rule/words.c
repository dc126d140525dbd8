/*
 * Why, why perhaps not, and what would change it: sentences with numbers.
 */
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "knowledge/alerts.h"
#include "rule/group.h"

enum { SENTENCES_MAX = 12 };

/* A list of sentences that grows in the report's pool. */
struct sentences {
	struct pool *pool;
	struct text at[SENTENCES_MAX];
	size_t n;
};

#define SAY(s, ...) say(s, pool_printf((s)->pool, __VA_ARGS__))
#define TELL(s, words) say(s, TEXT(words)) /* nothing to fill in */

static void
say(struct sentences *s, struct text words)
{
	if (s->n < SENTENCES_MAX)
		s->at[s->n++] = words;
}

static struct text *
keep(const struct sentences *s, size_t *n)
{
	struct text *list = pool_zero(s->pool, (s->n + 1) * sizeof(*list));

	memcpy(list, s->at, s->n * sizeof(*list));
	*n = s->n;
	return list;
}

/* "1 attempt", "2 attempts": for printf, as two arguments. */
#define COUNT(n, word) (unsigned long long)(n), (n) == 1 ? word : word "s"

static void
say_who(struct sentences *s, const struct report *r, const struct group *g)
{
	const struct group_counts *c = &g->counts;
	const struct profile *p = &r->profiles[g->best->profile];

	SAY(s, "%llu %s of %llu %s failed%s", COUNT(c->attempts, "attempt"),
	    COUNT(c->clients, "client"), p->engine == ENGINE_BROWSER ?
	    ", from a browser engine" : "");
	if (g->best->attempts.accepted == 0)
		TELL(s, "none of them ever carried data");
}

/* Only alerts that refuse a certificate? */
static bool
is_of_certificates(const struct alert_set *a)
{
	uint64_t others = a->bits[0] & ~ALERTS_OF_CERTIFICATES;

	for (size_t i = 1; i < N_ITEMS(a->bits); i++)
		others |= a->bits[i];
	return others == 0;
}

/* What is said of the alerts that could be read. */
static void
say_alerts(struct sentences *s, const struct group *g, const struct report *r)
{
	struct alert_set seen = { 0 };
	struct buf list = { 0 };

	for (size_t i = 0; i < g->n; i++) {
		const struct alert_set *a = &r->cells[g->members[i].cell]
		    .failure->traits->client_alerts;

		for (size_t k = 0; k < N_ITEMS(seen.bits); k++)
			seen.bits[k] |= a->bits[k];
	}
	for (int code = 0; code < ALERT_CODES; code++) {
		const char *name;

		if ((seen.bits[code / 64] >> code % 64 & 1) == 0)
			continue;
		name = alert_name(code);
		buf_printf(&list, "%s%s (%d)", list.n > 0 ? ", " : "",
		    name != NULL ? name : "alert", code);
	}
	if (list.n > 0)
		SAY(s, "the client said %s%s", list.at,
		    is_of_certificates(&seen) ? ": that names its TLS "
		    "library, not the cause" : "");
	buf_free(&list);
}

static void
say_contrast(struct sentences *s, const struct group *g)
{
	const struct contrast *c = &g->contrast;
	const struct contrast_side *host = &c->same_host_other_profiles;
	const struct contrast_side *own = &c->same_profile_other_hosts;

	if (host->accepted > 0)
		SAY(s, "other programs accept the same host: %llu %s by %llu "
		    "%s", COUNT(host->accepted, "attempt"),
		    COUNT((uint64_t)host->accepting, "profile"));
	if (own->accepted > 0)
		SAY(s, "the same program on the same client accepts other "
		    "hosts under interception: %llu %s, %llu %s",
		    COUNT(own->accepted, "attempt"),
		    COUNT((uint64_t)c->other_hosts.accepting, "host"));
	if (own->rejecting > 0)
		SAY(s, "it also rejects %llu other registrable %s",
		    COUNT((uint64_t)own->rejecting, "domain"));
}

/* What a finding has no numbers for. */
static void
say_more_contrast(struct sentences *s, const struct group *g)
{
	const struct contrast *c = &g->contrast;

	if (c->same_profile_other_hosts.accepted == 0 &&
	    c->same_fingerprint_other_hosts.accepted > 0)
		SAY(s, "the same fingerprint on other clients accepts other "
		    "hosts: %llu %s", COUNT(
		    c->same_fingerprint_other_hosts.accepted, "attempt"));
	if (c->same_client_other_profiles.accepted > 0)
		SAY(s, "other programs of the same client accept: %llu %s",
		    COUNT(c->same_client_other_profiles.accepted, "attempt"));
	else if (c->same_client_other_profiles.rejected > 0)
		SAY(s, "other programs of the same client reject, too: %llu "
		    "%s", COUNT(c->same_client_other_profiles.rejected,
		    "attempt"));
}

static void
say_shape(struct sentences *s, const struct finding *f)
{
	const struct handshake *h = f->proof;

	if (h->sign == SIGN_SHORT_FIRST_RECORD && h->finished_len > 0)
		SAY(s, "TLS 1.3: the client's first record has %u bytes where "
		    "a Finished needs %u: an encrypted alert",
		    h->client_record, h->finished_len);
	if (h->sign == SIGN_SILENT_FIN || h->sign == SIGN_SILENT_RST)
		TELL(s, "the client closed without a word after the server's "
		    "flight");
	if (h->sign == SIGN_NO_DATA_CLOSE)
		TELL(s, "the handshake was finished and closed without data");
	if (h->error.n > 0)
		SAY(s, "the log says: %.*s", TEXT_ARG(h->error));
}

static void
say_server_leg(struct sentences *s, const struct report *r,
    const struct group *g)
{
	const struct server_leg *l = server_leg_of(r, g->best);

	if (l->n_profiles == 0)
		return;
	SAY(s, "the interceptor's own connections to the host were seen: %llu "
	    "%s accepted, %llu rejected by it, %llu ended by the origin",
	    COUNT(l->accepted, "attempt"), (unsigned long long)l->rejected,
	    (unsigned long long)l->refused);
	if (l->certificate_requested > 0)
		TELL(s, "the origin asked the interceptor for a client "
		    "certificate");
	if (l->mismatch > 0)
		SAY(s, "the interceptor offered a session of TLS 1.3 and got "
		    "TLS 1.2 without it: %llu %s", COUNT(l->mismatch,
		    "connection"));
}

static void
say_traits(struct sentences *s, const struct group *g,
    const struct finding *f)
{
	const struct traits *t = g->best->failure->traits;

	if (t->certificate_requested > 0)
		SAY(s, "the server asked for a client certificate in %u of "
		    "the failed connections", t->certificate_requested);
	if (t->mismatch > 0)
		SAY(s, "%u failed connections offered a session of TLS 1.3 "
		    "and got a full handshake of TLS 1.2 or less",
		    t->mismatch);
	if (t->sentinel > 0)
		SAY(s, "%llu %s got the downgrade sentinel of RFC 8446 "
		    "section 4.1.3: who answered speaks TLS 1.3, and less was "
		    "chosen", COUNT(t->sentinel, "connection"));
	if (t->session_echo > 0)
		SAY(s, "%llu %s got the session id back that only a resumed "
		    "session of TLS 1.2 sends back, in a full handshake",
		    COUNT(t->session_echo, "connection"));
	if (t->placeholder > 0)
		SAY(s, "%llu %s got a placeholder certificate",
		    COUNT(t->placeholder, "connection"));
	if (t->untrust > 0)
		SAY(s, "%llu %s got a certificate of the CA for "
		    "untrusted origins", COUNT(t->untrust, "connection"));
	if (t->expired > 0)
		SAY(s, "%llu %s got a certificate outside its "
		    "validity", COUNT(t->expired, "connection"));
	if (t->wrong_name > 0)
		SAY(s, "%llu %s got a certificate for another name",
		    COUNT(t->wrong_name, "connection"));
	if (f->accepted > 0)
		SAY(s, "%llu %s of the same programs were accepted",
		    COUNT(f->accepted, "attempt"));
}

static void
say_host(struct sentences *s, const struct report *r, const struct finding *f)
{
	const struct host_app *app;
	const struct host *h;

	if (f->n_hosts == 0 || f->host == 0)
		return;
	h = &r->hosts[f->host - 1];
	app = host_app(h);
	if (app->name.n > 0)
		SAY(s, "the catalogue %s the host for %.*s", app->pinned
		    ? "has" : "names, unconfirmed,", TEXT_ARG(app->name));
	if (h->hsts_preloaded)
		TELL(s, "the host is on the HSTS preload list: browsers offer "
		    "no way to click through");
}

void
words_reasons(struct report *r, const struct group *g, struct finding *f)
{
	struct sentences s = { .pool = r->pool };

	say_who(&s, r, g);
	say_contrast(&s, g);
	say_shape(&s, f);
	f->n_told = s.n;
	say_more_contrast(&s, g);
	say_traits(&s, g, f);
	say_server_leg(&s, r, g);
	say_host(&s, r, f);
	say_alerts(&s, g, r);
	f->reasons = keep(&s, &f->n_reasons);
}

static const char *
presumed_by(const struct handshake *h)
{
	if (h->from_log)
		return "the log does not tell";
	if (h->certificate != NULL)
		return "the certificate looks like an interceptor's, and "
		    "nothing proves it; -i gives the CA";
	return "TLS 1.3 hides the certificate, and no log or key tells more";
}

static void
doubt_interception(struct sentences *s, const struct group *g,
    const struct finding *f)
{
	bool wants_proof = f->class != CLASS_CLIENT_AUTH &&
	    f->class != CLASS_UPSTREAM_CERT && f->class != CLASS_NETWORK &&
	    f->class != CLASS_PROTOCOL_MISMATCH &&
	    f->class != CLASS_RESUMPTION_MISMATCH;

	(void)g;
	if (!wants_proof)
		return;
	if (f->interception == INTERCEPTION_PRESUMED)
		SAY(s, "interception is presumed: %s", presumed_by(f->proof));
	else if (f->interception == INTERCEPTION_UNKNOWN)
		TELL(s, "nothing shows that these connections were intercepted "
		    "at all");
	else if (f->interception == INTERCEPTION_NONE)
		TELL(s, "these connections do not look intercepted");
}

/* What a client that gets the CA later does no more. */
static bool
is_cured_by_ca(enum class c)
{
	return c == CLASS_MISSING_CA || c == CLASS_PRIVATE_STORE ||
	    c == CLASS_BROWSER_REJECT || c == CLASS_HSTS_PRELOAD ||
	    c == CLASS_UNDETERMINED;
}

static void
doubt_evidence(struct sentences *s, const struct report *r,
    const struct group *g, const struct finding *f)
{
	const struct traits *t = g->best->failure->traits;
	const struct profile *p = &r->profiles[g->best->profile];
	const struct contrast *c = &g->contrast;

	if (f->attempts == 1)
		TELL(s, "seen once only");
	if (f->n_clients == 1 && f->class != CLASS_MISSING_CA)
		TELL(s, "seen on 1 client");
	if (t->damaged > 0)
		SAY(s, "%u of the failed connections miss packets or one "
		    "direction", t->damaged);
	if (p->fingerprint.n == 0 && p->agent.n == 0)
		TELL(s, "the log does not tell programs apart: one program "
		    "with a certificate store of its own would look the same");
	if (c->folded)
		TELL(s, "the same program may have accepted this host among "
		    "sessions that were counted together to save memory");
	if (c->same_fingerprint_other_clients.accepted > 0)
		SAY(s, "the same fingerprint accepts this host on %u other "
		    "%s: several programs may share it",
		    c->same_fingerprint_other_clients.accepting,
		    c->same_fingerprint_other_clients.accepting == 1 ?
		    "client" : "clients");
	if (c->all_rejections_first && is_cured_by_ca(f->class))
		TELL(s, "every rejection of the client lies before its first "
		    "acceptance: the CA may have been deployed since, or a "
		    "captive portal was in the way");
}

/* Expired everywhere is a clock, not a certificate. */
static void
doubt_clock(struct sentences *s, const struct report *r,
    const struct group *g, const struct finding *f)
{
	size_t n = 0;

	if (f->class != CLASS_MISSING_CA && f->class != CLASS_PRIVATE_STORE)
		return;
	for (size_t i = 0; i < g->n; i++) {
		const struct traits *t = r->cells[g->members[i].cell]
		    .failure->traits;

		n += (t->client_alerts.bits[0] >> 45 & 1) != 0;
	}
	if (n > 0 && n * 2 >= g->n)
		SAY(s, "the client says certificate_expired at %zu of %zu "
		    "hosts: its clock may be wrong", n, g->n);
}

void
words_doubts(struct report *r, const struct group *g, struct finding *f)
{
	struct sentences s = { .pool = r->pool };

	doubt_interception(&s, g, f);
	doubt_evidence(&s, r, g, f);
	doubt_clock(&s, r, g, f);
	for (size_t i = 0; i < g->rule->n_doubts; i++)
		say(&s, pool_intern(r->pool, g->rule->doubts[i]));
	f->doubts = keep(&s, &f->n_doubts);
}

/* What a log leaves out is "(unknown)". */
static bool
is_told(struct text name)
{
	return name.n > 0 && name.at[0] != '(';
}

static void
settle_host(struct sentences *s, const struct finding *f)
{
	struct text client = f->n_clients_shown > 0 && is_told(f->clients[0]) ?
	    f->clients[0] : TEXT("the client");
	bool v6 = text_find(f->host_name, ":") >= 0;

	if (!is_told(f->host_name)) {
		SAY(s, "capture %.*s on the interceptor's inside: the "
		    "ClientHello names the host", TEXT_ARG(client));
		return;
	}
	SAY(s, "capture %.*s on the interceptor's inside while it opens a "
	    "second, unrelated host: if that is accepted, %.*s is pinned; if "
	    "it is rejected, the CA is missing", TEXT_ARG(client),
	    TEXT_ARG(f->host_name));
	SAY(s, "open https://%s%.*s%s/ in a browser that trusts the CA: if it "
	    "fails as well, the certificate is at fault", v6 ? "[" : "",
	    TEXT_ARG(f->host_name), v6 ? "]" : "");
}

void
words_would_change(struct report *r, const struct group *g,
    struct finding *f)
{
	struct sentences s = { .pool = r->pool };

	if (f->class == CLASS_UNDETERMINED)
		settle_host(&s, f);
	if (f->interception == INTERCEPTION_UNKNOWN ||
	    f->interception == INTERCEPTION_PRESUMED)
		SAY(&s, "the interceptor's decryption log of the same time "
		    "would prove or refute interception");
	for (size_t i = 0; i < g->rule->n_would_change; i++)
		say(&s, pool_intern(r->pool, g->rule->would_change[i]));
	f->would_change = keep(&s, &f->n_would_change);
}

/* What each class needs said beyond its first words. */
static const char *const more[N_CLASSES] = {
	[CLASS_HSTS_PRELOAD] = "Chrome on Windows can be told to ignore "
	    "certificate errors, at the risk of not noticing an attack; "
	    "Firefox, Safari and Chrome on macOS cannot",
	[CLASS_PRIVATE_STORE] = "Java: keytool into cacerts; Node: "
	    "NODE_EXTRA_CA_CERTS; Python: REQUESTS_CA_BUNDLE or SSL_CERT_FILE; "
	    "Firefox: security.enterprise_roots.enabled; containers: the image",
	[CLASS_CLIENT_AUTH] = "Mutual TLS ends at the client and cannot pass "
	    "an interceptor",
	[CLASS_UPSTREAM_CERT] = "Excluding the host would only hand the bad "
	    "certificate to the clients",
};

void
words_advice(struct report *r, const struct group *g, struct finding *f)
{
	const char *first = class_facts(f->class)->advice;

	(void)g;
	f->advice = more[f->class] != NULL ? pool_printf(r->pool, "%s. %s",
	    first, more[f->class]) : text_of(first);
}

/* "Deploy the CA to 10.8.4.77", for the list of next steps. */
static struct text
step_text(struct report *r, const struct finding *f)
{
	switch (f->class) {
	case CLASS_MISSING_CA:
		return pool_printf(r->pool, "Deploy the CA to %.*s",
		    TEXT_ARG(f->subject));
	case CLASS_PRIVATE_STORE:
		if (f->n_clients == 1 && f->n_clients_shown == 1)
			return pool_printf(r->pool, "Deploy the CA to the "
			    "program %.*s on %.*s", TEXT_ARG(f->subject),
			    TEXT_ARG(f->clients[0]));
		return pool_printf(r->pool, "Deploy the CA to the program %.*s "
		    "on %llu %s", TEXT_ARG(f->subject),
		    COUNT(f->n_clients, "client"));
	case CLASS_UNDETERMINED:
		return pool_printf(r->pool, "Find out about %.*s: %.*s",
		    TEXT_ARG(f->host_name), TEXT_ARG(f->would_change[0]));
	default:
		return pool_printf(r->pool, "%s: %.*s",
		    class_facts(f->class)->advice, TEXT_ARG(f->host_name));
	}
}

void
words_next_steps(struct report *r)
{
	r->next_steps = pool_zero(r->pool,
	    (r->n_findings + 1) * sizeof(*r->next_steps));
	r->n_next_steps = 0;
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];
		struct step *step = &r->next_steps[r->n_next_steps];

		if (class_facts(f->class)->entry == ENTRY_YES)
			continue;
		step->text = step_text(r, f);
		/* To find out more fixes nothing yet. */
		step->fixes = f->class == CLASS_UNDETERMINED ? 0 : f->attempts;
		step->command = pool_printf(r->pool, "pinspot explain %s",
		    class_facts(f->class)->name);
		memcpy(step->finding, f->id, sizeof(step->finding));
		r->n_next_steps++;
	}
}
