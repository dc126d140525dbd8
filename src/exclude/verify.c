#include "exclude/verify.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "exclude/lookup.h"
#include "exclude/match.h"
#include "exclude/replay.h"
#include "knowledge/interceptors.h"
#include "knowledge/suffix.h"

enum {
	/* Shorter prefixes of address blocks are told as too wide. */
	BLOCK4_MIN = 16, BLOCK6_MIN = 32,
	/* For one entry, so many near misses are named. */
	MISSES_SHOWN = 3,
};

/* What is under way for one run. */
struct check {
	struct verification *v;
	const struct report *r;
	const struct exclusions *list;
	struct replay *replay;
	struct lookup *lookup;
	uint32_t *same; /* by entry: index + 1 of its earlier twin */
	int64_t now;
};

const char *
problem_name(enum problem p)
{
	static const char *const names[N_PROBLEMS] = { NULL, "not-effective",
		"block-page", "form", "misses", "too-wide", "expired",
		"duplicate", "shadowed", "stale" };

	return (unsigned)p < N_PROBLEMS ? names[p] : NULL;
}

static struct complaint *
complain(struct check *c, size_t entry, enum problem problem, struct text why)
{
	struct verification *v = c->v;

	if (v->n == v->room)
		v->complaints = mem_grow(v->complaints, v->n, &v->room,
		    sizeof(*v->complaints));
	v->complaints[v->n] = (struct complaint){
		.entry = &c->list->entries[entry],
		.problem = problem,
		.why = why,
	};
	return &v->complaints[v->n++];
}

/* The day of a text that begins with YYYY-MM-DD, or CLOCK_UNKNOWN. */
static int64_t
day_of(struct text t)
{
	int64_t ns;
	bool zoned;

	if (t.n > 10)
		t.n = 10;
	return t.n == 10 && clock_parse_iso(t, &ns, &zoned) ? ns :
	    CLOCK_UNKNOWN;
}

/* The registry has a column for it; in products it is in our comment. */
static struct text
review_of(const struct listed *e)
{
	long at = text_find(e->comment, "review ");

	if (e->review.n > 0 || at < 0)
		return e->review;
	return (struct text){ e->comment.at + at + 7,
		e->comment.n - (size_t)at - 7 };
}

static void
check_dates(struct check *c, size_t i)
{
	struct text review = review_of(&c->list->entries[i]);
	int64_t day = day_of(review);

	if (c->list->entries[i].review.n > 0 && day == CLOCK_UNKNOWN)
		complain(c, i, PROBLEM_FORM, pool_printf(c->v->pool,
		    "its review date is no date: %.*s", TEXT_ARG(review)));
	else if (day != CLOCK_UNKNOWN && day < c->now)
		complain(c, i, PROBLEM_EXPIRED, pool_printf(c->v->pool,
		    "it was to be reviewed on %.*s", 10, review.at));
}

static void
check_form(struct check *c, size_t i)
{
	const struct listed *e = &c->list->entries[i];
	const char *wrong = e->product->check(e);

	if (wrong == NULL && !e->sound)
		wrong = "holds characters that this product does not take";
	if (wrong != NULL)
		complain(c, i, PROBLEM_FORM, text_of(wrong));
}

/* Names that an entry can be tried with: the end of all that it matches, and
 * one and two labels more. */
enum { N_PROBES = 3 };

static size_t
probes_of(const struct check *c, const struct listed *e,
    struct text probes[N_PROBES])
{
	static const char *const heads[N_PROBES] = { "", "x.", "x.x." };
	struct text end = e->product->suffix(e);

	for (int k = 0; k < N_PROBES && end.n > 0; k++)
		probes[k] = pool_printf(c->v->pool, "%s%.*s", heads[k],
		    TEXT_ARG(end));
	return end.n > 0 ? N_PROBES : 0;
}

static bool
matches_name(const struct listed *e, struct text name)
{
	const struct host_facts f = { .name = name };

	return e->product->match(e, &f);
}

/* Does `other` match everything that can be tried on the entry? */
static bool
is_wider(const struct listed *other, const struct listed *e,
    const struct text probes[N_PROBES])
{
	bool any = false;

	if (other->product != e->product)
		return false;
	for (int k = 0; k < N_PROBES; k++)
		if (matches_name(e, probes[k])) {
			any = true;
			if (!matches_name(other, probes[k]))
				return false;
		}
	return any;
}

static void
check_shadow(struct check *c, size_t i)
{
	const struct listed *e = &c->list->entries[i], *other;
	struct text probes[N_PROBES], back[N_PROBES];
	struct noted noted;

	if (!e->sound || probes_of(c, e, probes) == 0)
		return;
	for (int k = 0; k < N_PROBES; k++) {
		const struct host_facts f = { .name = probes[k] };

		if (!matches_name(e, probes[k]))
			continue;
		lookup_match(c->lookup, &f, &noted);
		for (size_t j = 0; j < noted.n; j++) {
			size_t at = noted.entries[j];

			other = &c->list->entries[at];
			if (at == i || c->same[at] > 0 ||
			    !is_wider(other, e, probes))
				continue;
			/* Of two that say the same, the first one stays. */
			if (at > i && probes_of(c, other, back) > 0 &&
			    is_wider(e, other, back))
				continue;
			complain(c, i, PROBLEM_SHADOWED,
			    pool_printf(c->v->pool, "%.*s matches all of it",
			    TEXT_ARG(other->entry)));
			return;
		}
		return; /* the others would have matched this probe, too */
	}
}

static bool
is_wide_block(struct text block)
{
	struct text address;
	uint64_t bits;

	if (!text_split(&block, '/', &address) || !text_u64(block, &bits))
		return false;
	return bits < (text_find(address, ":") >= 0 ? BLOCK6_MIN : BLOCK4_MIN);
}

/* How many registrable domains the hosts have, up to 2. */
static int
count_domains(const struct check *c, const uint32_t *hosts, size_t n)
{
	struct text first = { NULL, 0 };

	for (size_t i = 0; i < n; i++) {
		struct text d = suffix_registrable(c->r->hosts[hosts[i]].name);

		if (d.n > 0 && first.n > 0 && !text_equal(d, first))
			return 2;
		if (first.n == 0)
			first = d;
	}
	return first.n > 0;
}

static void
check_width(struct check *c, size_t i)
{
	const struct listed *e = &c->list->entries[i];
	struct text end = e->product->suffix(e), below;
	size_t n;
	const uint32_t *hosts = replay_hosts(c->replay, i, &n);

	if (!e->sound)
		return;
	below = pool_printf(c->v->pool, "x.%.*s", TEXT_ARG(end));
	if (e->form == FORM_ADDRESS && is_wide_block(e->entry))
		complain(c, i, PROBLEM_TOO_WIDE,
		    TEXT("a block of so many addresses"));
	else if (end.n > 0 && matches_name(e, below) &&
	    (text_find(end, ".") < 0 || suffix_is_public(end)))
		complain(c, i, PROBLEM_TOO_WIDE, pool_printf(c->v->pool,
		    "%.*s is a public suffix: the names below it belong to "
		    "different people", TEXT_ARG(end)));
	else if (e->form != FORM_ADDRESS && count_domains(c, hosts, n) > 1)
		complain(c, i, PROBLEM_TOO_WIDE, pool_printf(c->v->pool,
		    "it matches hosts of several domains, %.*s among them",
		    TEXT_ARG(c->r->hosts[hosts[n - 1]].name)));
}

/* Interception that happened after the entry was added. */
struct seen {
	uint64_t connections, blocked;
	int64_t last;
	uint32_t host;
	bool proven;
};

static bool
is_block_page(const struct report *r, const struct cell *cell)
{
	const struct interceptor *by =
	    interceptor_by_name(r->issuers[cell->issuer]);

	return cell->class == CLASS_BLOCK_PAGE || (cell->failure != NULL &&
	    cell->failure->traits->block_page > 0) ||
	    (by != NULL && by->role == INTERCEPTOR_BLOCK_PAGE);
}

static void
look(const struct check *c, uint32_t host, int64_t added, struct seen *seen)
{
	size_t n;
	const uint32_t *cells = replay_cells(c->replay, host, &n);

	for (size_t i = 0; i < n; i++) {
		const struct cell *cell = &c->r->cells[cells[i]];

		if (c->r->profiles[cell->profile].leg == LEG_SERVER ||
		    cell->leg == LEG_DIRECT ||
		    cell->interception < INTERCEPTION_PRESUMED ||
		    cell->class == CLASS_IGNORE ||
		    (added != CLOCK_UNKNOWN && cell->last != CLOCK_UNKNOWN &&
		    cell->last < added))
			continue;
		if (is_block_page(c->r, cell)) {
			seen->blocked += cell->connections;
			continue;
		}
		if (seen->connections == 0)
			seen->host = host;
		seen->connections += cell->connections;
		seen->proven |= cell->interception == INTERCEPTION_PROVEN;
	}
}

static void
check_effect(struct check *c, size_t i)
{
	const struct listed *e = &c->list->entries[i];
	struct seen seen = { 0 };
	struct complaint *told;
	size_t n;
	const uint32_t *hosts = replay_hosts(c->replay, i, &n);

	/* What a twin or a wider entry matches is told there. */
	if (c->same[i] > 0)
		return;
	for (size_t k = 0; k < n; k++)
		look(c, hosts[k], day_of(e->added), &seen);
	if (seen.connections > 0) {
		told = complain(c, i, PROBLEM_NOT_EFFECTIVE,
		    pool_printf(c->v->pool, "%s intercepted all the same: "
		    "look at the order of the rules, and whether the list is "
		    "in force (%s)", seen.proven ? "is" : "seems to be",
		    e->product->where));
		told->host = c->r->hosts[seen.host].name;
		told->connections = seen.connections;
	}
	if (seen.blocked > 0) {
		told = complain(c, i, PROBLEM_BLOCK_PAGE, TEXT("a block page is "
		    "served: the policy blocks what the list lets pass"));
		told->host = c->r->hosts[hosts[0]].name;
		told->connections = seen.blocked;
	}
	if (n == 0 && e->sound)
		complain(c, i, PROBLEM_STALE,
		    TEXT("no such host in this traffic"));
}

/* Hosts that fail and that no entry matches, under the end of an entry that
 * looks as if it should: the apex of "*.example.com", deeper names. */
static void
check_misses(struct check *c, uint64_t *misses)
{
	struct noted noted;

	for (uint32_t h = 0; h < c->r->n_hosts; h++) {
		struct traffic t = replay_traffic(c->replay, h);
		struct host_facts f = replay_facts(c->replay, h);
		size_t entry;
		struct complaint *told;

		if (t.curable == 0)
			continue;
		lookup_match(c->lookup, &f, &noted);
		if (noted.n > 0 || !lookup_near(c->lookup, f.name, &entry) ||
		    misses[entry]++ >= MISSES_SHOWN)
			continue;
		told = complain(c, entry, PROBLEM_MISSES,
		    pool_printf(c->v->pool, "does not match it: %s",
		    c->list->entries[entry].product->semantics));
		told->host = c->r->hosts[h].name;
		told->connections = t.curable;
	}
}

/* Order entries so that twins are neighbours, the earlier one first. */
static int
by_text(const void *a, const void *b, void *arg)
{
	const struct exclusions *list = arg;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	const struct listed *p = &list->entries[x], *q = &list->entries[y];
	int order = strcmp(p->product->name, q->product->name);

	if (order == 0)
		order = text_compare(p->entry, q->entry);
	return order != 0 ? order : x < y ? -1 : x > y;
}

static void
find_twins(struct check *c)
{
	const struct exclusions *list = c->list;
	uint32_t *order = mem_zero(list->n + 1, sizeof(*order)), first = 0;

	for (size_t i = 0; i < list->n; i++)
		order[i] = (uint32_t)i;
	qsort_r(order, list->n, sizeof(*order), by_text,
	    (void *)(uintptr_t)list);
	for (size_t k = 0; k < list->n; k++) {
		const struct listed *e = &list->entries[order[k]];

		if (k > 0 && text_equal(e->entry, list->entries[first].entry) &&
		    e->product == list->entries[first].product) {
			c->same[order[k]] = first + 1;
			complain(c, order[k], PROBLEM_DUPLICATE,
			    pool_printf(c->v->pool, "stands in line %llu",
			    (unsigned long long)list->entries[first].line));
		} else
			first = order[k];
	}
	free(order);
}

static int
by_entry(const void *a, const void *b)
{
	const struct complaint *x = a, *y = b;

	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	if (x->problem != y->problem)
		return x->problem < y->problem ? -1 : 1;
	return text_compare(x->host, y->host);
}

/* How many entries have each problem, and how many have none. */
static void
count_problems(struct verification *v, size_t n_entries)
{
	const struct listed *last = NULL;
	uint64_t touched = 0;

	for (size_t i = 0; i < v->n; i++) {
		const struct complaint *p = &v->complaints[i];
		bool first = i == 0 || p->entry != last;

		touched += first;
		if (first || p->problem != v->complaints[i - 1].problem)
			v->counts[p->problem]++;
		last = p->entry;
	}
	v->counts[PROBLEM_NONE] = n_entries - touched;
}

void
verify_mark(struct report *r, const struct exclusions *list)
{
	struct replay *replay = replay_new(r);
	struct lookup *lookup = lookup_new(list);
	struct noted noted;

	for (uint32_t h = 0; h < r->n_hosts; h++) {
		const struct host_facts f = replay_facts(replay, h);

		lookup_match(lookup, &f, &noted);
		r->hosts[h].excluded = noted.n > 0;
	}
	lookup_free(lookup);
	replay_free(replay);
}

void
verify_run(struct verification *v, const struct report *r,
    const struct exclusions *list)
{
	struct check c = { .v = v, .r = r, .list = list };
	uint64_t *misses = mem_zero(list->n + 1, sizeof(*misses));

	*v = (struct verification){ .pool = pool_new() };
	c.now = r->last != CLOCK_UNKNOWN ? r->last : clock_now();
	c.replay = replay_new(r);
	c.lookup = lookup_new(list);
	c.same = mem_zero(list->n + 1, sizeof(*c.same));
	replay_entries(c.replay, list->entries, list->n);
	find_twins(&c);
	for (size_t i = 0; i < list->n; i++) {
		check_form(&c, i);
		check_dates(&c, i);
		if (c.same[i] == 0)
			check_shadow(&c, i);
		check_width(&c, i);
		check_effect(&c, i);
	}
	check_misses(&c, misses);
	if (v->n > 1)
		qsort(v->complaints, v->n, sizeof(*v->complaints), by_entry);
	count_problems(v, list->n);
	lookup_free(c.lookup);
	replay_free(c.replay);
	free(c.same);
	free(misses);
}

void
verify_free(struct verification *v)
{
	free(v->complaints);
	pool_free(v->pool);
	*v = (struct verification){ 0 };
}
