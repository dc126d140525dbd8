/*
 * buf.h - text and bytes that grow.
 */
#ifndef PINSPOT_BASE_BUF_H
#define PINSPOT_BASE_BUF_H

#include <stdio.h>

#include "base/attr.h"
#include "base/text.h"

struct buf {
	char *at; /* followed by a NUL that n does not count; NULL at first */
	size_t n, room;
	struct drain *drain; /* NULL: it keeps all */
};

/* Where a long document goes while it is written. */
struct drain {
	void (*take)(struct drain *d, struct text t);
};

void buf_free(struct buf *b);

/* Make room for so many bytes more, so that they can be put at b->at + b->n. */
void buf_reserve(struct buf *b, size_t more);

void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_char(struct buf *b, char c);
void buf_string(struct buf *b, const char *s);
void buf_text(struct buf *b, struct text t);
void buf_printf(struct buf *b, const char *format, ...) PRINTF_LIKE(2, 3);

/* Where it has a drain, and holds a good deal, pass that on.  To be called between
 * the parts of a document, at places that nobody looks behind. */
void buf_drain(struct buf *b);

/* What is in it, borrowed until the next change. */
struct text buf_view(const struct buf *b);

#endif
