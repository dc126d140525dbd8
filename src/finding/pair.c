/*
 * Find the server legs: profiles that are the interceptor itself, on its way to
 * the origins.
 *
 * An interceptor that answers in a host's name has to ask the host first: its
 * own handshake begins after the client's ClientHello and ends before the
 * client gets its certificate.  One such nesting may be chance; a profile whose
 * every attempt is nested in one of somebody else's to the same host is none.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "finding/tables.h"

enum {
	/* Longer waits than this are not one proxied connection. */
	NEST_MAX_US = 5000000,
	NESTED_PERCENT = 80,
	/* One nesting is proof enough only where there is nobody else. */
	NESTED_MIN = 2,
	FEW_PROFILES = 3 /* FOLDED_PROFILE among them */
};

/* One attempt as far as nesting goes. */
struct interval {
	uint32_t host, profile, issuer_way;
	int64_t start, until;
};

static int
by_host_and_start(const void *left, const void *right)
{
	const struct interval *a = left, *b = right;

	if (a->host != b->host)
		return a->host < b->host ? -1 : 1;
	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return (a->profile > b->profile) - (a->profile < b->profile);
}

static size_t
list_intervals(const struct collector *c, struct interval **out)
{
	struct interval *list = NULL;
	size_t n = 0, room = 0;

	for (size_t i = 0; i < c->n_spots; i++) {
		const struct spot *s = &c->spots[i];

		if (c->ways[s->way].leg == LEG_SERVER ||
		    s->profile == FOLDED_PROFILE)
			continue;
		for (uint32_t at = s->attempts; at != 0;
		    at = c->attempts.at[at - 1].next) {
			const struct attempt *a = &c->attempts.at[at - 1];

			list = mem_grow(list, n, &room, sizeof(*list));
			list[n++] = (struct interval){ s->host, s->profile,
				s->way, a->start, a->until };
		}
	}
	if (n > 0)
		qsort(list, n, sizeof(*list), by_host_and_start);
	*out = list;
	return n;
}

/* Both saw a certificate of one issuer: then both are clients. */
static bool
same_issuer(const struct collector *c, uint32_t a, uint32_t b)
{
	return c->ways[a].issuer.n > 0 &&
	    c->ways[a].issuer.at == c->ways[b].issuer.at;
}

/* Is `inner` nested in an earlier attempt of another profile? */
static bool
is_nested(const struct collector *c, const struct interval *list, size_t at)
{
	const struct interval *inner = &list[at];

	while (at-- > 0 && list[at].host == inner->host &&
	    inner->start - list[at].start <= NEST_MAX_US) {
		const struct interval *outer = &list[at];

		if (outer->profile != inner->profile &&
		    outer->start < inner->start &&
		    outer->until > inner->until &&
		    inner->until > inner->start &&
		    !same_issuer(c, outer->issuer_way, inner->issuer_way))
			return true;
	}
	return false;
}

static bool
is_proxy(const struct collector *c, const struct endpoint *e)
{
	for (size_t i = 0; i < c->n_proxies; i++)
		if (c->proxies[i].family == e->family &&
		    memcmp(c->proxies[i].address, e->address,
		    sizeof(e->address)) == 0)
			return true;
	return false;
}

static void
mark_legs(struct collector *c, const uint32_t *nested, const uint32_t *all)
{
	uint32_t least = c->n_profiles <= FEW_PROFILES ? 1 : NESTED_MIN;

	for (size_t i = 1; i < c->n_profiles; i++) {
		struct profile_slot *p = &c->profiles[i];

		if (is_proxy(c, &p->address) || (nested[i] >= least &&
		    nested[i] * 100ULL >= all[i] * (uint64_t)NESTED_PERCENT))
			p->leg = LEG_SERVER;
	}
}

void
pair_legs(struct collector *c)
{
	uint32_t *nested = mem_zero(c->n_profiles, sizeof(*nested));
	uint32_t *all = mem_zero(c->n_profiles, sizeof(*all));
	struct interval *list;
	size_t n = list_intervals(c, &list);

	for (size_t i = 0; i < n; i++) {
		all[list[i].profile]++;
		nested[list[i].profile] += is_nested(c, list, i);
	}
	mark_legs(c, nested, all);
	free(list);
	free(nested);
	free(all);
}
