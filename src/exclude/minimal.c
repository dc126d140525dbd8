#include "exclude/minimal.h"

#include <stdlib.h>

#include "base/mem.h"

enum { EXACT_MAX = 16 /* 65,536 subsets are tried */ };

struct choice {
	struct replay *rp;
	size_t n, n_hosts;
	struct traffic *traffic; /* by host, of those that entries match */
	bool *chosen; /* by entry */
	uint32_t *covering; /* by host: entries that match it */
	uint32_t *covered; /* by host: chosen ones of these */
};

static bool
is_required(const struct choice *c, uint32_t host)
{
	return c->traffic[host].curable > 0;
}

static void
choose(struct choice *c, size_t entry)
{
	size_t n;
	const uint32_t *hosts = replay_hosts(c->rp, entry, &n);

	c->chosen[entry] = true;
	for (size_t i = 0; i < n; i++)
		c->covered[hosts[i]]++;
}

/* An entry that alone cures some host is in every answer. */
static void
choose_forced(struct choice *c)
{
	size_t n;

	for (size_t e = 0; e < c->n; e++) {
		const uint32_t *hosts = replay_hosts(c->rp, e, &n);

		for (size_t i = 0; i < n; i++)
			if (is_required(c, hosts[i]) &&
			    c->covering[hosts[i]] == 1) {
				choose(c, e);
				break;
			}
	}
}

/* What an entry would cure and cost beyond those chosen so far. */
static void
gain(const struct choice *c, size_t entry, uint64_t *cures, uint64_t *costs)
{
	size_t n;
	const uint32_t *hosts = replay_hosts(c->rp, entry, &n);

	*cures = *costs = 0;
	for (size_t i = 0; i < n; i++) {
		const struct traffic *t = &c->traffic[hosts[i]];

		if (c->covered[hosts[i]] > 0)
			continue;
		if (t->curable > 0)
			*cures += t->curable;
		else
			*costs += t->accepted;
	}
}

/* The entries that would still cure something, at most max of them; more than
 * max when there are more. */
static size_t
list_open(const struct choice *c, size_t *open, size_t max)
{
	uint64_t cures, costs;
	size_t n = 0;

	for (size_t e = 0; e < c->n && n <= max; e++) {
		if (c->chosen[e])
			continue;
		gain(c, e, &cures, &costs);
		if (cures == 0)
			continue;
		if (n < max)
			open[n] = e;
		n++;
	}
	return n;
}

/* Try every subset of a few entries.  seen[host] is the set of these entries
 * that match it; hosts in play are those with a set and not yet covered. */
static unsigned
best_subset(const struct choice *c, const uint32_t *play, size_t n_play,
    const uint16_t *seen, size_t n_open)
{
	unsigned best = (1u << n_open) - 1;
	uint64_t best_cost = UINT64_MAX;
	int best_size = INT32_MAX;

	for (unsigned set = 1; set < 1u << n_open; set++) {
		uint64_t cost = 0;
		bool whole = true;
		int size = __builtin_popcount(set);

		for (size_t i = 0; i < n_play && whole &&
		    cost <= best_cost; i++) {
			bool hit = (seen[play[i]] & set) != 0;

			if (is_required(c, play[i]))
				whole = hit;
			else if (hit)
				cost += c->traffic[play[i]].accepted;
		}
		if (whole && (cost < best_cost ||
		    (cost == best_cost && size < best_size))) {
			best = set;
			best_cost = cost;
			best_size = size;
		}
	}
	return best;
}

static void
choose_exact(struct choice *c, const size_t *open, size_t n_open)
{
	uint16_t *seen = mem_zero(c->n_hosts + 1, sizeof(*seen));
	uint32_t *play = mem_zero(c->n_hosts + 1, sizeof(*play));
	size_t n_play = 0, n;
	unsigned best;

	for (size_t k = 0; k < n_open; k++) {
		const uint32_t *hosts = replay_hosts(c->rp, open[k], &n);

		for (size_t i = 0; i < n; i++) {
			if (c->covered[hosts[i]] > 0)
				continue;
			if (seen[hosts[i]] == 0)
				play[n_play++] = hosts[i];
			seen[hosts[i]] |= (uint16_t)(1u << k);
		}
	}
	best = best_subset(c, play, n_play, seen, n_open);
	for (size_t k = 0; k < n_open; k++)
		if (best & 1u << k)
			choose(c, open[k]);
	free(seen);
	free(play);
}

/* The next one is what costs least per attempt cured; equal ones in order. */
static bool
choose_greedily(struct choice *c)
{
	uint64_t cures, costs, best_cures = 0, best_costs = 0;
	size_t best = 0;

	for (size_t e = 0; e < c->n; e++) {
		if (c->chosen[e])
			continue;
		gain(c, e, &cures, &costs);
		if (cures == 0)
			continue;
		if (best_cures == 0 || (double)costs * (double)best_cures <
		    (double)best_costs * (double)cures ||
		    (costs == best_costs && cures > best_cures)) {
			best = e;
			best_cures = cures;
			best_costs = costs;
		}
	}
	if (best_cures > 0)
		choose(c, best);
	return best_cures > 0;
}

/* Leave out what the others cure as well, the costliest first: later choices
 * can make earlier ones superfluous. */
static void
drop_superfluous(struct choice *c)
{
	size_t n;

	for (size_t e = c->n; e-- > 0;) {
		bool needed = false;
		const uint32_t *hosts = replay_hosts(c->rp, e, &n);

		if (!c->chosen[e])
			continue;
		for (size_t i = 0; i < n; i++)
			needed |= is_required(c, hosts[i]) &&
			    c->covered[hosts[i]] == 1;
		if (needed)
			continue;
		c->chosen[e] = false;
		for (size_t i = 0; i < n; i++)
			c->covered[hosts[i]]--;
	}
}

struct worth {
	size_t entry;
	struct price price;
};

static int
by_worth(const void *a, const void *b)
{
	const struct worth *x = a, *y = b;
	double left = (double)x->price.fixed * (double)(y->price.lost + 1);
	double right = (double)y->price.fixed * (double)(x->price.lost + 1);

	if (left != right)
		return left > right ? -1 : 1;
	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

/* The chosen ones by what they are worth, and the sums along the way. */
static size_t
list_steps(struct choice *c, struct step_price **steps)
{
	struct worth *order = mem_zero(c->n + 1, sizeof(*order));
	bool *seen = mem_zero(c->n_hosts + 1, sizeof(*seen));
	struct step_price sum = { 0 };
	size_t n = 0, n_hosts;

	for (size_t e = 0; e < c->n; e++) {
		const uint32_t *hosts = replay_hosts(c->rp, e, &n_hosts);

		if (c->chosen[e])
			order[n++] = (struct worth){ e,
				replay_price(c->rp, hosts, n_hosts) };
	}
	qsort(order, n, sizeof(*order), by_worth);
	*steps = mem_zero(n + 1, sizeof(**steps));
	for (size_t k = 0; k < n; k++) {
		const uint32_t *hosts = replay_hosts(c->rp, order[k].entry,
		    &n_hosts);

		for (size_t i = 0; i < n_hosts; i++) {
			const struct traffic *t = &c->traffic[hosts[i]];

			if (seen[hosts[i]])
				continue;
			seen[hosts[i]] = true;
			sum.fixed += t->curable;
			sum.lost += t->accepted;
		}
		sum.entry = order[k].entry;
		(*steps)[k] = sum;
	}
	free(order);
	free(seen);
	return n;
}

size_t
minimal_set(struct replay *rp, size_t n, struct step_price **steps)
{
	struct choice c = { .rp = rp, .n = n,
		.n_hosts = replay_n_hosts(rp) };
	size_t open[EXACT_MAX], n_open, n_steps, n_matched;

	c.traffic = mem_zero(c.n_hosts + 1, sizeof(*c.traffic));
	c.chosen = mem_zero(n + 1, sizeof(*c.chosen));
	c.covering = mem_zero(c.n_hosts + 1, sizeof(*c.covering));
	c.covered = mem_zero(c.n_hosts + 1, sizeof(*c.covered));
	for (size_t e = 0; e < n; e++) {
		const uint32_t *hosts = replay_hosts(rp, e, &n_matched);

		for (size_t i = 0; i < n_matched; i++)
			if (c.covering[hosts[i]]++ == 0)
				c.traffic[hosts[i]] = replay_traffic(rp,
				    hosts[i]);
	}
	choose_forced(&c);
	n_open = list_open(&c, open, EXACT_MAX);
	if (n_open > EXACT_MAX) {
		while (choose_greedily(&c))
			continue;
		drop_superfluous(&c);
	} else if (n_open > 0)
		choose_exact(&c, open, n_open);
	n_steps = list_steps(&c, steps);
	free(c.traffic);
	free(c.chosen);
	free(c.covering);
	free(c.covered);
	return n_steps;
}
