/*
 * Cisco Secure Firewall (FTD): a decryption rule "Do not decrypt" with
 * distinguished-name objects (cdFMC guide, "Troubleshoot TLS/SSL pinning"):
 * CN=name, compared with the certificate's CN and alternative names and with
 * the SNI; '*' only at the front.  The REST API takes many objects at once.
 */
#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"

extern const struct product product_ftd;

static size_t
ftd_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	return form_express(w, pool, out, (struct affix){ "CN=", "" },
	    (struct affix){ "CN=*.", "" }, false);
}

static void
write_json(const struct listed *entries, size_t n, struct buf *out)
{
	buf_string(out, "[");
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "%s{\"name\":\"pinspot-%03zu\",\"dn\":\"%.*s\","
		    "\"type\":\"DistinguishedName\",\"description\":\"",
		    i > 0 ? ",\n " : "", i + 1, TEXT_ARG(entries[i].entry));
		comment_plain(out, entries[i].comment);
		buf_string(out, "\"}");
	}
	buf_string(out, "]\n");
}

static bool
ftd_probe(struct text content)
{
	return text_find(content, "\"DistinguishedName\"") >= 0 ||
	    words_have_line(content, "CN=");
}

/* What we write, or the API's answer, which wraps it in "items". */
static void
ftd_read(struct exclusions *l, struct text content)
{
	if (text_find(content, "\"DistinguishedName\"") >= 0)
		list_read_json(l, &product_ftd, content, "items", "dn",
		    "description");
	else
		words_read(l, &product_ftd, content);
}

static struct text
value_of(const struct listed *entry)
{
	struct text t = entry->entry;

	if (t.n >= 3 && text_equal_nocase((struct text){ t.at, 3 }, TEXT("CN=")))
		return (struct text){ t.at + 3, t.n - 3 };
	return t;
}

static bool
match_name(struct text value, struct text name)
{
	if (text_equal_nocase(value, name))
		return true;
	return text_starts(value, "*.") && match_subtree(
	    (struct text){ value.at + 2, value.n - 2 }, name, false, 0);
}

static bool
ftd_match(const struct listed *entry, const struct host_facts *f)
{
	struct text value = value_of(entry);

	if (match_name(value, f->name) || match_name(value, f->cn))
		return true;
	for (size_t i = 0; i < f->n_names; i++)
		if (match_name(value, f->names[i]))
			return true;
	return false;
}

static struct text
ftd_suffix(const struct listed *entry)
{
	return match_suffix(value_of(entry));
}

static const char *
ftd_check(const struct listed *entry)
{
	if (value_of(entry).n == entry->entry.n)
		return "does not begin with CN=: a DN object needs it";
	return form_check(value_of(entry), FORM_STAR);
}

static const struct list_form forms[] = {
	{ "list", words_write_commented, true },
	{ "api", write_json, true },
	{ NULL, NULL, false },
};

const struct product product_ftd = {
	.name = "ftd",
	.title = "Cisco Secure Firewall (FTD)",
	.matches = "sni|cn|san",
	.where = "distinguished-name objects in a decryption rule, Do not "
	    "decrypt",
	.semantics = "'*.' covers all names below, not the name itself; the "
	    "certificate's alternative names count, too",
	.max_entries = 50,
	.charset = "=*",
	.express = ftd_express,
	.forms = forms,
	.probe = ftd_probe,
	.read = ftd_read,
	.match = ftd_match,
	.suffix = ftd_suffix,
	.check = ftd_check,
};
