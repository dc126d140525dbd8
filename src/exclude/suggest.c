#include "exclude/suggest.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/hostname.h"
#include "base/mem.h"
#include "exclude/advice.h"
#include "exclude/lookup.h"
#include "exclude/match.h"
#include "exclude/product.h"
#include "exclude/replay.h"
#include "knowledge/apps.h"
#include "knowledge/suffix.h"

enum {
	/* So many names under one domain make a wildcard worth a thought; where
	 * the catalogue names a part of the domain, fewer do. */
	WILDCARD_NAMES = 3,
	WILDCARD_NAMES_CATALOGUE = 2,
	OTHERS_SHOWN = 8,
	CLIENTS_UNRELATED = 2,
};

/* A host that an exclusion would cure. */
struct need {
	struct text name, group; /* group: what a wildcard would hang on */
	uint32_t host;
	const struct finding **findings;
	size_t n_findings;
	enum entry_verdict verdict;
	const char *why;
	bool address, catalogue;
};

/* What is being put together. */
struct plan {
	struct report *r;
	const struct product *product;
	bool workarounds;
	struct replay *replay;
	struct need *needs;
	size_t n_needs, needs_room;
	uint32_t *need_of; /* by host: index + 1 */
	struct entry *entries;
	size_t n_entries, entries_room, group_start;
	/* The entries as a list, for the matcher; grows with them. */
	struct exclusions list;
	struct lookup *lookup; /* of it */
	struct exclusions wild; /* what one group is tried with */
};

static int
by_group(const void *a, const void *b)
{
	const struct need *x = a, *y = b;
	int order = text_compare(x->group, y->group);
	unsigned m = hostname_labels(x->name), n = hostname_labels(y->name);

	if (order != 0)
		return order;
	/* Parents first: in some products they cover what is below. */
	return m != n ? (m < n ? -1 : 1) : text_compare(x->name, y->name);
}

static enum entry_verdict
judge(const struct plan *p, const struct need *need, const char **why)
{
	const struct host *h = &p->r->hosts[need->host];
	struct traffic t = replay_traffic(p->replay, need->host);
	bool cures = false, pinned = false;

	for (size_t i = 0; i < need->n_findings; i++) {
		enum class class = need->findings[i]->class;

		cures |= class_facts(class)->entry == ENTRY_YES;
		pinned |= class == CLASS_PINNING;
	}
	if (!cures) {
		*why = "a way round it: the cause can be cured elsewhere";
		return VERDICT_WORKAROUND;
	}
	if (host_app(h)->pinned) {
		*why = "the catalogue knows it as pinned";
		return VERDICT_ADD;
	}
	if (t.accepting > 0) {
		*why = "another program's sessions to it are accepted";
		return VERDICT_ADD;
	}
	if (pinned && totals_failures_only(&p->r->totals)) {
		*why = "no log tells of an accepted session: its clients may "
		    "lack the CA";
		return VERDICT_INVESTIGATE;
	}
	if (t.refusing_clients >= CLIENTS_UNRELATED) {
		*why = "several clients fail there";
		return VERDICT_ADD;
	}
	*why = "one client only: find out what runs there first; malware pins, "
	    "too, and the entry lets pass whoever claims this name";
	return VERDICT_INVESTIGATE;
}

static bool
is_wanted(const struct plan *p, const struct finding *f)
{
	enum entry_policy policy = class_facts(f->class)->entry;

	return policy == ENTRY_YES ||
	    (policy == ENTRY_OPTIONAL && p->workarounds);
}

static void
need_add(struct plan *p, uint32_t host, const struct finding *f)
{
	struct need *need;
	struct text name = p->r->hosts[host].name;

	if (p->need_of[host] > 0) {
		need = &p->needs[p->need_of[host] - 1];
		need->findings = mem_resize(need->findings,
		    need->n_findings + 1, sizeof(*need->findings));
		need->findings[need->n_findings++] = f;
		return;
	}
	if (p->n_needs == p->needs_room)
		p->needs = mem_grow(p->needs, p->n_needs, &p->needs_room,
		    sizeof(*p->needs));
	need = &p->needs[p->n_needs++];
	p->need_of[host] = (uint32_t)p->n_needs;
	*need = (struct need){ .name = name, .host = host,
		.address = match_is_address(name), .n_findings = 1 };
	need->findings = mem_zero(1, sizeof(*need->findings));
	need->findings[0] = f;
}

/* The part of the name that a wildcard would hang on: what the catalogue
 * prescribes, else the registrable domain.  Empty where it must not have one.
 * Neither this nor what is below it, up to the name, is a public suffix: the
 * registrable domain would be longer. */
static void
find_group(const struct plan *p, struct need *need)
{
	bool confirmed = false;
	struct text pattern = { NULL, 0 };
	const struct app *app;

	need->group = suffix_registrable(p->r->hosts[need->host].name);
	app = app_by_host(need->name, &confirmed, &pattern);
	if (app == NULL || !confirmed || app->broad ||
	    !text_starts(pattern, "*."))
		return;
	pattern = hostname_skip(pattern, 1);
	if (hostname_valid(pattern) &&
	    hostname_below(pattern, need->group)) {
		need->group = pattern;
		need->catalogue = true;
	}
}

/* What may become an entry at all. */
static bool
is_eligible(const struct plan *p, const struct need *need)
{
	if (replay_traffic(p->replay, need->host).rejected == 0)
		return false;
	return need->address || hostname_valid(need->name);
}

static void
collect_needs(struct plan *p)
{
	struct report *r = p->r;
	size_t kept = 0;

	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (!is_wanted(p, f))
			continue;
		if (f->host > 0)
			need_add(p, f->host - 1, f);
		for (size_t k = 0; k < f->n_hosts; k++) {
			uint32_t host = replay_host(p->replay, f->hosts[k]);

			if (host != UINT32_MAX && host + 1 != f->host)
				need_add(p, host, f);
		}
	}
	for (size_t i = 0; i < p->n_needs; i++) {
		struct need *need = &p->needs[i];

		if (!is_eligible(p, need)) {
			free(need->findings);
			continue;
		}
		need->verdict = judge(p, need, &need->why);
		if (!need->address)
			find_group(p, need);
		p->needs[kept++] = *need;
	}
	p->n_needs = kept;
	if (p->n_needs > 1)
		qsort(p->needs, p->n_needs, sizeof(*p->needs), by_group);
}

/* "pinspot: pinning f-7c1d90ab 2026-11-20 review 2027-02-18": the dates are
 * those of the evidence, so that the same input gives the same entry. */
static struct text
comment_of(struct plan *p, const struct need *need)
{
	const struct finding *f = need->findings[0];
	int64_t last = p->r->last != CLOCK_UNKNOWN ? p->r->last : clock_now();
	char seen[CLOCK_ISO_SIZE], review[CLOCK_ISO_SIZE];

	clock_iso(last, seen);
	clock_iso(last + REVIEW_DAYS * CLOCK_DAY, review);
	return pool_printf(p->r->pool, "pinspot: %s %s %.10s review %.10s",
	    class_facts(f->class)->name, f->id, seen, review);
}

static int
text_order(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

/* An array of ids has room for as many as the next power of two says. */
static size_t
ids_room(size_t n)
{
	size_t room = 1;

	while (room < n)
		room *= 2;
	return room;
}

static void
id_add(struct plan *p, struct entry *e, struct text id)
{
	struct text *all;

	if (e->n_findings == ids_room(e->n_findings)) {
		all = pool_zero(p->r->pool,
		    2 * e->n_findings * sizeof(*all));
		memcpy(all, e->findings, e->n_findings * sizeof(*all));
		e->findings = all;
	}
	e->findings[e->n_findings++] = id;
}

/* The ids of the findings behind needs, sorted, each once. */
static void
name_findings(struct plan *p, struct entry *e, const struct need *needs,
    size_t n)
{
	size_t room = 0, kept = 0;

	for (size_t i = 0; i < n; i++)
		room += needs[i].n_findings;
	e->findings = pool_zero(p->r->pool,
	    ids_room(room) * sizeof(*e->findings));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < needs[i].n_findings; k++)
			e->findings[e->n_findings++] = pool_intern(p->r->pool,
			    text_of(needs[i].findings[k]->id));
	qsort(e->findings, e->n_findings, sizeof(*e->findings), text_order);
	for (size_t i = 0; i < e->n_findings; i++)
		if (i == 0 || !text_equal(e->findings[i], e->findings[i - 1]))
			e->findings[kept++] = e->findings[i];
	e->n_findings = kept;
}

static void
name_others(struct plan *p, struct entry *e, const uint32_t *hosts, size_t n)
{
	e->others = pool_zero(p->r->pool,
	    OTHERS_SHOWN * sizeof(*e->others));
	for (size_t i = 0; i < n && e->n_others < OTHERS_SHOWN; i++)
		if (replay_traffic(p->replay, hosts[i]).curable == 0)
			e->others[e->n_others++] =
			    p->r->hosts[hosts[i]].name;
}

/* Put the entry into the list, its price is worked out for all at the end. */
static struct entry *
entry_add(struct plan *p, struct text text, const struct need *needs, size_t n)
{
	struct entry *e;

	list_add_expressed(&p->list, p->product, text);
	if (p->n_entries == p->entries_room)
		p->entries = mem_grow(p->entries, p->n_entries,
		    &p->entries_room, sizeof(*p->entries));
	e = &p->entries[p->n_entries++];
	*e = (struct entry){
		.product = p->product->name,
		.entry = pool_intern(p->r->pool, text),
		.matches = text_of(p->product->matches),
		.comment = comment_of(p, &needs[0]),
		.verdict = needs[0].verdict,
		.why = text_of(needs[0].why),
	};
	name_findings(p, e, needs, n);
	return e;
}

/* The first entry that says the same of a name. */
struct cover {
	const struct plan *plan;
	enum entry_verdict verdict;
	size_t entry; /* SIZE_MAX for none */
};

static void
consider(uint32_t entry, void *arg)
{
	struct cover *c = arg;

	if (entry < c->entry && c->plan->entries[entry].verdict == c->verdict)
		c->entry = entry;
}

/* Is the name cured by an entry of its group that is there already? */
static bool
is_covered(struct plan *p, const struct need *need)
{
	struct host_facts f = replay_facts(p->replay, need->host);
	struct cover c = { p, need->verdict, SIZE_MAX };
	struct entry more = { 0 };

	lookup_grow(p->lookup);
	lookup_each(p->lookup, &f, p->group_start, consider, &c);
	if (c.entry == SIZE_MAX)
		return false;
	/* Its findings are cured by it, too. */
	name_findings(p, &more, need, 1);
	for (size_t k = 0; k < more.n_findings; k++)
		id_add(p, &p->entries[c.entry], more.findings[k]);
	return true;
}

static void
express_exact(struct plan *p, const struct need *need)
{
	struct wanted w = { .base = need->name, .depths = WANT_NAME,
		.is_address = need->address,
		.port = replay_facts(p->replay, need->host).port };
	struct text out[EXPRESS_MAX];
	size_t n;

	/* A public suffix has other people's names below it. */
	if (!need->address && need->group.n == 0 &&
	    suffix_is_public(need->name))
		return;
	if (is_covered(p, need))
		return;
	n = p->product->express(&w, p->r->pool, out);
	for (size_t i = 0; i < n; i++)
		entry_add(p, out[i], need, 1);
}

/* How many labels the names have more than base, as bits. */
static unsigned
depths_of(const struct need *needs, size_t n, struct text base)
{
	unsigned depths = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned depth = hostname_labels(needs[i].name) -
		    hostname_labels(base);

		depths |= 1u << (depth < WANT_DEPTH_MAX ? depth :
		    WANT_DEPTH_MAX);
	}
	return depths;
}

/* The longest parent that all names have in common, itself or below group. */
static struct text
common_parent(const struct need *needs, size_t n)
{
	struct text base = needs[0].name;

	for (size_t i = 1; i < n; i++)
		while (!text_equal(base, needs[i].name) &&
		    !hostname_below(needs[i].name, base))
			base = hostname_skip(base, 1);
	return base;
}

/* What the wildcard would cost, and the exact names. */
static void
price_group(struct plan *p, const struct text *wild, size_t n_wild,
    const struct need *needs, size_t n, struct price *wide,
    struct price *exact)
{
	size_t chosen[EXPRESS_MAX], n_hosts;
	const uint32_t *hosts;
	uint32_t *own = mem_zero(n, sizeof(*own));

	list_cut(&p->wild, 0);
	for (size_t i = 0; i < n_wild; i++) {
		chosen[i] = i;
		list_add_expressed(&p->wild, p->product, wild[i]);
	}
	replay_entries(p->replay, p->wild.entries, p->wild.n);
	hosts = replay_union(p->replay, chosen, p->wild.n, &n_hosts);
	*wide = replay_price(p->replay, hosts, n_hosts);
	for (size_t i = 0; i < n; i++)
		own[i] = needs[i].host;
	*exact = replay_price(p->replay, own, n);
	free(own);
}

/* The alternative that was thought of and not taken. */
static void
add_too_wide(struct plan *p, const struct text *wild, size_t n_wild,
    const struct need *needs, size_t n, const struct price *wide,
    const struct price *exact)
{
	struct text why = pool_printf(p->r->pool, "too wide: +%llu fixed, "
	    "%llu more inspected session%s lost",
	    (unsigned long long)(wide->fixed - exact->fixed),
	    (unsigned long long)(wide->lost - exact->lost),
	    wide->lost - exact->lost == 1 ? "" : "s");

	for (size_t i = 0; i < n_wild; i++) {
		struct entry *e = entry_add(p, wild[i], needs, n);

		e->verdict = VERDICT_TOO_WIDE;
		e->why = why;
	}
}

static bool
all_to_add(const struct need *needs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (needs[i].verdict != VERDICT_ADD)
			return false;
	return true;
}

/* One group of names under one domain: a wildcard where the rules allow it, else
 * each name for itself. */
static void
plan_group(struct plan *p, const struct need *needs, size_t n)
{
	struct text base = needs[0].group, wild[EXPRESS_MAX];
	struct wanted w = { .base = base, .depths = WANT_CHILDREN,
		.port = replay_facts(p->replay, needs[0].host).port };
	size_t n_wild = 0, enough = needs[0].catalogue ?
	    WILDCARD_NAMES_CATALOGUE : WILDCARD_NAMES;
	struct price wide = { 0 }, exact = { 0 };

	p->group_start = p->n_entries;
	if (base.n > 0) {
		if (n >= enough && !needs[0].catalogue)
			w.base = base = common_parent(needs, n);
		if (n >= enough)
			w.depths = depths_of(needs, n, base);
		n_wild = p->product->express(&w, p->r->pool, wild);
	}
	if (n_wild > 0)
		price_group(p, wild, n_wild, needs, n, &wide, &exact);
	if (n_wild > 0 && n >= enough && all_to_add(needs, n) &&
	    wide.lost == 0 && wide.fixed >= exact.fixed) {
		for (size_t i = 0; i < n_wild; i++)
			entry_add(p, wild[i], needs, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		express_exact(p, &needs[i]);
	if (n_wild > 0 && wide.lost > exact.lost && wide.fixed >= exact.fixed)
		add_too_wide(p, wild, n_wild, needs, n, &wide, &exact);
}

static enum entry_risk
risk_of(const struct entry *e)
{
	if (e->verdict == VERDICT_INVESTIGATE ||
	    e->verdict == VERDICT_TOO_WIDE)
		return RISK_HIGH;
	return e->n_others > 0 ? RISK_MEDIUM : RISK_LOW;
}

/* Where names take effect by their addresses, other names share them. */
static void
warn_of_neighbours(struct plan *p, struct entry *e, const uint32_t *hosts,
    size_t n)
{
	size_t others = replay_neighbours(p->replay, hosts, n);

	if (others > 0)
		e->why = pool_printf(p->r->pool, "%.*s; a proxy-based profile "
		    "exempts its addresses, and with them %zu other name%s",
		    TEXT_ARG(e->why), others, others == 1 ? "" : "s");
}

static void
price_all(struct plan *p)
{
	replay_entries(p->replay, p->list.entries, p->list.n);
	for (size_t i = 0; i < p->n_entries; i++) {
		struct entry *e = &p->entries[i];
		size_t n;
		const uint32_t *hosts = replay_hosts(p->replay, i, &n);
		struct price price = replay_price(p->replay, hosts, n);

		e->fixes = price.fixed;
		e->inspected_lost = price.lost;
		e->bytes_lost = price.bytes_lost;
		e->clients_lost = price.clients_lost;
		e->lost_unknown = price.lost == 0 &&
		    totals_failures_only(&p->r->totals);
		name_others(p, e, hosts, n);
		/* A wildcard cannot be resolved: it is compared by name. */
		if (p->product->by_address &&
		    text_find(e->entry, "*") < 0)
			warn_of_neighbours(p, e, hosts, n);
		e->risk = risk_of(e);
	}
}

static int
by_worth(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->verdict != y->verdict)
		return x->verdict < y->verdict ? -1 : 1;
	if (x->fixes != y->fixes)
		return x->fixes > y->fixes ? -1 : 1;
	return text_compare(x->entry, y->entry);
}

/* That an entry is meant for a finding. */
struct claim {
	struct text finding; /* its id */
	size_t entry;
};

static int
by_finding(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;
	int order = text_compare(x->finding, y->finding);

	if (order != 0)
		return order;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

/* What is suggested, not what was thought of and is too wide. */
static struct claim *
collect_claims(const struct plan *p, size_t *n)
{
	struct claim *claims = NULL;
	size_t room = 0;

	*n = 0;
	for (size_t i = 0; i < p->n_entries; i++) {
		const struct entry *e = &p->entries[i];

		if (e->verdict == VERDICT_TOO_WIDE)
			continue;
		for (size_t k = 0; k < e->n_findings; k++) {
			claims = mem_grow(claims, *n, &room, sizeof(*claims));
			claims[(*n)++] = (struct claim){ e->findings[k], i };
		}
	}
	if (*n > 1)
		qsort(claims, *n, sizeof(*claims), by_finding);
	return claims;
}

/* The first claim of a finding, or behind the last one that sorts before it. */
static size_t
first_claim(const struct claim *claims, size_t n, struct text finding)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (text_compare(claims[middle].finding, finding) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The findings' own entries. */
static void
give_to_findings(struct plan *p)
{
	struct report *r = p->r;
	size_t n_claims;
	struct claim *claims = collect_claims(p, &n_claims);

	for (size_t f = 0; f < r->n_findings; f++) {
		struct finding *finding = &r->findings[f];
		struct text id = text_of(finding->id);
		size_t first = first_claim(claims, n_claims, id), n = 0;
		struct entry *own = NULL;

		while (first + n < n_claims &&
		    text_equal(claims[first + n].finding, id))
			n++;
		if (n > 0)
			own = pool_zero(r->pool, n * sizeof(*own));
		for (size_t i = 0; i < n; i++)
			own[i] = p->entries[claims[first + i].entry];
		finding->entries = own;
		finding->n_entries = n;
		advice_complete(r, finding, p->product->name);
	}
	free(claims);
}

static void
finish(struct plan *p)
{
	struct report *r = p->r;

	price_all(p);
	if (p->n_entries > 1)
		qsort(p->entries, p->n_entries, sizeof(*p->entries), by_worth);
	give_to_findings(p);
	r->suggestions = pool_zero(r->pool,
	    (p->n_entries + 1) * sizeof(*r->suggestions));
	r->n_suggestions = p->n_entries;
	if (p->n_entries > 0)
		memcpy(r->suggestions, p->entries,
		    p->n_entries * sizeof(*p->entries));
	r->product = p->product->name;
}

static int
suggest(struct report *r, const char *name, bool workarounds, struct error *e)
{
	struct plan p = { .r = r, .workarounds = workarounds,
		.product = product_by_name(text_of(name)) };
	size_t end;

	if (p.product == NULL)
		return product_unknown(name, e);
	p.replay = replay_new(r);
	p.need_of = mem_zero(r->n_hosts + 1, sizeof(*p.need_of));
	list_init(&p.list);
	list_init(&p.wild);
	p.lookup = lookup_new(&p.list);
	collect_needs(&p);
	for (size_t i = 0; i < p.n_needs; i = end) {
		end = i + 1;
		while (end < p.n_needs && p.needs[i].group.n > 0 &&
		    text_equal(p.needs[i].group, p.needs[end].group))
			end++;
		plan_group(&p, &p.needs[i], end - i);
	}
	finish(&p);
	for (size_t i = 0; i < p.n_needs; i++)
		free(p.needs[i].findings);
	free(p.needs);
	free(p.need_of);
	free(p.entries);
	lookup_free(p.lookup);
	list_free(&p.list);
	list_free(&p.wild);
	replay_free(p.replay);
	return 0;
}

int
suggest_entries(struct report *r, const char *product, struct error *e)
{
	return suggest(r, product, false, e);
}

int
suggest_with_workarounds(struct report *r, const char *product,
    struct error *e)
{
	return suggest(r, product, true, e);
}
