/*
 * line.h - a source, line by line.
 */
#ifndef PINSPOT_INPUT_LINE_H
#define PINSPOT_INPUT_LINE_H

#include <stdbool.h>
#include <stdio.h>

#include "base/text.h"
#include "input/ends.h"
#include "input/source.h"

/* Longer lines are skipped as damaged; real ones stay below 64 KB. */
enum { LINE_MAX_BYTES = 1024 * 1024 };

struct line {
	struct text text;
	bool unended; /* the input ended before the line did */
	bool oversize; /* only its beginning is there, and still in the source:
			* line_skip it */
};

/* The lines of a source, which is borrowed. */
struct lines {
	struct source *source;
	/* The line ends of a stretch of the input that begins at `stretch`; all
	 * before `seen` are known.  Which is the first that was not used. */
	uint64_t stretch, seen;
	size_t next;
	struct ends ends;
};

void lines_init(struct lines *l, struct source *s);

/* The next line, without NUL bytes before it; false at the end of the input.  Its
 * window is valid until the next call. */
bool line_next(struct lines *l, struct line *line);

/* Pass over the rest of a line that is longer than all sense, from where the source
 * is, and write it to copy, if that is not NULL. */
void line_skip(struct lines *l, FILE *copy);

/* Without CR and trailing NUL, and without the BOM of the first line. */
struct text line_clean(struct text t, bool first);

bool line_is_blank(struct text t);

#endif
