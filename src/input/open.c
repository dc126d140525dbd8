#include "input/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/mem.h"
#include "input/archive.h"
#include "input/capture.h"
#include "input/follow.h"
#include "input/log.h"
#include "input/pcaplib.h"
#include "input/reader.h"
#include "input/zeek.h"

enum {
	IDENTITY_PART = 64 * 1024, /* of either end of a file */
	FOLLOW_HEAD = 16, /* less than any line, more than any magic number */
	TABLE_HEAD = 4096, /* by which a table is told from a log */
};

/*
 * A file is known again by the SHA-256 of its size (8 bytes, big-endian) and
 * its first and last 64 KiB: hashing all of it would cost more than reading it.
 * A pipe has no identity.
 */
static void
identify(const struct source *s, struct input_info *info)
{
	size_t part = s->size < IDENTITY_PART ? (size_t)s->size :
	    IDENTITY_PART;
	uint8_t digest[DIGEST_SIZE], *bytes;

	info->size = s->size;
	if (s->size == 0 || s->fd < 0)
		return;
	bytes = mem_zero(8 + 2 * part, 1);
	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(s->size >> (56 - 8 * i));
	if (pread(s->fd, bytes + 8, part, 0) == (ssize_t)part &&
	    pread(s->fd, bytes + 8 + part, part,
	    (off_t)(s->size - part)) == (ssize_t)part) {
		digest_sha256(bytes, 8 + 2 * part, digest);
		digest_hex(digest, info->identity);
	}
	free(bytes);
}

struct inputs {
	struct input_options options;
	struct zeek_book book;
	handshake_fn *emit;
	void *arg;
	struct pool *pool;
	struct totals *totals;
	struct captures *captures;
};

/* One input while it is opened, with whatever is packed into it. */
struct opening {
	struct inputs *in;
	uint32_t number;
	const struct input_options *options;
	struct input_info *info;
	int depth; /* archives around the source at hand */
	unsigned n_read; /* captures and logs that could be read */
	struct error *e; /* the first thing that could not */
};

static bool
is_capture(struct cursor head, const char *format)
{
	if (format != NULL && (strcmp(format, "pcap") == 0 ||
	    strcmp(format, "pcapng") == 0))
		return true;
	return format == NULL && reader_recognise(head) != NULL;
}

static void
note_failure(struct opening *o, const struct error *why)
{
	if (o->e->text[0] == '\0')
		*o->e = *why;
	if (o->depth > 0 && o->options->verbose > 0)
		error_warn("%s", why->text);
}

static archive_member_fn read_source;

/* A damaged archive may have given some of its members. */
static void
read_archive(struct source *s, struct opening *o)
{
	struct error why = { "" };
	unsigned n_before = o->n_read;

	o->depth++;
	if (archive_read_members(s, read_source, o, &why) != 0) {
		if (o->n_read > n_before) {
			o->info->truncated = true;
			if (o->options->verbose >= 0)
				error_warn("%s", why.text);
		}
		note_failure(o, &why);
	}
	o->depth--;
}

/* What tells formats apart.  Who follows a pipe must not wait for a second line
 * before the first is read. */
static struct cursor
head_of(struct source *s, const struct opening *o)
{
	if (!o->options->follow || o->depth > 0)
		return source_peek(s, ARCHIVE_HEAD);
	(void)source_peek(s, FOLLOW_HEAD);
	return source_peek(s, s->n < ARCHIVE_HEAD ? s->n : ARCHIVE_HEAD);
}

/* An archive_member_fn, for the input itself as well: goes on in any case. */
static bool
read_source(struct source *s, void *arg)
{
	struct opening *o = arg;
	struct cursor head = head_of(s, o);
	struct error why = { "" };
	int result;

	if (is_capture(head, o->options->format) &&
	    archive_recognise(head) == NULL) {
		result = captures_read(o->in->captures, s, o->number, o->info,
		    &why);
	} else if (archive_recognise(head) != NULL &&
	    o->depth < ARCHIVE_DEPTH_MAX) {
		read_archive(s, o);
		return true;
	} else {
		/* What was captured is all known before lines join it. */
		captures_finish(o->in->captures);
		result = log_read(s, o->number, o->options, o->in->emit,
		    o->in->arg, o->in->pool, o->info, o->in->totals, &why);
	}
	if (result == 0)
		o->n_read++;
	else
		note_failure(o, &why);
	/* What came before it broke off counts. */
	o->info->truncated |= result == 0 && s->failed;
	return true;
}

struct question {
	const char *format;
	struct input_sight answer;
};

/* An archive_member_fn: the first member speaks for all. */
static bool
ask_source(struct source *s, void *arg)
{
	struct question *q = arg;
	struct cursor head = source_peek(s, TABLE_HEAD);
	struct text text = { (const char *)head.at, head.left };
	struct error why;

	if (archive_recognise(head) != NULL) {
		if (archive_read_members(s, ask_source, q, &why) != 0)
			q->answer.rank = INPUT_LOG;
	} else if (is_capture(head, q->format)) {
		q->answer.rank = INPUT_CAPTURE;
		q->answer.first = capture_first_time(s);
	} else {
		q->answer.rank = zeek_is_x509(text) ? INPUT_TABLE : INPUT_LOG;
	}
	return false;
}

struct input_sight
input_look(const char *path, const char *format)
{
	struct question q = { format, { INPUT_CAPTURE, CLOCK_UNKNOWN } };
	struct source s;

	if (strcmp(path, "-") == 0)
		return q.answer;
	q.answer.rank = INPUT_LOG;
	if (source_open(&s, path, NULL) != 0)
		return q.answer;
	if (s.size == 0) /* what a named pipe is asked for is gone */
		q.answer.rank = INPUT_CAPTURE;
	if (s.size > 0)
		(void)ask_source(&s, &q);
	source_close(&s);
	return q.answer;
}

struct inputs *
inputs_new(const struct input_options *options, handshake_fn *emit, void *arg,
    struct pool *pool, struct totals *totals, struct error *e)
{
	struct inputs *in = mem_zero(1, sizeof(*in));

	*in = (struct inputs){ .options = *options, .emit = emit, .arg = arg,
		.pool = pool, .totals = totals };
	in->options.book = &in->book;
	in->captures = captures_new(&in->options, emit, arg, pool, totals, e);
	if (in->captures != NULL)
		return in;
	free(in);
	return NULL;
}

void
inputs_finish(struct inputs *in)
{
	captures_finish(in->captures);
}

void
inputs_free(struct inputs *in)
{
	if (in == NULL)
		return;
	captures_free(in->captures);
	zeek_book_clear(&in->book);
	free(in);
}

int
inputs_read(struct inputs *in, const char *path, uint32_t number,
    struct input_info *info, struct error *e)
{
	struct opening o = { .in = in, .number = number,
		.options = &in->options, .info = info, .e = e };
	struct follow follow;
	struct source s;

	e->text[0] = '\0';
	if ((in->options.follow ?
	    follow_open(&follow, &s, path, &in->options, e) :
	    source_open(&s, path, e)) != 0)
		return -1;
	s.progress = in->options.progress;
	s.progress_arg = in->options.progress_arg;
	identify(&s, info);
	read_source(&s, &o);
	source_close(&s);
	if (o.n_read > 0)
		return 0;
	return e->text[0] != '\0' ? -1 :
	    error_set(e, "%s: nothing in it", path);
}

struct text
inputs_interceptor(const struct inputs *in)
{
	struct buf title = { 0 };
	struct text kept;

	captures_interceptor(in->captures, &title);
	kept = pool_intern(in->pool, buf_view(&title));
	buf_free(&title);
	return kept;
}

int
inputs_check_filter(const struct inputs *in, struct error *e)
{
	if (in->options.filter != NULL &&
	    filter_check(in->options.filter, e) != 0)
		return -1;
	return captures_filter_live(in->captures, e);
}

int
inputs_open_live(struct inputs *in, const char *interface, struct error *e)
{
	return captures_open_live(in->captures, interface, e);
}

int
inputs_live(struct inputs *in, uint32_t number, struct input_info *info,
    struct error *e)
{
	return captures_live(in->captures, number, info, e);
}
