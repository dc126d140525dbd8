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

#include "base/mem.h"
#include "finding/tables.h"

/* The things by which cells are grouped and counted; all have numbers. */
enum thing { THING_HOST, THING_DOMAIN, THING_PROFILE, THING_PROGRAM,
	THING_CLIENT, THING_HOST_PROGRAM, N_THINGS };

/* What one member of a group did. */
struct share {
	uint64_t accepted, rejected; /* attempts */
	uint32_t weight; /* members that it stands for */
	uint32_t group; /* the group that this was counted for; 0 none */
};

/* What a cell contributes. */
struct outcome_counts {
	uint64_t accepted, rejected;
};

struct comparison {
	const struct collector *c;
	const struct report *r;
	const struct cell_slots *slots;
	uint32_t *host_programs; /* a number of each cell's host and program */
	size_t n_of[N_THINGS];
	uint32_t *cells; /* those of one plane, in their order */
	size_t n_cells;
	uint32_t *order; /* the same, by group */
	uint32_t *ends; /* where each group ends in it */
	struct share *shares; /* by member */
};

/*
 * A browser's acceptance after a warning was clicked away says nothing of the
 * certificate.
 */
static struct outcome_counts
counts_of(const struct report *r, const struct cell *cell)
{
	bool clicked = cell->clicked_through > 0 && cell_is_browser(r, cell);

	return (struct outcome_counts){
		clicked ? 0 : cell->attempts.accepted,
		cell->attempts.rejected +
		    (cell->idle_rejected ? cell->attempts.idle : 0) };
}

static uint32_t
number_of(const struct comparison *m, size_t i, enum thing thing)
{
	const struct cell_slots *s = &m->slots[i];
	const struct profile_slot *p = &m->c->profiles[s->profile];

	switch (thing) {
	case THING_HOST:
		return s->host;
	case THING_DOMAIN:
		return m->c->hosts[s->host].domain;
	case THING_PROFILE:
		return s->profile;
	case THING_PROGRAM:
		return p->program_number;
	case THING_CLIENT:
		return p->client_number;
	default:
		return m->host_programs[i];
	}
}

/* Cells of one host stand next to each other. */
static void
number_host_programs(struct comparison *m)
{
	struct { uint32_t host, number; } *last =
	    mem_zero(m->n_of[THING_PROGRAM], sizeof(*last));
	uint32_t n = 0;

	m->host_programs = mem_zero(m->r->n_cells + 1,
	    sizeof(*m->host_programs));
	for (size_t i = 0; i < m->r->n_cells; i++) {
		uint32_t host = m->slots[i].host;
		uint32_t program = number_of(m, i, THING_PROGRAM);

		if (last[program].host != host + 1) {
			last[program].host = host + 1;
			last[program].number = n++;
		}
		m->host_programs[i] = last[program].number;
	}
	m->n_of[THING_HOST_PROGRAM] = (size_t)n + 1;
	free(last);
}

static size_t
most(const size_t *n, size_t n_n)
{
	size_t result = 0;

	for (size_t i = 0; i < n_n; i++)
		result = n[i] > result ? n[i] : result;
	return result;
}

static void
comparison_start(struct comparison *m)
{
	size_t n;

	m->n_of[THING_HOST] = m->c->n_hosts + 1;
	m->n_of[THING_DOMAIN] = m->c->domains.n + 1;
	m->n_of[THING_PROFILE] = m->c->n_profiles + 1;
	m->n_of[THING_PROGRAM] = m->c->fingerprints.n + 1;
	m->n_of[THING_CLIENT] = m->c->clients.n + 1;
	number_host_programs(m);
	n = most(m->n_of, N_THINGS);
	m->cells = mem_zero(m->r->n_cells + 1, sizeof(*m->cells));
	m->order = mem_zero(m->r->n_cells + 1, sizeof(*m->order));
	m->ends = mem_zero(n + 1, sizeof(*m->ends));
	m->shares = mem_zero(n, sizeof(*m->shares));
}

static void
comparison_end(struct comparison *m)
{
	free(m->host_programs);
	free(m->cells);
	free(m->order);
	free(m->ends);
	free(m->shares);
}

/* All comparisons: which member of struct contrast, grouped by what, counted
 * by what, and whether the cell's own member is left out. */
static const struct contrast_kind {
	size_t at;
	enum thing group, member;
	bool others_only, needs_program;
} kinds[] = {
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
	{ AT(other_hosts), THING_PROFILE, THING_HOST, true, false },
	{ AT(profile), THING_PROFILE, THING_DOMAIN, false, false },
	{ AT(client), THING_CLIENT, THING_DOMAIN, false, false },
	{ AT(client_programs), THING_CLIENT, THING_PROFILE, false, false },
	{ AT(fingerprint), THING_PROGRAM, THING_CLIENT, false, true },
#undef AT
};

/* Put the cells in the order of their groups. */
static void
sort_by_group(struct comparison *m, enum thing group)
{
	size_t n_groups = m->n_of[group];
	uint32_t *at = m->ends;

	memset(at, 0, (n_groups + 1) * sizeof(*at));
	for (size_t i = 0; i < m->n_cells; i++)
		at[number_of(m, m->cells[i], group) + 1]++;
	for (size_t i = 0; i < n_groups; i++)
		at[i + 1] += at[i];
	/* Each beginning moves on to its end. */
	for (size_t i = 0; i < m->n_cells; i++)
		m->order[at[number_of(m, m->cells[i], group)]++] =
		    m->cells[i];
}

static void
add_share(struct contrast_side *side, const struct share *s)
{
	side->accepting += s->accepted > 0 ? s->weight : 0;
	side->rejecting += s->rejected > 0 ? s->weight : 0;
	side->accepted += s->accepted;
	side->rejected += s->rejected;
}

static void
remove_share(struct contrast_side *side, const struct share *s)
{
	side->accepting -= s->accepted > 0 ? s->weight : 0;
	side->rejecting -= s->rejected > 0 ? s->weight : 0;
	side->accepted -= s->accepted;
	side->rejected -= s->rejected;
}

/* Count what each member of a group did; returns their sum. */
static struct contrast_side
sum_group(struct comparison *m, const struct contrast_kind *kind,
    const uint32_t *cells, size_t n, uint32_t group)
{
	struct contrast_side sum = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct cell *cell = &m->r->cells[cells[i]];
		struct outcome_counts counts = counts_of(m->r, cell);
		struct share *s = &m->shares[number_of(m, cells[i],
		    kind->member)];

		if (s->group == group)
			remove_share(&sum, s);
		else
			*s = (struct share){ .group = group };
		s->accepted += counts.accepted;
		s->rejected += counts.rejected;
		if (cell->n_profiles > s->weight)
			s->weight = cell->n_profiles;
		add_share(&sum, s);
	}
	return sum;
}

static bool
program_known(const struct profile *p)
{
	return p->fingerprint.n > 0 || p->agent.n > 0;
}

/* Fill one member of the contrast of a group's failing cells. */
static void
compare_group(struct comparison *m, const struct contrast_kind *kind,
    const uint32_t *cells, size_t n, uint32_t group)
{
	struct contrast_side sum, *side;
	size_t first = 0;

	while (first < n && m->r->cells[cells[first]].failure == NULL)
		first++;
	if (first == n)
		return;
	sum = sum_group(m, kind, cells, n, group);
	for (size_t i = first; i < n; i++) {
		const struct cell *cell = &m->r->cells[cells[i]];

		if (cell->failure == NULL || (kind->needs_program &&
		    !program_known(&m->r->profiles[cell->profile])))
			continue;
		side = (struct contrast_side *)((char *)
		    &cell->failure->contrast + kind->at);
		*side = sum;
		if (kind->others_only)
			remove_share(side, &m->shares[number_of(m, cells[i],
			    kind->member)]);
	}
}

static void
compare(struct comparison *m, const struct contrast_kind *kind)
{
	size_t begin = 0;

	sort_by_group(m, kind->group);
	memset(m->shares, 0, m->n_of[kind->member] * sizeof(*m->shares));
	for (size_t i = 0; i < m->n_of[kind->group]; i++) {
		compare_group(m, kind, m->order + begin, m->ends[i] - begin,
		    (uint32_t)i + 1);
		begin = m->ends[i];
	}
}

/* Other hosts of a cell's own domain are other hosts, too. */
static void
add_own_domain(const struct comparison *m)
{
	for (size_t i = 0; i < m->r->n_cells; i++) {
		struct failure *f = m->r->cells[i].failure;

		if (f == NULL)
			continue;
		f->contrast.same_profile_other_hosts.accepted =
		    f->contrast.other_hosts.accepted;
		f->contrast.same_profile_other_hosts.rejected =
		    f->contrast.other_hosts.rejected;
	}
}

static void
compare_all(struct comparison *m)
{
	comparison_start(m);
	for (int plane = PLANE_CLIENT; plane <= PLANE_DIRECT; plane++) {
		m->n_cells = 0;
		for (size_t i = 0; i < m->r->n_cells; i++)
			if ((int)cell_plane(&m->r->cells[i]) == plane)
				m->cells[m->n_cells++] = (uint32_t)i;
		for (size_t i = 0; m->n_cells > 0 && i < N_ITEMS(kinds); i++)
			compare(m, &kinds[i]);
	}
	comparison_end(m);
	add_own_domain(m);
}

/* When a client first accepted and last rejected anything. */
struct turn {
	int64_t first_accepted, last_rejected;
	bool seen;
};

static struct turn *
turn_of(const struct comparison *m, struct turn *turns, size_t cell)
{
	uint32_t profile = m->slots[cell].profile;

	return &turns[m->c->profiles[profile].client_number];
}

static void
add_to_turn(struct turn *t, const struct cell *cell, struct outcome_counts n)
{
	if (!t->seen)
		*t = (struct turn){ INT64_MAX, INT64_MIN, true };
	if (n.accepted > 0 && n.rejected == 0 &&
	    cell->first < t->first_accepted)
		t->first_accepted = cell->first;
	if (n.rejected > 0 && n.accepted == 0 &&
	    cell->last > t->last_rejected)
		t->last_rejected = cell->last;
}

static void
find_turns(const struct comparison *m)
{
	struct turn *turns = mem_zero(m->c->clients.n + 1, sizeof(*turns));

	for (size_t i = 0; i < m->r->n_cells; i++) {
		const struct cell *cell = &m->r->cells[i];

		if (cell_plane(cell) == PLANE_CLIENT)
			add_to_turn(turn_of(m, turns, i), cell,
			    counts_of(m->r, cell));
	}
	for (size_t i = 0; i < m->r->n_cells; i++) {
		const struct cell *cell = &m->r->cells[i];
		const struct turn *t = turn_of(m, turns, i);

		if (cell->failure != NULL && cell_plane(cell) == PLANE_CLIENT)
			cell->failure->contrast.all_rejections_first =
			    t->first_accepted != INT64_MAX &&
			    t->last_rejected < t->first_accepted;
	}
	free(turns);
}

/* Browsers that reject a host, and the server legs that belong to it. */
struct host_facts {
	uint32_t rejecting_browsers;
	struct server_leg *server; /* in the report's pool; NULL none seen */
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
	s->certificate_requested += f->traits->certificate_requested;
	s->mismatch += f->traits->mismatch;
	s->mismatch_failed += f->traits->mismatch_failed;
	s->certificate_alerts += trait_certificate_alert(f->traits) ?
	    f->traits->alert_type : 0;
	s->protocol += trait_protocol_alert(f->traits) ?
	    cell->attempts.refused + cell->attempts.rejected : 0;
	s->bad_certificate += f->traits->expired + f->traits->self_issued +
	    f->traits->wrong_name;
}

static bool
rejects_as_browser(const struct report *r, const struct cell *cell)
{
	return cell_is_browser(r, cell) && counts_of(r, cell).rejected > 0;
}

static const struct server_leg no_server_leg;

static void
find_host_facts(const struct comparison *m)
{
	struct host_facts *facts = mem_zero(m->c->n_hosts + 1, sizeof(*facts));

	for (size_t i = 0; i < m->r->n_cells; i++) {
		const struct cell *cell = &m->r->cells[i];
		struct host_facts *f = &facts[m->slots[i].host];

		if (cell->leg == LEG_SERVER) {
			if (f->server == NULL)
				f->server = pool_zero(m->r->pool,
				    sizeof(*f->server));
			add_server_leg(f->server, cell);
		} else {
			f->rejecting_browsers += rejects_as_browser(m->r,
			    cell);
		}
	}
	for (size_t i = 0; i < m->r->n_cells; i++) {
		struct cell *cell = &m->r->cells[i];
		const struct host_facts *f = &facts[m->slots[i].host];

		if (cell->failure == NULL)
			continue;
		cell->failure->server_leg = &no_server_leg;
		if (cell->leg == LEG_SERVER)
			continue;
		if (f->server != NULL)
			cell->failure->server_leg = f->server;
		cell->failure->contrast.rejecting_browsers =
		    f->rejecting_browsers - rejects_as_browser(m->r, cell);
	}
	free(facts);
}

/* What was folded of a profile, a client or a program. */
struct folded_sum {
	uint64_t accepted; /* attempts */
	uint64_t domains; /* a bit by number of domain, modulo 64 */
	uint32_t n_profiles;
};

static void
add_folded(struct folded_sum *f, const struct profile_slot *p)
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
    const struct folded_sum *client, const struct folded_sum *program,
    uint64_t own_domain)
{
	struct contrast_side *side = &contrast->same_client_other_profiles;

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
	struct folded_sum *clients = mem_zero(m->c->clients.n + 1,
	    sizeof(*clients));
	struct folded_sum *programs = mem_zero(m->c->fingerprints.n + 1,
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
		uint64_t own_domain = 1ULL <<
		    m->c->hosts[m->slots[i].host].domain % 64;

		if (cell->failure == NULL || m->slots[i].profile ==
		    FOLDED_PROFILE)
			continue;
		apply_folded(&cell->failure->contrast, p,
		    &clients[p->client_number], &programs[p->program_number],
		    own_domain);
		/* What the tags still know of it was recalled (spot.c). */
		cell->failure->contrast.folded = m->c->folded_pairs.forgot &&
		    (p->folded_domains & own_domain) != 0;
	}
	free(clients);
	free(programs);
}

void
contrast_fill(const struct collector *c, const struct cell_slots *slots)
{
	struct comparison m = { .c = c, .r = c->report, .slots = slots };

	compare_all(&m);
	find_turns(&m);
	find_host_facts(&m);
	find_folded(&m);
}
