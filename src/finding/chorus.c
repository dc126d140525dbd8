/*
 * Choruses: what loud spots say alike, once they are too many.
 *
 * A host that many clients refuse tells its cause after a few of them.  Of a
 * thousand that fail in the same way, and that all accept others, one will do:
 * it is judged, and stands for all.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "finding/tables.h"

enum {
	DOMAINS_MIN = 2, /* that a profile accepts elsewhere */
	DOMAINS_FEW = 9, /* that it rejects, in logs of failures only */
	WAYS_LOOKED_AT = 16
};

/* Was a profile accepted here at other times, as a quiet spot or one of the host's
 * crowds tells? */
static bool
was_accepted(const struct collector *c, uint32_t host, uint32_t profile)
{
	struct sighting s = { .host = host, .profile = profile };

	for (; s.way < c->n_ways && s.way < WAYS_LOOKED_AT; s.way++)
		if (spot_find_quiet(c, &s) != NULL)
			return true;
	for (uint32_t at = c->hosts[host].crowd; at != 0;
	    at = c->crowds[at - 1].next)
		if (tags_has(&c->folded_pairs, tags_hash(host, profile,
		    c->crowds[at - 1].way)))
			return true;
	return false;
}

/* All attempts of a spot, and how many of them were clicked through. */
static struct attempts
count_attempts(const struct collector *c, const struct spot *s,
    uint64_t *clicked)
{
	struct attempts sum = { 0 };

	if (s->folded != 0)
		sum = c->folded[s->folded - 1].attempts;
	*clicked = attempt_count(&c->attempts, &s->attempts, &sum);
	return sum;
}

/* How many bits a number has. */
static unsigned
magnitude(uint32_t n)
{
	return n > 0 ? 32 - (unsigned)__builtin_clz(n) : 0;
}

/* What tells spots of one host and way apart: what failed, in which program, about
 * how often, and the same of what was accepted.  It is equal in each run. */
static uint64_t
kind_of(const struct collector *c, const struct spot *s,
    const struct attempts *a, bool mixed)
{
	const struct profile_slot *p = &c->profiles[s->profile];
	uint64_t kind = 0;

	if (p->fingerprint.n > 0 || p->agent.n > 0)
		kind = p->program_number;
	for (uint32_t at = s->trouble; at != 0; at = c->troubles[at - 1].next)
		kind += tags_hash(1, c->troubles[at - 1].pattern, 0);
	kind += tags_hash(2, magnitude(a->rejected), magnitude(a->refused));
	kind += tags_hash(3, magnitude(a->accepted), mixed);
	return kind;
}

/* Is it the host's fault, rather than the client's? */
static bool
is_fine_elsewhere(const struct collector *c, const struct profile_slot *p)
{
	if (totals_failures_only(&c->report->totals))
		return __builtin_popcountll(p->failed_domains) <= DOMAINS_FEW;
	return __builtin_popcountll(p->folded_domains) >= DOMAINS_MIN;
}

/* May it be one of many?  Not where its times are looked at, nor where its like
 * decides between the host's fault and the client's. */
static bool
is_plain(const struct collector *c, const struct spot *s,
    const struct attempts *a, uint64_t clicked)
{
	const struct profile_slot *p = &c->profiles[s->profile];

	if (c->ways[s->way].told == INTERCEPTION_UNKNOWN &&
	    s->attempts.took > 0)
		return false;
	return is_fine_elsewhere(c, p) && a->idle == 0 && clicked == 0 &&
	    !attempt_periodic(&c->attempts, &s->attempts);
}

static uint64_t
chorus_hash(uint32_t host, uint32_t way, uint64_t kind)
{
	return hash_u64(spot_hash(host, 0, way) ^ kind);
}

static uint32_t
find(const struct collector *c, const struct spot *s, uint64_t kind)
{
	uint64_t hash = chorus_hash(s->host, s->way, kind);
	size_t at = index_start(&c->chorus_index, hash);
	int64_t found;

	while ((found = index_next(&c->chorus_index, hash, &at)) >= 0) {
		const struct chorus *o = &c->choruses[found];

		if (o->kind == kind && o->spot.host == s->host &&
		    o->spot.way == s->way)
			return (uint32_t)found + 1;
	}
	return 0;
}

static uint32_t
add(struct collector *c, const struct spot *s, uint64_t kind, bool mixed)
{
	c->choruses = mem_grow(c->choruses, c->n_choruses, &c->choruses_room,
	    sizeof(*c->choruses));
	c->choruses[c->n_choruses] = (struct chorus){
		.kind = kind, .mixed = mixed, .spot = {
			.host = s->host, .way = s->way,
			.first = CLOCK_UNKNOWN, .last = CLOCK_UNKNOWN } };
	index_add(&c->chorus_index, chorus_hash(s->host, s->way, kind),
	    (uint32_t)c->n_choruses);
	return (uint32_t)++c->n_choruses;
}

/* By what a client that joined a chorus is known again; a profile where no client
 * is told. */
static uint64_t
member_tag(const struct collector *c, const struct spot *s, uint64_t kind)
{
	uint32_t client = c->profiles[s->profile].client_number;

	return tags_hash(s->host, client != 0 ? client : ~s->profile,
	    s->way) ^ kind;
}

static void
join(struct collector *c, struct chorus *o, const struct spot *s)
{
	uint64_t tag = member_tag(c, s, o->kind);

	if (o->n_clients > 0 && tags_has(&c->joined_pairs, tag))
		return;
	tags_add(&c->joined_pairs, tag);
	o->n_clients++;
	if (o->singers != 0 && (o->n_clients > CHORUS_SINGERS_MAX ||
	    c->n_singers >= SINGERS_MAX))
		return;
	c->singers = mem_grow(c->singers, c->n_singers, &c->singers_room,
	    sizeof(*c->singers));
	c->singers[c->n_singers] = (struct singer){ s->profile, o->singers };
	o->singers = (uint32_t)++c->n_singers;
}

/* Count the attempts of one as those of the other. */
static void
fold_attempts(struct collector *c, struct spot *to, struct spot *from)
{
	struct folded *sum, *own;

	if (to->folded == 0) {
		to->folded = from->folded;
		from->folded = 0;
	}
	sum = spot_folded(c, to);
	if (from->folded != 0) {
		own = &c->folded[from->folded - 1];
		attempts_add(&sum->attempts, &own->attempts);
		pulse_move(&c->pulses, &sum->rejected, &own->rejected);
		spot_give_folded(c, from);
	}
	if (from->attempts.marks == 0)
		return;
	for (const struct attempt *a = &from->attempts; a != NULL;
	    a = attempt_older(&c->attempts, a))
		spot_fold_attempt(c, sum, a);
	attempt_free(&c->attempts, &from->attempts);
}

static void
add_spot(struct collector *c, struct spot *to, struct spot *from)
{
	fold_attempts(c, to, from);
	trouble_move(c, to, from);
	to->accepted += from->accepted;
	to->bytes += from->bytes;
	to->accepted_mismatch += from->accepted_mismatch;
	leaf_join(&to->leaf, &from->leaf);
	clock_widen(&to->first, &to->last, from->first, from->last);
}

void
chorus_fetch(const struct collector *c, const struct spot *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		fetch(&c->hosts[s[i].host], 1);
		fetch(&c->profiles[s[i].profile], sizeof(*c->profiles));
		fetch(&c->troubles[s[i].trouble - 1], 1);
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t crowd = c->hosts[s[i].host].crowd;

		if (crowd == 0)
			continue;
		fetch(&c->crowds[crowd - 1], 1);
		tags_fetch(&c->folded_pairs, tags_hash(s[i].host,
		    s[i].profile, s[i].way));
	}
}

bool
chorus_take(struct collector *c, struct spot *s, bool known)
{
	uint64_t clicked, kind;
	struct attempts a = count_attempts(c, s, &clicked);
	bool mixed;
	uint32_t number;

	if (!is_plain(c, s, &a, clicked))
		return false;
	mixed = a.accepted > 0 || was_accepted(c, s->host, s->profile);
	kind = kind_of(c, s, &a, mixed);
	if (known && !tags_has(&c->joined_pairs, member_tag(c, s, kind)))
		return false;
	number = find(c, s, kind);
	if (number == 0 && (known || c->n_choruses == LOUD_SPOTS_MAX))
		return false;
	if (number == 0)
		number = add(c, s, kind, mixed);
	join(c, &c->choruses[number - 1], s);
	add_spot(c, &c->choruses[number - 1].spot, s);
	return true;
}

/* Has a profile failed in another way at this host since? */
static bool
has_own_spot(const struct collector *c, const struct chorus *o,
    uint32_t profile)
{
	struct sighting s = { .host = o->spot.host, .profile = profile,
		.way = o->spot.way };

	return spot_find_loud(c, &s) != NULL;
}

/* Some of a chorus: how many, and one of them, the last that joined and did
 * nothing else. */
struct part {
	uint32_t n;
	uint32_t profile;
	bool found;
};

/* Those that are accepted at other times, and those that are not. */
static void
part_singers(const struct collector *c, const struct chorus *o,
    struct part parts[2])
{
	uint32_t crowd = c->hosts[o->spot.host].crowd;

	for (uint32_t at = o->singers; crowd != 0 && at != 0;
	    at = c->singers[at - 1].next)
		tags_fetch(&c->folded_pairs, tags_hash(o->spot.host,
		    c->singers[at - 1].profile, c->crowds[crowd - 1].way));
	for (uint32_t at = o->singers; at != 0; at = c->singers[at - 1].next) {
		uint32_t profile = c->singers[at - 1].profile;
		struct part *part = &parts[was_accepted(c, o->spot.host,
		    profile)];

		if (part->n++ == 0)
			part->profile = profile;
		if (part->found || has_own_spot(c, o, profile))
			continue;
		part->profile = profile;
		part->found = true;
	}
}

static uint32_t
take_share(uint32_t *all, uint32_t n, uint32_t of)
{
	uint32_t part = (uint32_t)((uint64_t)*all * n / of);

	*all -= part;
	return part;
}

/* So many of all were accepted since: what failed is theirs in that proportion. */
static void
split(struct collector *c, struct chorus *o, const struct part *later,
    uint32_t all)
{
	struct spot part = { .host = o->spot.host, .way = o->spot.way,
		.profile = later->profile, .leaf = o->spot.leaf,
		.first = o->spot.first, .last = o->spot.last };
	struct folded *to = spot_folded(c, &part), *from;
	uint32_t n = later->n;

	/* There is one already, so that they stay where they are. */
	from = spot_folded(c, &o->spot);
	to->attempts = (struct attempts){
		.rejected = take_share(&from->attempts.rejected, n, all),
		.refused = take_share(&from->attempts.refused, n, all),
		.network = take_share(&from->attempts.network, n, all),
		.other = take_share(&from->attempts.other, n, all) };
	to->n_profiles = take_share(&o->n_clients, n, all);
	from->n_profiles = o->n_clients;
	trouble_share_out(c, &part, &o->spot, n, all);
	spot_append(&c->loud, &part);
}

static void
settle(struct collector *c, struct chorus *o)
{
	struct part parts[2] = { { 0 } };
	const struct part *same = &parts[o->mixed];
	const struct part *others = &parts[!o->mixed];

	/* Tags that were forgotten count some twice. */
	if (o->n_clients >= c->n_profiles)
		o->n_clients = (uint32_t)c->n_profiles - 1;
	part_singers(c, o, parts);
	c->clients_joined |= o->n_clients > 1;
	spot_folded(c, &o->spot)->n_profiles = o->n_clients;
	if (same->n > 0 && others->n > 0 && !o->mixed)
		split(c, o, others, same->n + others->n);
	o->spot.profile = same->n > 0 ? same->profile : others->profile;
	spot_append(&c->loud, &o->spot);
}

void
choruses_settle(struct collector *c)
{
	for (size_t i = 0; i < c->n_choruses; i++)
		settle(c, &c->choruses[i]);
	free(c->choruses);
	free(c->singers);
	index_free(&c->chorus_index);
	c->choruses = NULL;
	c->singers = NULL;
}
