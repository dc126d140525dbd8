#include "input/dn.h"

#include <string.h>

#include "base/clock.h"

enum { ATTRIBUTES_MAX = 24 }; /* real names have about six */

/* Split at separators that are neither quoted nor escaped. */
static size_t
split(struct text name, char separator, struct text *out)
{
	size_t n = 0, start = 0;
	bool quoted = false;

	if (name.n == 0)
		return 0;
	for (size_t i = 0; i <= name.n && n < ATTRIBUTES_MAX; i++) {
		if (i < name.n && name.at[i] == '\\') {
			i++;
			continue;
		}
		if (i < name.n && name.at[i] == '"')
			quoted = !quoted;
		if (i < name.n && (quoted || name.at[i] != separator))
			continue;
		out[n] = text_trim((struct text){ name.at + start, i - start });
		if (out[n].n > 0)
			n++;
		start = i + 1;
	}
	return n;
}

/* Is the attribute of a type that stands at the general end of a name? */
static bool
is_general(struct text attribute)
{
	static const char *const types[] = { "C=", "DC=", "ST=", "L=", "O=" };

	for (size_t i = 0; i < N_ITEMS(types); i++)
		if (text_starts(attribute, types[i]))
			return true;
	return false;
}

/* One attribute: its quotes away, what was quoted escaped. */
static size_t
put_attribute(char *out, struct text a)
{
	bool quoted = false;
	size_t n = 0;

	for (size_t i = 0; i < a.n; i++) {
		if (a.at[i] == '"') {
			quoted = !quoted;
			continue;
		}
		if (a.at[i] == '\\' && i + 1 < a.n) {
			out[n++] = a.at[i++];
		} else if (quoted && memchr(",+\"<>;", a.at[i], 6) != NULL) {
			out[n++] = '\\';
		}
		out[n++] = a.at[i];
	}
	return n;
}

/*
 * The name in the form of struct certificate: most specific attribute first,
 * ',' without blanks, escapes of RFC 4514.  Taken are that form, "C=DE, O=Example
 * Inc, CN=a" (most general first), "/C=DE/CN=a", and attributes in quotes.  A text
 * without '=' is taken for a common name.  Lives until the next line.
 */
static struct text
normalise(struct log *log, struct text name)
{
	struct text attributes[ATTRIBUTES_MAX];
	bool slashes;
	size_t n, at = 0;
	char *out;

	name = text_trim(name);
	if (name.n == 0 || memchr(name.at, '=', name.n) == NULL)
		return log_common_name(log, name);
	slashes = name.at[0] == '/';
	n = split(name, slashes ? '/' : ',', attributes);
	if (n == 0)
		return (struct text){ 0 };
	out = log_scratch(log, name.n * 2 + 1);
	for (size_t i = 0; i < n; i++) {
		bool backwards = slashes || (is_general(attributes[0]) &&
		    !is_general(attributes[n - 1]));

		if (i > 0)
			out[at++] = ',';
		at += put_attribute(out + at,
		    attributes[backwards ? n - 1 - i : i]);
	}
	return (struct text){ out, at };
}

/* The value of the first attribute of a type such as "CN" in a normalised name,
 * escapes and all; empty where there is none. */
static struct text
attribute(struct text name, const char *type)
{
	struct text attributes[ATTRIBUTES_MAX], key;
	size_t n = split(name, ',', attributes);

	for (size_t i = 0; i < n; i++)
		if (text_split(&attributes[i], '=', &key) && text_is(key, type))
			return attributes[i];
	return (struct text){ 0 };
}

void
dn_certificate(struct log *log, struct text subject, struct text issuer,
    struct certificate *out)
{
	*out = (struct certificate){ .not_before = CLOCK_UNKNOWN,
		.not_after = CLOCK_UNKNOWN };
	out->subject = normalise(log, subject);
	out->issuer = normalise(log, issuer);
	out->subject_cn = attribute(out->subject, "CN");
	out->issuer_cn = attribute(out->issuer, "CN");
	out->issuer_o = attribute(out->issuer, "O");
	out->self_issued = out->subject.n > 0 &&
	    text_equal(out->subject, out->issuer);
}
