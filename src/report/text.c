/*
 * The report for a terminal (product.md, Terminal report).
 */
#include "report/formats.h"

#include "base/clock.h"
#include "report/marks.h"
#include "report/page.h"
#include "report/summary.h"
#include "report/text.h"
#include "report/why.h"
#include "report/words.h"

enum {
	FINDINGS_SHOWN = 50, /* without -v; the rest is told as a number */
	WHY_SHOWN = 5,
	ENTRIES_SHOWN = 30,
	STEPS_SHOWN = 12,
	INPUTS_SHOWN = 4,
	TABLE_INDENT = 5, /* mark and symbol */
	DATED = 104, /* from here on a row has room for day and time */
	CLASS_WIDTH = 13,
	SUBJECT_LEAST = 10, /* characters that are worth showing */
	SUBJECT_MOST = 24,
	LONG_TIME = 11, /* "11-20 09:12" */
	SHORT_TIME = 5, /* its day, or its time where all are of one day */
};

/* How many of n are shown under -v or without. */
static size_t
shown(const struct render_options *o, size_t n, size_t most)
{
	return o->verbose > 0 || n < most ? n : most;
}

static void
heading(struct page *p, const char *name)
{
	if (p->out->n > 0)
		page_line(p);
	page_string(p, STYLE_BOLD, name);
}

static void
more(struct page *p, int indent, size_t n, const char *one, const char *many)
{
	struct buf line = { 0 };

	if (n == 0)
		return;
	buf_string(&line, "… ");
	words_count(&line, n, one, many);
	buf_string(&line, "; -v shows them all");
	page_to(p, indent);
	page_prose(p, STYLE_DIM, indent, buf_view(&line));
	buf_free(&line);
}

/* Names of a few inputs, the number of many. */
static void
say_inputs(struct buf *line, const struct report *r, bool all)
{
	uint64_t size = 0;

	if (r->n_inputs > INPUTS_SHOWN && !all) {
		for (size_t i = 0; i < r->n_inputs; i++)
			size += r->inputs[i].size;
		buf_string(line, " · ");
		words_count(line, r->n_inputs, "input", "inputs");
		buf_string(line, " (");
		words_size(line, size);
		buf_char(line, ')');
		return;
	}
	for (size_t i = 0; i < r->n_inputs; i++) {
		buf_string(line, i == 0 ? " · " : " + ");
		buf_text(line, r->inputs[i].name);
		buf_string(line, " (");
		words_input(line, &r->inputs[i]);
		buf_char(line, ')');
	}
}

static void
write_inputs(struct page *p, const struct report *r,
    const struct render_options *o)
{
	struct buf line = { 0 };

	page_string(p, STYLE_BOLD, "pinspot");
	buf_printf(&line, " %s", r->version != NULL ? r->version
	    : PINSPOT_VERSION);
	say_inputs(&line, r, o->verbose > 0);
	if (r->first != CLOCK_UNKNOWN && r->last != CLOCK_UNKNOWN) {
		buf_string(&line, ", ");
		words_duration(&line, r->last - r->first);
		buf_string(&line, " to ");
		words_time(&line, r->last, o->utc);
	}
	page_prose(p, STYLE_PLAIN, 2, buf_view(&line));
	buf_free(&line);
}

enum { INTERCEPTOR_INDENT = 13 }; /* "interceptor" and two blanks */

static void
write_interceptor(struct page *p, const struct report *r)
{
	const struct {
		uint64_t n;
		const char *label;
	} counts[] = { { r->totals.connections, "TLS connections " },
		{ r->totals.intercepted, "intercepted " },
		{ r->totals.quic, "QUIC " } };
	struct buf line = { 0 }, numbers = { 0 };

	if (r->totals.connections == 0 && r->interceptor.n == 0)
		return;
	page_string(p, STYLE_DIM, "interceptor");
	buf_string(&line, "  ");
	if (r->interceptor.n > 0) {
		buf_text(&line, r->interceptor);
		buf_printf(&line, " (%s)", r->interceptor_source);
	} else {
		buf_string(&line, "not known");
	}
	for (size_t i = 0; i < N_ITEMS(counts); i++) {
		if (counts[i].n == 0 && i > 1)
			continue;
		buf_string(&numbers, i > 0 ? "   " : "");
		buf_string(&numbers, counts[i].label);
		words_number(&numbers, counts[i].n);
	}
	/* Beside the name, or else on a line of their own. */
	if (INTERCEPTOR_INDENT + page_width(p, buf_view(&line)) +
	    page_width(p, buf_view(&numbers)) + 1 <= p->width) {
		buf_printf(&line, "   %s", numbers.at);
		numbers.n = 0;
	}
	page_prose(p, STYLE_PLAIN, INTERCEPTOR_INDENT, buf_view(&line));
	if (numbers.n > 0) {
		page_to(p, INTERCEPTOR_INDENT);
		page_prose(p, STYLE_PLAIN, INTERCEPTOR_INDENT,
		    buf_view(&numbers));
	}
	buf_free(&line);
	buf_free(&numbers);
}

static void
write_summary(struct page *p, const struct report *r, bool quiet)
{
	struct buf lines[SUMMARY_LINES];
	size_t n = summary_lines(r, !quiet, lines);

	heading(p, "SUMMARY");
	for (size_t i = 0; i < n; i++) {
		page_to(p, 10);
		page_prose(p, i == 0 ? STYLE_BOLD : STYLE_PLAIN, 10,
		    buf_view(&lines[i]));
		buf_free(&lines[i]);
	}
}

/* The columns of the table of findings, from the left. */
struct columns {
	int name, cause, attempts, clients, confidence, since;
	int name_width, cause_width;
	bool dated; /* day and time; else as time_part says */
	size_t time_part; /* where in LONG_TIME the SHORT_TIME begins */
};

/* Class and subject for a column of so many characters.  Fingerprints and
 * names of services can be long; all of it stands under WHY. */
static void
cause_of(struct buf *out, const struct finding *f, int width)
{
	size_t start = out->n, room;

	buf_string(out, class_facts(f->class)->name);
	if (f->subject.n == 0 || text_equal(f->subject, f->host_name))
		return;
	while (out->n - start < CLASS_WIDTH)
		buf_char(out, ' ');
	buf_string(out, "  ");
	room = (size_t)width > out->n - start
	    ? (size_t)width - (out->n - start) : 0;
	if (room < SUBJECT_LEAST || room > SUBJECT_MOST)
		room = SUBJECT_MOST; /* the former goes to the next line */
	words_shorten(out, f->subject, room);
}

/* The time of day where all findings began on one day, else the day. */
static size_t
time_part(const struct report *r, size_t n, bool utc)
{
	struct buf first = { 0 }, other = { 0 };
	size_t part = SHORT_TIME + 1;

	for (size_t i = 0; i < n; i++) {
		other.n = 0;
		words_short_time(&other, r->findings[i].first_seen, utc);
		if (other.n == 0)
			continue;
		if (first.n == 0)
			buf_text(&first, buf_view(&other));
		else if (memcmp(first.at, other.at, SHORT_TIME) != 0)
			part = 0;
	}
	buf_free(&first);
	buf_free(&other);
	return part;
}

/* What name and cause need at most. */
static void
measure(const struct page *p, const struct report *r, size_t n, int *name,
    int *cause)
{
	struct buf text = { 0 };
	int width;

	*name = *cause = 8;
	for (size_t i = 0; i < n; i++) {
		text.n = 0;
		words_hosts(&text, &r->findings[i]);
		width = page_width(p, buf_view(&text));
		*name = width > *name ? width : *name;
		text.n = 0;
		cause_of(&text, &r->findings[i], PAGE_WIDEST);
		width = page_width(p, buf_view(&text));
		*cause = width > *cause ? width : *cause;
	}
	buf_free(&text);
}

/* Give the name and the cause what they need, and half each when that is too
 * much: then they go on in the next line. */
static struct columns
lay_out(const struct page *p, const struct report *r, size_t n, bool utc)
{
	struct columns c = { .name = TABLE_INDENT, .dated = p->width >= DATED };
	int numbers = 8 + 8 + 2 + 9 + 2 + (c.dated ? LONG_TIME : SHORT_TIME);
	int room = p->width - TABLE_INDENT - 2 - numbers;
	int name, cause;

	measure(p, r, n, &name, &cause);
	if (name + cause > room) {
		if (cause <= room / 2)
			name = room - cause;
		else if (name <= room / 2)
			cause = room - name;
		else
			cause = room - (name = room / 2);
	}
	c.time_part = time_part(r, n, utc);
	c.name_width = name;
	c.cause = c.name + name + 1;
	c.cause_width = cause;
	c.attempts = c.cause + cause + 1 + 8;
	c.clients = c.attempts + 8;
	c.confidence = c.clients + 2;
	c.since = c.confidence + 11;
	return c;
}

static void
write_number(struct page *p, int column, uint64_t n)
{
	struct buf text = { 0 };

	words_number(&text, n);
	page_right(p, STYLE_PLAIN, column, buf_view(&text));
	buf_free(&text);
}

static void
write_mark(struct page *p, const struct finding *f)
{
	const struct mark *m = mark_of(f->class);

	page_to(p, 1);
	page_string(p, STYLE_BOLD, mark_of_status(f->status));
	page_to(p, 3);
	page_string(p, m->style, m->symbol);
}

static void
write_since(struct page *p, const struct finding *f, const struct columns *c,
    bool utc)
{
	struct buf text = { 0 };
	struct text t;

	words_short_time(&text, f->first_seen, utc);
	t = buf_view(&text);
	if (t.n == LONG_TIME && !c->dated)
		t = (struct text){ t.at + c->time_part, SHORT_TIME };
	page_to(p, c->since);
	page_text(p, STYLE_DIM, t);
	buf_free(&text);
}

static void
write_row(struct page *p, const struct finding *f, const struct columns *c,
    const struct render_options *o)
{
	struct buf raw = { 0 }, name = { 0 }, cause = { 0 };
	struct text rest_name, rest_cause;
	bool first = true;

	words_hosts(&raw, f);
	page_safe(p, &name, buf_view(&raw));
	raw.n = 0;
	cause_of(&raw, f, c->cause_width);
	page_safe(p, &cause, buf_view(&raw));
	rest_name = buf_view(&name);
	rest_cause = buf_view(&cause);
	write_mark(p, f);
	while (first || rest_name.n > 0 || rest_cause.n > 0) {
		page_to(p, c->name);
		page_piece(p, STYLE_BOLD,
		    page_cut(&rest_name, c->name_width));
		page_to(p, c->cause);
		page_piece(p, STYLE_PLAIN,
		    page_cut(&rest_cause, c->cause_width));
		if (first) {
			write_number(p, c->attempts, f->attempts);
			write_number(p, c->clients, f->n_clients);
			page_to(p, c->confidence);
			page_string(p, STYLE_PLAIN,
			    confidence_name(f->confidence));
			write_since(p, f, c, o->utc);
		}
		first = false;
		page_line(p);
	}
	buf_free(&raw);
	buf_free(&name);
	buf_free(&cause);
}

/* A finding on a narrow terminal: its name, then all else below it. */
static void
write_card(struct page *p, const struct finding *f,
    const struct render_options *o)
{
	struct buf line = { 0 };

	write_mark(p, f);
	page_to(p, TABLE_INDENT);
	words_hosts(&line, f);
	page_prose(p, STYLE_BOLD, TABLE_INDENT, buf_view(&line));
	line.n = 0;
	buf_string(&line, class_facts(f->class)->name);
	if (f->subject.n > 0 && !text_equal(f->subject, f->host_name)) {
		buf_string(&line, ", ");
		buf_text(&line, f->subject);
	}
	buf_string(&line, " · ");
	words_count(&line, f->attempts, "attempt", "attempts");
	buf_string(&line, ", ");
	words_count(&line, f->n_clients, "client", "clients");
	buf_printf(&line, " · %s", confidence_name(f->confidence));
	if (f->first_seen != CLOCK_UNKNOWN) {
		buf_string(&line, " · since ");
		words_short_time(&line, f->first_seen, o->utc);
	}
	page_to(p, TABLE_INDENT);
	page_prose(p, STYLE_PLAIN, TABLE_INDENT, buf_view(&line));
	buf_free(&line);
}

static void
write_table_heading(struct page *p, const struct columns *c)
{
	page_right(p, STYLE_DIM, c->attempts, TEXT("attempts"));
	page_right(p, STYLE_DIM, c->clients, TEXT("clients"));
	page_to(p, c->confidence);
	page_string(p, STYLE_DIM, "confidence");
	page_to(p, c->since);
	page_string(p, STYLE_DIM, c->dated ? "first seen" : "since");
	page_line(p);
}

static bool
has_status(const struct report *r, size_t n, const char *status)
{
	for (size_t i = 0; i < n; i++)
		if (r->findings[i].status != NULL &&
		    strcmp(r->findings[i].status, status) == 0)
			return true;
	return false;
}

/* What the symbols above mean, for those that occur. */
static void
write_legend(struct page *p, const struct report *r, size_t n)
{
	static const char *const statuses[] = { "new", "back", "changed",
		"gone" };
	struct buf line = { 0 };

	for (size_t k = 0; k < N_MARKS; k++) {
		for (size_t i = 0; i < n; i++) {
			if (mark_of(r->findings[i].class) != &marks[k])
				continue;
			if (line.n > 0)
				buf_string(&line, "  ");
			buf_printf(&line, "%s %s", marks[k].symbol,
			    marks[k].meaning);
			break;
		}
	}
	for (size_t k = 0; k < N_ITEMS(statuses); k++)
		if (has_status(r, n, statuses[k]))
			buf_printf(&line, "  %s %s",
			    mark_of_status(statuses[k]), statuses[k]);
	page_to(p, TABLE_INDENT);
	page_prose(p, STYLE_DIM, TABLE_INDENT, buf_view(&line));
	buf_free(&line);
}

static void
write_findings(struct page *p, const struct report *r,
    const struct render_options *o)
{
	size_t n = shown(o, r->n_findings, FINDINGS_SHOWN);
	struct columns c;

	if (n == 0)
		return;
	heading(p, "FINDINGS");
	if (p->width < PAGE_NARROW) {
		page_line(p);
		for (size_t i = 0; i < n; i++)
			write_card(p, &r->findings[i], o);
	} else {
		c = lay_out(p, r, n, o->utc);
		write_table_heading(p, &c);
		for (size_t i = 0; i < n; i++)
			write_row(p, &r->findings[i], &c, o);
	}
	more(p, TABLE_INDENT, r->n_findings - n, "more finding",
	    "more findings");
	write_legend(p, r, n);
}

static void
write_texts(struct page *p, const char *label, const struct text *texts,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		page_labelled(p, i == 0 ? label : "", texts[i]);
}

void
text_why(struct page *p, const struct report *r, const struct finding *f,
    bool detailed)
{
	struct why_list list;
	struct buf text = { 0 };
	struct text *reasons;
	size_t split, n_reasons;

	why_list_fill(&list, r, f);
	for (size_t i = 0; i < list.n; i++)
		if (!list.rows[i].command && (detailed || !list.rows[i].detail))
			page_labelled(p, list.rows[i].label,
			    buf_view(&list.rows[i].text));
	why_list_free(&list);
	reasons = reasons_beyond(f, &n_reasons);
	write_texts(p, "because", reasons, n_reasons);
	write_texts(p, "but", f->doubts, f->n_doubts);
	why_command(&text, r, f, &split);
	if (text.n > 0)
		page_command(p, "show it", buf_view(&text), split);
	buf_free(&text);
}

void
text_verdict(struct page *p, const struct finding *f)
{
	struct buf verdict = { 0 };

	buf_printf(&verdict, "→ %s, %s", class_facts(f->class)->name,
	    confidence_name(f->confidence));
	page_to(p, LABEL_INDENT);
	if (LABEL_INDENT + page_width(p, finding_title(f)) + 1 +
	    page_width(p, buf_view(&verdict)) > p->width)
		page_prose(p, STYLE_BOLD, LABEL_INDENT, finding_title(f));
	else
		page_text(p, STYLE_BOLD, finding_title(f));
	page_to(p, p->column > 0 ? p->column + 1 : LABEL_INDENT);
	page_text(p, mark_of(f->class)->style, buf_view(&verdict));
	buf_free(&verdict);
}

static void
write_why(struct page *p, const struct report *r, const struct finding *f,
    bool detailed)
{
	struct buf rule = { 0 };

	heading(p, "WHY");
	text_verdict(p, f);
	if (f->rule.n > 0) {
		buf_string(&rule, "rule ");
		buf_text(&rule, f->rule);
		if (p->column + 2 + page_width(p, buf_view(&rule)) <= p->width)
			page_right(p, STYLE_DIM, p->width, buf_view(&rule));
		else {
			page_line(p);
			page_to(p, LABEL_INDENT);
			page_prose(p, STYLE_DIM, LABEL_INDENT,
			    buf_view(&rule));
		}
	}
	if (p->column > 0)
		page_line(p);
	buf_free(&rule);
	text_why(p, r, f, detailed);
	page_labelled(p, "what to do", f->advice);
	if (f->class == CLASS_UNDETERMINED && detailed)
		write_texts(p, "to settle it", f->would_change,
		    f->n_would_change);
}

static void
write_reasons(struct page *p, const struct report *r,
    const struct render_options *o)
{
	size_t n = shown(o, r->n_findings, WHY_SHOWN);

	for (size_t i = 0; i < n; i++)
		write_why(p, r, &r->findings[i], o->verbose > 0);
	if (n < r->n_findings) {
		page_line(p);
		more(p, LABEL_INDENT, r->n_findings - n,
		    "more finding has its reasons",
		    "more findings have their reasons");
	}
}

/* "add; review in 90 days; also catches b.example" */
static void
say_verdict(struct buf *line, const struct entry *e)
{
	buf_string(line, words_verdict(e->verdict));
	if (e->why.n > 0) {
		buf_string(line, "; ");
		buf_text(line, e->why);
	}
	if (e->n_others > 0) {
		buf_string(line, "; also catches ");
		words_list(line, e->others, e->n_others, e->n_others, 2);
	}
}

static void
write_entry_row(struct page *p, const struct entry *e, int fixes, int lost)
{
	enum style style = e->verdict == VERDICT_ADD ? STYLE_BOLD : STYLE_PLAIN;
	struct buf line = { 0 };

	page_to(p, LABEL_INDENT);
	if (LABEL_INDENT + page_width(p, e->entry) > fixes - 8)
		page_prose(p, style, LABEL_INDENT, e->entry);
	else
		page_text(p, style, e->entry);
	write_number(p, fixes, e->fixes);
	words_lost(&line, e);
	page_right(p, STYLE_PLAIN, lost, buf_view(&line));
	line.n = 0;
	say_verdict(&line, e);
	page_to(p, lost + 2);
	page_prose(p, STYLE_PLAIN, lost + 2, buf_view(&line));
	buf_free(&line);
}

static void
write_entry_card(struct page *p, const struct entry *e)
{
	struct buf line = { 0 };

	page_to(p, LABEL_INDENT);
	page_prose(p, e->verdict == VERDICT_ADD ? STYLE_BOLD : STYLE_PLAIN,
	    LABEL_INDENT, e->entry);
	buf_string(&line, "fixes ");
	words_number(&line, e->fixes);
	buf_string(&line, ", loses ");
	words_lost_sessions(&line, e);
	buf_string(&line, " · ");
	say_verdict(&line, e);
	page_to(p, LABEL_INDENT + 2);
	page_prose(p, STYLE_PLAIN, LABEL_INDENT + 2, buf_view(&line));
	buf_free(&line);
}

static size_t
count_workarounds(const struct report *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_suggestions; i++)
		n += r->suggestions[i].verdict == VERDICT_WORKAROUND;
	return n;
}

/* Where the numbers beside the entries end: behind the longest, within reason,
 * and behind the heading. */
static int
entry_columns(const struct page *p, const struct report *r)
{
	int longest = 20, most = p->width / 2 - 8, width;

	for (size_t i = 0; i < r->n_suggestions; i++) {
		width = page_width(p, r->suggestions[i].entry);
		longest = width > longest ? width : longest;
	}
	return LABEL_INDENT + longest + 8 < most ? LABEL_INDENT + longest + 8
						 : most;
}

static void
write_suggestions(struct page *p, const struct report *r,
    const struct render_options *o)
{
	bool narrow = p->width < PAGE_NARROW;
	int fixes = entry_columns(p, r), lost = fixes + 16;
	size_t n_workarounds = o->verbose > 0 ? 0 : count_workarounds(r);
	size_t n_left = r->n_suggestions - n_workarounds;
	size_t n_shown = shown(o, n_left, ENTRIES_SHOWN), n = 0;

	if (r->n_suggestions == 0)
		return;
	heading(p, "SUGGESTED ENTRIES");
	if (r->product != NULL) {
		page_string(p, STYLE_DIM, " (");
		page_string(p, STYLE_DIM, r->product);
		page_string(p, STYLE_DIM, ")");
	}
	if (!narrow) {
		page_right(p, STYLE_DIM, fixes, TEXT("fixes"));
		page_right(p, STYLE_DIM, lost, TEXT("inspected lost"));
	}
	page_line(p);
	for (size_t i = 0; i < r->n_suggestions && n < n_shown; i++) {
		if (n_workarounds > 0 &&
		    r->suggestions[i].verdict == VERDICT_WORKAROUND)
			continue;
		if (narrow)
			write_entry_card(p, &r->suggestions[i]);
		else
			write_entry_row(p, &r->suggestions[i], fixes, lost);
		n++;
	}
	more(p, LABEL_INDENT, n_left - n_shown, "more entry", "more entries");
	more(p, LABEL_INDENT, n_workarounds,
	    "workaround that cures nothing is left out",
	    "workarounds that cure nothing are left out");
}

/* What to do, and at the right margin, where there is room, what it cures. */
static void
write_step_text(struct page *p, const struct step *s)
{
	struct buf fixes = { 0 }, line = { 0 };
	bool beside;

	if (s->fixes > 0) {
		buf_string(&fixes, "fixes ");
		words_count(&fixes, s->fixes, "attempt", "attempts");
	}
	beside = LABEL_INDENT + page_width(p, s->text) + 2 + (int)fixes.n <=
	    p->width;
	buf_text(&line, s->text);
	if (fixes.n > 0 && !beside)
		buf_printf(&line, " (%s)", fixes.at);
	if (fixes.n > 0 && beside) {
		page_text(p, STYLE_PLAIN, s->text);
		page_right(p, STYLE_PLAIN, p->width, buf_view(&fixes));
		page_line(p);
	} else {
		page_prose(p, STYLE_PLAIN, LABEL_INDENT, buf_view(&line));
	}
	buf_free(&fixes);
	buf_free(&line);
}

static void
write_steps(struct page *p, const struct report *r,
    const struct render_options *o)
{
	size_t n = shown(o, r->n_next_steps, STEPS_SHOWN);
	struct buf line = { 0 };

	if (n == 0)
		return;
	heading(p, "NEXT STEPS");
	page_line(p);
	for (size_t i = 0; i < n; i++) {
		const struct step *s = &r->next_steps[i];

		line.n = 0;
		buf_printf(&line, "%zu ", i + 1);
		page_to(p, LABEL_INDENT - 2);
		page_text(p, STYLE_BOLD, buf_view(&line));
		write_step_text(p, s);
		if (s->command.n > 0) {
			page_to(p, LABEL_INDENT);
			page_text(p, STYLE_DIM, s->command);
			page_line(p);
		}
	}
	more(p, LABEL_INDENT, r->n_next_steps - n, "more step", "more steps");
	buf_free(&line);
}

static void
write_note(struct page *p, bool *any, const char *before, struct text t)
{
	struct buf line = { 0 };

	if (!*any) {
		heading(p, "NOTES");
		page_line(p);
	}
	*any = true;
	buf_string(&line, before);
	buf_text(&line, t);
	page_to(p, LABEL_INDENT);
	page_prose(p, STYLE_PLAIN, LABEL_INDENT + 2, buf_view(&line));
	buf_free(&line);
}

static void
write_notes(struct page *p, const struct report *r)
{
	struct buf line = { 0 };
	bool any = false;

	for (size_t i = 0; i < r->n_notes; i++)
		write_note(p, &any, "", r->notes[i]);
	for (size_t i = 0; i < r->n_inputs; i++) {
		line.n = 0;
		if (summary_bad_input(&r->inputs[i], &line))
			write_note(p, &any, "", buf_view(&line));
	}
	for (size_t i = 0; i < r->n_limits_hit; i++)
		write_note(p, &any, "limit reached: ", r->limits_hit[i]);
	buf_free(&line);
}

void
render_text(const struct report *r, const struct render_options *o,
    struct buf *out)
{
	struct page p;

	page_init(&p, out, o);
	if (!o->quiet) {
		write_inputs(&p, r, o);
		write_interceptor(&p, r);
	}
	write_summary(&p, r, o->quiet);
	write_findings(&p, r, o);
	if (!o->quiet)
		write_reasons(&p, r, o);
	write_suggestions(&p, r, o);
	if (!o->quiet) {
		write_steps(&p, r, o);
		write_notes(&p, r);
	}
}
