#include "finding/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

static void
place(struct index *x, uint64_t slot)
{
	size_t i = (size_t)(slot >> 32) & (x->n_slots - 1);

	while (x->slots[i] != 0)
		i = (i + 1) & (x->n_slots - 1);
	x->slots[i] = slot;
}

static void
enlarge(struct index *x)
{
	uint64_t *old = x->slots;
	size_t n_old = x->n_slots;

	x->n_slots = n_old > 0 ? n_old * 2 : 64;
	x->slots = mem_zero(x->n_slots, sizeof(*x->slots));
	for (size_t i = 0; i < n_old; i++)
		if (old[i] != 0)
			place(x, old[i]);
	free(old);
}

void
index_add(struct index *x, uint64_t hash, uint32_t number)
{
	if ((x->n_used + 1) * 4 > x->n_slots * 3)
		enlarge(x);
	place(x, hash >> 32 << 32 | (number + 1));
	x->n_used++;
}

void
index_clear(struct index *x)
{
	if (x->n_slots > 0)
		memset(x->slots, 0, x->n_slots * sizeof(*x->slots));
	x->n_used = 0;
}

void
index_free(struct index *x)
{
	free(x->slots);
	*x = (struct index){ 0 };
}

uint32_t
names_number(struct names *names, struct text name)
{
	uint64_t hash = hash_bytes(name.at, name.n);
	size_t at = index_start(&names->index, hash);
	int64_t found;

	while ((found = index_next(&names->index, hash, &at)) >= 0)
		if (text_equal(names->at[found], name))
			return (uint32_t)found;
	names->at = mem_grow(names->at, names->n, &names->room,
	    sizeof(*names->at));
	names->at[names->n] = name;
	index_add(&names->index, hash, (uint32_t)names->n);
	return (uint32_t)names->n++;
}

void
names_free(struct names *names)
{
	index_free(&names->index);
	free(names->at);
	*names = (struct names){ 0 };
}
