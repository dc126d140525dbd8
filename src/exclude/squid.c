/*
 * Squid (acl ssl::server_name and ssl::server_name_regex, with ssl_bump splice;
 * squid.conf.documented), and pfSense and OPNsense in front of it: a leading dot
 * is the name itself and all below it, without one it is the name alone.  The
 * name is the SNI, else those of the server's certificate.
 */
#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"

extern const struct product product_squid;

static size_t
squid_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	return form_express(w, pool, out, (struct affix){ "", "" },
	    (struct affix){ ".", "" }, true);
}

/* For squid.conf itself; the usual form is a file that an acl names. */
static void
write_acl(const struct listed *entries, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "acl pinspot_nobump %s %.*s\n",
		    entries[i].form == FORM_REGEX ?
		    "ssl::server_name_regex -i" : "ssl::server_name",
		    TEXT_ARG(entries[i].entry));
	buf_string(out, "acl step1 at_step SslBump1\n"
	    "ssl_bump peek step1\n"
	    "ssl_bump splice pinspot_nobump\n"
	    "ssl_bump bump all\n");
}

static bool
squid_probe(struct text content)
{
	return text_find(content, "ssl::server_name") >= 0 ||
	    text_find(content, "<sslnobumpsites>") >= 0;
}

/* acl NAME ssl::server_name[_regex] [-i] [--options] value ... */
static void
read_acl(struct exclusions *l, struct text line, uint64_t number)
{
	struct text comment = comment_cut(&line, '#'), word;
	bool regex = false;

	while (word_next(&line, &word))
		if (text_starts(word, "ssl::server_name")) {
			regex = text_ends(word, "_regex");
			break;
		}
	while (word_next(&line, &word))
		/* A value with a slash in front is a file, read by itself. */
		if (!text_starts(word, "-") && !text_starts(word, "/") &&
		    !text_is(word, "none"))
			list_add(l, &product_squid, word,
			    regex ? FORM_REGEX : FORM_NAME, comment, number);
}

/* OPNsense's config.xml. */
static void
read_xml(struct exclusions *l, struct text content)
{
	static const char mark[] = "<sslnobumpsites>";
	long at = text_find(content, mark);
	struct text rest = { content.at + at + (long)sizeof(mark) - 1,
		content.n - (size_t)at - sizeof(mark) + 1 }, sites;

	(void)text_split(&rest, '<', &sites);
	words_read(l, &product_squid, sites);
}

static void
squid_read(struct exclusions *l, struct text content)
{
	struct lines lines = lines_of(content);
	struct text line;

	if (text_find(content, "<sslnobumpsites>") >= 0)
		read_xml(l, content);
	else if (!squid_probe(content))
		words_read(l, &product_squid, content);
	else
		while (lines_next(&lines, &line))
			if (text_starts(line, "acl ") &&
			    text_find(line, "ssl::server_name") >= 0)
				read_acl(l, line, lines.number);
}

static bool
match_name(const struct listed *entry, struct text name)
{
	struct text value = entry->entry;

	if (entry->form == FORM_REGEX)
		return match_regex(entry, "", name, "");
	if (!text_starts(value, "."))
		return text_equal_nocase(value, name);
	return match_subtree((struct text){ value.at + 1, value.n - 1 }, name,
	    true, 0);
}

static bool
squid_match(const struct listed *entry, const struct host_facts *f)
{
	if (f->name.n > 0)
		return match_name(entry, f->name);
	if (f->cn.n > 0 && match_name(entry, f->cn))
		return true;
	for (size_t i = 0; i < f->n_names; i++)
		if (match_name(entry, f->names[i]))
			return true;
	return false;
}

static struct text
squid_suffix(const struct listed *entry)
{
	if (entry->form == FORM_REGEX)
		return (struct text){ NULL, 0 };
	return match_suffix(entry->entry);
}

static const char *
squid_check(const struct listed *entry)
{
	if (entry->form == FORM_REGEX)
		return form_check_regex(entry);
	return form_check(entry->entry, FORM_DOT);
}

static const struct list_form forms[] = {
	{ "file", words_write_commented, true },
	{ "conf", write_acl, false },
	{ NULL, NULL, false },
};

const struct product product_squid = {
	.name = "squid",
	.title = "Squid",
	.matches = "sni, else the certificate's names",
	.where = "a file named by acl ... ssl::server_name, spliced above bump",
	.semantics = "a leading dot covers the name itself and all below it; "
	    "there is no '*'",
	.charset = "/:\\^$()[]{}|+?*",
	.express = squid_express,
	.forms = forms,
	.probe = squid_probe,
	.read = squid_read,
	.match = squid_match,
	.suffix = squid_suffix,
	.check = squid_check,
};
