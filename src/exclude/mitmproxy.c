/*
 * mitmproxy: ignore_hosts (--ignore-hosts, or the list in config.yaml; read in
 * its source at 8fc25b30): regular expressions, searched without case in every
 * host:port that it knows of a connection: SNI, Host header, addresses.  In YAML
 * they stand in single quotes.
 */
#include <stdio.h>

#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"

extern const struct product product_mitmproxy;

/* The port belongs to it: entries are compared with host:port. */
static size_t
mitmproxy_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	struct wanted escaped = *w;
	char port[16];

	snprintf(port, sizeof(port), ":%u$", w->port != 0 ? w->port : 443u);
	escaped.base = form_escaped(w->base, pool);
	if (w->is_address) {
		bool v6 = text_find(w->base, ":") >= 0;

		out[0] = pool_printf(pool, v6 ? "^\\[?%.*s\\]?%s" : "^%.*s%s",
		    TEXT_ARG(escaped.base), port);
		return 1;
	}
	return form_express(&escaped, pool, out, (struct affix){ "^", port },
	    w->depths & WANT_NAME ? (struct affix){ "^(.+\\.)?", port } :
	    (struct affix){ "^.+\\.", port }, true);
}

static void
write_yaml(const struct listed *entries, size_t n, struct buf *out)
{
	buf_string(out, "ignore_hosts:\n");
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "  - '%.*s'", TEXT_ARG(entries[i].entry));
		if (entries[i].comment.n > 0) {
			buf_string(out, "  # ");
			comment_plain(out, entries[i].comment);
		}
		buf_char(out, '\n');
	}
}

/* Options of the command line; the single quotes are the shell's. */
static void
write_cli(const struct listed *entries, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "--ignore-hosts '%.*s'\n",
		    TEXT_ARG(entries[i].entry));
}

static bool
mitmproxy_probe(struct text content)
{
	return text_find(content, "ignore_hosts") >= 0 ||
	    text_find(content, "--ignore-hosts") >= 0;
}

static void
add(struct exclusions *l, struct text value, struct text comment, uint64_t line)
{
	list_add(l, &product_mitmproxy, value, FORM_REGEX, comment, line);
}

/* The value at the start of a line, in quotes or not, and the comment after
 * it. */
static void
read_value(struct exclusions *l, struct text line, uint64_t number)
{
	struct text value, comment;

	if (!word_next(&line, &value))
		return;
	comment = comment_cut(&line, '#');
	add(l, value, comment, number);
}

static void
read_options(struct exclusions *l, struct text line, uint64_t number)
{
	struct text word;

	while (word_next(&line, &word)) {
		if (text_is(word, "--ignore-hosts")) {
			if (word_next(&line, &word))
				add(l, word, (struct text){ NULL, 0 }, number);
		} else if (text_starts(word, "--ignore-hosts=")) {
			add(l, (struct text){ word.at + 15, word.n - 15 },
			    (struct text){ NULL, 0 }, number);
		}
	}
}

static void
mitmproxy_read(struct exclusions *l, struct text content)
{
	struct lines lines = lines_of(content);
	bool configured = mitmproxy_probe(content), inside = !configured;
	struct text line;

	while (lines_next(&lines, &line)) {
		if (line.n == 0 || line.at[0] == '#')
			continue;
		if (text_find(line, "--ignore-hosts") >= 0)
			read_options(l, line, lines.number);
		else if (text_starts(line, "ignore_hosts"))
			inside = true;
		else if (inside && text_starts(line, "- "))
			read_value(l, (struct text){ line.at + 2, line.n - 2 },
			    lines.number);
		else if (configured)
			inside = false; /* another setting */
		else
			read_value(l, line, lines.number);
	}
}

static bool
mitmproxy_match(const struct listed *entry, const struct host_facts *f)
{
	const char *port = ":443";
	char other[8], address[ADDRESS_TEXT_SIZE];

	if (f->port != 0 && f->port != 443) {
		snprintf(other, sizeof(other), ":%u", f->port);
		port = other;
	}
	return match_regex(entry, "", f->name, port) ||
	    match_regex(entry, "",
	    text_of(endpoint_address(&f->address, address)), port);
}

static struct text
mitmproxy_suffix(const struct listed *entry)
{
	(void)entry;
	return (struct text){ NULL, 0 };
}

static const char *
mitmproxy_check(const struct listed *entry)
{
	const char *wrong = form_check_regex(entry);

	if (wrong == NULL && !text_starts(entry->entry, "^"))
		return "is not anchored with '^': longer names match, too";
	if (wrong == NULL && text_find(entry->entry, ":") < 0 &&
	    text_ends(entry->entry, "$"))
		return "ends before the port: it is compared with host:port";
	return wrong;
}

static const struct list_form forms[] = {
	{ "yaml", write_yaml, true },
	{ "cli", write_cli, false },
	{ NULL, NULL, false },
};

const struct product product_mitmproxy = {
	.name = "mitmproxy",
	.title = "mitmproxy",
	.matches = "host:port of SNI, Host and addresses",
	.where = "ignore_hosts in config.yaml, or --ignore-hosts",
	.semantics = "a regular expression, searched in host:port",
	.charset = ":\\^$()[]{}|+?*,=!<>",
	.express = mitmproxy_express,
	.expressed = FORM_REGEX,
	.forms = forms,
	.probe = mitmproxy_probe,
	.read = mitmproxy_read,
	.match = mitmproxy_match,
	.suffix = mitmproxy_suffix,
	.check = mitmproxy_check,
};
