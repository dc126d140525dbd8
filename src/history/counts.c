/*
 * The inputs of a run, and what they counted.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "history/apply.h"

static void
bind_mark(struct query *q, const struct history_source *source)
{
	bind_integer(q, (int64_t)source->mark.size);
	bind_integer(q, source->mark.n);
	bind_bytes(q, source->mark.head, sizeof(source->mark.head));
	bind_bytes(q, source->mark.tail, sizeof(source->mark.tail));
}

static void
bind_time(struct query *q, int64_t time)
{
	if (time == CLOCK_UNKNOWN) {
		q->n_bound++; /* stays NULL */
		return;
	}
	bind_integer(q, time);
}

/* The sample of what an input saw, and its edge; edge has EDGE_BYTES. */
static void
bind_sketch(struct query *q, struct tally *tally, uint32_t input,
    uint8_t sketch[SKETCH_BYTES], uint8_t *edge, int64_t last)
{
	const struct sketch *s = tally_sketch(tally, input);
	const struct edge *e = tally_edge(tally, input);
	int64_t from = 0;

	bind_bytes(q, sketch, s != NULL ? sketch_write(s, sketch) : 0);
	bind_bytes(q, edge, e != NULL ? edge_write(e, last, edge, &from) : 0);
	bind_integer(q, from);
}

/* Write an input's row, a new one or over the one that it continues. */
static void
put_input(struct apply *a, size_t nth)
{
	const struct history_source *source = &a->run->sources[nth];
	const struct input_info *info = &a->report->inputs[nth];
	uint8_t sketch[SKETCH_BYTES], *edge = mem_zero(EDGE_BYTES, 1);
	struct query q;

	q = query_new(&a->h->db, source->input == 0 ?
	    "INSERT INTO input (path, kind, is_log, size, n, head, tail, first,"
	    " last, records, sketch, edge, edge_from)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)" :
	    "UPDATE input SET path = ?, kind = ?, is_log = ?, size = ?, n = ?,"
	    " head = ?, tail = ?, first = ?, last = ?, records = ?, sketch = ?,"
	    " edge = ?, edge_from = ? WHERE id = ?");
	bind_text(&q, info->name);
	bind_text(&q, text_of(info->kind != NULL ? info->kind : "unknown"));
	bind_integer(&q, info->packets == 0);
	bind_mark(&q, source);
	bind_time(&q, info->first);
	bind_time(&q, info->last);
	bind_integer(&q, (int64_t)(info->packets + info->lines));
	bind_sketch(&q, a->run->tally, (uint32_t)nth, sketch, edge,
	    info->last);
	if (source->input != 0)
		bind_integer(&q, source->input);
	query_run(&q);
	query_free(&q);
	free(edge);
	a->inputs[nth] = source->input != 0 ? source->input :
	    database_inserted(&a->h->db);
	q = query_new(&a->h->db, "DELETE FROM count WHERE input = ?");
	bind_integer(&q, a->inputs[nth]);
	query_run(&q);
	query_free(&q);
}

/* Did this input see what a known one had already seen? */
static bool
same_traffic(struct apply *a, uint32_t input, const struct tally_span *span,
    struct text *path)
{
	const struct input_info *info = &a->report->inputs[input];
	const struct sketch *mine = tally_sketch(a->run->tally, input);
	struct query q = query_new(&a->h->db,
	    "SELECT sketch, path FROM input WHERE id = ?");
	static const struct sketch none;
	struct sketch theirs = none;
	bool same = false;

	bind_integer(&q, span->input);
	if (mine != NULL && query_step(&q) &&
	    sketch_read(&theirs, column_window(&q, 0))) {
		int64_t from = span->first > info->first ? span->first :
							   info->first;
		int64_t to = span->last < info->last ? span->last : info->last;

		same = sketch_overlap(mine, &theirs, from, to);
		*path = pool_intern(a->report->pool, column_text(&q, 1));
	}
	query_free(&q);
	return same;
}

/* Is what falls into a span counted there already?  Asked once for each input
 * and span: rows are sorted by input, and an answer is kept. */
struct span_answer {
	uint32_t input, span;
	bool counted;
};

static bool
counted_before(struct apply *a, struct span_answer *answers,
    const struct tally_row *row)
{
	struct span_answer *answer;
	const struct tally_span *span;
	struct text path = { 0 };

	if (row->span == 0)
		return false;
	answer = &answers[row->span - 1];
	if (answer->span == row->span && answer->input == row->input)
		return answer->counted;
	span = tally_span(a->run->tally, row->span);
	*answer = (struct span_answer){ row->input, row->span,
		same_traffic(a, row->input, span, &path) };
	if (answer->counted)
		apply_note(a, "%.*s: overlaps %.*s, which was read before: "
		    "counted once",
		    TEXT_ARG(a->report->inputs[row->input].name),
		    TEXT_ARG(path));
	return answer->counted;
}

static int64_t
host_number(struct apply *a, uint32_t host)
{
	struct text name = a->report->hosts[host].name;
	struct query q;

	if (a->hosts[host] != 0)
		return a->hosts[host];
	q = query_new(&a->h->db, "INSERT INTO host (name) VALUES (?)"
	    " ON CONFLICT DO UPDATE SET name = name RETURNING id");
	bind_text(&q, name);
	if (query_step(&q))
		a->hosts[host] = column_integer(&q, 0);
	query_free(&q);
	return a->hosts[host];
}

static int64_t
profile_number(struct apply *a, uint32_t profile)
{
	const struct profile *p = &a->report->profiles[profile];
	struct query q;

	if (a->profiles[profile] != 0)
		return a->profiles[profile];
	q = query_new(&a->h->db, "INSERT INTO profile (client, program)"
	    " VALUES (?, ?) ON CONFLICT DO UPDATE SET client = client"
	    " RETURNING id");
	bind_text(&q, p->client);
	bind_text(&q, apply_program(p));
	if (query_step(&q))
		a->profiles[profile] = column_integer(&q, 0);
	query_free(&q);
	return a->profiles[profile];
}

static void
put_count(struct apply *a, struct query *q, const struct tally_row *row,
    const struct cell *cell)
{
	bind_integer(q, a->inputs[row->input]);
	bind_integer(q, host_number(a, cell->host));
	bind_integer(q, profile_number(a, cell->profile));
	bind_integer(q, row->day);
	bind_integer(q, (int64_t)row->accepted);
	bind_integer(q, (int64_t)row->rejected);
	bind_integer(q, (int64_t)row->idle);
	bind_integer(q, (int64_t)row->other);
	bind_integer(q, (int64_t)row->attempts);
	query_run(q);
}

static void
see(struct seen *seen, const struct tally_row *row)
{
	seen->accepted += row->accepted;
	if (row->last_accepted > seen->last_accepted)
		seen->last_accepted = row->last_accepted;
	if (row->last_rejected > seen->last_rejected)
		seen->last_rejected = row->last_rejected;
}

void
apply_counts(struct apply *a)
{
	struct span_answer *answers = mem_zero(
	    tally_n_spans(a->run->tally) + 1, sizeof(*answers));
	struct query q = query_new(&a->h->db, "INSERT INTO count VALUES"
	    " (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
	    " accepted = accepted + excluded.accepted,"
	    " rejected = rejected + excluded.rejected,"
	    " idle = idle + excluded.idle, other = other + excluded.other,"
	    " attempts = attempts + excluded.attempts");

	for (size_t i = 0; i < a->n_rows; i++) {
		const struct tally_row *row = &a->rows[i];
		long cell = a->run->cell_of(a->run->arg, row->token);

		if (cell < 0 || row->input >= a->report->n_inputs)
			continue;
		see(&a->seen[cell], row);
		if (a->run->sources[row->input].known != KNOWN_SAME &&
		    !counted_before(a, answers, row))
			put_count(a, &q, row, &a->report->cells[cell]);
	}
	query_free(&q);
	free(answers);
}

void
apply_inputs(struct apply *a)
{
	const struct history_source *sources = a->run->sources;
	const struct report *r = a->report;

	for (size_t i = 0; i < r->n_inputs; i++) {
		a->inputs[i] = sources[i].input;
		if (sources[i].known != KNOWN_SAME &&
		    r->inputs[i].packets + r->inputs[i].lines > 0)
			put_input(a, i);
	}
}
