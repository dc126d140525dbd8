/*
 * The HTML report: one file, nothing from outside, hostile text stays text.
 *
 * With the name of a folder as its argument it writes there the pages that
 * tests/real/html.sh opens in a browser.
 */
#include <json-c/json.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/digest.h"
#include "fixture_report.h"
#include "report/escape.h"
#include "report/report.h"
#include "unit.h"

static struct buf
render(enum fixture kind, size_t n)
{
	const struct render_options o = { .utc = true };
	struct report *r = fixture_report(kind, n);
	struct buf out = { 0 };

	renderer_by_name("html")->render(r, &o, &out);
	report_free(r);
	return out;
}

static size_t
count(const char *text, const char *word)
{
	size_t n = 0;

	while ((text = strstr(text, word)) != NULL) {
		text++;
		n++;
	}
	return n;
}

/* What stands between two words, the first time. */
static struct text
between(const char *text, const char *before, const char *after)
{
	const char *start = strstr(text, before), *end;

	ck_assert_ptr_nonnull(start);
	start += strlen(before);
	end = strstr(start, after);
	ck_assert_ptr_nonnull(end);
	return (struct text){ start, (size_t)(end - start) };
}

START_TEST(hostile_text_opens_nothing)
{
	struct buf plain = render(FIXTURE_PLAIN, 10);
	struct buf nasty = render(FIXTURE_NASTY, 10);
	static const char *const openings[] = { "<script", "</script", "<b",
		"<!--", "-->", "onclick=\"", "<style", "</style", "<a ",
		"<details", "</td>" };

	ck_assert_uint_eq(strlen(nasty.at), nasty.n); /* no NUL either */
	for (size_t i = 0; i < N_ITEMS(openings); i++)
		ck_assert_msg(count(plain.at, openings[i]) ==
		    count(nasty.at, openings[i]), "%s", openings[i]);
	for (struct text t = buf_view(&nasty); t.n > 0;) {
		uint32_t code;
		size_t n = text_rune(t, &code);

		ck_assert_uint_gt(n, 0);
		ck_assert_msg(code < 0x80 || !rune_is_unsafe(code), "U+%04X",
		    code);
		if (strncmp(t.at, "<script type", 12) == 0)
			break; /* JSON keeps what is valid UTF-8 */
		t.at += n;
		t.n -= n;
	}
	buf_free(&plain);
	buf_free(&nasty);
}
END_TEST

START_TEST(asks_for_nothing_from_outside)
{
	static const char *const outside[] = { " src=", "http:", "https:",
		"url(", "@import", "<link", "<iframe", "<img", " style=",
		" onclick=\"", "eval(", "innerHTML", "fetch(", "XMLHttp" };
	struct buf out = render(FIXTURE_PLAIN, 300);

	for (size_t i = 0; i < N_ITEMS(outside); i++)
		ck_assert_msg(strstr(out.at, outside[i]) == NULL, "%s",
		    outside[i]);
	ck_assert_ptr_nonnull(strstr(out.at, "default-src 'none'"));
	buf_free(&out);
}
END_TEST

/* Base64 the slow way, bit by bit. */
static void
digest_of(struct text t, char out[64])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
				     "klmnopqrstuvwxyz0123456789+/";
	uint8_t digest[DIGEST_SIZE + 1] = { 0 };
	size_t n = 0;

	digest_sha256(t.at, t.n, digest);
	for (size_t bit = 0; bit < DIGEST_SIZE * 8; bit += 6) {
		unsigned pair = (unsigned)digest[bit / 8] << 8 |
		    digest[bit / 8 + 1];

		out[n++] = digits[pair >> (10 - bit % 8) & 63];
	}
	snprintf(out + n, 64 - n, "=");
}

START_TEST(admits_its_own_script_and_style)
{
	struct buf out = render(FIXTURE_PLAIN, 1), source = { 0 };
	char digest[64];

	digest_of(between(out.at, "<style>", "</style>"), digest);
	buf_printf(&source, "style-src 'sha256-%s';", digest);
	ck_assert_ptr_nonnull(strstr(out.at, source.at));
	source.n = 0;
	digest_of(between(out.at, "<script>", "</script>"), digest);
	buf_printf(&source, "script-src 'sha256-%s';", digest);
	ck_assert_ptr_nonnull(strstr(out.at, source.at));
	buf_free(&source);
	buf_free(&out);
}
END_TEST

/* A finding that is gone is no cause any more. */
START_TEST(counts_causes_as_its_sentence_does)
{
	struct buf out = render(FIXTURE_PLAIN, 10);

	ck_assert_ptr_nonnull(strstr(out.at, " with 9 causes on "));
	ck_assert_ptr_nonnull(strstr(out.at, "<dt>causes</dt><dd>9</dd>"));
	buf_free(&out);
}
END_TEST

START_TEST(holds_the_same_report_as_json)
{
	const struct render_options o = { 0 };
	enum fixture kind = _i ? FIXTURE_NASTY : FIXTURE_PLAIN;
	struct buf out = render(kind, 10), json = { 0 };
	struct text data = between(out.at,
	    "<script type=\"application/json\" id=\"report\">", "</script>");
	struct report *r = fixture_report(kind, 10);
	struct json_object *inside, *beside;
	char *copy = strndup(data.at, data.n);

	renderer_by_name("json")->render(r, &o, &json);
	ck_assert_ptr_null(strpbrk(copy, "<>&"));
	inside = json_tokener_parse(copy);
	beside = json_tokener_parse(json.at);
	ck_assert(json_object_equal(inside, beside));
	json_object_put(inside);
	json_object_put(beside);
	free(copy);
	report_free(r);
	buf_free(&json);
	buf_free(&out);
}
END_TEST

/* Every element that HTML wants closed is closed, in the right order. */
static void
check_nesting(const char *page)
{
	static const char *const empty[] = { "meta", "br", "input",
		"!doctype" };
	char stack[64][16], name[16];
	size_t depth = 0, n, k;

	for (const char *p = strchr(page, '<'); p != NULL;
	     p = strchr(p, '<')) {
		bool closes = p[1] == '/';

		p += 1 + closes;
		n = strspn(p, "!abcdefghijklmnopqrstuvwxyz0123456789");
		ck_assert(n > 0 && n < sizeof(name));
		memcpy(name, p, n);
		name[n] = '\0';
		for (k = 0; k < N_ITEMS(empty); k++)
			if (strcmp(name, empty[k]) == 0)
				break;
		p = strchr(p, '>');
		if (closes) {
			ck_assert_uint_gt(depth, 0);
			ck_assert_str_eq(stack[--depth], name);
		} else if (k == N_ITEMS(empty) && p[-1] != '/') {
			ck_assert_uint_lt(depth, 64);
			memcpy(stack[depth++], name, sizeof(name));
		}
		if (!closes && strcmp(name, "script") == 0)
			p = strstr(p, "</script>");
		else if (!closes && strcmp(name, "style") == 0)
			p = strstr(p, "</style>");
	}
	ck_assert_uint_eq(depth, 0);
}

START_TEST(closes_what_it_opens)
{
	static const size_t sizes[] = { 0, 1, 10, 400 };
	struct buf out = render(_i % 2 ? FIXTURE_NASTY : FIXTURE_PLAIN,
	    sizes[_i / 2]);

	check_nesting(out.at);
	buf_free(&out);
}
END_TEST

START_TEST(draws_every_chart)
{
	static const char *const charts[] = { "Attempts over time, by class",
		"Who refuses what: hosts by programs",
		"What each entry fixes, against the inspection lost",
		"One connection that proves it" };
	struct buf out = render(FIXTURE_PLAIN, 10), none;
	struct report *r;
	const struct render_options o = { 0 };

	for (size_t i = 0; i < N_ITEMS(charts); i++)
		ck_assert_ptr_nonnull(strstr(out.at, charts[i]));
	/* Without times, cells and entries there is nothing to draw. */
	r = fixture_report(FIXTURE_PLAIN, 10);
	r->n_timeline = 0;
	r->n_cells = r->n_suggestions = 0;
	none = (struct buf){ 0 };
	renderer_by_name("html")->render(r, &o, &none);
	for (size_t i = 0; i < 3; i++)
		ck_assert_ptr_null(strstr(none.at, charts[i]));
	report_free(r);
	buf_free(&none);
	buf_free(&out);
}
END_TEST

static void
write_page(const char *folder, const char *name, enum fixture kind, size_t n)
{
	struct buf out = render(kind, n), path = { 0 };
	FILE *f;

	buf_printf(&path, "%s/%s.html", folder, name);
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
		write_page(argv[1], "0", FIXTURE_PLAIN, 0);
		write_page(argv[1], "10", FIXTURE_PLAIN, 10);
		write_page(argv[1], "5000", FIXTURE_PLAIN, 5000);
		write_page(argv[1], "nasty", FIXTURE_NASTY, 10);
		return EXIT_SUCCESS;
	}
	tc = tcase_create("report_html");
	tcase_add_test(tc, hostile_text_opens_nothing);
	tcase_add_test(tc, asks_for_nothing_from_outside);
	tcase_add_test(tc, admits_its_own_script_and_style);
	tcase_add_test(tc, counts_causes_as_its_sentence_does);
	tcase_add_loop_test(tc, holds_the_same_report_as_json, 0, 2);
	tcase_add_loop_test(tc, closes_what_it_opens, 0, 8);
	tcase_add_test(tc, draws_every_chart);
	return unit_run(tc);
}
