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
	FEW_PROFILES = 3, /* FOLDED_PROFILE among them */
	/* Attempts at the host that began before: there is a place to be nested
	 * in among so many, or being in one is chance. */
	OUTER_MAX = 1000
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

struct intervals {
	struct interval *at;
	size_t n, room;
};

static void
add_intervals(struct intervals *list, const struct collector *c,
    const struct spot_table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct spot *s = &t->at[i];

		if (s->host == NOBODY || c->ways[s->way].leg == LEG_SERVER)
			continue;
		for (const struct attempt *a = &s->attempts;
		    a != NULL && a->marks != 0;
		    a = attempt_older(&c->attempts, a)) {
			list->at = mem_grow(list->at, list->n, &list->room,
			    sizeof(*list->at));
			list->at[list->n++] = (struct interval){ s->host,
				s->profile, s->way, a->start,
				a->start + a->took };
		}
	}
}

/* Only what takes time can be nested, and most logs do not tell. */
static bool
any_takes_time(const struct collector *c, const struct spot_table *t)
{
	for (size_t i = 0; i < t->n; i++)
		for (const struct attempt *a = &t->at[i].attempts; a != NULL;
		    a = attempt_older(&c->attempts, a))
			if (a->took > 0)
				return true;
	return false;
}

/* A log that tells of interception is that of the interceptor, and its clients
 * are no server legs. */
static bool
legs_are_told(const struct collector *c)
{
	for (size_t i = 0; i < c->n_ways; i++)
		if (c->ways[i].told == INTERCEPTION_UNKNOWN)
			return false;
	return true;
}

/* Both saw a certificate of one issuer: then both are clients. */
static bool
same_issuer(const struct collector *c, uint32_t a, uint32_t b)
{
	return c->ways[a].issuer.n > 0 &&
	    c->ways[a].issuer.at == c->ways[b].issuer.at;
}

/* How often a profile, a program or a client was inside or around others. */
struct nesting {
	uint32_t all, inner, outer;
};

/* Find an earlier attempt of another profile that an attempt is nested in;
 * returns its profile, or -1. */
static long
find_outer(const struct collector *c, const struct interval *list, size_t at)
{
	const struct interval *inner = &list[at];
	size_t end = at > OUTER_MAX ? at - OUTER_MAX : 0;

	if (inner->until <= inner->start)
		return -1;
	while (at-- > end && list[at].host == inner->host &&
	    inner->start - list[at].start <= NEST_MAX_US) {
		const struct interval *outer = &list[at];

		if (outer->profile != inner->profile &&
		    outer->start < inner->start &&
		    outer->until > inner->until &&
		    !same_issuer(c, outer->issuer_way, inner->issuer_way))
			return (long)outer->profile;
	}
	return -1;
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

static bool
is_inner(const struct nesting *n, uint32_t least)
{
	return n->inner >= least && n->inner * 100ULL >=
	    n->all * (uint64_t)NESTED_PERCENT;
}

/*
 * What is nested by itself; what is nested as often as it was seen and is a
 * program that is nested on other clients (an interceptor may keep its clients'
 * addresses, and its library may be that of other programs); what comes from a
 * client whose other programs are and which never asks for itself.
 */
static void
mark_legs(struct collector *c, const struct nesting *profiles,
    const struct nesting *programs)
{
	uint32_t least = c->n_profiles <= FEW_PROFILES ? 1 : NESTED_MIN;
	bool *inner = mem_zero(c->clients.n + 1, sizeof(*inner));
	bool *outer = mem_zero(c->clients.n + 1, sizeof(*outer));

	for (size_t i = 1; i < c->n_profiles; i++) {
		struct profile_slot *p = &c->profiles[i];

		if (is_proxy(c, &p->address) || is_inner(&profiles[i], least) ||
		    (profiles[i].inner > 0 &&
		    profiles[i].inner == profiles[i].all &&
		    is_inner(&programs[p->program_number], NESTED_MIN)))
			p->leg = LEG_SERVER;
		inner[p->client_number] |= p->leg == LEG_SERVER;
		outer[p->client_number] |= profiles[i].outer > 0;
	}
	for (size_t i = 1; i < c->n_profiles; i++) {
		struct profile_slot *p = &c->profiles[i];

		if (inner[p->client_number] && !outer[p->client_number])
			p->leg = LEG_SERVER;
	}
	free(inner);
	free(outer);
}

void
pair_legs(struct collector *c)
{
	struct nesting *profiles = mem_zero(c->n_profiles, sizeof(*profiles));
	struct nesting *programs = mem_zero(c->fingerprints.n + 1,
	    sizeof(*programs));
	struct intervals list = { 0 };

	if (!legs_are_told(c) && (any_takes_time(c, &c->quiet) ||
	    any_takes_time(c, &c->loud))) {
		add_intervals(&list, c, &c->quiet);
		add_intervals(&list, c, &c->loud);
	}
	if (list.n > 0)
		qsort(list.at, list.n, sizeof(*list.at), by_host_and_start);
	for (size_t i = 0; i < list.n; i++) {
		uint32_t at = list.at[i].profile;
		struct nesting *program =
		    &programs[c->profiles[at].program_number];
		long outer = find_outer(c, list.at, i);

		profiles[at].all++;
		program->all++;
		if (outer < 0)
			continue;
		profiles[at].inner++;
		program->inner++;
		profiles[outer].outer++;
	}
	mark_legs(c, profiles, programs);
	free(list.at);
	free(profiles);
	free(programs);
}
