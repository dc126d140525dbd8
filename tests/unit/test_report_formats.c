/*
 * CSV, Markdown, mail, metrics and explain: hostile text stays text.
 *
 * With the name of a folder as its argument it writes there the metrics that
 * tests/real/prom.sh gives to promtool.
 */
#include <stdio.h>

#include "base/attr.h"
#include "fixture_report.h"
#include "report/escape.h"
#include "report/report.h"
#include "unit.h"

static struct buf
render(const char *format, enum fixture kind, size_t n,
    const struct render_options *o)
{
	struct report *r = fixture_report(kind, n);
	struct buf out = { 0 };

	renderer_by_name(format)->render(r, o, &out);
	report_free(r);
	return out;
}

/* Text of any format: valid UTF-8, lines, and nothing that a viewer obeys. */
static void
check_plain(const struct buf *out)
{
	struct text rest = buf_view(out);
	uint32_t code;
	size_t n;

	for (; rest.n > 0; rest.at += n, rest.n -= n) {
		n = text_rune(rest, &code);
		ck_assert_uint_gt(n, 0);
		ck_assert_msg(code == '\n' || !rune_is_unsafe(code), "U+%04X",
		    code);
	}
}

/* Take one cell and the separator behind it; false at the end of the row. */
static bool
take_cell(struct text *row, struct buf *cell)
{
	bool quoted = row->n > 0 && row->at[0] == '"';
	size_t i = quoted;

	cell->n = 0;
	for (; i < row->n; i++) {
		if (quoted && row->at[i] == '"') {
			if (i + 1 < row->n && row->at[i + 1] == '"') {
				i++;
			} else {
				i++;
				break;
			}
		} else if (!quoted && row->at[i] == ',') {
			break;
		}
		ck_assert(quoted || row->at[i] != '"');
		buf_char(cell, row->at[i]);
	}
	ck_assert(i == row->n || row->at[i] == ',');
	if (i == row->n)
		return false;
	row->at += i + 1;
	row->n -= i + 1;
	return true;
}

static size_t
check_row(struct text row)
{
	struct buf cell = { 0 };
	size_t n = 0;
	bool more;

	do {
		more = take_cell(&row, &cell);
		n++;
		ck_assert_msg(cell.n == 0 || strchr("=+-@\t\r", cell.at[0]) ==
		    NULL, "formula: %s", cell.at);
	} while (more);
	buf_free(&cell);
	return n;
}

START_TEST(csv_has_equal_rows_and_no_formula)
{
	const struct render_options o = { 0 };
	struct buf out = render("csv", _i ? FIXTURE_NASTY : FIXTURE_PLAIN, 10,
	    &o);
	struct text rest = buf_view(&out), line;
	size_t n_columns = 0, n_rows = 0;

	check_plain(&out);
	for (; text_split(&rest, '\n', &line); n_rows++) {
		if (n_rows == 0)
			n_columns = check_row(line);
		ck_assert_uint_eq(check_row(line), n_columns);
	}
	ck_assert_uint_eq(n_rows, 11);
	ck_assert_uint_eq(rest.n, 0);
	buf_free(&out);
}
END_TEST

START_TEST(csv_tells_a_handshake_in_one_row)
{
	struct handshake h;
	struct buf out = { 0 };
	struct text rest, heading, row;
	const struct text nasty = { fixture_nasty, sizeof(fixture_nasty) };

	handshake_init(&h);
	h.host = h.user = h.chosen.alpn = nasty;
	h.n_alerts = 1;
	h.alerts[0] = (struct alert){ SIDE_CLIENT, ALERT_CLEAR, 2, 48,
		{ 7, CLOCK_UNKNOWN } };
	h.deciding.record = 7;
	h.offered.n_versions = 2;
	h.offered.versions[0] = 0x0304;
	h.offered.versions[1] = 0x0303;
	handshake_csv_heading(&out);
	handshake_csv(&h, TEXT("pinning"), nasty, &out);
	check_plain(&out);
	rest = buf_view(&out);
	ck_assert(text_split(&rest, '\n', &heading));
	ck_assert(text_split(&rest, '\n', &row));
	ck_assert_uint_eq(rest.n, 0);
	ck_assert_uint_eq(check_row(heading), check_row(row));
	ck_assert(text_find(row, "client fatal 48 unknown_ca clear") > 0);
	ck_assert(text_find(row, "\"1.3; 1.2\"") > 0);
	ck_assert(text_starts(row, "0,7,,"));
	buf_free(&out);
}
END_TEST

START_TEST(csv_disarms_every_start_of_a_formula)
{
	static const struct {
		const char *in, *want;
	} cases[] = { { "=1+1", "\"'=1+1\"" }, { "+1", "\"'+1\"" },
		{ "-1", "\"'-1\"" }, { "@a", "\"'@a\"" },
		{ "\t=1", "\"' =1\"" }, { "\xef\xbc\x9d" "1",
		    "\"'\xef\xbc\x9d" "1\"" },
		{ "a\"b", "\"a\"\"b\"" }, { "a,b", "\"a,b\"" },
		{ "a\nb", "a b" }, { "plain", "plain" }, { "", "" } };
	struct buf out = { 0 };

	for (size_t i = 0; i < N_ITEMS(cases); i++) {
		buf_string(&out, "");
		out.n = 0;
		out.at[0] = '\0';
		escape_csv(&out, text_of(cases[i].in));
		ck_assert_str_eq(out.at, cases[i].want);
	}
	buf_free(&out);
}
END_TEST

START_TEST(html_text_opens_no_tag)
{
	struct buf out = { 0 };

	escape_html(&out, TEXT("<a href=\"x\" b='y'>&`\x1b\n"));
	ck_assert_str_eq(out.at, "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;"
	    "&amp;&#96;\xef\xbf\xbd ");
	buf_free(&out);
}
END_TEST

/* Pipes of a table's row that are not escaped. */
static size_t
count_pipes(struct text line)
{
	size_t n = 0;

	for (size_t i = 0; i < line.n; i++)
		n += line.at[i] == '|' && (i == 0 || line.at[i - 1] != '\\');
	return n;
}

START_TEST(markdown_keeps_its_shape)
{
	const struct render_options o = { .utc = true };
	struct buf out = render("md", _i ? FIXTURE_NASTY : FIXTURE_PLAIN, 10,
	    &o);
	struct text rest = buf_view(&out), line;
	size_t n_rows = 0, n_heads = 0;

	check_plain(&out);
	while (text_split(&rest, '\n', &line)) {
		n_heads += text_starts(line, "#");
		if (text_starts(line, "|")) {
			n_rows++;
			ck_assert(count_pipes(line) == 8 ||
			    count_pipes(line) == 5);
		}
		ck_assert(line.n == 0 || strchr("#|-0123456789", line.at[0]) !=
		    NULL);
		ck_assert(!text_starts(line, "Bcc"));
	}
	ck_assert_uint_eq(n_rows, 2 + 10 + 2 + 4);
	/* Title, findings, one each, entries, steps, notes. */
	ck_assert_uint_eq(n_heads, 1 + 1 + 10 + 3);
	buf_free(&out);
}
END_TEST

static int
hex(char c)
{
	return c <= '9' ? c - '0' : c - 'A' + 10;
}

/* Undo RFC 2045 section 6.7. */
static struct buf
decode(struct text t)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < t.n; i++) {
		if (t.at[i] != '=') {
			buf_char(&out, t.at[i]);
		} else if (t.at[i + 1] == '\n') {
			i++;
		} else {
			buf_char(&out, (char)(hex(t.at[i + 1]) << 4 |
			    hex(t.at[i + 2])));
			i += 2;
		}
	}
	return out;
}

static void
check_headers(struct text *rest)
{
	static const char *const known[] = { "Date: ", "From: ", "To: ",
		"Subject: ", "MIME-Version: ", "Auto-Submitted: ",
		"Content-Type: " };
	struct text line;
	size_t k;

	while (text_split(rest, '\n', &line) && line.n > 0) {
		for (k = 0; k < N_ITEMS(known); k++)
			if (text_starts(line, known[k]))
				break;
		ck_assert_msg(k < N_ITEMS(known), "%.*s", TEXT_ARG(line));
		for (size_t i = 0; i < line.n; i++)
			ck_assert(line.at[i] >= ' ' && line.at[i] <= '~');
	}
}

START_TEST(mail_is_a_message_of_two_parts)
{
	struct render_options o = { .utc = true,
		.mail_from = "pinspot <root@fw.example>",
		.mail_to = "a@example\nBcc: b@example" };
	enum fixture kind = _i ? FIXTURE_NASTY : FIXTURE_PLAIN;
	struct buf mail = render("mail", kind, 10, &o), text, part;
	struct text rest = buf_view(&mail), line;
	size_t n_boundaries = 0;
	const char *start, *end;

	ck_assert_ptr_null(strstr(mail.at, "To: a@"));
	ck_assert_ptr_nonnull(strstr(mail.at,
	    "\nFrom: pinspot <root@fw.example>\n"));
	ck_assert_ptr_nonnull(strstr(mail.at, "\nSubject: pinspot: 3 new, "
	    "1 back, 1 gone, 1 acknowledged since the last run; 9 causes, "
	    "542 attempts on "));
	check_headers(&rest);
	while (text_split(&rest, '\n', &line)) {
		ck_assert_uint_le(line.n, 998);
		n_boundaries += text_starts(line, "--=_pinspot");
		ck_assert(!text_is(line, "."));
	}
	ck_assert_uint_eq(n_boundaries, 3);
	/* The text part is the terminal's report. */
	start = strstr(strstr(mail.at, "text/plain"), "\n\n") + 2;
	end = strstr(start, "\n--=_pinspot");
	part = (struct buf){ 0 };
	buf_add(&part, start, (size_t)(end - start)); /* 7bit */
	o.width = 78;
	o.ascii = true;
	text = render("text", kind, 10, &o);
	ck_assert_str_eq(part.at, text.at);
	buf_free(&part);
	start = strstr(strstr(mail.at, "text/html"), "\n\n") + 2;
	end = strstr(start, "\n--=_pinspot--");
	part = decode((struct text){ start, (size_t)(end - start) });
	ck_assert_ptr_nonnull(strstr(part.at, "<table"));
	ck_assert_ptr_null(strstr(part.at, "<script"));
	ck_assert_ptr_null(strstr(part.at, "<b onclick"));
	buf_free(&part);
	buf_free(&text);
	buf_free(&mail);
}
END_TEST

START_TEST(mail_without_headers_is_the_text)
{
	const struct render_options o = { .utc = true };
	const struct render_options narrow = { .utc = true, .width = 78,
		.ascii = true };
	struct buf body = render("mail-body", FIXTURE_PLAIN, 3, &o);
	struct buf text = render("text", FIXTURE_PLAIN, 3, &narrow);

	ck_assert_str_eq(body.at, text.at);
	buf_free(&body);
	buf_free(&text);
}
END_TEST

START_TEST(news_is_what_changed)
{
	struct report *r = fixture_report(FIXTURE_PLAIN, 3);

	ck_assert(report_has_news(r)); /* one is new */
	r->findings[0].status = "known";
	ck_assert(!report_has_news(r));
	r->findings[0].status = "gone";
	ck_assert(report_has_news(r));
	for (size_t i = 0; i < 3; i++)
		r->findings[i].status = NULL;
	ck_assert(report_has_news(r)); /* no history: anything is news */
	r->n_findings = 0;
	ck_assert(!report_has_news(r));
	report_free(r);
}
END_TEST

/* {name="value",...}, then a blank and a number. */
static void
check_sample(struct text line)
{
	size_t i = 0;

	while (i < line.n && (line.at[i] == '_' || (line.at[i] >= 'a' &&
	    line.at[i] <= 'z')))
		i++;
	ck_assert_uint_gt(i, 8);
	if (line.at[i] == '{') {
		do {
			i += 1 + strcspn(line.at + i, "\"") ;
			for (; line.at[i] != '"'; i++)
				i += line.at[i] == '\\';
			i++;
		} while (line.at[i] == ',');
		ck_assert_int_eq(line.at[i], '}');
		i++;
	}
	ck_assert_int_eq(line.at[i], ' ');
	ck_assert_uint_eq(strspn(line.at + i + 1, "0123456789"),
	    line.n - i - 1);
}

START_TEST(metrics_are_well_formed)
{
	const struct render_options o = { 0 };
	struct buf out = render("prom", _i ? FIXTURE_NASTY : FIXTURE_PLAIN,
	    300, &o);
	struct text rest = buf_view(&out), line;

	check_plain(&out);
	while (text_split(&rest, '\n', &line)) {
		ck_assert(text_starts(line, "# HELP pinspot_") ||
		    text_starts(line, "# TYPE pinspot_") ||
		    text_starts(line, "pinspot_"));
		if (line.at[0] == 'p')
			check_sample(line);
	}
	ck_assert_ptr_nonnull(
	    strstr(out.at, "\npinspot_findings_not_listed 100\n"));
	buf_free(&out);
}
END_TEST

START_TEST(explains_a_finding_at_any_width)
{
	struct render_options o = { .width = 40 + 20 * (_i / 2), .utc = true };
	struct report *r = fixture_report(_i % 2 ? FIXTURE_NASTY
	    : FIXTURE_PLAIN, 10);
	struct buf out = { 0 };
	struct text rest, line;
	uint32_t code;
	size_t n;
	int columns;

	for (size_t i = 0; i < r->n_findings; i++)
		explain_finding(r, &r->findings[i], &o, &out);
	explain_class(CLASS_PINNING, &o, &out);
	check_plain(&out);
	rest = buf_view(&out);
	while (text_split(&rest, '\n', &line)) {
		if (text_find(line, "tshark -r") >= 0 ||
		    text_starts(text_trim(line), "-Y "))
			continue;
		columns = 0;
		for (struct text t = line; t.n > 0; t.at += n, t.n -= n) {
			n = text_rune(t, &code);
			columns += rune_width(code);
		}
		ck_assert_msg(columns <= o.width, "%d: %.*s", o.width,
		    TEXT_ARG(line));
	}
	ck_assert_ptr_nonnull(strstr(out.at, "ONE CONNECTION"));
	ck_assert_ptr_nonnull(strstr(out.at, "CONTRAST"));
	report_free(r);
	buf_free(&out);
}
END_TEST

static void
write_metrics(const char *folder, const char *name, enum fixture kind,
    size_t n)
{
	const struct render_options o = { 0 };
	struct buf out = render("prom", kind, n, &o), path = { 0 };
	FILE *f;

	buf_printf(&path, "%s/%s.prom", folder, name);
	f = fopen(path.at, "w");
	if (f == NULL || fwrite(out.at, 1, out.n, f) != out.n ||
	    fclose(f) != 0) {
		perror(path.at);
		exit(EXIT_FAILURE);
	}
	buf_free(&path);
	buf_free(&out);
}

int
main(int argc, char **argv)
{
	TCase *tc;

	if (argc == 2) {
		write_metrics(argv[1], "none", FIXTURE_PLAIN, 0);
		write_metrics(argv[1], "plain", FIXTURE_PLAIN, 300);
		write_metrics(argv[1], "nasty", FIXTURE_NASTY, 10);
		return EXIT_SUCCESS;
	}
	tc = tcase_create("report_formats");
	tcase_add_loop_test(tc, csv_has_equal_rows_and_no_formula, 0, 2);
	tcase_add_test(tc, csv_tells_a_handshake_in_one_row);
	tcase_add_test(tc, csv_disarms_every_start_of_a_formula);
	tcase_add_test(tc, html_text_opens_no_tag);
	tcase_add_loop_test(tc, markdown_keeps_its_shape, 0, 2);
	tcase_add_loop_test(tc, mail_is_a_message_of_two_parts, 0, 2);
	tcase_add_test(tc, mail_without_headers_is_the_text);
	tcase_add_test(tc, news_is_what_changed);
	tcase_add_loop_test(tc, metrics_are_well_formed, 0, 2);
	tcase_add_loop_test(tc, explains_a_finding_at_any_width, 0, 18);
	return unit_run(tc);
}
