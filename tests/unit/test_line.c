#include "input/ends.c" /* each way to look, also those not taken here */

#include <stdlib.h>

#include "input/line.h"
#include "unit.h"

/* The ways to look that this processor knows. */
static size_t
known_ways(ends_fn *ways[3])
{
	size_t n = 0;

	ways[n++] = ends_plain;
#if defined(HAVE_AVX)
	if (best_ends() != ends_plain)
		ways[n++] = ends_avx2;
	if (best_ends() == ends_avx512)
		ways[n++] = ends_avx512;
#endif
	return n;
}

/* n bytes of which every so-and-so-many-th is a line feed, more or less, in
 * memory of exactly the size, so that ASan sees a byte too many. */
static char *
make_text(size_t n, uint32_t distance, uint32_t random)
{
	char *text = malloc(n > 0 ? n : 1);

	for (size_t i = 0; i < n; i++) {
		random = random * 1664525 + 1013904223;
		text[i] = (random >> 8) % distance == 0 ? '\n' : 'x';
	}
	return text;
}

static const uint32_t distances[] = { 1, 2, 5, 60, 900, 20000 };

START_TEST(finds_the_same_ends_on_all_processors)
{
	static struct ends expected, found;
	uint32_t distance = distances[_i % (int)N_ITEMS(distances)];
	size_t n = _i % 7 == 0 ? ENDS_STRETCH : (size_t)_i * 11;
	char *bytes = make_text(n, distance, (uint32_t)_i);
	struct text t = { bytes, n };
	ends_fn *ways[3];
	size_t n_ways = known_ways(ways), n_feeds = 0;

	ends_plain(t, &expected);
	for (size_t i = 0; i < n; i++)
		if (bytes[i] == '\n' && expected.at[n_feeds++] != i)
			ck_abort_msg("not at %zu", i);
	ck_assert_uint_eq(expected.n, n_feeds);
	for (size_t i = 1; i < n_ways; i++) {
		ways[i](t, &found);
		ck_assert_uint_eq(found.n, n_feeds);
		ck_assert_mem_eq(found.at, expected.at,
		    n_feeds * sizeof(*found.at));
	}
	free(bytes);
}
END_TEST

/* A source_read_fn that gives a text in pieces of odd sizes. */
struct pieces {
	struct text left;
	size_t next;
};

static ssize_t
read_piece(void *arg, void *room, size_t n, struct error *e)
{
	struct pieces *p = arg;

	(void)e;
	p->next = p->next * 7 % 100003 + 1;
	if (n > p->next)
		n = p->next;
	if (n > p->left.n)
		n = p->left.n;
	if (n > 0)
		memcpy(room, p->left.at, n);
	p->left = (struct text){ p->left.at + n, p->left.n - n };
	return (ssize_t)n;
}

/* What a line is to look like: without the NUL bytes before it, and cut off. */
static bool
is_line(const struct line *line, struct text expected, bool ended)
{
	bool oversize = expected.n > LINE_MAX_BYTES;

	if (oversize)
		expected.n = LINE_MAX_BYTES;
	return line->oversize == oversize && text_equal(line->text, expected) &&
	    line->unended == (!ended && !oversize);
}

static void
check_lines(struct text t)
{
	struct pieces pieces = { t, 1 };
	struct text rest = t, head;
	struct lines *lines = malloc(sizeof(*lines));
	struct source source;
	struct line line;

	source_init(&source, "pieces", read_piece, &pieces);
	lines_init(lines, &source);
	while (rest.n > 0) {
		bool ended = text_split(&rest, '\n', &head);

		while (head.n > 0 && *head.at == '\0')
			head = (struct text){ head.at + 1, head.n - 1 };
		if (!line_next(lines, &line) || !is_line(&line, head, ended))
			ck_abort_msg("at byte %zu", (size_t)(head.at - t.at));
		if (line.oversize)
			line_skip(lines, NULL);
	}
	ck_assert(!line_next(lines, &line));
	source_close(&source);
	free(lines);
}

START_TEST(gives_each_line_however_it_comes)
{
	size_t n = 300000;
	char *bytes = make_text(n, distances[_i], (uint32_t)_i + 7);

	check_lines((struct text){ bytes, n });
	free(bytes);
}
END_TEST

START_TEST(passes_over_lines_beyond_all_sense)
{
	size_t n = 4 * LINE_MAX_BYTES;
	char *bytes = malloc(n);

	memset(bytes, 'x', n);
	bytes[LINE_MAX_BYTES] = '\n'; /* just short enough */
	bytes[2 * LINE_MAX_BYTES + 2] = '\n'; /* too long by one */
	memset(bytes + 2 * LINE_MAX_BYTES + 3, '\0', LINE_MAX_BYTES); /* a hole */
	bytes[4 * LINE_MAX_BYTES - 9] = '\n';
	memset(bytes + 4 * LINE_MAX_BYTES - 6, '\0', 3);
	check_lines((struct text){ bytes, n });
	free(bytes);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("line");

	tcase_add_loop_test(tc, finds_the_same_ends_on_all_processors, 0, 200);
	tcase_add_loop_test(tc, gives_each_line_however_it_comes, 0,
	    (int)N_ITEMS(distances));
	tcase_add_test(tc, passes_over_lines_beyond_all_sense);
	return unit_run(tc);
}
