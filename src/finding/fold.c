/*
 * What is done where there are too many spots: quiet ones are folded into the
 * crowds of their hosts, loud ones are put together where they are alike, and of
 * both the attempts that can hardly grow any more become counters.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "finding/tables.h"

/* Put what a quiet spot counted to the crowd. */
static void
fold_spot(struct collector *c, struct spot *s)
{
	struct attempts counts = { 0 };
	uint32_t crowd;

	attempt_count(&c->attempts, &s->attempts, &counts);
	attempt_free(&c->attempts, &s->attempts);
	if (s->folded != 0)
		counts.accepted += c->folded[s->folded - 1].attempts.accepted;
	spot_give_folded(c, s);
	crowd = crowd_add_spot(c, s, counts.accepted);
	if (s->token != 0)
		c->tokens[s->token - 1] = crowd | TOKEN_CROWD;
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
	index_add(&t->index, spot_hash(s->host, s->profile, s->way),
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
	if (kept == 0)
		spot_table_free(t);
	else if (kept < t->room / 2)
		t->at = mem_resize(t->at, t->room = kept * 2, sizeof(*t->at));
}

static void
fold_many(struct collector *c)
{
	if (!c->all_folded)
		fold_spots(c, FOLD_CALM_HOSTS);
	/* Once that was not enough, it will not be again. */
	c->all_folded |= c->quiet.n > QUIET_SPOTS_KEPT;
	if (c->all_folded)
		fold_spots(c, FOLD_ALL);
}

/* A spot whose attempts are forgotten. */
struct forgetful {
	struct collector *c;
	struct spot *spot;
};

static void
forget_attempt(const struct attempt *a, void *arg)
{
	const struct forgetful *f = arg;

	spot_fold_attempt(f->c, spot_folded(f->c, f->spot), a);
}

static void
fold_table(struct collector *c, struct spot_table *t, int64_t before)
{
	for (size_t i = 0; i < t->n; i++) {
		struct forgetful f = { c, &t->at[i] };

		if (f.spot->attempts.next != 0)
			attempt_fold(&c->attempts, &f.spot->attempts, before,
			    forget_attempt, &f);
	}
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
	spot_give_folded(c, s);
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
		move_spot(c, t, i, kept++, TOKEN_LOUD);
	}
	t->n = kept;
	c->failures_dropped = true;
}

/* Put loud spots that are alike together, if they ended before a time; known: if
 * they were before. */
static void
join_alike(struct collector *c, int64_t before, bool known)
{
	struct spot_table *t = &c->loud;
	size_t kept = 0;

	index_clear(&t->index);
	for (size_t i = 0; i < t->n; i++) {
		if (i % WAITING_MAX == 0)
			chorus_fetch(c, &t->at[i], t->n - i < WAITING_MAX ?
			    t->n - i : WAITING_MAX);
		if (t->at[i].last >= before ||
		    !chorus_take(c, &t->at[i], known))
			move_spot(c, t, i, kept++, TOKEN_LOUD);
	}
	t->n = kept;
}

static void
join_many(struct collector *c)
{
	if (c->newest > JOIN_AGE)
		join_alike(c, (c->newest - JOIN_AGE) * 1000, false);
	if (c->loud.n > c->loud_many / 2)
		join_alike(c, INT64_MAX, false);
	c->loud_many = c->loud.n + LOUD_SPOTS_MANY;
}

void
spot_make_room(struct collector *c)
{
	if (c->loud.n >= c->loud_many && !c->keeps_clients)
		join_many(c);
	if (c->loud.n >= LOUD_SPOTS_MAX)
		drop_failures(c);
	if (c->quiet.n >= (c->spots_folded ? QUIET_SPOTS_AGAIN :
	    QUIET_SPOTS_MAX))
		fold_many(c);
	if (c->attempts.n_used >= ATTEMPTS_MAX)
		fold_attempts(c);
}

/*
 * What failed may have been accepted before, by a spot that was folded since:
 * take one back of the crowd, so that it is not thought never to have been.
 */
static void
recall(struct collector *c, struct spot *loud)
{
	for (uint32_t at = c->hosts[loud->host].crowd; at != 0;
	    at = c->crowds[at - 1].next) {
		uint16_t way = (uint16_t)c->crowds[at - 1].way;
		struct spot *to = loud;

		if (!crowd_recall(c, loud->host, loud->profile, at))
			continue;
		if (way != loud->way)
			to = spot_append(&c->quiet, &(struct spot){
			    .host = loud->host, .profile = loud->profile,
			    .way = way, .first = CLOCK_UNKNOWN,
			    .last = CLOCK_UNKNOWN });
		to->accepted++;
		spot_folded(c, to)->attempts.accepted++;
	}
}

/* Quiet spots come first, then loud ones, then crowds. */
static void
settle_tokens(struct collector *c)
{
	for (size_t i = 0; i < c->n_tokens; i++) {
		uint32_t number = c->tokens[i] & ~(TOKEN_LOUD | TOKEN_CROWD);

		if (c->tokens[i] == NOWHERE)
			continue;
		if ((c->tokens[i] & TOKEN_LOUD) != 0)
			number += (uint32_t)c->first_loud;
		if ((c->tokens[i] & TOKEN_CROWD) != 0)
			number += (uint32_t)c->first_crowd;
		c->tokens[i] = number;
	}
}

void
spots_settle(struct collector *c)
{
	fold_spots(c, c->spots_folded ? FOLD_CALM_HOSTS : FOLD_NONE);
	if (c->spots_folded && c->quiet.n > QUIET_SPOTS_KEPT)
		fold_spots(c, FOLD_ALL);
	index_free(&c->host_index);
	index_free(&c->profile_index);
	index_free(&c->way_index);
	index_free(&c->pattern_index);
	recent_free(&c->recent);
	if (c->n_choruses > 0)
		join_alike(c, INT64_MAX, true);
	choruses_settle(c);
	index_free(&c->quiet.index);
	index_free(&c->loud.index);
	for (size_t i = 0; i < c->loud.n; i++)
		recall(c, &c->loud.at[i]);
	crowds_settle(c);
	tags_free(&c->folded_pairs);
	c->first_loud = c->quiet.n;
	c->first_crowd = c->first_loud + c->loud.n;
	settle_tokens(c);
}
