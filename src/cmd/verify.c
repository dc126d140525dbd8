/*
 * pinspot verify LIST INPUT...: does the list do what its writer thinks?
 */
#include "exclude/verify.h"

#include <string.h>

#include "cmd/cmd.h"
#include "cmd/documents.h"
#include "cmd/listing.h"
#include "exclude/product.h"
#include "report/words.h"

enum { SHOWN = 100 /* complaints without -v */ };

static const enum style styles[N_PROBLEMS] = {
	[PROBLEM_NOT_EFFECTIVE] = STYLE_RED,
	[PROBLEM_BLOCK_PAGE] = STYLE_RED,
	[PROBLEM_FORM] = STYLE_RED,
	[PROBLEM_MISSES] = STYLE_RED,
	[PROBLEM_TOO_WIDE] = STYLE_YELLOW,
	[PROBLEM_EXPIRED] = STYLE_YELLOW,
	[PROBLEM_DUPLICATE] = STYLE_DIM,
	[PROBLEM_SHADOWED] = STYLE_DIM,
	[PROBLEM_STALE] = STYLE_DIM,
};

static void
write_counts(struct page *p, const struct verification *v)
{
	struct buf line = { 0 };

	words_count(&line, v->counts[PROBLEM_NONE], "entry is fine",
	    "entries are fine");
	for (enum problem k = PROBLEM_NONE + 1; k < N_PROBLEMS; k++)
		if (v->counts[k] > 0) {
			buf_printf(&line, ", %s ", problem_name(k));
			words_number(&line, v->counts[k]);
		}
	page_to(p, LABEL_INDENT);
	page_prose(p, STYLE_PLAIN, LABEL_INDENT, buf_view(&line));
	buf_free(&line);
}

/* The entry once, with its line, then what is wrong with it. */
static void
write_complaint(struct page *p, const struct complaint *c, bool first)
{
	struct buf line = { 0 };

	if (first) {
		page_text(p, STYLE_BOLD, c->entry->entry);
		buf_printf(&line, "  line %llu",
		    (unsigned long long)c->entry->line);
		page_text(p, STYLE_DIM, buf_view(&line));
		page_line(p);
	}
	line.n = 0;
	if (c->host.n > 0) {
		buf_text(&line, c->host);
		if (c->connections > 0) {
			buf_string(&line, " (");
			if (c->problem == PROBLEM_MISSES)
				words_count(&line, c->connections,
				    "failed attempt", "failed attempts");
			else
				words_count(&line, c->connections,
				    "connection", "connections");
			buf_char(&line, ')');
		}
		buf_string(&line, ": ");
	}
	buf_text(&line, c->why);
	page_to(p, LABEL_INDENT);
	page_string(p, styles[c->problem], problem_name(c->problem));
	page_to(p, LABEL_INDENT + 14);
	page_prose(p, STYLE_PLAIN, LABEL_INDENT + 14, buf_view(&line));
	buf_free(&line);
}

static void
write_page(const struct listing *l, const struct verification *v,
    struct buf *out)
{
	const struct settings *s = l->analysis.settings;
	struct render_options o = documents_options(s);
	size_t n = s->verbose > 0 || v->n < SHOWN ? v->n : SHOWN;
	struct buf line = { 0 };
	struct page p;

	page_init(&p, out, &o);
	listing_head(l, &p, "verify");
	write_counts(&p, v);
	if (n > 0)
		page_line(&p);
	for (size_t i = 0; i < n; i++)
		write_complaint(&p, &v->complaints[i], i == 0 ||
		    v->complaints[i].entry != v->complaints[i - 1].entry);
	if (n < v->n) {
		buf_string(&line, "… ");
		words_count(&line, v->n - n, "more", "more");
		buf_string(&line, "; -v shows them all");
		page_prose(&p, STYLE_DIM, 0, buf_view(&line));
	}
	buf_free(&line);
}

static struct json_object *
complaint_json(const struct complaint *c)
{
	struct json_object *o = json_object_new_object();

	json_put(o, "entry", json_string(c->entry->entry));
	json_put(o, "product", json_string(text_of(c->entry->product->name)));
	json_put(o, "line", json_object_new_uint64(c->entry->line));
	json_put(o, "problem", json_object_new_string(
	    problem_name(c->problem)));
	json_put(o, "why", json_string(c->why));
	json_put(o, "host", json_text(c->host));
	json_put(o, "connections", c->host.n > 0 ?
	    json_object_new_uint64(c->connections) : NULL);
	return o;
}

static struct json_object *
verify_json(const struct listing *l, const struct verification *v)
{
	struct json_object *o = json_object_new_object();
	struct json_object *counts = json_object_new_object();
	struct json_object *problems = json_object_new_array();

	json_put(o, "schema", json_object_new_string("pinspot/verify/v1"));
	json_put(o, "list", listing_json(l));
	json_put(counts, "fine",
	    json_object_new_uint64(v->counts[PROBLEM_NONE]));
	for (enum problem k = PROBLEM_NONE + 1; k < N_PROBLEMS; k++)
		json_put(counts, problem_name(k),
		    json_object_new_uint64(v->counts[k]));
	json_put(o, "counts", counts);
	for (size_t i = 0; i < v->n; i++)
		json_push(problems, complaint_json(&v->complaints[i]));
	json_put(o, "problems", problems);
	return o;
}

/* --fail-on takes the problems, and any. */
static int
fail_on_check(const struct settings *s, struct error *e)
{
	const char *names[N_PROBLEMS] = { "any" };
	const char *guess;

	for (enum problem k = PROBLEM_NONE + 1; k < N_PROBLEMS; k++)
		names[k] = problem_name(k);
	for (size_t i = 0; i < s->fail_on.n; i++) {
		const char *word = s->fail_on.at[i];
		bool known = false;

		for (int k = 0; k < N_PROBLEMS; k++)
			known |= strcmp(word, names[k]) == 0;
		if (known)
			continue;
		guess = error_nearest(word, names, N_PROBLEMS);
		return error_set(e, "--fail-on: unknown problem \"%s\"%s%s%s",
		    word, guess != NULL ? ", did you mean \"" :
		    "; pinspot-lists(5) lists them", guess != NULL ? guess : "",
		    guess != NULL ? "\"?" : "");
	}
	return 0;
}

static bool
is_failing(const struct settings *s, const struct verification *v)
{
	for (size_t i = 0; i < s->fail_on.n; i++) {
		const char *word = s->fail_on.at[i];

		if (strcmp(word, "any") == 0 && v->n > 0)
			return true;
		for (enum problem k = PROBLEM_NONE + 1; k < N_PROBLEMS; k++)
			if (strcmp(word, problem_name(k)) == 0 &&
			    v->counts[k] > 0)
				return true;
	}
	return false;
}

int
cmd_verify(const struct settings *s, int argc, char **argv)
{
	struct listing l;
	struct verification v;
	struct buf page = { 0 };
	struct error e;
	int status;

	if (fail_on_check(s, &e) != 0) {
		error_warn("%s", e.text);
		return EXIT_USAGE;
	}
	if (listing_open(&l, s, true, argc, argv)) {
		verify_run(&v, l.analysis.report, &l.list);
		write_page(&l, &v, &page);
		l.status = exit_worse(l.status, listing_print(&l,
		    buf_view(&page), verify_json(&l, &v)));
		if (is_failing(s, &v))
			l.status = exit_worse(l.status, EXIT_MATCHED);
		verify_free(&v);
		buf_free(&page);
	}
	status = l.status;
	listing_free(&l);
	return status;
}
