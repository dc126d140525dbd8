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

/* The last two labels of a host, which a pattern that matches it shares; empty
 * for a pattern with a '*' among them. */
static struct text
tail_of(struct text name)
{
	size_t from = name.n;
	int dots = 0;

	while (from > 0) {
		dots += name.at[from - 1] == '.';
		if (dots == 2)
			break;
		if (name.at[--from] == '*')
			return (struct text){ 0 };
	}
	return (struct text){ name.at + from, name.n - from };
}

/* The more specific pattern first. */
static int
by_weight(const struct app_pattern *x, const struct app_pattern *y)
{
	size_t wx = weight(x->pattern), wy = weight(y->pattern);

	if (wx != wy)
		return wx > wy ? -1 : 1;
	if (!text_equal(x->pattern, y->pattern))
		return text_compare(x->pattern, y->pattern);
	if (x->confirmed != y->confirmed)
		return x->confirmed ? -1 : 1;
	return x->app < y->app ? -1 : x->app > y->app;
}

/* Patterns of one tail side by side, so that a host is compared with few. */
static int
order(const void *a, const void *b)
{
	const struct app_pattern *x = a, *y = b;
	int tails = text_compare(tail_of(x->pattern), tail_of(y->pattern));

	return tails != 0 ? tails : by_weight(x, y);
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

static bool
matches(struct text pattern, struct text host)
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

/* Where the patterns with a tail begin. */
static size_t
start_of(const struct app_pattern *sorted, size_t n, struct text tail)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (text_compare(tail_of(sorted[middle].pattern), tail) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first that matches of the patterns with a tail, which begin at i. */
static const struct app_pattern *
first_of(const struct app_pattern *sorted, size_t n, size_t i,
    struct text tail, struct text host)
{
	for (; i < n && text_equal(tail_of(sorted[i].pattern), tail); i++)
		if (matches(sorted[i].pattern, host))
			return &sorted[i];
	return NULL;
}

const struct app_pattern *
app_pattern_find(const struct app_pattern *sorted, size_t n, struct text host)
{
	struct text tail = tail_of(host), none = { 0 };
	const struct app_pattern *near, *far;

	near = first_of(sorted, n, start_of(sorted, n, tail), tail, host);
	far = first_of(sorted, n, 0, none, host);
	if (near == NULL || far == NULL)
		return near != NULL ? near : far;
	return by_weight(near, far) < 0 ? near : far;
}
