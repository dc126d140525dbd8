#include "cmd/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "report/report.h"

/* How the two forms say that class and finding are not known, which is how each
 * line ends, and how that a handshake was idle. */
static const struct form {
	const char *unknown;
	const char *before_class, *before_finding, *end; /* when known */
	const char *idle, *rejected;
	void (*write)(const struct handshake *h, struct text class,
	    struct text finding, struct buf *out);
} forms[] = {
	{ ",\"class\":null,\"finding\":null}\n",
	    ",\"class\":\"", "\",\"finding\":\"", "\"}\n",
	    "\"outcome\":\"idle\"", "\"outcome\":\"rejected\"",
	    handshake_json },
	{ ",,\n", ",", ",", "\n", ",idle,no-data-close,",
	    ",rejected,no-data-close,", handshake_csv },
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

/* On the wire it was idle; contrast decided that it was a rejection. */
static void
correct_outcome(struct buf *line, const struct form *form)
{
	long at = text_find(buf_view(line), form->idle);
	struct buf copy = { 0 };

	if (at < 0)
		return;
	buf_add(&copy, line->at, (size_t)at);
	buf_string(&copy, form->rejected);
	buf_string(&copy, line->at + at + strlen(form->idle));
	buf_free(line);
	*line = copy;
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
	if (head->outcome == OUTCOME_IDLE)
		correct_outcome(line, form);
}

int
spool_print(struct spool *spool, const struct collector *c,
    const struct report *r, FILE *out, struct error *e)
{
	struct buf *line = &spool->line;
	const struct finding *f;
	struct head head;

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
		f = finding_of(&head, c, r);
		if (f != NULL)
			fill_in(line, spool->form, &head, f);
		if (fwrite(line->at, 1, line->n, out) != line->n)
			return error_set(e, "cannot write: %s",
			    strerror(errno));
	}
	return 0;
}
