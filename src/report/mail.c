/*
 * The report as one MIME message (RFC 5322, RFC 2046): the terminal's text and
 * a short HTML page as alternatives.
 *
 * Header lines hold nothing but our own words, numbers, and the addresses of
 * the caller.  The text is ASCII and goes as it is, so that it can be read even
 * where a cron puts the whole message into a mail of its own; what cannot go as
 * it is becomes quoted-printable (RFC 2045 section 6.7), in which the boundary
 * cannot occur: "=_" is no valid sequence there.
 */
#include "report/formats.h"

#include "base/clock.h"
#include "report/escape.h"
#include "report/marks.h"
#include "report/summary.h"
#include "report/words.h"

#define BOUNDARY "=_pinspot"

enum {
	TEXT_WIDTH = 78, /* RFC 5322 section 2.1.1 */
	ENCODED_WIDTH = 76, /* RFC 2045 section 6.7, rule 5 */
	SMTP_WIDTH = 998, /* RFC 5321 section 4.5.3.1.6 */
	FINDINGS_SHOWN = 50,
};

static bool
ends_line(struct text t, size_t i)
{
	return i + 1 == t.n || t.at[i + 1] == '\n';
}

static void
quoted_printable(struct buf *out, struct text t)
{
	size_t column = 0, width;

	for (size_t i = 0; i < t.n; i++) {
		unsigned char c = (unsigned char)t.at[i];
		bool plain = (c > ' ' && c < 0x7f && c != '=') ||
		    (c == ' ' && !ends_line(t, i));

		if (c == '\n') {
			buf_string(out, "\n");
			column = 0;
			continue;
		}
		/* A lone dot ends the message for careless relays, and "From "
		 * is altered by mailboxes. */
		if (column == 0 && (c == '.' || text_starts(
		    (struct text){ t.at + i, t.n - i }, "From ")))
			plain = false;
		width = plain ? 1 : 3;
		if (column + width > ENCODED_WIDTH - 1) {
			buf_string(out, "=\n");
			column = 0;
		}
		if (plain)
			buf_char(out, (char)c);
		else
			buf_printf(out, "=%02X", c);
		column += width;
	}
}

static void
html(struct buf *out, const char *before, struct text t, const char *after)
{
	buf_string(out, before);
	escape_html(out, t);
	buf_string(out, after);
}

static void
html_finding(struct buf *out, const struct finding *f)
{
	const char *cell = "</td><td style=\"padding:4px 8px\">";
	struct buf hosts = { 0 };

	words_hosts(&hosts, f);
	buf_string(out, "<tr><td style=\"padding:4px 8px\">");
	buf_string(out, mark_of(f->class)->symbol);
	if (*mark_of_status(f->status) != '\0')
		buf_printf(out, " %s", f->status);
	html(out, cell, buf_view(&hosts), "");
	html(out, cell, text_of(class_facts(f->class)->name), "");
	html(out, cell, f->subject, "");
	buf_string(out, "</td><td style=\"padding:4px 8px;"
	    "text-align:right\">");
	words_number(out, f->attempts);
	html(out, cell, text_of(confidence_name(f->confidence)), "");
	html(out, cell, f->advice, "</td></tr>\n");
	buf_free(&hosts);
}

static void
html_body(struct buf *out, const struct report *r)
{
	struct buf lines[SUMMARY_LINES];
	size_t n = summary_lines(r, true, lines);

	buf_string(out, "<!doctype html>\n<html lang=\"en\"><head>"
	    "<meta charset=\"utf-8\"><title>pinspot</title></head>\n"
	    "<body style=\"font-family:sans-serif;line-height:1.4\">\n");
	for (size_t i = 0; i < n; i++) {
		html(out, i == 0 ? "<p><strong>" : "<p>", buf_view(&lines[i]),
		    i == 0 ? "</strong></p>\n" : "</p>\n");
		buf_free(&lines[i]);
	}
	if (r->n_findings > 0)
		buf_string(out, "<table style=\"border-collapse:collapse\">\n"
		    "<thead><tr style=\"text-align:left\"><th></th>"
		    "<th>host</th><th>class</th><th>program or cause</th>"
		    "<th>attempts</th><th>confidence</th><th>what to do</th>"
		    "</tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < r->n_findings && i < FINDINGS_SHOWN; i++)
		html_finding(out, &r->findings[i]);
	if (r->n_findings > 0)
		buf_string(out, "</tbody></table>\n");
	if (r->n_findings > FINDINGS_SHOWN) {
		buf_string(out, "<p>");
		words_count(out, r->n_findings - FINDINGS_SHOWN,
		    "more finding", "more findings");
		buf_string(out, "</p>\n");
	}
	if (r->n_next_steps > 0)
		buf_string(out, "<p><strong>Next steps</strong></p>\n<ol>\n");
	for (size_t i = 0; i < r->n_next_steps; i++)
		html(out, "<li>", r->next_steps[i].text, "</li>\n");
	if (r->n_next_steps > 0)
		buf_string(out, "</ol>\n");
	buf_string(out, "</body></html>\n");
}

/* An address of the caller: no way out of its header line. */
static void
header(struct buf *out, const char *name, const char *value)
{
	if (value == NULL || *value == '\0')
		return;
	for (const char *p = value; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || (unsigned char)*p > '~')
			return;
	buf_printf(out, "%s: %s\n", name, value);
}

/* RFC 5322 section 3.3, in UTC. */
static void
date(struct buf *out)
{
	static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon",
		"Tue", "Wed" }; /* 1970-01-01 was a Thursday */
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr",
		"May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	int64_t now = clock_now();
	struct clock_fields f = clock_split(now);

	buf_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000\n",
	    days[now / CLOCK_DAY % 7], f.day, months[f.month - 1], (int)f.year,
	    f.hour, f.minute, f.second);
}

/* May it go as it is (RFC 2045 section 2.7), and past careless relays? */
static bool
is_7bit(struct text t)
{
	struct text rest = t, line;

	if (text_find(t, BOUNDARY) >= 0)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (t.at[i] != '\n' && (t.at[i] < ' ' || t.at[i] > '~'))
			return false;
	while (text_split(&rest, '\n', &line))
		if (line.n > SMTP_WIDTH || text_is(line, ".") ||
		    text_starts(line, "From "))
			return false;
	return true;
}

static void
part(struct buf *out, const char *type, struct text body)
{
	bool as_it_is = is_7bit(body);

	buf_printf(out, "--" BOUNDARY "\n"
	    "Content-Type: %s; charset=utf-8\n"
	    "Content-Transfer-Encoding: %s\n\n", type,
	    as_it_is ? "7bit" : "quoted-printable");
	if (as_it_is)
		buf_text(out, body);
	else
		quoted_printable(out, body);
	buf_char(out, '\n');
}

void
render_mail_body(const struct report *r, const struct render_options *o,
    struct buf *out)
{
	struct render_options plain = *o;

	plain.color = false;
	plain.ascii = true;
	plain.width = TEXT_WIDTH;
	render_text(r, &plain, out);
}

void
render_mail(const struct report *r, const struct render_options *o,
    struct buf *out)
{
	struct buf body = { 0 };

	date(out);
	header(out, "From", o->mail_from);
	header(out, "To", o->mail_to);
	buf_string(out, "Subject: ");
	summary_subject(r, out);
	buf_string(out, "\nMIME-Version: 1.0\n"
	    "Auto-Submitted: auto-generated\n" /* RFC 3834 */
	    "Content-Type: multipart/alternative; boundary=\"" BOUNDARY
	    "\"\n\n");
	render_mail_body(r, o, &body);
	part(out, "text/plain", buf_view(&body));
	body.n = 0;
	html_body(&body, r);
	part(out, "text/html", buf_view(&body));
	buf_string(out, "--" BOUNDARY "--\n");
	buf_free(&body);
}
