#include "cmd/remembered.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/sandbox.h"
#include "cmd/cmd.h"
#include "cmd/documents.h"
#include "history/store.h"
#include "report/page.h"
#include "report/words.h"

enum {
	ROWS_SHOWN = 12, /* of each half of the contrast, without -v */
	FINDINGS_MAX = 64, /* on one host; there is one of a class */
	COLUMN_DAY = 12, /* the columns that a day takes */
	COLUMN_COUNT = 10,
	N_COUNTS = 4,
};

struct remembered {
	struct page page;
	struct history *history;
	bool utc, all;
	struct text ids[FINDINGS_MAX]; /* copies, ended by a NUL */
	char id_room[FINDINGS_MAX][16];
	size_t n_findings;
	const char *heading; /* of the table, while it has no row */
	bool headed; /* there was a table */
	size_t n_rows;
};

static void
seen(struct remembered *m, const struct history_finding *f)
{
	struct buf words = { 0 };

	words_time(&words, f->first_seen, m->utc);
	buf_string(&words, " to ");
	words_time(&words, f->last_seen, m->utc);
	if (f->attempts > 0) {
		buf_string(&words, ": ");
		words_count(&words, f->attempts, "attempt", "attempts");
		buf_string(&words, " on ");
		words_count(&words, f->days, "day", "days");
	}
	page_labelled(&m->page, "seen", buf_view(&words));
	buf_free(&words);
}

static void
acknowledged(struct remembered *m, const struct history_finding *f)
{
	struct buf words = { 0 };

	if (f->ack_until == CLOCK_UNKNOWN)
		return;
	buf_string(&words, "until ");
	words_time(&words, f->ack_until, m->utc);
	buf_string(&words, ": ");
	buf_text(&words, f->ack_reason);
	page_labelled(&m->page, "acknowledged", buf_view(&words));
	buf_free(&words);
}

static void
gone(struct remembered *m, const struct history_finding *f)
{
	struct buf words = { 0 };

	if (!text_is(f->status, "gone"))
		return;
	buf_string(&words, "accepted since, last ");
	words_time(&words, f->gone_since, m->utc);
	page_labelled(&m->page, "gone", buf_view(&words));
	buf_free(&words);
}

/* A history_finding_fn: the verdict, as explain of inputs begins. */
static void
write_finding(const struct history_finding *f, void *arg)
{
	struct remembered *m = arg;
	const struct class_facts *class = class_facts(class_by_name(f->class));
	struct buf words = { 0 };
	char *id;

	if (m->n_findings == FINDINGS_MAX || f->id.n >= sizeof(m->id_room[0]))
		return;
	id = m->id_room[m->n_findings];
	memcpy(id, f->id.at, f->id.n);
	m->ids[m->n_findings++] = (struct text){ id, f->id.n };
	page_to(&m->page, LABEL_INDENT);
	page_text(&m->page, STYLE_BOLD, f->host);
	buf_string(&words, " → ");
	buf_text(&words, f->class);
	buf_string(&words, ", ");
	buf_text(&words, f->confidence);
	page_text(&m->page, STYLE_PLAIN, buf_view(&words));
	page_line(&m->page);
	page_labelled(&m->page, "whose", f->subject);
	page_labelled(&m->page, "meaning", text_of(class->meaning));
	page_labelled(&m->page, "what to do", text_of(class->advice));
	page_labelled(&m->page, "rule", f->rule);
	words.n = 0;
	buf_text(&words, f->id);
	buf_string(&words, ", ");
	buf_text(&words, f->status);
	page_labelled(&m->page, "finding", buf_view(&words));
	seen(m, f);
	gone(m, f);
	acknowledged(m, f);
	page_line(&m->page);
	buf_free(&words);
}

/* A narrow page has room for the first two counts, and for no day. */
static int
n_counts(const struct remembered *m)
{
	return m->page.width < PAGE_NARROW ? 2 : N_COUNTS;
}

/* Where the nth of the counts ends. */
static int
count_column(const struct remembered *m, int n)
{
	int last = m->page.width < PAGE_NARROW ? m->page.width :
	    m->page.width - COLUMN_DAY;

	return last - (n_counts(m) - 1 - n) * COLUMN_COUNT;
}

static void
begin_table(struct remembered *m)
{
	static const char *const counts[N_COUNTS] = { "accepted", "rejected",
		"failed", "idle" };

	if (!m->headed) {
		page_string(&m->page, STYLE_BOLD, "WHAT EARLIER RUNS SAW, in "
		    "connections");
		page_line(&m->page);
	}
	m->headed = true;
	page_to(&m->page, 3);
	page_string(&m->page, STYLE_DIM, m->heading);
	for (int i = 0; i < n_counts(m); i++)
		page_right(&m->page, STYLE_DIM, count_column(m, i),
		    text_of(counts[i]));
	if (n_counts(m) == N_COUNTS)
		page_right(&m->page, STYLE_DIM, m->page.width, TEXT("last"));
	page_line(&m->page);
	m->heading = NULL;
}

/* A history_met_fn: a row of the contrast. */
static void
write_met(const struct history_met *met, void *arg)
{
	static const enum style styles[N_COUNTS] = { STYLE_GREEN, STYLE_RED,
		STYLE_PLAIN, STYLE_PLAIN };
	struct remembered *m = arg;
	const uint64_t counts[N_COUNTS] = { met->accepted, met->rejected,
		met->other, met->idle };
	struct buf name = { 0 }, words = { 0 };
	char day[CLOCK_ISO_SIZE];

	if (m->heading != NULL)
		begin_table(m);
	if (m->n_rows++ >= ROWS_SHOWN && !m->all)
		return;
	buf_text(&name, met->host);
	buf_text(&name, met->program);
	buf_string(&name, met->program.n > 0 && met->client.n > 0 ? ", " : "");
	buf_text(&name, met->client);
	if (name.n == 0)
		buf_string(&name, "long ago, all programs");
	words_shorten(&words, buf_view(&name),
	    (size_t)(count_column(m, 0) - 14));
	page_to(&m->page, 3);
	page_text(&m->page, STYLE_PLAIN, buf_view(&words));
	for (int i = 0; i < n_counts(m); i++) {
		words.n = 0;
		words_number(&words, counts[i]);
		page_right(&m->page, counts[i] > 0 ? styles[i] : STYLE_DIM,
		    count_column(m, i), buf_view(&words));
	}
	clock_iso(met->last, day);
	if (n_counts(m) == N_COUNTS)
		page_right(&m->page, STYLE_DIM, m->page.width,
		    (struct text){ day, sizeof("2026-11-20") - 1 });
	page_line(&m->page);
	buf_free(&name);
	buf_free(&words);
}

static void
end_table(struct remembered *m)
{
	struct buf words = { 0 };

	if (m->n_rows > ROWS_SHOWN && !m->all) {
		buf_string(&words, "… ");
		words_count(&words, m->n_rows - ROWS_SHOWN, "more", "more");
		page_to(&m->page, 3);
		page_text(&m->page, STYLE_DIM, buf_view(&words));
		page_line(&m->page);
	}
	m->n_rows = 0;
	buf_free(&words);
}

static int
write_contrast(struct remembered *m, struct text word, struct error *e)
{
	bool by_id = m->n_findings == 1 && text_starts(m->ids[0], word.at);

	m->heading = by_id ? "its hosts, by program" : "this host, by program";
	if (history_met_at(m->history, by_id ? m->ids[0] : word, write_met, m,
	    e) != 0)
		return -1;
	end_table(m);
	for (size_t i = 0; i < m->n_findings; i++) {
		m->heading = "the same program, other hosts";
		if (history_met_elsewhere(m->history, m->ids[i], write_met, m,
		    e) != 0)
			return -1;
		end_table(m);
	}
	return 0;
}

static int
write_all(struct remembered *m, struct text word, struct error *e)
{
	if (history_findings_on(m->history, word, write_finding, m, e) != 0)
		return -1;
	if (write_contrast(m, word, e) != 0)
		return -1;
	if (m->n_findings > 0)
		return 0;
	page_text(&m->page, STYLE_BOLD, word);
	page_string(&m->page, STYLE_PLAIN, m->headed ?
	    ": no finding in the history" : ": not in the history");
	page_line(&m->page);
	return 0;
}

int
explain_remembered(const struct settings *s, struct text word)
{
	struct render_options o = documents_options(s);
	struct remembered m = { .utc = o.utc, .all = s->verbose > 0 };
	struct buf out = { 0 };
	struct error e;
	int status = EXIT_OK;

	if (s->anonymize) {
		error_warn("--anonymize: what earlier runs kept has no "
		    "pseudonyms; name the inputs instead of --state");
		return EXIT_USAGE;
	}
	if (history_open(&m.history, s->state, false, &e) != 0) {
		error_warn("%s", e.text);
		return EXIT_USAGE;
	}
	page_init(&m.page, &out, &o);
	if (write_all(&m, word, &e) != 0 ||
	    documents_put(NULL, buf_view(&out), &e) != 0) {
		error_warn("%s", e.text);
		status = EXIT_INTERNAL;
	}
	buf_free(&out);
	history_close(m.history);
	return status;
}
