/*
 * line.h - a source, line by line.
 */
#ifndef PINSPOT_INPUT_LINE_H
#define PINSPOT_INPUT_LINE_H

#include <stdbool.h>

#include "base/text.h"
#include "input/source.h"

/* Longer lines are skipped as damaged; real ones stay below 64 KB. */
enum { LINE_MAX_BYTES = 1024 * 1024 };

struct line {
	struct text text;
	bool unended; /* the input ended before the line did */
	bool oversize; /* only its beginning is there */
};

/* The next line; false at the end of the input.  Its window is valid until the
 * next call, and empty where the line was too long and passed over. */
bool line_next(struct source *s, struct line *line);

/* Without CR and trailing NUL, and without the BOM of the first line. */
struct text line_clean(struct text t, bool first);

bool line_is_blank(struct text t);

#endif
