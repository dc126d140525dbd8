#include "cmd/analysis.h"

#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/stop.h"
#include "cmd/cmd.h"
#include "cmd/paths.h"
#include "cmd/progress.h"
#include "input/input.h"
#include "knowledge/apps.h"
#include "knowledge/hsts.h"

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

static void
count(const struct handshake *h, void *arg)
{
	struct analysis *a = arg;

	collector_add(h, a->collector);
	if (a->spool != NULL)
		spool_add(a->spool, h, collector_token(a->collector));
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
	if (input_read(path->name, (uint32_t)r->n_inputs, o, count, a, r->pool,
	    info, &r->totals, &e) != 0) {
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
	r->n_inputs++;
}

static void
read_all(struct analysis *a, const struct paths *paths)
{
	struct input_options o = input_options(a->settings);
	struct report *r = a->report;
	struct progress progress;

	if (progress_wanted() && !a->settings->quiet) {
		o.progress = progress_show;
		o.progress_arg = &progress;
	}
	r->inputs = pool_zero(r->pool, (paths->n + 1) * sizeof(*r->inputs));
	for (size_t i = 0; i < paths->n && !stop_wanted(); i++) {
		progress_start(&progress, paths->at[i].name);
		read_one(a, &paths->at[i], &o);
		progress_clear(&progress);
	}
	r->partial = stop_wanted();
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
	if (s->handshakes) {
		a->spool = spool_new(e);
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
	read_all(a, &files);
	paths_free(&files);
	if (a->report->n_inputs == 0 && a->status == EXIT_UNREADABLE)
		return -1;
	collector_finish(a->collector);
	rules_decide(a->rules, a->report);
	return 0;
}

void
analysis_free(struct analysis *a)
{
	spool_free(a->spool);
	collector_free(a->collector);
	rules_free(a->rules);
	report_free(a->report);
}
