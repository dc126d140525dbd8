#include "cmd/gather.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "base/stop.h"
#include "cmd/cmd.h"
#include "cmd/private.h"
#include "cmd/progress.h"
#include "cmd/snapshot.h"
#include "cmd/state.h"
#include "input/input.h"
#include "input/join.h"
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

/* A path that does not exist would be a name that no certificate has. */
static void
doubt_interceptor(const char *given)
{
	static const char *const suffixes[] = { ".pem", ".crt", ".cer",
		".der" };
	size_t n = strlen(given);

	for (size_t i = 0; i < N_ITEMS(suffixes); i++)
		if (n > 4 && strcasecmp(given + n - 4, suffixes[i]) == 0)
			error_warn("-i %s: no such file, so it is taken for the "
			    "name of a CA", given);
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
	if (o.interceptor_name != NULL)
		doubt_interceptor(o.interceptor_name);
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
	const char *format = a->settings->format;
	bool csv = format != NULL && strcmp(format, "csv") == 0;
	const struct text unknown = { 0 };
	struct buf *line = &a->outlet.line;
	struct handshake hidden;

	line->n = 0;
	if (csv && a->n_handshakes == 1)
		handshake_csv_heading(line);
	(csv ? handshake_csv : handshake_json)(shown(a, h, &hidden), unknown,
	    unknown, line);
	outlet_add(&a->outlet, buf_view(line));
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

/* Counted before it ends, since reports are made in between. */
static struct input_info *
new_input(struct report *r, const char *name)
{
	struct input_info *info = &r->inputs[r->n_inputs++];

	*info = (struct input_info){ .first = CLOCK_UNKNOWN,
		.last = CLOCK_UNKNOWN };
	info->name = pool_intern(r->pool, text_of(name));
	return info;
}

static void
read_one(struct analysis *a, struct inputs *in, const struct path *path)
{
	struct report *r = a->report;
	struct input_info *info = new_input(r,
	    strcmp(path->name, "-") == 0 ? "standard input" : path->name);
	struct error e;

	state_input(a->state, (uint32_t)r->n_inputs - 1, path->name);
	if (inputs_read(in, path->name, (uint32_t)r->n_inputs - 1, info,
	    &e) != 0) {
		r->n_inputs--;
		state_forget(a->state, (uint32_t)r->n_inputs);
		/* A folder may hold files that are none of ours. */
		if (!path->found || a->settings->verbose > 0)
			error_warn("%s", e.text);
		if (!path->found)
			a->status = exit_worse(a->status, EXIT_UNREADABLE);
		return;
	}
	/* Who stops following does so in the middle of something. */
	if (a->settings->follow && stop_wanted())
		info->truncated = false;
	if (info->truncated || (info->packets > 0 && info->bad > 0) ||
	    (info->packets == 0 && too_bad(a, info)))
		a->status = exit_worse(a->status, EXIT_PARTIAL);
	clock_widen(&r->first, &r->last, info->first, info->last);
}

/* From here on hostile bytes are read: what that does not need is given up.  A
 * system without seccomp is no reason to stop, one that leaves us root is. */
static void
protect(const struct settings *s, unsigned flags)
{
	struct error e;

	if (s->output.n > 0 || s->state != NULL)
		flags |= SANDBOX_FILES;
	if (s->follow || s->interface != NULL)
		flags |= SANDBOX_FORK;
	if (sandbox_enter(flags, &e) == 0)
		return;
	if (s->verbose > 0 || geteuid() == 0)
		error_warn("%s", e.text);
	if ((flags & SANDBOX_DROP_ROOT) != 0 && geteuid() == 0)
		exit(EXIT_INTERNAL);
}

static int
read_live(struct analysis *a, struct inputs *in, struct error *e)
{
	struct report *r = a->report;
	const char *interface = a->settings->interface;
	struct input_info *info;
	struct error why;

	if (inputs_open_live(in, interface, &why) != 0) {
		error_warn("%s", why.text);
		a->status = exit_worse(a->status, EXIT_UNREADABLE);
		return 0;
	}
	protect(a->settings, SANDBOX_LIVE | SANDBOX_DROP_ROOT);
	if (inputs_check_filter(in, e) != 0)
		return -1;
	info = new_input(r, interface);
	if (inputs_live(in, (uint32_t)r->n_inputs - 1, info, &why) != 0) {
		error_warn("%s", why.text);
		report_note(r, "%s", why.text);
		a->status = exit_worse(a->status, EXIT_PARTIAL);
	}
	clock_widen(&r->first, &r->last, info->first, info->last);
	return 0;
}

/* A file, what it is, and its place on the command line. */
struct candidate {
	struct path path;
	struct input_sight sight;
	size_t place;
};

/* What cannot be asked comes last. */
static int64_t
first_of(const struct candidate *c)
{
	return c->sight.first != CLOCK_UNKNOWN ? c->sight.first : INT64_MAX;
}

static int
in_order(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;
	int by_name;

	if (a->sight.rank != b->sight.rank)
		return a->sight.rank < b->sight.rank ? -1 : 1;
	if (a->sight.rank == INPUT_CAPTURE && a->sight.first != b->sight.first)
		return first_of(a) < first_of(b) ? -1 : 1;
	by_name = strcmp(a->path.name, b->path.name);
	return by_name != 0 ? by_name :
	    (a->place > b->place) - (a->place < b->place);
}

/* By rank, captures by their first frames, as inputs_new wants them, and by name,
 * so that their order on the command line is none of the report's; pipes after the
 * captures, as they may be logs.  True where there may be captures and others. */
static bool
sort_inputs(struct paths *paths, const char *format)
{
	struct candidate *all = mem_zero(paths->n + 1, sizeof(*all));
	size_t n_captures = 0;
	bool mixed = false;

	for (size_t i = 0; i < paths->n; i++) {
		all[i] = (struct candidate){ paths->at[i],
			input_look(paths->at[i].name, format), i };
		n_captures += all[i].sight.rank == INPUT_CAPTURE;
		mixed |= all[i].sight.mixed;
	}
	qsort(all, paths->n, sizeof(*all), in_order);
	for (size_t i = 0; i < paths->n; i++)
		paths->at[i] = all[i].path;
	free(all);
	return mixed || (n_captures > 0 && n_captures < paths->n);
}

/* "37.0 s ahead of the capture's" */
static void
put_skew(struct buf *out, int64_t skew)
{
	double s = (double)skew / 1e9;

	if (s > -0.05 && s < 0.05)
		buf_string(out, "in step with the capture's");
	else
		buf_printf(out, "%.1f s %s the capture's", s < 0 ? -s : s,
		    s < 0 ? "behind" : "ahead of");
}

static bool
is_same_skew(const struct join_clock *a, const struct join_clock *b)
{
	return llabs(a->skew - b->skew) < CLOCK_SECOND / 2;
}

/* How many were joined, and by how much the clocks differ: in one sentence where
 * all do alike, else in one for each. */
static void
tell_clocks(struct report *r, const struct join_summary *s)
{
	struct buf text = { 0 };
	bool alike = true;

	if (s->n_clocks == 0)
		return;
	for (unsigned i = 1; i < s->n_clocks; i++)
		alike = alike && is_same_skew(&s->clocks[0], &s->clocks[i]);
	if (s->joined > 0)
		buf_printf(&text, "%llu handshakes are told by a capture and "
		    "by a log, and count once; ",
		    (unsigned long long)s->joined);
	if (s->paired > 0)
		buf_printf(&text, "%llu captured handshakes are the server "
		    "legs of sessions in a log; ",
		    (unsigned long long)s->paired);
	buf_string(&text, alike ? "the log's clock is " :
	    "clocks of the logs differ");
	if (alike)
		put_skew(&text, s->clocks[0].skew);
	report_note(r, "%s", text.at);
	for (unsigned i = 0; i < s->n_clocks && !alike; i++) {
		const struct join_clock *c = &s->clocks[i];

		text.n = 0;
		put_skew(&text, c->skew);
		report_note(r, "%llu lines of %.*s are told by a clock that "
		    "is %s", (unsigned long long)c->lines,
		    TEXT_ARG(r->inputs[c->input].name), text.at);
	}
	buf_free(&text);
}

/* What a log and a capture of the same traffic have told each other. */
static void
finish_join(struct analysis *a)
{
	struct report *r = a->report;
	struct join_summary s;

	join_finish(a->join, &s);
	tell_clocks(r, &s);
	if (s.overflown > 0)
		report_note(r, "%llu handshakes were too many to be joined "
		    "with a log",
		    (unsigned long long)s.overflown);
}

static int
read_files(struct analysis *a, struct inputs *in, const struct paths *paths,
    struct progress *progress, struct error *e)
{
	protect(a->settings, 0);
	if (inputs_check_filter(in, e) != 0)
		return -1;
	for (size_t i = 0; i < paths->n && !stop_wanted(); i++) {
		progress_start(progress, paths->at[i].name);
		read_one(a, in, &paths->at[i]);
		progress_clear(progress);
	}
	return 0;
}

static void
idle(void *snapshot)
{
	const struct snapshot *s = snapshot;

	outlet_flush(&s->analysis->outlet);
	snapshot_idle(snapshot);
}

static void
finish_outlet(struct analysis *a)
{
	struct outlet *o = &a->outlet;

	outlet_finish(o);
	if (o->error != 0)
		a->status = exit_worse(a->status, EXIT_INTERNAL);
	if (o->n_dropped == 0)
		return;
	report_note(a->report, "%llu handshakes were not printed, since the "
	    "reader of standard output did not take them",
	    (unsigned long long)o->n_dropped);
	error_warn("standard output: %llu handshakes were not printed, since "
	    "its reader did not take them", (unsigned long long)o->n_dropped);
	a->status = exit_worse(a->status, EXIT_PARTIAL);
}

/* Whom the inputs call while they are read. */
static void
set_callbacks(const struct settings *s, struct snapshot *snapshot,
    struct progress *progress, struct input_options *o)
{
	if (s->follow || s->interface != NULL) {
		o->follow = s->follow;
		o->idle = idle;
		o->idle_arg = snapshot;
	} else if (progress_wanted() && !s->quiet) {
		o->progress = progress_show;
		o->progress_arg = progress;
	}
}

/* The file for lines that cannot be read: not to get it is told before a long
 * run. */
static bool
open_invalid(struct analysis *a, struct input_options *o)
{
	if (o->invalid_lines == NULL)
		return true;
	o->invalid = fopen(o->invalid_lines, "ae");
	/* Who follows for months wants to see them before the end. */
	if (o->invalid != NULL && a->settings->follow)
		setvbuf(o->invalid, NULL, _IOLBF, BUFSIZ);
	if (o->invalid != NULL)
		return true;
	error_warn("%s: %s", o->invalid_lines, strerror(errno));
	a->status = exit_worse(a->status, EXIT_INTERNAL);
	return false;
}

static void
close_invalid(struct analysis *a, const struct input_options *o)
{
	bool failed;

	if (o->invalid == NULL)
		return;
	failed = ferror(o->invalid) != 0;
	if (fclose(o->invalid) == 0 && !failed)
		return;
	error_warn("%s: %s", o->invalid_lines, strerror(errno));
	a->status = exit_worse(a->status, EXIT_INTERNAL);
}

/* Is this file one of the inputs? */
static bool
is_input(const char *path, const struct paths *paths)
{
	struct stat out, in;

	if (path == NULL || stat(path, &out) != 0 || !S_ISREG(out.st_mode))
		return false;
	for (size_t i = 0; i < paths->n; i++)
		if (stat(paths->at[i].name, &in) == 0 &&
		    in.st_dev == out.st_dev && in.st_ino == out.st_ino)
			return true;
	return false;
}

/* To write over what is read would destroy it, or never come to an end. */
static int
check_files(const struct settings *s, const struct paths *paths,
    struct error *e)
{
	const char *file = is_input(s->invalid_lines, paths) ?
	    s->invalid_lines : NULL;

	for (size_t i = 0; i < s->output.n && file == NULL; i++)
		if (is_input(s->output.at[i], paths))
			file = s->output.at[i];
	return file == NULL ? 0 : error_set(e, "%s: is read, and is not to be "
	    "written to; name another file", file);
}

int
gather(struct analysis *a, struct paths *paths, struct error *e)
{
	struct input_options o = input_options(a->settings);
	struct report *r = a->report;
	struct progress progress;
	struct snapshot snapshot;
	struct inputs *in;
	int status;

	if (a->settings->follow && paths->n > 1)
		return error_set(e, "--follow waits for one input, and here "
		    "are %zu; start one pinspot for each, or join them: "
		    "tail -q -F FILE... | pinspot --follow -", paths->n);
	if (check_files(a->settings, paths, e) != 0)
		return -1;
	if (!open_invalid(a, &o))
		return 0;
	snapshot_start(&snapshot, a);
	set_callbacks(a->settings, &snapshot, &progress, &o);
	if (sort_inputs(paths, o.format) && !o.follow)
		a->join = join_new(count, a, r->pool);
	in = inputs_new(&o, a->join != NULL ? join_add : count,
	    a->join != NULL ? (void *)a->join : a, r->pool, &r->totals, e);
	if (in == NULL) {
		close_invalid(a, &o);
		return -1;
	}
	a->interceptor = inputs_interceptor(in);
	r->inputs = pool_zero(r->pool, (paths->n + 1) * sizeof(*r->inputs));
	status = a->settings->interface != NULL ? read_live(a, in, e) :
	    read_files(a, in, paths, &progress, e);
	inputs_finish(in);
	inputs_free(in);
	close_invalid(a, &o);
	if (a->join != NULL)
		finish_join(a);
	finish_outlet(a);
	snapshot_finish(&snapshot);
	/* Following and capturing end by being stopped. */
	r->partial = stop_wanted() && o.idle == NULL;
	if (r->partial)
		a->status = exit_worse(a->status, EXIT_PARTIAL);
	return status;
}
