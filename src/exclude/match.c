#include "exclude/match.h"

#include "base/buf.h"
#include "model/handshake.h"

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

bool
match_labels(struct text pattern, struct text name)
{
	struct text p, n;
	bool more_p, more_n;

	if (pattern.n == 0 || name.n == 0)
		return false;
	do {
		more_p = text_split(&pattern, '.', &p);
		more_n = text_split(&name, '.', &n);
		if (n.n == 0 || (!text_is(p, "*") && !text_equal_nocase(p, n)))
			return false;
	} while (more_p && more_n);
	return more_p == more_n;
}

/* The classic walk with one point to come back to, the last '*'. */
bool
match_glob(struct text pattern, struct text name)
{
	size_t p = 0, n = 0, star = SIZE_MAX, resume = 0;

	if (name.n == 0)
		return false;
	while (n < name.n) {
		if (p < pattern.n && pattern.at[p] == '*') {
			star = p++;
			resume = n;
		} else if (p < pattern.n && (pattern.at[p] == '?' ||
		    lower(pattern.at[p]) == lower(name.at[n]))) {
			p++;
			n++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			n = ++resume;
		} else
			return false;
	}
	while (p < pattern.n && pattern.at[p] == '*')
		p++;
	return p == pattern.n;
}

/* As match_glob, over labels: the '*' that is come back to takes one label
 * more each time. */
bool
match_tokens(struct text pattern, struct text name)
{
	struct text star = { NULL, 0 }, resume = { NULL, 0 }, p, n, was;
	bool starred = false;

	if (pattern.n == 0 || name.n == 0)
		return false;
	while (name.n > 0) {
		was = pattern;
		(void)text_split(&pattern, '.', &p);
		if (was.n > 0 && text_is(p, "*")) {
			starred = true;
			star = pattern;
			(void)text_split(&name, '.', &n); /* one at least */
			resume = name;
			continue;
		}
		(void)text_split(&name, '.', &n);
		if (was.n > 0 && n.n > 0 &&
		    (text_is(p, "^") || text_equal_nocase(p, n)))
			continue;
		if (!starred || resume.n == 0)
			return false;
		(void)text_split(&resume, '.', &n);
		pattern = star;
		name = resume;
	}
	return pattern.n == 0;
}

bool
match_subtree(struct text base, struct text name, bool apex, unsigned depth)
{
	struct text head;
	unsigned labels = 1;

	if (base.n == 0)
		return false;
	if (text_equal_nocase(base, name))
		return apex;
	if (name.n <= base.n + 1 || name.at[name.n - base.n - 1] != '.')
		return false;
	head = (struct text){ name.at, name.n - base.n - 1 };
	for (size_t i = 0; i < head.n; i++)
		labels += head.at[i] == '.';
	return (depth == 0 || labels <= depth) && text_equal_nocase(base,
	    (struct text){ name.at + name.n - base.n, base.n });
}

static bool
read_block(struct text block, struct endpoint *e, unsigned *bits)
{
	struct text address;
	uint64_t n;

	if (!text_split(&block, '/', &address)) {
		if (!endpoint_parse(address, e))
			return false;
		*bits = e->family == 4 ? 32 : 128;
		return true;
	}
	if (!endpoint_parse(address, e) || !text_u64(block, &n) ||
	    n > (e->family == 4 ? 32u : 128u))
		return false;
	*bits = (unsigned)n;
	return true;
}

bool
match_cidr(struct text block, struct text address)
{
	struct endpoint a = { 0 }, b = { 0 };
	unsigned bits, whole, rest;

	if (!read_block(block, &a, &bits) || !endpoint_parse(address, &b) ||
	    a.family != b.family)
		return false;
	whole = bits / 8;
	rest = bits % 8;
	if (memcmp(a.address, b.address, whole) != 0)
		return false;
	return rest == 0 ||
	    ((a.address[whole] ^ b.address[whole]) >> (8 - rest)) == 0;
}

bool
match_is_address(struct text t)
{
	struct endpoint e = { 0 };
	unsigned bits;

	return read_block(t, &e, &bits);
}

bool
match_regex(const struct listed *entry, const char *before, struct text middle,
    const char *after)
{
	struct buf subject = { 0 };
	bool yes;

	if (entry->pattern == NULL || middle.n == 0)
		return false;
	buf_string(&subject, before);
	buf_text(&subject, middle);
	buf_string(&subject, after);
	yes = pattern_search(entry->pattern, buf_view(&subject)) == PATTERN_YES;
	buf_free(&subject);
	return yes;
}

bool
match_looks_regex(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (strchr("\\^$()[]{}|+?", t.at[i]) != NULL && t.at[i] != '\0')
			return true;
	return text_find(t, ".*") >= 0;
}

bool
match_sni_or_cn(const struct listed *entry, const struct host_facts *f,
    name_match_fn *match)
{
	return (f->name.n > 0 && match(entry->entry, f->name)) ||
	    (f->cn.n > 0 && match(entry->entry, f->cn));
}

struct text
match_suffix(struct text pattern)
{
	size_t from = 0;

	for (size_t i = 0; i < pattern.n; i++)
		if (pattern.at[i] == '*' || pattern.at[i] == '^' ||
		    pattern.at[i] == '?')
			from = i + 1;
	pattern.at += from;
	pattern.n -= from;
	/* What does not begin at a label's edge is no suffix of labels. */
	if (pattern.n > 0 && pattern.at[0] == '.')
		return (struct text){ pattern.at + 1, pattern.n - 1 };
	return from == 0 ? pattern : (struct text){ NULL, 0 };
}
