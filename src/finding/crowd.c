/*
 * The crowds of a host: what its quiet spots counted, once they are too many to
 * be kept apart.
 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "finding/tables.h"

/*
 * Of so many bits, those that are set by so many profiles, each of which sets
 * one: linear counting (Whang, Vander-Zanden and Taylor 1990).  Each further
 * bit takes as many profiles as bits there are for each that is free.
 */
static uint32_t
count_members(const struct members *m, size_t n_profiles)
{
	uint32_t n_set = 0, sum = 0;

	for (unsigned i = 0; i < N_ITEMS(m->bits); i++)
		n_set += (uint32_t)__builtin_popcountll(m->bits[i]);
	/* With as many profiles as bits or fewer, none share a bit. */
	if (n_profiles <= MEMBERS_BITS)
		return n_set;
	for (uint32_t i = 0; i < n_set; i++)
		sum += (MEMBERS_BITS << 8) / (MEMBERS_BITS - i);
	sum >>= 8;
	return sum < n_profiles ? sum : (uint32_t)n_profiles - 1;
}

void
crowds_settle(struct collector *c)
{
	for (size_t i = 0; i < c->n_crowds; i++)
		c->crowds[i].n_profiles = count_members(&c->members[i],
		    c->n_profiles);
	free(c->members);
	c->members = NULL;
}

/* The host's crowd of those that went one way, or NULL; *n gets how many it
 * looked at. */
static struct crowd *
find_crowd(const struct collector *c, uint32_t host, uint32_t way, size_t *n)
{
	uint32_t at;

	*n = 0;
	for (at = c->hosts[host].crowd; at != 0; at = c->crowds[at - 1].next) {
		if (c->crowds[at - 1].way == way)
			return &c->crowds[at - 1];
		++*n;
	}
	return NULL;
}

/* The same, which may be new.  One host is met in few ways, unless somebody
 * makes up issuers. */
static struct crowd *
crowd_of(struct collector *c, uint32_t host, uint32_t way)
{
	struct host_slot *h = &c->hosts[host];
	size_t n;
	struct crowd *found = find_crowd(c, host, way, &n);

	if (found == NULL && (n >= HOST_CROWDS_MAX ||
	    c->n_crowds >= CROWDS_MAX)) {
		way = key_way_of_others(c, way);
		found = find_crowd(c, host, way, &n);
	}
	if (found != NULL)
		return found;
	c->crowds = mem_grow_lines(c->crowds, c->n_crowds, &c->crowds_room,
	    sizeof(*c->crowds));
	c->members = mem_grow_lines(c->members, c->n_crowds,
	    &c->members_room, sizeof(*c->members));
	c->members[c->n_crowds] = (struct members){ 0 };
	if (c->keeps_tokens) {
		c->crowd_tokens = mem_grow(c->crowd_tokens, c->n_crowds,
		    &c->crowd_tokens_room, sizeof(*c->crowd_tokens));
		c->crowd_tokens[c->n_crowds] = 0;
	}
	c->crowds[c->n_crowds] = (struct crowd){ .host = host,
		.way = (uint16_t)way,
		.first = CLOCK_UNKNOWN, .last = CLOCK_UNKNOWN,
		.next = h->crowd };
	h->crowd = (uint32_t)++c->n_crowds;
	return &c->crowds[c->n_crowds - 1];
}

/* Attempts of one profile were accepted by a crowd's host; pair is their
 * tags_hash. */
static void
add_accepted(struct collector *c, struct crowd *into, uint32_t profile,
    uint64_t pair, uint32_t attempts)
{
	struct profile_slot *p = &c->profiles[profile];

	into->attempts += attempts;
	c->members[into - c->crowds].bits[profile % MEMBERS_BITS / 64] |=
	    1ULL << profile % 64;
	p->folded_accepted += attempts;
	p->folded_domains |= 1ULL << c->hosts[into->host].domain_bit;
	tags_add(&c->folded_pairs, pair);
}

void
crowd_fetch(const struct collector *c, struct sighting *s)
{
	uint32_t crowd = c->hosts[s->host].crowd;

	s->pair = tags_hash(s->host, s->profile, s->way);
	recent_fetch(&c->recent, s->pair);
	tags_fetch(&c->folded_pairs, s->pair);
	if (crowd == 0)
		return;
	fetch(&c->crowds[crowd - 1], sizeof(*c->crowds));
	fetch(&c->members[crowd - 1], sizeof(*c->members));
}

/* Does it begin an attempt? */
static bool
begins(struct collector *c, const struct sighting *s)
{
	int64_t start = s->start / 1000;

	if (s->start == CLOCK_UNKNOWN)
		return true;
	if (start > c->newest)
		c->newest = start;
	return recent_add(&c->recent, s->pair, start);
}

uint32_t
crowd_token(struct collector *c, uint32_t crowd)
{
	if (c->keeps_tokens && c->crowd_tokens[crowd] == 0)
		c->crowd_tokens[crowd] = token_new(c, crowd | TOKEN_CROWD);
	return c->keeps_tokens ? c->crowd_tokens[crowd] : 0;
}

uint32_t
crowd_add(struct collector *c, const struct sighting *s)
{
	struct crowd *into = crowd_of(c, s->host, s->way);

	into->accepted += s->count;
	into->bytes += s->bytes;
	into->accepted_mismatch += s->mismatch ? s->count : 0;
	leaf_join(&into->leaf, &s->leaf);
	clock_widen(&into->first, &into->last, s->start, s->end);
	if (begins(c, s))
		add_accepted(c, into, s->profile, into->way == s->way ?
		    s->pair : tags_hash(s->host, s->profile, into->way), 1);
	return (uint32_t)(into - c->crowds);
}

uint32_t
crowd_add_spot(struct collector *c, const struct spot *s, uint32_t attempts)
{
	struct crowd *into = crowd_of(c, s->host, s->way);

	add_accepted(c, into, s->profile, tags_hash(s->host, s->profile,
	    into->way), attempts);
	into->accepted += s->accepted;
	into->bytes += s->bytes;
	into->accepted_mismatch += s->accepted_mismatch;
	clock_widen(&into->first, &into->last, s->first, s->last);
	leaf_join(&into->leaf, &s->leaf);
	return (uint32_t)(into - c->crowds);
}

bool
crowd_recall(struct collector *c, uint32_t host, uint32_t profile,
    uint32_t crowd)
{
	struct crowd *from = &c->crowds[crowd - 1];

	if (from->attempts == 0 || !tags_has(&c->folded_pairs,
	    tags_hash(host, profile, from->way)))
		return false;
	from->attempts--;
	from->accepted--;
	c->profiles[profile].folded_accepted--;
	return true;
}
