/*
 * What is gone: silence proves nothing, its own programs must have accepted it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "history/apply.h"

/* How long after its last rejection an acceptance means that a finding is gone:
 * a click that happens to work is none. */
#define GONE_AFTER (12 * 3600 * CLOCK_SECOND)

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
	struct text program = apply_offender(a->report,
	    &a->report->cells[cell]);
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

/* The index + 1 of a host of the report, or 0. */
static uint32_t
find_host(const struct apply *a, struct text name)
{
	struct named key = { .name = name };
	const struct named *host = bsearch(&key, a->names, a->report->n_hosts,
	    sizeof(*a->names), named_order);

	return host != NULL ? host->number + 1 : 0;
}

/* What the programs of a finding met at its hosts since it was last seen. */
static struct seen
see_offenders(struct apply *a, struct text id, bool any_host,
    int64_t last_seen)
{
	struct seen sum = { CLOCK_UNKNOWN, CLOCK_UNKNOWN, 0 };
	struct programs programs;
	struct query q;
	uint32_t host;

	get_programs(a, id, &programs);
	for (uint32_t i = 0; any_host && i < a->report->n_cells; i++)
		see_cell(a, i, &programs, last_seen, &sum);
	if (any_host)
		return sum;
	q = query_new(&a->h->db,
	    "SELECT name FROM finding_host WHERE finding = ?");
	bind_text(&q, id);
	while (query_step(&q)) {
		host = find_host(a, column_text(&q, 0));
		if (host == 0)
			continue;
		for (uint32_t i = a->by_host.begin[host - 1];
		    i < a->by_host.begin[host]; i++)
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
bool
apply_recover(struct apply *a, const struct finding *f)
{
	struct seen seen = see_offenders(a, text_of(f->id), f->host == 0,
	    f->last_seen);

	if (!is_gone(&seen, f->last_seen))
		return false;
	set_state(a, text_of(f->id), "gone", seen.last_accepted);
	return true;
}

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

	f->host = find_host(a, f->host_name);
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
	f.proof = &handshake_none;
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

void
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

