#include "input/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
	bool in_passes; /* only what is of the rank of this pass is read */
	enum input_rank pass;
	unsigned seen; /* a bit for each rank that there is */
	unsigned n_read; /* captures and logs that could be read */
	bool told; /* that the archive is damaged */
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
			if (o->options->verbose >= 0 && !o->told)
				error_warn("%s", why.text);
			o->told = true;
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

static enum input_rank
rank_of(struct source *s, struct cursor head, const char *format)
{
	if (is_capture(head, format))
		return INPUT_CAPTURE;
	head = source_peek(s, TABLE_HEAD);
	return zeek_is_x509((struct text){ (const char *)head.at,
	    head.left }) ? INPUT_TABLE : INPUT_LOG;
}

/* Is it the turn of what this source is? */
static bool
is_in_turn(struct source *s, struct cursor head, struct opening *o)
{
	enum input_rank rank;

	if (!o->in_passes)
		return true;
	rank = rank_of(s, head, o->options->format);
	o->seen |= 1U << rank;
	return rank == o->pass;
}

/* An archive_member_fn, for the input itself as well: goes on in any case. */
static bool
read_source(struct source *s, void *arg)
{
	struct opening *o = arg;
	struct cursor head = head_of(s, o);
	struct error why = { "" };
	int result;

	if (archive_recognise(head) != NULL && o->depth < ARCHIVE_DEPTH_MAX) {
		read_archive(s, o);
		return true;
	}
	if (!is_in_turn(s, head, o))
		return true;
	head = head_of(s, o);
	if (is_capture(head, o->options->format)) {
		result = captures_read(o->in->captures, s, o->number, o->info,
		    &why);
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
	const char *path, *format;
	struct input_sight answer;
};

/* An archive_member_fn: the first member speaks for all. */
static bool
ask_source(struct source *s, void *arg)
{
	struct question *q = arg;
	struct cursor head = source_peek(s, TABLE_HEAD);
	struct error why;

	/* Members of archives have names of their own. */
	q->answer.mixed |= strcmp(s->name, q->path) != 0;
	if (archive_recognise(head) != NULL) {
		if (archive_read_members(s, ask_source, q, &why) != 0)
			q->answer.rank = INPUT_LOG;
		return false;
	}
	q->answer.rank = rank_of(s, head, q->format);
	if (q->answer.rank == INPUT_CAPTURE)
		q->answer.first = capture_first_time(s);
	return false;
}

struct input_sight
input_look(const char *path, const char *format)
{
	struct question q = { path, format, { INPUT_LOG, CLOCK_UNKNOWN,
		false } };
	struct source s;
	struct stat st;

	/* A pipe is not to be opened twice: its writer might see it closed. */
	if (strcmp(path, "-") == 0 || (stat(path, &st) == 0 &&
	    !S_ISREG(st.st_mode)))
		return (struct input_sight){ INPUT_CAPTURE, CLOCK_UNKNOWN,
			true };
	if (source_open(&s, path, NULL) != 0)
		return q.answer;
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

static int
open_source(const struct opening *o, const char *path, struct follow *follow,
    struct source *s, struct error *e)
{
	if ((o->options->follow ?
	    follow_open(follow, s, path, o->options, e) :
	    source_open(s, path, e)) != 0)
		return -1;
	s->progress = o->options->progress;
	s->progress_arg = o->options->progress_arg;
	return 0;
}

/*
 * An archive may hold anything in any order: it is read once for each rank that
 * is in it, so that captures and tables come before the logs that want them.
 */
static void
read_passes(struct opening *o, const char *path)
{
	struct error why;
	struct source s;

	o->in_passes = true;
	for (int pass = INPUT_CAPTURE; pass <= INPUT_LOG; pass++) {
		o->pass = (enum input_rank)pass;
		if (pass > INPUT_CAPTURE && (o->seen & 1U << pass) == 0)
			continue;
		if (open_source(o, path, NULL, &s, &why) != 0) {
			note_failure(o, &why);
			return;
		}
		read_source(&s, o);
		source_close(&s);
	}
}

int
inputs_read(struct inputs *in, const char *path, uint32_t number,
    struct input_info *info, struct error *e)
{
	struct opening o = { .in = in, .number = number,
		.options = &in->options, .info = info, .e = e };
	struct follow follow;
	struct source s;
	bool is_archive;

	e->text[0] = '\0';
	if (open_source(&o, path, &follow, &s, e) != 0)
		return -1;
	identify(&s, info);
	/* Only a file can be read again. */
	is_archive = s.size > 0 && strcmp(path, "-") != 0 &&
	    !o.options->follow &&
	    archive_recognise(source_peek(&s, ARCHIVE_HEAD)) != NULL;
	if (!is_archive)
		read_source(&s, &o);
	source_close(&s);
	if (is_archive)
		read_passes(&o, path);
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
