#include "rule/group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "knowledge/suffix.h"
#include "rule/action.h"

enum { SHOWN_MAX = 8, EVIDENCE_PROOFS = 3,
	EVIDENCE_MAX = 3 * EVIDENCE_PROOFS /* frames of each */ };

static struct text
program_of(const struct profile *p)
{
	return p->fingerprint.n > 0 ? p->fingerprint : p->agent;
}

struct text
group_key(const struct report *r, const struct cell *cell, enum class c)
{
	const struct host *h = &r->hosts[cell->host];
	const struct profile *p = &r->profiles[cell->profile];

	switch (c) {
	case CLASS_MISSING_CA:
		return p->client;
	case CLASS_PRIVATE_STORE:
		return program_of(p);
	case CLASS_RESUMPTION_MISMATCH:
		return TEXT("");
	case CLASS_PINNING:
	case CLASS_CLIENT_AUTH:
		return host_app(h)->pinned ? host_app(h)->pattern : h->name;
	default:
		return h->name;
	}
}

uint64_t
group_attempts(const struct cell *cell, enum class c)
{
	const struct attempts *a = &cell->attempts;
	uint64_t n = a->rejected + (cell->idle_rejected ? a->idle : 0);

	switch (c) {
	case CLASS_RESUMPTION_MISMATCH:
	case CLASS_CLIENT_AUTH:
	case CLASS_UPSTREAM_CERT:
	case CLASS_PROTOCOL_MISMATCH:
	case CLASS_BLOCK_PAGE:
	case CLASS_PROXY_CERT:
	case CLASS_NETWORK:
		return n + a->refused + a->network;
	default:
		return n;
	}
}

static void
list_cells(const struct report *r, struct group *g)
{
	bool server = true;

	for (size_t i = 0; i < g->n && server; i++)
		server = r->cells[g->members[i].cell].leg == LEG_SERVER;
	g->n_cells = 0;
	for (size_t i = 0; i < g->n; i++) {
		const struct cell *c = &r->cells[g->members[i].cell];

		if (server || c->leg != LEG_SERVER)
			g->cells[g->n_cells++] = c;
	}
}

static int
by_text(const void *left, const void *right)
{
	return text_compare(*(const struct text *)left,
	    *(const struct text *)right);
}

/* Sort, drop repeats and empty ones; returns how many are left. */
static size_t
distinct(struct text *list, size_t n)
{
	size_t kept = 0, i = 1;

	/* Cells are in the order of their hosts, so that much is sorted. */
	while (i < n && by_text(&list[i - 1], &list[i]) <= 0)
		i++;
	if (i < n)
		qsort(list, n, sizeof(*list), by_text);
	for (i = 0; i < n; i++)
		if (list[i].n > 0 && (kept == 0 ||
		    !text_equal(list[kept - 1], list[i])))
			list[kept++] = list[i];
	return kept;
}

/* What a list of cells has in one respect. */
typedef struct text text_of_cell_fn(const struct report *r,
    const struct cell *c);

static struct text
cell_host(const struct report *r, const struct cell *c)
{
	return r->hosts[c->host].name;
}

struct text
group_domain(struct text host)
{
	struct text domain = suffix_registrable(host);

	return domain.n > 0 ? domain : host;
}

static struct text
cell_client(const struct report *r, const struct cell *c)
{
	return r->profiles[c->profile].client;
}

static struct text
cell_program(const struct report *r, const struct cell *c)
{
	return program_of(&r->profiles[c->profile]);
}

static struct text
cell_fingerprint(const struct report *r, const struct cell *c)
{
	return r->profiles[c->profile].fingerprint;
}

/* Put the distinct texts of the cells that count into g->texts; how many. */
static size_t
collect(const struct report *r, const struct group *g, text_of_cell_fn *get)
{
	for (size_t i = 0; i < g->n_cells; i++)
		g->texts[i] = get(r, g->cells[i]);
	return distinct(g->texts, g->n_cells);
}

/* The same, up to `most` of them in the report's pool; *n_all gets how many
 * there are. */
static struct text *
collect_first(const struct report *r, const struct group *g,
    text_of_cell_fn *get, size_t most, size_t *n_all)
{
	size_t n = collect(r, g, get), kept = n < most ? n : most;
	struct text *copy = pool_zero(r->pool, kept * sizeof(*copy));

	if (kept > 0)
		memcpy(copy, g->texts, kept * sizeof(*copy));
	*n_all = n;
	return copy;
}

/* The distinct domains of n distinct hosts in g->texts. */
static size_t
count_domains(const struct group *g, size_t n)
{
	if (n < 2)
		return n;
	for (size_t i = 0; i < n; i++)
		g->texts[i] = group_domain(g->texts[i]);
	return distinct(g->texts, n);
}

/* Cells that stand for many know one of their clients by name; of a finding with
 * several hosts those are taken for the same everywhere. */
static uint64_t
count_unnamed(const struct group *g)
{
	uint64_t most = 0, n = 0;

	for (size_t i = 0; i < g->n_cells; i++) {
		if (i == 0 || g->cells[i]->host != g->cells[i - 1]->host)
			n = 0;
		if (g->cells[i]->n_profiles > 1)
			n += g->cells[i]->n_profiles - 1;
		most = n > most ? n : most;
	}
	return most;
}

void
group_count(const struct report *r, struct group *g)
{
	uint64_t attempts = 0;
	size_t hosts;

	list_cells(r, g);
	for (size_t i = 0; i < g->n_cells; i++)
		attempts += group_attempts(g->cells[i], g->class);
	hosts = collect(r, g, cell_host);
	g->counts = (struct group_counts){
		.attempts = attempts,
		.hosts = hosts,
		.domains = count_domains(g, hosts),
	};
	g->counts.clients = collect(r, g, cell_client) + count_unnamed(g);
	g->counts.fingerprints = collect(r, g, cell_program);
}

/* Classes that make no sense without an interceptor. */
static bool
needs_interception(enum class c)
{
	switch (c) {
	case CLASS_PINNING:
	case CLASS_HSTS_PRELOAD:
	case CLASS_PRIVATE_STORE:
	case CLASS_MISSING_CA:
	case CLASS_BROWSER_REJECT:
	case CLASS_PROXY_CERT:
		return true;
	default:
		return false;
	}
}

static enum confidence
at_most(enum confidence c, enum confidence cap)
{
	return c < cap ? c : cap;
}

enum confidence
group_cap(const struct report *r, const struct group *g, enum confidence c)
{
	enum class class = g->class;
	enum interception best = INTERCEPTION_UNKNOWN;
	uint64_t damaged = 0, failed = 0, accepted = 0;

	for (size_t i = 0; i < g->n; i++) {
		const struct cell *cell = &r->cells[g->members[i].cell];

		if (cell->interception > best)
			best = cell->interception;
		damaged += cell->failure->traits->damaged;
		failed += cell->connections - cell->accepted;
		accepted += cell->attempts.accepted;
	}
	if (class == CLASS_UNDETERMINED || damaged * 2 > failed)
		return CONFIDENCE_POSSIBLE;
	if (g->counts.attempts < 2 || accepted > 0)
		c = at_most(c, CONFIDENCE_LIKELY);
	if (!needs_interception(class) || best == INTERCEPTION_PROVEN)
		return c;
	if (best == INTERCEPTION_PRESUMED && c > CONFIDENCE_POSSIBLE)
		return (enum confidence)(c - 1);
	return CONFIDENCE_POSSIBLE;
}

/* An interceptor that was learned is no part of the id: on a quiet day there
 * may be too little to learn it from. */
static void
fill_id(struct report *r, const struct group *g, struct finding *f)
{
	bool given = strcmp(r->interceptor_source, "given") == 0;
	uint8_t digest[DIGEST_SIZE];
	char hex[DIGEST_HEX_SIZE];
	struct text key = pool_printf(r->pool, "%s|%.*s|%.*s",
	    class_facts(f->class)->name, TEXT_ARG(g->key),
	    TEXT_ARG(given ? r->interceptor : TEXT("")));

	digest_sha256(key.at, key.n, digest);
	snprintf(f->id, sizeof(f->id), "f-%.8s", digest_hex(digest, hex));
}

static void
fill_counts(const struct group *g, struct finding *f)
{
	f->first_seen = f->last_seen = CLOCK_UNKNOWN;
	for (size_t i = 0; i < g->n_cells; i++) {
		const struct cell *c = g->cells[i];

		f->connections += c->connections;
		f->accepted += c->attempts.accepted;
		if (c->interception > f->interception)
			f->interception = c->interception;
		clock_widen(&f->first_seen, &f->last_seen, c->first, c->last);
	}
	f->attempts = g->counts.attempts;
}

/* The finding's contrast is that of its surest cell. */
static void
fill_contrast(const struct group *g, struct finding *f)
{
	const struct contrast *c = &g->contrast;
	const struct contrast_side *host = &c->same_host_other_profiles;
	const struct contrast_side *profile = &c->same_profile_other_hosts;

	f->same_host_other_profiles.accepted = host->accepted;
	f->same_host_other_profiles.rejected = host->rejected;
	f->same_host_other_profiles.profiles = host->accepting;
	f->same_profile_other_hosts.accepted = profile->accepted;
	f->same_profile_other_hosts.rejected = profile->rejected;
	f->same_profile_other_hosts.domains = profile->accepting;
}

static void
fill_names(struct report *r, const struct group *g, struct finding *f)
{
	const struct cell *cell = g->best;
	const struct host_app *app = host_app(&r->hosts[cell->host]);
	const struct profile *p = &r->profiles[cell->profile];
	char address[ADDRESS_TEXT_SIZE];
	size_t n;

	f->hosts = collect_first(r, g, cell_host, SIZE_MAX, &f->n_hosts);
	f->clients = collect_first(r, g, cell_client, SHOWN_MAX, &n);
	f->n_clients = g->counts.clients;
	f->n_clients_shown = n < SHOWN_MAX ? n : SHOWN_MAX;
	f->fingerprints = collect_first(r, g, cell_fingerprint, SHOWN_MAX, &n);
	f->n_fingerprints = n < SHOWN_MAX ? n : SHOWN_MAX;
	f->subject = app->name.n > 0 ? app->name : p->agent.n > 0 ?
	    p->agent : p->app;
	if (f->class == CLASS_MISSING_CA || f->class == CLASS_PRIVATE_STORE) {
		f->host_name = TEXT("(any host)");
		f->subject = f->class == CLASS_MISSING_CA ? p->client :
		    program_of(p);
		return;
	}
	f->host_name = f->hosts[0];
	if (f->n_hosts == 1) {
		f->host = cell->host + 1;
	} else {
		f->host_name = pool_printf(r->pool, "%.*s (%zu hosts)",
		    TEXT_ARG(app->pinned && g->key.n > 0 ?
		    app->pattern : f->hosts[0]), f->n_hosts);
	}
	if (f->class == CLASS_RESUMPTION_MISMATCH && f->proof->server.family > 0)
		f->subject = pool_printf(r->pool, "via %s",
		    endpoint_address(&f->proof->server, address));
}

static void
fill_shape(struct finding *f)
{
	const struct handshake *h = f->proof;

	f->shape.version = h->chosen.version;
	f->shape.sign = h->sign;
	f->shape.record_len = h->client_record;
	f->shape.finished_len = h->finished_len;
	f->shape.alert = h->n_alerts > 0 ? h->alerts[0].code : -1;
	f->shape.close = h->close_how;
}

static bool
is_earlier(const struct handshake *a, const struct handshake *b)
{
	if (a->hello.time != b->hello.time)
		return a->hello.time < b->hello.time;
	if (a->input != b->input)
		return a->input < b->input;
	return a->hello.record < b->hello.record;
}

/* Keep the earliest ones, in order, behind the one that came first. */
static void
insert_proof(const struct handshake *h,
    const struct handshake *out[EVIDENCE_PROOFS], size_t *n)
{
	size_t i = *n;

	if (i == EVIDENCE_PROOFS && !is_earlier(h, out[--i]))
		return;
	*n = i + 1;
	for (; i > 1 && is_earlier(h, out[i - 1]); i--)
		out[i] = out[i - 1];
	out[i] = h;
}

/* The proving handshakes: the best of the surest cell, then others by time. */
static size_t
list_proofs(const struct report *r, const struct group *g,
    const struct handshake *out[EVIDENCE_PROOFS])
{
	const struct failure *best = g->best->failure;
	size_t n = 0;

	if (best->n_exemplars > 0)
		out[n++] = best->exemplars[0];
	for (size_t i = 0; i < g->n; i++) {
		const struct failure *f =
		    r->cells[g->members[i].cell].failure;

		for (size_t k = f == best; k < f->n_exemplars; k++)
			insert_proof(f->exemplars[k], out, &n);
	}
	return n;
}

/* One packet or line that proves it, once; value is what a log says there. */
static void
add_evidence(struct finding *f, const struct handshake *h,
    struct origin at, const char *what, struct text value)
{
	uint64_t frame = h->from_log ? 0 : at.record;
	uint64_t line = h->from_log ? at.record : 0;

	if (at.record == 0)
		return;
	for (size_t i = 0; i < f->n_evidence; i++)
		if (f->evidence[i].input == h->input &&
		    f->evidence[i].frame == frame &&
		    f->evidence[i].line == line)
			return;
	f->evidence[f->n_evidence++] = (struct evidence){ .input = h->input,
		.frame = frame, .line = line, .stream = h->stream,
		.time = at.time, .what = text_of(what), .value = value };
}

static const char *
deciding_name(const struct handshake *h)
{
	switch (h->outcome) {
	case OUTCOME_REJECTED:
		return "rejection";
	case OUTCOME_REFUSED_BY_SERVER:
		return "refusal by the server";
	case OUTCOME_IDLE:
		return "close without data";
	default:
		return "end";
	}
}

static void
fill_evidence(struct report *r, const struct group *g, struct finding *f)
{
	const struct text none = TEXT("");
	const struct handshake *proofs[EVIDENCE_PROOFS];
	struct evidence evidence[EVIDENCE_MAX] = { 0 };
	size_t n = list_proofs(r, g, proofs);

	f->evidence = evidence;
	f->proof = n > 0 ? proofs[0] : &handshake_none;
	for (size_t i = 0; i < n; i++) {
		const struct handshake *h = proofs[i];

		if (h->from_log) {
			add_evidence(f, h, h->hello.record != 0 ? h->hello :
			    h->deciding, h->error.n > 0 ? "error" : "line",
			    h->error);
			continue;
		}
		add_evidence(f, h, h->hello, "ClientHello", none);
		add_evidence(f, h, h->flight, "certificate flight", none);
		add_evidence(f, h, h->deciding, deciding_name(h), none);
	}
	f->evidence = pool_zero(r->pool, f->n_evidence * sizeof(*evidence));
	memcpy(f->evidence, evidence, f->n_evidence * sizeof(*evidence));
}

/* The proving connection, step by step, as far as frames are known. */
static void
fill_ladder(struct report *r, struct finding *f)
{
	const struct handshake *h = f->proof;
	const char *version = version_name(h->chosen.version);
	struct rung *rungs;
	size_t n = 0;

	if (h->from_log || h->hello.record == 0)
		return;
	rungs = f->ladder = pool_zero(r->pool, 3 * sizeof(*rungs));
	rungs[n++] = (struct rung){ h->hello.record, h->hello.time,
		SIDE_CLIENT, 0, pool_printf(r->pool, "ClientHello for %.*s",
		TEXT_ARG(h->host)) };
	if (h->flight.record != 0)
		rungs[n++] = (struct rung){ h->flight.record, h->flight.time,
			SIDE_SERVER, 0, pool_printf(r->pool, "ServerHello%s%s "
			"to certificate flight", version != NULL ? ", TLS " :
			"", version != NULL ? version : "") };
	if (h->deciding.record != 0)
		rungs[n++] = (struct rung){ h->deciding.record,
			h->deciding.time,
			h->outcome == OUTCOME_REFUSED_BY_SERVER ? SIDE_SERVER :
			SIDE_CLIENT, h->client_record,
			text_of(deciding_name(h)) };
	f->n_ladder = n;
}

void
group_finding(struct report *r, const struct group *g, struct finding *f)
{
	*f = (struct finding){ .class = g->class,
		.confidence = g->confidence, .rule = g->rule->id,
		.action = g->rule->action != NULL ? g->rule->action :
		    action_of_class(g->class) };
	f->rule = pool_intern(r->pool, f->rule);
	fill_id(r, g, f);
	fill_counts(g, f);
	fill_contrast(g, f);
	fill_evidence(r, g, f);
	fill_names(r, g, f);
	fill_shape(f);
	fill_ladder(r, f);
	words_reasons(r, g, f);
	words_doubts(r, g, f);
	words_would_change(r, g, f);
	words_advice(r, g, f);
}
