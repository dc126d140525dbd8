#include "exclude/suffixes.h"

#include <stdlib.h>

#include "base/hostname.h"
#include "base/mem.h"

/* One name of a host. */
struct name {
	const char *at;
	uint32_t n, host;
};

/* That a host has an address. */
struct place {
	struct endpoint address;
	uint32_t host;
};

struct suffixes {
	host_facts_fn *facts_of;
	const void *arg;
	size_t n_hosts;
	struct name *names; /* sorted from their ends on */
	size_t n, room;
	struct place *places; /* sorted; NULL until a block is asked for */
	size_t n_places;
	/* Hosts that one entry may match. */
	uint32_t *found;
	size_t n_found, found_room;
};

static void
add(struct suffixes *s, uint32_t host, struct text name)
{
	if (name.n == 0 || name.n > UINT32_MAX)
		return;
	s->names = mem_grow(s->names, s->n, &s->room, sizeof(*s->names));
	s->names[s->n++] = (struct name){ name.at, (uint32_t)name.n, host };
}

/* The i-th byte from the end, without case; the dot comes before all others, so
 * that what is below a name follows it. */
static int
byte_from_end(const char *at, size_t n, size_t i)
{
	unsigned char c = (unsigned char)at[n - 1 - i];

	if (c == '.')
		return -1;
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* Compare from the ends on, as far as n bytes reach; where one is the end of the
 * other, the shorter comes first. */
static int
compare_ends(const struct name *x, const char *at, size_t n)
{
	size_t shorter = x->n < n ? x->n : n;

	for (size_t i = 0; i < shorter; i++) {
		int order = byte_from_end(x->at, x->n, i) -
		    byte_from_end(at, n, i);

		if (order != 0)
			return order;
	}
	return (x->n > n) - (x->n < n);
}

static int
by_end(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return compare_ends(x, y->at, y->n);
}

struct suffixes *
suffixes_new(host_facts_fn *facts_of, const void *arg, size_t n)
{
	struct suffixes *s = mem_zero(1, sizeof(*s));

	s->facts_of = facts_of;
	s->arg = arg;
	s->n_hosts = n;
	for (uint32_t i = 0; i < n; i++) {
		struct host_facts f = facts_of(arg, i);

		add(s, i, f.name);
		if (!text_equal(f.cn, f.name))
			add(s, i, f.cn);
		for (size_t k = 0; k < f.n_names; k++)
			add(s, i, f.names[k]);
	}
	if (s->n > 0)
		qsort(s->names, s->n, sizeof(*s->names), by_end);
	return s;
}

void
suffixes_free(struct suffixes *s)
{
	if (s == NULL)
		return;
	free(s->names);
	free(s->places);
	free(s->found);
	free(s);
}

static int
by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int order = endpoint_compare(&x->address, &y->address);

	return order != 0 ? order : (x->host > y->host) - (x->host < y->host);
}

static void
sort_places(struct suffixes *s)
{
	s->places = mem_zero(s->n_hosts + 1, sizeof(*s->places));
	for (uint32_t i = 0; i < s->n_hosts; i++) {
		struct endpoint address = s->facts_of(s->arg, i).address;

		if (address.family != 0)
			s->places[s->n_places++] =
			    (struct place){ address, i };
	}
	qsort(s->places, s->n_places, sizeof(*s->places), by_place);
}

static void
find(struct suffixes *s, uint32_t host)
{
	s->found = mem_grow(s->found, s->n_found, &s->found_room,
	    sizeof(*s->found));
	s->found[s->n_found++] = host;
}

/* Is it the end itself, or below it? */
static bool
ends_so(const struct name *name, struct text end)
{
	struct text whole = { name->at, name->n };

	return text_equal_nocase(whole, end) || hostname_below(whole, end);
}

static void
find_by_end(struct suffixes *s, struct text end)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_ends(&s->names[middle], end.at, end.n) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < s->n && ends_so(&s->names[low], end); low++)
		find(s, s->names[low].host);
}

static void
find_by_block(struct suffixes *s, const struct block *b)
{
	size_t low = 0, high;

	if (s->places == NULL)
		sort_places(s);
	for (high = s->n_places; low < high;) {
		size_t middle = low + (high - low) / 2;

		if (endpoint_compare(&s->places[middle].address, &b->base) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < s->n_places &&
	    block_holds(b, &s->places[low].address); low++)
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
	if (s->n_found > 1 && (placed || entry->end.n > 0))
		qsort(s->found, s->n_found, sizeof(*s->found), by_number);
	for (size_t i = 0; i < s->n_found; i++) {
		struct host_facts f;

		if (i > 0 && s->found[i] == s->found[i - 1])
			continue;
		f = s->facts_of(s->arg, s->found[i]);
		if (entry->product->match(entry, &f))
			fn(s->found[i], arg);
	}
}
