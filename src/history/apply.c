/*
 * One run against what earlier ones saw.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "history/apply.h"

enum { REVIEW_DAYS = 90 }; /* after which an entry is to be looked at again */

void
apply_note(struct apply *a, const char *format, ...)
{
	char words[512];
	va_list list;

	if (a->n_notes++ >= NOTES_MAX)
		return;
	va_start(list, format);
	vsnprintf(words, sizeof(words), format, list);
	va_end(list);
	report_note(a->report, "%s", words);
}

struct text
apply_program(const struct profile *p)
{
	return p->fingerprint.n > 0 ? p->fingerprint :
	    p->agent.n > 0	    ? p->agent :
				      p->app;
}

struct text
apply_offender(const struct report *r, const struct cell *cell)
{
	struct text program = apply_program(&r->profiles[cell->profile]);

	return program.n > 0 ? program : r->profiles[cell->profile].client;
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
	    " first_seen, last_seen, until, gone_since FROM finding"
	    " LEFT JOIN ack ON ack.finding = finding.id WHERE id = ?");
	struct stored s = { .ack_until = CLOCK_UNKNOWN };

	bind_text(&q, text_of(id));
	if (query_step(&q)) {
		s.known = true;
		snprintf(s.state, sizeof(s.state), "%.*s",
		    TEXT_ARG(column_text(&q, 0)));
		s.confidence = confidence_by_name(column_text(&q, 1));
		s.first_seen = column_integer(&q, 2);
		s.last_seen = column_integer(&q, 3);
		if (!column_is_null(&q, 4))
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
	uint64_t before = database_changed_ever(&a->h->db);

	bind_text(&q, text_of(id));
	bind_text(&q, name);
	query_run(&q);
	query_free(&q);
	return database_changed_ever(&a->h->db) == before;
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
		struct text program = apply_offender(r, cell);

		if (program.n == 0 ||
		    put_name(a, "INSERT INTO offender VALUES (?, ?)"
		    " ON CONFLICT DO NOTHING", f->id, program) ||
		    !stored->known || cell->last < stored->last_seen ||
		    apply_program(&r->profiles[cell->profile]).n == 0)
			continue; /* one more client is no news */
		n_new++;
		apply_note(a, "%s: %.*s began to reject %.*s on %.*s", f->id,
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
	apply_note(a, "%s: the acknowledgement of %.*s has ended", f->id,
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

/* The programs that reject, have they accepted since?  Told of findings that
 * are in the report all the same. */
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
	apply_note(a, "%s: %.*s was not rejected after %s, and accepted as "
	    "late as %s", f->id, TEXT_ARG(f->host_name),
	    clock_iso(rejected, room), clock_iso(accepted, other));
}

/*
 * A log that has just been rotated is too short to decide by, so that the first
 * finding of each day would be a new "undetermined" one, of a host whose cause
 * has long been known.  That is no news, and nothing to keep.
 */
static bool
was_decided(struct apply *a, const struct finding *f)
{
	struct query q = query_new(&a->h->db, "SELECT 1 FROM finding_host"
	    " JOIN finding ON finding.id = finding_host.finding"
	    " WHERE name = ? AND state = 'active' AND class != ?");
	bool decided = false;

	if (f->class == CLASS_UNDETERMINED && f->host != 0) {
		bind_text(&q, f->host_name);
		bind_text(&q, text_of(class_facts(f->class)->name));
		decided = query_step(&q);
	}
	query_free(&q);
	return decided;
}

static void
apply_finding(struct apply *a, size_t nth)
{
	struct finding *f = &a->report->findings[nth];
	struct stored stored = get_stored(a, f->id);
	bool older = stored.known && f->last_seen < stored.last_seen;
	size_t n_new;

	if (!stored.known && was_decided(a, f)) {
		f->status = "known";
		return;
	}
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
	    strcmp(stored.state, "active") == 0 && apply_recover(a, f))
		f->status = "gone";
	else
		note_recovery(a, nth);
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
	if (a->n_notes > NOTES_MAX)
		report_note(a->report, "history: %zu more notes are left out",
		    a->n_notes - NOTES_MAX);
	if (tally_left_out(a->run->tally) > 0)
		report_note(a->report, "history: %llu handshakes of too many "
		    "different clients and hosts were not kept",
		    (unsigned long long)tally_left_out(a->run->tally));
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

int
named_order(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	return text_compare(x->name, y->name);
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
	qsort(a->names, r->n_hosts, sizeof(*a->names), named_order);
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
	apply_inputs(&a);
	apply_counts(&a);
	for (size_t i = 0; i < r->n_findings; i++)
		apply_finding(&a, i);
	apply_gone(&a);
	put_entries(&a);
	append_gone(&a);
	append_notes(&a);
	apply_free(&a);
	return database_result(&h->db, e);
}
