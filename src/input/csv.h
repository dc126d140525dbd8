/*
 * csv.h - lines of comma separated values (RFC 4180), split 64 bytes at a time.
 *
 * Only the ends of the fields are found; a field is cut out when it is asked
 * for, since of the hundred fields of a decryption log twenty matter.
 */
#ifndef PINSPOT_INPUT_CSV_H
#define PINSPOT_INPUT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "input/log.h"

enum {
	CSV_FIELDS_MAX = 256, /* the widest log known has 146 */
	CSV_WANTED_MAX = 64
};

struct csv {
	struct text line;
	size_t n; /* fields found; those beyond the ceiling are not split */
	bool unclosed; /* a quote was still open at the end of the line */
	/* Where each field ends, and some room for whole batches. */
	uint32_t ends[CSV_FIELDS_MAX + 72];
};

/* Split at a separator outside of quotes; stop after at_most fields, 1 to
 * CSV_FIELDS_MAX, the last of which then holds all the rest. */
void csv_split(struct csv *c, struct text line, char separator,
    size_t at_most);

/* The same for lines whose quotes are not doubled right: only a quote at the
 * beginning of a field opens, and one closes only before a separator or the end
 * of the line. */
void csv_split_loose(struct csv *c, struct text line, char separator,
    size_t at_most);

/* Field i, from 0, as it stands; empty where the line has fewer. */
static inline struct text
csv_raw(const struct csv *c, size_t i)
{
	uint32_t start;

	if (i >= c->n)
		return (struct text){ 0 };
	start = i > 0 ? c->ends[i - 1] + 1 : 0;
	return (struct text){ c->line.at + start, c->ends[i] - start };
}

/* Without the quotes around it, and doubled quotes single. */
struct text csv_unquote(struct log *log, struct text raw);

static inline bool
csv_is_quoted(char first)
{
	return first == '"' || first == ' ';
}

static inline struct text
csv_field(struct log *log, const struct csv *c, size_t i)
{
	struct text raw = csv_raw(c, i);

	if (LIKELY(raw.n == 0 || !csv_is_quoted(raw.at[0])))
		return raw;
	return csv_unquote(log, raw);
}

/* The same for a field, neither the first nor the last one, that the line is
 * known to have: even where it is empty there is a byte, its separator. */
static inline struct text
csv_inner_field(struct log *log, const struct csv *c, size_t i)
{
	uint32_t start = c->ends[i - 1] + 1;
	struct text raw = { c->line.at + start, c->ends[i] - start };

	return LIKELY(!csv_is_quoted(raw.at[0])) ? raw : csv_unquote(log, raw);
}

/* Nothing in a header is a number, an address or a time. */
bool csv_may_be_header(struct text line);

/* Which columns of a table with a header are wanted: zeroed, none is known. */
struct csv_header {
	size_t n_columns;
	uint8_t at[CSV_WANTED_MAX]; /* of each wanted one, from 1; 0 not there */
};

/* The number of a wanted column, below CSV_WANTED_MAX, or -1. */
typedef int csv_find_fn(struct text name);

/* Learn where the wanted columns are; the first of each counts. */
void csv_learn(struct log *log, struct csv_header *header, struct text line,
    csv_find_fn *find);

/* The wanted fields of a row, those that are not there left alone; false for
 * rows with another number of columns, and before a header. */
bool csv_row(struct log *log, const struct csv_header *header,
    struct text line, struct text *fields, size_t n_fields);

#endif
