/*
 * The sums that contrast is made of: what decides between a pin, a missing CA
 * and a bad certificate is what happened elsewhere (detection.md section 5.3).
 *
 * Each sum groups the cells by one thing (the profile, say) and counts them by
 * another (the domains).  Only cells of one plane are put together: an accepted
 * session that was not intercepted proves nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "finding/tables.h"

/* The things by which cells are grouped and counted; all have numbers. */
enum thing { THING_HOST, THING_DOMAIN, THING_PROFILE, THING_PROGRAM,
	THING_CLIENT, THING_HOST_PROGRAM, N_THINGS };

/* What one member of a group did. */
struct member {
	struct contrast_share share;
	uint32_t group; /* the group that this was counted for; 0 none */
};

struct comparison {
	struct collector *c;
	struct report *r;
	uint32_t *hosts; /* the collector's, by host */
	uint32_t *host_programs; /* a number of each cell's host and program */
	size_t n_of[N_THINGS];
	uint32_t *cells; /* those of one plane, in their order */
	size_t n_cells;
	uint32_t *order; /* the same, by group */
	uint32_t *ends; /* where each group ends in it */
	struct member *members;
};

static uint32_t
number_of(const struct comparison *m, size_t i, enum thing thing)
{
	const struct cell *cell = &m->r->cells[i];

	switch (thing) {
	case THING_HOST:
		return cell->host;
	case THING_DOMAIN:
		return key_domain(m->c, m->hosts[cell->host]);
	case THING_PROFILE:
		return cell->profile;
	case THING_PROGRAM:
		return m->r->contrasts.programs[cell->profile];
	case THING_CLIENT:
		return m->r->contrasts.clients[cell->profile];
	default:
		return m->host_programs[i];
	}
}

static bool
program_known(const struct report *r, const struct cell *cell)
{
	const struct profile *p = &r->profiles[cell->profile];

	return p->fingerprint.n > 0 || p->agent.n > 0;
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
		uint32_t host = m->r->cells[i].host;
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

/* The collector's numbers of what the report orders by name. */
static void
number_all(struct comparison *m, const uint32_t *host_ranks,
    const uint32_t *profile_ranks)
{
	const struct collector *c = m->c;
	struct contrasts *to = &m->r->contrasts;

	m->hosts = mem_zero(c->n_hosts + 1, sizeof(*m->hosts));
	to->host_domains = pool_zero(m->r->pool, c->n_hosts);
	for (size_t i = 0; i < c->n_hosts; i++) {
		m->hosts[host_ranks[i]] = (uint32_t)i;
		to->host_domains[host_ranks[i]] = c->hosts[i].domain_bit;
	}
	to->clients = pool_zero(m->r->pool,
	    c->n_profiles * sizeof(*to->clients));
	to->programs = pool_zero(m->r->pool,
	    c->n_profiles * sizeof(*to->programs));
	for (size_t i = 0; i < c->n_profiles; i++) {
		to->clients[profile_ranks[i]] = c->profiles[i].client_number;
		to->programs[profile_ranks[i]] = c->profiles[i].program_number;
	}
	m->n_of[THING_HOST] = c->n_hosts + 1;
	m->n_of[THING_DOMAIN] = c->n_hosts + 1;
	m->n_of[THING_PROFILE] = c->n_profiles + 1;
	m->n_of[THING_PROGRAM] = c->fingerprints.n + 1;
	m->n_of[THING_CLIENT] = c->clients.n + 1;
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
comparison_start(struct comparison *m, const uint32_t *host_ranks,
    const uint32_t *profile_ranks)
{
	size_t n;

	number_all(m, host_ranks, profile_ranks);
	number_host_programs(m);
	n = most(m->n_of, N_THINGS);
	m->cells = mem_zero(m->r->n_cells + 1, sizeof(*m->cells));
	m->order = mem_zero(m->r->n_cells + 1, sizeof(*m->order));
	m->ends = mem_zero(n + 1, sizeof(*m->ends));
	m->members = mem_zero(n, sizeof(*m->members));
}

static void
comparison_end(struct comparison *m)
{
	free(m->hosts);
	free(m->host_programs);
	free(m->cells);
	free(m->order);
	free(m->ends);
	free(m->members);
}

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

/* Count what each member of a group did; returns their sum. */
static struct contrast_side
sum_group(struct comparison *m, enum thing member, const uint32_t *cells,
    size_t n, uint32_t group)
{
	struct contrast_share (*share)(const struct report *,
	    const struct cell *) = member == THING_DOMAIN ?
	    cell_share_of_one : cell_share;
	struct contrast_side sum = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct cell *cell = &m->r->cells[cells[i]];
		struct contrast_share own = share(m->r, cell);
		struct member *one = &m->members[number_of(m, cells[i],
		    member)];

		if (one->group == group)
			contrast_remove(&sum, &one->share);
		else
			*one = (struct member){ .group = group };
		one->share.accepted += own.accepted;
		one->share.rejected += own.rejected;
		if (own.weight > one->share.weight)
			one->share.weight = own.weight;
		contrast_add(&sum, &one->share);
	}
	return sum;
}

/* What a failing cell keeps of a group: the share of its own member. */
typedef void keep_fn(struct cell *cell, const struct contrast_share *own,
    const struct contrast_side *sum);

static bool
any_failed(const struct comparison *m, size_t begin, size_t end)
{
	while (begin < end && m->r->cells[m->order[begin]].failure == NULL)
		begin++;
	return begin < end;
}

/* Sum the groups that a failing cell is in; sums, which may be NULL, are by
 * group.  keep, which may be NULL, is told of each failing cell. */
static void
sum_groups(struct comparison *m, enum thing group, enum thing member,
    struct contrast_side *sums, keep_fn *keep)
{
	size_t begin = 0;

	sort_by_group(m, group);
	memset(m->members, 0, m->n_of[member] * sizeof(*m->members));
	for (size_t i = 0; i < m->n_of[group]; begin = m->ends[i], i++) {
		struct contrast_side sum;

		if (!any_failed(m, begin, m->ends[i]))
			continue;
		sum = sum_group(m, member, m->order + begin,
		    m->ends[i] - begin, (uint32_t)i + 1);
		if (sums != NULL)
			sums[i] = sum;
		for (size_t k = begin; keep != NULL && k < m->ends[i]; k++) {
			struct cell *cell = &m->r->cells[m->order[k]];

			if (cell->failure != NULL)
				keep(cell, &m->members[number_of(m,
				    m->order[k], member)].share, &sum);
		}
	}
}

static void
keep_profile_domain(struct cell *cell, const struct contrast_share *own,
    const struct contrast_side *sum)
{
	(void)sum;
	cell->failure->domain_accepted = own->accepted;
	cell->failure->domain_rejected = own->rejected;
}

/* The next three: where the program is known. */
static void
keep_program_domain(struct cell *cell, const struct contrast_share *own,
    const struct contrast_side *sum)
{
	(void)sum;
	if (cell->failure->program != NULL)
		cell->failure->program->program_domain = *own;
}

static void
keep_host_program(struct cell *cell, const struct contrast_share *own,
    const struct contrast_side *sum)
{
	(void)sum;
	if (cell->failure->program != NULL)
		cell->failure->program->host_program = *own;
}

static void
keep_host_program_client(struct cell *cell, const struct contrast_share *own,
    const struct contrast_side *sum)
{
	struct program_shares *to = cell->failure->program;

	if (to == NULL)
		return;
	to->host_program_client = *own;
	to->host_program_clients = *sum;
}

static struct contrast_side *
new_sides(const struct comparison *m, enum thing group)
{
	return pool_zero(m->r->pool, m->n_of[group] *
	    sizeof(struct contrast_side));
}

/* Hosts by their profiles and profiles by their hosts: of both there is one
 * cell.  A client's profiles by what they did everywhere. */
static void
sum_cells(const struct comparison *m, struct contrast_sums *sums)
{
	uint32_t *weights = mem_zero(m->n_of[THING_PROFILE], sizeof(*weights));

	for (size_t i = 0; i < m->n_cells; i++) {
		const struct cell *cell = &m->r->cells[m->cells[i]];
		struct contrast_share all = cell_share(m->r, cell);
		struct contrast_share own = cell_share_of_one(m->r, cell);

		contrast_add(&sums->host_profiles[cell->host], &all);
		contrast_add(&sums->profile_hosts[cell->profile], &own);
		if (own.weight > weights[cell->profile])
			weights[cell->profile] = own.weight;
	}
	for (size_t i = 0; i < m->r->n_profiles; i++) {
		const struct contrast_side *all = &sums->profile_hosts[i];
		struct contrast_share one = { all->accepted, all->rejected,
			weights[i] };

		contrast_add(&sums->client_profiles[
		    m->r->contrasts.clients[i]], &one);
	}
	free(weights);
}

static void
sum_programs(struct comparison *m, struct contrast_sums *sums)
{
	sums->host_programs = new_sides(m, THING_HOST);
	sums->program_domains = new_sides(m, THING_PROGRAM);
	sums->program_clients = new_sides(m, THING_PROGRAM);
	sum_groups(m, THING_HOST, THING_PROGRAM, sums->host_programs,
	    keep_host_program);
	sum_groups(m, THING_PROGRAM, THING_DOMAIN, sums->program_domains,
	    keep_program_domain);
	sum_groups(m, THING_PROGRAM, THING_CLIENT, sums->program_clients,
	    NULL);
	sum_groups(m, THING_HOST_PROGRAM, THING_CLIENT, NULL,
	    keep_host_program_client);
}

static void
sum_plane(struct comparison *m, struct contrast_sums *sums)
{
	sums->host_profiles = new_sides(m, THING_HOST);
	sums->profile_hosts = new_sides(m, THING_PROFILE);
	sums->profile_domains = new_sides(m, THING_PROFILE);
	sums->client_profiles = new_sides(m, THING_CLIENT);
	sums->client_domains = new_sides(m, THING_CLIENT);
	sum_cells(m, sums);
	sum_groups(m, THING_PROFILE, THING_DOMAIN, sums->profile_domains,
	    keep_profile_domain);
	sum_groups(m, THING_CLIENT, THING_DOMAIN, sums->client_domains, NULL);
}

/* What a failing cell counts for is what it is now, whatever rules make of it. */
static void
start_failure(struct report *r, struct cell *cell, bool *programs)
{
	cell->failure->counted_idle = cell->idle_rejected;
	if (!program_known(r, cell))
		return;
	cell->failure->program = pool_zero(r->pool,
	    sizeof(*cell->failure->program));
	*programs = true;
}

static void
sum_all(struct comparison *m)
{
	struct report *r = m->r;

	for (unsigned plane = 0; plane < N_PLANES; plane++) {
		bool failures = false, programs = false;

		m->n_cells = 0;
		for (size_t i = 0; i < r->n_cells; i++) {
			struct cell *cell = &r->cells[i];

			if (cell_plane(cell) != plane)
				continue;
			m->cells[m->n_cells++] = (uint32_t)i;
			if (cell->failure == NULL)
				continue;
			failures = true;
			start_failure(r, cell, &programs);
		}
		if (failures)
			sum_plane(m, &r->contrasts.planes[plane]);
		if (programs)
			sum_programs(m, &r->contrasts.planes[plane]);
	}
}

/* When a client first accepted and last rejected anything. */
struct turn {
	int64_t first_accepted, last_rejected;
	bool seen;
};

static struct turn *
turn_of(const struct comparison *m, struct turn *turns, size_t cell)
{
	return &turns[number_of(m, cell, THING_CLIENT)];
}

static void
add_to_turn(struct turn *t, const struct cell *cell, struct contrast_share n)
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
			    cell_share(m->r, cell));
	}
	for (size_t i = 0; i < m->r->n_cells; i++) {
		const struct cell *cell = &m->r->cells[i];
		const struct turn *t = turn_of(m, turns, i);

		if (cell->failure != NULL && cell_plane(cell) == PLANE_CLIENT)
			cell->failure->all_rejections_first =
			    t->first_accepted != INT64_MAX &&
			    t->last_rejected < t->first_accepted;
	}
	free(turns);
}

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

static void
find_server_legs(const struct comparison *m)
{
	struct report *r = m->r;
	struct server_leg **legs = NULL;

	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *cell = &r->cells[i];

		if (cell->leg != LEG_SERVER)
			continue;
		if (legs == NULL)
			legs = pool_zero(r->pool, r->n_hosts *
			    sizeof(struct server_leg *));
		if (legs[cell->host] == NULL)
			legs[cell->host] = pool_zero(r->pool,
			    sizeof(struct server_leg));
		add_server_leg(legs[cell->host], cell);
	}
	r->contrasts.server_legs = (const struct server_leg **)legs;
}

static void
find_rejecting_browsers(struct comparison *m)
{
	struct report *r = m->r;
	uint32_t *n = pool_zero(r->pool, r->n_hosts * sizeof(*n));

	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *cell = &r->cells[i];

		if (cell->leg != LEG_SERVER && cell_is_browser(r, cell) &&
		    cell_share(r, cell).rejected > 0)
			n[cell->host]++;
	}
	r->contrasts.rejecting_browsers = n;
}

static void
add_folded(struct folded_sum *to, const struct folded_sum *one)
{
	to->accepted += one->accepted;
	to->domains |= one->domains;
	to->failed |= one->failed;
	to->n_profiles += one->n_profiles;
}

static void
find_folded(const struct comparison *m, const uint32_t *profile_ranks)
{
	struct contrasts *to = &m->r->contrasts;

	to->forgot = m->c->folded_pairs.forgot;
	to->folded_profiles = pool_zero(m->r->pool, m->c->n_profiles *
	    sizeof(struct folded_sum));
	to->folded_clients = pool_zero(m->r->pool, m->n_of[THING_CLIENT] *
	    sizeof(struct folded_sum));
	to->folded_programs = pool_zero(m->r->pool, m->n_of[THING_PROGRAM] *
	    sizeof(struct folded_sum));
	for (size_t i = 1; i < m->c->n_profiles; i++) {
		const struct profile_slot *p = &m->c->profiles[i];
		struct folded_sum *own =
		    &to->folded_profiles[profile_ranks[i]];

		*own = (struct folded_sum){ .domains = p->folded_domains,
			.failed = m->c->clients_joined ? p->failed_domains : 0,
			.accepted = (uint32_t)p->folded_accepted,
			.n_profiles = p->folded_accepted > 0 };
		add_folded(&to->folded_clients[p->client_number], own);
		add_folded(&to->folded_programs[p->program_number], own);
	}
}

void
contrast_fill(struct collector *c, const uint32_t *host_ranks,
    const uint32_t *profile_ranks)
{
	struct comparison m = { .c = c, .r = c->report };

	comparison_start(&m, host_ranks, profile_ranks);
	sum_all(&m);
	find_turns(&m);
	find_server_legs(&m);
	find_rejecting_browsers(&m);
	find_folded(&m, profile_ranks);
	comparison_end(&m);
}
