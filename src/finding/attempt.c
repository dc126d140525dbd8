#include "finding/attempt.h"

#include <stdlib.h>

#include "base/mem.h"

enum { PERIODIC_MIN = 5 };

void
attempt_store_free(struct attempt_store *s)
{
	free(s->at);
	*s = (struct attempt_store){ 0 };
}

static struct attempt *
piece(const struct attempt_store *s, uint32_t number)
{
	return number != 0 ? &s->at[number - 1] : NULL;
}

static uint32_t
piece_take(struct attempt_store *s)
{
	uint32_t number = s->unused;

	s->n_used++;
	if (number != 0) {
		s->unused = piece(s, number)->next;
		return number;
	}
	s->at = mem_grow(s->at, s->n, &s->room, sizeof(*s->at));
	return (uint32_t)++s->n;
}

static void
piece_give(struct attempt_store *s, uint32_t number)
{
	piece(s, number)->next = s->unused;
	s->unused = number;
	s->n_used--;
}

const struct attempt *
attempt_older(const struct attempt_store *s, const struct attempt *a)
{
	return piece(s, a->next);
}

/* An offset from start as it is kept: plus 1, no more than fits. */
static uint32_t
offset(int64_t start, int64_t time)
{
	return time - start < UINT32_MAX ? (uint32_t)(time - start + 1) :
	    UINT32_MAX;
}

static int64_t
absolute(const struct attempt *a, uint32_t kept)
{
	return a->start + kept - 1;
}

/* Make a the union of a and b. */
static void
unite(struct attempt *a, const struct attempt *b)
{
	struct attempt u = *a;

	if (b->start < a->start || (b->start == a->start &&
	    b->took < a->took)) {
		u.start = b->start;
		u.took = b->took;
	}
	u.end = b->end > a->end ? b->end : a->end;
	u.marks |= b->marks;
	u.first_reject = u.last_accept = 0;
	if (a->first_reject != 0)
		u.first_reject = offset(u.start, absolute(a, a->first_reject));
	if (b->first_reject != 0) {
		uint32_t o = offset(u.start, absolute(b, b->first_reject));

		if (u.first_reject == 0 || o < u.first_reject)
			u.first_reject = o;
	}
	if (a->last_accept != 0)
		u.last_accept = offset(u.start, absolute(a, a->last_accept));
	if (b->last_accept != 0) {
		uint32_t o = offset(u.start, absolute(b, b->last_accept));

		if (o > u.last_accept)
			u.last_accept = o;
	}
	*a = u;
}

static uint32_t
piece_number(const struct attempt_store *s, const struct attempt *list,
    const struct attempt *a)
{
	return a != list ? (uint32_t)(a - s->at) + 1 : 0;
}

/* It may have grown back to older ones. */
static void
absorb_older(struct attempt_store *s, struct attempt *list, struct attempt *a)
{
	uint32_t older;

	while ((older = a->next) != 0 &&
	    piece(s, older)->end + ATTEMPT_GAP >= a->start) {
		unite(a, piece(s, older));
		a->next = piece(s, older)->next;
		piece_give(s, older);
	}
	if (a->next == 0)
		list->oldest = piece_number(s, list, a);
}

/* Where to look for the place of an attempt.  Logs may be written newest
 * first, so that all belongs to the end of a long list. */
static struct attempt *
first_look(const struct attempt_store *s, struct attempt *list,
    const struct attempt *new)
{
	struct attempt *oldest = piece(s, list->oldest);

	return oldest != NULL && new->end <= oldest->end ? oldest : list;
}

/* Put an attempt into a list that is in order, newest first. */
static void
insert(struct attempt_store *s, struct attempt *list, struct attempt new)
{
	struct attempt *newer = NULL, *at;
	uint32_t fresh, place;

	new.next = new.oldest = 0;
	if (list->marks == 0) {
		*list = new;
		return;
	}
	at = first_look(s, list, &new);
	while (at != NULL && at->start > new.end + ATTEMPT_GAP) {
		newer = at;
		at = piece(s, at->next);
	}
	if (at != NULL && at->end + ATTEMPT_GAP >= new.start) {
		unite(at, &new);
		absorb_older(s, list, at);
		return;
	}
	/* The store may move when it grows. */
	place = newer != NULL ? piece_number(s, list, newer) : 0;
	fresh = piece_take(s);
	if (newer == NULL) {
		*piece(s, fresh) = *list;
		new.next = fresh;
		new.oldest = list->oldest != 0 ? list->oldest : fresh;
		*list = new;
		return;
	}
	newer = place != 0 ? piece(s, place) : list;
	new.next = newer->next;
	newer->next = fresh;
	*piece(s, fresh) = new;
	if (new.next == 0)
		list->oldest = fresh;
}

void
attempt_add(struct attempt_store *s, struct attempt *list, struct moment m)
{
	struct attempt new = { .start = m.start, .end = m.start,
		.took = m.until <= m.start ? 0 : m.until - m.start <
		    UINT32_MAX ? (uint32_t)(m.until - m.start) : UINT32_MAX,
		.marks = (uint8_t)m.mark };

	if (m.mark & (ATTEMPT_ALERT | ATTEMPT_SILENT))
		new.first_reject = 1;
	if (m.mark & ATTEMPT_DATA)
		new.last_accept = 1;
	insert(s, list, new);
}

void
attempt_join(struct attempt_store *s, struct attempt *into,
    struct attempt *from)
{
	struct attempt a = *from;

	*from = (struct attempt){ 0 };
	while (a.marks != 0) {
		uint32_t next = a.next;

		insert(s, into, a);
		a = (struct attempt){ 0 };
		if (next != 0) {
			a = *piece(s, next);
			piece_give(s, next);
		}
	}
}

enum attempt_mark
attempt_result(const struct attempt *a)
{
	for (unsigned mark = ATTEMPT_ALERT; mark < ATTEMPT_OTHER; mark <<= 1)
		if (a->marks & mark)
			return (enum attempt_mark)mark;
	return ATTEMPT_OTHER;
}

void
attempts_add(struct attempts *to, const struct attempts *from)
{
	to->accepted += from->accepted;
	to->rejected += from->rejected;
	to->idle += from->idle;
	to->refused += from->refused;
	to->network += from->network;
	to->other += from->other;
}

void
attempt_tally(enum attempt_mark result, struct attempts *counts)
{
	switch (result) {
	case ATTEMPT_ALERT:
	case ATTEMPT_SILENT:
		counts->rejected++;
		break;
	case ATTEMPT_DATA:
		counts->accepted++;
		break;
	case ATTEMPT_IDLE:
		counts->idle++;
		break;
	case ATTEMPT_REFUSED:
		counts->refused++;
		break;
	case ATTEMPT_NETWORK:
		counts->network++;
		break;
	case ATTEMPT_OTHER:
		counts->other++;
		break;
	}
}

void
attempt_free(struct attempt_store *s, struct attempt *list)
{
	uint32_t next;

	for (uint32_t at = list->next; at != 0; at = next) {
		next = piece(s, at)->next;
		piece_give(s, at);
	}
	*list = (struct attempt){ 0 };
}

void
attempt_fold(struct attempt_store *s, struct attempt *list, int64_t before,
    attempt_fn *forget, void *arg)
{
	struct attempt *a = list;
	uint32_t next;

	while ((next = a->next) != 0) {
		if (piece(s, next)->end >= before) {
			a = piece(s, next);
			continue;
		}
		forget(piece(s, next), arg);
		a->next = piece(s, next)->next;
		piece_give(s, next);
	}
	list->oldest = piece_number(s, list, a);
}

uint64_t
attempt_count(const struct attempt_store *s, const struct attempt *list,
    struct attempts *counts)
{
	const struct attempt *after = NULL;
	uint64_t clicked = 0;

	for (const struct attempt *a = list->marks != 0 ? list : NULL;
	    a != NULL; after = a, a = attempt_older(s, a)) {
		attempt_tally(attempt_result(a), counts);
		if (a->first_reject == 0 || attempt_result(a) == ATTEMPT_DATA)
			continue;
		if (a->last_accept > a->first_reject || (after != NULL &&
		    after->last_accept != 0 &&
		    absolute(after, after->last_accept) - a->end <=
		    CLICK_THROUGH_WINDOW))
			clicked++;
	}
	return clicked;
}

bool
attempt_periodic(const struct attempt_store *s, const struct attempt *list)
{
	const struct attempt *a = list, *older;
	int64_t least = INT64_MAX, most = 0, gap;
	int n = 1;

	for (; (older = attempt_older(s, a)) != NULL; a = older) {
		gap = a->start - older->start;
		least = gap < least ? gap : least;
		most = gap > most ? gap : most;
		n++;
	}
	return n >= PERIODIC_MIN && most - least <= least / 5;
}
