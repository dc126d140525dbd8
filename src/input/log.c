#include "input/log.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "base/stop.h"
#include "input/document.h"
#include "input/formats.h"
#include "input/headers.h"
#include "input/leaf.h"
#include "input/line.h"
#include "input/value.h"

enum {
	MESSAGES_MAX = 20, /* damaged lines told one by one with -v */
	/* Where to look for several objects in one line: in long ones, at the
	 * beginning, and where there were such lines. */
	BUNDLE_MIN = 4096,
	BUNDLE_LINES = 64,
	SCRATCH_SIZE = 16 * 1024,
};

/* Memory of one line: chunks that are given back together. */
struct scratch {
	struct scratch *next;
	size_t used, room;
	char bytes[];
};

struct fault {
	unsigned column;
	const char *name;
	struct text value;
	const char *expected;
};

struct slot {
	const struct log_format *format;
	void *state;
	uint64_t n_lines; /* that it claimed */
};

struct log_reader {
	struct log log;
	struct source *source;
	struct lines lines;
	uint32_t input;
	handshake_fn *emit;
	void *arg;
	struct input_info *info;
	struct totals *totals;
	struct slot slots[FORMATS_MAX];
	size_t n_slots;
	struct slot *current; /* claimed the last line; NULL none */
	struct fault fault; /* of the line at hand */
	struct error first_fault; /* the words for the first damaged line */
	struct document document;
	struct headers headers; /* where invalid lines are kept */
	uint32_t repeats; /* the line at hand stands for so many; or 0 */
	bool bundled; /* look for several objects in each line */
	uint64_t n_lines, n_filled, n_bad, n_other;
	struct scratch *scratch;
	struct leaves leaves;
	log_watch_fn *watch; /* NULL: nobody watches */
	bool stopped; /* by who watches */
};

/* What formats ask for */

struct text
log_payload(struct log *log)
{
	return log_wrapper(log)->payload;
}

const struct wrapper *
log_wrapper(struct log *log)
{
	if (!log->peeled)
		wrapper_peel(log->line, &log->wrapper);
	log->peeled = true;
	return &log->wrapper;
}

enum line_result
log_bad(struct log *log, unsigned column, const char *name, struct text value,
    const char *expected)
{
	log->reader->fault = (struct fault){ column, name, value, expected };
	return LINE_BAD;
}

void
log_bad_column(struct log *log, struct text field, unsigned column)
{
	struct fault *f = &log->reader->fault;

	if (f->column == 0 && f->value.n > 0 && f->value.at == field.at)
		f->column = column;
}

char *
log_scratch(struct log *log, size_t n)
{
	struct scratch **first = &log->reader->scratch, *chunk = *first;
	size_t room = n > SCRATCH_SIZE ? n : SCRATCH_SIZE;

	if (chunk == NULL || chunk->room - chunk->used < n) {
		chunk = mem_zero(1, sizeof(*chunk) + room);
		chunk->room = room;
		chunk->next = *first;
		*first = chunk;
	}
	chunk->used += n;
	return chunk->bytes + chunk->used - n;
}

/* Ready for the next line: one chunk of the usual size is kept. */
static void
scratch_reset(struct log_reader *r, bool all)
{
	struct scratch *chunk = r->scratch, *next;

	if (chunk == NULL || (!all && chunk->used == 0))
		return;
	while (chunk != NULL && (all || chunk->next != NULL)) {
		next = chunk->next;
		free(chunk);
		chunk = next;
	}
	if (chunk != NULL)
		chunk->used = 0;
	r->scratch = chunk;
}

const struct certificate *
log_certificate(struct log *log, const struct certificate *facts)
{
	return leaf_intern(&log->reader->leaves, log->pool, facts);
}

struct text
log_common_name(struct log *log, struct text name)
{
	char *copy;
	size_t n = 3;

	if (name.n == 0)
		return name;
	copy = log_scratch(log, 3 + name.n * 2);
	memcpy(copy, "CN=", 3);
	for (size_t i = 0; i < name.n; i++) {
		switch (name.at[i]) {
		case ',': case '+': case '"': case '\\':
		case '<': case '>': case ';': case '=':
			copy[n++] = '\\';
		}
		copy[n++] = name.at[i];
	}
	return (struct text){ copy, n };
}

/* Emission */

static void
count_handshake(struct totals *totals, const struct handshake *h)
{
	if (h->error.n > 0 || h->n_alerts > 0)
		totals->error_lines++;
	if (h->host_source == HOST_SNI)
		totals->sni++;
	for (unsigned i = 0; i < h->n_alerts; i++)
		if (h->alerts[i].code >= 0 && h->alerts[i].code < ALERT_CODES)
			totals->alerts[h->alerts[i].code] += h->count;
}

static void
widen(struct input_info *info, int64_t time)
{
	if (time == CLOCK_UNKNOWN)
		return;
	if (info->first == CLOCK_UNKNOWN || info->first == 0 ||
	    time < info->first)
		info->first = time;
	if (info->last == CLOCK_UNKNOWN || time > info->last)
		info->last = time;
}

/* Is one of eight bytes a capital letter?  Bytes beyond ASCII have their highest
 * bit set, the others get it in the first sum from 'A' on, in the second behind
 * 'Z'. */
static inline bool
word_has_capital(uint64_t word)
{
	const uint64_t ones = 0x0101010101010101, high = ones * 0x80;
	uint64_t low = word & ~high;

	return ((low + ones * (0x80 - 'A')) & ~(low + ones * (0x7f - 'Z')) &
	    ~word & high) != 0;
}

static inline bool
has_capital(struct text t)
{
	const char *last;

	if (t.n < 8)
		return word_has_capital(text_word(t));
	last = t.at + t.n - 8;
	for (; t.at < last; t.at += 8)
		if (word_has_capital(text_load(t.at)))
			return true;
	return word_has_capital(text_load(last));
}

/* A host's name as captures have it: small letters, no dot at the end. */
static struct text
plain_host(struct log *log, struct text host)
{
	char *copy;

	if (host.n > 1 && host.at[host.n - 1] == '.')
		host.n--;
	if (LIKELY(!has_capital(host)))
		return host;
	copy = log_scratch(log, host.n);
	for (size_t i = 0; i < host.n; i++)
		copy[i] = text_lower(host.at[i]);
	return (struct text){ copy, host.n };
}

void
log_emit(struct log *log, struct handshake *h)
{
	struct log_reader *r = log->reader;
	struct origin at = h->hello;

	/* What is told later belongs to an earlier line. */
	if (UNLIKELY(r->repeats > 1) && at.record == 0)
		h->count = r->repeats < UINT32_MAX / h->count ?
		    h->count * r->repeats : UINT32_MAX;
	h->host = plain_host(log, h->host);
	h->input = r->input;
	h->from_log = true;
	if (at.record == 0)
		at.record = log->number;
	h->hello = at;
	h->deciding = at;
	h->last = at;
	for (unsigned i = 0; i < h->n_alerts; i++)
		h->alerts[i].at = at;
	count_handshake(r->totals, h);
	widen(r->info, h->hello.time);
	r->emit(h, r->arg);
}

int64_t
log_wrapper_time(struct log *log)
{
	const struct wrapper *w = log_wrapper(log);
	int64_t time;

	return w->time.n > 0 && value_time(log, w->time, &time) ? time :
	    CLOCK_UNKNOWN;
}

/* Recognition */

/* Who claimed the last line is asked first, unless it claims nearly anything. */
static enum line_result
recognise(struct log_reader *r, struct handshake *h)
{
	struct slot *current = r->current;
	enum line_result result;

	if (current != NULL && !current->format->generic) {
		result = current->format->read(&r->log, current->state, h);
		if (result != LINE_NOT_MINE) {
			current->n_lines++;
			return result;
		}
	}
	for (struct slot *s = r->slots; s < r->slots + r->n_slots; s++) {
		if (s == current && !s->format->generic)
			continue;
		result = s->format->read(&r->log, s->state, h);
		if (result == LINE_NOT_MINE)
			continue;
		s->n_lines++;
		if (r->log.depth == 0)
			r->current = s;
		return result;
	}
	return LINE_NOT_MINE;
}

enum line_result
log_inner(struct log *log, struct text line, struct handshake *h)
{
	struct text outer = log->line;
	struct wrapper wrapper = log->wrapper;
	bool peeled = log->peeled;
	enum line_result result;

	if (log->depth == LOG_DEPTH_MAX)
		return LINE_NOT_MINE;
	log->depth++;
	log->line = line;
	log->peeled = false;
	result = recognise(log->reader, h);
	log->line = outer;
	log->wrapper = wrapper;
	log->peeled = peeled;
	log->depth--;
	return result;
}

/* Damage */

/* "fw.csv:18221: column 52 "SNI Length" is "x", expected a number" */
static void
describe(const struct log_reader *r, struct error *out)
{
	const struct fault *f = &r->fault;
	struct text value = f->value;
	char place[160] = "", found[96] = "";

	if (f->column > 0 && f->name != NULL)
		snprintf(place, sizeof(place), "column %u \"%s\"", f->column,
		    f->name);
	else if (f->column > 0)
		snprintf(place, sizeof(place), "column %u", f->column);
	else if (f->name != NULL)
		snprintf(place, sizeof(place), "\"%s\"", f->name);
	else
		snprintf(place, sizeof(place), "the line");
	if (value.n > 60) {
		value.n = 60;
		snprintf(found, sizeof(found), "\"%.*s...\"", TEXT_ARG(value));
	} else {
		snprintf(found, sizeof(found), "\"%.*s\"", TEXT_ARG(value));
	}
	error_set(out, "%s:%llu: %s is %s, expected %s", r->log.name,
	    (unsigned long long)r->log.number, place, found, f->expected);
}

static const struct log_format *
format_of(const struct log_reader *r)
{
	return r->current != NULL ? r->current->format : NULL;
}

static void
keep_invalid(struct log_reader *r, const struct line *line)
{
	FILE *invalid = r->log.options->invalid;

	if (invalid != NULL)
		headers_write(&r->headers, format_of(r), invalid);
	if (line->oversize)
		line_skip(&r->lines, invalid);
	else if (invalid != NULL)
		fwrite(r->log.line.at, 1, r->log.line.n, invalid);
	if (invalid != NULL)
		putc('\n', invalid);
}

static void
count_bad(struct log_reader *r, const struct line *line)
{
	struct error words;

	r->info->bad++;
	r->n_bad++;
	describe(r, &words);
	if (r->watch != NULL)
		r->stopped = !r->watch(&r->log, format_of(r), LINE_BAD, &words,
		    r->arg);
	/* The first one is told at the end with how many there were, but who
	 * follows for months hears of it at once. */
	if (r->first_fault.text[0] == '\0')
		r->first_fault = words;
	if (r->log.options->verbose >= (r->n_bad > 1 ? 1 : 0) &&
	    (r->n_bad > 1 || r->log.options->follow) &&
	    r->n_bad <= MESSAGES_MAX)
		error_warn("%s", words.text);
	if (line->unended)
		r->info->truncated = true;
	keep_invalid(r, line);
}

/* 38112 -> "38,112". */
static const char *
grouped(uint64_t value, char out[32])
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%llu",
	    (unsigned long long)value);
	char *to = out;

	for (int i = 0; i < n; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			*to++ = ',';
		*to++ = digits[i];
	}
	*to = '\0';
	return out;
}

/* A name that every shell takes as it stands. */
static bool
is_plain_name(const char *name)
{
	for (; *name != '\0'; name++)
		if (strchr("abcdefghijklmnopqrstuvwxyz"
		    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+", *name) == NULL)
			return false;
	return true;
}

static void
tell_bad(const struct log_reader *r)
{
	const char *file = r->log.options->invalid_lines, *name = r->log.name;
	unsigned long long tenths;
	char bad[32], all[32];
	struct error next;

	if (r->n_bad == 0 || r->log.options->verbose < 0)
		return;
	tenths = (r->n_bad * 1000 + r->n_lines / 2) / r->n_lines;
	if (file != NULL)
		error_set(&next, "they are in %s", file);
	else if (r->source->fd > 0)
		error_set(&next, "keep them with --invalid-lines FILE, try: "
		    "pinspot formats --try %s", is_plain_name(name) ? name :
		    "FILE");
	else
		error_set(&next, "keep them with --invalid-lines FILE");
	error_warn("%s\n  %s of %s lines skipped (%llu.%llu %%); %s",
	    r->first_fault.text, grouped(r->n_bad, bad),
	    grouped(r->n_lines, all), tenths / 10, tenths % 10, next.text);
}

/* The whole */

/*
 * A table of one column makes a CSV field of the whole line: quotes around it,
 * and doubled within.  False where it is no such field.
 */
static bool
unquote(struct log *log, struct text *t)
{
	char *copy;
	size_t n = 0;

	if (LIKELY(t->n < 3 || t->at[0] != '"' || t->at[t->n - 1] != '"'))
		return false;
	for (size_t i = 1; i + 1 < t->n; i++)
		if (t->at[i] == '"' && (t->at[++i] != '"' || i + 1 == t->n))
			return false;
	copy = log_scratch(log, t->n);
	for (size_t i = 1; i + 1 < t->n; i++) {
		copy[n++] = t->at[i];
		i += t->at[i] == '"';
	}
	*t = (struct text){ copy, n };
	return true;
}

/*
 * "Mar  4 09:15:02 host program: message repeated 3 times: [ LINE]", as syslog
 * daemons keep repetitions short: the line as it was, and how often.
 */
static struct text
without_repeats(struct log_reader *r, struct text t)
{
	struct text behind = t, times;
	uint64_t n;
	char *copy;
	size_t before;

	r->repeats = 0;
	if (LIKELY(t.n == 0 || t.at[t.n - 1] != ']') ||
	    !text_behind(&behind, "message repeated ") ||
	    !text_split(&behind, ' ', &times) || !text_u64(times, &n) ||
	    n > UINT32_MAX || !text_skip(&behind, "times: ["))
		return t;
	before = (size_t)(times.at - t.at) - strlen("message repeated ");
	behind.n--;
	behind = text_trim(behind);
	copy = log_scratch(&r->log, t.n);
	memcpy(copy, t.at, before);
	memcpy(copy + before, behind.at, behind.n);
	r->repeats = (uint32_t)n;
	return (struct text){ copy, before + behind.n };
}

/* One object or line: recognised, then emitted or counted, unless it is nobody's. */
static enum line_result
take_text(struct log_reader *r, struct text text, const struct line *line)
{
	struct handshake h;
	const struct text whole = text;
	struct text bare;
	enum line_result result = LINE_NOT_MINE;

	scratch_reset(r, false);
	text = bare = without_repeats(r, text);
	r->log.line = text;
	r->log.peeled = false;
	handshake_init(&h);
	if (UNLIKELY(unquote(&r->log, &bare))) {
		r->log.line = bare;
		result = recognise(r, &h);
		r->log.line = text;
		r->log.peeled = false;
	}
	if (result == LINE_NOT_MINE)
		result = recognise(r, &h);
	if (result == LINE_HANDSHAKE)
		log_emit(&r->log, &h);
	r->log.line = whole; /* which is what is kept and shown */
	if (UNLIKELY(r->log.options->invalid != NULL) && result == LINE_HEADER)
		headers_add(&r->headers, format_of(r), whole);
	else if (UNLIKELY(r->headers.block.n > 0))
		headers_end(&r->headers);
	if (result == LINE_BAD)
		count_bad(r, line);
	if (r->watch != NULL && result != LINE_BAD && result != LINE_NOT_MINE)
		r->stopped = !r->watch(&r->log, format_of(r), result, NULL,
		    r->arg);
	return result;
}

/* The objects of a line one by one.  What begins like a further one and has no end
 * is damaged. */
static void
take_objects(struct log_reader *r, struct text rest, const struct line *line)
{
	struct text object;

	while (document_next(&rest, &object))
		r->n_other += take_text(r, object, line) == LINE_NOT_MINE;
	if (rest.n > 0 && rest.at[0] == '{')
		r->n_other += take_text(r, rest, line) == LINE_NOT_MINE;
}

/* Several objects in one line: the others stand behind the first, or in an array.
 * That of a record in which nobody knows the items is a field of it. */
static bool
read_bundle(struct log_reader *r, struct text text, const struct line *line)
{
	struct text rest, object;
	bool is_array;

	if (LIKELY(text.n < BUNDLE_MIN && r->n_lines > BUNDLE_LINES &&
	    !r->bundled) || !document_bundle(text, &rest, &is_array) ||
	    !document_next(&rest, &object))
		return false;
	if (take_text(r, object, line) == LINE_NOT_MINE) {
		if (is_array)
			return false;
		r->n_other++;
	}
	r->bundled = true;
	take_objects(r, rest, line);
	return true;
}

static void
read_text(struct log_reader *r, struct text text, const struct line *line)
{
	if (read_bundle(r, text, line) ||
	    take_text(r, text, line) != LINE_NOT_MINE)
		return;
	r->n_other++;
	if (r->watch != NULL)
		r->stopped = !r->watch(&r->log, NULL, LINE_NOT_MINE, NULL,
		    r->arg);
}

/* An object over several lines counts as its first line. */
static void
read_object(struct log_reader *r, struct text object, const struct line *line)
{
	uint64_t number = r->log.number;

	if (object.at == r->document.text.at) {
		r->log.number = r->document.line;
		r->bundled = true; /* such an object may be long */
	}
	read_text(r, object, line);
	r->log.number = number;
}

/* JSON that keeps not to one object in a line.  False where the line is like any
 * other. */
static bool
read_document(struct log_reader *r, struct text text, const struct line *line)
{
	struct text object, rest = text;
	enum document_part part = document_add(&r->document, text,
	    r->log.number, &object);

	if (part == DOCUMENT_BROKEN) {
		read_object(r, object, line);
		return read_document(r, text, line);
	}
	if (part == DOCUMENT_WHOLE)
		read_object(r, object, line);
	if (part != DOCUMENT_NONE)
		return true;
	if (text.at[0] != '[' || !document_next(&rest, &object))
		return false;
	read_text(r, object, line);
	take_objects(r, rest, line);
	return true;
}

/* Is an object next in this line? */
static bool
next_object(struct source *s)
{
	while (source_need(s, 1) && memchr("[, \t\r", s->at[0], 5) != NULL)
		source_use(s, 1);
	return s->n > 0 && s->at[0] == '{';
}

/* Objects in one line of any length, as exports and collectors write them, one by
 * one.  False where something is left over that is none. */
static bool
read_long_bundle(struct log_reader *r, const struct line *line)
{
	const struct line whole = { 0 };
	struct source *s = r->source;
	struct text several = line->text, rest, object;
	bool is_array;

	if (several.at[0] == '{' &&
	    !document_bundle(line->text, &several, &is_array))
		return false;
	source_use(s, (size_t)(several.at - line->text.at));
	while (next_object(s)) {
		rest = (struct text){ (const char *)s->at, s->n };
		if (document_next(&rest, &object)) {
			r->n_other += take_text(r, object, &whole) ==
			    LINE_NOT_MINE;
			source_use(s, object.n);
		} else if (s->n > LINE_MAX_BYTES ||
		    !source_need(s, s->n + 1)) {
			return false;
		}
	}
	return s->n == 0 || memchr("]}\n", s->at[0], 3) != NULL;
}

static void
read_oversize(struct log_reader *r, const struct line *line)
{
	struct text rest;

	r->n_filled++;
	if (memchr("[{", line->text.at[0], 2) != NULL &&
	    read_long_bundle(r, line)) {
		line_skip(&r->lines, NULL);
		return;
	}
	rest = (struct text){ (const char *)r->source->at, r->source->n };
	text_split(&rest, '\n', &r->log.line);
	log_bad(&r->log, 0, NULL, r->log.line, "at most 1 MB in a line");
	count_bad(r, line);
}

static void
read_line(struct log_reader *r, const struct line *line)
{
	struct text text;
	char first, last;

	r->info->lines++;
	r->log.number = ++r->n_lines;
	if (line->oversize) {
		read_oversize(r, line);
		return;
	}
	text = line_clean(line->text, r->log.number == 1);
	if (line_is_blank(text))
		return;
	r->n_filled++;
	first = text.at[0];
	last = text.at[text.n - 1];
	if (UNLIKELY(r->document.depth > 0 || first == '[' || first == ']' ||
	    first == ' ' || (first == '{' && last != '}')) &&
	    read_document(r, text, line))
		return;
	read_text(r, text, line);
}

static int
start(struct log_reader *r, struct error *e)
{
	const struct input_options *options = r->log.options;
	const struct log_format *const *all, *only = NULL;
	const char *argument = NULL;
	size_t n;

	if (options->format != NULL) {
		only = formats_find(options->format, &argument, e);
		if (only == NULL)
			return -1;
	}
	all = formats_all(&n);
	for (size_t i = 0; i < n && r->n_slots < FORMATS_MAX; i++) {
		struct slot *s = &r->slots[r->n_slots];

		if (only != NULL ? all[i] != only : all[i]->open != NULL)
			continue;
		s->format = all[i];
		s->state = mem_zero(1, all[i]->state_size + 1);
		r->n_slots++;
		if (only != NULL && only->open != NULL &&
		    only->open(&r->log, s->state, argument, e) != 0)
			return -1;
	}
	r->log.forced = only != NULL;
	return 0;
}

/* The newest year that fits is no later than the file, or than the present that
 * SOURCE_DATE_EPOCH sets. */
static int64_t
newest_time(const struct source *s)
{
	if (getenv("SOURCE_DATE_EPOCH") == NULL && s->written != CLOCK_UNKNOWN)
		return s->written;
	return clock_now();
}

static void
finish(struct log_reader *r)
{
	const struct slot *most = NULL;

	for (struct slot *s = r->slots; s < r->slots + r->n_slots; s++) {
		if (s->format->finish != NULL)
			s->format->finish(&r->log, s->state);
		free(s->state);
		if (s->n_lines > 0 && (most == NULL ||
		    s->n_lines > most->n_lines))
			most = s;
	}
	scratch_reset(r, true);
	leaf_free(&r->leaves);
	document_free(&r->document);
	headers_free(&r->headers);
	if (most != NULL)
		r->info->kind = most->format->name;
}

static int
verdict(const struct log_reader *r, struct error *e)
{
	tell_bad(r);
	if (r->source->failed && r->current == NULL)
		return error_set(e, "%s", r->source->error.text);
	if (r->source->failed && r->log.options->verbose >= 0)
		error_warn("%s", r->source->error.text);
	if (r->n_filled > 0 && r->current == NULL)
		return error_set(e, "%s: %s; see pinspot formats",
		    r->log.name, r->log.forced ?
		    "no line of it is in the format named by -F" :
		    "not a capture, and no line of it is in a known log "
		    "format");
	return 0;
}

static int
read_all(struct log_reader *r, struct error *e)
{
	struct line line = { .unended = true };
	struct text object;
	int result = start(r, e);

	lines_init(&r->lines, r->source);
	while (result == 0 && !r->stopped && line_next(&r->lines, &line)) {
		/* Its writer is at it: half a line is no damage. */
		if (line.unended && r->log.options->follow && stop_wanted())
			break;
		/* Whoever waits for months sees a new year come. */
		if (r->log.options->follow)
			r->log.now = clock_now();
		read_line(r, &line);
	}
	if (result == 0 && document_end(&r->document, &object))
		read_object(r, object, &line);
	finish(r);
	r->info->other += r->n_other;
	if (result == 0)
		result = verdict(r, e);
	return result;
}

int
log_read(struct source *s, uint32_t number,
    const struct input_options *options, handshake_fn *emit, void *arg,
    struct pool *pool, struct input_info *info, struct totals *totals,
    struct error *e)
{
	struct log_reader *r = mem_zero(1, sizeof(*r));
	int result;

	r->log = (struct log){ .options = options, .name = s->name,
		.pool = pool, .now = newest_time(s), .reader = r };
	r->source = s;
	r->input = number;
	r->emit = emit;
	r->arg = arg;
	r->info = info;
	r->totals = totals;
	info->kind = "log";
	result = read_all(r, e);
	free(r);
	return result;
}

int
log_watch(struct source *s, const struct input_options *options,
    handshake_fn *emit, log_watch_fn *watch, void *arg, struct error *e)
{
	struct log_reader *r = mem_zero(1, sizeof(*r));
	struct input_options quiet = *options;
	struct input_info info = { 0 };
	struct totals *totals = mem_zero(1, sizeof(*totals));
	struct pool *pool = pool_new();
	int result;

	quiet.verbose = -1;
	quiet.invalid_lines = NULL;
	quiet.invalid = NULL;
	r->log = (struct log){ .options = &quiet, .name = s->name,
		.pool = pool, .now = newest_time(s), .reader = r };
	r->source = s;
	r->emit = emit;
	r->arg = arg;
	r->watch = watch;
	r->info = &info;
	r->totals = totals;
	result = read_all(r, e);
	free(r);
	free(totals);
	pool_free(pool);
	return result;
}
