#include "cmd/snapshot.h"

#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/stop.h"
#include "cmd/cmd.h"
#include "cmd/documents.h"
#include "cmd/select.h"
#include "exclude/suggest.h"

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * CLOCK_SECOND + t.tv_nsec;
}

void
snapshot_start(struct snapshot *s, struct analysis *a)
{
	*s = (struct snapshot){ .analysis = a,
		.due = now() + a->settings->interval };
}

static void
print_summary(const struct report *r)
{
	const struct totals *t = &r->totals;

	fprintf(stderr, "pinspot: %llu TLS connections, %llu rejected in %llu "
	    "attempts, %zu findings\n", (unsigned long long)t->connections,
	    (unsigned long long)t->rejected,
	    (unsigned long long)t->rejected_attempts, r->n_findings);
	for (size_t i = 0; i < r->n_findings && i < 10; i++)
		fprintf(stderr, "  %s  %s  %s  %llu attempts\n",
		    class_facts(r->findings[i].class)->name,
		    confidence_name(r->findings[i].confidence),
		    r->findings[i].id,
		    (unsigned long long)r->findings[i].attempts);
}

/* In the child: finish what the parent goes on with. */
static void
report(struct analysis *a, bool whole)
{
	const struct settings *s = a->settings;
	struct error e;

	analysis_decide(a);
	if (suggest_entries(a->report, analysis_product(a), &e) != 0)
		_exit(EXIT_INTERNAL);
	select_findings(s, a->report);
	analysis_hide(a);
	if (!whole)
		print_summary(a->report);
	if ((whole || s->output.n > 0) && documents_write(s, a->report,
	    &e) != 0) {
		complain("%s", e.text);
		_exit(EXIT_INTERNAL);
	}
	_exit(EXIT_OK);
}

static void
start(struct snapshot *s, bool whole)
{
	if (s->child != 0 && waitpid(s->child, NULL, WNOHANG) == 0)
		return; /* the last one is still at it */
	fflush(stdout);
	fflush(stderr);
	s->child = fork();
	if (s->child == 0)
		report(s->analysis, whole);
	if (s->child < 0)
		s->child = 0;
}

void
snapshot_idle(void *snapshot)
{
	struct snapshot *s = snapshot;
	uint64_t n = s->analysis->n_handshakes;
	int64_t time = now();

	if (stop_snapshot_wanted())
		start(s, true);
	if (time < s->due)
		return;
	s->due = time + s->analysis->settings->interval;
	if (n == s->told)
		return;
	s->told = n;
	start(s, false);
}

void
snapshot_finish(struct snapshot *s)
{
	if (s->child != 0)
		(void)waitpid(s->child, NULL, 0);
	s->child = 0;
}
