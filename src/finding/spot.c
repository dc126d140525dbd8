/*
 * The collector's spots: found by host, profile and way; folded where there are
 * too many.
 *
 * What is lost by folding is which profile accepted which host; that each of
 * them accepts others, and how many accept this one, stays.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "finding/tables.h"

/* In tokens: the rest is a number among the loud spots or the crowds. */
#define LOUD (1U << 30)
#define CROWD (1U << 31)

/* The smallest, whatever came first. */
static void
leaf_join(struct leaf_facts *l, const struct leaf_facts *other)
{
	if (other->spki != 0 && (l->spki == 0 || other->spki < l->spki))
		l->spki = other->spki;
	l->forged |= other->forged;
	if (other->len != 0 && (l->len == 0 || other->len < l->len)) {
		l->len = other->len;
		l->verify_len = other->verify_len;
	}
}

/* What is counted and forgotten of a spot. */
static struct folded *
folded_of(struct collector *c, struct spot *s)
{
	if (s->folded != 0)
		return &c->folded[s->folded - 1];
	if (c->unused_folded != 0) {
		s->folded = c->unused_folded;
		c->unused_folded = c->folded[s->folded - 1].next;
	} else {
		c->folded = mem_grow(c->folded, c->n_folded, &c->folded_room,
		    sizeof(*c->folded));
		s->folded = (uint32_t)++c->n_folded;
	}
	c->folded[s->folded - 1] = (struct folded){ 0 };
	return &c->folded[s->folded - 1];
}

void
spot_add(struct collector *c, struct spot *spot, const struct sighting *s)
{
	if (s->start == CLOCK_UNKNOWN) {
		attempt_tally(s->mark, &folded_of(c, spot)->attempts);
	} else {
		clock_widen(&spot->first, &spot->last, s->start, s->end);
		attempt_add(&c->attempts, &spot->attempts, (struct moment){
		    s->start / 1000, s->until / 1000, s->mark });
		if (s->start / 1000 > c->newest)
			c->newest = s->start / 1000;
	}
	leaf_join(&spot->leaf, &s->leaf);
	if (s->mark == ATTEMPT_DATA) {
		spot->accepted += s->count;
		spot->bytes += s->bytes;
		spot->accepted_mismatch += s->mismatch ? s->count : 0;
	}
}

/* None of the numbers reaches into the next. */
static inline uint64_t
hash_spot(uint32_t host, uint32_t profile, uint32_t way)
{
	return hash_u64((uint64_t)host << 32 ^ (uint64_t)way << 18 ^ profile);
}

void
spot_fetch_index(const struct collector *c, const struct sighting *s)
{
	uint64_t hash = hash_spot(s->host_number, s->profile_number, s->way);

	index_fetch(&c->quiet.index, hash);
	if (c->hosts[s->host_number].fails)
		index_fetch(&c->loud.index, hash);
}

void
spot_fetch(const struct collector *c, const struct sighting *s)
{
	uint64_t hash = hash_spot(s->host_number, s->profile_number, s->way);
	const struct spot_table *const tables[] = { &c->quiet, &c->loud };
	int n = c->hosts[s->host_number].fails ? 2 : 1;

	for (int i = 0; i < n; i++) {
		size_t at = index_start(&tables[i]->index, hash);
		int64_t found = index_next(&tables[i]->index, hash, &at);

		if (found >= 0)
			fetch(&tables[i]->at[found], sizeof(struct spot));
	}
}

static struct spot *
find(const struct spot_table *t, uint64_t hash, const struct sighting *s)
{
	size_t at = index_start(&t->index, hash);
	int64_t found;

	while ((found = index_next(&t->index, hash, &at)) >= 0)
		if (t->at[found].host == s->host_number &&
		    t->at[found].profile == s->profile_number &&
		    t->at[found].way == s->way)
			return &t->at[found];
	return NULL;
}

static struct spot *
add(struct spot_table *t, uint64_t hash, const struct spot *new)
{
	t->at = mem_grow(t->at, t->n, &t->room, sizeof(*t->at));
	t->at[t->n] = *new;
	index_add(&t->index, hash, (uint32_t)t->n);
	return &t->at[t->n++];
}

struct spot *
spot_of(struct collector *c, const struct sighting *s)
{
	uint64_t hash = hash_spot(s->host_number, s->profile_number, s->way);
	struct spot *found = find(&c->quiet, hash, s);
	struct spot new;

	if (found == NULL && c->hosts[s->host_number].fails)
		found = find(&c->loud, hash, s);
	if (found != NULL)
		return found;
	new = (struct spot){ .host = s->host_number,
		.profile = s->profile_number, .way = s->way,
		.first = CLOCK_UNKNOWN, .last = CLOCK_UNKNOWN };
	if (c->keeps_tokens) {
		c->tokens = mem_grow(c->tokens, c->n_tokens, &c->tokens_room,
		    sizeof(*c->tokens));
		c->tokens[c->n_tokens++] = (uint32_t)c->quiet.n;
		new.token = (uint32_t)c->n_tokens;
	}
	return add(&c->quiet, hash, &new);
}

static void
give_folded(struct collector *c, struct spot *s)
{
	if (s->folded == 0)
		return;
	c->folded[s->folded - 1].next = c->unused_folded;
	c->unused_folded = s->folded;
	s->folded = 0;
}

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
	c->crowds = mem_grow(c->crowds, c->n_crowds, &c->crowds_room,
	    sizeof(*c->crowds));
	c->crowds[c->n_crowds] = (struct crowd){ .host = host, .way = way,
		.first = CLOCK_UNKNOWN, .last = CLOCK_UNKNOWN,
		.next = h->crowd };
	h->crowd = (uint32_t)++c->n_crowds;
	return &c->crowds[c->n_crowds - 1];
}

struct spot *
spot_turn_loud(struct collector *c, struct spot *s)
{
	uint64_t hash = hash_spot(s->host, s->profile, s->way);
	struct spot *loud = add(&c->loud, hash, s);

	if (s->token != 0)
		c->tokens[s->token - 1] = (uint32_t)(c->loud.n - 1) | LOUD;
	c->hosts[s->host].fails = true;
	/* Its place stays until the quiet ones are folded. */
	*s = (struct spot){ .host = NOBODY };
	return loud;
}

/* Put what a quiet spot counted to the crowd. */
static void
fold_spot(struct collector *c, struct spot *s)
{
	struct profile_slot *p = &c->profiles[s->profile];
	struct crowd *into = crowd_of(c, s->host, s->way);
	struct attempts counts = { 0 };

	attempt_count(&c->attempts, &s->attempts, &counts);
	attempt_free(&c->attempts, &s->attempts);
	if (s->folded != 0)
		counts.accepted += c->folded[s->folded - 1].attempts.accepted;
	give_folded(c, s);
	into->attempts += counts.accepted;
	into->members.bits[s->profile % MEMBERS_BITS / 64] |=
	    1ULL << s->profile % 64;
	into->accepted += s->accepted;
	into->bytes += s->bytes;
	into->accepted_mismatch += s->accepted_mismatch;
	clock_widen(&into->first, &into->last, s->first, s->last);
	leaf_join(&into->leaf, &s->leaf);
	p->folded_accepted += counts.accepted;
	p->folded_domains |= 1ULL << c->hosts[s->host].domain % 64;
	tags_add(&c->folded_pairs, tags_hash(s->host, s->profile, into->way));
	if (s->token != 0)
		c->tokens[s->token - 1] = (uint32_t)(into - c->crowds) | CROWD;
}

/* Have memory fetched that fold_spot will read: first what the spots lead to,
 * then what that leads to. */
static void
fold_fetch(const struct collector *c, const struct spot *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i].host == NOBODY)
			continue;
		fetch(&c->hosts[s[i].host], 1);
		tags_fetch(&c->folded_pairs, tags_hash(s[i].host,
		    s[i].profile, s[i].way));
	}
	for (size_t i = 0; i < n; i++) {
		uint32_t crowd;

		if (s[i].host == NOBODY)
			continue;
		fetch(&c->profiles[s[i].profile].folded_accepted, 1);
		crowd = c->hosts[s[i].host].crowd;
		if (crowd != 0)
			fetch(&c->crowds[crowd - 1], sizeof(*c->crowds));
	}
}

/* In a table whose index is made anew, a spot moves to where there is room.
 * table is what tokens call the table by. */
static void
move_spot(struct collector *c, struct spot_table *t, size_t from, size_t to,
    uint32_t table)
{
	struct spot *s = &t->at[from];

	if (s->token != 0)
		c->tokens[s->token - 1] = (uint32_t)to | table;
	index_add(&t->index, hash_spot(s->host, s->profile, s->way),
	    (uint32_t)to);
	if (from != to)
		t->at[to] = *s;
}

/* Those of hosts that somebody fails at only where it has to be, since contrast
 * looks there. */
enum fold { FOLD_NONE, FOLD_CALM_HOSTS, FOLD_ALL };

/* Fold quiet spots, and close the gaps that those which turned loud left. */
static void
fold_spots(struct collector *c, enum fold which)
{
	struct spot_table *t = &c->quiet;
	size_t kept = 0;

	index_clear(&t->index);
	for (size_t i = 0; i < t->n; i++) {
		struct spot *s = &t->at[i];

		if (i % WAITING_MAX == 0)
			fold_fetch(c, s, t->n - i < WAITING_MAX ? t->n - i :
			    WAITING_MAX);
		if (s->host == NOBODY)
			continue;
		if (which == FOLD_ALL || (which == FOLD_CALM_HOSTS &&
		    !c->hosts[s->host].fails)) {
			fold_spot(c, s);
			continue;
		}
		move_spot(c, t, i, kept++, 0);
	}
	t->n = kept;
	c->spots_folded |= which != FOLD_NONE;
}

static void
fold_many(struct collector *c)
{
	if (!c->all_folded)
		fold_spots(c, FOLD_CALM_HOSTS);
	/* Once that was not enough, it will not be again. */
	c->all_folded |= c->quiet.n > QUIET_SPOTS_MAX / 2;
	if (c->all_folded)
		fold_spots(c, FOLD_ALL);
}

static void
fold_table(struct collector *c, struct spot_table *t, int64_t before)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->at[i].attempts.next != 0)
			attempt_fold(&c->attempts, &t->at[i].attempts, before,
			    &folded_of(c, &t->at[i])->attempts);
}

/* Too many attempts: count those that are old enough not to grow any more. */
static void
fold_attempts(struct collector *c)
{
	int64_t before = c->newest - FOLD_AGE;

	for (int pass = 0; pass < 2; pass++) {
		fold_table(c, &c->quiet, before);
		fold_table(c, &c->loud, before);
		if (c->attempts.n_used < ATTEMPTS_MAX / 2)
			break;
		before = INT64_MAX;
	}
	c->attempts_folded = true;
}

static int
compare_times(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return (a > b) - (a < b);
}

/* When half of the loud spots had ended, and how many of those that ended then
 * belong to that half. */
static int64_t
middle_time(const struct spot_table *t, size_t *n_then)
{
	int64_t *times = mem_zero(t->n, sizeof(*times)), middle;
	size_t half = t->n / 2;

	for (size_t i = 0; i < t->n; i++)
		times[i] = t->at[i].last;
	qsort(times, t->n, sizeof(*times), compare_times);
	middle = times[half];
	for (*n_then = 0; *n_then < half &&
	    times[half - 1 - *n_then] == middle; ++*n_then)
		;
	free(times);
	return middle;
}

static void
drop_spot(struct collector *c, struct spot *s)
{
	trouble_drop(c, s);
	if (s->accepted > 0) {
		fold_spot(c, s);
		return;
	}
	attempt_free(&c->attempts, &s->attempts);
	give_folded(c, s);
	if (s->token != 0)
		c->tokens[s->token - 1] = NOWHERE;
}

/*
 * Too many failures: forget the older half, so that what begins to fail after
 * months is seen.  What the same spots accepted goes to the crowds.
 */
static void
drop_failures(struct collector *c)
{
	struct spot_table *t = &c->loud;
	size_t kept = 0, n_then;
	int64_t before = middle_time(t, &n_then);

	index_clear(&t->index);
	for (size_t i = 0; i < t->n; i++) {
		struct spot *s = &t->at[i];

		if (s->last < before || (s->last == before && n_then > 0)) {
			n_then -= s->last == before;
			drop_spot(c, s);
			continue;
		}
		move_spot(c, t, i, kept++, LOUD);
	}
	t->n = kept;
	c->failures_dropped = true;
}

void
spot_make_room(struct collector *c)
{
	if (c->loud.n >= LOUD_SPOTS_MAX)
		drop_failures(c);
	if (c->quiet.n >= QUIET_SPOTS_MAX)
		fold_many(c);
	if (c->attempts.n_used >= ATTEMPTS_MAX)
		fold_attempts(c);
}

/* In the table of all, quiet spots come first, then loud ones. */
static void
settle_tokens(struct collector *c, size_t first_loud, size_t first_crowd)
{
	for (size_t i = 0; i < c->n_tokens; i++) {
		uint32_t number = c->tokens[i] & ~(LOUD | CROWD);

		if (c->tokens[i] == NOWHERE)
			continue;
		if ((c->tokens[i] & LOUD) != 0)
			number += (uint32_t)first_loud;
		if ((c->tokens[i] & CROWD) != 0)
			number += (uint32_t)first_crowd;
		c->tokens[i] = number;
	}
}

static void
spot_of_crowd(struct collector *c, struct spot *s, const struct crowd *crowd)
{
	*s = (struct spot){ .host = crowd->host, .profile = FOLDED_PROFILE,
		.way = crowd->way, .accepted = crowd->accepted,
		.bytes = crowd->bytes,
		.accepted_mismatch = crowd->accepted_mismatch,
		.leaf = crowd->leaf, .first = crowd->first,
		.last = crowd->last };
	s->n_profiles = count_members(&crowd->members, c->n_profiles);
	folded_of(c, s)->attempts.accepted = crowd->attempts;
}

static struct spot *
append(struct spot_table *t)
{
	t->at = mem_grow(t->at, t->n, &t->room, sizeof(*t->at));
	return &t->at[t->n++];
}

/*
 * What failed may have been accepted before, by a spot that was folded since:
 * take one back of the crowd, so that it is not thought never to have been.
 */
static void
recall(struct collector *c, uint32_t host, uint32_t profile)
{
	for (uint32_t at = c->hosts[host].crowd; at != 0;
	    at = c->crowds[at - 1].next) {
		struct crowd *from = &c->crowds[at - 1];
		struct spot *s;

		if (from->attempts == 0 || !tags_has(&c->folded_pairs,
		    tags_hash(host, profile, from->way)))
			continue;
		from->attempts--;
		from->accepted--;
		c->profiles[profile].folded_accepted--;
		s = append(&c->spots);
		*s = (struct spot){ .host = host, .profile = profile,
			.way = from->way, .accepted = 1,
			.first = CLOCK_UNKNOWN, .last = CLOCK_UNKNOWN };
		folded_of(c, s)->attempts.accepted = 1;
	}
}

void
spot_settle(struct collector *c)
{
	struct spot_table *t = &c->spots;
	size_t n_quiet;

	fold_spots(c, c->spots_folded ? FOLD_CALM_HOSTS : FOLD_NONE);
	if (c->quiet.n > QUIET_SPOTS_MAX / 2)
		fold_spots(c, FOLD_ALL);
	*t = c->quiet;
	c->quiet = (struct spot_table){ 0 };
	n_quiet = t->n;
	for (size_t i = 0; i < c->loud.n; i++)
		*append(t) = c->loud.at[i];
	for (size_t i = 0; i < c->loud.n; i++)
		recall(c, c->loud.at[i].host, c->loud.at[i].profile);
	settle_tokens(c, n_quiet, t->n);
	for (size_t i = 0; i < t->n; i++)
		t->at[i].n_profiles = 1;
	for (size_t i = 0; i < c->n_crowds; i++)
		spot_of_crowd(c, append(t), &c->crowds[i]);
	free(c->loud.at);
	free(c->crowds);
	c->loud.at = NULL;
	c->crowds = NULL;
	index_free(&t->index);
	index_free(&c->loud.index);
	index_free(&c->host_index);
	index_free(&c->profile_index);
	index_free(&c->way_index);
	index_free(&c->pattern_index);
}
