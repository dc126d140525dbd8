/*
 * Palo Alto Networks PAN-OS: the SSL Decryption Exclusion list ("SSL Decryption
 * Exclusion" in the web help, 9.1 to 12.1) and custom URL categories or external
 * dynamic lists behind a no-decrypt rule ("Guidelines for URL Category
 * Exceptions", "Formatting Guidelines for an External Dynamic List").
 *
 * In the first a '*' is exactly one label, in the others one or more; neither
 * covers the name itself.  The XML tree is that of the vendor's SDK.
 */
#include "base/hostname.h"
#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"

extern const struct product product_panos;

static const char cli_set[] = "set shared ssl-decrypt ssl-exclude-cert ";

/* One entry for each depth: a subtree cannot be said at once. */
static size_t
panos_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	static const char stars[] = "*.*.*.*.*.";
	size_t n = 0;

	if (w->is_address)
		return 0;
	for (int depth = 0; depth <= WANT_DEPTH_MAX; depth++)
		if (w->depths & 1u << depth)
			out[n++] = pool_printf(pool, "%.*s%.*s", 2 * depth,
			    stars, TEXT_ARG(w->base));
	return n;
}

static void
write_cli(const struct listed *entries, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (entries[i].form == FORM_URL)
			continue;
		buf_string(out, cli_set);
		buf_char(out, '"');
		buf_text(out, entries[i].entry);
		buf_string(out, "\" exclude yes");
		if (entries[i].comment.n > 0) {
			buf_string(out, " description \"");
			comment_plain(out, entries[i].comment);
			buf_char(out, '"');
		}
		buf_char(out, '\n');
	}
}

/* After comment_plain nothing in a comment needs XML's escapes; the entries are
 * sound and hold none of <, >, & and quotes. */
static void
write_xml(const struct listed *entries, size_t n, struct buf *out)
{
	buf_string(out, "<ssl-exclude-cert>\n");
	for (size_t i = 0; i < n; i++) {
		if (entries[i].form == FORM_URL)
			continue;
		buf_printf(out, "  <entry name=\"%.*s\"><exclude>yes</exclude>",
		    TEXT_ARG(entries[i].entry));
		if (entries[i].comment.n > 0) {
			buf_string(out, "<description>");
			comment_plain(out, entries[i].comment);
			buf_string(out, "</description>");
		}
		buf_string(out, "</entry>\n");
	}
	buf_string(out, "</ssl-exclude-cert>\n");
}

/* An EDL takes no comments.  The slash keeps example.com from matching
 * example.com.evil.test in releases that do not add it.  One '*' stands there
 * for what takes several in the exclusion list. */
static void
write_edl(const struct listed *entries, size_t n, struct buf *out)
{
	struct text entry, last = { NULL, 0 };

	for (size_t i = 0; i < n; i++, last = entry) {
		entry = entries[i].entry;
		while (text_starts(entry, "*.*."))
			entry = hostname_skip(entry, 1);
		if (text_equal(entry, last))
			continue;
		buf_text(out, entry);
		if (!text_ends(entry, "/"))
			buf_char(out, '/');
		buf_char(out, '\n');
	}
}

static bool
panos_probe(struct text content)
{
	struct lines lines = lines_of(content);
	struct text line;

	while (lines_next(&lines, &line))
		if (text_find(line, "ssl-exclude-cert") >= 0 ||
		    text_find(line, "custom-url-category") >= 0 ||
		    (text_ends(line, "/") && line.n > 1 && line.at[0] != '#' &&
		    text_find(line, " ") < 0 && !match_looks_regex(line)))
			return true;
	return false;
}

/* What lies between two marks, passing both; false where one is missing. */
static bool
between(struct text *rest, const char *open, const char *close,
    struct text *inside)
{
	long from = text_find(*rest, open), to;
	struct text tail;

	if (from < 0)
		return false;
	tail = (struct text){ rest->at + from + strlen(open),
		rest->n - (size_t)from - strlen(open) };
	to = text_find(tail, close);
	if (to < 0)
		return false;
	*inside = (struct text){ tail.at, (size_t)to };
	*rest = (struct text){ tail.at + to + strlen(close),
		tail.n - (size_t)to - strlen(close) };
	return true;
}

static uint64_t
line_of(struct text content, const char *at)
{
	uint64_t line = 1;

	for (const char *p = content.at; p < at; p++)
		line += *p == '\n';
	return line;
}

/* Only what the vendor's own export holds: <entry name="..."> elements below
 * ssl-exclude-cert, whose <exclude> is yes. */
static void
read_xml(struct exclusions *l, struct text content)
{
	struct text rest = content, tree, entry, name, exclude, comment, copy;
	uint64_t line = 1;
	const char *counted = content.at;

	while (between(&rest, "<ssl-exclude-cert>", "</ssl-exclude-cert>",
	    &tree))
		while (between(&tree, "<entry ", "</entry>", &entry)) {
			copy = entry;
			if (!between(&copy, "name=\"", "\"", &name) &&
			    !between(&copy, "name='", "'", &name))
				continue;
			line += line_of((struct text){ counted, 0 }, entry.at) -
			    1;
			counted = entry.at;
			copy = entry;
			if (!between(&copy, "<exclude>", "</exclude>",
			    &exclude) || !text_is(text_trim(exclude), "yes"))
				continue;
			copy = entry;
			if (!between(&copy, "<description>", "</description>",
			    &comment))
				comment = (struct text){ NULL, 0 };
			list_add(l, &product_panos, name, FORM_NAME, comment,
			    line);
		}
}

/* set [...] ssl-exclude-cert NAME exclude yes [description "..."] */
static void
read_set_exclude(struct exclusions *l, struct text rest, uint64_t number)
{
	struct text word, name, comment = { NULL, 0 };
	bool excluded = false;

	if (!word_next(&rest, &name))
		return;
	while (word_next(&rest, &word))
		if (text_is(word, "exclude"))
			excluded = word_next(&rest, &word) &&
			    text_is(word, "yes");
		else if (text_is(word, "description"))
			(void)word_next(&rest, &comment);
	if (excluded)
		list_add(l, &product_panos, name, FORM_NAME, comment, number);
}

/* set profiles custom-url-category NAME list [ a/ b/ ] */
static void
read_set_category(struct exclusions *l, struct text rest, uint64_t number)
{
	struct text word;

	while (word_next(&rest, &word))
		if (text_is(word, "list"))
			break;
	while (word_next(&rest, &word))
		if (!text_is(word, "[") && !text_is(word, "]"))
			list_add(l, &product_panos, word, FORM_URL,
			    (struct text){ NULL, 0 }, number);
}

static struct text
after(struct text line, const char *word)
{
	long at = text_find(line, word);
	size_t skip = (size_t)at + strlen(word);

	return (struct text){ line.at + skip, line.n - skip };
}

static bool
has_url_syntax(struct text content)
{
	struct lines lines = lines_of(content);
	struct text line;

	while (lines_next(&lines, &line))
		if (line.n > 0 && line.at[0] != '#' && !match_is_address(line) &&
		    (text_find(line, "/") >= 0 || text_find(line, "^") >= 0))
			return true;
	return false;
}

/* A file of bare entries: an EDL as soon as one line has its syntax. */
static void
read_bare(struct exclusions *l, struct text content)
{
	enum entry_form form = has_url_syntax(content) ? FORM_URL : FORM_NAME;
	struct lines lines = lines_of(content);
	struct text line, comment, above = { NULL, 0 };

	while (lines_next(&lines, &line)) {
		if (text_starts(line, "#")) {
			above = (struct text){ line.at + 1, line.n - 1 };
			continue;
		}
		comment = comment_cut(&line, '#');
		if (line.n > 0)
			list_add(l, &product_panos, line, form,
			    comment.n > 0 ? comment : above, lines.number);
		above = (struct text){ NULL, 0 };
	}
}

static void
panos_read(struct exclusions *l, struct text content)
{
	struct lines lines = lines_of(content);
	struct text line;

	if (text_find(content, "<ssl-exclude-cert>") >= 0) {
		read_xml(l, content);
		return;
	}
	if (!words_have_line(content, "set ")) {
		read_bare(l, content);
		return;
	}
	while (lines_next(&lines, &line)) {
		if (!text_starts(line, "set "))
			continue;
		if (text_find(line, " ssl-exclude-cert ") >= 0)
			read_set_exclude(l, after(line, " ssl-exclude-cert "),
			    lines.number);
		else if (text_find(line, " custom-url-category ") >= 0 &&
		    text_find(line, " list ") >= 0)
			read_set_category(l,
			    after(line, " custom-url-category "),
			    lines.number);
	}
}

/* The host part of a URL entry; false where it also asks for a path. */
static bool
url_host(struct text entry, struct text *host)
{
	struct text path = entry;

	(void)text_split(&path, '/', host);
	return path.n == 0 || text_is(path, "*");
}

static bool
panos_match(const struct listed *entry, const struct host_facts *f)
{
	struct listed copy = *entry;

	if (entry->form != FORM_URL)
		return match_sni_or_cn(entry, f, match_labels);
	if (!url_host(entry->entry, &copy.entry))
		return false;
	return match_sni_or_cn(&copy, f, match_tokens);
}

static struct text
panos_suffix(const struct listed *entry)
{
	struct text host = entry->entry;

	if (entry->form == FORM_URL)
		(void)url_host(entry->entry, &host);
	return match_suffix(host);
}

/* A wildcard must be the whole label, in both lists. */
static const char *
check_labels(struct text host, bool url)
{
	struct text label;
	bool star = false;

	while (host.n > 0) {
		(void)text_split(&host, '.', &label);
		if (label.n > 1 && (text_find(label, "*") >= 0 ||
		    text_find(label, "^") >= 0))
			return "has a wildcard that is not a whole label";
		if (url && star && text_is(label, "*"))
			return "has two '*' in a row, which is invalid";
		star = text_is(label, "*");
	}
	return NULL;
}

static const char *
panos_check(const struct listed *entry)
{
	struct text host = entry->entry;
	bool url = entry->form == FORM_URL;
	const char *wrong;

	if (text_find(host, "://") >= 0)
		return "begins with a scheme: only the host is compared";
	if (url && !url_host(entry->entry, &host))
		return "has a path: before decryption only the host is known";
	wrong = check_labels(host, url);
	if (wrong == NULL && !(url && text_find(host, "^") >= 0))
		wrong = form_check(host, FORM_ANY_STAR);
	if (wrong == NULL && url && text_find(entry->entry, "/") < 0)
		return "has no slash at its end: some releases then match "
		    "longer names, too";
	return wrong;
}

static const struct list_form forms[] = {
	{ "cli", write_cli, true },
	{ "xml", write_xml, true },
	{ "edl", write_edl, false },
	{ NULL, NULL, false },
};

const struct product product_panos = {
	.name = "panos",
	.title = "Palo Alto Networks PAN-OS",
	.matches = "sni|cn",
	.where = "Device > Certificate Management > SSL Decryption Exclusion",
	.semantics = "'*' is exactly one label and never the name itself; in "
	    "URL categories and EDLs it is one or more labels",
	.max_entries = 1024,
	.charset = "*^/:",
	.express = panos_express,
	.forms = forms,
	.probe = panos_probe,
	.read = panos_read,
	.match = panos_match,
	.suffix = panos_suffix,
	.check = panos_check,
};
