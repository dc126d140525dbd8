/*
 * All that is known of one finding, or of a class, for a terminal.
 */
#include "report/formats.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "report/marks.h"
#include "report/page.h"
#include "report/text.h"
#include "report/words.h"

enum {
	CELLS_SHOWN = 12, /* of each half of the contrast, without -v */
	LADDER_SHOWN = 40,
};

static void
heading(struct page *p, const char *name)
{
	page_line(p);
	page_string(p, STYLE_BOLD, name);
	page_line(p);
}

static void
list(struct page *p, const char *name, const struct text *texts, size_t n)
{
	if (n == 0)
		return;
	heading(p, name);
	for (size_t i = 0; i < n; i++) {
		page_to(p, 3);
		page_string(p, STYLE_DIM, "· ");
		page_prose(p, STYLE_PLAIN, 5, texts[i]);
	}
}

/* Where the columns of the ladder end or begin. */
struct rungs {
	int time, length, arrow, what;
};

/* Who spoke is told by the arrow. */
static void
write_rung(struct page *p, const struct finding *f, const struct rung *rung)
{
	static const struct rungs wide = { 22, 37, 40, 49 };
	static const struct rungs narrow = { 18, 27, 28, 30 };
	bool is_wide = p->width >= PAGE_NARROW;
	const struct rungs *at = is_wide ? &wide : &narrow;
	bool client = rung->from == SIDE_CLIENT;
	struct buf line = { 0 };

	buf_printf(&line, "#%llu", (unsigned long long)rung->frame);
	page_to(p, is_wide ? 3 : 0);
	if (rung->frame > 0)
		page_text(p, STYLE_DIM, buf_view(&line));
	line.n = 0;
	if (rung->time != CLOCK_UNKNOWN && f->ladder[0].time != CLOCK_UNKNOWN)
		words_duration(&line, rung->time - f->ladder[0].time);
	page_right(p, STYLE_PLAIN, at->time, buf_view(&line));
	line.n = 0;
	if (rung->length > 0)
		words_count(&line, rung->length, is_wide ? "byte" : "B",
		    is_wide ? "bytes" : "B");
	page_right(p, STYLE_PLAIN, at->length, buf_view(&line));
	page_to(p, at->arrow);
	if (rung->from != SIDE_UNKNOWN)
		page_string(p, client ? STYLE_YELLOW : STYLE_BLUE,
		    client ? is_wide ? "client →" : "→"
			   : is_wide ? "← server" : "←");
	page_to(p, at->what);
	page_prose(p, STYLE_PLAIN, at->what, rung->what);
	buf_free(&line);
}

static void
write_ladder(struct page *p, const struct report *r, const struct finding *f,
    bool utc)
{
	struct buf line = { 0 };
	size_t n = f->n_ladder < LADDER_SHOWN ? f->n_ladder : LADDER_SHOWN;

	if (n == 0)
		return;
	heading(p, "ONE CONNECTION THAT PROVES IT");
	buf_text(&line, input_name(r, f->proof->input));
	if (f->ladder[0].time != CLOCK_UNKNOWN) {
		buf_string(&line, " · ");
		words_time(&line, f->ladder[0].time, utc);
	}
	page_to(p, 3);
	page_prose(p, STYLE_DIM, 3, buf_view(&line));
	for (size_t i = 0; i < n; i++)
		write_rung(p, f, &f->ladder[i]);
	if (n < f->n_ladder) {
		page_to(p, 3);
		page_string(p, STYLE_DIM, "…");
		page_line(p);
	}
	buf_free(&line);
}

static void
write_count(struct page *p, int column, uint64_t n, enum style style)
{
	struct buf line = { 0 };

	words_number(&line, n);
	page_right(p, n > 0 ? style : STYLE_DIM, column, buf_view(&line));
	buf_free(&line);
}

static void
profile_name(struct buf *out, const struct profile *profile)
{
	const struct text *parts[] = { &profile->app, &profile->user,
		&profile->client, &profile->fingerprint };

	for (size_t i = 0; i < N_ITEMS(parts); i++) {
		if (parts[i]->n == 0)
			continue;
		buf_string(out, out->n > 0 ? ", " : "");
		buf_text(out, *parts[i]);
	}
}

/* Where the numbers of the contrast table stand; "failed" is what no client
 * refused. */
static int
accepted_column(const struct page *p)
{
	return p->width >= PAGE_NARROW ? p->width - 24 : p->width - 12;
}

static void
write_cell(struct page *p, const struct cell *c, struct text name)
{
	int accepted = accepted_column(p);
	struct buf safe = { 0 };
	struct text rest;

	page_safe(p, &safe, name);
	rest = buf_view(&safe);
	page_to(p, 3);
	page_piece(p, STYLE_PLAIN, page_cut(&rest, accepted - 14));
	write_count(p, accepted, c->attempts.accepted, STYLE_GREEN);
	write_count(p, accepted + 10, c->attempts.rejected, STYLE_RED);
	if (p->width >= PAGE_NARROW) {
		write_count(p, accepted + 18, c->attempts.refused +
		    c->attempts.network + c->attempts.other, STYLE_PLAIN);
		write_count(p, accepted + 24, c->attempts.idle, STYLE_PLAIN);
	}
	page_line(p);
	while (rest.n > 0) {
		page_to(p, 5);
		page_piece(p, STYLE_PLAIN, page_cut(&rest, accepted - 16));
		page_line(p);
	}
	buf_free(&safe);
}

static void
table_heading(struct page *p, const char *name)
{
	int accepted = accepted_column(p);

	page_to(p, 3);
	page_string(p, STYLE_DIM, name);
	if (p->width < PAGE_NARROW)
		page_line(p);
	page_right(p, STYLE_DIM, accepted, TEXT("accepted"));
	page_right(p, STYLE_DIM, accepted + 10, TEXT("rejected"));
	if (p->width >= PAGE_NARROW) {
		page_right(p, STYLE_DIM, accepted + 18, TEXT("failed"));
		page_right(p, STYLE_DIM, accepted + 24, TEXT("idle"));
	}
	page_line(p);
}

/* Which profiles the finding's own traffic holds; the caller frees it. */
static bool *
own_profiles(const struct report *r, uint32_t finding)
{
	bool *own = mem_zero(r->n_profiles + 1, sizeof(*own));

	for (size_t i = 0; i < r->n_cells; i++)
		if (r->cells[i].finding == finding)
			own[r->cells[i].profile] = true;
	return own;
}

static void
told_rest(struct page *p, size_t n)
{
	struct buf line = { 0 };

	if (n == 0)
		return;
	buf_string(&line, "… ");
	words_count(&line, n, "more", "more");
	page_to(p, 3);
	page_text(p, STYLE_DIM, buf_view(&line));
	page_line(p);
	buf_free(&line);
}

/* What every program met at this host. */
static void
write_same_host(struct page *p, const struct report *r, uint32_t host,
    size_t most)
{
	struct buf name = { 0 };
	size_t n = 0;

	table_heading(p, "this host, by program");
	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *c = &r->cells[i];

		if (c->host != host || n++ >= most)
			continue;
		name.n = 0;
		profile_name(&name, &r->profiles[c->profile]);
		write_cell(p, c, buf_view(&name));
	}
	told_rest(p, n > most ? n - most : 0);
	buf_free(&name);
}

/* What the programs of the finding met elsewhere. */
static void
write_same_profile(struct page *p, const struct report *r, uint32_t finding,
    size_t most)
{
	bool *own = own_profiles(r, finding);
	size_t n = 0;

	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *c = &r->cells[i];

		if (c->finding == finding || !own[c->profile] ||
		    c->interception == INTERCEPTION_NONE)
			continue;
		if (n == 0)
			table_heading(p, "the same program, other hosts");
		if (n++ < most)
			write_cell(p, c, r->hosts[c->host].name);
	}
	told_rest(p, n > most ? n - most : 0);
	free(own);
}

static void
write_contrast(struct page *p, const struct report *r,
    const struct finding *f, bool all)
{
	uint32_t number = (uint32_t)(f - r->findings) + 1;
	size_t most = all ? SIZE_MAX : CELLS_SHOWN;

	if (r->n_cells == 0)
		return;
	heading(p, "CONTRAST, in attempts");
	if (f->host > 0)
		write_same_host(p, r, f->host - 1, most);
	write_same_profile(p, r, number, most);
}

static void
write_entries(struct page *p, const struct finding *f)
{
	struct buf line = { 0 };

	if (f->n_entries == 0)
		return;
	heading(p, "ENTRIES");
	for (size_t i = 0; i < f->n_entries; i++) {
		const struct entry *e = &f->entries[i];

		line.n = 0;
		buf_text(&line, e->entry);
		buf_printf(&line, " (%s): fixes ", e->product != NULL
		    ? e->product : "plain");
		words_count(&line, e->fixes, "attempt", "attempts");
		buf_string(&line, ", gives up ");
		words_lost_sessions(&line, e);
		if (e->why.n > 0) {
			buf_string(&line, "; ");
			buf_text(&line, e->why);
		}
		page_to(p, 3);
		page_prose(p, STYLE_PLAIN, 5, buf_view(&line));
	}
	buf_free(&line);
}

void
explain_finding(const struct report *r, const struct finding *f,
    const struct render_options *o, struct buf *out)
{
	const struct class_facts *class = class_facts(f->class);
	struct page p;

	page_init(&p, out, o);
	text_verdict(&p, f);
	page_line(&p);
	page_labelled(&p, "meaning", text_of(class->meaning));
	page_labelled(&p, "what to do", f->advice);
	page_labelled(&p, "rule", f->rule);
	page_labelled(&p, "finding", text_of(f->id));
	heading(&p, "WHY");
	text_why(&p, r, f, true);
	write_ladder(&p, r, f, o->utc);
	write_contrast(&p, r, f, o->verbose > 0);
	list(&p, "WHAT WOULD CHANGE THE VERDICT", f->would_change,
	    f->n_would_change);
	write_entries(&p, f);
}

void
explain_class(enum class c, const struct render_options *o, struct buf *out)
{
	static const char *const entries[] = {
		[ENTRY_NEVER] = "never: an exclusion entry would cure nothing",
		[ENTRY_OPTIONAL] = "only as a workaround: it hides the cause",
		[ENTRY_YES] = "yes: the only cure, at the price of inspection",
	};
	const struct class_facts *class = class_facts(c);
	struct page p;

	page_init(&p, out, o);
	page_to(&p, LABEL_INDENT);
	page_string(&p, mark_of(c)->style, mark_of(c)->symbol);
	page_string(&p, STYLE_PLAIN, " ");
	page_string(&p, STYLE_BOLD, class->name);
	page_line(&p);
	page_labelled(&p, "meaning", text_of(class->meaning));
	page_labelled(&p, "what to do", text_of(class->advice));
	page_labelled(&p, "entry", text_of(entries[class->entry]));
}
