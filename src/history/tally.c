#include "history/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"

enum {
	ROWS_MAX = 1 << 19, /* some 50 MB */
	SEEN_MAX = 1 << 22, /* handshakes that are compared within one run */
	SPANS_BACK = 8 /* spans that may overlap each other at one time */
};

#define ATTEMPT_GAP (10 * CLOCK_SECOND) /* product.md, Vocabulary */

struct tally {
	struct tally_row *rows;
	size_t n, room;
	uint32_t *slots; /* row + 1 by hash; at most half of them used */
	size_t n_slots;
	struct tally_span *spans; /* by first */
	size_t n_spans;
	struct tally_source { /* by input of the run */
		int64_t known;
		struct sketch *sketch; /* NULL while nothing came */
		struct edge *edge;
	} *sources;
	size_t n_sources, sources_room;
	/* Handshakes of this run by hash, with the input they came from. */
	struct seen {
		uint64_t hash;
		uint32_t input; /* + 1; 0 for a free slot */
	} *seen;
	size_t n_seen, n_seen_slots;
	bool alone; /* nobody looks there */
	uint64_t left_out;
};

static int
span_order(const void *a, const void *b)
{
	const struct tally_span *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return x->input < y->input ? -1 : x->input > y->input;
}

struct tally *
tally_new(const struct tally_span *spans, size_t n)
{
	struct tally *t = mem_zero(1, sizeof(*t));

	t->n_slots = 1024;
	t->slots = mem_zero(t->n_slots, sizeof(*t->slots));
	t->n_seen_slots = 1024;
	t->seen = mem_zero(t->n_seen_slots, sizeof(*t->seen));
	t->spans = mem_zero(n + 1, sizeof(*t->spans));
	if (n > 0)
		memcpy(t->spans, spans, n * sizeof(*spans));
	t->n_spans = n;
	qsort(t->spans, n, sizeof(*t->spans), span_order);
	return t;
}

void
tally_free(struct tally *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->n_sources; i++) {
		free(t->sources[i].sketch);
		free(t->sources[i].edge);
	}
	for (size_t i = 0; i < t->n_spans; i++)
		free(t->spans[i].edge.hashes);
	free(t->sources);
	free(t->spans);
	free(t->slots);
	free(t->seen);
	free(t->rows);
	free(t);
}

void
tally_input(struct tally *t, uint32_t input, int64_t known)
{
	while (t->n_sources <= input) {
		t->sources = mem_grow(t->sources, t->n_sources,
		    &t->sources_room, sizeof(*t->sources));
		t->sources[t->n_sources++] = (struct tally_source){ 0 };
	}
	t->sources[input].known = known;
}

void
tally_alone(struct tally *t)
{
	t->alone = true;
}

/* Does a span tell of a handshake?  At its edge only of what it has seen. */
static bool
in_span(const struct tally_span *span, int64_t time, uint64_t hash)
{
	return span->last >= time && (span->edge.hashes == NULL ||
	    time < span->edge.from || edge_has(&span->edge, hash));
}

/* The span that a handshake falls into, + 1; 0 for none.  Spans overlap seldom,
 * so that a few before the last that began are enough. */
static uint32_t
find_span(const struct tally *t, int64_t time, uint64_t hash, int64_t known)
{
	size_t low = 0, high = t->n_spans;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->spans[middle].first <= time)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i > 0 && low - i < SPANS_BACK; i--)
		if (t->spans[i - 1].input != known &&
		    in_span(&t->spans[i - 1], time, hash))
			return (uint32_t)i;
	return 0;
}

/* Did another input of this run bring the same handshake? */
static bool
seen_elsewhere(struct tally *t, uint32_t input, uint64_t hash)
{
	size_t i;

	if (t->n_seen * 2 >= t->n_seen_slots && t->n_seen < SEEN_MAX) {
		struct seen *old = t->seen;
		size_t n_old = t->n_seen_slots;

		t->n_seen_slots *= 2;
		t->seen = mem_zero(t->n_seen_slots, sizeof(*t->seen));
		for (size_t j = 0; j < n_old; j++) {
			if (old[j].input == 0)
				continue;
			i = old[j].hash & (t->n_seen_slots - 1);
			while (t->seen[i].input != 0)
				i = (i + 1) & (t->n_seen_slots - 1);
			t->seen[i] = old[j];
		}
		free(old);
	}
	i = hash & (t->n_seen_slots - 1);
	while (t->seen[i].input != 0 && t->seen[i].hash != hash)
		i = (i + 1) & (t->n_seen_slots - 1);
	if (t->seen[i].input != 0)
		return t->seen[i].input != input + 1;
	if (t->n_seen < SEEN_MAX) {
		t->seen[i] = (struct seen){ hash, input + 1 };
		t->n_seen++;
	}
	return false;
}

static size_t
slot_of(const struct tally *t, const struct tally_row *key)
{
	uint64_t hash = hash_u64((uint64_t)key->input << 32 | key->token);
	size_t i;

	hash = hash_u64(hash ^ ((uint64_t)(uint32_t)key->day << 32 |
	    key->span));
	for (i = hash & (t->n_slots - 1); t->slots[i] != 0;
	    i = (i + 1) & (t->n_slots - 1)) {
		const struct tally_row *row = &t->rows[t->slots[i] - 1];

		if (row->input == key->input && row->token == key->token &&
		    row->day == key->day && row->span == key->span)
			break;
	}
	return i;
}

static void
grow_slots(struct tally *t)
{
	free(t->slots);
	t->n_slots *= 2;
	t->slots = mem_zero(t->n_slots, sizeof(*t->slots));
	for (size_t i = 0; i < t->n; i++)
		t->slots[slot_of(t, &t->rows[i])] = (uint32_t)i + 1;
}

static struct tally_row *
row_for(struct tally *t, const struct tally_row *key)
{
	size_t slot = slot_of(t, key);

	if (t->slots[slot] != 0)
		return &t->rows[t->slots[slot] - 1];
	if (t->n == ROWS_MAX) {
		t->left_out++;
		return NULL;
	}
	if (t->n * 2 >= t->n_slots) {
		grow_slots(t);
		slot = slot_of(t, key);
	}
	t->rows = mem_grow(t->rows, t->n, &t->room, sizeof(*t->rows));
	t->rows[t->n] = *key;
	t->slots[slot] = (uint32_t)++t->n;
	return &t->rows[t->n - 1];
}

/* The last rejection before midnight, for an attempt that goes on after it. */
static int64_t
last_of_day_before(const struct tally *t, const struct tally_row *row)
{
	struct tally_row key = *row;
	size_t slot;

	key.day--;
	slot = slot_of(t, &key);
	return t->slots[slot] != 0 ? t->rows[t->slots[slot] - 1].last_rejected :
	    CLOCK_UNKNOWN;
}

/* Does it begin an attempt, which belongs to the day of its first connection?
 * Without times each is one of its own. */
static bool
begins_attempt(const struct tally *t, const struct tally_row *row, int64_t time)
{
	int64_t last = row->last_rejected;

	if (time == CLOCK_UNKNOWN)
		return true;
	if (last == CLOCK_UNKNOWN &&
	    time - row->day * CLOCK_DAY <= ATTEMPT_GAP)
		last = last_of_day_before(t, row);
	return last == CLOCK_UNKNOWN || llabs(time - last) > ATTEMPT_GAP;
}

static void
count(const struct tally *t, struct tally_row *row, const struct handshake *h)
{
	int64_t time = h->hello.time;

	switch (h->outcome) {
	case OUTCOME_ACCEPTED:
		row->accepted += h->count;
		if (time > row->last_accepted)
			row->last_accepted = time;
		break;
	case OUTCOME_REJECTED:
		row->rejected += h->count;
		row->attempts += begins_attempt(t, row, time);
		if (time > row->last_rejected)
			row->last_rejected = time;
		break;
	case OUTCOME_IDLE:
		row->idle += h->count;
		break;
	default:
		row->other += h->count;
		break;
	}
}

void
tally_add(struct tally *t, const struct handshake *h, uint32_t token)
{
	struct tally_source *source = &t->sources[h->input];
	struct tally_row key = { .input = h->input, .token = token,
		.last_accepted = CLOCK_UNKNOWN,
		.last_rejected = CLOCK_UNKNOWN };
	uint64_t hash = sketch_hash(h);
	int64_t time = h->hello.time;
	struct tally_row *row;

	/* Another input may know how it ended; this one counts nothing. */
	if (h->outcome == OUTCOME_UNFINISHED)
		return;
	if (time != CLOCK_UNKNOWN) {
		key.day = (int32_t)(time / CLOCK_DAY - (time % CLOCK_DAY < 0));
		key.span = find_span(t, time, hash, source->known);
		if (source->sketch == NULL) {
			source->sketch = mem_zero(1, sizeof(struct sketch));
			source->edge = mem_zero(1, sizeof(struct edge));
		}
		sketch_add(source->sketch, hash, time);
		edge_add(source->edge, hash, time);
		/* Without a port two handshakes may well look the same. */
		if (h->client.port != 0 && !t->alone &&
		    seen_elsewhere(t, h->input, hash))
			return;
	}
	row = row_for(t, &key);
	if (row != NULL)
		count(t, row, h);
}

void
tally_forget(struct tally *t, uint32_t input)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->n; i++)
		if (t->rows[i].input != input)
			t->rows[kept++] = t->rows[i];
	t->n = kept;
	memset(t->slots, 0, t->n_slots * sizeof(*t->slots));
	for (size_t i = 0; i < t->n; i++)
		t->slots[slot_of(t, &t->rows[i])] = (uint32_t)i + 1;
	if (input < t->n_sources) {
		free(t->sources[input].sketch);
		free(t->sources[input].edge);
		t->sources[input].sketch = NULL;
		t->sources[input].edge = NULL;
	}
}

static int
row_order(const void *a, const void *b)
{
	const struct tally_row *x = a, *y = b;

	if (x->input != y->input)
		return x->input < y->input ? -1 : 1;
	if (x->token != y->token)
		return x->token < y->token ? -1 : 1;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return x->span < y->span ? -1 : x->span > y->span;
}

const struct tally_row *
tally_rows(struct tally *t, size_t *n)
{
	if (t->n > 0)
		qsort(t->rows, t->n, sizeof(*t->rows), row_order);
	memset(t->slots, 0, t->n_slots * sizeof(*t->slots));
	for (size_t i = 0; i < t->n; i++)
		t->slots[slot_of(t, &t->rows[i])] = (uint32_t)i + 1;
	*n = t->n;
	return t->rows;
}

const struct edge *
tally_edge(const struct tally *t, uint32_t input)
{
	return input < t->n_sources ? t->sources[input].edge : NULL;
}

const struct sketch *
tally_sketch(struct tally *t, uint32_t input)
{
	if (input >= t->n_sources || t->sources[input].sketch == NULL)
		return NULL;
	sketch_settle(t->sources[input].sketch);
	return t->sources[input].sketch;
}

size_t
tally_n_spans(const struct tally *t)
{
	return t->n_spans;
}

const struct tally_span *
tally_span(const struct tally *t, uint32_t span)
{
	return &t->spans[span - 1];
}

uint64_t
tally_left_out(const struct tally *t)
{
	return t->left_out;
}
