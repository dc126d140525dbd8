/*
 * log.h - lines of logs -> handshakes: what every log format is made of.
 *
 * A format is one file, one constant `struct log_format log_format_NAME` and one
 * line FORMAT(NAME) in formats.def.  Its read function gets one line at a time
 * and answers what that line is.  The lines of all products may come mixed, as
 * a syslog server writes them, so that a format recognises its lines one by one
 * and keeps what it must remember (the columns of a header) in its state.
 *
 * How to add a format
 *
 *  1. src/input/NAME.c.  The comment at its top names the product, its version
 *     and the page of its manual, and shows one line.  `read` looks for what
 *     only this product writes, first of all and cheaply, and answers
 *     LINE_NOT_MINE without touching *h where it is not there.  From then on
 *     the line is claimed: it ends in LINE_HANDSHAKE with *h filled,
 *     LINE_IGNORED (tells no handshake), or log_bad() (damaged).
 *  2. What syslog put in front is taken off by log_payload(); log->line is the
 *     line as it stands.  Split with csv.h, pairs.h (CEF, LEEF, key=value) or
 *     jsonrow.h; read values with value.h; say what happened with the
 *     functions below (log_accepted ...), which know product.md's rules.
 *  3. Windows put into *h may point into the line, into log_scratch() memory or
 *     into log->pool.  A certificate goes through log_certificate().
 *  4. FORMAT(NAME) in formats.def: specific formats before generic ones.
 *  5. samples/logs/NAME.log with a few true lines, one awkward and one damaged;
 *     tests/golden/log-NAME.cmd; a seed in tests/fuzz/corpus/log_NAME/.
 */
#ifndef PINSPOT_INPUT_LOG_H
#define PINSPOT_INPUT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/text.h"
#include "input/input.h"
#include "input/memo.h"
#include "input/reason.h"
#include "input/source.h"
#include "input/wrapper.h"
#include "model/handshake.h"

enum {
	/* A JSON line may hold a whole line of another format, and so on. */
	LOG_DEPTH_MAX = 3,
};

enum line_result {
	LINE_NOT_MINE, /* another format may try; *h is untouched */
	LINE_HANDSHAKE, /* *h is filled */
	LINE_IGNORED, /* of this product, but tells no handshake */
	LINE_HEADER, /* names the columns of the lines that follow, or a comment */
	LINE_BAD, /* claimed, then failed: what log_bad returns */
};


/* One input while it is read, as a format sees it. */
struct log {
	const struct input_options *options;
	const char *name; /* of the input, for messages */
	struct pool *pool; /* lives longer than all handshakes */
	struct text line; /* without its line end, BOM and trailing NUL */
	uint64_t number; /* of the line, from 1 */
	bool forced; /* the user named this format: recognise less strictly */
	int64_t now; /* for times without a year: none is later than this */
	struct memo alerts; /* by alert_by_spelling */

	/* Private to log.c and value.c. */
	struct log_reader *reader;
	struct wrapper wrapper;
	bool peeled;
	int depth; /* of log_inner */
	struct log_second {
		char text[10]; /* "1772615702" */
		int64_t time;
	} second; /* seen last */
	struct log_minute {
		char text[16]; /* "2026-03-04T09:15" */
		int64_t time;
	} minutes[64]; /* seen lately, each in a slot that its text tells */
};

struct log_format {
	const char *name; /* for --input-format: "panos" */
	const char *title; /* "Palo Alto Networks PAN-OS decryption log, CSV" */
	const char *product; /* for --for, or NULL where it suggests none */
	const char *sign; /* what it is recognised by, for `formats` */
	bool generic; /* tried after all others, even when it matched last */
	size_t state_size; /* of the zeroed state of each input */

	/* The words after the colon of "csv:MAP"; -1 with the words in *e.  NULL
	 * for formats that take none.  Here and in its finish log may be NULL,
	 * as the words are checked before there is any. */
	int (*open)(struct log *log, void *state, const char *argument,
	    struct error *e);

	/* Read log->line.  *h is a fresh one (handshake_init) whose input, line
	 * number and time unknown are set. */
	enum line_result (*read)(struct log *log, void *state,
	    struct handshake *h);

	/* The input has ended: log_emit what was kept back, free what the state
	 * holds.  May be NULL. */
	void (*finish)(struct log *log, void *state);
};

/*
 * Read a log to its end and emit its handshakes; see inputs_read for the rest.
 * Damaged lines are told on standard error, unless options->verbose is negative.
 * -1 with the words in *e where no line of it could be recognised, or where it
 * could not be read at all.
 */
int log_read(struct source *s, uint32_t number,
    const struct input_options *options, handshake_fn *emit, void *arg,
    struct pool *pool, struct input_info *info, struct totals *totals,
    struct error *e) MUST_CHECK;

/* What one line was taken for: the format that claimed it, or NULL; the words for
 * its damage, or NULL.  False ends the reading. */
typedef bool log_watch_fn(const struct log *log,
    const struct log_format *format, enum line_result result,
    const struct error *damage, void *arg);

/* Read a log as log_read does, quietly and without counting, to see what becomes
 * of its lines; emit is called before watch. */
int log_watch(struct source *s, const struct input_options *options,
    handshake_fn *emit, log_watch_fn *watch, void *arg,
    struct error *e) MUST_CHECK;

/* The line without what syslog, relays and collectors put in front. */
struct text log_payload(struct log *log);

/* What was put in front: time, host and program; empty where nothing was. */
const struct wrapper *log_wrapper(struct log *log);

/* The time that syslog put in front, or CLOCK_UNKNOWN. */
int64_t log_wrapper_time(struct log *log);

/*
 * The line is ours but damaged.  column counts fields from 1, 0 where there is
 * no such thing; name is the field's, or NULL; expected completes "expected a
 * number".  The strings are literals; value is a window on the line.  Returns
 * LINE_BAD.
 */
enum line_result log_bad(struct log *log, unsigned column, const char *name,
    struct text value, const char *expected);

/* The damage at hand was told without a column by who knows of fields only: it is
 * in this one, counted from 1, if this is the field whose value was told. */
void log_bad_column(struct log *log, struct text field, unsigned column);

/* n bytes that live until the next line is read. */
char *log_scratch(struct log *log, size_t n);

/* Read a line of another format that stands inside this one; *h is filled
 * accordingly. */
enum line_result log_inner(struct log *log, struct text line,
    struct handshake *h);

/* Emit a handshake besides the one that read returns: for formats which learn
 * later what became of it.  h->hello.record says which line it came from. */
void log_emit(struct log *log, struct handshake *h);

/* The one copy of a certificate with these facts; has_der is false.  Its texts
 * may be windows on the line. */
const struct certificate *log_certificate(struct log *log,
    const struct certificate *facts);

/* "CN=name" with the escapes of RFC 4514, for a certificate of which only a
 * common name is known; empty for the empty name.  Lives until the next line. */
struct text log_common_name(struct log *log, struct text name);

/*
 * What became of the handshake (product.md, Signs and outcomes).  An interceptor
 * that logs a decrypted session proves the interception; one that says it did
 * not decrypt proves the opposite.
 */

/* The session came about and was decrypted. */
void log_accepted(struct handshake *h);

/* Policy, or a pass-through, left it alone. */
void log_bypassed(struct handshake *h);

/* The client of that leg gave up: the user's program on the client leg, the
 * interceptor itself on the server leg.  text is the log's own, or empty. */
void log_rejected(struct handshake *h, enum leg leg, struct text text);

/* The server of that leg gave up: the interceptor on the client leg, the origin
 * on the server leg. */
void log_refused(struct handshake *h, enum leg leg, struct text text);

/* Reset, time-out or lack of resources: nothing that TLS decided. */
void log_network(struct handshake *h, enum leg leg, struct text text);

/* An alert that one side sent on the leg; the outcome follows from who sent it.
 * code is -1 where the log does not name it. */
void log_alerted(struct handshake *h, enum leg leg, enum side from, int code,
    struct text text);

/* What the interceptor, the server of the client leg and the client of the server
 * leg, says went wrong.  LINE_IGNORED where the client did not even speak TLS. */
enum line_result log_failed(struct handshake *h, enum leg leg,
    struct reason reason, struct text text);

#endif
