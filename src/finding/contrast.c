/*
 * The contrast: what decides between a pin, a missing CA and a bad certificate
 * is what happened elsewhere (detection.md section 5.3).
 *
 * Each comparison groups the cells by one thing (the host, say) and counts
 * them by another (the profiles).  A cell's own share is then taken out.  Only
 * cells of one plane are compared: an accepted session that was not
 * intercepted proves nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "finding/tables.h"

/* What one member of a group did. */
struct share {
	uint64_t group, member;
	uint64_t accepted, rejected;
	uint32_t weight; /* members that it stands for */
};

struct relation {
	struct share *shares; /* sorted, one per group and member */
	struct contrast_side *totals; /* of a group, where it begins */
	size_t n;
};

/* What a cell contributes. */
struct outcome_counts {
	uint64_t accepted, rejected;
};

struct comparison {
	const struct collector *c;
	const struct report *r;
	const struct cell_slots *slots;
};

/*
 * A browser's acceptance after a warning was clicked away says nothing of the
 * certificate.
 */
static struct outcome_counts
counts_of(const struct report *r, const struct cell *cell)
{
	bool clicked = cell->clicked_through > 0 &&
	    r->profiles[cell->profile].engine == ENGINE_BROWSER;

	return (struct outcome_counts){
		clicked ? 0 : cell->attempts.accepted,
		cell->attempts.rejected +
		    (cell->idle_rejected ? cell->attempts.idle : 0) };
}

/* A key of up to two numbers within one plane. */
static uint64_t
key(enum plane plane, uint32_t a, uint32_t b)
{
	return (uint64_t)plane << 62 | (uint64_t)(a & 0x7fffffff) << 31 |
	    (b & 0x7fffffff);
}

/* The things by which cells are grouped and counted. */
enum thing { THING_HOST, THING_DOMAIN, THING_PROFILE, THING_PROGRAM,
	THING_CLIENT, THING_HOST_PROGRAM };

static uint64_t
key_of(const struct comparison *m, size_t i, enum thing thing)
{
	const struct cell_slots *s = &m->slots[i];
	const struct profile_slot *p = &m->c->profiles[s->profile];
	enum plane plane = cell_plane(&m->r->cells[i]);

	switch (thing) {
	case THING_HOST:
		return key(plane, 0, s->host);
	case THING_DOMAIN:
		return key(plane, 0, m->c->hosts[s->host].domain);
	case THING_PROFILE:
		return key(plane, 0, s->profile);
	case THING_PROGRAM:
		return key(plane, 0, p->program_number);
	case THING_CLIENT:
		return key(plane, 0, p->client_number);
	case THING_HOST_PROGRAM:
		return key(plane, s->host, p->program_number);
	}
	return 0;
}

static int
compare_shares(const void *left, const void *right)
{
	const struct share *a = left, *b = right;

	if (a->group != b->group)
		return a->group < b->group ? -1 : 1;
	return (a->member > b->member) - (a->member < b->member);
}

static void
add_share(struct contrast_side *side, const struct share *s)
{
	side->accepted += s->accepted;
	side->rejected += s->rejected;
	side->accepting += s->accepted > 0 ? s->weight : 0;
	side->rejecting += s->rejected > 0 ? s->weight : 0;
}

static int
compare_keys(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* The groups of failing cells, sorted: no others will be asked for.  There is
 * room for one more than *n. */
static uint64_t *
groups_of_failures(const struct comparison *m, enum thing group, size_t *n)
{
	uint64_t *keys = mem_zero(m->r->n_cells + 1, sizeof(*keys));

	*n = 0;
	for (size_t i = 0; i < m->r->n_cells; i++)
		if (m->r->cells[i].failure != NULL)
			keys[(*n)++] = key_of(m, i, group);
	qsort(keys, *n, sizeof(*keys), compare_keys);
	return keys;
}

static struct relation
relate(const struct comparison *m, enum thing group, enum thing member)
{
	size_t n = 0, start = 0, n_asked;
	uint64_t *asked = groups_of_failures(m, group, &n_asked);
	struct relation rel = {
		mem_zero(m->r->n_cells + 1, sizeof(struct share)),
		mem_zero(m->r->n_cells + 1, sizeof(struct contrast_side)), 0 };

	for (size_t i = 0; i < m->r->n_cells; i++) {
		const struct cell *cell = &m->r->cells[i];
		struct outcome_counts counts = counts_of(m->r, cell);
		uint64_t own = key_of(m, i, group);

		if (bsearch(&own, asked, n_asked, sizeof(own), compare_keys) !=
		    NULL)
			rel.shares[n++] = (struct share){ own,
				key_of(m, i, member), counts.accepted,
				counts.rejected, cell->n_profiles };
	}
	free(asked);
	qsort(rel.shares, n, sizeof(*rel.shares), compare_shares);
	for (size_t i = 0; i < n; i++) {
		struct share *last = &rel.shares[rel.n > 0 ? rel.n - 1 : 0];

		if (rel.n > 0 && compare_shares(last, &rel.shares[i]) == 0) {
			last->accepted += rel.shares[i].accepted;
			last->rejected += rel.shares[i].rejected;
		} else {
			rel.shares[rel.n++] = rel.shares[i];
		}
	}
	for (size_t i = 0; i < rel.n; i++) {
		if (rel.shares[i].group != rel.shares[start].group)
			start = i;
		add_share(&rel.totals[start], &rel.shares[i]);
	}
	return rel;
}

static void
relation_free(struct relation *rel)
{
	free(rel->shares);
	free(rel->totals);
}

/* Where a group's member is, or would be. */
static size_t
share_at(const struct relation *rel, uint64_t group, uint64_t member)
{
	const struct share wanted = { .group = group, .member = member };
	size_t low = 0, high = rel->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_shares(&rel->shares[middle], &wanted) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Sum a group, without one member where skip is set. */
static struct contrast_side
sum(const struct relation *rel, uint64_t group, const uint64_t *skip)
{
	size_t start = share_at(rel, group, 0), own;
	struct contrast_side side = { 0 };
	const struct share *s;

	if (start == rel->n || rel->shares[start].group != group)
		return side;
	side = rel->totals[start];
	if (skip == NULL)
		return side;
	own = share_at(rel, group, *skip);
	s = &rel->shares[own];
	if (own == rel->n || s->group != group || s->member != *skip)
		return side;
	side.accepted -= s->accepted;
	side.rejected -= s->rejected;
	side.accepting -= s->accepted > 0 ? s->weight : 0;
	side.rejecting -= s->rejected > 0 ? s->weight : 0;
	return side;
}

/* All comparisons: which member of struct contrast, grouped by what, counted
 * by what, and whether the cell's own member is left out. */
static const struct {
	size_t at;
	enum thing group, member;
	bool others_only, needs_program;
} comparisons[] = {
#define AT(member) offsetof(struct contrast, member)
	{ AT(same_host_other_profiles), THING_HOST, THING_PROFILE, true,
	    false },
	{ AT(same_host_other_fingerprints), THING_HOST, THING_PROGRAM, true,
	    true },
	{ AT(same_profile_other_hosts), THING_PROFILE, THING_DOMAIN, true,
	    false },
	{ AT(same_fingerprint_other_hosts), THING_PROGRAM, THING_DOMAIN, true,
	    true },
	{ AT(same_fingerprint_other_clients), THING_HOST_PROGRAM, THING_CLIENT,
	    true, true },
	{ AT(same_client_other_profiles), THING_CLIENT, THING_PROFILE, true,
	    false },
	{ AT(profile), THING_PROFILE, THING_DOMAIN, false, false },
	{ AT(client), THING_CLIENT, THING_DOMAIN, false, false },
	{ AT(client_programs), THING_CLIENT, THING_PROFILE, false, false },
	{ AT(fingerprint), THING_PROGRAM, THING_CLIENT, false, true },
#undef AT
};

static bool
program_known(const struct profile *p)
{
	return p->fingerprint.n > 0 || p->agent.n > 0;
}

/* Fill one member of every failing cell's contrast. */
static void
compare(const struct comparison *m, size_t which)
{
	struct relation rel = relate(m, comparisons[which].group,
	    comparisons[which].member);

	for (size_t i = 0; i < m->r->n_cells; i++) {
		struct cell *cell = &m->r->cells[i];
		uint64_t own = key_of(m, i, comparisons[which].member);

		if (cell->failure == NULL || (comparisons[which].needs_program &&
		    !program_known(&m->r->profiles[cell->profile])))
			continue;
		*(struct contrast_side *)((char *)&cell->failure->contrast +
		    comparisons[which].at) = sum(&rel,
		    key_of(m, i, comparisons[which].group),
		    comparisons[which].others_only ? &own : NULL);
	}
	relation_free(&rel);
}

/* Other hosts of a cell's own domain are other hosts, too. */
static void
add_own_domain(const struct comparison *m)
{
	struct relation hosts = relate(m, THING_PROFILE, THING_HOST);

	for (size_t i = 0; i < m->r->n_cells; i++) {
		struct cell *cell = &m->r->cells[i];
		uint64_t own = key_of(m, i, THING_HOST);
		struct contrast_side other, *side;

		if (cell->failure == NULL)
			continue;
		side = &cell->failure->contrast.same_profile_other_hosts;
		other = sum(&hosts, key_of(m, i, THING_PROFILE), &own);
		side->accepted = other.accepted;
		side->rejected = other.rejected;
		cell->failure->contrast.other_hosts = (struct contrast_side){
			0, 0, other.accepting, other.rejecting };
	}
	relation_free(&hosts);
}

/* When a client first accepted and last rejected anything. */
struct turn {
	int64_t first_accepted, last_rejected;
	bool seen;
};

static void
find_turns(const struct comparison *m)
{
	struct turn *turns = mem_zero(m->c->clients.n + 1, sizeof(*turns));

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < m->r->n_cells; i++) {
			struct cell *cell = &m->r->cells[i];
			struct turn *t = &turns[m->c->profiles[
			    m->slots[i].profile].client_number];
			struct outcome_counts n = counts_of(m->r, cell);

			if (cell_plane(cell) != PLANE_CLIENT)
				continue;
			if (pass == 1) {
				if (cell->failure != NULL)
					cell->failure->contrast
					    .all_rejections_first =
					    t->first_accepted != INT64_MAX &&
					    t->last_rejected <
					    t->first_accepted;
				continue;
			}
			if (!t->seen)
				*t = (struct turn){ INT64_MAX, INT64_MIN,
					true };
			if (n.accepted > 0 && n.rejected == 0 &&
			    cell->first < t->first_accepted)
				t->first_accepted = cell->first;
			if (n.rejected > 0 && n.accepted == 0 &&
			    cell->last > t->last_rejected)
				t->last_rejected = cell->last;
		}
	}
	free(turns);
}

/* Browsers that reject a host, and the server legs that belong to it. */
struct host_facts {
	uint32_t rejecting_browsers;
	struct server_leg server;
};

static void
add_server_leg(struct server_leg *s, const struct cell *cell)
{
	const struct failure *f = cell->failure;

	s->n_profiles++;
	s->accepted += cell->attempts.accepted;
	s->rejected += cell->attempts.rejected;
	s->refused += cell->attempts.refused;
	s->network += cell->attempts.network;
	s->idle += cell->attempts.idle;
	s->mismatch += cell->accepted_mismatch;
	if (f == NULL)
		return;
	s->certificate_requested += f->traits.certificate_requested;
	s->mismatch += f->traits.mismatch;
	s->mismatch_failed += f->traits.mismatch_failed;
	s->certificate_alerts += trait_certificate_alert(&f->traits) ?
	    f->traits.alert_type : 0;
	s->protocol += trait_protocol_alert(&f->traits) ?
	    cell->attempts.refused + cell->attempts.rejected : 0;
	s->bad_certificate += f->traits.expired + f->traits.self_issued +
	    f->traits.wrong_name;
}

static void
find_host_facts(const struct comparison *m)
{
	struct host_facts *facts = mem_zero(m->c->n_hosts + 1, sizeof(*facts));

	for (size_t i = 0; i < m->r->n_cells; i++) {
		const struct cell *cell = &m->r->cells[i];
		struct host_facts *f = &facts[m->slots[i].host];

		if (cell->leg == LEG_SERVER)
			add_server_leg(&f->server, cell);
		else if (m->r->profiles[cell->profile].engine ==
		    ENGINE_BROWSER && counts_of(m->r, cell).rejected > 0)
			f->rejecting_browsers++;
	}
	for (size_t i = 0; i < m->r->n_cells; i++) {
		struct cell *cell = &m->r->cells[i];
		const struct host_facts *f = &facts[m->slots[i].host];
		bool browser = m->r->profiles[cell->profile].engine ==
		    ENGINE_BROWSER;

		if (cell->failure == NULL || cell->leg == LEG_SERVER)
			continue;
		cell->failure->server_leg = f->server;
		cell->failure->contrast.rejecting_browsers =
		    f->rejecting_browsers - (browser && counts_of(m->r,
		    cell).rejected > 0);
	}
	free(facts);
}

/* What was folded of a profile, a client or a program. */
struct folded {
	uint64_t accepted; /* attempts */
	uint64_t domains; /* a bit by number of domain, modulo 64 */
	uint32_t n_profiles;
};

static void
add_folded(struct folded *f, const struct profile_slot *p)
{
	f->accepted += p->folded_accepted;
	f->domains |= p->folded_domains;
	f->n_profiles += p->folded_accepted > 0;
}

static void
add_accepted(struct contrast_side *side, uint64_t accepted, uint64_t domains)
{
	side->accepted += accepted;
	side->accepting += (uint32_t)__builtin_popcountll(domains);
}

static void
apply_folded(struct contrast *contrast, const struct profile_slot *p,
    const struct folded *client, const struct folded *program,
    uint64_t own_domain)
{
	struct contrast_side *side = &contrast->same_client_other_profiles;

	contrast->folded = (p->folded_domains & own_domain) != 0;
	add_accepted(&contrast->same_profile_other_hosts, p->folded_accepted,
	    p->folded_domains & ~own_domain);
	add_accepted(&contrast->profile, p->folded_accepted,
	    p->folded_domains);
	add_accepted(&contrast->client, client->accepted, client->domains);
	contrast->client_programs.accepted += client->accepted;
	contrast->client_programs.accepting += client->n_profiles;
	side->accepted += client->accepted - p->folded_accepted;
	side->accepting += client->n_profiles - (p->folded_accepted > 0);
	contrast->fingerprint.accepted += program->accepted;
}

/* What was folded is accepted somewhere, if not known where. */
static void
find_folded(const struct comparison *m)
{
	struct folded *clients = mem_zero(m->c->clients.n + 1,
	    sizeof(*clients));
	struct folded *programs = mem_zero(m->c->fingerprints.n + 1,
	    sizeof(*programs));

	for (size_t i = 1; i < m->c->n_profiles; i++) {
		const struct profile_slot *p = &m->c->profiles[i];

		add_folded(&clients[p->client_number], p);
		add_folded(&programs[p->program_number], p);
	}
	for (size_t i = 0; i < m->r->n_cells; i++) {
		struct cell *cell = &m->r->cells[i];
		const struct profile_slot *p =
		    &m->c->profiles[m->slots[i].profile];

		if (cell->failure != NULL && m->slots[i].profile !=
		    FOLDED_PROFILE)
			apply_folded(&cell->failure->contrast, p,
			    &clients[p->client_number],
			    &programs[p->program_number], 1ULL <<
			    m->c->hosts[m->slots[i].host].domain % 64);
	}
	free(clients);
	free(programs);
}

void
contrast_fill(const struct collector *c, const struct cell_slots *slots)
{
	const struct comparison m = { c, c->report, slots };

	for (size_t i = 0; i < N_ITEMS(comparisons); i++)
		compare(&m, i);
	add_own_domain(&m);
	find_turns(&m);
	find_host_facts(&m);
	find_folded(&m);
}
