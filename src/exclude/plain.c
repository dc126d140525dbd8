/*
 * Plain names, one a line with '#' comments, for products that pinspot does not
 * know: "*." is anything below and not the name itself; addresses and CIDR
 * blocks are compared with the server's address.
 */
#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"

extern const struct product product_plain;

static size_t
plain_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	if (w->is_address) {
		out[0] = pool_intern(pool, w->base);
		return 1;
	}
	return form_express(w, pool, out, (struct affix){ "", "" },
	    (struct affix){ "*.", "" }, false);
}

static void
plain_read(struct exclusions *l, struct text content)
{
	words_read(l, &product_plain, content);
}

static bool
plain_match(const struct listed *entry, const struct host_facts *f)
{
	struct text name = entry->entry;

	if (entry->form == FORM_ADDRESS)
		return match_cidr(name, &f->address);
	if (text_starts(name, "*."))
		return match_subtree((struct text){ name.at + 2, name.n - 2 },
		    f->name, false, 0);
	return text_equal_nocase(name, f->name);
}

static struct text
plain_suffix(const struct listed *entry)
{
	if (entry->form == FORM_ADDRESS)
		return (struct text){ NULL, 0 };
	return match_suffix(entry->entry);
}

static struct text
plain_block(const struct listed *entry)
{
	return entry->form == FORM_ADDRESS ? entry->entry :
	    (struct text){ NULL, 0 };
}

static const char *
plain_check(const struct listed *entry)
{
	return entry->form == FORM_ADDRESS ? NULL :
	    form_check(entry->entry, FORM_STAR);
}

static const struct list_form forms[] = {
	{ "list", words_write_commented, true },
	{ NULL, NULL, false },
};

const struct product product_plain = {
	.name = "plain",
	.title = "plain names",
	.matches = "sni|address",
	.where = "any list of host names",
	.semantics = "'*.' covers all names below, not the name itself",
	.charset = "*/:",
	.express = plain_express,
	.forms = forms,
	.read = plain_read,
	.match = plain_match,
	.suffix = plain_suffix,
	.block = plain_block,
	.check = plain_check,
};
