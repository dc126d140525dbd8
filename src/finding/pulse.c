#include "finding/pulse.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
	SHIFT_MIN = 21, /* two seconds: numbers have 32 bits until 2255 */
	SHIFT_MAX = 40 /* twelve days: what is too much is not for its times */
};

void
pulses_free(struct pulses *p)
{
	free(p->at);
	*p = (struct pulses){ 0 };
}

const struct beat *
pulse_beat(const struct pulses *p, uint32_t number)
{
	return number != 0 ? &p->at[number - 1] : NULL;
}

int64_t
pulse_time(const struct pulses *p, const struct beat *b)
{
	return ((int64_t)b->at << p->shift) + (1LL << p->shift >> 1);
}

/* Beats of all lists last twice as long.  Two of a list that fall together now
 * are made one when the list is next looked at. */
static void
slow_down(struct pulses *p)
{
	for (size_t i = 0; i < p->n; i++)
		p->at[i].at >>= 1;
	p->first >>= 1;
	p->last >>= 1;
	p->shift++;
}

/* The number of the beat of a time, which makes beats longer where it has to. */
static uint32_t
beat_of(struct pulses *p, int64_t time)
{
	uint64_t at;

	if (p->n == 0)
		p->shift = SHIFT_MIN;
	for (;; slow_down(p)) {
		at = time > 0 ? (uint64_t)time >> p->shift : 0;
		if (at > UINT32_MAX)
			continue;
		if (p->n == 0)
			p->first = p->last = (uint32_t)at;
		if (at < p->first && p->last - at < PULSE_BEATS)
			p->first = (uint32_t)at;
		if (at > p->last && at - p->first < PULSE_BEATS)
			p->last = (uint32_t)at;
		if (at >= p->first && at <= p->last)
			return (uint32_t)at;
	}
}

/* There are too many: from now on they are to be fewer. */
static void
take_it_slower(struct pulses *p)
{
	if (p->many == 0)
		p->many = PULSES_MANY;
	if (p->unused != 0 || p->n < p->many || p->shift == SHIFT_MAX)
		return;
	slow_down(p);
	p->many += PULSES_MANY / 4;
}

static uint32_t
beat_take(struct pulses *p)
{
	uint32_t number = p->unused;

	if (number != 0) {
		p->unused = p->at[number - 1].next;
	} else {
		p->at = mem_grow(p->at, p->n, &p->room, sizeof(*p->at));
		number = (uint32_t)++p->n;
	}
	return number;
}

static void
beat_give(struct pulses *p, uint32_t number)
{
	p->at[number - 1].next = p->unused;
	p->unused = number;
}

/* Make one of a beat and those behind it in its list that are the same now. */
static void
merge_next(struct pulses *p, struct beat *b)
{
	uint32_t number;

	while ((number = b->next) != 0 && p->at[number - 1].at == b->at) {
		b->n += p->at[number - 1].n;
		b->next = p->at[number - 1].next;
		beat_give(p, number);
	}
}

void
pulse_add(struct pulses *p, uint32_t *list, int64_t time, uint32_t n)
{
	uint32_t at, before = 0, next = *list, fresh;

	take_it_slower(p);
	at = beat_of(p, time);
	/* The last one comes first. */
	while (next != 0 && p->at[next - 1].at >= at) {
		struct beat *b = &p->at[next - 1];

		merge_next(p, b);
		if (b->at == at) {
			b->n += n;
			return;
		}
		before = next;
		next = b->next;
	}
	fresh = beat_take(p);
	p->at[fresh - 1] = (struct beat){ at, n, next };
	if (before == 0)
		*list = fresh;
	else
		p->at[before - 1].next = fresh;
}

void
pulse_move(struct pulses *p, uint32_t *into, uint32_t *from)
{
	uint32_t number;

	while ((number = *from) != 0) {
		struct beat b = p->at[number - 1];

		*from = b.next;
		beat_give(p, number);
		pulse_add(p, into, pulse_time(p, &b), b.n);
	}
}

void
pulse_drop(struct pulses *p, uint32_t *list)
{
	uint32_t number;

	while ((number = *list) != 0) {
		*list = p->at[number - 1].next;
		beat_give(p, number);
	}
}
