/*
 * w3c.h - logs in the W3C extended format: a #Fields line names the columns.
 *
 * The format is W3C's working draft WD-logfile-960323: blanks between values,
 * values with blanks in quotes, "-" for none.  A file can hold several headers;
 * each holds from there on.  Collectors turn the same columns into CSV with a
 * header of names, and into JSON objects with the names for keys.
 */
#ifndef PINSPOT_INPUT_W3C_H
#define PINSPOT_INPUT_W3C_H

#include "input/csv.h"
#include "input/log.h"

enum { W3C_WANTED_MAX = 48 };

/* Where the columns stand that a format asks for. */
struct w3c {
	uint16_t place[W3C_WANTED_MAX]; /* from 1; 0: not in the log */
	uint16_t n_columns;
	char separator; /* ' ', ',' or a tab */
};

/* The names behind "#Fields:" (also "# Fields:"), or false for other lines. */
bool w3c_header(struct text line, struct text *names);

/* Which of the wanted names this is, or -1; case and punctuation do not count,
 * since collectors write "cs_user_agent" for "cs(User-Agent)". */
int w3c_find(struct text name, const char *const *wanted, size_t n_wanted);

/* Learn the separator, and the places of the wanted names, from a header's
 * names.  The first of equal names counts. */
void w3c_learn(struct w3c *w, struct text names, const char *const *wanted,
    size_t n_wanted);

/* Split a line by the separator, quotes respected.  Blanks in runs are one where
 * the line has too many fields otherwise. */
void w3c_split(const struct w3c *w, struct csv *csv, struct text line);

/* The value of a wanted column, empty where it is absent or "-". */
struct text w3c_field(struct log *log, const struct w3c *w,
    const struct csv *csv, size_t wanted);

#endif
