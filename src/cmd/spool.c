#include "cmd/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "report/report.h"

/* How the two forms say that class and finding are not known, which is how each
 * line ends, and the words that only the end of the run can correct: the leg is
 * the first of its kind in a line, the others are the last. */
static const struct form {
	const char *unknown;
	const char *before_class, *before_finding, *end; /* when known */
	const char *idle, *rejected;
	const char *leg[LEG_DIRECT + 1];
	const char *interception[INTERCEPTION_PROVEN + 1];
	void (*write)(const struct handshake *h, struct text class,
	    struct text finding, struct buf *out);
} forms[] = {
	{ ",\"class\":null,\"finding\":null}\n",
	    ",\"class\":\"", "\",\"finding\":\"", "\"}\n",
	    "\"outcome\":\"idle\"", "\"outcome\":\"rejected\"",
	    { "\"leg\":\"unknown\"", "\"leg\":\"client\"",
	      "\"leg\":\"server\"", "\"leg\":\"direct\"" },
	    { "\"intercepted\":null,\"interception\":\"unknown\"",
	      "\"intercepted\":false,\"interception\":\"none\"",
	      "\"intercepted\":true,\"interception\":\"presumed\"",
	      "\"intercepted\":true,\"interception\":\"proven\"" },
	    handshake_json },
	{ ",,\n", ",", ",", "\n", ",idle,no-data-close,",
	    ",rejected,no-data-close,",
	    { "Z,unknown,", "Z,client,", "Z,server,", "Z,direct," },
	    { ",unknown,1,", ",none,1,", ",presumed,1,", ",proven,1," },
	    handshake_csv },
};

struct spool {
	FILE *file;
	const struct form *form;
	struct buf line;
	bool failed;
};

/* Before each line: which cell it belongs to, how long it is, and where in it
 * the class is to be filled in. */
struct head {
	uint32_t token;
	uint32_t length;
	uint8_t outcome;
	uint8_t sign;
};

struct spool *
spool_new(bool csv, struct error *e)
{
	struct spool *spool;
	FILE *file = tmpfile();

	if (file == NULL) {
		error_set(e, "no temporary file for --handshakes: %s",
		    strerror(errno));
		return NULL;
	}
	spool = mem_zero(1, sizeof(*spool));
	spool->file = file;
	spool->form = &forms[csv ? 1 : 0];
	return spool;
}

void
spool_free(struct spool *spool)
{
	if (spool == NULL)
		return;
	fclose(spool->file);
	buf_free(&spool->line);
	free(spool);
}

void
spool_add(struct spool *spool, const struct handshake *h, uint32_t token)
{
	struct head head = { .token = token, .outcome = (uint8_t)h->outcome,
		.sign = (uint8_t)h->sign };

	spool->line.n = 0;
	spool->form->write(h, (struct text){ 0 }, (struct text){ 0 },
	    &spool->line);
	head.length = (uint32_t)spool->line.n;
	if (fwrite(&head, sizeof(head), 1, spool->file) != 1 ||
	    fwrite(spool->line.at, 1, spool->line.n, spool->file) !=
	    spool->line.n)
		spool->failed = true;
}

/* The class of a finding is that of its failures, not of what its clients did
 * well. */
static const struct finding *
finding_of(const struct head *head, const struct collector *c,
    const struct report *r)
{
	long i = collector_cell(c, head->token);
	bool failed = head->outcome == OUTCOME_REJECTED ||
	    head->outcome == OUTCOME_REFUSED_BY_SERVER ||
	    head->outcome == OUTCOME_NETWORK;

	if (i < 0 || (size_t)i >= r->n_cells || r->cells[i].finding == 0)
		return NULL;
	if (head->outcome == OUTCOME_IDLE &&
	    head->sign == SIGN_NO_DATA_CLOSE)
		failed = r->cells[i].idle_rejected;
	return failed ? &r->findings[r->cells[i].finding - 1] : NULL;
}

/* Where the needle stands last; -1 nowhere. */
static long
find_last(struct text t, const char *needle)
{
	long at = -1;

	for (long next; (next = text_find(t, needle)) >= 0;) {
		at += 1 + next;
		t.at += next + 1;
		t.n -= (size_t)next + 1;
	}
	return at;
}

static void
replace(struct buf *line, long at, const char *old, const char *new)
{
	struct buf copy = { 0 };

	if (at < 0)
		return;
	buf_add(&copy, line->at, (size_t)at);
	buf_string(&copy, new);
	buf_string(&copy, line->at + at + strlen(old));
	buf_free(line);
	*line = copy;
}

/* Only the whole capture tells the interceptor's connections from those of its
 * clients, and a learned interceptor from a public CA. */
static void
correct_sides(struct buf *line, const struct form *form,
    const struct cell *cell)
{
	const char *const *legs = form->leg;
	const char *const *words = form->interception;

	bool intercepted = cell->interception > INTERCEPTION_NONE;

	/* Without an interceptor there are no legs to tell apart. */
	if (cell->leg > LEG_CLIENT || (cell->leg == LEG_CLIENT && intercepted))
		replace(line, text_find(buf_view(line), legs[0]), legs[0],
		    legs[cell->leg]);
	if (cell->interception != INTERCEPTION_UNKNOWN)
		replace(line, find_last(buf_view(line), words[0]), words[0],
		    words[cell->interception]);
}

static void
fill_in(struct buf *line, const struct form *form, const struct head *head,
    const struct finding *f)
{
	if (!text_ends(buf_view(line), form->unknown))
		return;
	line->n -= strlen(form->unknown);
	buf_string(line, form->before_class);
	buf_string(line, class_facts(f->class)->name);
	buf_string(line, form->before_finding);
	buf_string(line, f->id);
	buf_string(line, form->end);
	/* On the wire it was idle; contrast decided that it was rejected. */
	if (head->outcome == OUTCOME_IDLE)
		replace(line, find_last(buf_view(line), form->idle),
		    form->idle, form->rejected);
}

int
spool_print(struct spool *spool, const struct collector *c,
    const struct report *r, FILE *out, struct error *e)
{
	struct buf *line = &spool->line;
	const struct finding *f;
	struct head head;
	long cell;

	if (spool->failed || fflush(spool->file) != 0)
		return error_set(e, "temporary file for --handshakes: %s",
		    strerror(errno));
	rewind(spool->file);
	if (spool->form == &forms[1]) {
		line->n = 0;
		handshake_csv_heading(line);
		fwrite(line->at, 1, line->n, out);
	}
	while (fread(&head, sizeof(head), 1, spool->file) == 1) {
		line->n = 0;
		buf_reserve(line, head.length);
		if (fread(line->at, 1, head.length, spool->file) != head.length)
			return error_set(e, "temporary file for --handshakes "
			    "breaks off");
		line->n = head.length;
		line->at[line->n] = '\0';
		cell = collector_cell(c, head.token);
		if (cell >= 0 && (size_t)cell < r->n_cells)
			correct_sides(line, spool->form, &r->cells[cell]);
		f = finding_of(&head, c, r);
		if (f != NULL)
			fill_in(line, spool->form, &head, f);
		if (fwrite(line->at, 1, line->n, out) != line->n)
			return error_set(e, "cannot write: %s",
			    strerror(errno));
	}
	return 0;
}
