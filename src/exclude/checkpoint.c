/*
 * Check Point: a Bypass rule of the HTTPS Inspection policy whose site is a
 * custom application (custom application/site help): names, "*." for all below,
 * or regular expressions over the URL when the object says so.  Written as
 * commands of the management API's command line, whose arguments pass a shell:
 * single quotes, which no sound entry and no comment can hold.
 */
#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"

extern const struct product product_checkpoint;

static size_t
checkpoint_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	return form_express(w, pool, out, (struct affix){ "", "" },
	    (struct affix){ "*.", "" }, false);
}

/* One object has one description, so that it names all reasons in the lists'
 * order, as far as there is room. */
static void
write_object(const struct listed *entries, size_t n, bool regex,
    struct buf *out)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		if ((entries[i].form == FORM_REGEX) != regex)
			continue;
		if (k == 0) {
			buf_printf(out, "mgmt_cli add application-site name "
			    "'pinspot-bypass%s' primary-category "
			    "'Custom_Application_Site' "
			    "urls-defined-as-regular-expression %s description '",
			    regex ? "-regex" : "", regex ? "true" : "false");
			comment_plain(out, entries[i].comment);
			buf_char(out, '\'');
		}
		buf_printf(out, " url-list.%zu '%.*s'", ++k,
		    TEXT_ARG(entries[i].entry));
	}
	if (k > 0)
		buf_char(out, '\n');
}

static void
write_cli(const struct listed *entries, size_t n, struct buf *out)
{
	write_object(entries, n, false, out);
	write_object(entries, n, true, out);
	buf_string(out, "mgmt_cli publish\n");
}

static bool
checkpoint_probe(struct text content)
{
	return words_have_line(content, "mgmt_cli ");
}

/* url-list.1 NAME ... and url-list.add NAME of one command. */
static void
read_command(struct exclusions *l, struct text line, uint64_t number)
{
	bool regex = text_find(line,
	    "urls-defined-as-regular-expression true") >= 0;
	struct text word, value;

	while (word_next(&line, &word))
		if (text_starts(word, "url-list") && word_next(&line, &value))
			list_add(l, &product_checkpoint, value,
			    regex ? FORM_REGEX : FORM_NAME,
			    (struct text){ NULL, 0 }, number);
}

static void
checkpoint_read(struct exclusions *l, struct text content)
{
	struct lines lines = lines_of(content);
	struct text line;

	if (!checkpoint_probe(content)) {
		words_read(l, &product_checkpoint, content);
		return;
	}
	while (lines_next(&lines, &line))
		if (text_starts(line, "mgmt_cli "))
			read_command(l, line, lines.number);
}

static bool
checkpoint_match(const struct listed *entry, const struct host_facts *f)
{
	struct text name = entry->entry;

	if (entry->form == FORM_REGEX)
		return match_regex(entry, "https://", f->name, "/");
	if (text_starts(name, "*."))
		return match_subtree((struct text){ name.at + 2, name.n - 2 },
		    f->name, false, 0);
	return text_equal_nocase(name, f->name) ||
	    (text_find(name, "*") >= 0 && match_glob(name, f->name));
}

static struct text
checkpoint_suffix(const struct listed *entry)
{
	if (entry->form == FORM_REGEX)
		return (struct text){ NULL, 0 };
	return match_suffix(entry->entry);
}

static const char *
checkpoint_check(const struct listed *entry)
{
	if (entry->form == FORM_REGEX)
		return form_check_regex(entry);
	return form_check(entry->entry, FORM_ANY_STAR);
}

static const struct list_form forms[] = {
	{ "cli", write_cli, false },
	{ "list", words_write, false },
	{ NULL, NULL, false },
};

const struct product product_checkpoint = {
	.name = "checkpoint",
	.title = "Check Point HTTPS Inspection",
	.matches = "sni|url",
	.where = "a custom application/site in a Bypass rule",
	.semantics = "'*.' covers all names below, not the name itself; an "
	    "object may hold regular expressions over the URL",
	.charset = "*/:\\^$()[]{}|+?",
	.express = checkpoint_express,
	.forms = forms,
	.probe = checkpoint_probe,
	.read = checkpoint_read,
	.match = checkpoint_match,
	.suffix = checkpoint_suffix,
	.check = checkpoint_check,
};
