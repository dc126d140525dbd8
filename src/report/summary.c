#include "report/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "report/report.h"
#include "report/words.h"

static int
by_text(const void *a, const void *b)
{
	return text_compare(*(const struct text *)a, *(const struct text *)b);
}

static bool
is_gone(const struct finding *f)
{
	return f->status != NULL && strcmp(f->status, "gone") == 0;
}

static uint64_t
count_hosts(const struct report *r)
{
	struct text *names;
	size_t n = 0, n_names = 0;
	uint64_t distinct = 0;

	for (size_t i = 0; i < r->n_findings; i++)
		n_names += r->findings[i].n_hosts;
	if (n_names == 0)
		return 0;
	names = mem_zero(n_names, sizeof(*names));
	for (size_t i = 0; i < r->n_findings; i++)
		for (size_t k = 0; k < r->findings[i].n_hosts; k++)
			if (!is_gone(&r->findings[i]))
				names[n++] = r->findings[i].hosts[k];
	qsort(names, n, sizeof(*names), by_text);
	for (size_t i = 0; i < n; i++)
		distinct += i == 0 || !text_equal(names[i], names[i - 1]);
	free(names);
	return distinct;
}

static void
count_status(struct summary *s, const char *status)
{
	if (status == NULL)
		return;
	s->has_history = true;
	s->n_new += strcmp(status, "new") == 0;
	s->n_back += strcmp(status, "back") == 0;
	s->n_changed += strcmp(status, "changed") == 0;
	s->n_gone += strcmp(status, "gone") == 0;
	s->n_acknowledged += strcmp(status, "acknowledged") == 0;
}

struct summary
summary_of(const struct report *r)
{
	struct summary s = { .hosts = count_hosts(r) };

	for (size_t i = 0; i < r->n_findings; i++) {
		if (!is_gone(&r->findings[i])) {
			s.n_causes++;
			s.attempts += r->findings[i].attempts;
		}
		count_status(&s, r->findings[i].status);
	}
	for (size_t i = 0; i < r->n_suggestions; i++) {
		const struct entry *e = &r->suggestions[i];

		s.n_investigate += e->verdict == VERDICT_INVESTIGATE;
		if (e->verdict != VERDICT_ADD)
			continue;
		s.n_entries++;
		s.fixes += e->fixes;
		s.lost += e->inspected_lost;
	}
	/* Two entries may cure the same attempt. */
	if (s.fixes > s.attempts)
		s.fixes = s.attempts;
	return s;
}

bool
report_has_news(const struct report *r)
{
	struct summary s = summary_of(r);

	return s.has_history ? s.n_new + s.n_back + s.n_changed + s.n_gone > 0
			     : r->n_findings > 0;
}

/* What there was to read, where nothing in it was TLS. */
static void
nothing_to_tell(const struct report *r, struct buf *out)
{
	uint64_t packets = 0, lines = 0;

	for (size_t i = 0; i < r->n_inputs; i++) {
		packets += r->inputs[i].packets;
		lines += r->inputs[i].lines;
	}
	if (packets + lines == 0) {
		buf_string(out, r->n_inputs == 0
		    ? "Nothing was read."
		    : "The input is empty: nothing to tell, and no error.");
		return;
	}
	buf_string(out, "No TLS connection among ");
	if (packets > 0)
		words_count(out, packets, "packet", "packets");
	if (packets > 0 && lines > 0)
		buf_string(out, " and ");
	if (lines > 0)
		words_count(out, lines, "line", "lines");
	buf_string(out, ": nothing to tell.");
}

static void
nothing_broken(const struct report *r, struct buf *out)
{
	const struct totals *t = &r->totals;

	if (t->handshakes == 0 && t->connections == 0) {
		nothing_to_tell(r, out);
		return;
	}
	if (r->n_filters > 0) {
		buf_string(out, "No finding passes the filters.");
		return;
	}
	buf_string(out, "Nothing is broken by interception: ");
	words_count(out, t->connections, "TLS connection", "TLS connections");
	buf_string(out, ", ");
	words_number(out, t->intercepted);
	buf_string(out, " intercepted, no client refuses a certificate.");
}

static void
what_they_concern(const struct summary *s, struct buf *out)
{
	buf_string(out, " with ");
	words_count(out, s->n_causes, "cause", "causes");
	if (s->hosts > 0) {
		buf_string(out, " on ");
		words_count(out, s->hosts, "host", "hosts");
	}
}

static void
what_broke(const struct report *r, const struct summary *s, struct buf *out)
{
	const struct totals *t = &r->totals;
	bool both = t->error_lines > 0 && t->rejected > 0;

	/* Connections that carried nothing are attempts, too, without having
	 * been rejected: then there are fewer of the first than of the last.
	 * And what is hidden has its share of the first. */
	if (t->error_lines + t->rejected < s->attempts || r->n_filters > 0) {
		words_count(out, s->attempts, "broken attempt",
		    "broken attempts");
		what_they_concern(s, out);
		return;
	}
	if (t->error_lines > 0)
		words_count(out, t->error_lines, "error line", "error lines");
	if (both)
		buf_string(out, " and ");
	if (t->rejected > 0)
		words_count(out, t->rejected, "rejected connection",
		    "rejected connections");
	if (t->error_lines + t->rejected > 0)
		buf_string(out, t->error_lines + t->rejected == 1 ? " is "
								   : " are ");
	words_count(out, s->attempts, "attempt", "attempts");
	what_they_concern(s, out);
}

static void
what_entries_do(const struct report *r, const struct summary *s,
    struct buf *out)
{
	words_count(out, s->n_entries, "suggested entry fixes",
	    "suggested entries fix");
	buf_char(out, ' ');
	words_number(out, s->fixes);
	buf_string(out, " of ");
	words_count(out, s->attempts, "attempt", "attempts");
	if (s->lost == 0 && totals_failures_only(&r->totals)) {
		buf_string(out, "; no log tells what that would give up");
		return;
	}
	buf_string(out, s->n_entries == 1 ? " and gives up " : " and give up ");
	if (s->lost == 0) {
		buf_string(out, "no inspected session");
		return;
	}
	words_count(out, s->lost, "inspected session", "inspected sessions");
	if (r->totals.intercepted >= s->lost) {
		buf_string(out, " (");
		words_share(out, s->lost, r->totals.intercepted);
		buf_char(out, ')');
	}
}

static void
what_entries_leave(const struct summary *s, bool steps_follow,
    struct buf *out)
{
	uint64_t left = s->attempts - s->fixes;

	if (left == 0)
		return;
	words_count(out, left, "attempt is", "attempts are");
	buf_string(out, " NOT fixed by exclusions");
	if (steps_follow)
		buf_string(out, ": see Next steps");
	if (s->n_investigate > 0) {
		buf_string(out, "; ");
		words_count(out, s->n_investigate,
		    "entry needs a look first",
		    "entries need a look first");
	}
}

static void
what_changed(const struct summary *s, struct buf *out)
{
	const struct {
		uint64_t n;
		const char *word;
	} changes[] = { { s->n_new, "new" }, { s->n_back, "back" },
		{ s->n_changed, "changed" }, { s->n_gone, "gone" },
		{ s->n_acknowledged, "acknowledged" } };
	const char *comma = "";

	if (!s->has_history)
		return;
	for (size_t i = 0; i < N_ITEMS(changes); i++) {
		if (changes[i].n == 0)
			continue;
		buf_string(out, comma);
		words_number(out, changes[i].n);
		buf_printf(out, " %s", changes[i].word);
		comma = ", ";
	}
	buf_string(out, *comma != '\0' ? " since the last run"
				       : "Nothing changed since the last run");
}

static void
what_is_silent(const struct report *r, struct buf *out)
{
	const struct totals *t = &r->totals;

	if (t->harmless + t->ignored == 0)
		return;
	buf_string(out, "Not shown: ");
	if (t->harmless > 0)
		words_count(out, t->harmless, "harmless connection",
		    "harmless connections");
	if (t->harmless > 0 && t->ignored > 0)
		buf_string(out, ", ");
	if (t->ignored > 0) {
		words_number(out, t->ignored);
		buf_string(out, " silenced by rules of yours");
	}
}

/* "Filters: --class hides 2 findings, --host hides 1 finding" */
static void
what_is_hidden(const struct report *r, struct buf *out)
{
	for (size_t i = 0; i < r->n_filters; i++) {
		buf_string(out, i == 0 ? "Filters: " : ", ");
		buf_text(out, r->filters[i]);
	}
}

size_t
summary_lines(const struct report *r, bool shows_steps,
    struct buf lines[SUMMARY_LINES])
{
	struct summary s = summary_of(r);
	size_t n = 0;

	for (size_t i = 0; i < SUMMARY_LINES; i++)
		lines[i] = (struct buf){ 0 };
	if (s.n_causes == 0) {
		nothing_broken(r, &lines[n++]);
	} else {
		what_broke(r, &s, &lines[n++]);
		if (s.n_entries > 0)
			what_entries_do(r, &s, &lines[n++]);
		what_entries_leave(&s, shows_steps && r->n_next_steps > 0,
		    &lines[n]);
		n += lines[n].n > 0;
	}
	what_changed(&s, &lines[n]);
	n += lines[n].n > 0;
	what_is_silent(r, &lines[n]);
	n += lines[n].n > 0;
	what_is_hidden(r, &lines[n]);
	n += lines[n].n > 0;
	if (r->partial)
		buf_string(&lines[n++],
		    "Stopped before its end: this is what was known by then.");
	return n;
}

void
summary_subject(const struct report *r, struct buf *out)
{
	struct summary s = summary_of(r);

	buf_string(out, "pinspot: ");
	if (s.n_new + s.n_back + s.n_changed + s.n_gone > 0) {
		what_changed(&s, out);
		buf_string(out, "; ");
	}
	if (s.n_causes == 0) {
		buf_string(out, "nothing broken");
		return;
	}
	words_count(out, s.n_causes, "cause", "causes");
	buf_string(out, ", ");
	words_count(out, s.attempts, "attempt", "attempts");
	if (s.hosts > 0) {
		buf_string(out, " on ");
		words_count(out, s.hosts, "host", "hosts");
	}
}

bool
summary_bad_input(const struct input_info *input, struct buf *out)
{
	uint64_t whole = input->lines > 0 ? input->lines : input->packets;

	if (input->bad == 0 && !input->truncated)
		return false;
	buf_text(out, input->name);
	buf_string(out, ": ");
	if (input->bad > 0) {
		words_number(out, input->bad);
		buf_string(out, " of ");
		if (input->lines > 0)
			words_count(out, whole, "line", "lines");
		else
			words_count(out, whole, "packet", "packets");
		buf_string(out, " skipped");
		if (whole > 0) {
			buf_string(out, " (");
			words_share(out, input->bad, whole);
			buf_char(out, ')');
		}
	}
	if (input->truncated)
		buf_string(out, input->bad > 0
		    ? "; it ends in the middle of a record"
		    : "it ends in the middle of a record");
	return true;
}
