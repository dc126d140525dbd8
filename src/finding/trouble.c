/*
 * What a spot keeps of the connections that were not accepted: counts of their
 * traits, and the few handshakes that prove them best.
 */
#include <stdlib.h>
#include <string.h>

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
copy_certificate(struct pool *pool, struct exemplar *e)
{
	struct certificate *c = &e->certificate;
	struct text *const texts[] = { &c->subject, &c->issuer,
		&c->subject_cn, &c->issuer_cn, &c->issuer_o, &c->serial,
		&c->authority_key_id, &c->subject_key_id };

	*c = *e->handshake.certificate;
	for (size_t i = 0; i < N_ITEMS(texts); i++)
		intern(pool, texts[i]);
	if (c->n_names > EXEMPLAR_NAMES_MAX)
		c->n_names = EXEMPLAR_NAMES_MAX;
	for (unsigned i = 0; i < c->n_names; i++)
		e->names[i] = pool_intern(pool, c->names[i]);
	c->names = e->names;
	e->handshake.certificate = c;
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

static struct exemplar *
exemplar_new(struct collector *c, const struct handshake *h)
{
	struct pool *pool = c->report->pool;
	struct exemplar *e = c->unused;
	struct handshake *copy;

	if (e != NULL)
		c->unused = e->next;
	else
		e = pool_zero(pool, sizeof(*e));
	copy = &e->handshake;
	*copy = *h;
	intern_all(pool, copy);
	if (h->certificate != NULL)
		copy_certificate(pool, e);
	return e;
}

/* Is there room for one more?  Replacing needs none. */
static bool
may_keep(struct collector *c, const struct trouble *t, struct host_slot *host)
{
	if (t->n_exemplars == EXEMPLARS_MAX)
		return true;
	if (t->n_exemplars == 0 && host->n_exemplars == 0)
		return c->n_exemplars < 2 * EXEMPLARS_TOTAL_MAX;
	return c->n_exemplars < EXEMPLARS_TOTAL_MAX &&
	    (t->n_exemplars > 0 || host->n_exemplars < HOST_EXEMPLARS_MAX);
}

static void
keep_exemplar(struct collector *c, struct trouble *t, const struct spot *s,
    const struct handshake *h)
{
	struct host_slot *host = &c->hosts[s->host];
	size_t at = t->n_exemplars;

	while (at > 0 && compare(h, &t->exemplars[at - 1]->handshake) < 0)
		at--;
	if (at == EXEMPLARS_MAX || !may_keep(c, t, host))
		return;
	if (t->n_exemplars == EXEMPLARS_MAX) {
		t->exemplars[EXEMPLARS_MAX - 1]->next = c->unused;
		c->unused = t->exemplars[EXEMPLARS_MAX - 1];
	} else {
		host->n_exemplars += t->n_exemplars == 0;
		t->n_exemplars++;
		c->n_exemplars++;
	}
	memmove(&t->exemplars[at + 1], &t->exemplars[at],
	    (t->n_exemplars - 1 - at) * sizeof(*t->exemplars));
	t->exemplars[at] = exemplar_new(c, h);
}

static struct trouble *
trouble_of(struct collector *c, struct spot *s)
{
	if (s->trouble == 0) {
		c->troubles = mem_grow(c->troubles, c->n_troubles,
		    &c->troubles_room, sizeof(struct trouble *));
		c->troubles[c->n_troubles++] =
		    mem_zero(1, sizeof(struct trouble));
		s->trouble = (uint32_t)c->n_troubles;
	}
	return c->troubles[s->trouble - 1];
}

void
trouble_add(struct collector *c, struct spot *s, const struct handshake *h)
{
	const struct way *w = &c->ways[s->way];
	struct trouble *t;

	if (s->trouble == 0 && c->n_troubles >= LOUD_SPOTS_MAX) {
		c->loud_dropped = true;
		return;
	}
	t = trouble_of(c, s);
	t->outcomes[h->outcome < N_OUTCOMES ? h->outcome : OUTCOME_UNKNOWN] +=
	    h->count;
	trait_add(&t->traits, h, w->known, w->is_public);
	if (trait_mark(h) != ATTEMPT_OTHER)
		keep_exemplar(c, t, s, h);
}

void
trouble_join(struct trouble *into, struct trouble *from)
{
	trait_join(&into->traits, &from->traits);
	for (unsigned i = 0; i < N_OUTCOMES; i++)
		into->outcomes[i] += from->outcomes[i];
	for (size_t i = 0; i < from->n_exemplars; i++) {
		struct exemplar *e = from->exemplars[i];
		size_t at = into->n_exemplars;

		while (at > 0 && compare(&e->handshake,
		    &into->exemplars[at - 1]->handshake) < 0)
			at--;
		if (at == EXEMPLARS_MAX)
			continue;
		if (into->n_exemplars < EXEMPLARS_MAX)
			into->n_exemplars++;
		memmove(&into->exemplars[at + 1], &into->exemplars[at],
		    (into->n_exemplars - 1 - at) * sizeof(*into->exemplars));
		into->exemplars[at] = e;
	}
	from->n_exemplars = 0;
}
