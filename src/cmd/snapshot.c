#include "cmd/snapshot.h"

#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/stop.h"
#include "cmd/cmd.h"
#include "cmd/documents.h"
#include "cmd/select.h"
#include "exclude/suggest.h"
#include "report/escape.h"
#include "report/words.h"

enum {
	FINDINGS_SHOWN = 10, /* in a summary */
	WAIT_MS = 50,
	WAITS_MAX = 100, /* 5 s at the end for a child to print */
	CHILD_SECONDS = 60, /* until one whose output nobody takes ends */
};

void
snapshot_start(struct snapshot *s, struct analysis *a)
{
	*s = (struct snapshot){ .analysis = a,
		.due = clock_monotonic() + a->settings->interval };
}

/* In one write, so that it stays together with what others print. */
static void
print_summary(const struct report *r)
{
	const struct totals *t = &r->totals;
	struct buf out = { 0 };

	buf_string(&out, "pinspot: ");
	words_count(&out, t->connections, "TLS connection", "TLS connections");
	buf_string(&out, ", ");
	words_number(&out, t->rejected);
	buf_string(&out, " rejected, ");
	words_count(&out, t->rejected_attempts, "broken attempt",
	    "broken attempts");
	buf_string(&out, ", ");
	words_count(&out, r->n_findings, "finding", "findings");
	if (r->n_inputs > 0 && r->inputs[0].bad > 0) {
		buf_string(&out, ", ");
		words_count(&out, r->inputs[0].bad, "damaged line or record",
		    "damaged lines or records");
	}
	buf_char(&out, '\n');
	for (size_t i = 0; i < r->n_findings && i < FINDINGS_SHOWN; i++) {
		const struct finding *f = &r->findings[i];

		buf_printf(&out, "  %s  %s  ", class_facts(f->class)->name,
		    confidence_name(f->confidence));
		escape_plain(&out, finding_title(f));
		buf_string(&out, "  ");
		words_count(&out, f->attempts, "attempt", "attempts");
		buf_char(&out, '\n');
	}
	fwrite(out.at, 1, out.n, stderr);
	buf_free(&out);
}

/* In the child: finish what the parent goes on with. */
static void
report(struct analysis *a, bool whole)
{
	const struct settings *s = a->settings;
	struct error e;

	alarm(CHILD_SECONDS);
	analysis_decide(a);
	if (suggest_entries(a->report, analysis_product(a), &e) != 0)
		_exit(EXIT_INTERNAL);
	select_findings(s, a->report);
	analysis_hide(a);
	if (!whole && !s->quiet)
		print_summary(a->report);
	if ((whole || s->output.n > 0) && documents_write(s, a->report,
	    &e) != 0) {
		error_warn("%s", e.text);
		_exit(EXIT_INTERNAL);
	}
	_exit(EXIT_OK);
}

/* False where the last child is still at it. */
static bool
start(struct snapshot *s, bool whole)
{
	if (s->child != 0 && waitpid(s->child, NULL, WNOHANG) == 0)
		return false;
	fflush(stdout);
	fflush(stderr);
	s->child = fork();
	if (s->child == 0)
		report(s->analysis, whole);
	if (s->child < 0)
		s->child = 0;
	return true;
}

void
snapshot_idle(void *snapshot)
{
	struct snapshot *s = snapshot;
	uint64_t n = s->analysis->n_handshakes;
	int64_t time = clock_monotonic();

	s->wanted |= stop_snapshot_wanted();
	if (s->wanted) {
		s->wanted = !start(s, true);
		return;
	}
	if (time < s->due)
		return;
	if (n == s->told || start(s, false)) {
		s->told = n;
		s->due = time + s->analysis->settings->interval;
	}
}

void
snapshot_finish(struct snapshot *s)
{
	for (int i = 0; s->child != 0 && i < WAITS_MAX; i++) {
		if (waitpid(s->child, NULL, WNOHANG) != 0)
			s->child = 0;
		else
			(void)poll(NULL, 0, WAIT_MS);
	}
}
