/*
 * Zscaler Internet Access: a custom URL category in an SSL Inspection rule "Do
 * Not Inspect" (help.zscaler.com, "URL format guidelines").  No scheme and no
 * asterisk; a leading dot is the name itself and up to five levels below it.
 */
#include "base/json.h"
#include "exclude/form.h"
#include "exclude/match.h"
#include "exclude/words.h"

extern const struct product product_zscaler;

enum { LEVELS_MAX = 5 };

static size_t
zscaler_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX])
{
	return form_express(w, pool, out, (struct affix){ "", "" },
	    (struct affix){ ".", "" }, true);
}

static void
write_json(const struct listed *entries, size_t n, struct buf *out)
{
	buf_string(out, "{\"configuredName\":\"pinspot\",\"urls\":[");
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s\"%.*s\"", i > 0 ? ",\n " : "",
		    TEXT_ARG(entries[i].entry));
	buf_string(out, "]}\n");
}

static bool
zscaler_probe(struct text content)
{
	return text_find(content, "\"configuredName\"") >= 0 ||
	    text_find(content, "\"urls\"") >= 0;
}

static void
read_json(struct exclusions *l, struct text content)
{
	struct json_object *all = json_parse(content, "", NULL), *urls = NULL;

	if (all == NULL || !json_object_object_get_ex(all, "urls", &urls) ||
	    !json_object_is_type(urls, json_type_array))
		list_skip(l, 1);
	else
		for (size_t i = 0; i < json_object_array_length(urls); i++) {
			struct json_object *o =
			    json_object_array_get_idx(urls, i);

			if (json_object_is_type(o, json_type_string))
				list_add(l, &product_zscaler, json_view(o),
				    FORM_NAME, (struct text){ NULL, 0 }, i + 1);
		}
	json_object_put(all);
}

static void
zscaler_read(struct exclusions *l, struct text content)
{
	if (zscaler_probe(content))
		read_json(l, content);
	else
		words_read(l, &product_zscaler, content);
}

static bool
zscaler_match(const struct listed *entry, const struct host_facts *f)
{
	struct text name = entry->entry;

	if (!text_starts(name, "."))
		return text_equal_nocase(name, f->name);
	return match_subtree((struct text){ name.at + 1, name.n - 1 }, f->name,
	    true, LEVELS_MAX);
}

static struct text
zscaler_suffix(const struct listed *entry)
{
	return match_suffix(entry->entry);
}

static const char *
zscaler_check(const struct listed *entry)
{
	return form_check(entry->entry, FORM_DOT);
}

static const struct list_form forms[] = {
	{ "list", words_write, false },
	{ "api", write_json, false },
	{ NULL, NULL, false },
};

const struct product product_zscaler = {
	.name = "zscaler",
	.title = "Zscaler Internet Access",
	.matches = "sni|host",
	.where = "a custom URL category in an SSL Inspection rule, Do Not "
	    "Inspect",
	.semantics = "a leading dot covers the name itself and five levels "
	    "below it",
	.max_entries = 25000,
	.charset = "",
	.express = zscaler_express,
	.forms = forms,
	.probe = zscaler_probe,
	.read = zscaler_read,
	.match = zscaler_match,
	.suffix = zscaler_suffix,
	.check = zscaler_check,
};
