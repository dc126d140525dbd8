/*
 * escape.h - text that strangers wrote, made safe for where it goes.
 *
 * A host name may hold a terminal's control sequences, a formula, a tag or no
 * valid UTF-8 at all.  Each function here writes t so that the reader of that
 * format sees text and nothing else; bytes that are no UTF-8 (RFC 3629) become
 * U+FFFD.  None of them fails.
 */
#ifndef PINSPOT_REPORT_ESCAPE_H
#define PINSPOT_REPORT_ESCAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"

/* Between the quotes of a JSON string (RFC 8259 section 7). */
void escape_json(struct buf *out, struct text t);

/* Text or attribute value of HTML, in double or single quotes or none; what is
 * unsafe is shown as U+FFFD. */
void escape_html(struct buf *out, struct text t);

/*
 * One cell of a comma-separated table (RFC 4180), in quotes where it needs
 * them.  Spreadsheets take a cell that begins with = + - @ for a formula, also
 * after blanks or in fullwidth form: such a cell gets a leading apostrophe.  Line
 * ends become blanks, what else is unsafe becomes U+FFFD.
 */
void escape_csv(struct buf *out, struct text t);

/* Without line ends, control and other unsafe characters: for formats that
 * have no escape for them.  Line ends and tabs become blanks. */
void escape_plain(struct buf *out, struct text t);

/* Can this code point change what a reader sees of the text around it?
 * Control characters, line and paragraph separators, bidirectional overrides
 * (UAX #9), zero-width and other invisible characters (general category Cf),
 * the private use areas and what is no character. */
bool rune_is_unsafe(uint32_t code);

/* Columns that a terminal gives a code point: 0, 1 or 2 (UAX #11). */
int rune_width(uint32_t code);

#endif
