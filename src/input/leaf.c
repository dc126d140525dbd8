#include "input/leaf.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

static uint64_t
hash(const struct certificate *c)
{
	uint64_t h = hash_bytes(c->sha256, sizeof(c->sha256));

	h = hash_mix(h ^ hash_bytes(c->subject.at, c->subject.n),
	    hash_bytes(c->issuer.at, c->issuer.n) | 1);
	return hash_mix(h ^ (uint64_t)c->not_after,
	    hash_bytes(c->serial.at, c->serial.n) | 1);
}

static bool
equal(const struct certificate *a, const struct certificate *b)
{
	return memcmp(a->sha256, b->sha256, sizeof(a->sha256)) == 0 &&
	    text_equal(a->subject, b->subject) &&
	    text_equal(a->issuer, b->issuer) &&
	    text_equal(a->serial, b->serial) &&
	    a->not_before == b->not_before && a->not_after == b->not_after;
}

static const struct certificate **
find(struct leaves *l, const struct certificate *c)
{
	size_t i = (size_t)hash(c) & (l->room - 1);

	while (l->at[i] != NULL && !equal(l->at[i], c))
		i = (i + 1) & (l->room - 1);
	return &l->at[i];
}

static void
enlarge(struct leaves *l)
{
	const struct certificate **old = l->at;
	size_t n_old = l->room;

	l->room = n_old > 0 ? n_old * 2 : 64;
	l->at = mem_zero(l->room, sizeof(*old));
	for (size_t i = 0; i < n_old; i++)
		if (old[i] != NULL)
			*find(l, old[i]) = old[i];
	free(old);
}

static const struct certificate *
keep(struct pool *pool, const struct certificate *facts)
{
	struct certificate *c = pool_zero(pool, sizeof(*c));
	struct text *names;

	*c = *facts;
	c->subject = pool_intern(pool, c->subject);
	c->issuer = pool_intern(pool, c->issuer);
	c->subject_cn = pool_intern(pool, c->subject_cn);
	c->issuer_cn = pool_intern(pool, c->issuer_cn);
	c->issuer_o = pool_intern(pool, c->issuer_o);
	c->serial = pool_intern(pool, c->serial);
	if (c->n_names > 0) {
		names = pool_zero(pool, c->n_names * sizeof(*names));
		for (size_t i = 0; i < c->n_names; i++)
			names[i] = pool_intern(pool, c->names[i]);
		c->names = names;
	}
	return c;
}

const struct certificate *
leaf_intern(struct leaves *l, struct pool *pool,
    const struct certificate *facts)
{
	const struct certificate **slot;

	if (l->n * 4 >= l->room * 3)
		enlarge(l);
	slot = find(l, facts);
	if (*slot == NULL) {
		if (l->n == LEAVES_MAX)
			return NULL;
		*slot = keep(pool, facts);
		l->n++;
	}
	return *slot;
}

void
leaf_free(struct leaves *l)
{
	free(l->at);
	*l = (struct leaves){ 0 };
}
