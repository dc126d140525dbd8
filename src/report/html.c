/*
 * The report as one HTML file: nothing from the network, nothing that runs but
 * one script of ours, all there without it.
 *
 * The policy in the head admits that script and that style sheet by their
 * digests and nothing else, so that text from the network could not act even if
 * it got out of its place.
 */
#include "report/formats.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/json.h"
#include "report/charts.h"
#include "report/escape.h"
#include "report/marks.h"
#include "report/summary.h"
#include "report/why.h"
#include "report/words.h"

/* So many findings get their evidence as a list and a chart to be opened; the
 * rest get it as plain lines, so that thousands of them still open at once. */
enum { DETAILED = 200, ENTRIES_SHOWN = 300, INPUTS_SHOWN = 6 };

/* src/report/html, as bytes. */
static const unsigned char style[] = {
#include "html/report.css.inc"
};
static const unsigned char script[] = {
#include "html/report.js.inc"
};

/* Text between two pieces of markup. */
static void
put(struct buf *out, const char *before, struct text t, const char *after)
{
	buf_string(out, before);
	escape_html(out, t);
	buf_string(out, after);
}

static void
put_string(struct buf *out, const char *before, const char *s,
    const char *after)
{
	put(out, before, text_of(s), after);
}

static void
put_number(struct buf *out, const char *before, uint64_t n, const char *after)
{
	buf_string(out, before);
	words_number(out, n);
	buf_string(out, after);
}

/* 'sha256-...' (CSP level 3 section 2.3.1). */
static void
put_digest(struct buf *out, const unsigned char *bytes, size_t n)
{
	static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
				     "klmnopqrstuvwxyz0123456789+/";
	uint8_t digest[DIGEST_SIZE + 1] = { 0 };
	uint32_t group;

	digest_sha256(bytes, n, digest);
	buf_string(out, "'sha256-");
	for (size_t i = 0; i < DIGEST_SIZE; i += 3) {
		group = (uint32_t)digest[i] << 16 |
		    (uint32_t)digest[i + 1] << 8 |
		    (i + 2 < DIGEST_SIZE ? digest[i + 2] : 0);
		buf_char(out, base64[group >> 18]);
		buf_char(out, base64[group >> 12 & 63]);
		buf_char(out, base64[group >> 6 & 63]);
		if (i + 2 < DIGEST_SIZE)
			buf_char(out, base64[group & 63]);
	}
	buf_string(out, "='");
}

static void
write_head(struct buf *out)
{
	buf_string(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\""
	    "default-src 'none'; style-src ");
	put_digest(out, style, sizeof(style));
	buf_string(out, "; script-src ");
	put_digest(out, script, sizeof(script));
	buf_string(out, "; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, "
	    "initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<title>What TLS interception breaks: pinspot report</title>\n"
	    "<style>");
	buf_add(out, style, sizeof(style));
	buf_string(out, "</style>\n</head>\n<body>\n");
}

static void
list_inputs(struct buf *out, const struct report *r)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < r->n_inputs; i++) {
		text.n = 0;
		words_input(&text, &r->inputs[i]);
		buf_string(out, i > 0 ? " + " : "");
		put(out, "<code>", r->inputs[i].name, "</code>");
		put(out, " (", buf_view(&text), ")");
	}
	buf_free(&text);
}

static void
write_origin(struct buf *out, const struct report *r, bool utc)
{
	struct buf text = { 0 };

	if (r->n_inputs > INPUTS_SHOWN) {
		buf_string(out, "<details class=\"origin\"><summary>");
		words_count(out, r->n_inputs, "input", "inputs");
		buf_string(out, "</summary>");
		list_inputs(out, r);
		buf_string(out, "</details>\n<p class=\"origin\">");
	} else {
		buf_string(out, "<p class=\"origin\">");
		list_inputs(out, r);
		buf_string(out, "<br>");
	}
	if (r->first != CLOCK_UNKNOWN && r->last != CLOCK_UNKNOWN) {
		text.n = 0;
		words_duration(&text, r->last - r->first);
		buf_string(&text, " to ");
		words_time(&text, r->last, utc);
		put(out, "", buf_view(&text), "<br>");
	}
	buf_string(out, "Interceptor: ");
	if (r->interceptor.n > 0) {
		put(out, "<code>", r->interceptor, "</code>");
		put_string(out, " (", r->interceptor_source, ")");
	} else {
		buf_string(out, "not known");
	}
	buf_string(out, "</p>\n");
	buf_free(&text);
}

static void
write_nav(struct buf *out, const struct report *r)
{
	const struct {
		const char *id, *name;
		bool there;
	} sections[] = { { "summary", "Summary", true },
		{ "findings", "Findings", r->n_findings > 0 },
		{ "charts", "Charts", r->n_findings > 0 },
		{ "evidence", "Evidence", r->n_findings > 0 },
		{ "entries", "Suggested entries", r->n_suggestions > 0 },
		{ "steps", "Next steps", r->n_next_steps > 0 },
		{ "notes", "Notes", true } };

	buf_string(out, "<nav aria-label=\"Sections\"><ul>\n");
	for (size_t i = 0; i < N_ITEMS(sections); i++)
		if (sections[i].there)
			buf_printf(out, "<li><a href=\"#%s\">%s</a></li>\n",
			    sections[i].id, sections[i].name);
	buf_string(out, "</ul></nav>\n");
}

static void
write_tile(struct buf *out, uint64_t n, const char *one, const char *many)
{
	put_string(out, "<div><dt>", n == 1 ? one : many, "</dt>");
	put_number(out, "<dd>", n, "</dd></div>\n");
}

static void
write_summary(struct buf *out, const struct report *r)
{
	struct summary s = summary_of(r);
	struct buf lines[SUMMARY_LINES];
	size_t n = summary_lines(r, true, lines);

	buf_string(out, "<section id=\"summary\" "
	    "aria-labelledby=\"h-summary\">\n<h2 id=\"h-summary\">Summary</h2>"
	    "\n");
	if (r->n_findings > 0) {
		buf_string(out, "<dl class=\"tiles\">\n");
		write_tile(out, s.n_causes, "cause", "causes");
		write_tile(out, s.attempts, "broken attempt",
		    "broken attempts");
		write_tile(out, s.hosts, "host concerned", "hosts concerned");
		write_tile(out, s.n_entries, "suggested entry",
		    "suggested entries");
		write_tile(out, s.fixes, "attempt cured by it",
		    "attempts cured by entries");
		write_tile(out, s.lost, "inspected session lost to entries",
		    "inspected sessions lost to entries");
		buf_string(out, "</dl>\n");
	}
	for (size_t i = 0; i < n; i++) {
		put(out, i == 0 ? "<p class=\"lead\">" : "<p>",
		    buf_view(&lines[i]), "</p>\n");
		buf_free(&lines[i]);
	}
	buf_string(out, "</section>\n");
}

static void
write_status(struct buf *out, const char *status)
{
	if (status != NULL && strcmp(status, "known") != 0)
		put_string(out, "<span class=\"badge\">", status, "</span>");
}

static void
write_row(struct buf *out, const struct finding *f, bool utc)
{
	struct buf text = { 0 };

	words_hosts(&text, f);
	buf_printf(out, "<tr role=\"row\"><th scope=\"row\" "
	    "role=\"rowheader\"><a href=\"#%s\">", f->id);
	put(out, "", buf_view(&text), "</a>");
	write_status(out, f->status);
	buf_printf(out, "</th><td role=\"cell\" class=\"%s\">%s</td>",
	    mark_of(f->class)->name, class_facts(f->class)->name);
	put(out, "<td role=\"cell\">", f->subject, "</td>");
	put_number(out, "<td role=\"cell\" class=\"n\">", f->attempts,
	    "</td>");
	put_number(out, "<td role=\"cell\" class=\"n\">", f->n_clients,
	    "</td>");
	put_string(out, "<td role=\"cell\">", confidence_name(f->confidence),
	    "</td>");
	text.n = 0;
	words_time(&text, f->first_seen, utc);
	put(out, "<td role=\"cell\" class=\"t\">", buf_view(&text),
	    "</td></tr>\n");
	buf_free(&text);
}

static void
write_findings(struct buf *out, const struct report *r, bool utc)
{
	static const struct {
		const char *name;
		bool is_number;
	} headings[] = { { "host", false }, { "class", false },
		{ "program or cause", false }, { "attempts", true },
		{ "clients", true }, { "confidence", false },
		{ "first seen", false } };

	if (r->n_findings == 0)
		return;
	buf_string(out, "<section id=\"findings\" "
	    "aria-labelledby=\"h-findings\">\n"
	    "<h2 id=\"h-findings\">Findings</h2>\n<div class=\"card\">\n"
	    "<div class=\"tools\" id=\"tools\" hidden>\n"
	    "<label>Search <input id=\"search\" type=\"search\"></label>\n"
	    "<label>Class <select id=\"kinds\"><option value=\"\">all"
	    "</option></select></label>\n"
	    "<output id=\"shown\"></output>\n</div>\n"
	    "<table role=\"table\">\n<caption>");
	for (size_t i = 0; i < N_MARKS; i++)
		buf_printf(out, "%s<span class=\"mark %s\">%s</span>%s",
		    i > 0 ? " &nbsp; " : "", marks[i].name, marks[i].symbol,
		    marks[i].meaning);
	buf_string(out, "</caption>\n<thead role=\"rowgroup\">"
	    "<tr role=\"row\">");
	for (size_t i = 0; i < N_ITEMS(headings); i++)
		buf_printf(out, "<th scope=\"col\" role=\"columnheader\"%s>"
		    "%s</th>", headings[i].is_number ? " class=\"n\"" : "",
		    headings[i].name);
	buf_string(out, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
	for (size_t i = 0; i < r->n_findings; i++) {
		write_row(out, &r->findings[i], utc);
		buf_drain(out);
	}
	buf_string(out, "</tbody>\n</table>\n</div>\n</section>\n");
}

static void
write_charts(struct buf *out, const struct report *r, bool utc)
{
	if (r->n_findings == 0)
		return;
	buf_string(out, "<section id=\"charts\" aria-labelledby=\"h-charts\">\n"
	    "<h2 id=\"h-charts\">Charts</h2>\n<div class=\"card\">\n");
	chart_timeline(out, r, utc);
	chart_contrast(out, r);
	chart_price(out, r);
	buf_string(out, "</div>\n</section>\n");
}

/* One <dd> of one text, or of a list where there are several. */
static void
write_texts(struct buf *out, const char *label, const struct text *texts,
    size_t n)
{
	if (n == 0)
		return;
	put_string(out, "<dt>", label, "</dt><dd>");
	if (n == 1) {
		put(out, "", texts[0], "</dd>\n");
		return;
	}
	buf_string(out, "<ul>");
	for (size_t i = 0; i < n; i++)
		put(out, "<li>", texts[i], "</li>");
	buf_string(out, "</ul></dd>\n");
}

static void
write_facts(struct buf *out, const struct report *r, const struct finding *f)
{
	struct why_list list;
	struct text *reasons;
	size_t n_reasons;

	buf_string(out, "<dl>\n");
	reasons = reasons_beyond(f, &n_reasons);
	write_texts(out, "because", reasons, n_reasons);
	write_texts(out, "but", f->doubts, f->n_doubts);
	why_list_fill(&list, r, f);
	for (size_t i = 0; i < list.n; i++) {
		const struct why *row = &list.rows[i];

		put_string(out, "<dt>", row->label, "</dt>");
		put(out, row->command ? "<dd><span class=\"command\">"
		    : "<dd>", buf_view(&row->text),
		    row->command ? "</span></dd>\n" : "</dd>\n");
	}
	why_list_free(&list);
	write_texts(out, "would change it", f->would_change,
	    f->n_would_change);
	if (f->n_hosts > 1)
		write_texts(out, "hosts", f->hosts, f->n_hosts);
	put(out, "<dt>rule</dt><dd><code>", f->rule, "</code></dd>\n");
	put_string(out, "<dt>finding</dt><dd><code>", f->id,
	    "</code></dd>\n</dl>\n");
}

/* The same in lines. */
static void
write_lines(struct buf *out, const struct report *r, const struct finding *f)
{
	struct why_list list;
	struct text *reasons;
	size_t n_reasons;

	put(out, "<p class=\"facts\">", f->advice, "\n");
	reasons = reasons_beyond(f, &n_reasons);
	for (size_t i = 0; i < n_reasons; i++)
		put(out, "because ", reasons[i], "\n");
	for (size_t i = 0; i < f->n_doubts; i++)
		put(out, "but ", f->doubts[i], "\n");
	why_list_fill(&list, r, f);
	for (size_t i = 0; i < list.n; i++) {
		put_string(out, "", list.rows[i].label, ": ");
		put(out, "", buf_view(&list.rows[i].text), "\n");
	}
	why_list_free(&list);
	put(out, "rule ", f->rule, "");
	put_string(out, ", finding ", f->id, "</p>\n");
}

static void
write_detailed(struct buf *out, const struct report *r,
    const struct finding *f)
{
	const struct mark *m = mark_of(f->class);

	buf_printf(out, "<details><summary><span class=\"mark %s\" "
	    "aria-hidden=\"true\">%s</span>", m->name, m->symbol);
	put(out, "<strong>", finding_title(f), "</strong>");
	put_string(out, " <span class=\"soft\">", class_facts(f->class)->name,
	    ", ");
	put_string(out, "", confidence_name(f->confidence), "</span>");
	write_status(out, f->status);
	buf_printf(out, "</summary>\n<div id=\"%s\">\n", f->id);
	put_string(out, "<p>", class_facts(f->class)->meaning, "</p>\n");
	put(out, "<p class=\"advice\">", f->advice, "</p>\n");
	write_facts(out, r, f);
	chart_ladder(out, f);
	buf_string(out, "</div></details>\n");
}

static void
write_brief(struct buf *out, const struct report *r, const struct finding *f)
{
	buf_printf(out, "<div id=\"%s\">", f->id);
	put(out, "<strong>", finding_title(f), ": ");
	put_string(out, "", class_facts(f->class)->name, ", ");
	put_string(out, "", confidence_name(f->confidence), "</strong>");
	write_lines(out, r, f);
	buf_string(out, "</div>\n");
}

static void
write_evidence(struct buf *out, const struct report *r)
{
	if (r->n_findings == 0)
		return;
	buf_string(out, "<section id=\"evidence\" "
	    "aria-labelledby=\"h-evidence\">\n"
	    "<h2 id=\"h-evidence\">Evidence</h2>\n<div class=\"evidence\">");
	for (size_t i = 0; i < r->n_findings; i++) {
		if (i < DETAILED)
			write_detailed(out, r, &r->findings[i]);
		else
			write_brief(out, r, &r->findings[i]);
		buf_drain(out);
	}
	buf_string(out, "</div>\n</section>\n");
}

static void
write_entry(struct buf *out, const struct entry *e)
{
	const char *verdict = words_verdict(e->verdict);

	put(out, "<tr><th scope=\"row\"><code>", e->entry, "</code></th>");
	put_number(out, "<td class=\"n\">", e->fixes, "</td>");
	buf_string(out, "<td class=\"n\">");
	words_lost(out, e);
	buf_string(out, "</td><td class=\"n\">");
	if (e->lost_unknown)
		words_lost(out, e);
	else
		words_size(out, e->bytes_lost);
	put_string(out, "</td><td>", verdict, "");
	if (e->why.n > 0)
		put(out, verdict[0] != '\0' ? "; " : "", e->why, "");
	if (e->n_others > 0) {
		struct buf others = { 0 };

		words_list(&others, e->others, e->n_others, e->n_others, 3);
		put(out, "; also catches ", buf_view(&others), "");
		buf_free(&others);
	}
	buf_string(out, "</td></tr>\n");
}

static void
write_entries(struct buf *out, const struct report *r)
{
	if (r->n_suggestions == 0)
		return;
	buf_string(out, "<section id=\"entries\" "
	    "aria-labelledby=\"h-entries\">\n"
	    "<h2 id=\"h-entries\">Suggested entries");
	if (r->product != NULL)
		put_string(out, " (", r->product, ")");
	buf_string(out, "</h2>\n<div class=\"card\"><div class=\"scroll\">\n"
	    "<table>\n<caption>Each entry is a permanent blind spot: its price "
	    "is the inspection that it gives up.</caption>\n"
	    "<thead><tr><th scope=\"col\">entry</th>"
	    "<th scope=\"col\" class=\"n\">fixes</th>"
	    "<th scope=\"col\" class=\"n\">sessions lost</th>"
	    "<th scope=\"col\" class=\"n\">bytes lost</th>"
	    "<th scope=\"col\">verdict</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < r->n_suggestions && i < ENTRIES_SHOWN; i++)
		write_entry(out, &r->suggestions[i]);
	buf_string(out, "</tbody>\n</table>\n</div>\n");
	if (r->n_suggestions > ENTRIES_SHOWN) {
		buf_string(out, "<p>");
		words_count(out, r->n_suggestions - ENTRIES_SHOWN,
		    "more entry is", "more entries are");
		buf_string(out, " in the data; <code>pinspot suggest</code> "
		    "lists them all.</p>\n");
	}
	buf_string(out, "</div>\n</section>\n");
}

static void
write_steps(struct buf *out, const struct report *r)
{
	if (r->n_next_steps == 0)
		return;
	buf_string(out, "<section id=\"steps\" aria-labelledby=\"h-steps\">\n"
	    "<h2 id=\"h-steps\">Next steps</h2>\n<div class=\"card\">\n"
	    "<ol class=\"steps\">\n");
	for (size_t i = 0; i < r->n_next_steps; i++) {
		const struct step *s = &r->next_steps[i];

		put(out, "<li>", s->text, "");
		if (s->fixes > 0) {
			buf_string(out, " <span class=\"soft\">fixes ");
			words_count(out, s->fixes, "attempt", "attempts");
			buf_string(out, "</span>");
		}
		if (s->command.n > 0)
			put(out, "<span class=\"command\">", s->command,
			    "</span>");
		buf_string(out, "</li>\n");
	}
	buf_string(out, "</ol>\n</div>\n</section>\n");
}

static void
write_notes(struct buf *out, const struct report *r)
{
	struct buf bad = { 0 };

	buf_string(out, "<section id=\"notes\" aria-labelledby=\"h-notes\">\n"
	    "<h2 id=\"h-notes\">Notes</h2>\n<ul class=\"list\">\n<li>");
	words_count(out, r->totals.connections, "TLS connection",
	    "TLS connections");
	put_number(out, ", ", r->totals.intercepted, " intercepted, ");
	words_number(out, r->totals.quic);
	buf_string(out, " over QUIC.</li>\n");
	for (size_t i = 0; i < r->n_notes; i++)
		put(out, "<li>", r->notes[i], "</li>\n");
	for (size_t i = 0; i < r->n_inputs; i++) {
		bad.n = 0;
		if (summary_bad_input(&r->inputs[i], &bad))
			put(out, "<li>", buf_view(&bad), "</li>\n");
	}
	for (size_t i = 0; i < r->n_limits_hit; i++)
		put(out, "<li>Limit reached: ", r->limits_hit[i], "</li>\n");
	buf_string(out, "</ul>\n</section>\n");
	buf_free(&bad);
}

/* JSON on its way into a page. */
struct inset {
	struct drain drain; /* first, so that one is the other */
	struct buf *out;
};

/* No '<' is left that could end the element, and no '&' or '>' for the readers
 * that are less careful. */
static void
put_json(struct drain *d, struct text t)
{
	struct buf *out = ((struct inset *)d)->out;

	for (size_t i = 0; i < t.n; i++) {
		char c = t.at[i];

		if (c == '<' || c == '>' || c == '&')
			buf_printf(out, "\\u%04x", (unsigned)c);
		else
			buf_char(out, c);
	}
	buf_drain(out);
}

/* As data, which no browser runs. */
static void
write_json(struct buf *out, const struct report *r)
{
	struct inset inset = { { put_json }, out };
	struct buf json = { .drain = &inset.drain };

	buf_string(out, "<script type=\"application/json\" id=\"report\">");
	report_json(r, false, &json);
	put_json(&inset.drain, buf_view(&json));
	buf_string(out, "</script>\n");
	buf_free(&json);
}

void
render_html(const struct report *r, const struct render_options *o,
    struct buf *out)
{
	write_head(out);
	buf_string(out, "<a class=\"skip\" href=\"#main\">To the report"
	    "</a>\n<header>\n<h1>What TLS interception breaks</h1>\n");
	write_origin(out, r, o->utc);
	write_nav(out, r);
	buf_string(out, "</header>\n<main id=\"main\">\n");
	write_summary(out, r);
	write_findings(out, r, o->utc);
	write_charts(out, r, o->utc);
	write_entries(out, r);
	write_steps(out, r);
	write_evidence(out, r);
	write_notes(out, r);
	buf_string(out, "</main>\n<footer>\n<p>");
	put_string(out, "pinspot ", r->version, ". ");
	buf_string(out, "Everything is in this file; it loads nothing. "
	    "<button type=\"button\" id=\"save\" hidden>Save the data (JSON)"
	    "</button></p>\n</footer>\n");
	write_json(out, r);
	buf_string(out, "<script>");
	buf_add(out, script, sizeof(script));
	buf_string(out, "</script>\n</body>\n</html>\n");
}
