/*
 * file.h - a small file as a whole.
 */
#ifndef PINSPOT_BASE_FILE_H
#define PINSPOT_BASE_FILE_H

#include "base/attr.h"
#include "base/buf.h"
#include "base/error.h"

/* Append all of a file ("-" is standard input) of at most max bytes.  -1 with
 * the words in *e. */
int file_read(const char *path, size_t max, struct buf *out, struct error *e)
    MUST_CHECK;

#endif
