#include "exclude/lookup.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/hostname.h"
#include "base/mem.h"
#include "knowledge/suffix.h"

struct lookup {
	const struct listed *entries;
	uint32_t *slots; /* entry + 1 of a chain's head, 0 none */
	uint32_t *next; /* by entry */
	size_t mask;
	uint32_t *anywhere; /* entries whose names end in nothing known */
	size_t n_anywhere;
};

static uint64_t
suffix_hash(struct text t)
{
	return hash_nocase(t.at, t.n);
}

struct lookup *
lookup_new(const struct listed *entries, size_t n)
{
	struct lookup *lk = mem_zero(1, sizeof(*lk));
	size_t size = 16;

	lk->entries = entries;
	while (size < n * 2)
		size *= 2;
	lk->mask = size - 1;
	lk->slots = mem_zero(size, sizeof(*lk->slots));
	lk->next = mem_zero(n + 1, sizeof(*lk->next));
	lk->anywhere = mem_zero(n + 1, sizeof(*lk->anywhere));
	for (size_t i = n; i-- > 0;) {
		struct text end = entries[i].product->suffix(&entries[i]);
		uint32_t *slot;

		if (!entries[i].sound)
			continue;
		if (end.n == 0) {
			lk->anywhere[lk->n_anywhere++] = (uint32_t)i;
			continue;
		}
		slot = &lk->slots[suffix_hash(end) & lk->mask];
		lk->next[i] = *slot;
		*slot = (uint32_t)i + 1;
	}
	return lk;
}

void
lookup_free(struct lookup *lk)
{
	if (lk == NULL)
		return;
	free(lk->slots);
	free(lk->next);
	free(lk->anywhere);
	free(lk);
}

static void
note(struct noted *noted, uint32_t entry)
{
	size_t i = noted->n;

	for (size_t k = 0; k < noted->n; k++)
		if (noted->entries[k] == entry)
			return;
	if (i == NOTED_MAX) {
		if (entry > noted->entries[--i])
			return;
	} else {
		noted->n++;
	}
	for (; i > 0 && noted->entries[i - 1] > entry; i--)
		noted->entries[i] = noted->entries[i - 1];
	noted->entries[i] = entry;
}

static void
try_name(const struct lookup *lk, const struct host_facts *f, struct text name,
    struct noted *noted)
{
	const struct listed *entries = lk->entries;

	for (; name.n > 0; name = hostname_skip(name, 1))
		for (uint32_t i = lk->slots[suffix_hash(name) & lk->mask];
		    i > 0; i = lk->next[i - 1])
			if (entries[i - 1].product->match(&entries[i - 1], f))
				note(noted, i - 1);
}

void
lookup_match(const struct lookup *lk, const struct host_facts *f,
    struct noted *noted)
{
	noted->n = 0;
	try_name(lk, f, f->name, noted);
	try_name(lk, f, f->cn, noted);
	for (size_t i = 0; i < f->n_names; i++)
		try_name(lk, f, f->names[i], noted);
	for (size_t i = lk->n_anywhere; i-- > 0;) {
		const struct listed *e = &lk->entries[lk->anywhere[i]];

		if (e->product->match(e, f))
			note(noted, lk->anywhere[i]);
	}
}

bool
lookup_near(const struct lookup *lk, struct text host, size_t *entry)
{
	struct text domain = suffix_registrable(host);

	for (; domain.n > 0 && host.n >= domain.n; host = hostname_skip(host, 1))
		for (uint32_t i = lk->slots[suffix_hash(host) & lk->mask];
		    i > 0; i = lk->next[i - 1]) {
			const struct listed *e = &lk->entries[i - 1];

			if (text_equal_nocase(e->product->suffix(e), host)) {
				*entry = i - 1;
				return true;
			}
		}
	return false;
}
