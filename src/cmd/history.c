/*
 * pinspot history: what earlier runs with --state saw; and pinspot ack.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cmd/cmd.h"
#include "cmd/documents.h"
#include "history/store.h"
#include "report/page.h"
#include "report/words.h"

enum {
	KEEP_DAYS = 400, /* a year, and what came a month before it */
	COLUMN_STATUS = 12, COLUMN_CLASS = 25, COLUMN_HOST = 46,
	COLUMN_ATTEMPTS = 86 /* ends there */
};

/* A page, and whether its heading is still due. */
struct show {
	struct page page;
	const char *heading;
	int64_t now;
	bool utc;
	bool apart; /* an empty line before the heading */
};

static void
heading(struct show *s)
{
	if (s->heading == NULL)
		return;
	if (s->apart)
		page_line(&s->page);
	page_string(&s->page, STYLE_BOLD, s->heading);
	page_line(&s->page);
	s->heading = NULL;
}

static void
show_time(struct show *s, const char *label, int64_t time)
{
	struct buf words = { 0 };

	if (time == CLOCK_UNKNOWN)
		return;
	words_time(&words, time, s->utc);
	page_string(&s->page, STYLE_DIM, label);
	page_text(&s->page, STYLE_PLAIN, buf_view(&words));
	buf_free(&words);
}

static void
show_ack(struct show *s, const struct history_finding *f)
{
	if (f->ack_until == CLOCK_UNKNOWN)
		return;
	page_to(&s->page, COLUMN_STATUS);
	show_time(s, f->ack_until < s->now ? "acknowledged, but only until " :
	    "acknowledged until ", f->ack_until);
	page_string(&s->page, STYLE_DIM, ": ");
	page_prose(&s->page, STYLE_PLAIN, COLUMN_STATUS, f->ack_reason);
}

static void
show_finding(const struct history_finding *f, void *arg)
{
	struct show *s = arg;
	struct buf attempts = { 0 };

	heading(s);
	/* Rejections are counted; some classes break without one. */
	if (f->attempts > 0)
		words_count(&attempts, f->attempts, "attempt", "attempts");
	page_text(&s->page, STYLE_BOLD, f->id);
	page_to(&s->page, COLUMN_STATUS);
	page_text(&s->page, STYLE_PLAIN, f->status);
	page_to(&s->page, COLUMN_CLASS);
	page_text(&s->page, STYLE_PLAIN, f->class);
	page_to(&s->page, COLUMN_HOST);
	page_text(&s->page, STYLE_PLAIN, f->host);
	page_right(&s->page, STYLE_PLAIN, COLUMN_ATTEMPTS, buf_view(&attempts));
	page_line(&s->page);
	buf_free(&attempts);
	page_to(&s->page, COLUMN_STATUS);
	show_time(s, "first ", f->first_seen);
	show_time(s, "  last ", f->last_seen);
	if (text_is(f->status, "gone"))
		show_time(s, "  accepted since, last ", f->gone_since);
	page_line(&s->page);
	show_ack(s, f);
}

static void
show_entry(const struct history_entry *entry, void *arg)
{
	struct show *s = arg;

	heading(s);
	page_text(&s->page, STYLE_PLAIN, entry->product);
	page_to(&s->page, COLUMN_STATUS);
	page_text(&s->page, STYLE_BOLD, entry->entry);
	page_to(&s->page, COLUMN_HOST);
	show_time(s, "suggested ", entry->added);
	show_time(s, entry->review < s->now ? "  review was due " :
	    "  review ", entry->review);
	page_line(&s->page);
}

static int
show(const struct settings *s, struct history *h, struct buf *out,
    struct error *e)
{
	struct render_options o = documents_options(s);
	struct show shown = { .heading = "FINDINGS", .now = clock_now(),
		.utc = o.utc };

	page_init(&shown.page, out, &o);
	if (history_findings(h, show_finding, &shown, e) != 0)
		return -1;
	if (shown.heading != NULL)
		buf_string(out, "No finding so far.\n");
	shown.heading = "ENTRIES SUGGESTED";
	shown.apart = true;
	return history_entries(h, show_entry, &shown, e);
}

static int
export_all(const struct settings *s, struct history *h, struct buf *out,
    struct error *e)
{
	(void)s;
	return history_export(h, out, e);
}

static int
sweep(const struct settings *s, struct history *h, struct buf *out,
    struct error *e)
{
	struct history_swept swept;

	if (history_gc(h, KEEP_DAYS, &swept, e) != 0)
		return -1;
	if (!s->quiet)
		buf_printf(out, "forgotten, since older than %d days: "
		    "%llu counts, %llu inputs, %llu findings\n"
		    "summed up by host, since older than %d days: "
		    "%llu counts\n", KEEP_DAYS,
		    (unsigned long long)swept.counts,
		    (unsigned long long)swept.inputs,
		    (unsigned long long)swept.findings, HISTORY_FOLD_DAYS,
		    (unsigned long long)swept.folded);
	return 0;
}

static int
check(const struct settings *s, struct history *h, struct buf *out,
    struct error *e)
{
	if (history_check(h, e) != 0)
		return -1;
	if (!s->quiet)
		buf_string(out, "the history is whole\n");
	return 0;
}

static const struct {
	const char *name;
	int (*run)(const struct settings *s, struct history *h,
	    struct buf *out, struct error *e);
} actions[] = {
	{ "show", show },
	{ "gc", sweep },
	{ "check", check },
	{ "export", export_all },
};

/* The index of an action, or -1 after complaining. */
static int
action_by_name(const char *name)
{
	const char *names[N_ITEMS(actions)], *guess;

	for (size_t i = 0; i < N_ITEMS(actions); i++) {
		if (strcmp(name, actions[i].name) == 0)
			return (int)i;
		names[i] = actions[i].name;
	}
	guess = error_nearest(name, names, N_ITEMS(actions));
	error_warn(guess != NULL ? "history: unknown word \"%s\", did you mean "
				 "\"%s\"?" :
				 "history: unknown word \"%s\"; expected show, "
				 "gc, check or export", name, guess);
	return -1;
}

static struct history *
open_state(const struct settings *s)
{
	struct history *h;
	struct error e;

	if (s->state == NULL)
		error_warn("whose history? Name its folder with --state");
	else if (history_open(&h, s->state, false, &e) != 0)
		error_warn("%s", e.text);
	else
		return h;
	return NULL;
}

int
cmd_history(const struct settings *s, int argc, char **argv)
{
	int action = action_by_name(argc > 0 ? argv[0] : "show");
	struct buf out = { 0 };
	struct history *h;
	struct error e;
	int status = EXIT_OK;

	if (action < 0)
		return EXIT_USAGE;
	h = open_state(s);
	if (h == NULL)
		return EXIT_USAGE;
	if (actions[action].run(s, h, &out, &e) != 0) {
		error_warn("%s", e.text);
		status = EXIT_INTERNAL;
	} else if (out.n > 0 && (fwrite(out.at, 1, out.n, stdout) != out.n ||
	    fflush(stdout) != 0)) {
		error_warn("standard output: cannot be written");
		status = EXIT_INTERNAL;
	}
	buf_free(&out);
	history_close(h);
	return status;
}

int
cmd_ack(const struct settings *s, int argc, char **argv)
{
	struct history *h;
	struct error e;
	int status = EXIT_OK;

	if (argc != 1 || s->until == CLOCK_UNKNOWN || s->reason == NULL) {
		error_warn("ack: expected FINDING --until DATE --reason TEXT, "
		    "and --state DIR; pinspot history show lists the "
		    "findings");
		return EXIT_USAGE;
	}
	if (s->until <= clock_now()) {
		error_warn("ack: --until lies in the past; name a day to come, "
		    "such as 2027-01-31");
		return EXIT_USAGE;
	}
	h = open_state(s);
	if (h == NULL)
		return EXIT_USAGE;
	if (history_ack(h, argv[0], s->until, s->reason, clock_now(), &e) !=
	    0) {
		error_warn("%s", e.text);
		status = EXIT_USAGE;
	}
	history_close(h);
	return status;
}
