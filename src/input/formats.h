/*
 * formats.h - which log formats there are.
 */
#ifndef PINSPOT_INPUT_FORMATS_H
#define PINSPOT_INPUT_FORMATS_H

#include <stddef.h>

#include "base/buf.h"
#include "base/error.h"
#include "input/input.h"
#include "input/log.h"

/* More than formats.def has; state per input is kept in arrays of this size. */
enum { FORMATS_MAX = 64 };

/* All of them, specific ones first.  *n gets their number. */
const struct log_format *const *formats_all(size_t *n);

/*
 * By the name that --input-format takes, "csv:MAP" and "jsonl:MAP" included;
 * *argument gets what follows the colon, or NULL.  NULL with the words in *e, a
 * near name among them.
 */
const struct log_format *formats_find(const char *name, const char **argument,
    struct error *e) MUST_CHECK;

/* Can --input-format take this name, with the file that stands behind a colon?
 * -1 with the words in *e where not. */
int formats_check(const char *name, struct error *e) MUST_CHECK;

/* What `pinspot formats` prints: name, product, and what it is recognised by. */
void formats_list(struct buf *out);

/*
 * What `pinspot formats --try FILE` prints: what the first lines are taken for
 * and why, field by field.  -1 with the words in *e where the file cannot be
 * read.
 */
int formats_try(const char *path, const struct input_options *options,
    struct buf *out, struct error *e) MUST_CHECK;

#endif
