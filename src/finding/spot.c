/*
 * The collector's spots, found by host, profile and way.
 */
#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "finding/tables.h"

struct folded *
spot_folded(struct collector *c, struct spot *s)
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
spot_fold_attempt(struct collector *c, struct folded *f,
    const struct attempt *a)
{
	enum attempt_mark result = attempt_result(a);

	attempt_tally(result, &f->attempts);
	if (result == ATTEMPT_ALERT || result == ATTEMPT_SILENT)
		pulse_add(&c->pulses, &f->rejected, a->start, 1);
}

void
spot_add(struct collector *c, struct spot *spot, const struct sighting *s)
{
	if (s->start == CLOCK_UNKNOWN) {
		attempt_tally(s->mark, &spot_folded(c, spot)->attempts);
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
uint64_t
spot_hash(uint32_t host, uint32_t profile, uint32_t way)
{
	return hash_u64((uint64_t)host << 32 ^ (uint64_t)way << 18 ^ profile);
}

/* In which tables spot_of or spot_find_loud will look. */
static int
tables_of(const struct collector *c, const struct sighting *s,
    const struct spot_table *tables[2])
{
	int n = 0;

	if (!s->goes_by)
		tables[n++] = &c->quiet;
	if (c->hosts[s->host].fails)
		tables[n++] = &c->loud;
	return n;
}

void
spot_fetch_index(const struct collector *c, const struct sighting *s)
{
	const struct spot_table *tables[2];

	for (int n = tables_of(c, s, tables); n > 0; n--)
		index_fetch(&tables[n - 1]->index, spot_hash(s->host,
		    s->profile, s->way));
}

void
spot_fetch(const struct collector *c, const struct sighting *s)
{
	const struct spot_table *tables[2];

	for (int n = tables_of(c, s, tables); n > 0; n--) {
		const struct spot_table *t = tables[n - 1];
		uint64_t hash = spot_hash(s->host, s->profile, s->way);
		size_t at = index_start(&t->index, hash);
		int64_t found = index_next(&t->index, hash, &at);

		if (found >= 0)
			fetch(&t->at[found], sizeof(*t->at));
	}
}

static struct spot *
find(const struct spot_table *t, uint64_t hash, const struct sighting *s)
{
	size_t at = index_start(&t->index, hash);
	int64_t found;

	while ((found = index_next(&t->index, hash, &at)) >= 0)
		if (t->at[found].host == s->host &&
		    t->at[found].profile == s->profile &&
		    t->at[found].way == s->way)
			return &t->at[found];
	return NULL;
}

struct spot *
spot_find_quiet(const struct collector *c, const struct sighting *s)
{
	return find(&c->quiet, spot_hash(s->host, s->profile, s->way), s);
}

struct spot *
spot_find_loud(const struct collector *c, const struct sighting *s)
{
	if (!c->hosts[s->host].fails)
		return NULL;
	return find(&c->loud, spot_hash(s->host, s->profile, s->way), s);
}

struct spot *
spot_append(struct spot_table *t, const struct spot *new)
{
	t->at = mem_grow(t->at, t->n, &t->room, sizeof(*t->at));
	t->at[t->n] = *new;
	return &t->at[t->n++];
}

/* Add one that is found by its key; table is what tokens call the table by. */
static struct spot *
add(struct collector *c, struct spot_table *t, const struct spot *new,
    uint32_t table)
{
	if (new->token != 0)
		c->tokens[new->token - 1] = (uint32_t)t->n | table;
	index_add(&t->index, spot_hash(new->host, new->profile, new->way),
	    (uint32_t)t->n);
	return spot_append(t, new);
}

uint32_t
token_new(struct collector *c, uint32_t place)
{
	if (!c->keeps_tokens)
		return 0;
	c->tokens = mem_grow(c->tokens, c->n_tokens, &c->tokens_room,
	    sizeof(*c->tokens));
	c->tokens[c->n_tokens] = place;
	return (uint32_t)++c->n_tokens;
}

static struct spot
spot_new(struct collector *c, const struct sighting *s)
{
	struct spot new = { .host = s->host, .profile = s->profile,
		.way = s->way, .first = CLOCK_UNKNOWN, .last = CLOCK_UNKNOWN };

	new.token = token_new(c, 0);
	return new;
}

struct spot *
spot_of(struct collector *c, const struct sighting *s)
{
	struct spot *found = spot_find_quiet(c, s), new;

	if (found == NULL)
		found = spot_find_loud(c, s);
	if (found != NULL)
		return found;
	new = spot_new(c, s);
	return add(c, &c->quiet, &new, 0);
}

struct spot *
spot_loud(struct collector *c, const struct sighting *s)
{
	struct spot *found = spot_find_loud(c, s), *quiet, new;

	if (found != NULL)
		return found;
	c->hosts[s->host].fails = true;
	c->profiles[s->profile].failed_domains |=
	    1ULL << c->hosts[s->host].domain_bit;
	quiet = spot_find_quiet(c, s);
	if (quiet == NULL) {
		new = spot_new(c, s);
		return add(c, &c->loud, &new, TOKEN_LOUD);
	}
	found = add(c, &c->loud, quiet, TOKEN_LOUD);
	/* Its place stays until the quiet ones are folded. */
	*quiet = (struct spot){ .host = NOBODY };
	return found;
}

void
spot_give_folded(struct collector *c, struct spot *s)
{
	if (s->folded == 0)
		return;
	pulse_drop(&c->pulses, &c->folded[s->folded - 1].rejected);
	c->folded[s->folded - 1].next = c->unused_folded;
	c->unused_folded = s->folded;
	s->folded = 0;
}
