/* The terminal report: what it says, and that it stays on the page. */
#include "base/attr.h"
#include "fixture_report.h"
#include "report/escape.h"
#include "report/report.h"
#include "unit.h"

static struct buf
render(enum fixture kind, size_t n, const struct render_options *o)
{
	struct report *r = fixture_report(kind, n);
	struct buf out = { 0 };

	renderer_by_name("text")->render(r, o, &out);
	report_free(r);
	return out;
}

static int
columns_of(struct text line)
{
	uint32_t code;
	int columns = 0;
	size_t n;

	for (; line.n > 0; line.at += n, line.n -= n) {
		n = text_rune(line, &code);
		ck_assert_uint_gt(n, 0);
		ck_assert_msg(!rune_is_unsafe(code), "U+%04X", code);
		columns += rune_width(code);
	}
	return columns;
}

/* Commands are not broken, so that they can be pasted: they alone may be wider
 * than the page. */
static bool
is_command(struct text line)
{
	return text_find(line, "tshark -r") >= 0 ||
	    text_starts(text_trim(line), "-Y ") ||
	    text_find(line, "pinspot explain") >= 0;
}

static void
check_page(const struct buf *out, int width)
{
	struct text rest = buf_view(out), line;

	while (rest.n > 0) {
		ck_assert(text_split(&rest, '\n', &line));
		ck_assert_msg(is_command(line) || columns_of(line) <= width,
		    "%d columns: %.*s", width, TEXT_ARG(line));
		ck_assert(line.n == 0 || line.at[line.n - 1] != ' ');
	}
}

START_TEST(fits_every_width)
{
	const struct render_options o = { .width = _i, .utc = true,
		.verbose = _i % 2 };
	struct buf out = render(FIXTURE_PLAIN, 10, &o);

	check_page(&out, _i);
	ck_assert_ptr_nonnull(strstr(out.at, "FINDINGS"));
	buf_free(&out);
}
END_TEST

START_TEST(shows_hostile_text_as_text)
{
	const struct render_options o = { .width = 40 + 20 * _i, .utc = true,
		.ascii = _i % 2, .verbose = 1 };
	struct buf out = render(FIXTURE_NASTY, 10, &o);
	struct text rest = buf_view(&out), line;

	while (text_split(&rest, '\n', &line))
		columns_of(line);
	ck_assert_ptr_nonnull(strstr(out.at, "\\x1b"));
	if (o.ascii)
		for (size_t i = 0; i < out.n; i++)
			ck_assert(out.at[i] == '\n' ||
			    (out.at[i] >= ' ' && out.at[i] <= '~'));
	buf_free(&out);
}
END_TEST

START_TEST(is_plain_without_color)
{
	struct render_options o = { .utc = true };
	struct buf plain = render(FIXTURE_PLAIN, 10, &o), colored;
	size_t n = 0;

	ck_assert_ptr_null(strchr(plain.at, '\033'));
	o.color = true;
	colored = render(FIXTURE_PLAIN, 10, &o);
	ck_assert_ptr_nonnull(strchr(colored.at, '\033'));
	/* Without its styles it is the same text, but for blanks at line ends. */
	for (size_t i = 0; i < colored.n; i++) {
		if (colored.at[i] == '\033')
			i += strcspn(colored.at + i, "m");
		else
			colored.at[n++] = colored.at[i];
	}
	ck_assert_uint_ge(n, plain.n);
	buf_free(&plain);
	buf_free(&colored);
}
END_TEST

static const char *
summary(struct report *r, struct buf *out)
{
	const struct render_options o = { .width = 200, .utc = true };

	out->n = 0;
	renderer_by_name("text")->render(r, &o, out);
	return out->at;
}

START_TEST(sums_up_in_numbers_that_add_up)
{
	struct report *r = fixture_report(FIXTURE_PLAIN, 10);
	struct buf out = { 0 };
	const char *text = summary(r, &out);

	ck_assert_ptr_nonnull(strstr(text, "38,112 error lines and 2,904 "
	    "rejected connections are 542 attempts with 9 causes on 21 "
	    "hosts\n"));
	ck_assert_ptr_nonnull(strstr(text, "3 suggested entries fix 331 of 542 "
	    "attempts and give up 114 inspected sessions (0.03 %)\n"));
	ck_assert_ptr_nonnull(strstr(text, "211 attempts are NOT fixed by "
	    "exclusions: see Next steps\n"));
	ck_assert_ptr_nonnull(strstr(text, "3 new, 1 back, 1 gone, 1 "
	    "acknowledged since the last run\n"));
	ck_assert_ptr_nonnull(strstr(text,
	    "tshark -r fw-edge.pcapng -Y 'tcp.stream==8841'\n"));
	buf_free(&out);
	report_free(r);
}
END_TEST

START_TEST(has_a_singular)
{
	struct report *r = fixture_report(FIXTURE_PLAIN, 1);
	struct buf out = { 0 };
	const char *text;

	r->totals.error_lines = 0;
	r->totals.rejected = r->findings[0].attempts = 1;
	r->suggestions[0].fixes = r->suggestions[0].inspected_lost = 1;
	text = summary(r, &out);
	ck_assert_ptr_nonnull(strstr(text,
	    "1 rejected connection is 1 attempt with 1 cause on 1 host\n"));
	ck_assert_ptr_nonnull(strstr(text, "1 suggested entry fixes 1 of 1 "
	    "attempt and gives up 1 inspected session (< 0.01 %)\n"));
	ck_assert_ptr_null(strstr(text, "NOT fixed"));
	buf_free(&out);
	report_free(r);
}
END_TEST

START_TEST(says_in_one_line_that_there_is_nothing)
{
	struct report *r = fixture_report(FIXTURE_PLAIN, 0);
	struct buf out = { 0 };

	ck_assert_ptr_nonnull(strstr(summary(r, &out),
	    "Nothing is broken by interception: 412,903 TLS connections, "
	    "371,220 intercepted, no client refuses a certificate.\n"));
	r->totals = (struct totals){ 0 };
	ck_assert_ptr_nonnull(strstr(summary(r, &out), "No TLS connection "
	    "among 2,100,000 packets and 38,112 lines: nothing to tell.\n"));
	r->inputs[0].packets = r->inputs[1].lines = 0;
	ck_assert_ptr_nonnull(strstr(summary(r, &out),
	    "The input is empty: nothing to tell, and no error.\n"));
	r->n_inputs = 0;
	ck_assert_ptr_nonnull(strstr(summary(r, &out), "Nothing was read.\n"));
	buf_free(&out);
	report_free(r);
}
END_TEST

START_TEST(quotes_a_file_name_for_the_shell)
{
	static const struct {
		const char *name, *want;
	} cases[] = { { "a b.pcap", "tshark -r 'a b.pcap' -Y " },
		{ "it's.pcap", "tshark -r 'it'\\''s.pcap' -Y " },
		{ "-x.pcap", "tshark -r ./-x.pcap -Y " },
		{ "$(id)`id`.pcap", "tshark -r '$(id)`id`.pcap' -Y " },
		{ "a\nb'\x1b.pcap",
		    "tshark -r $'a\\012b\\'\\033.pcap' -Y " } };
	struct report *r = fixture_report(FIXTURE_PLAIN, 1);
	struct buf out = { 0 };

	for (size_t i = 0; i < N_ITEMS(cases); i++) {
		r->inputs[0].name = text_of(cases[i].name);
		ck_assert_msg(strstr(summary(r, &out), cases[i].want) != NULL,
		    "%s", cases[i].want);
	}
	r->inputs[0].identity[0] = '\0'; /* a pipe */
	ck_assert_ptr_null(strstr(summary(r, &out), "tshark"));
	buf_free(&out);
	report_free(r);
}
END_TEST

START_TEST(limits_what_it_lists_and_says_so)
{
	struct render_options o = { .utc = true };
	struct buf brief = render(FIXTURE_PLAIN, 5000, &o), all;

	ck_assert_ptr_nonnull(
	    strstr(brief.at, "… 4,950 more findings; -v shows them all\n"));
	o.verbose = 1;
	all = render(FIXTURE_PLAIN, 5000, &o);
	ck_assert_ptr_null(strstr(all.at, "-v shows"));
	ck_assert_uint_gt(all.n, 10 * brief.n);
	buf_free(&brief);
	buf_free(&all);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("report_text");

	tcase_add_loop_test(tc, fits_every_width, 40, 201);
	tcase_add_loop_test(tc, shows_hostile_text_as_text, 0, 9);
	tcase_add_test(tc, is_plain_without_color);
	tcase_add_test(tc, sums_up_in_numbers_that_add_up);
	tcase_add_test(tc, has_a_singular);
	tcase_add_test(tc, says_in_one_line_that_there_is_nothing);
	tcase_add_test(tc, quotes_a_file_name_for_the_shell);
	tcase_add_test(tc, limits_what_it_lists_and_says_so);
	return unit_run(tc);
}
