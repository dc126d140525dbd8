#include "exclude/form.h"

#include "base/hostname.h"
#include "exclude/match.h"

size_t
form_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX], struct affix name, struct affix below,
    bool covers_apex)
{
	bool children = w->depths > WANT_NAME;
	size_t n = 0;

	if (w->is_address || w->depths == 0)
		return 0;
	if (w->depths & WANT_NAME && !(children && covers_apex))
		out[n++] = pool_printf(pool, "%s%.*s%s", name.before,
		    TEXT_ARG(w->base), name.after);
	if (children)
		out[n++] = pool_printf(pool, "%s%.*s%s", below.before,
		    TEXT_ARG(w->base), below.after);
	return n;
}

struct text
form_escaped(struct text name, struct pool *pool)
{
	struct buf b = { 0 };
	struct text escaped;

	for (size_t i = 0; i < name.n; i++) {
		if (name.at[i] == '.')
			buf_char(&b, '\\');
		buf_char(&b, name.at[i]);
	}
	escaped = pool_intern(pool, buf_view(&b));
	buf_free(&b);
	return escaped;
}

static bool
has_upper(struct text t)
{
	for (size_t i = 0; i < t.n; i++)
		if (t.at[i] >= 'A' && t.at[i] <= 'Z')
			return true;
	return false;
}

static const char *
check_characters(struct text entry)
{
	for (size_t i = 0; i < entry.n; i++) {
		if ((unsigned char)entry.at[i] >= 0x80)
			return "holds characters beyond ASCII: clients send "
			    "the xn-- form (IDNA)";
		if ((unsigned char)entry.at[i] <= ' ' || entry.at[i] == 0x7f)
			return "holds a blank or control character";
	}
	return NULL;
}

const char *
form_check(struct text entry, unsigned allow)
{
	const char *wrong = check_characters(entry);
	struct text name = entry, label;

	if (wrong != NULL)
		return wrong;
	if (text_find(entry, "://") >= 0)
		return "begins with a scheme: only the host is compared";
	if (text_find(entry, "/") >= 0)
		return "has a path: before decryption only the host is known";
	if (match_is_address(entry))
		return NULL;
	if (!(allow & FORM_PORT) && text_find(entry, ":") >= 0)
		return "has a port: only the host is compared";
	if (text_ends(entry, "."))
		return "ends in a dot: clients send names without it";
	if (text_starts(name, "*.") && allow & (FORM_STAR | FORM_ANY_STAR))
		name = hostname_skip(name, 1);
	else if (text_starts(name, ".") && allow & FORM_DOT)
		name = (struct text){ name.at + 1, name.n - 1 };
	else if (text_starts(name, "."))
		return "begins with a dot, which this product does not know";
	if (!(allow & FORM_ANY_STAR) && text_find(name, "*") >= 0)
		return allow & FORM_STAR ?
		    "has a '*' elsewhere than as its first label" :
		    "has a '*', which this product does not know";
	/* Capitals cost nothing: all products compare without case. */
	while (name.n > 0) {
		(void)text_split(&name, '.', &label);
		if (text_find(label, "*") < 0 && !has_upper(label) &&
		    !hostname_label_valid(label))
			return "is no host name";
	}
	return NULL;
}

const char *
form_check_regex(const struct listed *entry)
{
	const char *wrong = check_characters(entry->entry);

	if (wrong != NULL)
		return wrong;
	if (entry->pattern == NULL)
		return "is no valid regular expression";
	if (text_find(entry->entry, "\\.") < 0 &&
	    text_find(entry->entry, "[.]") < 0)
		return "has no escaped dot: '.' stands for any character";
	return NULL;
}
