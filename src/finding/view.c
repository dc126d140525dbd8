/*
 * Spots and crowds at the end, when they are found by place.
 *
 * Cells are made of them, which take as much memory again.  So they are put in
 * the order in which cells want them, the last first, and given back from the
 * end as cells are made.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "finding/tables.h"

enum { GIVE_BACK = 4096 /* at once */ };

size_t
view_count(const struct collector *c)
{
	return c->first_crowd + c->n_crowds;
}

/* The spot at a place, or NULL where there is a crowd. */
struct spot *
view_spot(const struct collector *c, size_t place)
{
	if (place < c->first_loud)
		return &c->quiet.at[place];
	return place < c->first_crowd ? &c->loud.at[place - c->first_loud] :
	    NULL;
}

struct crowd *
view_crowd(const struct collector *c, size_t place)
{
	return &c->crowds[place - c->first_crowd];
}

struct view
view_at(const struct collector *c, size_t place)
{
	const struct spot *s = view_spot(c, place);
	const struct crowd *crowd;

	if (s != NULL)
		return (struct view){ .host = s->host, .profile = s->profile,
			.way = s->way, .leaf = &s->leaf,
			.accepted = s->accepted, .spot = s,
			.first = s->first, .last = s->last,
			.interception = (enum interception)s->interception };
	crowd = view_crowd(c, place);
	return (struct view){ .host = crowd->host, .profile = FOLDED_PROFILE,
		.way = crowd->way, .leaf = &crowd->leaf,
		.accepted = crowd->accepted,
		.first = crowd->first, .last = crowd->last,
		.interception = (enum interception)crowd->interception };
}

void
view_judge(struct collector *c, size_t place, enum interception verdict)
{
	struct spot *s = view_spot(c, place);

	if (s != NULL)
		s->interception = (uint8_t)verdict;
	else
		view_crowd(c, place)->interception = (uint8_t)verdict;
}

/* Each gets the item of its number in from, which is lost. */
static void
permute(void *items, size_t size, uint32_t *from, size_t n)
{
	char *at = items, *kept = mem_zero(1, size);

	for (uint32_t i = 0; i < n; i++) {
		uint32_t to = i, next;

		if (from[i] == i)
			continue;
		memcpy(kept, at + i * size, size);
		for (; (next = from[to]) != i; to = next) {
			memcpy(at + to * size, at + next * size, size);
			from[to] = to;
		}
		memcpy(at + to * size, kept, size);
		from[to] = to;
	}
	free(kept);
}

/* The places of one table, from first to end, in an order; they become first,
 * first + 1 and so on.  moved, which may be NULL, gets where each went. */
static void
arrange(void *items, size_t size, uint32_t *order, size_t n, size_t first,
    size_t end, uint32_t *moved)
{
	uint32_t *from = mem_zero(end - first + 1, sizeof(*from));
	size_t n_from = 0;

	for (size_t i = 0; i < n; i++) {
		if (order[i] < first || order[i] >= end)
			continue;
		if (moved != NULL)
			moved[order[i]] = (uint32_t)(first + n_from);
		from[n_from] = order[i] - (uint32_t)first;
		order[i] = (uint32_t)(first + n_from++);
	}
	permute(items, size, from, n_from);
	free(from);
}

void
view_arrange(struct collector *c, uint32_t *order)
{
	size_t n = view_count(c);
	uint32_t *moved = c->keeps_tokens ? mem_zero(n + 1, sizeof(*moved)) :
	    NULL;

	arrange(c->quiet.at, sizeof(struct spot), order, n, 0, c->first_loud,
	    moved);
	arrange(c->loud.at, sizeof(struct spot), order, n, c->first_loud,
	    c->first_crowd, moved);
	arrange(c->crowds, sizeof(struct crowd), order, n, c->first_crowd, n,
	    moved);
	for (size_t i = 0; i < c->n_tokens; i++)
		if (c->tokens[i] != NOWHERE)
			c->tokens[i] = moved[c->tokens[i]];
	free(moved);
}

/* Give back what an array has more than n, once it is worth while. */
static void *
shrink(void *at, size_t n, size_t *room, size_t size)
{
	if (n + GIVE_BACK > *room)
		return at;
	*room = n;
	return mem_resize(at, n, size);
}

void
view_drop(struct collector *c, size_t place)
{
	if (place < c->first_loud)
		c->quiet.at = shrink(c->quiet.at, c->quiet.n = place,
		    &c->quiet.room, sizeof(*c->quiet.at));
	else if (place < c->first_crowd)
		c->loud.at = shrink(c->loud.at, c->loud.n = place -
		    c->first_loud, &c->loud.room, sizeof(*c->loud.at));
	else
		c->crowds = shrink(c->crowds, place - c->first_crowd,
		    &c->crowds_room, sizeof(*c->crowds));
}
