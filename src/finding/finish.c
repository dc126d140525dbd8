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
	*h = (struct host){ .name = s->name,
		.source = s->source, .n_addresses = s->n_addresses };
	h->addresses = pool_zero(pool,
	    s->n_addresses * sizeof(*h->addresses));
	for (unsigned i = 0; i < s->n_addresses; i++)
		h->addresses[i] = *key_host_address(c, s, i);
}

static void
fill_profile(struct profile *p, const struct profile_slot *s)
{
	*p = (struct profile){ .client = s->client,
		.fingerprint = s->fingerprint, .user = s->user, .app = s->app,
		.agent = s->agent, .device = s->device,
		.engine = (enum engine)s->engine, .leg = (enum leg)s->leg };
}

/* What built-in facts say of a host that failed. */
static void
look_up(struct pool *pool, struct host *h)
{
	struct hsts_entry entry;
	struct host_app found, *kept;
	const struct app *app;

	if (h->source == HOST_ADDRESS || h->source == HOST_UNKNOWN)
		return;
	h->hsts_preloaded = hsts_lookup(h->name, &entry);
	app = app_by_host(h->name, &found.pinned, &found.pattern);
	if (app == NULL)
		return;
	found.name = app->name;
	h->app = kept = pool_zero(pool, sizeof(*kept));
	*kept = found;
}

static void
set_span(struct collector *c)
{
	struct report *r = c->report;

	for (size_t i = 0; i < view_count(c); i++) {
		const struct view s = view_at(c, i);

		clock_widen(&r->first, &r->last, s.first, s.last);
	}
	if (r->first == CLOCK_UNKNOWN || r->last <= r->first)
		return;
	r->n_timeline = TIMELINE_MAX;
	r->timeline_start = r->first;
	r->timeline_step = (r->last - r->first) / TIMELINE_MAX + 1;
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
			look_up(r->pool, &r->hosts[looked_up]);
		}
	}
}

static void
finish_notes(const struct collector *c)
{
	struct report *r = c->report;

	if (totals_failures_only(&r->totals))
		report_note(r, "no log tells of an accepted session, so that a "
		    "pin and a client without the CA look much alike: have "
		    "successful handshakes logged, too, or add a capture");
	if (c->spots_folded)
		report_note(r, "more hosts and clients than are kept apart: "
		    "accepted sessions of a host are counted together");
	if (c->clients_joined)
		report_note(r, "more failing clients than are kept apart: of "
		    "those that failed alike at a host, one is judged for all");
	if (c->attempts_folded)
		report_note(r, "more attempts than are kept apart: older ones "
		    "are counted, so that another order of inputs may count a "
		    "few differently");
	if (c->patterns_dropped || c->ways_mixed || c->n_hosts >= HOSTS_MAX ||
	    c->n_profiles >= PROFILES_MAX)
		report_limit(r, "more hosts, clients, issuers or kinds of "
		    "failure than fit: some were not counted apart");
	if (c->failures_dropped)
		report_limit(r, "more failures than fit: older ones count in "
		    "the totals only");
}

void
collector_finish(struct collector *c)
{
	struct report *r = c->report;
	uint32_t *host_ranks, *profile_ranks;
	struct place *hosts, *profiles;

	collector_see_waiting(c);
	pair_legs(c);
	spots_settle(c);
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
	free(hosts);
	free(profiles);
	cells_make(c, host_ranks, profile_ranks);
	finish_totals(r);
	finish_notes(c);
	free(host_ranks);
	free(profile_ranks);
	collector_release(c);
	c->finished = true;
}
