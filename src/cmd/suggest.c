/*
 * pinspot suggest [--for PRODUCT] [-f FORM] INPUT...: what to paste or upload.
 *
 * Standard output holds nothing but the list, so that it can be piped into the
 * product's importer; what is left out, and why, goes to standard error.
 */
#include "exclude/suggest.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "cmd/analysis.h"
#include "cmd/cmd.h"
#include "cmd/documents.h"
#include "cmd/select.h"
#include "exclude/product.h"
#include "exclude/registry.h"

enum { LEFT_OUT_TOLD = 20 /* entries */ };

/* Formats besides those of the product. */
enum form { FORM_OF_PRODUCT, FORM_REGISTRY, FORM_JSON };

/* Of a name or of a file's suffix; -1 where there is no such form. */
static int
form_by_name(const struct product *p, const char *name,
    const struct list_form **form)
{
	*form = product_form(p, name);
	if (*form != NULL)
		return FORM_OF_PRODUCT;
	if (strcmp(name, "registry") == 0 || strcmp(name, "csv") == 0)
		return FORM_REGISTRY;
	return strcmp(name, "json") == 0 ? FORM_JSON : -1;
}

static int
unknown_form(const struct product *p, const char *name, struct error *e)
{
	struct buf all = { 0 };

	for (const struct list_form *f = p->forms; f->name != NULL; f++)
		buf_printf(&all, "%s, ", f->name);
	error_set(e, "--format %s: %s is written as %sregistry or json", name,
	    p->title, all.at);
	buf_free(&all);
	return -1;
}

/* Workarounds are for those who ask for their class. */
static bool
wants_workarounds(const struct settings *s)
{
	for (size_t i = 0; i < s->class.n; i++)
		if (class_facts(class_by_name(text_of(s->class.at[i])))->entry
		    == ENTRY_OPTIONAL)
			return true;
	return false;
}

static bool
is_written(const struct entry *e)
{
	return e->verdict == VERDICT_ADD || e->verdict == VERDICT_WORKAROUND;
}

/* The entries to be written, as a list; the registry gets its columns. */
static void
make_list(const struct report *r, const struct product *p,
    struct exclusions *list)
{
	int64_t last = r->last != CLOCK_UNKNOWN ? r->last : clock_now();
	char day[CLOCK_ISO_SIZE];

	for (size_t i = 0; i < r->n_suggestions; i++) {
		const struct entry *s = &r->suggestions[i];
		struct listed *e;

		if (!is_written(s))
			continue;
		e = list_add_expressed(list, p, s->entry);
		if (e == NULL)
			continue;
		e->comment = s->comment;
		e->reason = s->why;
		e->evidence = s->findings[0];
		clock_iso(last, day);
		e->added = pool_printf(list->pool, "%.10s", day);
		clock_iso(last + REVIEW_DAYS * CLOCK_DAY, day);
		e->review = pool_printf(list->pool, "%.10s", day);
	}
}

static struct json_object *
lost_json(const struct entry *e, uint64_t n)
{
	return e->lost_unknown ? NULL : json_object_new_uint64(n);
}

static struct json_object *
entry_json(const struct entry *e)
{
	struct json_object *o = json_object_new_object();
	struct json_object *findings = json_object_new_array();
	struct json_object *others = json_object_new_array();
	const char *risk = entry_risk_name(e->risk);

	json_put(o, "product", json_string(text_of(e->product)));
	json_put(o, "entry", json_string(e->entry));
	json_put(o, "matches", json_text(e->matches));
	json_put(o, "comment", json_text(e->comment));
	for (size_t i = 0; i < e->n_findings; i++)
		json_push(findings, json_string(e->findings[i]));
	json_put(o, "findings", findings);
	json_put(o, "fixes", json_object_new_uint64(e->fixes));
	json_put(o, "inspected_lost", lost_json(e, e->inspected_lost));
	json_put(o, "bytes_lost", lost_json(e, e->bytes_lost));
	json_put(o, "clients_lost", lost_json(e, e->clients_lost));
	for (size_t i = 0; i < e->n_others; i++)
		json_push(others, json_string(e->others[i]));
	json_put(o, "others", others);
	json_put(o, "risk", risk != NULL ? json_object_new_string(risk) : NULL);
	json_put(o, "verdict", json_object_new_string(
	    entry_verdict_name(e->verdict)));
	json_put(o, "why", json_text(e->why));
	return o;
}

static void
write_json(const struct report *r, struct buf *out)
{
	struct json_object *o = json_object_new_object();
	struct json_object *all = json_object_new_array();

	json_put(o, "schema", json_object_new_string("pinspot/suggest/v1"));
	json_put(o, "product", json_string(text_of(r->product)));
	for (size_t i = 0; i < r->n_suggestions; i++)
		json_push(all, entry_json(&r->suggestions[i]));
	json_put(o, "suggestions", all);
	buf_string(out, json_line(o));
	buf_char(out, '\n');
	json_object_put(o);
}

/* What a reader of the list alone would not learn. */
static void
tell_rest(const struct settings *s, const struct report *r,
    const struct product *p, size_t n_written)
{
	size_t n_left = 0;

	if (n_written == 0 && !s->quiet)
		error_warn("no entries: nothing here is surely cured by an "
		    "exclusion");
	for (size_t i = 0; i < r->n_suggestions && !s->quiet; i++) {
		const struct entry *e = &r->suggestions[i];

		if (is_written(e) || (++n_left > LEFT_OUT_TOLD && !s->verbose))
			continue;
		error_warn("not written: %.*s (%s): %.*s", TEXT_ARG(e->entry),
		    entry_verdict_name(e->verdict), TEXT_ARG(e->why));
	}
	if (n_left > LEFT_OUT_TOLD && !s->verbose)
		error_warn("%zu more were not written; -v tells of each, "
		    "-f json has them", n_left - LEFT_OUT_TOLD);
	if (p->max_entries > 0 && n_written > p->max_entries)
		error_warn("%zu entries, and %s takes %zu in one list: split it",
		    n_written, p->title, p->max_entries);
}

/* Returns the exit status. */
static int
write_to(const struct report *r, const struct product *p, const char *path,
    const char *name, const struct exclusions *list, struct error *e)
{
	const struct list_form *form = product_form(p, NULL);
	struct buf out = { 0 };
	int kind = FORM_OF_PRODUCT, result;

	if (name != NULL)
		kind = form_by_name(p, name, &form);
	/* A file's suffix need not say anything. */
	if (kind < 0 && path != NULL) {
		kind = FORM_OF_PRODUCT;
		form = product_form(p, NULL);
	}
	if (kind < 0) {
		unknown_form(p, name, e);
		return EXIT_USAGE;
	}
	if (kind == FORM_JSON)
		write_json(r, &out);
	else if (kind == FORM_REGISTRY)
		registry_write(list->entries, list->n, &out);
	else if (list->n > 0)
		product_write(form, list->entries, list->n, &out);
	result = documents_put(path, buf_view(&out), e);
	buf_free(&out);
	return result == 0 ? EXIT_OK : EXIT_INTERNAL;
}

/* Returns the exit status. */
static int
write_all(const struct settings *s, const struct report *r, struct error *e)
{
	const struct product *p = product_by_name(text_of(r->product));
	struct exclusions list;
	int result = EXIT_OK;

	list_init(&list);
	make_list(r, p, &list);
	if (s->output.n == 0 || s->format != NULL)
		result = write_to(r, p, NULL, s->format, &list, e);
	for (size_t i = 0; i < s->output.n && result == EXIT_OK; i++) {
		const char *dot = strrchr(s->output.at[i], '.');

		result = write_to(r, p, s->output.at[i],
		    dot != NULL ? dot + 1 : NULL, &list, e);
	}
	if (result == EXIT_OK)
		tell_rest(s, r, p, list.n);
	list_free(&list);
	return result;
}

/* Wrong words are told before a long run, not after it. */
static int
check_words(const struct settings *s, struct error *e)
{
	const struct product *p = s->product != NULL ?
	    product_by_name(text_of(s->product)) : NULL;
	const struct list_form *form;

	if (s->anonymize)
		return error_set(e, "--anonymize: a list needs the real names");
	if (p != NULL && s->format != NULL &&
	    form_by_name(p, s->format, &form) < 0)
		return unknown_form(p, s->format, e);
	return select_check(s, e);
}

int
cmd_suggest(const struct settings *s, int argc, char **argv)
{
	struct analysis a;
	struct error e;
	const char *product;
	int status, result;

	if (argc == 0) {
		error_warn("nothing to read: name captures or logs, or - for "
		    "standard input; try: pinspot --help");
		return EXIT_USAGE;
	}
	if (check_words(s, &e) != 0) {
		error_warn("%s", e.text);
		return EXIT_USAGE;
	}
	if (analysis_run(&a, s, false, argc, argv) == 0) {
		product = analysis_product(&a);
		result = (wants_workarounds(s) ?
		    suggest_with_workarounds(a.report, product, &e) :
		    suggest_entries(a.report, product, &e)) != 0 ?
		    EXIT_USAGE : EXIT_OK;
		if (result == EXIT_OK) {
			select_findings(s, a.report);
			result = write_all(s, a.report, &e);
		}
		if (result != EXIT_OK)
			error_warn("%s", e.text);
		a.status = exit_worse(a.status, result);
	}
	status = a.status;
	analysis_free(&a);
	return status;
}
