/*
 * Which connections met an interceptor?  (detection.md section 5.5)
 *
 * A certificate that the given CA signed, or a log, proves it.  An issuer that
 * is no public CA and signs for unrelated domains gives itself away.  In TLS
 * 1.3 the certificate is hidden; there the lengths of the server's flight are
 * all alike for one interceptor, and differ between origins: that is presumed,
 * never proven.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "finding/tables.h"

enum {
	LEARNED_DOMAINS = 3, /* unrelated ones that one issuer signs for */
	SHARED_KEY_DOMAINS = 2, /* ... with one and the same key */
	FLIGHT_SPREAD = 48, /* bytes that impersonations differ by */
	FLIGHT_DOMAINS = 3,
	NAME_COPIES_MAX = 3 /* a leaf repeats the name so often at most */
};

/* What the spots of one way have in common. */
struct issuer_facts {
	uint32_t n_domains;
	bool shared_key, forged;
	bool borrowed_key; /* that of an interceptor's leaves */
};

struct signed_leaf {
	uint32_t way, spki, domain;
};

static int
by_way_and_key(const void *left, const void *right)
{
	return memcmp(left, right, sizeof(struct signed_leaf));
}

static int
by_key(const void *left, const void *right)
{
	const struct signed_leaf *a = left, *b = right;

	return (a->spki > b->spki) - (a->spki < b->spki);
}

static int
by_way_and_domain(const void *left, const void *right)
{
	const struct signed_leaf *a = left, *b = right;

	if (a->way != b->way)
		return a->way < b->way ? -1 : 1;
	return (a->domain > b->domain) - (a->domain < b->domain);
}

/* The interceptor's own connections to origins tell nothing of it. */
static bool
is_client_side(const struct collector *c, const struct view *s)
{
	return c->profiles[s->profile].leg != LEG_SERVER &&
	    c->ways[s->way].leg != LEG_SERVER;
}

/* What a log tells of interception needs no issuer that behaves like one. */
static bool
is_told(const struct way *w)
{
	return w->told != INTERCEPTION_UNKNOWN && w->given != TRUTH_YES;
}

static void
count_domains(struct collector *c, struct issuer_facts *facts)
{
	struct signed_leaf *leaves = mem_zero(view_count(c) + 1, sizeof(*leaves));
	size_t n = 0;

	for (size_t i = 0; i < view_count(c); i++) {
		const struct view s = view_at(c, i);

		if (c->ways[s.way].hidden || is_told(&c->ways[s.way]) ||
		    !is_client_side(c, &s))
			continue;
		leaves[n++] = (struct signed_leaf){ s.way, s.leaf->spki,
			key_domain(c, s.host) };
		facts[s.way].forged |= s.leaf->forged;
	}
	qsort(leaves, n, sizeof(*leaves), by_way_and_key);
	for (size_t i = 1; i < n; i++)
		if (leaves[i].way == leaves[i - 1].way &&
		    leaves[i].spki == leaves[i - 1].spki &&
		    leaves[i].spki != 0 &&
		    leaves[i].domain != leaves[i - 1].domain)
			facts[leaves[i].way].shared_key = true;
	qsort(leaves, n, sizeof(*leaves), by_way_and_domain);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || by_way_and_domain(&leaves[i], &leaves[i - 1]) != 0)
			facts[leaves[i].way].n_domains++;
	free(leaves);
}

/* An issuer that behaves like an interceptor. */
static bool
is_candidate(const struct issuer_facts *f)
{
	return f->n_domains >= LEARNED_DOMAINS ||
	    (f->shared_key && f->n_domains >= SHARED_KEY_DOMAINS);
}

/* ... and nothing else speaks for it. */
static bool
is_learned(const struct way *w, const struct issuer_facts *f)
{
	return w->interception == INTERCEPTION_PROVEN && w->issuer.n > 0 &&
	    w->told == INTERCEPTION_UNKNOWN && w->given != TRUTH_YES &&
	    w->known == NULL && is_candidate(f);
}

/*
 * Several issuers may look like interceptors, such as private CAs of origins.
 * One key for many hosts then tells which ones are; where none has that, none
 * is sure.
 */
static void
doubt_candidates(struct collector *c, const struct issuer_facts *facts)
{
	size_t n = 0, n_shared = 0;

	for (size_t i = 0; i < c->n_ways; i++) {
		if (!is_learned(&c->ways[i], &facts[i]))
			continue;
		n++;
		n_shared += facts[i].shared_key;
	}
	for (size_t i = 0; i < c->n_ways && n > 1; i++) {
		if (!is_learned(&c->ways[i], &facts[i]) ||
		    facts[i].shared_key)
			continue;
		c->ways[i].interception = n_shared > 0 ? INTERCEPTION_NONE :
		    INTERCEPTION_PRESUMED;
	}
	/* Beside a sure one, looking forged is not enough. */
	for (size_t i = 0; i < c->n_ways && n > 0; i++)
		if (c->ways[i].interception == INTERCEPTION_PRESUMED &&
		    c->ways[i].told == INTERCEPTION_UNKNOWN &&
		    c->ways[i].known == NULL && !is_candidate(&facts[i]))
			c->ways[i].interception = INTERCEPTION_NONE;
}

static enum interception
judge_way(const struct way *w, const struct issuer_facts *f, bool given)
{
	if (w->told != INTERCEPTION_UNKNOWN)
		return w->told;
	if (w->given == TRUTH_YES)
		return INTERCEPTION_PROVEN;
	if (w->leg == LEG_DIRECT || w->leg == LEG_SERVER)
		return INTERCEPTION_NONE;
	if (w->hidden || w->mixed)
		return INTERCEPTION_UNKNOWN;
	if (w->is_public)
		return INTERCEPTION_NONE;
	if (w->known != NULL)
		return f->n_domains >= SHARED_KEY_DOMAINS ?
		    INTERCEPTION_PROVEN : INTERCEPTION_PRESUMED;
	if (given || w->self_issued)
		return INTERCEPTION_NONE;
	if (is_candidate(f))
		return INTERCEPTION_PROVEN;
	return f->forged ? INTERCEPTION_PRESUMED : INTERCEPTION_UNKNOWN;
}

/*
 * The CA that an interceptor keeps for origins that it does not trust itself:
 * it says so in its name, or its leaves carry the key of the other's.
 */
static void
find_untrust(struct collector *c, const struct issuer_facts *facts)
{
	for (size_t i = 0; i < c->n_ways; i++) {
		struct way *w = &c->ways[i];
		bool named = w->issuer.n > 0 &&
		    text_find_nocase(w->issuer, "untrust") >= 0;

		if (w->is_public || w->given == TRUTH_YES || w->hidden ||
		    w->mixed || w->leg == LEG_SERVER || w->leg == LEG_DIRECT)
			continue;
		if (w->known != NULL)
			w->untrust = w->known->role == INTERCEPTOR_UNTRUST;
		else if (named || (facts[i].borrowed_key && !w->self_issued))
			w->untrust = true;
		if (w->untrust && w->interception != INTERCEPTION_PROVEN)
			w->interception = facts[i].borrowed_key ?
			    INTERCEPTION_PROVEN : INTERCEPTION_PRESUMED;
	}
}

/* Whose leaves carry a key that leaves of an interceptor carry, too? */
static void
find_borrowed_keys(const struct collector *c, struct issuer_facts *facts)
{
	struct signed_leaf *leaves = mem_zero(view_count(c) + 1, sizeof(*leaves));
	size_t n = 0;

	for (size_t i = 0; i < view_count(c); i++) {
		const struct view s = view_at(c, i);

		if (s.leaf->spki != 0 && is_client_side(c, &s))
			leaves[n++] = (struct signed_leaf){ s.way,
				s.leaf->spki, 0 };
	}
	qsort(leaves, n, sizeof(*leaves), by_key);
	for (size_t i = 0, next; i < n; i = next) {
		bool ours = false;

		for (next = i; next < n && leaves[next].spki == leaves[i].spki;
		    next++)
			ours |= c->ways[leaves[next].way].interception ==
			    INTERCEPTION_PROVEN;
		for (size_t k = i; k < next && ours; k++)
			facts[leaves[k].way].borrowed_key =
			    c->ways[leaves[k].way].interception !=
			    INTERCEPTION_PROVEN;
	}
	free(leaves);
}

/* The issuer that signs for the most domains among those that intercept. */
static void
name_interceptor(struct collector *c, const struct issuer_facts *facts,
    bool given)
{
	struct report *r = c->report;
	uint32_t most = 0;
	struct text best = { 0 };

	for (size_t i = 0; i < c->n_ways; i++) {
		const struct way *w = &c->ways[i];

		/* A log that tells of interception names the origin's issuer. */
		if (w->issuer.n == 0 || (w->told != INTERCEPTION_UNKNOWN &&
		    w->given != TRUTH_YES) || (given ? w->given != TRUTH_YES :
		    w->interception != INTERCEPTION_PROVEN &&
		    w->interception != INTERCEPTION_PRESUMED) ||
		    facts[i].n_domains < most)
			continue;
		if (facts[i].n_domains > most || best.n == 0 ||
		    text_compare(w->issuer, best) < 0)
			best = w->issuer;
		most = facts[i].n_domains;
	}
	if (best.n == 0)
		return;
	r->interceptor = best;
	if (given)
		r->interceptor_source = "given";
	else if (strcmp(r->interceptor_source, "none") == 0)
		r->interceptor_source = "learned";
}

/* The encrypted flight that one domain's host answered with. */
struct flight {
	uint32_t domain, host;
	uint16_t verify, leaf;
	int adjusted; /* without the copies of the name */
};

/* ECDSA signatures vary by a few bytes (DER integers). */
static uint16_t
verify_kind(uint16_t len)
{
	return len >= 91 && len <= 99 ? 96 : len >= 115 && len <= 125 ? 120 :
	    len;
}

static int
by_domain(const void *left, const void *right)
{
	const struct flight *a = left, *b = right;

	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	if (a->leaf != b->leaf)
		return a->leaf < b->leaf ? -1 : 1;
	return (a->verify > b->verify) - (a->verify < b->verify);
}

static int
by_adjusted(const void *left, const void *right)
{
	const struct flight *a = left, *b = right;

	if (a->verify != b->verify)
		return a->verify < b->verify ? -1 : 1;
	if (a->adjusted != b->adjusted)
		return a->adjusted < b->adjusted ? -1 : 1;
	return 0;
}

static size_t
list_flights(struct collector *c, struct flight *list)
{
	size_t n = 0, kept = 0;

	for (size_t i = 0; i < view_count(c); i++) {
		const struct view s = view_at(c, i);

		if (s.leaf->len != 0 && is_client_side(c, &s))
			list[n++] = (struct flight){ key_domain(c, s.host),
				s.host, verify_kind(s.leaf->verify_len),
				s.leaf->len, 0 };
	}
	qsort(list, n, sizeof(*list), by_domain);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || list[i].domain != list[i - 1].domain)
			list[kept++] = list[i];
	return kept;
}

/* What the flights of most domains look like; n_domains 0: no such thing. */
struct likeness {
	uint16_t verify;
	int copies, low;
	size_t n_domains;
	bool only_blocks; /* what is not seen to be intercepted is not */
};

static struct likeness
find_likeness(const struct collector *c, struct flight *list, size_t n)
{
	struct likeness best = { 0 };

	for (int copies = 0; copies <= NAME_COPIES_MAX; copies++) {
		for (size_t i = 0; i < n; i++)
			list[i].adjusted = list[i].leaf -
			    copies * (int)c->hosts[list[i].host].name.n;
		qsort(list, n, sizeof(*list), by_adjusted);
		for (size_t low = 0, i = 0; i < n; i++) {
			while (list[low].verify != list[i].verify ||
			    list[i].adjusted - list[low].adjusted >
			    FLIGHT_SPREAD)
				low++;
			if (i - low + 1 > best.n_domains)
				best = (struct likeness){
					.verify = list[i].verify,
					.copies = copies,
					.low = list[low].adjusted,
					.n_domains = i - low + 1 };
		}
	}
	if (best.n_domains < FLIGHT_DOMAINS || best.n_domains * 2 < n)
		best.n_domains = 0;
	return best;
}

static enum interception
judge_flight(const struct collector *c, const struct view *s,
    const struct likeness *l)
{
	int adjusted = s->leaf->len -
	    l->copies * (int)c->hosts[s->host].name.n;

	if (s->leaf->len == 0 || l->n_domains == 0)
		return INTERCEPTION_UNKNOWN;
	if (verify_kind(s->leaf->verify_len) != l->verify)
		return INTERCEPTION_NONE;
	return adjusted >= l->low && adjusted <= l->low + FLIGHT_SPREAD ?
	    INTERCEPTION_PRESUMED : INTERCEPTION_UNKNOWN;
}

/* What visible certificates say of each host: a bit for each answer. */
static uint8_t *
visible_hosts(const struct collector *c)
{
	uint8_t *seen = mem_zero(c->n_hosts + 1, 1);

	for (size_t i = 0; i < view_count(c); i++) {
		const struct view s = view_at(c, i);

		if (is_client_side(c, &s))
			seen[s.host] |= (uint8_t)(1U <<
			    c->ways[s.way].interception);
	}
	return seen;
}

/* Rejected, and not because of a lost session or a downgrade. */
static bool
is_rejected(const struct collector *c, const struct spot *s)
{
	struct failures f = { 0 };

	if (s == NULL || s->trouble == 0)
		return false;
	trouble_sum(c, s, &f);
	return f.outcomes[OUTCOME_REJECTED] > 0 && f.traits.mismatch == 0 &&
	    f.traits.sentinel == 0 && f.traits.session_echo == 0;
}

/*
 * Some interceptors decrypt nothing but what they block.  They give themselves
 * away where they answer TLS 1.2 to clients that offer 1.3, at hosts that are
 * all rejected by somebody, while the rest of the traffic is TLS 1.3.
 */
static bool
only_blocks(const struct collector *c)
{
	uint8_t *state = mem_zero(c->n_hosts + 1, 1);
	enum { ACCEPTED = 1, REJECTED = 2 };
	size_t n_hidden = 0;
	bool blocks = false, decrypts = false;

	for (size_t i = 0; i < view_count(c); i++) {
		const struct view s = view_at(c, i);
		const struct way *w = &c->ways[s.way];

		if (!is_client_side(c, &s))
			continue;
		n_hidden += w->hidden && s.accepted > 0;
		if (w->interception != INTERCEPTION_PROVEN)
			continue;
		decrypts |= !w->went_down;
		state[s.host] |= (s.accepted > 0 ? ACCEPTED : 0) |
		    (is_rejected(c, s.spot) ? REJECTED : 0);
	}
	for (size_t i = 0; i < c->n_hosts; i++) {
		blocks |= (state[i] & REJECTED) != 0;
		decrypts |= state[i] == ACCEPTED;
	}
	free(state);
	return blocks && !decrypts && n_hidden > 1;
}

static enum interception
judge_view(const struct collector *c, const struct view *s, uint8_t seen,
    const struct likeness *l)
{
	const struct way *w = &c->ways[s->way];
	const unsigned yes = 1U << INTERCEPTION_PROVEN |
	    1U << INTERCEPTION_PRESUMED, no = 1U << INTERCEPTION_NONE;
	enum interception flight;

	if (w->interception != INTERCEPTION_UNKNOWN)
		return w->interception;
	if (!is_client_side(c, s) || (w->hidden && l->only_blocks))
		return INTERCEPTION_NONE;
	if ((seen & yes) != 0 && (seen & no) == 0)
		return INTERCEPTION_PRESUMED;
	flight = judge_flight(c, s, l);
	if (flight != INTERCEPTION_UNKNOWN)
		return flight;
	if ((seen & no) != 0 && (seen & yes) == 0)
		return INTERCEPTION_NONE;
	return strcmp(c->report->interceptor_source, "none") != 0 ?
	    INTERCEPTION_PRESUMED : INTERCEPTION_UNKNOWN;
}

void
interception_resolve(struct collector *c)
{
	struct issuer_facts *facts = mem_zero(c->n_ways + 1, sizeof(*facts));
	struct flight *flights = mem_zero(view_count(c) + 1, sizeof(*flights));
	struct likeness likeness;
	bool given = false;
	uint8_t *seen;

	count_domains(c, facts);
	for (size_t i = 0; i < c->n_ways; i++)
		given |= c->ways[i].given != TRUTH_UNKNOWN;
	for (size_t i = 0; i < c->n_ways; i++)
		c->ways[i].interception = judge_way(&c->ways[i], &facts[i],
		    given);
	doubt_candidates(c, facts);
	find_borrowed_keys(c, facts);
	find_untrust(c, facts);
	name_interceptor(c, facts, given);
	likeness = find_likeness(c, flights, list_flights(c, flights));
	seen = visible_hosts(c);
	likeness.only_blocks = only_blocks(c);
	for (size_t i = 0; i < view_count(c); i++) {
		const struct view s = view_at(c, i);

		view_judge(c, i, judge_view(c, &s, seen[s.host], &likeness));
	}
	free(seen);
	free(flights);
	free(facts);
}
