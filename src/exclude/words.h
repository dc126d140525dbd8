/*
 * words.h - lines and words of lists and command lines.
 */
#ifndef PINSPOT_EXCLUDE_WORDS_H
#define PINSPOT_EXCLUDE_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/text.h"
#include "exclude/list.h"

struct lines {
	struct text rest;
	uint64_t number; /* of the line just given, from 1 */
};

/* A walk over a text; a byte order mark at its start is passed over. */
struct lines lines_of(struct text content);

/* The next line without blanks on either side; false at the end. */
bool lines_next(struct lines *l, struct text *line);

/* Take the next word: up to a blank, or what is between two equal quotes (" or
 * '), which go.  False when only blanks are left. */
bool word_next(struct text *rest, struct text *word);

/* Cut off a comment that begins with c at the start of the line or after a
 * blank; the comment comes back without the mark. */
struct text comment_cut(struct text *line, char c);

/*
 * Read a list of bare entries: one a line, several where they are separated by
 * commas or blanks; '#' begins a comment, at the start of a line also ';'.  A
 * comment on a line of its own belongs to the entry below it.
 */
void words_read(struct exclusions *l, const struct product *product,
    struct text content);

/* Does some line of the text begin with this, blanks apart? */
bool words_have_line(struct text content, const char *prefix);

/* A comment for a place that takes plain ASCII in double quotes: what could end
 * the quotes or mean something to a shell becomes '_'; at most 120 bytes. */
void comment_plain(struct buf *out, struct text comment);

/* One entry a line, nothing else: list_form.write of many products. */
void words_write(const struct listed *entries, size_t n, struct buf *out);

/* The same with "# comment" lines before entries that have one. */
void words_write_commented(const struct listed *entries, size_t n,
    struct buf *out);

#endif
