/*
 * pinspot whatif LIST INPUT...: what the list would have done to this traffic.
 */
#include "exclude/whatif.h"

#include "cmd/cmd.h"
#include "cmd/documents.h"
#include "cmd/listing.h"
#include "report/words.h"

enum {
	ROWS_SHOWN = 50, STEPS_SHOWN = 20, /* without -v */
	/* Right edges of the numbers' columns, from the right. */
	CLIENTS_WIDTH = 9, LOST_WIDTH = 12, FIXED_WIDTH = 9,
	WIDTH_LEAST = 60,
};

static void
number(struct page *p, enum style style, int column, uint64_t n)
{
	struct buf text = { 0 };

	words_number(&text, n);
	page_right(p, style, column, buf_view(&text));
	buf_free(&text);
}

static int
width_of(const struct page *p)
{
	return p->width > WIDTH_LEAST ? p->width : WIDTH_LEAST;
}

/* A name and three numbers; a name that is too long gets a line of its own. */
static void
row(struct page *p, int indent, struct text name, const struct price *price)
{
	int right = width_of(p);

	page_to(p, indent);
	page_text(p, STYLE_PLAIN, name);
	if (p->column > right - CLIENTS_WIDTH - LOST_WIDTH - FIXED_WIDTH)
		page_line(p);
	number(p, price->fixed > 0 ? STYLE_GREEN : STYLE_DIM,
	    right - CLIENTS_WIDTH - LOST_WIDTH, price->fixed);
	number(p, price->lost > 0 ? STYLE_YELLOW : STYLE_PLAIN,
	    right - CLIENTS_WIDTH, price->lost);
	number(p, STYLE_PLAIN, right, price->clients_lost);
	page_line(p);
}

static void
heading(struct page *p, const char *name)
{
	int right = width_of(p);

	page_line(p);
	page_string(p, STYLE_BOLD, name);
	page_right(p, STYLE_DIM, right - CLIENTS_WIDTH - LOST_WIDTH,
	    TEXT("fixed"));
	page_right(p, STYLE_DIM, right - CLIENTS_WIDTH, TEXT("lost"));
	page_right(p, STYLE_DIM, right, TEXT("clients"));
	page_line(p);
}

static void
write_others(struct page *p, const struct whatif_row *r)
{
	struct buf line = { 0 };

	if (r->alone.n_hosts == 0)
		buf_string(&line, "no such host in this traffic");
	else if (r->alone.n_others > 0) {
		buf_string(&line, r->alone.n_others < r->alone.n_hosts ?
		    "also catches " : "nothing to cure at ");
		words_list(&line, r->others, r->n_others, r->alone.n_others,
		    3);
	}
	if (line.n > 0) {
		page_to(p, LABEL_INDENT);
		page_prose(p, STYLE_DIM, LABEL_INDENT, buf_view(&line));
	}
	buf_free(&line);
}

static void
write_rows(struct page *p, const struct whatif *w, size_t most)
{
	size_t n = w->n_rows < most ? w->n_rows : most;
	struct buf line = { 0 };

	heading(p, "ENTRIES");
	for (size_t i = 0; i < n; i++) {
		row(p, 3, w->rows[i].entry->entry, &w->rows[i].alone);
		write_others(p, &w->rows[i]);
	}
	if (n < w->n_rows) {
		buf_string(&line, "… ");
		words_count(&line, w->n_rows - n, "more entry",
		    "more entries");
		buf_string(&line, "; -v shows them all");
		page_to(p, 3);
		page_prose(p, STYLE_DIM, 3, buf_view(&line));
	}
	row(p, 3, TEXT("the whole list"), &w->total);
	buf_free(&line);
}

/* "61 of 81 attempts are left: missing-ca 40, pinning 21" */
static void
write_left(struct page *p, const struct whatif *w)
{
	struct buf line = { 0 };
	bool first = true;

	words_number(&line, w->total.left);
	buf_string(&line, " of ");
	words_count(&line, w->total.left + w->total.fixed, "failed attempt",
	    "failed attempts");
	buf_string(&line, w->total.left == 1 ? " is left" : " are left");
	for (int c = 0; c < N_CLASSES; c++) {
		if (w->left[c] == 0)
			continue;
		buf_string(&line, first ? ": " : ", ");
		buf_printf(&line, "%s ", c == CLASS_UNKNOWN ? "no verdict" :
		    class_facts((enum class)c)->name);
		words_number(&line, w->left[c]);
		first = false;
	}
	page_to(p, 3);
	page_prose(p, STYLE_PLAIN, 3, buf_view(&line));
	buf_free(&line);
}

static void
write_steps(struct page *p, const struct whatif *w, size_t most)
{
	struct buf line = { 0 };

	if (w->n_steps == 0)
		return;
	heading(p, "THE SMALLEST LIST, ENTRY BY ENTRY");
	for (size_t i = 0; i < w->n_steps && i < most; i++) {
		const struct whatif_step *s = &w->steps[i];
		int right = width_of(p);

		line.n = 0;
		buf_printf(&line, "%s%.*s", i > 0 ? "+ " : "  ",
		    TEXT_ARG(s->entry->entry));
		page_to(p, 3);
		page_text(p, STYLE_PLAIN, buf_view(&line));
		if (s->suggested)
			page_string(p, STYLE_DIM, " (not on the list)");
		number(p, STYLE_GREEN, right - CLIENTS_WIDTH - LOST_WIDTH,
		    s->fixed);
		number(p, STYLE_PLAIN, right - CLIENTS_WIDTH, s->lost);
		page_line(p);
	}
	if (w->n_steps > most) {
		line.n = 0;
		buf_string(&line, "… ");
		words_count(&line, w->n_steps - most, "more step",
		    "more steps");
		buf_string(&line, "; -v shows them all");
		page_to(p, 3);
		page_prose(p, STYLE_DIM, 3, buf_view(&line));
	}
	buf_free(&line);
}

static void
write_too_wide(struct page *p, const struct whatif *w)
{
	struct buf line = { 0 };
	bool any = false;

	for (size_t i = 0; i < w->n_rows; i++) {
		const struct whatif_row *r = &w->rows[i];

		if (!r->too_wide)
			continue;
		if (!any) {
			page_line(p);
			page_string(p, STYLE_BOLD, "WIDER THAN NEEDED");
			page_line(p);
		}
		any = true;
		line.n = 0;
		buf_text(&line, r->entry->entry);
		buf_string(&line, ": the smallest list cures as much without "
		    "it, and it gives up ");
		words_count(&line, r->alone.lost, "inspected session",
		    "inspected sessions");
		page_to(p, 3);
		page_prose(p, STYLE_YELLOW, LABEL_INDENT, buf_view(&line));
	}
	buf_free(&line);
}

static void
write_page(const struct listing *l, const struct whatif *w, struct buf *out)
{
	const struct settings *s = l->analysis.settings;
	struct render_options o = documents_options(s);
	struct page p;

	page_init(&p, out, &o);
	listing_head(l, &p, "whatif");
	write_rows(&p, w, s->verbose > 0 ? SIZE_MAX : ROWS_SHOWN);
	write_left(&p, w);
	write_steps(&p, w, s->verbose > 0 ? SIZE_MAX : STEPS_SHOWN);
	write_too_wide(&p, w);
}

static void
put_price(struct json_object *o, const struct price *p)
{
	json_put(o, "fixed", json_object_new_uint64(p->fixed));
	json_put(o, "left", json_object_new_uint64(p->left));
	json_put(o, "inspected_lost", json_object_new_uint64(p->lost));
	json_put(o, "bytes_lost", json_object_new_uint64(p->bytes_lost));
	json_put(o, "clients_lost", json_object_new_uint64(p->clients_lost));
	json_put(o, "hosts", json_object_new_uint64(p->n_hosts));
}

static struct json_object *
row_json(const struct whatif_row *r)
{
	struct json_object *o = json_object_new_object();
	struct json_object *others = json_object_new_array();

	json_put(o, "entry", json_string(r->entry->entry));
	json_put(o, "product", json_string(text_of(r->entry->product->name)));
	json_put(o, "line", json_object_new_uint64(r->entry->line));
	put_price(o, &r->alone);
	json_put(o, "first_fixed", json_object_new_uint64(r->first_fixed));
	for (size_t i = 0; i < r->n_others; i++)
		json_push(others, json_string(r->others[i]));
	json_put(o, "others", others);
	json_put(o, "n_others", json_object_new_uint64(r->alone.n_others));
	json_put(o, "too_wide", json_object_new_boolean(r->too_wide));
	return o;
}

static struct json_object *
whatif_json(const struct listing *l, const struct whatif *w)
{
	struct json_object *o = json_object_new_object();
	struct json_object *total = json_object_new_object();
	struct json_object *left = json_object_new_object();
	struct json_object *rows = json_object_new_array();
	struct json_object *steps = json_object_new_array();

	json_put(o, "schema", json_object_new_string("pinspot/whatif/v1"));
	json_put(o, "list", listing_json(l));
	put_price(total, &w->total);
	json_put(total, "attempts",
	    json_object_new_uint64(w->total.fixed + w->total.left));
	for (int c = 0; c < N_CLASSES; c++)
		if (w->left[c] > 0)
			json_put(left, class_facts((enum class)c)->name,
			    json_object_new_uint64(w->left[c]));
	json_put(total, "left_by_class", left);
	json_put(o, "total", total);
	for (size_t i = 0; i < w->n_rows; i++)
		json_push(rows, row_json(&w->rows[i]));
	json_put(o, "entries", rows);
	for (size_t i = 0; i < w->n_steps; i++) {
		const struct whatif_step *s = &w->steps[i];
		struct json_object *step = json_object_new_object();

		json_put(step, "entry", json_string(s->entry->entry));
		json_put(step, "on_list",
		    json_object_new_boolean(!s->suggested));
		json_put(step, "fixed", json_object_new_uint64(s->fixed));
		json_put(step, "inspected_lost",
		    json_object_new_uint64(s->lost));
		json_push(steps, step);
	}
	json_put(o, "smallest", steps);
	return o;
}

int
cmd_whatif(const struct settings *s, int argc, char **argv)
{
	struct listing l;
	struct whatif w;
	struct buf page = { 0 };
	int status;

	if (listing_open(&l, s, false, argc, argv)) {
		whatif_run(&w, l.analysis.report, &l.list);
		write_page(&l, &w, &page);
		l.status = exit_worse(l.status, listing_print(&l,
		    buf_view(&page), whatif_json(&l, &w)));
		whatif_free(&w);
		buf_free(&page);
	}
	status = l.status;
	listing_free(&l);
	return status;
}
