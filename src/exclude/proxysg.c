/*
 * Broadcom ProxySG (Edge SWG): Content Policy Language, conditions of an
 * <SSL-Intercept> layer (Content Policy Language Reference: url.domain=,
 * url.host=, server.certificate.hostname=).  url.domain is a name and all below
 * it; the others take .exact, .prefix, .suffix, .substring and .regex.  Comments
 * begin with ';'.
 */
#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"

extern const struct product product_proxysg;

enum how { HOW_DOMAIN, HOW_EXACT, HOW_PREFIX, HOW_SUFFIX, HOW_SUBSTRING,
	HOW_REGEX, HOW_ADDRESS };

/* The triggers that are compared with a name, the longer ones first where one
 * is the beginning of another. */
static const struct trigger {
	const char *name;
	enum how how;
	bool certificate; /* compared with the server's certificate */
} triggers[] = {
	{ "url.domain=", HOW_DOMAIN, false },
	{ "url.host.exact=", HOW_EXACT, false },
	{ "url.host.prefix=", HOW_PREFIX, false },
	{ "url.host.suffix=", HOW_SUFFIX, false },
	{ "url.host.substring=", HOW_SUBSTRING, false },
	{ "url.host.regex=", HOW_REGEX, false },
	{ "url.host=", HOW_DOMAIN, false },
	{ "url.address=", HOW_ADDRESS, false },
	{ "server.certificate.hostname.exact=", HOW_EXACT, true },
	{ "server.certificate.hostname.prefix=", HOW_PREFIX, true },
	{ "server.certificate.hostname.suffix=", HOW_SUFFIX, true },
	{ "server.certificate.hostname.substring=", HOW_SUBSTRING, true },
	{ "server.certificate.hostname.regex=", HOW_REGEX, true },
	{ "server.certificate.hostname=", HOW_DOMAIN, true },
};

/* The trigger of an entry, and its value; NULL for another text, which is then
 * taken for a domain. */
static const struct trigger *
trigger_of(struct text entry, struct text *value)
{
	for (size_t i = 0; i < N_ITEMS(triggers); i++)
		if (text_starts(entry, triggers[i].name)) {
			size_t n = strlen(triggers[i].name);

			*value = (struct text){ entry.at + n, entry.n - n };
			return &triggers[i];
		}
	*value = entry;
	return &triggers[0];
}

static size_t
proxysg_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	if (w->is_address) {
		out[0] = pool_printf(pool, "url.address=%.*s",
		    TEXT_ARG(w->base));
		return 1;
	}
	return form_express(w, pool, out,
	    (struct affix){ "url.host.exact=", "" },
	    (struct affix){ "url.domain=", "" }, true);
}

/* Values go into quotes, which every trigger takes. */
static void
write_cpl(const struct listed *entries, size_t n, struct buf *out)
{
	struct text value;

	buf_string(out, "define condition pinspot_no_intercept\n");
	for (size_t i = 0; i < n; i++) {
		const struct trigger *t = trigger_of(entries[i].entry, &value);

		buf_printf(out, "  %s\"%.*s\"", t->name, TEXT_ARG(value));
		if (entries[i].comment.n > 0) {
			buf_string(out, " ; ");
			comment_plain(out, entries[i].comment);
		}
		buf_char(out, '\n');
	}
	buf_string(out, "end condition pinspot_no_intercept\n\n"
	    "<SSL-Intercept>\n"
	    "  condition=pinspot_no_intercept ssl.forward_proxy(no)\n");
}

static bool
proxysg_probe(struct text content)
{
	return text_find(content, "url.domain=") >= 0 ||
	    text_find(content, "url.host") >= 0 ||
	    text_find(content, "server.certificate.hostname") >= 0;
}

/* One trigger of a line: its value may be in quotes and a domain in slashes. */
static void
read_trigger(struct exclusions *l, struct text *rest, struct text comment,
    uint64_t number)
{
	struct text value, word;
	const struct trigger *t = trigger_of(*rest, &value);
	size_t name = (size_t)(value.at - rest->at);
	enum entry_form form = FORM_NAME;
	struct buf entry = { 0 };

	*rest = value;
	if (!word_next(rest, &word))
		return;
	while (text_starts(word, "//"))
		word = (struct text){ word.at + 1, word.n - 1 };
	if (text_starts(word, "/"))
		word = (struct text){ word.at + 1, word.n - 1 };
	if (t->how != HOW_REGEX && text_ends(word, "/"))
		word.n--;
	if (t->how == HOW_REGEX)
		form = FORM_REGEX;
	else if (t->how == HOW_ADDRESS)
		form = FORM_ADDRESS;
	buf_add(&entry, t->name, name);
	buf_text(&entry, word);
	list_add(l, &product_proxysg, buf_view(&entry), form, comment, number);
	buf_free(&entry);
}

static void
proxysg_read(struct exclusions *l, struct text content)
{
	struct lines lines = lines_of(content);
	struct text line, comment, value, word;

	if (!proxysg_probe(content)) {
		words_read(l, &product_proxysg, content);
		return;
	}
	while (lines_next(&lines, &line)) {
		comment = comment_cut(&line, ';');
		while (line.n > 0) {
			(void)trigger_of(line, &value);
			if (value.n < line.n)
				read_trigger(l, &line, comment, lines.number);
			else
				(void)word_next(&line, &word);
			line = text_trim(line);
		}
	}
}

static bool
match_name(const struct listed *entry, enum how how, struct text value,
    struct text name)
{
	if (name.n == 0)
		return false;
	if (how == HOW_REGEX)
		return match_regex(entry, "", name, "");
	if (text_starts(value, ".") && how == HOW_DOMAIN)
		value = (struct text){ value.at + 1, value.n - 1 };
	if (how == HOW_DOMAIN)
		return match_subtree(value, name, true, 0);
	if (how == HOW_EXACT)
		return text_equal_nocase(value, name);
	if (value.n == 0 || value.n > name.n)
		return false;
	if (how == HOW_PREFIX)
		return text_equal_nocase(value,
		    (struct text){ name.at, value.n });
	if (how == HOW_SUFFIX)
		return text_equal_nocase(value, (struct text){
		    name.at + name.n - value.n, value.n });
	for (size_t i = 0; i + value.n <= name.n; i++)
		if (text_equal_nocase(value,
		    (struct text){ name.at + i, value.n }))
			return true;
	return false;
}

static bool
proxysg_match(const struct listed *entry, const struct host_facts *f)
{
	struct text value;
	const struct trigger *t = trigger_of(entry->entry, &value);

	if (t->how == HOW_ADDRESS || entry->form == FORM_ADDRESS)
		return match_cidr(value, &f->address);
	if (!t->certificate)
		return match_name(entry, t->how, value, f->name);
	if (match_name(entry, t->how, value, f->cn))
		return true;
	for (size_t i = 0; i < f->n_names; i++)
		if (match_name(entry, t->how, value, f->names[i]))
			return true;
	return false;
}

static struct text
proxysg_suffix(const struct listed *entry)
{
	struct text value;
	const struct trigger *t = trigger_of(entry->entry, &value);

	if (t->certificate || (t->how != HOW_DOMAIN && t->how != HOW_EXACT))
		return (struct text){ NULL, 0 };
	return match_suffix(value);
}

static struct text
proxysg_regex(struct text entry)
{
	struct text value;

	(void)trigger_of(entry, &value);
	return value;
}

static struct text
proxysg_block(const struct listed *entry)
{
	struct text value;
	const struct trigger *t = trigger_of(entry->entry, &value);

	return t->how == HOW_ADDRESS || entry->form == FORM_ADDRESS ? value :
	    (struct text){ NULL, 0 };
}

static const char *
proxysg_check(const struct listed *entry)
{
	struct text value;
	const struct trigger *t = trigger_of(entry->entry, &value);

	if (t->how == HOW_REGEX)
		return form_check_regex(entry);
	if (t->how == HOW_SUFFIX || t->how == HOW_DOMAIN)
		return form_check(value, FORM_DOT);
	if (t->how == HOW_EXACT)
		return form_check(value, 0);
	return NULL;
}

static const struct list_form forms[] = {
	{ "cpl", write_cpl, true },
	{ NULL, NULL, false },
};

const struct product product_proxysg = {
	.name = "proxysg",
	.title = "Broadcom ProxySG (Edge SWG)",
	.matches = "host",
	.where = "local policy file, or a CPL layer of the Visual Policy "
	    "Manager",
	.semantics = "url.host.exact is one name, url.domain a name and all "
	    "below it",
	.charset = "=/:\\^$()[]{}|+?*,",
	.express = proxysg_express,
	.forms = forms,
	.probe = proxysg_probe,
	.read = proxysg_read,
	.match = proxysg_match,
	.suffix = proxysg_suffix,
	.block = proxysg_block,
	.regex = proxysg_regex,
	.check = proxysg_check,
};
