#include "exclude/lookup.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/hostname.h"
#include "base/mem.h"
#include "knowledge/suffix.h"

enum { SLOTS_MIN = 16 };

/* That an entry is found under a hash. */
struct link {
	uint32_t entry;
	uint32_t next; /* of the same slot, + 1; 0 none */
};

struct lookup {
	const struct exclusions *list;
	size_t n; /* entries that were taken in */
	struct link *links;
	size_t n_links, links_room;
	uint32_t *slots; /* a link + 1 */
	size_t mask;
	/* Entries that no hash finds, ascending. */
	uint32_t *anywhere;
	size_t n_anywhere, anywhere_room;
	/* Blocks of so many bits are there, by IPv4 and IPv6. */
	bool has_bits[2][BLOCK_BITS_MAX + 1];
};

static uint64_t
end_hash(struct text end)
{
	return hash_nocase(end.at, end.n);
}

static uint64_t
block_hash(const struct block *b)
{
	return hash_bytes(b->base.address, sizeof(b->base.address)) ^
	    hash_u64((uint64_t)b->base.family << 32 | b->bits);
}

static void
put(struct lookup *lk, uint64_t hash, uint32_t entry)
{
	uint32_t *slot = &lk->slots[hash & lk->mask];

	lk->links = mem_grow(lk->links, lk->n_links, &lk->links_room,
	    sizeof(*lk->links));
	lk->links[lk->n_links++] = (struct link){ entry, *slot };
	*slot = (uint32_t)lk->n_links;
}

static void
put_entry(struct lookup *lk, uint32_t i)
{
	const struct listed *e = &lk->list->entries[i];

	if (e->end.n > 0)
		put(lk, end_hash(e->end), i);
	if (e->block.base.family != 0) {
		put(lk, block_hash(&e->block), i);
		lk->has_bits[e->block.base.family == 6][e->block.bits] = true;
	} else if (e->end.n == 0) {
		lk->anywhere = mem_grow(lk->anywhere, lk->n_anywhere,
		    &lk->anywhere_room, sizeof(*lk->anywhere));
		lk->anywhere[lk->n_anywhere++] = i;
	}
}

/* Slots for n entries, which may have two links each, all empty. */
static void
make_slots(struct lookup *lk, size_t n)
{
	size_t size = SLOTS_MIN;

	while (size < n * 2)
		size *= 2;
	free(lk->slots);
	lk->slots = mem_zero(size, sizeof(*lk->slots));
	lk->mask = size - 1;
	lk->n = lk->n_links = lk->n_anywhere = 0;
}

void
lookup_grow(struct lookup *lk)
{
	if (lk->slots == NULL || lk->list->n > lk->mask + 1)
		make_slots(lk, lk->list->n);
	for (; lk->n < lk->list->n; lk->n++)
		if (lk->list->entries[lk->n].sound)
			put_entry(lk, (uint32_t)lk->n);
}

struct lookup *
lookup_new(const struct exclusions *list)
{
	struct lookup *lk = mem_zero(1, sizeof(*lk));

	lk->list = list;
	lookup_grow(lk);
	return lk;
}

void
lookup_free(struct lookup *lk)
{
	if (lk == NULL)
		return;
	free(lk->links);
	free(lk->slots);
	free(lk->anywhere);
	free(lk);
}

/* What is asked of entries. */
struct question {
	const struct lookup *lk;
	const struct host_facts *facts;
	size_t from;
	lookup_fn *fn;
	void *arg;
};

static void
ask(const struct question *q, uint32_t entry)
{
	const struct listed *e = &q->lk->list->entries[entry];

	if (entry >= q->from && e->product->match(e, q->facts))
		q->fn(entry, q->arg);
}

static void
ask_hash(const struct question *q, uint64_t hash)
{
	const struct lookup *lk = q->lk;

	for (uint32_t i = lk->slots[hash & lk->mask]; i > 0;
	    i = lk->links[i - 1].next)
		ask(q, lk->links[i - 1].entry);
}

static void
ask_name(const struct question *q, struct text name)
{
	for (; name.n > 0; name = hostname_skip(name, 1))
		ask_hash(q, end_hash(name));
}

/* Addresses stand for themselves, and in the blocks around them. */
static void
ask_address(const struct question *q, const struct endpoint *e)
{
	if (e->family == 0)
		return;
	for (unsigned bits = 0; bits <= BLOCK_BITS_MAX; bits++) {
		struct block around;

		if (!q->lk->has_bits[e->family == 6][bits])
			continue;
		around = block_around(e, bits);
		ask_hash(q, block_hash(&around));
	}
}

void
lookup_each(const struct lookup *lk, const struct host_facts *f, size_t from,
    lookup_fn *fn, void *arg)
{
	const struct question q = { lk, f, from, fn, arg };

	ask_name(&q, f->name);
	ask_name(&q, f->cn);
	for (size_t i = 0; i < f->n_names; i++)
		ask_name(&q, f->names[i]);
	ask_address(&q, &f->address);
	for (size_t i = lk->n_anywhere; i-- > 0 && lk->anywhere[i] >= from;)
		ask(&q, lk->anywhere[i]);
}

static void
note(uint32_t entry, void *arg)
{
	struct noted *noted = arg;
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

void
lookup_match(const struct lookup *lk, const struct host_facts *f,
    struct noted *noted)
{
	noted->n = 0;
	lookup_each(lk, f, 0, note, noted);
}

bool
lookup_near(const struct lookup *lk, struct text host, size_t *entry)
{
	struct text domain = suffix_registrable(host);
	size_t first = SIZE_MAX;

	for (; domain.n > 0 && host.n >= domain.n && first == SIZE_MAX;
	    host = hostname_skip(host, 1))
		for (uint32_t i = lk->slots[end_hash(host) & lk->mask]; i > 0;
		    i = lk->links[i - 1].next) {
			uint32_t at = lk->links[i - 1].entry;
			const struct listed *e = &lk->list->entries[at];

			if (at < first && text_equal_nocase(
			    e->product->suffix(e), host))
				first = at;
		}
	*entry = first;
	return first != SIZE_MAX;
}
