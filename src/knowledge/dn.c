#include "knowledge/dn.h"

enum { TYPE_MAX = 32 };

static bool
is_type_char(char c)
{
	return (text_lower(c) >= 'a' && text_lower(c) <= 'z') ||
	    (c >= '0' && c <= '9') || c == '.';
}

/* The attribute type that t begins with ("CN=", "CN = "); *used tells how many
 * bytes it takes with the sign.  Empty where there is none. */
static struct text
type_at(struct text t, size_t *used)
{
	size_t begin = 0, end, at;

	while (begin < t.n && t.at[begin] == ' ')
		begin++;
	for (end = begin; end < t.n && is_type_char(t.at[end]);)
		end++;
	for (at = end; at < t.n && t.at[at] == ' ';)
		at++;
	if (end == begin || end - begin > TYPE_MAX || at == t.n ||
	    t.at[at] != '=')
		return (struct text){ 0 };
	*used = at + 1;
	return (struct text){ t.at + begin, end - begin };
}

/* Where a value ends: at a separator with an attribute after it. */
static size_t
value_end(struct text t, bool slashes)
{
	bool quoted = false;
	size_t used;

	for (size_t i = 0; i < t.n; i++) {
		char c = t.at[i];
		struct text rest = { t.at + i + 1, t.n - i - 1 };

		if (c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted &&
		    (slashes ? c == '/' : c == ',' || c == '+' || c == ';') &&
		    type_at(rest, &used).n > 0)
			return i;
	}
	return t.n;
}

static int
hex(char c)
{
	c = text_lower(c);
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'a' && c <= 'f'    ? c - 'a' + 10 :
				      -1;
}

/* Copy a value in lower case without escapes (RFC 4514 section 2.4), quotes and
 * the blanks around it, as far as there is room. */
static struct text
plain_value(struct text t, struct dn *dn, size_t *used)
{
	struct text out = { dn->bytes + *used, 0 };

	t = text_trim(t);
	if (t.n >= 2 && t.at[0] == '"' && t.at[t.n - 1] == '"')
		t = (struct text){ t.at + 1, t.n - 2 };
	for (size_t i = 0; i < t.n && *used < DN_BYTES_MAX; i++) {
		char c = t.at[i];

		if (c == '\\' && i + 2 < t.n && hex(t.at[i + 1]) >= 0 &&
		    hex(t.at[i + 2]) >= 0) {
			c = (char)(hex(t.at[i + 1]) << 4 | hex(t.at[i + 2]));
			i += 2;
		} else if (c == '\\' && i + 1 < t.n) {
			c = t.at[++i];
		}
		dn->bytes[(*used)++] = text_lower(c);
		out.n++;
	}
	return text_trim(out);
}

static struct text
known_type(struct text type)
{
	static const char *const names[][2] = { { "cn", "cn" },
		{ "commonname", "cn" }, { "2.5.4.3", "cn" }, { "o", "o" },
		{ "organizationname", "o" }, { "2.5.4.10", "o" },
		{ "ou", "ou" }, { "organizationalunitname", "ou" },
		{ "2.5.4.11", "ou" }, { "e", "e" }, { "emailaddress", "e" },
		{ "email", "e" }, { "1.2.840.113549.1.9.1", "e" } };

	for (size_t i = 0; i < N_ITEMS(names); i++)
		if (text_equal_nocase(type, text_of(names[i][0])))
			return text_of(names[i][1]);
	return type;
}

void
dn_read(struct text name, struct dn *dn)
{
	size_t bytes = 0, used, end;
	bool slashes;

	dn->n = 0;
	name = text_trim(name);
	slashes = text_starts(name, "/");
	if (slashes)
		name = (struct text){ name.at + 1, name.n - 1 };
	if (name.n > 0 && type_at(name, &used).n == 0) {
		dn->at[dn->n].type = TEXT("cn");
		dn->at[dn->n++].value = plain_value(name, dn, &bytes);
		return;
	}
	while (name.n > 0 && dn->n < DN_ATTRIBUTES_MAX) {
		struct text type = type_at(name, &used);

		if (type.n == 0)
			return;
		name = (struct text){ name.at + used, name.n - used };
		end = value_end(name, slashes);
		dn->at[dn->n].type = known_type(type);
		dn->at[dn->n++].value = plain_value(
		    (struct text){ name.at, end }, dn, &bytes);
		if (end == name.n)
			return;
		name = (struct text){ name.at + end + 1, name.n - end - 1 };
	}
}

/*
 * A walk that remembers the last '*' and the text that it stood for is enough
 * for '*': an earlier one need never take more.  '?' may also stand for
 * nothing, which is one level of recursion for each, and patterns are our own.
 */
bool
dn_match(const char *pattern, struct text value)
{
	const char *star = NULL;
	size_t at = 0, star_at = 0;

	for (;;) {
		if (*pattern == '*') {
			star = ++pattern;
			star_at = at;
		} else if (*pattern == '?') {
			struct text rest = { value.at + at, value.n - at };

			pattern++;
			if (dn_match(pattern, rest))
				return true;
			if (rest.n > 0 && dn_match(pattern,
			    (struct text){ rest.at + 1, rest.n - 1 }))
				return true;
			if (star == NULL || star_at == value.n)
				return false;
			pattern = star;
			at = ++star_at;
		} else if (at < value.n && *pattern == value.at[at]) {
			pattern++;
			at++;
		} else if (at == value.n && *pattern == '\0') {
			return true;
		} else if (star != NULL && star_at < value.n) {
			pattern = star;
			at = ++star_at;
		} else {
			return false;
		}
	}
}
