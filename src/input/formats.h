/*
 * formats.h - which log formats there are.
 */
#ifndef PINSPOT_INPUT_FORMATS_H
#define PINSPOT_INPUT_FORMATS_H

#include <stddef.h>

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

#endif
