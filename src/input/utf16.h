/*
 * utf16.h - UTF-16 with a byte order mark, as Windows exports tables and
 * PowerShell redirects output, as the same text in UTF-8.
 */
#ifndef PINSPOT_INPUT_UTF16_H
#define PINSPOT_INPUT_UTF16_H

#include "input/source.h"

struct utf16;

/* Make *inner a source of what the outer one, which begins with FF FE or FE FF,
 * is in UTF-8; the mark is left out.  Half a character becomes U+FFFD.
 * source_close it, then utf16_free. */
struct utf16 *utf16_open(struct source *inner, struct source *outer);

void utf16_free(struct utf16 *u);

#endif
