/*
 * document.h - JSON that does not keep to one object in a line.
 *
 * Exports come as an array with an object in each line, as one array in a single
 * line, or indented over many lines.  Here they become one object at a time.
 */
#ifndef PINSPOT_INPUT_DOCUMENT_H
#define PINSPOT_INPUT_DOCUMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

/* Zeroed at first. */
struct document {
	struct buf text; /* an indented object so far */
	unsigned depth; /* of its braces and brackets; 0: none is open */
	uint64_t line; /* where it began */
};

enum document_part {
	DOCUMENT_NONE, /* a line like any other */
	DOCUMENT_BETWEEN, /* "[", "]" or ",": nothing by itself */
	DOCUMENT_MORE, /* kept: the object goes on in the next line */
	DOCUMENT_WHOLE, /* the line, or what was kept, ends an object */
	DOCUMENT_BROKEN, /* what was kept never ended: the line stands alone */
};

/*
 * Look at a line.  *object gets the whole object, without a comma behind it;
 * after DOCUMENT_BROKEN what was kept, and the line is to be looked at again.
 * Windows are valid until the next call.
 */
enum document_part document_add(struct document *d, struct text line,
    uint64_t number, struct text *object);

/* The input ended: what was kept, if anything. */
bool document_end(struct document *d, struct text *object);

/* The next of several objects in one line, "[{...},{...}]" or "{...} {...}"; *rest
 * is first the line.  False at their end, or where there are none. */
bool document_next(struct text *rest, struct text *object);

/*
 * What in a line may be several objects: "{...}{...}" itself, or the first array
 * of objects in "{"meta":{...},"data":[{...},{...}]}", of which the end may be
 * missing.  *is_array tells which.
 */
bool document_bundle(struct text line, struct text *several, bool *is_array);

void document_free(struct document *d);

#endif
