#include "input/jsonrow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logs.h"
#include "unit.h"

static const char object[] = "{ \"a\" : 1, \"b\":{\"c\":\"x\\\"y\",\"d\":[\"e\","
    "{\"f\":true}]},\"g\":null,\"h\":\"\",\"i\":-1.5e3 }";

/* Every value with its path, one after another. */
static bool
flatten(struct text t, char *out, size_t size)
{
	struct json_walk w;
	struct json_member m;
	char path[64];
	size_t n = 0;

	out[0] = '\0';
	if (!json_walk_begin(&w, t))
		return false;
	while (json_walk_next(&w, &m)) {
		struct text p = json_walk_path(&w, path, sizeof(path));

		n += (size_t)snprintf(out + n, size - n, "%.*s=%.*s;",
		    TEXT_ARG(p), TEXT_ARG(m.value));
	}
	return !w.broken && json_walk_rest(&w).n == 0;
}

START_TEST(flattens_objects_and_arrays)
{
	char out[256];

	ck_assert(flatten(text_of(object), out, sizeof(out)));
	ck_assert_str_eq(out, "a=1;b.c=x\\\"y;b.d=e;b.d.f=true;g=;h=;"
	    "i=-1.5e3;");
}
END_TEST

/* In memory of exactly the size, so that ASan sees a byte too many. */
START_TEST(refuses_every_truncation)
{
	char out[256], *copy = malloc((size_t)_i);

	memcpy(copy, object, (size_t)_i);
	ck_assert(!flatten((struct text){ copy, (size_t)_i }, out,
	    sizeof(out)));
	free(copy);
}
END_TEST

START_TEST(refuses_what_is_no_json)
{
	static const char *const wrong[] = { "", "[]", "{\"a\":1,}",
		"{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":tru}", "{a:1}",
		"{\"a\":[1,2}", "{\"a\":\"\\", "{\"a\":[[[[[[[[[[[[[[1" };
	char out[256];

	ck_assert(!flatten(text_of(wrong[_i]), out, sizeof(out)));
}
END_TEST

enum { WRONG = 10 };

static int
find(struct text path)
{
	return text_is(path, "one") ? 0 : text_is(path, "two") ? 1 :
	    text_is(path, "in.three") ? 2 : -1;
}

static const char *const rows[] = {
	"{\"one\":\"a\",\"two\":17,\"in\":{\"three\":true}}",
	"{\"in\":{\"three\":true},\"two\":17,\"skip\":[1,2],\"one\":\"a\"}",
	"{ \"two\" : 17 , \"one\" : \"a\" , \"in\":{\"three\":true} }",
	"{\"longer-than-sixteen-bytes\":\"x\",\"one\":\"a\",\"one\":\"b\","
	    "\"two\":17,\"in\":{\"two\":1,\"three\":true}}",
};

/* The same fields in any order and spelling, whatever came before. */
START_TEST(finds_fields_in_any_order)
{
	struct json_columns columns = { 0 };

	for (int again = 0; again < 2; again++)
		for (size_t i = 0; i < N_ITEMS(rows); i++) {
			struct text fields[3] = { { 0 } };
			struct text row = text_of(rows[i]);

			ck_assert(json_row(NULL, row, &columns, find,
			    fields, 3));
			ck_assert(text_is(fields[0], "a"));
			ck_assert(text_is(fields[1], "17"));
			ck_assert(text_is(fields[2], "true"));
		}
}
END_TEST

/* What the walker refuses, the fast path does not let through. */
START_TEST(takes_no_wrong_row_for_whole)
{
	static const char *const wrong[] = { "{\"one\":1}{\"two\":2}",
		"{\"one\":1},\"two\":2}", "{\"one\":1 2,\"two\":3}",
		"{\"one\":\"a\"\"b\"}", "{\"one\":[\"a\"}",
		"{\"one\":[\"a\",]}", "{\"one\":tru,\"two\":2}",
		"{\"one\":\"a\",}", "{\"one\"}", "{\"one\":\"a\"",
		"{\"one\":}", "{,\"one\":1}" };
	struct json_columns columns = { 0 };

	for (size_t i = 0; i < N_ITEMS(wrong); i++) {
		struct text fields[3] = { { 0 } };
		struct text row = text_of(wrong[i]), rest;
		struct json_walk w;
		struct json_member m;

		ck_assert(json_walk_begin(&w, row));
		while (json_walk_next(&w, &m))
			;
		rest = json_walk_rest(&w);
		ck_assert_msg(w.broken || rest.n > 0, "%s", wrong[i]);
		if (w.broken)
			ck_assert_msg(!json_row(NULL, row, &columns, find,
			    fields, 3), "%s", wrong[i]);
	}
}
END_TEST

/* json_row's fast path and the walker agree on what is whole. */
START_TEST(takes_no_truncated_row_for_whole)
{
	struct json_columns columns = { 0 };
	struct text fields[3] = { { 0 } };
	char *copy = malloc((size_t)_i);

	memcpy(copy, rows[3], (size_t)_i);
	ck_assert(!json_row(NULL, (struct text){ copy, (size_t)_i }, &columns,
	    find, fields, 3));
	free(copy);
}
END_TEST

/* Rows such as programs write, and what they seldom write. */
static const char *const plain[] = {
	"{\"one\":\"a\",\"two\":-17.5,\"in\":{\"three\":true,\"two\":0},"
	    "\"four\":[\"b\",\"c,\"],\"five\":null}",
	"{\"in\":{\"deep\":{\"one\":\"x\"},\"three\":\"},\"}}",
	"{\"one\":[],\"one\":[\"\",\"b\"],\"in\":{\"three\":[\"c\"]}}",
	"{\"two\":1730660983.002500,\"a-key-of-seventeen\":\"x\","
	    "\"a-key-that-is-longer-than-two-times-sixteen\":false,"
	    "\"one\":\"0123456789012345678901234567890123456789\"}",
	"{\"skip\":\"a\\\",\\\"b\",\"one\":\"x\",\"skip2\":[\"\\\\\"],"
	    "\"two\":17,\"in\":{\"skip\":\"\\\\\\\"\",\"three\":true}}",
};

/* With a blank behind its brace a row is no longer plain. */
static void
agree(const char *row, struct json_columns *columns, size_t n)
{
	char *spaced = malloc(n + 1), *exact = malloc(n);
	struct json_columns other = { 0 };
	struct text a[3] = { { 0 } }, b[3] = { { 0 } };
	bool whole;

	memcpy(exact, row, n);
	spaced[0] = row[0];
	spaced[1] = ' ';
	memcpy(spaced + 2, row + 1, n - 1);
	whole = json_row(NULL, (struct text){ exact, n }, columns, find, a, 3);
	ck_assert_msg(json_row(NULL, (struct text){ spaced, n + 1 }, &other,
	    find, b, 3) == whole, "%.*s", (int)n, row);
	for (int i = 0; i < 3; i++)
		ck_assert_msg(text_equal(a[i], b[i]), "%.*s: %.*s, %.*s",
		    (int)n, row, TEXT_ARG(a[i]), TEXT_ARG(b[i]));
	free(spaced);
	free(exact);
}

/* However a plain row is damaged, it means what the walk makes of it. */
START_TEST(reads_plain_rows_as_any)
{
	static const char bytes[] = "{}[],:\" x1\n-";
	struct json_columns columns = { 0 };
	char row[256];
	size_t n = strlen(plain[_i]);
	struct text none[3];

	agree(plain[_i], &columns, n);
	memcpy(row, plain[_i], n);
	row[0] = ',';
	ck_assert(!json_row(NULL, (struct text){ row, n }, &columns, find,
	    none, 3));
	for (size_t i = 1; i < n; i++) {
		agree(plain[_i], &columns, i);
		for (size_t k = 0; k < sizeof(bytes) - 1; k++) {
			memcpy(row, plain[_i], n);
			row[i] = bytes[k];
			agree(row, &columns, n);
			memcpy(row + i + 1, plain[_i] + i, n - i);
			agree(row, &columns, n + 1);
		}
	}
}
END_TEST

/* More keys than are remembered, in objects in objects. */
START_TEST(forgets_a_row_of_many_keys)
{
	struct json_columns columns = { 0 };
	char row[8192] = "{\"in\":{\"x\":{";
	struct text fields[3];

	for (int i = 0; i < 200; i++)
		sprintf(row + strlen(row), "\"%d\":%d,", i, i);
	strcat(row, "\"one\":1},\"three\":3},\"two\":2}");
	for (int again = 0; again < 3; again++) {
		ck_assert(json_row(NULL, text_of(row), &columns, find, fields,
		    3));
		ck_assert_uint_eq(fields[0].n, 0);
		ck_assert(text_is(fields[1], "2"));
		ck_assert(text_is(fields[2], "3"));
		ck_assert(json_row(NULL, text_of(plain[0]), &columns, find,
		    fields, 3));
		ck_assert(text_is(fields[0], "a"));
		ck_assert(text_is(fields[2], "true"));
	}
}
END_TEST

static const char with_escapes[] = "{\"sni\":\"b\\u00fccher.example\","
    "\"user\":\"D\\\\a,\\\"b\",\"src_ip\":\"192.0.2.1\","
    "\"x\":[\"\\\",\\\"\"],\"tls_version\":\"1.3\"}";
static const char changes[] = "\\\",{}x";

enum {
	ESCAPES_N = sizeof(with_escapes) - 1,
	CHANGES_N = sizeof(changes) - 1,
};

/* The same for escapes, which ask for the memory of a log: as it is, and with
 * each byte but the first changed to each of some others. */
START_TEST(reads_escapes_as_any)
{
	char row[ESCAPES_N], spaced[ESCAPES_N + 1];
	struct logs a = { 0 }, b = { 0 };

	memcpy(row, with_escapes, sizeof(row));
	if (_i >= CHANGES_N)
		row[_i / CHANGES_N] = changes[_i % CHANGES_N];
	memcpy(spaced, "{ ", 2);
	memcpy(spaced + 2, row + 1, sizeof(row) - 1);
	logs_read(&a, row, sizeof(row));
	logs_read(&b, spaced, sizeof(spaced));
	ck_assert_uint_eq(a.n, b.n);
	ck_assert_uint_eq(a.info.bad, b.info.bad);
	ck_assert_uint_eq(a.info.other, b.info.other);
	if (_i < CHANGES_N) {
		ck_assert_uint_eq(a.n, 1);
		ck_assert(text_is(a.at[0].host, "b\xc3\xbc" "cher.example"));
		ck_assert(text_is(a.at[0].user, "D\\a,\"b"));
	}
	for (size_t i = 0; i < a.n; i++) {
		ck_assert(text_equal(a.at[i].host, b.at[i].host));
		ck_assert(text_equal(a.at[i].user, b.at[i].user));
	}
	logs_free(&a);
	logs_free(&b);
}
END_TEST

static struct text escaped;

static void
keep_host(const struct handshake *h, void *arg)
{
	struct logs *l = arg;

	escaped = pool_intern(l->keep, h->host);
}

START_TEST(resolves_escapes)
{
	struct logs l = { .also = keep_host };

	logs_read_string(&l, "{\"sni\":\"b\\u00fccher\\/\\ud83d\\ude00\\ud83d"
	    "x.example\",\"src_ip\":\"192.0.2.1\",\"tls_version\":\"1.3\"}\n");
	ck_assert_uint_eq(l.n, 1);
	ck_assert(text_starts(escaped, "b\xc3\xbc" "cher"));
	logs_free(&l);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("jsonline");

	tcase_add_test(tc, flattens_objects_and_arrays);
	tcase_add_loop_test(tc, refuses_every_truncation, 1,
	    sizeof(object) - 1);
	tcase_add_loop_test(tc, refuses_what_is_no_json, 0, WRONG);
	tcase_add_test(tc, finds_fields_in_any_order);
	tcase_add_loop_test(tc, takes_no_truncated_row_for_whole, 1,
	    (int)strlen(rows[3]));
	tcase_add_test(tc, takes_no_wrong_row_for_whole);
	tcase_add_loop_test(tc, reads_plain_rows_as_any, 0, N_ITEMS(plain));
	tcase_add_loop_test(tc, reads_escapes_as_any, CHANGES_N - 1,
	    ESCAPES_N * CHANGES_N);
	tcase_add_test(tc, forgets_a_row_of_many_keys);
	tcase_add_test(tc, resolves_escapes);
	return unit_run(tc);
}
