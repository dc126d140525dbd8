/*
 * One run against what earlier ones saw.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "history/store_private.h"

enum {
	REVIEW_DAYS = 90, /* after which an entry is to be looked at again */
	OFFENDERS_MAX = 256, /* programs that are kept of one finding */
	HOSTS_MAX = 1024, /* names that are kept of one finding */
	NOTES_MAX = 64 /* of what drifted, in one run */
};

/* How long after its last rejection an acceptance means that a finding is gone:
 * a click that happens to work is none. */
#define GONE_AFTER (12 * 3600 * CLOCK_SECOND)

/* Numbers 0 to n - 1 grouped by a key: those of key k are at[begin[k]] to
 * at[begin[k + 1] - 1], in order. */
struct groups {
	uint32_t *begin, *at;
};

struct named {
	struct text name;
	uint32_t number;
};

/* What this run saw of one cell of the report, over all its inputs. */
struct seen {
	int64_t last_accepted, last_rejected; /* CLOCK_UNKNOWN for none */
	uint64_t accepted;
};

struct apply {
	struct history *h;
	const struct history_run *run;
	struct report *report;
	const struct tally_row *rows;
	size_t n_rows;
	int64_t *inputs; /* number in the store of each input of the report */
	int64_t *hosts, *profiles; /* numbers in the store, 0: not yet asked */
	struct seen *seen; /* by cell */
	struct groups by_finding, by_host; /* cells; key of finding 0: none */
	struct named *names; /* hosts by name */
	struct text notes[NOTES_MAX];
	size_t n_notes;
	struct finding *gone;
	size_t n_gone, gone_room;
};

static void PRINTF_LIKE(2, 3)
note(struct apply *a, const char *format, ...)
{
	char words[512];
	va_list list;

	if (a->n_notes == NOTES_MAX)
		return;
	va_start(list, format);
	vsnprintf(words, sizeof(words), format, list);
	va_end(list);
	a->notes[a->n_notes++] = pool_intern(a->report->pool, text_of(words));
}

/* "2026-11-20" of a time. */
static struct text
day_of(char room[CLOCK_ISO_SIZE], int64_t time)
{
	if (time == CLOCK_UNKNOWN)
		return TEXT("an unknown day");
	clock_iso(time, room);
	return (struct text){ room, strlen("2026-11-20") };
}

/*
 * Inputs
 */

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
	    sqlite3_last_insert_rowid(a->h->db.handle);
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
	if (mine != NULL && query_step(&q) && sketch_read(&theirs,
	    sqlite3_column_blob(q.statement, 0),
	    (size_t)sqlite3_column_bytes(q.statement, 0))) {
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
		note(a, "%.*s: overlaps %.*s, which was read before: counted "
		    "once",
		    TEXT_ARG(a->report->inputs[row->input].name),
		    TEXT_ARG(path));
	return answer->counted;
}

/*
 * Counts
 */

static struct text
program_of(const struct profile *p)
{
	return p->fingerprint.n > 0 ? p->fingerprint :
	    p->agent.n > 0	    ? p->agent :
				      p->app;
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
	bind_text(&q, program_of(p));
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

static void
put_counts(struct apply *a)
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

/*
 * Findings
 */

struct stored {
	bool known;
	char state[12]; /* "active", "gone", "replaced" */
	enum confidence confidence;
	int64_t first_seen, last_seen;
	int64_t gone_since; /* it was accepted as late as then */
	int64_t ack_until; /* CLOCK_UNKNOWN: not acknowledged */
};

static struct stored
get_stored(struct apply *a, const char *id)
{
	struct query q = query_new(&a->h->db, "SELECT state, confidence,"
	    " first_seen, last_seen, until, gone_since FROM finding LEFT JOIN ack"
	    " ON ack.finding = finding.id WHERE id = ?");
	struct stored s = { .ack_until = CLOCK_UNKNOWN };

	bind_text(&q, text_of(id));
	if (query_step(&q)) {
		s.known = true;
		snprintf(s.state, sizeof(s.state), "%.*s",
		    TEXT_ARG(column_text(&q, 0)));
		s.confidence = confidence_by_name(column_text(&q, 1));
		s.first_seen = column_integer(&q, 2);
		s.last_seen = column_integer(&q, 3);
		if (sqlite3_column_type(q.statement, 4) != SQLITE_NULL)
			s.ack_until = column_integer(&q, 4);
		s.gone_since = column_integer(&q, 5);
	}
	query_free(&q);
	return s;
}

static void
put_finding(struct apply *a, const struct finding *f, const char *state,
    int64_t gone_since)
{
	struct query q = query_new(&a->h->db, "INSERT INTO finding VALUES"
	    " (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
	    " confidence = excluded.confidence, rule = excluded.rule,"
	    " host = excluded.host, subject = excluded.subject,"
	    " first_seen = min(first_seen, excluded.first_seen),"
	    " last_seen = excluded.last_seen, state = excluded.state,"
	    " gone_since = excluded.gone_since");

	bind_text(&q, text_of(f->id));
	bind_text(&q, text_of(class_facts(f->class)->name));
	bind_text(&q, text_of(confidence_name(f->confidence)));
	bind_text(&q, f->rule);
	bind_text(&q, f->host_name);
	bind_integer(&q, f->host == 0);
	bind_text(&q, f->subject);
	bind_integer(&q, f->first_seen);
	bind_integer(&q, f->last_seen);
	bind_text(&q, text_of(state));
	bind_integer(&q, gone_since);
	query_run(&q);
	query_free(&q);
}

/* Add a name to a finding's list; was it there before? */
static bool
put_name(struct apply *a, const char *sql, const char *id, struct text name)
{
	struct query q = query_new(&a->h->db, sql);
	int before = sqlite3_total_changes(a->h->db.handle);

	bind_text(&q, text_of(id));
	bind_text(&q, name);
	query_run(&q);
	query_free(&q);
	return sqlite3_total_changes(a->h->db.handle) == before;
}

/* The program of a cell's profile, or the client where no program is known. */
static struct text
offender_of(const struct report *r, const struct cell *cell)
{
	struct text program = program_of(&r->profiles[cell->profile]);

	return program.n > 0 ? program : r->profiles[cell->profile].client;
}

/* Keep the programs that reject and the names that are rejected; how many
 * programs are new. */
static size_t
put_names(struct apply *a, size_t nth, const struct stored *stored)
{
	const struct report *r = a->report;
	const struct finding *f = &r->findings[nth];
	const struct groups *g = &a->by_finding;
	char room[CLOCK_ISO_SIZE];
	size_t n_new = 0;
	uint32_t end = g->begin[nth + 2];

	for (size_t i = 0; i < f->n_hosts && i < HOSTS_MAX; i++)
		put_name(a, "INSERT INTO finding_host VALUES (?, ?)"
		    " ON CONFLICT DO NOTHING", f->id, f->hosts[i]);
	if (end - g->begin[nth + 1] > OFFENDERS_MAX)
		end = g->begin[nth + 1] + OFFENDERS_MAX;
	for (uint32_t i = g->begin[nth + 1]; i < end; i++) {
		const struct cell *cell = &r->cells[g->at[i]];
		struct text program = offender_of(r, cell);

		if (program.n == 0 ||
		    put_name(a, "INSERT INTO offender VALUES (?, ?)"
		    " ON CONFLICT DO NOTHING", f->id, program) ||
		    !stored->known || cell->last < stored->last_seen ||
		    program_of(&r->profiles[cell->profile]).n == 0)
			continue; /* one more client is no news */
		n_new++;
		note(a, "%s: %.*s began to reject %.*s on %.*s", f->id,
		    TEXT_ARG(program), TEXT_ARG(f->host_name),
		    TEXT_ARG(day_of(room, cell->first)));
	}
	return n_new;
}

static void
end_ack(struct apply *a, const struct finding *f)
{
	struct query q = query_new(&a->h->db,
	    "DELETE FROM ack WHERE finding = ?");

	bind_text(&q, text_of(f->id));
	query_run(&q);
	query_free(&q);
	note(a, "%s: the acknowledgement of %.*s has ended", f->id,
	    TEXT_ARG(f->host_name));
}

/* Was it rejected again after it had been accepted? */
static bool
is_back(const struct finding *f, const struct stored *s)
{
	return f->last_seen > s->last_seen && f->last_seen > s->gone_since;
}

/* What this run makes of a finding that was known before. */
static const char *
status_of(struct apply *a, const struct finding *f, const struct stored *s,
    size_t n_new_programs)
{
	bool newer = f->last_seen > s->last_seen;

	if (s->ack_until != CLOCK_UNKNOWN && s->ack_until < a->run->now) {
		end_ack(a, f);
		return "back";
	}
	if (s->ack_until != CLOCK_UNKNOWN)
		return "acknowledged";
	if (strcmp(s->state, "active") != 0) /* "gone" was told once */
		return is_back(f, s) ? "back" : "known";
	return newer && (f->confidence > s->confidence || n_new_programs > 0) ?
	    "changed" :
	    "known";
}

/* The programs that reject, have they accepted since?  Told of findings that are
 * in the report all the same. */
static void
note_recovery(struct apply *a, size_t nth)
{
	const struct finding *f = &a->report->findings[nth];
	int64_t rejected = CLOCK_UNKNOWN, accepted = CLOCK_UNKNOWN;
	char room[CLOCK_ISO_SIZE], other[CLOCK_ISO_SIZE];

	for (uint32_t i = a->by_finding.begin[nth + 1];
	    i < a->by_finding.begin[nth + 2]; i++) {
		const struct seen *seen = &a->seen[a->by_finding.at[i]];

		if (seen->last_rejected > rejected)
			rejected = seen->last_rejected;
		if (seen->last_accepted > accepted)
			accepted = seen->last_accepted;
	}
	if (rejected == CLOCK_UNKNOWN || accepted <= rejected)
		return;
	note(a, "%s: %.*s was not rejected after %s, and accepted as late as %s",
	    f->id, TEXT_ARG(f->host_name), clock_iso(rejected, room),
	    clock_iso(accepted, other));
}

/* The programs of a finding. */
struct programs {
	struct text at[OFFENDERS_MAX];
	size_t n;
};

static void
get_programs(struct apply *a, struct text id, struct programs *out)
{
	struct query q = query_new(&a->h->db, "SELECT program FROM offender"
	    " WHERE finding = ? ORDER BY program");

	out->n = 0;
	bind_text(&q, id);
	while (out->n < OFFENDERS_MAX && query_step(&q))
		out->at[out->n++] = pool_intern(a->report->pool,
		    column_text(&q, 0));
	query_free(&q);
}

/* Add what a cell saw after a finding was last seen, if its program is one of
 * the finding's. */
static void
see_cell(const struct apply *a, uint32_t cell, const struct programs *programs,
    int64_t last_seen, struct seen *sum)
{
	const struct seen *seen = &a->seen[cell];
	struct text program = offender_of(a->report, &a->report->cells[cell]);
	size_t i = 0;

	if (seen->last_accepted <= last_seen &&
	    seen->last_rejected <= last_seen)
		return;
	while (i < programs->n && !text_equal(programs->at[i], program))
		i++;
	if (i == programs->n)
		return;
	if (seen->last_accepted > last_seen)
		sum->accepted += seen->accepted;
	if (seen->last_accepted > sum->last_accepted)
		sum->last_accepted = seen->last_accepted;
	if (seen->last_rejected > sum->last_rejected)
		sum->last_rejected = seen->last_rejected;
}

static int
name_order(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return text_compare(x->name, y->name);
}

/* What the programs of a finding met at its hosts since it was last seen. */
static struct seen
see_offenders(struct apply *a, struct text id, bool any_host,
    int64_t last_seen)
{
	struct seen sum = { CLOCK_UNKNOWN, CLOCK_UNKNOWN, 0 };
	struct programs programs;
	struct named *host, key;
	struct query q;

	get_programs(a, id, &programs);
	for (uint32_t i = 0; any_host && i < a->report->n_cells; i++)
		see_cell(a, i, &programs, last_seen, &sum);
	if (any_host)
		return sum;
	q = query_new(&a->h->db,
	    "SELECT name FROM finding_host WHERE finding = ?");
	bind_text(&q, id);
	while (query_step(&q)) {
		key.name = column_text(&q, 0);
		host = bsearch(&key, a->names, a->report->n_hosts,
		    sizeof(*a->names), name_order);
		if (host == NULL)
			continue;
		for (uint32_t i = a->by_host.begin[host->number];
		    i < a->by_host.begin[host->number + 1]; i++)
			see_cell(a, a->by_host.at[i], &programs, last_seen,
			    &sum);
	}
	query_free(&q);
	return sum;
}

static void
set_state(struct apply *a, struct text id, const char *state, int64_t since)
{
	struct query q = query_new(&a->h->db,
	    "UPDATE finding SET state = ?, gone_since = ? WHERE id = ?");

	bind_text(&q, text_of(state));
	bind_integer(&q, since);
	bind_text(&q, id);
	query_run(&q);
	query_free(&q);
}

/* Have its own programs, or what stands for them, long accepted it by now?
 * Silence proves nothing. */
static bool
is_gone(const struct seen *seen, int64_t last_seen)
{
	return seen->accepted > 0 && seen->last_rejected <= last_seen &&
	    seen->last_accepted - last_seen >= GONE_AFTER;
}

/* A finding of an older log that is in the report all the same: set it to gone
 * where this run shows that it is. */
static bool
recover(struct apply *a, const struct finding *f)
{
	struct seen seen = see_offenders(a, text_of(f->id), f->host == 0,
	    f->last_seen);

	if (!is_gone(&seen, f->last_seen))
		return false;
	set_state(a, text_of(f->id), "gone", seen.last_accepted);
	return true;
}

static void
apply_finding(struct apply *a, size_t nth)
{
	struct finding *f = &a->report->findings[nth];
	struct stored stored = get_stored(a, f->id);
	bool older = stored.known && f->last_seen < stored.last_seen;
	size_t n_new;

	if (!stored.known || is_back(f, &stored))
		put_finding(a, f, "active", 0);
	else if (f->last_seen > stored.last_seen)
		put_finding(a, f, stored.state, stored.gone_since);
	n_new = put_names(a, nth, &stored);
	f->status = stored.known ? status_of(a, f, &stored, n_new) : "new";
	if (stored.known && stored.first_seen < f->first_seen)
		f->first_seen = stored.first_seen;
	if (older)
		f->last_seen = stored.last_seen;
	if (strcmp(f->status, "known") == 0 &&
	    strcmp(stored.state, "active") == 0 && recover(a, f))
		f->status = "gone";
	else
		note_recovery(a, nth);
}

/*
 * What is gone
 */

static bool
in_report(const struct report *r, struct text id)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (text_is(id, r->findings[i].id))
			return true;
	return false;
}

/* The names that a stored finding concerns, and its host where this run saw it,
 * too. */
static void
add_hosts(struct apply *a, struct finding *f)
{
	struct query q = query_new(&a->h->db, "SELECT name FROM finding_host"
	    " WHERE finding = ? ORDER BY name");
	struct named key = { .name = f->host_name }, *host;

	host = bsearch(&key, a->names, a->report->n_hosts, sizeof(*a->names),
	    name_order);
	if (host != NULL)
		f->host = host->number + 1;
	f->hosts = pool_zero(a->report->pool, HOSTS_MAX * sizeof(*f->hosts));
	bind_text(&q, text_of(f->id));
	while (f->n_hosts < HOSTS_MAX && query_step(&q))
		f->hosts[f->n_hosts++] = pool_intern(a->report->pool,
		    column_text(&q, 0));
	query_free(&q);
}

/* Put a finding that is gone into the report, with what the store knows. */
static void
add_gone(struct apply *a, struct query *q, const struct seen *seen)
{
	struct pool *pool = a->report->pool;
	char room[CLOCK_ISO_SIZE];
	struct finding f = { .status = "gone", .shape.alert = -1 };

	snprintf(f.id, sizeof(f.id), "%.*s", TEXT_ARG(column_text(q, 0)));
	f.class = class_by_name(column_text(q, 1));
	f.confidence = confidence_by_name(column_text(q, 2));
	f.rule = pool_intern(pool, column_text(q, 3));
	f.host_name = pool_intern(pool, column_text(q, 4));
	f.subject = pool_intern(pool, column_text(q, 6));
	f.first_seen = column_integer(q, 7);
	f.last_seen = column_integer(q, 8);
	f.accepted = seen->accepted;
	add_hosts(a, &f);
	f.action = "none";
	f.advice = TEXT("Nothing to do");
	handshake_init(&f.proof);
	f.reasons = pool_zero(pool, sizeof(*f.reasons));
	f.reasons[f.n_reasons++] = pool_printf(pool,
	    "not rejected after %s, and accepted since by what rejected it",
	    clock_iso(f.last_seen, room));
	a->gone = mem_grow(a->gone, a->n_gone, &a->gone_room,
	    sizeof(*a->gone));
	a->gone[a->n_gone++] = f;
}

/* Does another finding of the report tell of the same host by now? */
static bool
replaced(const struct report *r, struct text host, int64_t last_seen)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (text_equal(r->findings[i].host_name, host) &&
		    r->findings[i].last_seen > last_seen)
			return true;
	return false;
}

static void
apply_gone(struct apply *a)
{
	struct query q = query_new(&a->h->db, "SELECT id, class, confidence,"
	    " rule, host, any_host, subject, first_seen, last_seen FROM finding"
	    " WHERE state = 'active' ORDER BY id");

	while (query_step(&q)) {
		struct text id = column_text(&q, 0), host = column_text(&q, 4);
		bool any_host = column_integer(&q, 5) != 0;
		int64_t last_seen = column_integer(&q, 8);
		struct seen seen;

		if (in_report(a->report, id))
			continue;
		if (!any_host && replaced(a->report, host, last_seen)) {
			set_state(a, id, "replaced", last_seen);
			continue;
		}
		seen = see_offenders(a, id, any_host, last_seen);
		if (!is_gone(&seen, last_seen))
			continue;
		add_gone(a, &q, &seen);
		set_state(a, id, "gone", seen.last_accepted);
	}
	query_free(&q);
}

static void
append_gone(struct apply *a)
{
	struct report *r = a->report;
	struct finding *all;

	if (a->n_gone == 0)
		return;
	all = pool_zero(r->pool, (r->n_findings + a->n_gone) * sizeof(*all));
	if (r->n_findings > 0)
		memcpy(all, r->findings, r->n_findings * sizeof(*all));
	memcpy(all + r->n_findings, a->gone, a->n_gone * sizeof(*all));
	r->findings = all;
	r->n_findings += a->n_gone;
}

static void
append_notes(struct apply *a)
{
	struct report *r = a->report;
	struct text *all;

	if (tally_left_out(a->run->tally) > 0)
		note(a, "history: %llu handshakes of too many different clients "
		    "and hosts were not kept",
		    (unsigned long long)tally_left_out(a->run->tally));
	if (a->n_notes == 0)
		return;
	all = pool_zero(r->pool, (r->n_notes + a->n_notes) * sizeof(*all));
	if (r->n_notes > 0)
		memcpy(all, r->notes, r->n_notes * sizeof(*all));
	memcpy(all + r->n_notes, a->notes, a->n_notes * sizeof(*all));
	r->notes = all;
	r->n_notes += a->n_notes;
}

static void
put_entries(struct apply *a)
{
	const struct report *r = a->report;
	struct query q = query_new(&a->h->db, "INSERT INTO entry VALUES"
	    " (?, ?, ?, ?) ON CONFLICT DO NOTHING");

	for (size_t i = 0; i < r->n_suggestions; i++) {
		const struct entry *e = &r->suggestions[i];

		if (e->verdict != VERDICT_ADD)
			continue;
		bind_text(&q, text_of(e->product));
		bind_text(&q, e->entry);
		bind_integer(&q, a->run->now);
		bind_integer(&q, a->run->now + REVIEW_DAYS * CLOCK_DAY);
		query_run(&q);
	}
	query_free(&q);
}

/* Group cells by the key that key_of gives, 0 to n_keys - 1. */
static struct groups
group(const struct report *r, size_t n_keys,
    uint32_t (*key_of)(const struct cell *))
{
	struct groups g = { mem_zero(n_keys + 2, sizeof(uint32_t)),
		mem_zero(r->n_cells + 1, sizeof(uint32_t)) };

	for (size_t i = 0; i < r->n_cells; i++)
		g.begin[key_of(&r->cells[i]) + 1]++;
	for (size_t i = 1; i <= n_keys; i++)
		g.begin[i] += g.begin[i - 1];
	/* Filling moves each beginning to the next one's place. */
	for (size_t i = 0; i < r->n_cells; i++)
		g.at[g.begin[key_of(&r->cells[i])]++] = (uint32_t)i;
	memmove(g.begin + 1, g.begin, n_keys * sizeof(uint32_t));
	g.begin[0] = 0;
	return g;
}

static uint32_t
finding_key(const struct cell *cell)
{
	return cell->finding;
}

static uint32_t
host_key(const struct cell *cell)
{
	return cell->host;
}

static void
apply_init(struct apply *a)
{
	const struct report *r = a->report;

	a->rows = tally_rows(a->run->tally, &a->n_rows);
	a->inputs = mem_zero(r->n_inputs + 1, sizeof(*a->inputs));
	a->hosts = mem_zero(r->n_hosts + 1, sizeof(*a->hosts));
	a->profiles = mem_zero(r->n_profiles + 1, sizeof(*a->profiles));
	a->seen = mem_zero(r->n_cells + 1, sizeof(*a->seen));
	for (size_t i = 0; i < r->n_cells; i++)
		a->seen[i] = (struct seen){ CLOCK_UNKNOWN, CLOCK_UNKNOWN, 0 };
	a->by_finding = group(r, r->n_findings + 1, finding_key);
	a->by_host = group(r, r->n_hosts, host_key);
	a->names = mem_zero(r->n_hosts + 1, sizeof(*a->names));
	for (size_t i = 0; i < r->n_hosts; i++)
		a->names[i] = (struct named){ r->hosts[i].name, (uint32_t)i };
	qsort(a->names, r->n_hosts, sizeof(*a->names), name_order);
}

static void
apply_free(struct apply *a)
{
	free(a->inputs);
	free(a->hosts);
	free(a->profiles);
	free(a->seen);
	free(a->gone);
	free(a->names);
	free(a->by_finding.begin);
	free(a->by_finding.at);
	free(a->by_host.begin);
	free(a->by_host.at);
}

int
history_apply(struct history *h, const struct history_run *run,
    struct error *e)
{
	struct report *r = run->report;
	struct apply a = { .h = h, .run = run, .report = r };

	apply_init(&a);
	database_run(&h->db, "BEGIN IMMEDIATE");
	h->in_run = true;
	for (size_t i = 0; i < r->n_inputs; i++) {
		a.inputs[i] = run->sources[i].input;
		if (run->sources[i].known != KNOWN_SAME &&
		    r->inputs[i].packets + r->inputs[i].lines > 0)
			put_input(&a, i);
	}
	put_counts(&a);
	for (size_t i = 0; i < r->n_findings; i++)
		apply_finding(&a, i);
	apply_gone(&a);
	put_entries(&a);
	append_gone(&a);
	append_notes(&a);
	apply_free(&a);
	return database_result(&h->db, e);
}
