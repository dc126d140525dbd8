#include "exclude/match.h"

#include "base/buf.h"
#include "base/hostname.h"
#include "model/block.h"

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
		    text_lower(pattern.at[p]) == text_lower(name.at[n]))) {
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

bool
match_cidr(struct text block, const struct endpoint *address)
{
	struct block b;

	return block_read(block, &b) && block_holds(&b, address);
}

bool
match_is_address(struct text t)
{
	struct block b;

	return block_read(t, &b);
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

/* What an expression that matches one name, or all below it, begins with.  The
 * name begins where a label does. */
static const struct text heads[] = {
	TEXT_INIT("^(.+\\.)?"), TEXT_INIT("^.+\\."), TEXT_INIT("^(.*\\.)?"),
	TEXT_INIT("^.*\\."), TEXT_INIT("(^|\\.)"),
	TEXT_INIT("^([A-Za-z0-9.-]*\\.)?"), TEXT_INIT("^\\[?"), TEXT_INIT("^"),
};

/* Does it end what an expression says of a name: "$", "/" or ":443$"? */
static bool
is_tail(struct text t)
{
	if (text_starts(t, "\\]?"))
		t = (struct text){ t.at + 3, t.n - 3 };
	if (text_is(t, "/") || text_is(t, "$"))
		return true;
	if (!text_starts(t, ":") || !text_ends(t, "$"))
		return false;
	for (size_t i = 1; i + 1 < t.n; i++)
		if (t.at[i] < '0' || t.at[i] > '9')
			return false;
	return true;
}

/* Take the literal at the start of an expression: a name with its dots escaped,
 * or an address, whose port is the last part. */
static void
take_literal(struct text *regex, struct buf *out)
{
	size_t i = 0;

	for (; i < regex->n && !is_tail((struct text){ regex->at + i,
	    regex->n - i }); i++) {
		char c = text_lower(regex->at[i]);

		if (c == '\\' && i + 1 < regex->n && regex->at[i + 1] == '.')
			c = regex->at[++i];
		else if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    c == '-' || c == '_' || c == ':'))
			break;
		buf_char(out, c);
	}
	*regex = (struct text){ regex->at + i, regex->n - i };
}

bool
match_regex_literal(struct text regex, struct buf *out)
{
	struct endpoint e;
	size_t i = 0;

	while (i < N_ITEMS(heads) && (regex.n < heads[i].n ||
	    memcmp(regex.at, heads[i].at, heads[i].n) != 0))
		i++;
	if (i == N_ITEMS(heads))
		return false;
	regex = (struct text){ regex.at + heads[i].n, regex.n - heads[i].n };
	out->n = 0;
	take_literal(&regex, out);
	/* An address is matched as a whole, or its end could be one, too. */
	return is_tail(regex) && (hostname_valid(buf_view(out)) ||
	    (heads[i].n <= 4 && endpoint_parse(buf_view(out), &e)));
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
