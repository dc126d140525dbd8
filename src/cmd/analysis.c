#include "cmd/analysis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/privilege.h"
#include "base/stop.h"
#include "cmd/cmd.h"
#include "cmd/paths.h"
#include "cmd/private.h"
#include "cmd/progress.h"
#include "cmd/twins.h"
#include "cmd/snapshot.h"
#include "input/input.h"
#include "input/join.h"
#include "knowledge/apps.h"
#include "knowledge/hsts.h"
#include "report/report.h"

/* A CA's file, its SHA-256 in 64 hex digits, or else its name. */
static void
interceptor_options(const char *given, struct input_options *o)
{
	struct stat st;

	if (given == NULL)
		return;
	if (stat(given, &st) == 0)
		o->interceptor_pem = given;
	else if (strlen(given) == 64 &&
	    strspn(given, "0123456789abcdefABCDEF") == 64)
		o->interceptor_sha256 = given;
	else
		o->interceptor_name = given;
}

static struct input_options
input_options(const struct settings *s)
{
	struct input_options o = {
		.format = s->input_format,
		.filter = s->filter,
		.invalid_lines = s->invalid_lines,
		.squid_format = s->squid_format,
		.timezone = s->timezone,
		.max_flows = s->max_flows,
		.max_memory = s->max_memory,
		.want_ja4 = s->handshakes,
		.verbose = s->quiet ? -1 : s->verbose,
	};

	interceptor_options(s->interceptor, &o);
	return o;
}

/* As it may be shown. */
static const struct handshake *
shown(struct analysis *a, const struct handshake *h, struct handshake *hidden)
{
	if (a->anonymizer == NULL)
		return h;
	anonymize_handshake(a->anonymizer, h, a->report->pool, hidden);
	return hidden;
}

static void
spool_one(struct analysis *a, const struct handshake *h)
{
	struct handshake hidden;

	spool_add(a->spool, shown(a, h, &hidden),
	    collector_token(a->collector));
}

/* Under --follow nobody waits for the classes. */
static void
print_now(struct analysis *a, const struct handshake *h)
{
	struct handshake hidden;
	struct buf line = { 0 };

	handshake_json(shown(a, h, &hidden), (struct text){ 0 },
	    (struct text){ 0 }, &line);
	fwrite(line.at, 1, line.n, stdout);
	fflush(stdout);
	buf_free(&line);
}

static void
count(const struct handshake *h, void *arg)
{
	struct analysis *a = arg;
	const struct settings *s = a->settings;

	collector_add(h, a->collector);
	a->n_handshakes++;
	if (s->handshakes && a->spool == NULL)
		print_now(a, h);
	else if (a->spool != NULL)
		spool_one(a, h);
	if (a->state != NULL)
		state_add(a->state, h, collector_token(a->collector));
}

static bool
too_bad(const struct analysis *a, const struct input_info *info)
{
	uint64_t claimed = info->lines > info->other ?
	    info->lines - info->other : 0;

	return info->bad > 0 && (double)info->bad * 100 >
	    a->settings->max_bad * (double)(claimed > 0 ? claimed : 1);
}

static void
widen(struct report *r, const struct input_info *info)
{
	if (info->first != CLOCK_UNKNOWN &&
	    (r->first == CLOCK_UNKNOWN || info->first < r->first))
		r->first = info->first;
	if (info->last != CLOCK_UNKNOWN &&
	    (r->last == CLOCK_UNKNOWN || info->last > r->last))
		r->last = info->last;
}

static void
read_one(struct analysis *a, const struct path *path,
    const struct input_options *o)
{
	struct report *r = a->report;
	struct input_info *info = &r->inputs[r->n_inputs];
	const bool is_pipe = strcmp(path->name, "-") == 0;
	struct error e;

	*info = (struct input_info){ .first = CLOCK_UNKNOWN,
		.last = CLOCK_UNKNOWN };
	info->name = pool_intern(r->pool,
	    text_of(is_pipe ? "standard input" : path->name));
	state_input(a->state, (uint32_t)r->n_inputs, path->name);
	/* Counted before it ends, since reports are made in between. */
	r->n_inputs++;
	if (input_read(path->name, (uint32_t)r->n_inputs - 1, o,
	    a->join != NULL ? join_add : count,
	    a->join != NULL ? (void *)a->join : a, r->pool, info, &r->totals,
	    &e) != 0) {
		r->n_inputs--;
		state_forget(a->state, (uint32_t)r->n_inputs);
		/* A folder may hold files that are none of ours. */
		if (!path->found || a->settings->verbose > 0)
			complain("%s", e.text);
		if (!path->found)
			a->status = exit_worse(a->status, EXIT_UNREADABLE);
		return;
	}
	if (info->truncated || (info->packets > 0 && info->bad > 0) ||
	    (info->packets == 0 && too_bad(a, info)))
		a->status = exit_worse(a->status, EXIT_PARTIAL);
	widen(r, info);
}

/* Nothing that comes from the network is looked at with privileges. */
static void
become_nobody(void *arg)
{
	struct error e;

	(void)arg;
	if (privilege_drop(&e) == 0)
		return;
	complain("%s", e.text);
	exit(EXIT_INTERNAL);
}

static void
read_live(struct analysis *a, const struct input_options *o)
{
	struct report *r = a->report;
	struct input_info *info = &r->inputs[r->n_inputs];
	const char *interface = a->settings->interface;
	struct error e;

	*info = (struct input_info){ .first = CLOCK_UNKNOWN,
		.last = CLOCK_UNKNOWN };
	info->name = pool_intern(r->pool, text_of(interface));
	r->n_inputs++;
	if (input_live(interface, (uint32_t)r->n_inputs - 1, o, count, a,
	    r->pool, info, &r->totals, &e) == 0) {
		widen(r, info);
		return;
	}
	r->n_inputs--;
	complain("%s", e.text);
	a->status = exit_worse(a->status, EXIT_UNREADABLE);
}

/* Captures before logs, each in the order of the command line: a log's lines
 * then need not wait for the capture that tells of the same connections.  True
 * where there are both. */
static bool
captures_first(struct paths *paths, const char *format)
{
	struct path *sorted = mem_zero(paths->n + 1, sizeof(*sorted));
	enum input_rank *ranks = mem_zero(paths->n + 1, sizeof(*ranks));
	size_t n = 0, n_captures = 0;

	for (size_t i = 0; i < paths->n; i++) {
		ranks[i] = input_rank(paths->at[i].name, format);
		n_captures += ranks[i] == INPUT_CAPTURE;
	}
	for (int rank = 0; rank < N_INPUT_RANKS; rank++)
		for (size_t i = 0; i < paths->n; i++)
			if ((int)ranks[i] == rank)
				sorted[n++] = paths->at[i];
	free(paths->at);
	free(ranks);
	paths->at = sorted;
	return n_captures > 0 && n_captures < n;
}

/* What a log and a capture of the same traffic have told each other. */
static void
finish_join(struct analysis *a)
{
	struct report *r = a->report;
	struct join_summary s;
	double skew;

	join_finish(a->join, &s);
	skew = (double)s.skew / 1e9;
	if (s.joined > 0)
		report_note(r, "%llu handshakes are told by a capture and by a "
		    "log, and count once; the log's clock is %.1f s %s the capture's",
		    (unsigned long long)s.joined, skew < 0 ? -skew : skew,
		    skew < 0 ? "behind" : "ahead of");
	if (s.overflown > 0)
		report_note(r, "%llu handshakes were too many to be joined "
		    "with a log",
		    (unsigned long long)s.overflown);
}

static void
read_all(struct analysis *a, struct paths *paths)
{
	struct input_options o = input_options(a->settings);
	struct report *r = a->report;
	struct progress progress;
	struct snapshot snapshot;

	if (a->settings->follow || a->settings->interface != NULL) {
		snapshot_start(&snapshot, a);
		o.follow = a->settings->follow;
		o.idle = snapshot_idle;
		o.opened = become_nobody;
		o.idle_arg = &snapshot;
	}
	o.book = input_book_new();
	if (paths->n > 1 && captures_first(paths, o.format))
		a->join = join_new(count, a, r->pool);

	if (progress_wanted() && !a->settings->quiet && o.idle == NULL) {
		o.progress = progress_show;
		o.progress_arg = &progress;
	}
	r->inputs = pool_zero(r->pool, (paths->n + 2) * sizeof(*r->inputs));
	if (a->settings->interface != NULL)
		read_live(a, &o);
	for (size_t i = 0; i < paths->n && !stop_wanted(); i++) {
		progress_start(&progress, paths->at[i].name);
		read_one(a, &paths->at[i], &o);
		progress_clear(&progress);
	}
	if (a->join != NULL)
		finish_join(a);
	input_book_free(o.book);
	if (o.idle != NULL)
		snapshot_finish(&snapshot);
	/* Following and capturing end by being stopped. */
	r->partial = stop_wanted() && o.idle == NULL;
	if (r->partial)
		a->status = exit_worse(a->status, EXIT_PARTIAL);
}

static int
prepare(struct analysis *a, struct error *e)
{
	const struct settings *s = a->settings;

	a->rules = rules_new(s->no_default_rules, s->rules.at, s->rules.n, e);
	if (a->rules == NULL)
		return -1;
	if (s->hsts != NULL && hsts_load(s->hsts, e) != 0)
		return -1;
	if (s->apps != NULL && apps_load(s->apps, e) != 0)
		return -1;
	if (state_open(&a->state, s->state, e) != 0)
		return -1;
	if (private_open(&a->anonymizer, s, e) != 0)
		return -1;
	if (s->handshakes && !s->follow && s->interface == NULL) {
		a->spool = spool_new(s->format != NULL &&
		    strcmp(s->format, "csv") == 0, e);
		if (a->spool == NULL)
			return -1;
	}
	return 0;
}

int
analysis_run(struct analysis *a, const struct settings *s, int n_paths,
    char **paths)
{
	struct paths files = { 0 };
	struct error e;

	*a = (struct analysis){ .settings = s, .report = report_new() };
	a->report->version = PINSPOT_VERSION;
	a->collector = collector_new(a->report);
	if (prepare(a, &e) != 0) {
		complain("%s", e.text);
		a->status = EXIT_USAGE;
		return -1;
	}
	for (int i = 0; i < n_paths; i++)
		paths_add(&files, paths[i]);
	twins_drop(&files, a->report);
	state_recognise(a->state, &files);
	read_all(a, &files);
	paths_free(&files);
	if (a->report->n_inputs == 0 && a->status == EXIT_UNREADABLE)
		return -1;
	analysis_decide(a);
	return 0;
}

void
analysis_decide(struct analysis *a)
{
	collector_finish(a->collector);
	rules_decide(a->rules, a->report);
}

const char *
analysis_product(const struct analysis *a)
{
	static const char *const from_log[] = { "panos", "umbrella", "cloudswg",
		"proxysg", "zscaler", "netskope", "fortios", "ftd",
		"checkpoint", "sophos", "squid", "mitmproxy", "sslproxy" };

	const struct settings *s = a->settings;
	const struct report *r = a->report;

	if (s->product != NULL)
		return s->product;
	for (size_t i = 0; i < r->n_inputs; i++)
		for (size_t j = 0; j < N_ITEMS(from_log); j++)
			if (r->inputs[i].kind != NULL && strncmp(
			    r->inputs[i].kind, from_log[j],
			    strlen(from_log[j])) == 0)
				return from_log[j];
	return "plain";
}

void
analysis_hide(struct analysis *a)
{
	if (a->anonymizer != NULL && !a->hidden)
		anonymize_report(a->anonymizer, a->report);
	a->hidden = true;
}

void
analysis_free(struct analysis *a)
{
	anonymizer_free(a->anonymizer);
	join_free(a->join);
	spool_free(a->spool);
	state_free(a->state);
	collector_free(a->collector);
	rules_free(a->rules);
	report_free(a->report);
}
