#include "input/pairs.h"

#include <string.h>

#include "input/jsonline.h"
#include "input/value.h"

static bool
is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' ||
	    c == '[' || c == ']' || c == '@' || c == '/';
}

struct text
pairs_get(const struct pairs *p, const char *key)
{
	for (size_t i = 0; i < p->n; i++)
		if (text_is(p->at[i].key, key))
			return p->at[i].value;
	return (struct text){ 0 };
}

struct text
pairs_present(const struct pairs *p, const char *key)
{
	return value_present(pairs_get(p, key));
}

static void
pairs_add(struct pairs *p, struct text key, struct text value)
{
	if (p->n < PAIRS_MAX && key.n > 0)
		p->at[p->n++] = (struct pair){ .key = key, .value = value };
}

/* Resolve backslash escapes: \n and \r are line ends, others the character. */
static struct text
unescape(struct log *log, struct text raw)
{
	char *out;
	size_t n = 0;

	if (raw.n == 0 || memchr(raw.at, '\\', raw.n) == NULL)
		return raw;
	out = log_scratch(log, raw.n);
	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.at[i];

		if (c == '\\' && i + 1 < raw.n) {
			c = raw.at[++i];
			if (c == 'n' || c == 'r')
				c = ' ';
			else if (c != '\\' && c != '=' && c != '|' && c != '"')
				out[n++] = '\\';
		}
		out[n++] = c;
	}
	return (struct text){ out, n };
}

/* The next header field, up to a '|' that no backslash escapes. */
static bool
header_field(struct text *t, struct text *out)
{
	for (size_t i = 0; i < t->n; i++) {
		if (t->at[i] == '\\') {
			i++;
			continue;
		}
		if (t->at[i] != '|')
			continue;
		*out = (struct text){ t->at, i };
		t->at += i + 1;
		t->n -= i + 1;
		return true;
	}
	return false;
}

/* Behind "CEF:" and the version; also "CEF: 0|". */
static bool
find_header(struct text line, const char *name, struct text *out)
{
	struct text version;
	long at;

	for (;;) {
		at = text_find(line, name);
		if (at < 0)
			return false;
		line.at += at + (long)strlen(name);
		line.n -= (size_t)at + strlen(name);
		*out = text_trim(line);
		if (out->n > 0 && out->at[0] >= '0' && out->at[0] <= '9' &&
		    header_field(out, &version) && version.n <= 4)
			return true;
	}
}

bool
cef_open(struct text line, struct cef *out)
{
	struct text rest;

	if (!find_header(line, "CEF:", &rest) ||
	    !header_field(&rest, &out->vendor) ||
	    !header_field(&rest, &out->product) ||
	    !header_field(&rest, &out->version) ||
	    !header_field(&rest, &out->signature) ||
	    !header_field(&rest, &out->name))
		return false;
	/* "CEF:0||..." and a header without extension occur. */
	if (!header_field(&rest, &out->severity)) {
		out->severity = rest;
		rest.n = 0;
	}
	out->extension = rest;
	return true;
}

/* Where the key before the '=' at i begins, or i where there is none: it must
 * follow a blank or begin the text. */
static size_t
key_start(struct text t, size_t i)
{
	size_t start = i;

	while (start > 0 && is_key_char(t.at[start - 1]))
		start--;
	return start == 0 || t.at[start - 1] == ' ' ||
	    t.at[start - 1] == '\t' ? start : i;
}

/* The next "key=" at or behind `from`; false where there is none. */
static bool
next_key(struct text t, size_t from, size_t *start, size_t *equals)
{
	for (size_t i = from; i < t.n; i++) {
		if (t.at[i] == '\\') {
			i++;
			continue;
		}
		if (t.at[i] != '=')
			continue;
		*start = key_start(t, i);
		*equals = i;
		if (*start < i && *start >= from)
			return true;
	}
	return false;
}

/* "cs1Label" names "cs1". */
static void
attach_labels(struct pairs *p)
{
	for (size_t i = 0; i < p->n; i++) {
		struct text key = p->at[i].key;

		if (key.n <= 5 || !text_ends(key, "Label"))
			continue;
		key.n -= 5;
		for (size_t k = 0; k < p->n; k++)
			if (text_equal(p->at[k].key, key))
				p->at[k].label = p->at[i].value;
	}
}

void
cef_pairs(struct log *log, struct text extension, struct pairs *out)
{
	size_t start, equals, next, next_equals;
	struct text key, value;
	bool more;

	out->n = 0;
	more = next_key(extension, 0, &start, &equals);
	while (more) {
		key = (struct text){ extension.at + start, equals - start };
		more = next_key(extension, equals + 1, &next, &next_equals);
		value = (struct text){ extension.at + equals + 1,
			(more ? next : extension.n) - equals - 1 };
		pairs_add(out, key, unescape(log, text_trim(value)));
		start = next;
		equals = next_equals;
	}
	attach_labels(out);
}

/* The delimiter as LEEF 2.0 names it: a character, "x09", "0x09", or nothing. */
static bool
delimiter_of(struct text t, char *out)
{
	unsigned value = 0;

	if (t.n == 1) {
		*out = t.at[0];
		return true;
	}
	if (text_starts(t, "0x"))
		t = (struct text){ t.at + 1, t.n - 1 };
	if (t.n < 2 || t.n > 3 || (t.at[0] != 'x' && t.at[0] != 'X'))
		return t.n == 0;
	for (size_t i = 1; i < t.n; i++) {
		char c = (char)(t.at[i] | 0x20);

		if ((c < '0' || c > '9') && (c < 'a' || c > 'f'))
			return false;
		value = value * 16 + (unsigned)(c <= '9' ? c - '0' :
		    c - 'a' + 10);
	}
	*out = (char)value;
	return true;
}

bool
leef_open(struct text line, struct leef *out)
{
	struct text rest, word, behind;

	if (!find_header(line, "LEEF:", &rest) ||
	    !header_field(&rest, &out->vendor) ||
	    !header_field(&rest, &out->product) ||
	    !header_field(&rest, &out->version) ||
	    !header_field(&rest, &out->event))
		return false;
	out->delimiter = '\t';
	behind = rest;
	if (header_field(&behind, &word) && word.n <= 4 &&
	    delimiter_of(word, &out->delimiter))
		rest = behind;
	/* Seen: a blank in that place and tabs between the pairs. */
	if (out->delimiter == ' ' && memchr(rest.at, '\t', rest.n) != NULL)
		out->delimiter = '\t';
	out->attributes = rest;
	return true;
}

void
leef_pairs(struct log *log, const struct leef *leef, struct pairs *out)
{
	struct text attributes = leef->attributes, pair, key;

	/* Blanks stand in values, too: where a web page made them of tabs. */
	if (leef->delimiter == ' ') {
		cef_pairs(log, attributes, out);
		return;
	}
	out->n = 0;
	while (attributes.n > 0) {
		text_split(&attributes, leef->delimiter, &pair);
		if (text_split(&pair, '=', &key))
			pairs_add(out, text_trim(key), text_trim(pair));
	}
}

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* A value at the left edge of t, which moves behind it. */
static struct text
kv_value(struct log *log, struct text *t, const char *separators)
{
	struct text value = { t->at, 0 };
	bool quoted = t->n > 0 && t->at[0] == '"';
	bool escaped = false;
	size_t i = quoted ? 1 : 0;

	for (; i < t->n; i++) {
		if (quoted && t->at[i] == '\\' && i + 1 < t->n) {
			escaped = true;
			i++;
		} else if (quoted ? t->at[i] == '"' :
		    is_one_of(t->at[i], separators)) {
			break;
		}
	}
	if (i > t->n)
		i = t->n;
	value = (struct text){ t->at + quoted, i - quoted };
	if (quoted && i < t->n)
		i++;
	t->at += i;
	t->n -= i;
	return escaped ? unescape(log, value) : value;
}

void
kv_pairs(struct log *log, struct text line, char assign,
    const char *separators, struct pairs *out)
{
	struct text key;

	out->n = 0;
	while (line.n > 0) {
		size_t n = 0;

		while (n < line.n && is_key_char(line.at[n]) &&
		    line.at[n] != '[')
			n++;
		key = (struct text){ line.at, n };
		if (n == 0 || n == line.n || line.at[n] != assign) {
			line.at += n < line.n ? n + 1 : n;
			line.n -= n < line.n ? n + 1 : n;
			continue;
		}
		line.at += n + 1;
		line.n -= n + 1;
		pairs_add(out, key, kv_value(log, &line, separators));
	}
}

bool
json_pairs(struct log *log, struct text object, struct pairs *out)
{
	struct json_member m;
	struct json_walk w;

	out->n = 0;
	if (!json_walk_begin(&w, object))
		return false;
	while (json_walk_next(&w, &m))
		if (m.kind != JSON_NULL)
			pairs_add(out, m.key, m.escaped ?
			    json_unescape(log, m.value) : m.value);
	return !w.broken;
}
