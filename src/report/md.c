/*
 * The report in Markdown (CommonMark with the tables of GitHub and GitLab), to
 * be pasted into a ticket.
 *
 * Names and values go into code spans, where nothing is markup, no @name is a
 * person and no www. a link; prose is escaped sign by sign.
 */
#include "report/formats.h"

#include "report/escape.h"
#include "report/marks.h"
#include "report/summary.h"
#include "report/why.h"
#include "report/words.h"

enum { FINDINGS_SHOWN = 100, DETAILS_SHOWN = 20, INPUTS_SHOWN = 10 };

/* Is this sign of plain[i] markup where it stands?  The prose never begins its
 * line, but may begin an item of a list. */
static bool
is_markup(const struct buf *plain, size_t i)
{
	const char *at = plain->at + i; /* a NUL follows the last */

	if (*at == '\0')
		return false;
	if (i == 0 && strchr("-+#=", *at) != NULL)
		return true;
	if (*at == ':') /* https://..., :smile: */
		return at[1] == '/' || (at[1] >= 'a' && at[1] <= 'z');
	if (*at == '.' || *at == ')') /* www., or the number of an item */
		return i > 0 && (at[-1] == 'w' ||
		    (at[-1] >= '0' && at[-1] <= '9' && at[1] == ' '));
	return strchr("\\`*_[]<>|~&@$", *at) != NULL;
}

/* Any ASCII punctuation may follow a backslash (CommonMark 0.31 section 2.4). */
static void
prose(struct buf *out, struct text t)
{
	struct buf plain = { 0 };

	escape_plain(&plain, t);
	for (size_t i = 0; i < plain.n; i++) {
		if (is_markup(&plain, i))
			buf_char(out, '\\');
		buf_char(out, plain.at[i]);
	}
	buf_free(&plain);
}

/* The fence is longer than any run of backticks inside (section 6.1).  A pipe
 * would end the cell of a table even here, but for a backslash. */
static void
code(struct buf *out, struct text t, bool in_table)
{
	struct buf plain = { 0 };
	size_t run = 0, longest = 0;
	bool padded;

	if (t.n == 0)
		return;
	escape_plain(&plain, t);
	for (size_t i = 0; i < plain.n; i++) {
		run = plain.at[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	padded = plain.at[0] == '`' || plain.at[plain.n - 1] == '`' ||
	    plain.at[0] == ' ' || plain.at[plain.n - 1] == ' ';
	for (size_t i = 0; i <= longest; i++)
		buf_char(out, '`');
	buf_string(out, padded ? " " : "");
	for (size_t i = 0; i < plain.n; i++) {
		if (plain.at[i] == '|' && in_table)
			buf_char(out, '\\');
		buf_char(out, plain.at[i]);
	}
	buf_string(out, padded ? " " : "");
	for (size_t i = 0; i <= longest; i++)
		buf_char(out, '`');
	buf_free(&plain);
}

static void
write_head(struct buf *out, const struct report *r)
{
	struct buf lines[SUMMARY_LINES];
	size_t n = summary_lines(r, true, lines);

	buf_string(out, "## pinspot: what TLS interception breaks\n\n");
	for (size_t i = 0; i < n; i++) {
		buf_string(out, "- ");
		prose(out, buf_view(&lines[i]));
		buf_char(out, '\n');
		buf_free(&lines[i]);
	}
	for (size_t i = 0; i < r->n_inputs && i < INPUTS_SHOWN; i++) {
		struct buf size = { 0 };

		words_input(&size, &r->inputs[i]);
		buf_string(out, "- Input: ");
		code(out, r->inputs[i].name, false);
		buf_printf(out, " (%s)\n", size.at);
		buf_free(&size);
	}
	if (r->n_inputs > INPUTS_SHOWN)
		buf_printf(out, "- Input: %zu more\n",
		    r->n_inputs - INPUTS_SHOWN);
	buf_string(out, "- Interceptor: ");
	if (r->interceptor.n > 0) {
		code(out, r->interceptor, false);
		buf_printf(out, " (%s)\n", r->interceptor_source);
	} else {
		buf_string(out, "not known\n");
	}
}

static void
write_table(struct buf *out, const struct report *r, bool utc)
{
	struct buf text = { 0 };

	if (r->n_findings == 0)
		return;
	buf_string(out, "\n### Findings\n\n"
	    "| host | class | program or cause | attempts | clients | "
	    "confidence | first seen |\n"
	    "|---|---|---|--:|--:|---|---|\n");
	for (size_t i = 0; i < r->n_findings && i < FINDINGS_SHOWN; i++) {
		const struct finding *f = &r->findings[i];

		buf_string(out, "| ");
		code(out, f->host_name, true);
		if (f->host != 0 && f->n_hosts > 1)
			buf_printf(out, " (%zu hosts)", f->n_hosts);
		buf_printf(out, " | %s | ", class_facts(f->class)->name);
		code(out, f->subject, true);
		buf_string(out, " | ");
		words_number(out, f->attempts);
		buf_string(out, " | ");
		words_number(out, f->n_clients);
		buf_printf(out, " | %s", confidence_name(f->confidence));
		if (f->status != NULL)
			buf_printf(out, ", %s", f->status);
		text.n = 0;
		words_time(&text, f->first_seen, utc);
		buf_string(out, " | ");
		prose(out, buf_view(&text));
		buf_string(out, " |\n");
	}
	buf_free(&text);
	if (r->n_findings > FINDINGS_SHOWN) {
		buf_char(out, '\n');
		words_count(out, r->n_findings - FINDINGS_SHOWN,
		    "more finding is", "more findings are");
		buf_string(out, " left out.\n");
	}
}

static void
item(struct buf *out, const char *label, struct text t, bool is_command)
{
	if (t.n == 0)
		return;
	buf_printf(out, "- %s: ", label);
	if (is_command)
		code(out, t, false);
	else
		prose(out, t);
	buf_char(out, '\n');
}

static void
write_finding(struct buf *out, const struct report *r, const struct finding *f)
{
	struct why_list list;
	struct text *reasons;
	size_t n_reasons;

	buf_string(out, "\n### ");
	code(out, finding_title(f), false);
	buf_printf(out, ": %s, %s\n\n", class_facts(f->class)->name,
	    confidence_name(f->confidence));
	item(out, "**What to do**", f->advice, false);
	reasons = reasons_beyond(f, &n_reasons);
	for (size_t i = 0; i < n_reasons; i++)
		item(out, "Because", reasons[i], false);
	for (size_t i = 0; i < f->n_doubts; i++)
		item(out, "But", f->doubts[i], false);
	why_list_fill(&list, r, f);
	for (size_t i = 0; i < list.n; i++) {
		struct buf label = { 0 };

		buf_printf(&label, "%c%s",
		    list.rows[i].label[0] - 'a' + 'A', list.rows[i].label + 1);
		item(out, label.at, buf_view(&list.rows[i].text),
		    list.rows[i].command);
		buf_free(&label);
	}
	why_list_free(&list);
	buf_printf(out, "- Finding %s, rule ", f->id);
	code(out, f->rule, false);
	buf_char(out, '\n');
}

static void
write_suggestions(struct buf *out, const struct report *r)
{
	if (r->n_suggestions == 0)
		return;
	buf_printf(out, "\n### Suggested entries%s%s%s\n\n"
	    "| entry | fixes | inspected sessions lost | verdict |\n"
	    "|---|--:|--:|---|\n", r->product != NULL ? " (" : "",
	    r->product != NULL ? r->product : "",
	    r->product != NULL ? ")" : "");
	for (size_t i = 0; i < r->n_suggestions; i++) {
		const struct entry *e = &r->suggestions[i];

		buf_string(out, "| ");
		code(out, e->entry, true);
		buf_string(out, " | ");
		words_number(out, e->fixes);
		buf_string(out, " | ");
		words_lost(out, e);
		buf_printf(out, " | %s", words_verdict(e->verdict));
		if (e->why.n > 0) {
			buf_string(out, "; ");
			prose(out, e->why);
		}
		buf_string(out, " |\n");
	}
}

static void
write_steps(struct buf *out, const struct report *r)
{
	if (r->n_next_steps == 0)
		return;
	buf_string(out, "\n### Next steps\n\n");
	for (size_t i = 0; i < r->n_next_steps; i++) {
		const struct step *s = &r->next_steps[i];

		buf_printf(out, "%zu. [ ] ", i + 1);
		prose(out, s->text);
		if (s->fixes > 0) {
			buf_string(out, " (fixes ");
			words_count(out, s->fixes, "attempt", "attempts");
			buf_char(out, ')');
		}
		if (s->command.n > 0) {
			buf_string(out, ": ");
			code(out, s->command, false);
		}
		buf_char(out, '\n');
	}
}

static void
write_notes(struct buf *out, const struct report *r)
{
	struct buf notes = { 0 }, bad = { 0 };

	for (size_t i = 0; i < r->n_notes; i++)
		item(&notes, "Note", r->notes[i], false);
	for (size_t i = 0; i < r->n_inputs; i++) {
		bad.n = 0;
		if (summary_bad_input(&r->inputs[i], &bad))
			item(&notes, "Skipped", buf_view(&bad), false);
	}
	for (size_t i = 0; i < r->n_limits_hit; i++)
		item(&notes, "Limit reached", r->limits_hit[i], false);
	if (notes.n > 0) {
		buf_string(out, "\n### Notes\n\n");
		buf_text(out, buf_view(&notes));
	}
	buf_free(&notes);
	buf_free(&bad);
}

void
render_md(const struct report *r, const struct render_options *o,
    struct buf *out)
{
	write_head(out, r);
	write_table(out, r, o->utc);
	for (size_t i = 0; i < r->n_findings && i < DETAILS_SHOWN; i++)
		write_finding(out, r, &r->findings[i]);
	write_suggestions(out, r);
	write_steps(out, r);
	write_notes(out, r);
}
