#include "input/input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"
#include "input/archive.h"
#include "input/capture.h"
#include "input/follow.h"
#include "input/log.h"
#include "input/reader.h"
#include "input/zeek.h"

enum {
	IDENTITY_PART = 64 * 1024, /* of either end of a file */
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

/* One input while it is opened, with whatever is packed into it. */
struct opening {
	uint32_t number;
	const struct input_options *options;
	handshake_fn *emit;
	void *arg;
	struct pool *pool;
	struct input_info *info;
	struct totals *totals;
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
		fprintf(stderr, "pinspot: %s\n", why->text);
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
				fprintf(stderr, "pinspot: %s\n", why.text);
		}
		note_failure(o, &why);
	}
	o->depth--;
}

/* An archive_member_fn, for the input itself as well: goes on in any case. */
static bool
read_source(struct source *s, void *arg)
{
	struct opening *o = arg;
	struct cursor head = source_peek(s, ARCHIVE_HEAD);
	struct error why = { "" };
	int result;

	if (is_capture(head, o->options->format) &&
	    archive_recognise(head) == NULL) {
		result = capture_read(s, o->number, o->options, o->emit,
		    o->arg, o->pool, o->info, o->totals, &why);
	} else if (archive_recognise(head) != NULL &&
	    o->depth < ARCHIVE_DEPTH_MAX) {
		read_archive(s, o);
		return true;
	} else {
		result = log_read(s, o->number, o->options, o->emit, o->arg,
		    o->pool, o->info, o->totals, &why);
	}
	if (result == 0)
		o->n_read++;
	else
		note_failure(o, &why);
	return true;
}

struct question {
	const char *format;
	enum input_rank rank; /* the answer */
};

/* An archive_member_fn: the first member speaks for all. */
static bool
ask_source(struct source *s, void *arg)
{
	struct question *q = arg;
	struct cursor head = source_peek(s, TABLE_HEAD);
	struct text text = { (const char *)head.at, head.left };
	struct error why;

	if (archive_recognise(head) == NULL)
		q->rank = is_capture(head, q->format) ? INPUT_CAPTURE :
		    zeek_is_x509(text) ? INPUT_TABLE : INPUT_LOG;
	else if (archive_read_members(s, ask_source, q, &why) != 0)
		q->rank = INPUT_LOG;
	return false;
}

enum input_rank
input_rank(const char *path, const char *format)
{
	struct question q = { .format = format, .rank = INPUT_CAPTURE };
	struct source s;

	if (strcmp(path, "-") == 0)
		return INPUT_CAPTURE;
	if (source_open(&s, path, NULL) != 0)
		return INPUT_LOG;
	/* What a pipe is asked for is gone. */
	if (s.size > 0)
		(void)ask_source(&s, &q);
	source_close(&s);
	return q.rank;
}

struct zeek_book *
input_book_new(void)
{
	return mem_zero(1, sizeof(struct zeek_book));
}

void
input_book_free(struct zeek_book *book)
{
	if (book == NULL)
		return;
	zeek_book_clear(book);
	free(book);
}

int
input_read(const char *path, uint32_t number,
    const struct input_options *options, handshake_fn *emit, void *arg,
    struct pool *pool, struct input_info *info, struct totals *totals,
    struct error *e)
{
	struct opening o = { .number = number, .options = options,
		.emit = emit, .arg = arg, .pool = pool, .info = info,
		.totals = totals, .e = e };
	struct follow follow;
	struct source s;

	e->text[0] = '\0';
	if (source_open(&s, path, e) != 0)
		return -1;
	s.progress = options->progress;
	s.progress_arg = options->progress_arg;
	identify(&s, info);
	if (options->follow)
		follow_start(&follow, &s, path, options->idle,
		    options->idle_arg);
	read_source(&s, &o);
	source_close(&s);
	if (o.n_read > 0)
		return 0;
	return e->text[0] != '\0' ? -1 :
	    error_set(e, "%s: nothing in it", path);
}

int
input_live(const char *interface, uint32_t number,
    const struct input_options *options, handshake_fn *emit, void *arg,
    struct pool *pool, struct input_info *info, struct totals *totals,
    struct error *e)
{
	return capture_live(interface, number, options, emit, arg, pool, info,
	    totals, e);
}
