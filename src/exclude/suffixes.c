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

struct suffixes {
	const struct host_facts *facts;
	size_t n_hosts;
	struct end *ends;
	size_t n, room;
	uint32_t *slots; /* index of an end + 1 */
	size_t mask;
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
	free(s);
}

void
suffixes_match(const struct suffixes *s, const struct listed *entry,
    suffixes_fn *fn, void *arg)
{
	struct text end = entry->product->suffix(entry);
	uint64_t hash = hash_nocase(end.at, end.n);
	uint32_t last = UINT32_MAX;

	if (!entry->sound)
		return;
	if (end.n == 0) {
		for (size_t i = 0; i < s->n_hosts; i++)
			if (entry->product->match(entry, &s->facts[i]))
				fn((uint32_t)i, arg);
		return;
	}
	for (uint32_t i = s->slots[hash & s->mask]; i > 0;
	    i = s->ends[i - 1].next) {
		const struct end *e = &s->ends[i - 1];

		if (e->hash != hash || e->host == last)
			continue;
		last = e->host;
		if (entry->product->match(entry, &s->facts[e->host]))
			fn(e->host, arg);
	}
}
