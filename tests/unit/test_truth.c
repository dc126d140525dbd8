/*
 * What each product's entries match: tests/exclude/truth/PRODUCT holds lines of
 * an entry, a connection and yes or no, from the vendors' documents.
 */
#include "unit.h"

#include <stdio.h>

#include "base/file.h"
#include "exclude/product.h"
#include "exclude/words.h"

enum { CASES_MIN = 20 };

/* "name", or "sni=...,cn=...,san=...,address=...,port=...". */
static struct host_facts
facts_of(struct text t, struct text *san)
{
	struct host_facts f = { .names = san };
	struct text part, key, value;
	uint64_t port;

	if (text_find(t, "=") < 0) {
		f.name = t;
		return f;
	}
	while (t.n > 0) {
		(void)text_split(&t, ',', &part);
		value = part;
		(void)text_split(&value, '=', &key);
		if (text_is(key, "sni"))
			f.name = value;
		else if (text_is(key, "cn"))
			f.cn = value;
		else if (text_is(key, "address"))
			ck_assert(endpoint_parse(value, &f.address));
		else if (text_is(key, "port") && text_u64(value, &port))
			f.port = (uint16_t)port;
		else if (text_is(key, "san")) {
			*san = value;
			f.n_names = 1;
		} else
			ck_abort_msg("unknown fact %.*s", TEXT_ARG(key));
	}
	return f;
}

static void
judge(const struct product *p, struct text entry, struct text connection,
    struct text answer, uint64_t line)
{
	struct text san;
	struct host_facts f = facts_of(connection, &san);
	bool want = text_is(answer, "yes"), got = false;
	struct exclusions l;

	ck_assert_msg(want || text_is(answer, "no"), "%s:%lu", p->name,
	    (unsigned long)line);
	list_init(&l);
	p->read(&l, entry);
	for (size_t i = 0; i < l.n; i++)
		got |= l.entries[i].sound && p->match(&l.entries[i], &f);
	ck_assert_msg(got == want, "%s:%lu: %.*s on %.*s should be %.*s",
	    p->name, (unsigned long)line, TEXT_ARG(entry),
	    TEXT_ARG(connection), TEXT_ARG(answer));
	list_free(&l);
}

START_TEST(matches_as_its_vendor_says)
{
	const struct product *p = product_at((size_t)_i);
	struct text line, entry, connection, answer;
	struct buf content = { 0 };
	struct lines lines;
	struct error e;
	char path[64];
	int n = 0;

	snprintf(path, sizeof(path), "tests/exclude/truth/%s", p->name);
	ck_assert_msg(file_read(path, 1 << 20, &content, &e) == 0, "%s",
	    e.text);
	lines = lines_of(buf_view(&content));
	while (lines_next(&lines, &line)) {
		/* Cut at blanks only: entries may hold quotes. */
		if (line.n == 0 || line.at[0] == '#')
			continue;
		(void)text_split(&line, ' ', &entry);
		line = text_trim(line);
		(void)text_split(&line, ' ', &connection);
		answer = text_trim(line);
		judge(p, entry, connection, answer, lines.number);
		n++;
	}
	ck_assert_int_ge(n, CASES_MIN);
	buf_free(&content);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("truth");

	tcase_add_loop_test(tc, matches_as_its_vendor_says, 0,
	    (int)product_count());
	return unit_run(tc);
}
