#include "cmd/listing.h"

#include <string.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "cmd/documents.h"
#include "exclude/product.h"
#include "exclude/registry.h"
#include "exclude/suggest.h"
#include "exclude/verify.h"
#include "report/words.h"

enum { HEAD = 512 }; /* of a list, bytes that tell whether it is text */

/* --format and the suffixes of -o: text or JSON. */
static bool
is_json(const char *name)
{
	size_t n = strlen(name);

	return strcmp(name, "json") == 0 ||
	    (n > 5 && strcmp(name + n - 5, ".json") == 0);
}

static int
settings_check(const struct settings *s, struct error *e)
{
	if (s->anonymize)
		return error_set(e, "--anonymize: a list is compared with the "
		    "real names; use it with scan");
	if (s->format != NULL && strcmp(s->format, "text") != 0 &&
	    !is_json(s->format))
		return error_set(e, "--format %s: expected text or json",
		    s->format);
	return 0;
}

/* The list's product: as named, as its text says, as the log says. */
static int
read_list(struct listing *l, const struct settings *s, struct text content,
    struct error *e)
{
	const struct product *p = NULL;

	if (s->product == NULL)
		p = list_recognise(content);
	if (p == NULL)
		p = product_by_name(text_of(
		    analysis_product(&l->analysis)));
	if (p == NULL)
		return product_unknown(s->product, e);
	list_read(&l->list, p, content);
	if (l->list.n == 0)
		return error_set(e, "%s: no entries of %s in it; name its "
		    "product with --for", l->name, p->title);
	return 0;
}

/* In a registry every line names its product: none of them is the list's. */
static int
read_registry(struct listing *l, const struct settings *s,
    struct text content, struct error *e)
{
	const struct product *p = NULL;

	if (s->product != NULL) {
		p = product_by_name(text_of(s->product));
		if (p == NULL)
			return product_unknown(s->product, e);
	}
	list_read(&l->list, p, content);
	if (l->list.n == 0)
		return error_set(e, "%s: no entries in it%s%s", l->name,
		    p != NULL ? " of " : "", p != NULL ? p->title : "");
	l->list.product = l->list.entries[0].product;
	return 0;
}

/* The list, when what was read tells its product; then the verdicts. */
static int
judge(struct listing *l, const struct settings *s, bool in_force,
    struct text content, struct error *e)
{
	/* A capture in the place of the list, or compressed. */
	if (content.n > 0 && memchr(content.at, '\0',
	    content.n < HEAD ? content.n : HEAD) != NULL)
		return error_set(e, "%s: not a list: it holds no text; the "
		    "list comes first, then captures and logs", l->name);
	if ((registry_probe(content) ? read_registry : read_list)(l, s, content,
	    e) != 0)
		return -1;
	if (in_force)
		verify_mark(l->analysis.report, &l->list);
	analysis_judge(&l->analysis);
	return suggest_entries(l->analysis.report, l->list.product->name, e);
}

bool
listing_open(struct listing *l, const struct settings *s, bool in_force,
    int argc, char **argv)
{
	struct buf content = { 0 };
	struct error e;
	int result = -1;

	*l = (struct listing){ .status = EXIT_USAGE };
	list_init(&l->list);
	if (argc < 2) {
		error_warn("expected an exclusion list and then captures or "
		    "logs; try: pinspot --help");
		return false;
	}
	l->path = argv[0];
	l->name = strcmp(l->path, "-") == 0 ? "standard input" : l->path;
	if (settings_check(s, &e) != 0) {
		error_warn("%s", e.text);
		return false;
	}
	if (file_read(l->path, LIST_BYTES_MAX, &content, &e) != 0) {
		error_warn("%s", e.text);
		l->status = EXIT_UNREADABLE;
	} else if (analysis_read(&l->analysis, s, false, argc - 1,
	    argv + 1) != 0) {
		l->status = l->analysis.status;
	} else {
		result = judge(l, s, in_force, buf_view(&content), &e);
		if (result != 0)
			error_warn("%s", e.text);
		else
			l->status = l->analysis.status;
	}
	buf_free(&content);
	return result == 0;
}

void
listing_free(struct listing *l)
{
	if (l->analysis.report != NULL)
		analysis_free(&l->analysis);
	list_free(&l->list);
}

void
listing_head(const struct listing *l, struct page *p, const char *what)
{
	const struct report *r = l->analysis.report;
	struct buf line = { 0 };

	buf_printf(&line, " %s · %s (%s, ", what, l->name,
	    l->list.registry ? "registry" : l->list.product->title);
	words_count(&line, l->list.n, "entry", "entries");
	buf_string(&line, ")");
	for (size_t i = 0; i < r->n_inputs; i++) {
		buf_string(&line, i == 0 ? " on " : " + ");
		buf_text(&line, r->inputs[i].name);
	}
	page_string(p, STYLE_BOLD, "pinspot");
	page_prose(p, STYLE_PLAIN, LABEL_INDENT, buf_view(&line));
	if (l->list.n_skipped > 0) {
		line.n = 0;
		words_count(&line, l->list.n_skipped, "line", "lines");
		buf_printf(&line, " of the list could not be read, the first "
		    "is line %llu", (unsigned long long)l->list.first_skipped);
		page_prose(p, STYLE_YELLOW, LABEL_INDENT, buf_view(&line));
	}
	buf_free(&line);
}

struct json_object *
listing_json(const struct listing *l)
{
	struct json_object *o = json_object_new_object();

	json_put(o, "name", json_string(text_of(l->name)));
	json_put(o, "product", l->list.registry ? NULL :
	    json_string(text_of(l->list.product->name)));
	json_put(o, "entries", json_object_new_uint64(l->list.n));
	json_put(o, "skipped", json_object_new_uint64(l->list.n_skipped));
	return o;
}

int
listing_print(const struct listing *l, struct text page,
    struct json_object *object)
{
	const struct settings *s = l->analysis.settings;
	struct buf json = { 0 };
	struct error e;
	int result = 0;

	buf_string(&json, json_line(object));
	buf_char(&json, '\n');
	json_object_put(object);
	if (s->output.n == 0 || s->format != NULL)
		result = documents_put(NULL, s->format != NULL &&
		    is_json(s->format) ? buf_view(&json) : page, &e);
	for (size_t i = 0; i < s->output.n && result == 0; i++)
		result = documents_put(s->output.at[i],
		    is_json(s->output.at[i]) ? buf_view(&json) : page, &e);
	buf_free(&json);
	if (result == 0)
		return EXIT_OK;
	error_warn("%s", e.text);
	return EXIT_INTERNAL;
}
