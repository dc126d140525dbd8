/*
 * input.h - files, folders and pipes -> handshakes.
 */
#ifndef PINSPOT_INPUT_INPUT_H
#define PINSPOT_INPUT_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/pool.h"
#include "model/finding.h"
#include "model/handshake.h"

struct input_options {
	const char *format; /* --input-format; NULL: recognise by content */
	const char *filter; /* --filter, a BPF expression for captures */
	/* --interceptor: at most one of them, the others NULL. */
	const char *interceptor_pem; /* file with the CA's certificate */
	const char *interceptor_sha256; /* 64 hex digits: the CA certificate's */
	const char *interceptor_name; /* its CN, or the whole one-line name */
	const char *invalid_lines; /* --invalid-lines */
	const char *squid_format; /* --squid-format */
	int64_t timezone; /* ns east of UTC of times that carry no zone */
	uint64_t max_flows, max_memory; /* 0: the defaults */
	bool want_ja4; /* the published JA4 is needed, not only the profile */
	int verbose;
	/* How far reading has come, for a person who waits; NULL: nobody asks.
	 * Bytes read, and the file's size or 0. */
	void (*progress)(uint64_t read, uint64_t size, void *arg);
	void *progress_arg;
	/* --follow and live capture: wait for more, and call back a few times
	 * a second; `opened` once, when the interface is open. */
	bool follow;
	void (*idle)(void *arg);
	void (*opened)(void *arg);
	void *idle_arg;
};

/* Is this file a capture?  Captures are read before logs, so that the two can
 * be joined.  Standard input cannot be asked before it is read: true. */
bool input_is_capture(const char *path, const char *format);

/* Capture from a network interface until the user has enough; the same as
 * input_read otherwise. */
int input_live(const char *interface, uint32_t number,
    const struct input_options *options, handshake_fn *emit, void *arg,
    struct pool *pool, struct input_info *info, struct totals *totals,
    struct error *e) MUST_CHECK;

/*
 * Read one input from its beginning to its end and emit its handshakes.  path
 * is a file or "-" for standard input; folders were opened by the caller
 * (input_expand).  *info and *totals are added to.  What the handshakes borrow
 * lives in the pool.
 *
 * Bad records are skipped and counted, with a message on standard error.  -1
 * with the words in *e where nothing of it can be read.
 */
int input_read(const char *path, uint32_t number,
    const struct input_options *options, handshake_fn *emit, void *arg,
    struct pool *pool, struct input_info *info, struct totals *totals,
    struct error *e) MUST_CHECK;

#endif
