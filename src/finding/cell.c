/*
 * Spots -> cells, in the order of their hosts and profiles.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "finding/tables.h"

static enum leg
leg_of(const struct collector *c, const struct view *s)
{
	if (c->ways[s->way].leg == LEG_SERVER ||
	    c->profiles[s->profile].leg == LEG_SERVER)
		return LEG_SERVER;
	switch (s->interception) {
	case INTERCEPTION_NONE:
		return LEG_DIRECT;
	case INTERCEPTION_PRESUMED:
	case INTERCEPTION_PROVEN:
		return LEG_CLIENT;
	default:
		return LEG_UNKNOWN;
	}
}

static enum plane
plane_of(enum leg leg)
{
	return leg == LEG_SERVER ? PLANE_SERVER :
	    leg == LEG_DIRECT ? PLANE_DIRECT : PLANE_CLIENT;
}

/* Spots and crowds of one host, profile and plane share a cell. */
static bool
share_cell(const struct collector *c, size_t a, size_t b)
{
	const struct view x = view_at(c, a), y = view_at(c, b);

	return x.host == y.host && x.profile == y.profile &&
	    plane_of(leg_of(c, &x)) == plane_of(leg_of(c, &y));
}

/* What places are sorted by. */
typedef uint32_t key_fn(const struct collector *c, size_t place,
    const uint32_t *ranks);

static uint32_t
plane_key(const struct collector *c, size_t place, const uint32_t *ranks)
{
	const struct view s = view_at(c, place);

	(void)ranks;
	return plane_of(leg_of(c, &s));
}

static uint32_t
profile_key(const struct collector *c, size_t place, const uint32_t *ranks)
{
	return ranks[view_at(c, place).profile];
}

static uint32_t
host_key(const struct collector *c, size_t place, const uint32_t *ranks)
{
	return ranks[view_at(c, place).host];
}

/* Stable, by numbers below n_keys. */
static void
sort_by(const struct collector *c, const uint32_t *from, uint32_t *to,
    key_fn *key, const uint32_t *ranks, size_t n_keys)
{
	uint32_t *at = mem_zero(n_keys + 1, sizeof(*at));
	size_t n = view_count(c);

	for (size_t i = 0; i < n; i++)
		at[key(c, from[i], ranks) + 1]++;
	for (size_t i = 0; i < n_keys; i++)
		at[i + 1] += at[i];
	for (size_t i = 0; i < n; i++)
		to[at[key(c, from[i], ranks)]++] = from[i];
	free(at);
}

/* All places by host, profile and plane, the last first. */
static uint32_t *
sort_places(const struct collector *c, const uint32_t *host_ranks,
    const uint32_t *profile_ranks)
{
	size_t n = view_count(c);
	uint32_t *places = mem_zero(n + 1, sizeof(*places));
	uint32_t *other = mem_zero(n + 1, sizeof(*other));

	for (size_t i = 0; i < n; i++)
		places[i] = (uint32_t)i;
	sort_by(c, places, other, plane_key, NULL, N_PLANES);
	sort_by(c, other, places, profile_key, profile_ranks, c->n_profiles);
	sort_by(c, places, other, host_key, host_ranks, c->n_hosts);
	free(places);
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

/* What a cell takes from every spot and crowd. */
static void
add_view(const struct collector *c, struct cell *cell, const struct view *s)
{
	const struct way *w = &c->ways[s->way];
	enum leg leg = leg_of(c, s);

	if (s->interception > cell->interception)
		cell->interception = (uint8_t)s->interception;
	if (cell->leg == LEG_UNKNOWN || leg == LEG_CLIENT)
		cell->leg = (uint8_t)leg;
	if (w->issuer.n > 0 && (cell->issuer == 0 || text_compare(w->issuer,
	    c->report->issuers[cell->issuer]) < 0))
		cell->issuer = (uint16_t)(s->way + 1);
	cell->accepted += s->accepted;
	clock_widen(&cell->first, &cell->last, s->first, s->last);
}

static void
add_crowd(struct cell *cell, const struct crowd *crowd)
{
	cell->bytes += crowd->bytes;
	cell->accepted_mismatch += crowd->accepted_mismatch;
	cell->attempts.accepted += crowd->attempts;
	if (crowd->n_profiles > cell->n_profiles)
		cell->n_profiles = crowd->n_profiles;
}

/* The attempts of list are counted later, when it is whole. */
static void
add_spot(struct collector *c, struct cell *cell, struct spot *s,
    struct attempt *list)
{
	const struct folded *f;

	cell->bytes += s->bytes;
	cell->accepted_mismatch += s->accepted_mismatch;
	attempt_join(&c->attempts, list, &s->attempts);
	if (s->folded == 0)
		return;
	f = &c->folded[s->folded - 1];
	attempts_add(&cell->attempts, &f->attempts);
	if (f->n_profiles > cell->n_profiles)
		cell->n_profiles = f->n_profiles;
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
	/* Number 0 of the clients is none. */
	if (cell->interception != INTERCEPTION_PROVEN && c->clients.n <= 2 &&
	    t->expired == 0 && t->wrong_name == 0)
		return false;
	if (engine == ENGINE_BROWSER)
		return t->alert_close > 0 ||
		    (a->idle > 1 && t->no_data_close > 1);
	return t->no_data_close > 0;
}

static void
keep_exemplars(struct pool *pool, struct failure *f,
    const struct handshake *const *list, size_t n)
{
	if (n == 0)
		return;
	f->n_exemplars = (uint8_t)n;
	f->exemplars = pool_zero(pool, n * sizeof(*list));
	memcpy(f->exemplars, list, n * sizeof(*list));
}

/* What failed in the spots of a cell. */
static void
keep_failure(struct collector *c, struct cell *cell,
    const uint32_t *places, size_t n)
{
	const struct handshake *exemplars[EXEMPLARS_MAX];
	size_t n_exemplars = 0;
	struct failures sum;
	bool failed = false;

	memset(&sum, 0, sizeof(sum));
	for (size_t i = 0; i < n; i++) {
		const struct spot *s = view_spot(c, places[i]);

		if (s == NULL || s->trouble == 0)
			continue;
		failed = true;
		add_failures(c, s, &sum);
		trouble_exemplars(c, s, exemplars, &n_exemplars);
	}
	if (!failed)
		return;
	cell->failure = pool_zero(c->report->pool, sizeof(*cell->failure));
	cell->failure->traits = trouble_share(c, &sum.traits);
	cell->failure->rejected = sum.outcomes[OUTCOME_REJECTED] < UINT32_MAX ?
	    (uint32_t)sum.outcomes[OUTCOME_REJECTED] : UINT32_MAX;
	for (unsigned i = 0; i < N_OUTCOMES; i++)
		cell->connections += sum.outcomes[i];
	keep_exemplars(c->report->pool, cell->failure, exemplars,
	    n_exemplars);
}

static bool
is_on_timeline(const struct cell *cell, const struct attempt *a)
{
	enum attempt_mark result = attempt_result(a);

	return result == ATTEMPT_ALERT || result == ATTEMPT_SILENT ||
	    (result == ATTEMPT_IDLE && cell->idle_rejected);
}

/* Room in the report's pool, which would round up each of the small pieces. */
static struct bucket *
take_buckets(struct collector *c, size_t n)
{
	if (c->n_buckets < n) {
		c->n_buckets = BUCKETS_AT_ONCE;
		c->buckets = pool_zero(c->report->pool,
		    BUCKETS_AT_ONCE * sizeof(*c->buckets));
	}
	c->n_buckets -= n;
	c->buckets += n;
	return c->buckets - n;
}

/* Rejected attempts by the report's buckets. */
struct timeline {
	uint32_t n[TIMELINE_MAX];
};

/* n of them at a time, in microseconds. */
static void
mark_time(const struct report *r, struct timeline *t, int64_t time, uint32_t n)
{
	/* Times of spots that were folded are only near. */
	int64_t at = time < r->last / 1000 ? time * 1000 : r->last;

	at = at > r->timeline_start ? (at - r->timeline_start) /
	    r->timeline_step : 0;
	t->n[at] += n;
}

static void
keep_timeline(struct collector *c, struct failure *f,
    const struct timeline *t)
{
	struct bucket found[TIMELINE_MAX];
	uint32_t n = 0;

	for (uint32_t i = 0; i < TIMELINE_MAX; i++)
		if (t->n[i] > 0)
			found[n++] = (struct bucket){ i, t->n[i] };
	if (n == 0)
		return;
	f->n_timeline = (uint8_t)n;
	f->timeline = take_buckets(c, n);
	memcpy(f->timeline, found, n * sizeof(*found));
}

/* When the attempts of a list were rejected, and those of a cell's spots that
 * were folded. */
static void
fill_timeline(struct collector *c, struct cell *cell,
    const struct attempt *list, const uint32_t *places, size_t n)
{
	struct timeline t = { 0 };

	if (c->report->n_timeline == 0 || cell->failure == NULL)
		return;
	for (const struct attempt *a = list; a != NULL && a->marks != 0;
	    a = attempt_older(&c->attempts, a))
		if (is_on_timeline(cell, a))
			mark_time(c->report, &t, a->start, 1);
	for (size_t i = 0; i < n; i++) {
		const struct spot *s = view_spot(c, places[i]);
		const struct beat *b;

		if (s == NULL || s->folded == 0)
			continue;
		for (b = pulse_beat(&c->pulses, c->folded[s->folded -
		    1].rejected); b != NULL;
		    b = pulse_beat(&c->pulses, b->next))
			mark_time(c->report, &t, pulse_time(&c->pulses, b),
			    b->n);
	}
	keep_timeline(c, cell->failure, &t);
}

/* Make one cell of the spots and crowds that share it; its host and profile are
 * set. */
static void
make_cell(struct collector *c, struct cell *cell, const uint32_t *places,
    size_t n)
{
	struct attempt list = { 0 };

	cell->first = cell->last = CLOCK_UNKNOWN;
	cell->n_profiles = 1;
	for (size_t i = 0; i < n; i++) {
		const struct view view = view_at(c, places[i]);
		struct spot *s = view_spot(c, places[i]);

		add_view(c, cell, &view);
		if (s != NULL)
			add_spot(c, cell, s, &list);
		else
			add_crowd(cell, view_crowd(c, places[i]));
	}
	cell->clicked_through = (uint32_t)attempt_count(&c->attempts, &list,
	    &cell->attempts);
	cell->periodic = attempt_periodic(&c->attempts, &list);
	cell->connections = cell->accepted;
	keep_failure(c, cell, places, n);
	cell->idle_rejected = refuses_silently(c, cell,
	    c->report->profiles[cell->profile].engine);
	fill_timeline(c, cell, &list, places, n);
	attempt_free(&c->attempts, &list);
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
		    cell_is_browser(r, &cells[i]);
	for (size_t i = 0; i < n; i = next) {
		bool accepted;

		for (next = i; next < n &&
		    cells[next].profile == cells[i].profile; next++)
			;
		accepted = (browser && cell_is_browser(r, &cells[i])) ||
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

/* A cell's issuer is its way's number, plus 1. */
static void
list_issuers(const struct collector *c)
{
	struct report *r = c->report;

	r->n_issuers = c->n_ways + 1;
	r->issuers = pool_zero(r->pool, r->n_issuers * sizeof(*r->issuers));
	r->issuers[0] = TEXT("");
	for (size_t i = 0; i < c->n_ways; i++)
		r->issuers[i + 1] = c->ways[i].issuer;
}

/* Make the cells, from the last to the first, in the last places of an array,
 * and give back what they are made of.  Returns the first. */
static struct cell *
make_cells(struct collector *c, uint32_t *places, const uint32_t *host_ranks,
    const uint32_t *profile_ranks)
{
	size_t n = view_count(c);
	struct cell *cells = pool_zero(c->report->pool, n * sizeof(*cells));
	struct cell *end = cells + n, *cell = end;

	for (size_t next = n, i; next > 0; next = i) {
		const struct view last = view_at(c, places[next - 1]);

		for (i = next - 1; i > 0 && share_cell(c, places[i - 1],
		    places[next - 1]); i--)
			;
		--cell;
		cell->host = host_ranks[last.host];
		cell->profile = profile_ranks[last.profile];
		make_cell(c, cell, places + i, next - i);
		for (size_t k = next; k > i; k--) {
			if (c->keeps_tokens)
				c->place_cells[places[k - 1]] =
				    (uint32_t)(end - cell);
			view_drop(c, places[k - 1]);
		}
	}
	c->n_cells = c->report->n_cells = (size_t)(end - cell);
	return cell;
}

void
cells_make(struct collector *c, const uint32_t *host_ranks,
    const uint32_t *profile_ranks)
{
	struct report *r = c->report;
	uint32_t *places = sort_places(c, host_ranks, profile_ranks);

	list_issuers(c);
	view_arrange(c, places);
	if (c->keeps_tokens)
		c->place_cells = mem_zero(view_count(c) + 1,
		    sizeof(*c->place_cells));
	r->cells = make_cells(c, places, host_ranks, profile_ranks);
	free(places);
	collector_release_spots(c);
	excuse_idle(r);
	contrast_fill(c, host_ranks, profile_ranks);
}
