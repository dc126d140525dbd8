/*
 * Broadcom Cloud SWG (the former Symantec WSS): Policy > TLS/SSL Interception, a
 * rule "Do Not Intercept" whose destination is a list object, filled by a bulk
 * import of one name a line.  That an entry covers the names below it is what
 * the portal's help implies; it is taken so here because it is the wider reading
 * and prices must not come out too low.
 */
#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"

extern const struct product product_cloudswg;

static size_t
cloudswg_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	return form_express(w, pool, out, (struct affix){ "", "" },
	    (struct affix){ "", "" }, true);
}

static void
cloudswg_read(struct exclusions *l, struct text content)
{
	words_read(l, &product_cloudswg, content);
}

static bool
cloudswg_match(const struct listed *entry, const struct host_facts *f)
{
	return match_subtree(entry->entry, f->name, true, 0);
}

static struct text
cloudswg_suffix(const struct listed *entry)
{
	return entry->entry;
}

static const char *
cloudswg_check(const struct listed *entry)
{
	return form_check(entry->entry, 0);
}

static const struct list_form forms[] = {
	{ "list", words_write, false },
	{ NULL, NULL, false },
};

const struct product product_cloudswg = {
	.name = "cloudswg",
	.title = "Broadcom Cloud SWG",
	.matches = "host",
	.where = "Policy > TLS/SSL Interception > Do Not Intercept",
	.semantics = "a name covers itself and all names below it",
	.charset = "",
	.express = cloudswg_express,
	.forms = forms,
	.read = cloudswg_read,
	.match = cloudswg_match,
	.suffix = cloudswg_suffix,
	.check = cloudswg_check,
};
