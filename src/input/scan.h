/*
 * scan.h - where the members of a JSON object begin, 64 bytes at a time.
 *
 * In JSON as programs write it every key stands right behind a brace or a
 * comma, and few other strings do.  So one pass without a look at what the text
 * means finds nearly all there is to find; who reads the members sees whether
 * that was right, and n_quotes tells whether there are more quotes than the
 * members have.
 */
#ifndef PINSPOT_INPUT_SCAN_H
#define PINSPOT_INPUT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

enum {
	SCAN_MAX = 512, /* members; more are beyond haste */
	SCAN_SLACK = 16, /* what is written behind them and means nothing */
};

struct scan {
	size_t n_quotes; /* but for those with a backslash before them */
	bool escapes; /* there are backslashes */
	size_t n;
	uint32_t at[SCAN_MAX + SCAN_SLACK]; /* the quotes behind '{' or ',' */
};

/* False where the line has too many members: *out then means nothing. */
bool scan_members(struct text t, struct scan *out) MUST_CHECK;

#endif
