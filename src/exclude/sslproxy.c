/*
 * SSLproxy (its sample configuration and source at ec01fc37): PassSite site[*],
 * equal to the SNI or the certificate's CN, or found anywhere in them when a '*'
 * ends it; a '*' in front is literal.  "Pass to sni S" and "Pass to cn C" are
 * its successors and read as the same entry.  sslsplit has no such list.
 */
#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"

extern const struct product product_sslproxy;

/* ".bank.example*" is the narrowest form for all below: names that hold it in
 * the middle match as well. */
static size_t
sslproxy_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	return form_express(w, pool, out, (struct affix){ "", "" },
	    (struct affix){ ".", "*" }, false);
}

static void
write_conf(const struct listed *entries, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (entries[i].comment.n > 0) {
			buf_string(out, "# ");
			comment_plain(out, entries[i].comment);
			buf_char(out, '\n');
		}
		buf_printf(out, "PassSite %.*s\n", TEXT_ARG(entries[i].entry));
	}
}

static bool
sslproxy_probe(struct text content)
{
	return words_have_line(content, "PassSite ") ||
	    words_have_line(content, "Pass to ") ||
	    words_have_line(content, "Pass from ");
}

/* PassSite site ...; Pass [from ...] to (sni|cn) site ... */
static bool
site_of(struct text line, struct text *site)
{
	struct text word;

	if (!word_next(&line, &word))
		return false;
	if (text_is(word, "PassSite"))
		return word_next(&line, site);
	if (!text_is(word, "Pass"))
		return false;
	while (word_next(&line, &word))
		if (text_is(word, "sni") || text_is(word, "cn"))
			return word_next(&line, site);
	return false;
}

static void
sslproxy_read(struct exclusions *l, struct text content)
{
	struct lines lines = lines_of(content);
	struct text line, site, above = { NULL, 0 }, comment;

	if (!sslproxy_probe(content)) {
		words_read(l, &product_sslproxy, content);
		return;
	}
	while (lines_next(&lines, &line)) {
		if (text_starts(line, "#")) {
			above = (struct text){ line.at + 1, line.n - 1 };
			continue;
		}
		comment = comment_cut(&line, '#');
		if (site_of(line, &site))
			list_add(l, &product_sslproxy, site, FORM_NAME,
			    comment.n > 0 ? comment : above, lines.number);
		above = (struct text){ NULL, 0 };
	}
}

static bool
match_site(struct text site, struct text name)
{
	if (!text_ends(site, "*"))
		return text_equal_nocase(site, name);
	site.n--;
	for (size_t i = 0; site.n > 0 && i + site.n <= name.n; i++)
		if (text_equal_nocase(site,
		    (struct text){ name.at + i, site.n }))
			return true;
	return false;
}

static bool
sslproxy_match(const struct listed *entry, const struct host_facts *f)
{
	return match_sni_or_cn(entry, f, match_site);
}

static struct text
sslproxy_suffix(const struct listed *entry)
{
	if (text_find(entry->entry, "*") >= 0 ||
	    text_starts(entry->entry, "."))
		return (struct text){ NULL, 0 };
	return entry->entry;
}

static const char *
sslproxy_check(const struct listed *entry)
{
	struct text site = entry->entry;

	if (text_is(site, "*"))
		return "matches every site";
	if (text_ends(site, "*")) {
		site.n--;
		return text_starts(site, ".") ? form_check(site, FORM_DOT) :
		    "matches wherever it occurs in a name";
	}
	if (text_starts(site, "*"))
		return "begins with a '*', which is literal: it equals only a "
		    "certificate's CN";
	return form_check(site, 0);
}

static const struct list_form forms[] = {
	{ "conf", write_conf, true },
	{ NULL, NULL, false },
};

const struct product product_sslproxy = {
	.name = "sslproxy",
	.title = "SSLproxy",
	.matches = "sni|cn",
	.where = "PassSite in sslproxy.conf",
	.semantics = "a '*' at the end makes it match anywhere in a name; one "
	    "in front is literal",
	.charset = "*",
	.express = sslproxy_express,
	.forms = forms,
	.probe = sslproxy_probe,
	.read = sslproxy_read,
	.match = sslproxy_match,
	.suffix = sslproxy_suffix,
	.check = sslproxy_check,
};
