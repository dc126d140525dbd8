#include "model/contrast.h"

#include "model/finding.h"

enum plane
cell_plane(const struct cell *cell)
{
	return cell->leg == LEG_SERVER ? PLANE_SERVER :
	    cell->interception == INTERCEPTION_NONE ? PLANE_DIRECT :
	    PLANE_CLIENT;
}

bool
cell_is_browser(const struct report *r, const struct cell *cell)
{
	return r->profiles[cell->profile].engine == ENGINE_BROWSER;
}

const struct server_leg *
server_leg_of(const struct report *r, const struct cell *cell)
{
	static const struct server_leg none;
	const struct server_leg *leg = NULL;

	if (cell->leg != LEG_SERVER && r->contrasts.server_legs != NULL)
		leg = r->contrasts.server_legs[cell->host];
	return leg != NULL ? leg : &none;
}

/* A browser's acceptance after a warning was clicked away says nothing of the
 * certificate. */
static struct contrast_share
share_of(const struct report *r, const struct cell *cell, bool idle_rejected)
{
	const struct attempts *a = &cell->attempts;
	bool clicked = cell->clicked_through > 0 && cell_is_browser(r, cell);

	return (struct contrast_share){ clicked ? 0 : a->accepted,
		a->rejected + (idle_rejected ? a->idle : 0),
		cell->n_profiles };
}

struct contrast_share
cell_share(const struct report *r, const struct cell *cell)
{
	return share_of(r, cell, cell->idle_rejected);
}

struct cell
cell_of_one(const struct cell *cell)
{
	struct cell one = *cell;
	uint32_t *const attempts[] = { &one.attempts.accepted,
		&one.attempts.rejected, &one.attempts.idle,
		&one.attempts.refused, &one.attempts.network,
		&one.attempts.other };

	if (cell->n_profiles <= 1)
		return one;
	one.n_profiles = 1;
	for (size_t i = 0; i < N_ITEMS(attempts); i++)
		*attempts[i] = *attempts[i] / cell->n_profiles +
		    (*attempts[i] % cell->n_profiles > 0);
	return one;
}

struct contrast_share
cell_share_of_one(const struct report *r, const struct cell *cell)
{
	struct cell one;

	/* Of those that were accepted, nobody knows whose they are. */
	if (cell->n_profiles <= 1 || cell->failure == NULL)
		return cell_share(r, cell);
	one = cell_of_one(cell);
	return cell_share(r, &one);
}

void
contrast_add(struct contrast_side *side, const struct contrast_share *s)
{
	side->accepting += s->accepted > 0 ? s->weight : 0;
	side->rejecting += s->rejected > 0 ? s->weight : 0;
	side->accepted += s->accepted;
	side->rejected += s->rejected;
}

void
contrast_remove(struct contrast_side *side, const struct contrast_share *s)
{
	side->accepting -= s->accepted > 0 ? s->weight : 0;
	side->rejecting -= s->rejected > 0 ? s->weight : 0;
	side->accepted -= s->accepted;
	side->rejected -= s->rejected;
}

static struct contrast_side
without(struct contrast_side all, const struct contrast_share *own)
{
	contrast_remove(&all, own);
	return all;
}

/* What a cell's program did, here and on other clients. */
static void
compare_program(struct contrast *out, const struct contrast_sums *sums,
    const struct cell *cell, uint32_t program)
{
	const struct program_shares *own = cell->failure->program;

	out->same_host_other_fingerprints = without(
	    sums->host_programs[cell->host], &own->host_program);
	out->same_fingerprint_other_hosts = without(
	    sums->program_domains[program], &own->program_domain);
	out->same_fingerprint_other_clients = without(
	    own->host_program_clients, &own->host_program_client);
	out->fingerprint = sums->program_clients[program];
}

static void
add_accepted(struct contrast_side *side, uint32_t accepted, uint64_t domains)
{
	side->accepted += accepted;
	side->accepting += (uint32_t)__builtin_popcountll(domains);
}

/* There are at least so many. */
static void
raise_rejecting(struct contrast_side *side, uint64_t domains)
{
	uint32_t n = (uint32_t)__builtin_popcountll(domains);

	if (side->rejecting < n)
		side->rejecting = n;
}

/* What was folded is accepted or rejected somewhere, if not known where. */
static void
add_folded(struct contrast *out, const struct contrasts *c,
    const struct cell *cell)
{
	const struct folded_sum *own = &c->folded_profiles[cell->profile];
	const struct folded_sum *client =
	    &c->folded_clients[c->clients[cell->profile]];
	uint64_t domain = 1ULL << c->host_domains[cell->host];

	add_accepted(&out->same_profile_other_hosts, own->accepted,
	    own->domains & ~domain);
	add_accepted(&out->profile, own->accepted, own->domains);
	add_accepted(&out->client, client->accepted, client->domains);
	raise_rejecting(&out->same_profile_other_hosts, own->failed & ~domain);
	raise_rejecting(&out->profile, own->failed);
	raise_rejecting(&out->client, client->failed);
	out->client_programs.accepted += client->accepted;
	out->client_programs.accepting += client->n_profiles;
	out->same_client_other_profiles.accepted += client->accepted -
	    own->accepted;
	out->same_client_other_profiles.accepting += client->n_profiles -
	    own->n_profiles;
	out->fingerprint.accepted +=
	    c->folded_programs[c->programs[cell->profile]].accepted;
	out->folded = c->forgot && (own->domains & domain) != 0;
}

struct contrast
contrast_of(const struct report *r, const struct cell *cell)
{
	const struct contrasts *c = &r->contrasts;
	const struct contrast_sums *sums = &c->planes[cell_plane(cell)];
	const struct failure *f = cell->failure;
	const struct contrast_side *hosts = &sums->profile_hosts[cell->profile];
	uint32_t client = c->clients[cell->profile];
	struct contrast_share own = share_of(r, cell, f->counted_idle);
	struct contrast_share domain = { f->domain_accepted,
		f->domain_rejected, own.weight };
	struct contrast_share profile = { hosts->accepted, hosts->rejected,
		own.weight };
	struct contrast out = {
		.same_host_other_profiles = without(
		    sums->host_profiles[cell->host], &own),
		.same_profile_other_hosts = without(
		    sums->profile_domains[cell->profile],
		    &domain),
		.same_client_other_profiles = without(
		    sums->client_profiles[client], &profile),
		.other_hosts = without(*hosts, &own),
		.profile = sums->profile_domains[cell->profile],
		.client_programs = sums->client_profiles[client],
		.client = sums->client_domains[client],
		.all_rejections_first = f->all_rejections_first };

	/* Other hosts of a cell's own domain are other hosts, too. */
	out.same_profile_other_hosts.accepted = out.other_hosts.accepted;
	out.same_profile_other_hosts.rejected = out.other_hosts.rejected;
	if (f->program != NULL)
		compare_program(&out, sums, cell, c->programs[cell->profile]);
	if (cell->leg != LEG_SERVER)
		out.rejecting_browsers = c->rejecting_browsers[cell->host] -
		    (own.rejected > 0 && cell_is_browser(r, cell));
	add_folded(&out, c, cell);
	return out;
}
