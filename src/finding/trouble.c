/*
 * What a spot keeps of the connections that were not accepted: counts of their
 * traits, and the few handshakes that prove them best.
 */
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "finding/tables.h"

/* What proves most comes first. */
static int
rank(const struct handshake *h)
{
	static const enum attempt_mark order[] = { ATTEMPT_ALERT,
		ATTEMPT_SILENT, ATTEMPT_REFUSED, ATTEMPT_IDLE, ATTEMPT_NETWORK };
	enum attempt_mark mark = trait_mark(h);
	unsigned i;

	for (i = 0; i < N_ITEMS(order) && order[i] != mark; i++)
		;
	return (int)i;
}

static int
compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int
compare(const struct handshake *a, const struct handshake *b)
{
	int order = rank(a) - rank(b);

	if (order == 0)
		order = (a->hello.time > b->hello.time) -
		    (a->hello.time < b->hello.time);
	if (order == 0)
		order = compare_u64(a->input, b->input);
	if (order == 0)
		order = compare_u64(a->hello.record, b->hello.record);
	return order != 0 ? order : compare_u64(a->deciding.record,
	    b->deciding.record);
}

static void
intern(struct pool *pool, struct text *t)
{
	*t = pool_intern(pool, *t);
}

static void
intern_all(struct pool *pool, struct handshake *h)
{
	struct text *const texts[] = { &h->host, &h->user, &h->app, &h->agent,
		&h->device, &h->policy, &h->error, &h->offered.alpn,
		&h->offered.ja4, &h->offered.fingerprint, &h->chosen.alpn,
		&h->chosen.shape };

	for (size_t i = 0; i < N_ITEMS(texts); i++)
		intern(pool, texts[i]);
}

static void
exemplar_fill(struct exemplar *e, struct pool *pool,
    const struct handshake *h)
{
	e->handshake = *h;
	intern_all(pool, &e->handshake);
}

/* One of the bits of a host's shown: patterns are few. */
static uint16_t
pattern_bit(uint32_t pattern)
{
	return (uint16_t)(1U << pattern % 16);
}

/* Is there room for one more of a spot that has n?  Replacing needs none.  What
 * is left goes to what nothing is known of yet. */
static bool
may_keep(const struct collector *c, size_t n, const struct host_slot *host,
    uint32_t pattern)
{
	if (n == EXEMPLARS_MAX || c->n_exemplars < EXEMPLARS_MANY)
		return n > 0 || host->n_exemplars < HOST_EXEMPLARS_MAX;
	if (c->n_exemplars < EXEMPLARS_MORE)
		return n == 0 && (host->shown & pattern_bit(pattern)) == 0;
	return n == 0 && host->n_exemplars == 0 &&
	    c->n_exemplars < EXEMPLARS_TOTAL_MAX;
}

static uint32_t
exemplar_new(struct collector *c)
{
	uint32_t number = c->unused_exemplars;

	c->n_exemplars++;
	if (number != 0) {
		c->unused_exemplars = c->exemplars[number - 1]->next;
		return number;
	}
	c->exemplars = mem_grow(c->exemplars, c->n_exemplars_made,
	    &c->exemplars_room, sizeof(struct exemplar *));
	c->exemplars[c->n_exemplars_made] = pool_zero(c->report->pool,
	    sizeof(struct exemplar));
	return (uint32_t)++c->n_exemplars_made;
}

static void
exemplar_give(struct collector *c, uint32_t number)
{
	c->exemplars[number - 1]->next = c->unused_exemplars;
	c->unused_exemplars = number;
	c->n_exemplars--;
}

/* Put a handshake into a list that has room for few: in the place of the largest
 * where it is full. */
static void
keep_exemplar(struct collector *c, struct trouble *t, const struct spot *s,
    const struct handshake *h, uint32_t pattern)
{
	struct host_slot *host = &c->hosts[s->host];
	uint32_t *link, *place = NULL, *last = NULL, fresh;
	size_t n = 0;

	for (link = &t->exemplars; *link != 0;
	    link = &c->exemplars[*link - 1]->next, n++) {
		last = link;
		if (place == NULL &&
		    compare(h, &c->exemplars[*link - 1]->handshake) < 0)
			place = link;
	}
	if ((place == NULL && n == EXEMPLARS_MAX) ||
	    !may_keep(c, n, host, pattern))
		return;
	host->n_exemplars += n == 0;
	host->shown |= pattern_bit(pattern);
	if (place == NULL)
		place = link;
	if (n == EXEMPLARS_MAX) {
		fresh = *last;
		*last = 0;
	} else {
		fresh = exemplar_new(c);
	}
	exemplar_fill(c->exemplars[fresh - 1], c->report->pool, h);
	c->exemplars[fresh - 1]->next = *place;
	*place = fresh;
}

const struct traits *
trouble_share(struct collector *c, const struct traits *t)
{
	uint64_t hash = hash_bytes(t, sizeof(*t));
	size_t at = index_start(&c->shared_index, hash);
	struct traits *copy;
	int64_t found;

	while ((found = index_next(&c->shared_index, hash, &at)) >= 0)
		if (memcmp(c->shared[found], t, sizeof(*t)) == 0)
			return c->shared[found];
	copy = pool_zero(c->report->pool, sizeof(*copy));
	memcpy(copy, t, sizeof(*copy));
	c->shared = mem_grow(c->shared, c->n_shared, &c->shared_room,
	    sizeof(const struct traits *));
	c->shared[c->n_shared] = copy;
	index_add(&c->shared_index, hash, (uint32_t)c->n_shared++);
	return copy;
}

static uint32_t
find_or_add_pattern(struct collector *c, const struct traits *traits,
    enum outcome outcome)
{
	uint64_t hash = hash_mix(hash_bytes(traits, sizeof(*traits)),
	    hash_u64(outcome));
	size_t at = index_start(&c->pattern_index, hash);
	int64_t found;

	while ((found = index_next(&c->pattern_index, hash, &at)) >= 0)
		if (c->patterns[found].outcome == outcome && memcmp(
		    c->patterns[found].traits, traits, sizeof(*traits)) == 0)
			return (uint32_t)found;
	c->patterns = mem_grow(c->patterns, c->n_patterns, &c->patterns_room,
	    sizeof(*c->patterns));
	c->patterns[c->n_patterns] = (struct pattern){
		trouble_share(c, traits), outcome };
	index_add(&c->pattern_index, hash, (uint32_t)c->n_patterns);
	return (uint32_t)c->n_patterns++;
}

/* Only who wants to see us fail makes so many patterns: what is one too many
 * keeps its outcome. */
static uint32_t
pattern_of(struct collector *c, const struct way *w,
    const struct handshake *h)
{
	struct traits traits;

	/* Compared byte by byte. */
	memset(&traits, 0, sizeof(traits));
	if (c->n_patterns < PATTERNS_MAX)
		trait_mark_all(&traits, h, w->known, w->is_public);
	else
		c->patterns_dropped = true;
	return find_or_add_pattern(c, &traits, h->outcome < N_OUTCOMES ?
	    h->outcome : OUTCOME_UNKNOWN);
}

static uint32_t
trouble_new(struct collector *c, uint32_t pattern)
{
	uint32_t number = c->unused_troubles;

	if (number != 0) {
		c->unused_troubles = c->troubles[number - 1].next;
	} else {
		c->troubles = mem_grow(c->troubles, c->n_troubles,
		    &c->troubles_room, sizeof(*c->troubles));
		number = (uint32_t)++c->n_troubles;
	}
	c->troubles[number - 1] = (struct trouble){ .pattern = pattern };
	return number;
}

static void
trouble_give(struct collector *c, uint32_t number)
{
	c->troubles[number - 1].next = c->unused_troubles;
	c->unused_troubles = number;
}

/* No further than it reaches. */
static uint32_t
plus(uint32_t a, uint32_t b)
{
	return b < UINT32_MAX - a ? a + b : UINT32_MAX;
}

/* Count connections of a pattern with a spot's, whose first one is number. */
static void
count_pattern(struct collector *c, uint32_t number, uint32_t pattern,
    uint32_t connections)
{
	for (; c->troubles[number - 1].pattern != pattern;
	    number = c->troubles[number - 1].next)
		if (c->troubles[number - 1].next == 0) {
			uint32_t fresh = trouble_new(c, pattern);

			c->troubles[number - 1].next = fresh;
		}
	c->troubles[number - 1].connections = plus(
	    c->troubles[number - 1].connections, connections);
}

void
trouble_add(struct collector *c, struct spot *s, const struct handshake *h)
{
	uint32_t pattern = pattern_of(c, &c->ways[s->way], h);

	if (s->trouble == 0)
		s->trouble = trouble_new(c, pattern);
	count_pattern(c, s->trouble, pattern, h->count);
	if (trait_mark(h) != ATTEMPT_OTHER)
		keep_exemplar(c, &c->troubles[s->trouble - 1], s, h, pattern);
}

/* Put an exemplar where it belongs by its order, and the last one of too many
 * away. */
static void
move_exemplar(struct collector *c, struct trouble *to, uint32_t number)
{
	uint32_t *link = &to->exemplars, n = 1;

	while (*link != 0 && compare(&c->exemplars[*link - 1]->handshake,
	    &c->exemplars[number - 1]->handshake) <= 0)
		link = &c->exemplars[*link - 1]->next;
	c->exemplars[number - 1]->next = *link;
	*link = number;
	for (link = &to->exemplars; c->exemplars[*link - 1]->next != 0;
	    link = &c->exemplars[*link - 1]->next)
		n++;
	if (n > EXEMPLARS_MAX) {
		exemplar_give(c, *link);
		*link = 0;
	}
}

static void
move_exemplars(struct collector *c, struct spot *to, struct spot *from)
{
	struct trouble *into = &c->troubles[to->trouble - 1];
	uint32_t at = c->troubles[from->trouble - 1].exemplars, next;

	if (at != 0 && into->exemplars != 0)
		c->hosts[to->host].n_exemplars--;
	for (; at != 0; at = next) {
		next = c->exemplars[at - 1]->next;
		move_exemplar(c, into, at);
	}
	c->troubles[from->trouble - 1].exemplars = 0;
}

void
trouble_move(struct collector *c, struct spot *to, struct spot *from)
{
	uint32_t next;

	if (to->trouble == 0) {
		to->trouble = from->trouble;
		from->trouble = 0;
		return;
	}
	move_exemplars(c, to, from);
	for (uint32_t at = from->trouble; at != 0; at = next) {
		struct trouble *t = &c->troubles[at - 1];

		next = t->next;
		count_pattern(c, to->trouble, t->pattern, t->connections);
		trouble_give(c, at);
	}
	from->trouble = 0;
}

void
trouble_share_out(struct collector *c, struct spot *to, struct spot *from,
    uint32_t n, uint32_t of)
{
	for (uint32_t at = from->trouble; at != 0;
	    at = c->troubles[at - 1].next) {
		uint64_t all = c->troubles[at - 1].connections;
		uint32_t part = (uint32_t)(all * n / of);
		uint32_t pattern = c->troubles[at - 1].pattern;

		c->troubles[at - 1].connections -= part;
		if (to->trouble == 0)
			to->trouble = trouble_new(c, pattern);
		count_pattern(c, to->trouble, pattern, part);
	}
}

void
trouble_drop(struct collector *c, struct spot *s)
{
	uint32_t first = c->troubles[s->trouble - 1].exemplars, next;

	c->hosts[s->host].n_exemplars -= first != 0;
	for (uint32_t at = first; at != 0; at = next) {
		next = c->exemplars[at - 1]->next;
		exemplar_give(c, at);
	}
	for (uint32_t at = s->trouble; at != 0; at = next) {
		next = c->troubles[at - 1].next;
		trouble_give(c, at);
	}
	s->trouble = 0;
}

void
trouble_sum(const struct collector *c, const struct spot *s,
    struct failures *sum)
{
	const struct trouble *t;

	for (uint32_t at = s->trouble; at != 0; at = t->next) {
		const struct pattern *p;

		t = &c->troubles[at - 1];
		p = &c->patterns[t->pattern];
		trait_add(&sum->traits, p->traits, t->connections);
		sum->outcomes[p->outcome] += t->connections;
	}
}

void
trouble_exemplars(const struct collector *c, const struct spot *s,
    const struct handshake *list[EXEMPLARS_MAX], size_t *n)
{
	for (uint32_t own = c->troubles[s->trouble - 1].exemplars; own != 0;
	    own = c->exemplars[own - 1]->next) {
		const struct handshake *h = &c->exemplars[own - 1]->handshake;
		size_t at = *n;

		while (at > 0 && compare(h, list[at - 1]) < 0)
			at--;
		if (at == EXEMPLARS_MAX)
			continue;
		*n += *n < EXEMPLARS_MAX;
		memmove(&list[at + 1], &list[at],
		    (*n - 1 - at) * sizeof(*list));
		list[at] = h;
	}
}
