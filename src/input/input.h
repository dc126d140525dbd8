/*
 * input.h - files, folders and pipes -> handshakes.
 */
#ifndef PINSPOT_INPUT_INPUT_H
#define PINSPOT_INPUT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "base/pool.h"
#include "input/zone.h"
#include "model/finding.h"
#include "model/handshake.h"

struct zeek_book;

struct input_options {
	const char *format; /* --input-format; NULL: recognise by content */
	const char *filter; /* --filter, a BPF expression for captures */
	/* --interceptor: at most one of them, the others NULL. */
	const char *interceptor_pem; /* file with the CA's certificate */
	const char *interceptor_sha256; /* 64 hex digits: the CA certificate's */
	const char *interceptor_name; /* its CN, or the whole one-line name */
	const char *invalid_lines; /* --invalid-lines: the name, and what */
	FILE *invalid; /* takes the lines; both NULL for nowhere */
	const char *squid_format; /* --squid-format */
	struct zone timezone; /* of times that carry none */
	uint64_t max_flows, max_memory; /* 0: the defaults */
	struct zeek_book *book; /* set by inputs_new: what logs refer to */
	bool want_ja4; /* the published JA4 is needed, not only the profile */
	int verbose;
	/* How far reading has come, for a person who waits; NULL: nobody asks.
	 * Bytes read, and the file's size or 0. */
	void (*progress)(uint64_t read, uint64_t size, void *arg);
	void *progress_arg;
	/* --follow and live capture: wait for more, and call back a few times
	 * a second. */
	bool follow;
	void (*idle)(void *arg);
	void *idle_arg;
};

/*
 * In which order inputs are to be read: captures, so that logs can be joined with
 * them; then tables that other logs refer to (Zeek's x509.log); then logs.
 */
enum input_rank { INPUT_CAPTURE, INPUT_TABLE, INPUT_LOG };

/* What can be told of a file before it is read.  A pipe cannot be asked, and
 * counts as a capture. */
struct input_sight {
	enum input_rank rank;
	int64_t first; /* a capture's first frame; CLOCK_UNKNOWN */
	bool mixed; /* captures and logs may be in it: an archive, a pipe */
};

struct input_sight input_look(const char *path, const char *format);

/* The inputs of one run.  Captures come in the order of their first frames, so
 * that a connection is followed from one file of a ring into the next. */
struct inputs;

/* emit gets the handshakes; what they borrow lives in the pool, or until it
 * returns.  All pointers are borrowed.  NULL with the words in *e where
 * --interceptor is unusable. */
struct inputs *inputs_new(const struct input_options *options,
    handshake_fn *emit, void *arg, struct pool *pool, struct totals *totals,
    struct error *e) MUST_CHECK;

/*
 * Read one input from its beginning to its end.  path is a file or "-" for
 * standard input; folders were opened by the caller.  *info is added to.
 *
 * Bad records are skipped and counted, with a message on standard error.  -1
 * with the words in *e where nothing of it can be read.
 */
int inputs_read(struct inputs *in, const char *path, uint32_t number,
    struct input_info *info, struct error *e) MUST_CHECK;

/* What --interceptor is called: its CA's subject, in the pool of inputs_new.  Empty
 * without it. */
struct text inputs_interceptor(const struct inputs *in);

/* Is the filter of the options one, and one for the interface if that is open?
 * -1 with the words, and where it goes wrong.  To be called in the sandbox: names
 * in it must not be looked up (pcaplib.h). */
int inputs_check_filter(const struct inputs *in, struct error *e) MUST_CHECK;

/* Open a network interface, which may need rights that are then given up, and
 * capture from it until the user has enough.  -1 with the words where it cannot
 * be opened, and where the capture breaks off; what came before counts. */
int inputs_open_live(struct inputs *in, const char *interface,
    struct error *e) MUST_CHECK;
int inputs_live(struct inputs *in, uint32_t number, struct input_info *info,
    struct error *e) MUST_CHECK;

/* All were read: emit the connections that were still open. */
void inputs_finish(struct inputs *in);

void inputs_free(struct inputs *in);

#endif
