/*
 * jsonline_private.h - what jsonline.c and jsonrow.c share.
 */
#ifndef PINSPOT_INPUT_JSONLINE_PRIVATE_H
#define PINSPOT_INPUT_JSONLINE_PRIVATE_H

#include "input/jsonline.h"

/* A number, true, false or null at p: what is behind it, or NULL.  Null is the
 * empty text. */
const char *json_take_word(const char *p, const char *end, struct text *out,
    enum json_kind *kind);

/* Add a key to a path of n bytes, as far as there is room.  The new length. */
size_t json_path_add(char *path, size_t size, size_t n, struct text key);

#endif
