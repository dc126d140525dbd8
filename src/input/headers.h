/*
 * headers.h - the header that damaged lines want when they are kept
 * (--invalid-lines): once mended they are read again, and the rows of a table tell
 * nothing without the names of its columns.
 */
#ifndef PINSPOT_INPUT_HEADERS_H
#define PINSPOT_INPUT_HEADERS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/buf.h"

struct log_format;

/* Zeroed at first. */
struct headers {
	const struct log_format *format; /* whose lines the header names */
	struct buf lines; /* of the header */
	struct buf block; /* header lines that follow each other, so far */
	bool names; /* the block names columns, and is no mere comment */
	bool written; /* since the header was read */
};

/* A line that a format takes for a header or a comment. */
void headers_add(struct headers *h, const struct log_format *format,
    struct text line);

/* Any other line: the block, if there is one, is complete. */
void headers_end(struct headers *h);

/* Write what a damaged line of this format wants before it. */
void headers_write(struct headers *h, const struct log_format *format,
    FILE *out);

void headers_free(struct headers *h);

#endif
