/*
 * documents.h - where the report goes: standard output, and files.
 */
#ifndef PINSPOT_CMD_DOCUMENTS_H
#define PINSPOT_CMD_DOCUMENTS_H

#include "cmd/settings.h"
#include "model/finding.h"
#include "report/report.h"

/* Can every wish for a format and a file be met?  -1 with the words in *e. */
int documents_check(const struct settings *s, struct error *e) MUST_CHECK;

/* How to draw on standard output. */
struct render_options documents_options(const struct settings *s);

/* Render to all that was asked for.  Files are written beside their place and
 * renamed, so that nobody reads half a report.  With --new and no news only the
 * files are written.  -1 with the words in *e. */
int documents_write(const struct settings *s, const struct report *r,
    struct error *e) MUST_CHECK;

/* Write to a file, or where path is NULL to standard output.  -1 with the words
 * in *e. */
int documents_put(const char *path, struct text t, struct error *e)
    MUST_CHECK;

#endif
