#include "exclude/suffixes.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/hostname.h"
#include "base/mem.h"

/* One end of one name. */
struct end {
	uint64_t hash;
	uint32_t host;
	uint32_t next; /* + 1, 0 none: a larger host, or the same one */
};

/* That a host has an address, as a block of one. */
struct place {
	struct block address;
	uint32_t host;
};

struct suffixes {
	const struct host_facts *facts;
	size_t n_hosts;
	struct end *ends;
	size_t n, room;
	uint32_t *slots; /* index of an end + 1 */
	size_t mask;
	struct place *places; /* sorted; NULL until a block is asked for */
	size_t n_places;
	/* Hosts that one entry may match. */
	uint32_t *found;
	size_t n_found, found_room;
};

static void
add(struct suffixes *s, uint32_t host, struct text name)
{
	for (; name.n > 0; name = hostname_skip(name, 1)) {
		s->ends = mem_grow(s->ends, s->n, &s->room, sizeof(*s->ends));
		s->ends[s->n++] = (struct end){ .host = host,
			.hash = hash_nocase(name.at, name.n) };
	}
}

struct suffixes *
suffixes_new(const struct host_facts *facts, size_t n)
{
	struct suffixes *s = mem_zero(1, sizeof(*s));
	size_t size = 16;

	s->facts = facts;
	s->n_hosts = n;
	for (size_t i = 0; i < n; i++) {
		add(s, (uint32_t)i, facts[i].name);
		if (!text_equal(facts[i].cn, facts[i].name))
			add(s, (uint32_t)i, facts[i].cn);
		for (size_t k = 0; k < facts[i].n_names; k++)
			add(s, (uint32_t)i, facts[i].names[k]);
	}
	while (size < s->n * 2)
		size *= 2;
	s->slots = mem_zero(size, sizeof(*s->slots));
	s->mask = size - 1;
	/* From the last one, so that each chain ascends. */
	for (size_t i = s->n; i-- > 0;) {
		uint32_t *slot = &s->slots[s->ends[i].hash & s->mask];

		s->ends[i].next = *slot;
		*slot = (uint32_t)i + 1;
	}
	return s;
}

void
suffixes_free(struct suffixes *s)
{
	if (s == NULL)
		return;
	free(s->ends);
	free(s->slots);
	free(s->places);
	free(s->found);
	free(s);
}

static int
by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = block_compare(&x->address, &y->address);

	return order != 0 ? order : (x->host > y->host) - (x->host < y->host);
}

static void
sort_places(struct suffixes *s)
{
	s->places = mem_zero(s->n_hosts + 1, sizeof(*s->places));
	for (size_t i = 0; i < s->n_hosts; i++)
		if (block_read(s->facts[i].address,
		    &s->places[s->n_places].address))
			s->places[s->n_places++].host = (uint32_t)i;
	qsort(s->places, s->n_places, sizeof(*s->places), by_place);
}

static void
find(struct suffixes *s, uint32_t host)
{
	s->found = mem_grow(s->found, s->n_found, &s->found_room,
	    sizeof(*s->found));
	s->found[s->n_found++] = host;
}

static void
find_by_end(struct suffixes *s, struct text end)
{
	uint64_t hash = hash_nocase(end.at, end.n);

	for (uint32_t i = s->slots[hash & s->mask]; i > 0;
	    i = s->ends[i - 1].next) {
		const struct end *e = &s->ends[i - 1];

		if (e->hash == hash && (s->n_found == 0 ||
		    s->found[s->n_found - 1] != e->host))
			find(s, e->host);
	}
}

static void
find_by_block(struct suffixes *s, const struct block *b)
{
	size_t low = 0, high;

	if (s->places == NULL)
		sort_places(s);
	for (high = s->n_places; low < high;) {
		size_t middle = low + (high - low) / 2;

		/* Of equal first addresses the block sorts first. */
		if (block_compare(&s->places[middle].address, b) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < s->n_places &&
	    block_holds(b, &s->places[low].address.base); low++)
		find(s, s->places[low].host);
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
find_all(struct suffixes *s)
{
	for (size_t i = 0; i < s->n_hosts; i++)
		find(s, (uint32_t)i);
}

void
suffixes_match(struct suffixes *s, const struct listed *entry,
    suffixes_fn *fn, void *arg)
{
	bool placed = entry->block.base.family != 0;

	if (!entry->sound)
		return;
	s->n_found = 0;
	if (entry->end.n > 0)
		find_by_end(s, entry->end);
	if (placed)
		find_by_block(s, &entry->block);
	else if (entry->end.n == 0)
		find_all(s);
	if (placed && s->n_found > 1)
		qsort(s->found, s->n_found, sizeof(*s->found), by_number);
	for (size_t i = 0; i < s->n_found; i++)
		if ((i == 0 || s->found[i] != s->found[i - 1]) &&
		    entry->product->match(entry, &s->facts[s->found[i]]))
			fn(s->found[i], arg);
}
