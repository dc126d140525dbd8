/*
 * Netskope: Policies > SSL Decryption, a rule "Do Not Decrypt" with the criterion
 * Domain (docs.netskope.com, "Add a policy for SSL decryption"): names separated
 * by commas, compared with the SNI and never with the certificate; "*." stands
 * for anything below, not for the name itself.
 */
#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"

extern const struct product product_netskope;

static size_t
netskope_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	return form_express(w, pool, out, (struct affix){ "", "" },
	    (struct affix){ "*.", "" }, false);
}

static void
write_commas(const struct listed *entries, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_char(out, ',');
		buf_text(out, entries[i].entry);
	}
	buf_char(out, '\n');
}

static void
netskope_read(struct exclusions *l, struct text content)
{
	words_read(l, &product_netskope, content);
}

static bool
netskope_match(const struct listed *entry, const struct host_facts *f)
{
	struct text name = entry->entry;

	if (!text_starts(name, "*."))
		return text_equal_nocase(name, f->name);
	return match_subtree((struct text){ name.at + 2, name.n - 2 }, f->name,
	    false, 0);
}

static struct text
netskope_suffix(const struct listed *entry)
{
	return match_suffix(entry->entry);
}

static const char *
netskope_check(const struct listed *entry)
{
	return form_check(entry->entry, FORM_STAR);
}

static const struct list_form forms[] = {
	{ "list", write_commas, false },
	{ "lines", words_write, false },
	{ NULL, NULL, false },
};

const struct product product_netskope = {
	.name = "netskope",
	.title = "Netskope",
	.matches = "sni",
	.where = "Policies > SSL Decryption, Do Not Decrypt, Domain",
	.semantics = "'*.' covers all names below, not the name itself; the "
	    "certificate is not looked at",
	.charset = "*",
	.express = netskope_express,
	.forms = forms,
	.read = netskope_read,
	.match = netskope_match,
	.suffix = netskope_suffix,
	.check = netskope_check,
};
