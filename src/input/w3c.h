/*
 * w3c.h - logs in the W3C extended format: a #Fields line names the columns.
 *
 * The format is W3C's working draft WD-logfile-960323: blanks between values,
 * values with blanks in quotes, "-" for none.  A file can hold several headers;
 * each holds from there on.
 */
#ifndef PINSPOT_INPUT_W3C_H
#define PINSPOT_INPUT_W3C_H

#include "input/csv.h"
#include "input/log.h"

enum { W3C_WANTED_MAX = 40 };

/* Where the columns stand that a format asks for. */
struct w3c {
	uint16_t place[W3C_WANTED_MAX]; /* from 1; 0: not in the log */
	uint16_t n_columns;
};

/* The names behind "#Fields:" (also "# Fields:"), or false for other lines. */
bool w3c_header(struct text line, struct text *names);

/* Learn the places of the wanted names from a header's names.  The first of
 * equal names counts; case does not. */
void w3c_learn(struct w3c *w, struct text names, const char *const *wanted,
    size_t n_wanted);

/* Split a line by blanks, quotes respected. */
void w3c_split(struct csv *csv, struct text line);

/* The value of a wanted column, empty where it is absent or "-". */
struct text w3c_field(struct log *log, const struct w3c *w,
    const struct csv *csv, size_t wanted);

#endif
