/*
 * Cisco Umbrella: Selective Decryption List, or a destination list in a rule
 * that exempts from decryption (docs.umbrella.com, "Wildcards and domain
 * management").  A domain means itself and everything to its left; asterisks
 * are refused.  The upload takes one domain a line, the API of destination lists
 * a JSON array with comments.
 */
#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"

extern const struct product product_umbrella;

static size_t
umbrella_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	return form_express(w, pool, out, (struct affix){ "", "" },
	    (struct affix){ "", "" }, true);
}

static void
write_json(const struct listed *entries, size_t n, struct buf *out)
{
	buf_string(out, "[");
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "%s{\"destination\":\"%.*s\",\"comment\":\"",
		    i > 0 ? ",\n " : "", TEXT_ARG(entries[i].entry));
		comment_plain(out, entries[i].comment);
		buf_string(out, "\"}");
	}
	buf_string(out, "]\n");
}

static bool
umbrella_probe(struct text content)
{
	return text_find(content, "\"destination\"") >= 0;
}

/* The array that we write, or the API's answer, which wraps it in "data". */
static void
umbrella_read(struct exclusions *l, struct text content)
{
	if (umbrella_probe(content))
		list_read_json(l, &product_umbrella, content, "data",
		    "destination", "comment");
	else
		words_read(l, &product_umbrella, content);
}

static bool
umbrella_match(const struct listed *entry, const struct host_facts *f)
{
	return match_subtree(entry->entry, f->name, true, 0);
}

static struct text
umbrella_suffix(const struct listed *entry)
{
	return entry->entry;
}

static const char *
umbrella_check(const struct listed *entry)
{
	return form_check(entry->entry, 0);
}

static const struct list_form forms[] = {
	{ "api", write_json, true },
	{ "list", words_write, false },
	{ NULL, NULL, false },
};

const struct product product_umbrella = {
	.name = "umbrella",
	.title = "Cisco Umbrella",
	.matches = "sni",
	.where = "Policies > Policy Components > Selective Decryption Lists",
	.semantics = "a domain covers itself and all names below it; there is "
	    "no narrower form",
	.charset = "",
	.express = umbrella_express,
	.forms = forms,
	.probe = umbrella_probe,
	.read = umbrella_read,
	.match = umbrella_match,
	.suffix = umbrella_suffix,
	.check = umbrella_check,
};
