/*
 * From the collector's tables to the report's arrays, in an order that depends
 * on nothing but their content.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "finding/collect.h"
#include "finding/tables.h"
#include "knowledge/apps.h"
#include "knowledge/hsts.h"
#include "knowledge/suffix.h"

enum plane
cell_plane(const struct cell *cell)
{
	return cell->leg == LEG_SERVER ? PLANE_SERVER :
	    cell->interception == INTERCEPTION_NONE ? PLANE_DIRECT :
	    PLANE_CLIENT;
}

/* A slot's number beside what it is sorted by. */
struct place {
	const struct collector *c;
	uint32_t slot;
};

static int
compare_hosts(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	return text_compare(a->c->hosts[a->slot].name,
	    b->c->hosts[b->slot].name);
}

static int
compare_profiles(const void *left, const void *right)
{
	const struct place *l = left, *r = right;
	const struct profile_slot *a = &l->c->profiles[l->slot];
	const struct profile_slot *b = &r->c->profiles[r->slot];
	int order = a->address.family - b->address.family;

	if (order == 0)
		order = memcmp(a->address.address, b->address.address,
		    sizeof(a->address.address));
	if (order == 0)
		order = text_compare(a->client, b->client);
	return order != 0 ? order : text_compare(a->program, b->program);
}

/* The slots in order; *ranks gets each slot's place.  The caller frees both. */
static struct place *
sort_slots(const struct collector *c, size_t n,
    int (*compare)(const void *, const void *), uint32_t **ranks)
{
	struct place *places = mem_zero(n + 1, sizeof(*places));

	*ranks = mem_zero(n + 1, sizeof(**ranks));
	for (size_t i = 0; i < n; i++)
		places[i] = (struct place){ c, (uint32_t)i };
	qsort(places, n, sizeof(*places), compare);
	for (size_t i = 0; i < n; i++)
		(*ranks)[places[i].slot] = (uint32_t)i;
	return places;
}

static void
fill_host(struct pool *pool, struct host *h, const struct collector *c,
    const struct host_slot *s)
{
	char address[ADDRESS_TEXT_SIZE];
	struct text domain = c->domains.at[s->domain];

	*h = (struct host){ .name = s->name, .source = s->source };
	if (s->source != HOST_ADDRESS && s->source != HOST_UNKNOWN &&
	    domain.at != s->name.at)
		h->registrable_domain = domain;
	else if (suffix_registrable(s->name).n > 0)
		h->registrable_domain = s->name;
	h->addresses = pool_zero(pool, s->n_addresses * sizeof(struct text));
	h->n_addresses = s->n_addresses;
	for (unsigned i = 0; i < s->n_addresses; i++)
		h->addresses[i] = pool_intern(pool, text_of(
		    endpoint_address(&s->addresses[i], address)));
}

static void
fill_profile(struct profile *p, const struct profile_slot *s)
{
	*p = (struct profile){ .client = s->client,
		.fingerprint = s->fingerprint, .user = s->user, .app = s->app,
		.agent = s->agent, .device = s->device, .engine = s->engine,
		.leg = s->leg };
}

/* What built-in facts say of a host that failed. */
static void
look_up(struct host *h)
{
	struct hsts_entry entry;
	const struct app *app;
	bool confirmed;

	if (h->source == HOST_ADDRESS || h->source == HOST_UNKNOWN)
		return;
	h->hsts_preloaded = hsts_lookup(h->name, &entry);
	app = app_by_host(h->name, &confirmed, &h->app_pattern);
	if (app == NULL)
		return;
	h->app = app->name;
	h->catalogue_pinned = confirmed;
}

static enum leg
leg_of(const struct collector *c, const struct spot *s)
{
	if (c->ways[s->way].leg == LEG_SERVER ||
	    c->profiles[s->profile].leg == LEG_SERVER)
		return LEG_SERVER;
	switch ((enum interception)s->interception) {
	case INTERCEPTION_NONE:
		return LEG_DIRECT;
	case INTERCEPTION_PRESUMED:
	case INTERCEPTION_PROVEN:
		return LEG_CLIENT;
	default:
		return LEG_UNKNOWN;
	}
}

/* Where a spot goes: spots of one host, profile and plane share a cell. */
struct target {
	uint32_t host, profile, spot;
	enum plane plane;
};

static bool
same_target(const struct target *a, const struct target *b)
{
	return a->host == b->host && a->profile == b->profile &&
	    a->plane == b->plane;
}

/* Stable, by one number of each, below n_keys. */
static void
sort_by(const struct target *from, struct target *to, size_t n,
    uint32_t (*key)(const struct target *), size_t n_keys)
{
	uint32_t *at = mem_zero(n_keys + 1, sizeof(*at));

	for (size_t i = 0; i < n; i++)
		at[key(&from[i]) + 1]++;
	for (size_t i = 0; i < n_keys; i++)
		at[i + 1] += at[i];
	for (size_t i = 0; i < n; i++)
		to[at[key(&from[i])]++] = from[i];
	free(at);
}

static uint32_t
target_plane(const struct target *t)
{
	return t->plane;
}

static uint32_t
target_profile(const struct target *t)
{
	return t->profile;
}

static uint32_t
target_host(const struct target *t)
{
	return t->host;
}

/* By host, profile and plane, the last first. */
static struct target *
sort_spots(const struct collector *c, const uint32_t *host_ranks,
    const uint32_t *profile_ranks)
{
	struct target *targets = mem_zero(c->spots.n + 1, sizeof(*targets));
	struct target *other = mem_zero(c->spots.n + 1, sizeof(*other));

	for (size_t i = 0; i < c->spots.n; i++) {
		const struct spot *s = &c->spots.at[i];
		enum leg leg = leg_of(c, s);

		targets[i] = (struct target){ host_ranks[s->host],
			profile_ranks[s->profile], (uint32_t)i,
			leg == LEG_SERVER ? PLANE_SERVER :
			leg == LEG_DIRECT ? PLANE_DIRECT : PLANE_CLIENT };
	}
	sort_by(targets, other, c->spots.n, target_plane, PLANE_DIRECT + 1);
	sort_by(other, targets, c->spots.n, target_profile, c->n_profiles);
	sort_by(targets, other, c->spots.n, target_host, c->n_hosts);
	free(targets);
	return other;
}

/* Add what failed in a spot.  Where it met the CA for bad origins, all did,
 * whatever its name. */
static void
add_failures(const struct collector *c, const struct spot *s,
    struct failures *sum)
{
	struct failures own;
	uint64_t n = 0;

	if (!c->ways[s->way].untrust) {
		trouble_sum(c, s, sum);
		return;
	}
	memset(&own, 0, sizeof(own));
	trouble_sum(c, s, &own);
	for (unsigned i = 0; i < N_OUTCOMES; i++) {
		n += own.outcomes[i];
		sum->outcomes[i] += own.outcomes[i];
	}
	own.traits.untrust = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
	trait_join(&sum->traits, &own.traits);
}

/* Add one spot's counters to its cell; attempts are counted later. */
static void
cell_add(const struct collector *c, struct cell *cell, const struct spot *s)
{
	const struct way *w = &c->ways[s->way];
	enum leg leg = leg_of(c, s);

	if (s->interception > cell->interception)
		cell->interception = (enum interception)s->interception;
	if (cell->leg == LEG_UNKNOWN || leg == LEG_CLIENT)
		cell->leg = leg;
	if (cell->issuer.n == 0 || (w->issuer.n > 0 &&
	    text_compare(w->issuer, cell->issuer) < 0))
		cell->issuer = w->issuer;
	cell->accepted += s->accepted;
	cell->bytes += s->bytes;
	cell->accepted_mismatch += s->accepted_mismatch;
	if (s->n_profiles > cell->n_profiles)
		cell->n_profiles = s->n_profiles;
	if (s->first != CLOCK_UNKNOWN && (cell->first == CLOCK_UNKNOWN ||
	    s->first < cell->first))
		cell->first = s->first;
	if (s->last != CLOCK_UNKNOWN && (cell->last == CLOCK_UNKNOWN ||
	    s->last > cell->last))
		cell->last = s->last;
}

static void
add_attempts(struct attempts *to, const struct attempts *from)
{
	to->accepted += from->accepted;
	to->rejected += from->rejected;
	to->idle += from->idle;
	to->refused += from->refused;
	to->network += from->network;
	to->other += from->other;
}

/*
 * A program that checks the certificate after the handshake finishes, says
 * nothing and closes at once, each time.  Browsers open spare connections that
 * look the same but for the alert, so they have to do it again.  So does an
 * interceptor whose client gave up: where a capture knows one client only, and
 * nothing proves interception, that client may be the interceptor, unless the
 * certificate is bad to see.
 */
static bool
refuses_silently(const struct collector *c, const struct cell *cell,
    enum engine engine)
{
	const struct attempts *a = &cell->attempts;
	const struct traits *t;

	if (cell->failure == NULL || a->accepted > 0 || a->idle == 0)
		return false;
	t = cell->failure->traits;
	if (cell->interception != INTERCEPTION_PROVEN && c->clients.n < 2 &&
	    t->expired == 0 && t->wrong_name == 0)
		return false;
	if (engine == ENGINE_BROWSER)
		return t->alert_close > 0 ||
		    (a->idle > 1 && t->no_data_close > 1);
	return t->no_data_close > 0;
}

/* What failed in the spots of a cell. */
static void
keep_failure(struct collector *c, struct cell *cell,
    const struct target *targets, size_t n)
{
	struct failures sum;
	struct failure *f = NULL;

	memset(&sum, 0, sizeof(sum));
	for (size_t i = 0; i < n; i++) {
		const struct spot *s = &c->spots.at[targets[i].spot];

		if (s->trouble == 0)
			continue;
		if (f == NULL)
			f = pool_zero(c->report->pool, sizeof(*f));
		add_failures(c, s, &sum);
		trouble_exemplars(c, s, f->exemplars, &f->n_exemplars);
	}
	if (f == NULL)
		return;
	f->traits = trouble_share(c, &sum.traits);
	for (unsigned i = 0; i < N_OUTCOMES; i++)
		cell->connections += sum.outcomes[i];
	f->rejected = sum.outcomes[OUTCOME_REJECTED];
	cell->failure = f;
}

static bool
is_on_timeline(const struct cell *cell, const struct attempt *a)
{
	enum attempt_mark result = attempt_result(a);

	return result == ATTEMPT_ALERT || result == ATTEMPT_SILENT ||
	    (result == ATTEMPT_IDLE && cell->idle_rejected);
}

/* Rejected attempts over the report's time, from the last to the first. */
static void
fill_timeline(const struct collector *c, struct cell *cell,
    const struct attempt *list)
{
	const struct report *r = c->report;
	struct bucket found[TIMELINE_MAX];
	uint32_t n = 0;

	if (r->n_timeline == 0 || cell->failure == NULL)
		return;
	for (const struct attempt *a = list; a != NULL && a->marks != 0;
	    a = attempt_older(&c->attempts, a)) {
		int64_t at = (a->start * 1000 - r->timeline_start) /
		    r->timeline_step;

		if (!is_on_timeline(cell, a) || at < 0 || at >= r->n_timeline)
			continue;
		if (n == 0 || found[n - 1].at != at) {
			if (n == TIMELINE_MAX)
				break;
			found[n++] = (struct bucket){ (uint32_t)at, 0 };
		}
		found[n - 1].n++;
	}
	if (n == 0)
		return;
	cell->failure->n_timeline = n;
	cell->failure->timeline = pool_zero(r->pool, n * sizeof(*found));
	memcpy(cell->failure->timeline, found, n * sizeof(*found));
}

/* Make one cell of the spots that share it. */
static void
make_cell(struct collector *c, struct cell *cell, const struct target *targets,
    size_t n)
{
	struct attempt list = { 0 };

	*cell = (struct cell){ .host = targets->host,
		.profile = targets->profile, .first = CLOCK_UNKNOWN,
		.last = CLOCK_UNKNOWN, .n_profiles = 1 };
	for (size_t i = 0; i < n; i++) {
		struct spot *s = &c->spots.at[targets[i].spot];

		cell_add(c, cell, s);
		attempt_join(&c->attempts, &list, &s->attempts);
		if (s->folded != 0)
			add_attempts(&cell->attempts,
			    &c->folded[s->folded - 1].attempts);
	}
	cell->clicked_through = (uint32_t)attempt_count(&c->attempts, &list,
	    &cell->attempts);
	cell->periodic = attempt_periodic(&c->attempts, &list);
	cell->connections = cell->accepted;
	keep_failure(c, cell, targets, n);
	cell->idle_rejected = refuses_silently(c, cell,
	    c->report->profiles[cell->profile].engine);
	fill_timeline(c, cell, &list);
	attempt_free(&c->attempts, &list);
}

static void
set_span(struct collector *c)
{
	struct report *r = c->report;

	for (size_t i = 0; i < c->spots.n; i++) {
		const struct spot *s = &c->spots.at[i];

		if (s->first != CLOCK_UNKNOWN && (r->first == CLOCK_UNKNOWN ||
		    s->first < r->first))
			r->first = s->first;
		if (s->last != CLOCK_UNKNOWN && (r->last == CLOCK_UNKNOWN ||
		    s->last > r->last))
			r->last = s->last;
	}
	if (r->first == CLOCK_UNKNOWN || r->last <= r->first)
		return;
	r->n_timeline = TIMELINE_MAX;
	r->timeline_start = r->first;
	r->timeline_step = (r->last - r->first) / TIMELINE_MAX + 1;
}

/* Cells of one client at one host: does a program of that kind use it? */
static bool
is_accepted(const struct cell *cells, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cells[i].attempts.accepted > 0)
			return true;
	return false;
}

static bool
is_browser(const struct report *r, const struct cell *cell)
{
	return r->profiles[cell->profile].engine == ENGINE_BROWSER;
}

/* A program that used a host in one way has not refused it in another; nor has
 * a browser, whose hellos differ from time to time.  Cells are those of one
 * client at one host, with those of one profile next to each other. */
static void
excuse_client(const struct report *r, struct cell *cells, size_t n)
{
	bool browser = false;
	size_t next;

	for (size_t i = 0; i < n; i++)
		browser |= cells[i].attempts.accepted > 0 &&
		    is_browser(r, &cells[i]);
	for (size_t i = 0; i < n; i = next) {
		bool accepted;

		for (next = i; next < n &&
		    cells[next].profile == cells[i].profile; next++)
			;
		accepted = (browser && is_browser(r, &cells[i])) ||
		    is_accepted(&cells[i], next - i);
		for (size_t k = i; accepted && k < next; k++)
			cells[k].idle_rejected = false;
	}
}

/* Cells of one host and client stand next to each other. */
static void
excuse_idle(struct report *r)
{
	size_t next;

	for (size_t i = 0; i < r->n_cells; i = next) {
		struct text client = r->profiles[r->cells[i].profile].client;

		for (next = i; next < r->n_cells &&
		    r->cells[next].host == r->cells[i].host && text_equal(
		    r->profiles[r->cells[next].profile].client, client);
		    next++)
			;
		excuse_client(r, &r->cells[i], next - i);
	}
}

/* Make the cells, in the order of their hosts and profiles. */
static void
make_cells(struct collector *c, struct target *targets,
    const struct place *hosts, const struct place *profiles)
{
	struct report *r = c->report;
	struct cell_slots *slots = mem_zero(c->spots.n + 1, sizeof(*slots));
	size_t next;

	r->cells = pool_zero(r->pool, c->spots.n * sizeof(*r->cells));
	c->spot_cells = mem_zero(c->spots.n + 1, sizeof(*c->spot_cells));
	for (size_t i = 0; i < c->spots.n; i = next) {
		for (next = i; next < c->spots.n &&
		    same_target(&targets[i], &targets[next]); next++)
			c->spot_cells[targets[next].spot] =
			    (uint32_t)r->n_cells + 1;
		make_cell(c, &r->cells[r->n_cells], &targets[i], next - i);
		slots[r->n_cells++] = (struct cell_slots){
			hosts[targets[i].host].slot,
			profiles[targets[i].profile].slot };
	}
	collector_release_spots(c);
	excuse_idle(r);
	contrast_fill(c, slots);
	free(slots);
}

static void
finish_totals(struct report *r)
{
	uint32_t looked_up = UINT32_MAX;

	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *cell = &r->cells[i];
		const struct attempts *a = &cell->attempts;

		if (cell->leg != LEG_SERVER &&
		    cell->interception >= INTERCEPTION_PRESUMED)
			r->totals.intercepted += cell->connections;
		if (cell->leg == LEG_SERVER)
			continue;
		r->totals.attempts += a->accepted + a->rejected + a->idle +
		    a->refused + a->network + a->other;
		r->totals.rejected_attempts += a->rejected +
		    (cell->idle_rejected ? a->idle : 0);
		/* Cells of one host stand next to each other. */
		if (cell->failure != NULL && cell->host != looked_up) {
			looked_up = cell->host;
			look_up(&r->hosts[looked_up]);
		}
	}
}

static void
add_note(struct report *r, struct text **list, size_t *n, const char *words)
{
	struct text *longer = pool_zero(r->pool, (*n + 1) * sizeof(**list));

	if (*n > 0)
		memcpy(longer, *list, *n * sizeof(**list));
	longer[(*n)++] = text_of(words);
	*list = longer;
}

static void
finish_notes(const struct collector *c)
{
	struct report *r = c->report;

	if (c->spots_folded)
		add_note(r, &r->notes, &r->n_notes, "more hosts and clients "
		    "than are kept apart: accepted sessions of a host are "
		    "counted together");
	if (c->attempts_folded)
		add_note(r, &r->notes, &r->n_notes, "more attempts than are "
		    "kept apart: older ones are counted, so that another "
		    "order of inputs may count a few differently");
	if (c->loud_dropped || c->n_hosts >= HOSTS_MAX ||
	    c->n_profiles >= PROFILES_MAX)
		add_note(r, &r->limits_hit, &r->n_limits_hit, "more hosts, "
		    "clients or failures than fit: some were not counted "
		    "apart");
}

void
collector_finish(struct collector *c)
{
	struct report *r = c->report;
	uint32_t *host_ranks, *profile_ranks;
	struct place *hosts, *profiles;
	struct target *targets;

	collector_see_waiting(c);
	pair_legs(c);
	spot_settle(c);
	interception_resolve(c);
	set_span(c);
	hosts = sort_slots(c, c->n_hosts, compare_hosts, &host_ranks);
	profiles = sort_slots(c, c->n_profiles, compare_profiles,
	    &profile_ranks);
	r->n_hosts = c->n_hosts;
	r->hosts = pool_zero(r->pool, c->n_hosts * sizeof(*r->hosts));
	for (size_t i = 0; i < c->n_hosts; i++)
		fill_host(r->pool, &r->hosts[i], c, &c->hosts[hosts[i].slot]);
	r->n_profiles = c->n_profiles;
	r->profiles = pool_zero(r->pool,
	    c->n_profiles * sizeof(*r->profiles));
	for (size_t i = 0; i < c->n_profiles; i++)
		fill_profile(&r->profiles[i], &c->profiles[profiles[i].slot]);
	targets = sort_spots(c, host_ranks, profile_ranks);
	make_cells(c, targets, hosts, profiles);
	finish_totals(r);
	finish_notes(c);
	free(targets);
	free(hosts);
	free(profiles);
	free(host_ranks);
	free(profile_ranks);
	collector_release(c);
	c->finished = true;
}
