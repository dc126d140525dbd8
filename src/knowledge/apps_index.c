#include "knowledge/apps_index.h"

#include <stdlib.h>

enum { WHOLE = 1000 }; /* more than any name has bytes */

static size_t
weight(struct text pattern)
{
	size_t n = 0;

	for (size_t i = 0; i < pattern.n; i++)
		n += pattern.at[i] != '*';
	return n == pattern.n ? n + WHOLE : n;
}

static int
order(const void *a, const void *b)
{
	const struct app_pattern *x = a, *y = b;
	size_t wx = weight(x->pattern), wy = weight(y->pattern);

	if (wx != wy)
		return wx > wy ? -1 : 1;
	if (!text_equal(x->pattern, y->pattern))
		return text_compare(x->pattern, y->pattern);
	if (x->confirmed != y->confirmed)
		return x->confirmed ? -1 : 1;
	return x->app < y->app ? -1 : x->app > y->app;
}

void
app_patterns_sort(struct app_pattern *patterns, size_t n)
{
	if (n > 0)
		qsort(patterns, n, sizeof(patterns[0]), order);
}

bool
app_pattern_confirms(struct text pattern, struct text confidence, bool broad)
{
	return !text_is(confidence, "unconfirmed") &&
	    (!broad || weight(pattern) > WHOLE);
}

/* A '*' that stays within a label, from the left; few patterns have one. */
static bool
label_match(struct text pattern, struct text host)
{
	size_t taken = 0;

	while (pattern.n > 0 && pattern.at[0] != '*') {
		if (host.n == 0 || pattern.at[0] != host.at[0])
			return false;
		pattern = (struct text){ pattern.at + 1, pattern.n - 1 };
		host = (struct text){ host.at + 1, host.n - 1 };
	}
	if (pattern.n == 0)
		return host.n == 0;
	pattern = (struct text){ pattern.at + 1, pattern.n - 1 };
	for (;; taken++) {
		if (label_match(pattern,
		    (struct text){ host.at + taken, host.n - taken }))
			return true;
		if (taken == host.n || host.at[taken] == '.')
			return false;
	}
}

bool
app_pattern_match(struct text pattern, struct text host)
{
	struct text tail;

	if (pattern.n == 0 || host.n == 0)
		return false;
	if (pattern.n < 2 || pattern.at[0] != '*' || pattern.at[1] != '.')
		return label_match(pattern, host);
	tail = (struct text){ pattern.at + 1, pattern.n - 1 };
	return host.n > tail.n && host.at[0] != '.' &&
	    host.at[host.n - tail.n] == '.' &&
	    memcmp(host.at + host.n - tail.n, tail.at, tail.n) == 0;
}
