/*
 * Sophos Firewall (docs.sophos.com, "URL groups", "Web exceptions"): the local
 * TLS exclusion list takes names, each with all below it; web exceptions take
 * regular expressions over host and path.
 */
#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"

extern const struct product product_sophos;

static size_t
sophos_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	return form_express(w, pool, out, (struct affix){ "", "" },
	    (struct affix){ "", "" }, true);
}

static void
write_exceptions(const struct listed *entries, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		struct text name = entries[i].entry;

		if (entries[i].form == FORM_REGEX) {
			buf_text(out, name);
			buf_char(out, '\n');
			continue;
		}
		buf_string(out, "^([A-Za-z0-9.-]*\\.)?");
		for (size_t k = 0; k < name.n; k++) {
			if (name.at[k] == '.')
				buf_char(out, '\\');
			buf_char(out, name.at[k]);
		}
		buf_string(out, "/\n");
	}
}

static void
sophos_read(struct exclusions *l, struct text content)
{
	words_read(l, &product_sophos, content);
}

static bool
sophos_match(const struct listed *entry, const struct host_facts *f)
{
	if (entry->form == FORM_REGEX)
		return match_regex(entry, "", f->name, "/");
	return match_subtree(entry->entry, f->name, true, 0);
}

static struct text
sophos_suffix(const struct listed *entry)
{
	return entry->form == FORM_REGEX ? (struct text){ NULL, 0 } :
	    entry->entry;
}

static const char *
sophos_check(const struct listed *entry)
{
	if (entry->form != FORM_REGEX)
		return form_check(entry->entry, 0);
	if (!text_ends(entry->entry, "/") && !text_ends(entry->entry, "$"))
		return "is open at its end: without '/' longer names match, "
		    "too";
	return form_check_regex(entry);
}

static const struct list_form forms[] = {
	{ "list", words_write, false },
	{ "exception", write_exceptions, false },
	{ NULL, NULL, false },
};

const struct product product_sophos = {
	.name = "sophos",
	.title = "Sophos Firewall",
	.matches = "sni|host",
	.where = "Web > URL groups > Local TLS exclusion list",
	.semantics = "a name covers itself and all names below it; web "
	    "exceptions are regular expressions over host and path",
	.charset = "/:\\^$()[]{}|+?*",
	.express = sophos_express,
	.forms = forms,
	.read = sophos_read,
	.match = sophos_match,
	.suffix = sophos_suffix,
	.check = sophos_check,
};
