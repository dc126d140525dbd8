/*
 * error.h - words for the person at the terminal.
 *
 * A function that cannot do what was asked returns -1 with the words in the
 * caller's struct error; cmd prints them once.  Place first, then what was
 * found and what was expected, then what to do next.
 */
#ifndef PINSPOT_BASE_ERROR_H
#define PINSPOT_BASE_ERROR_H

#include "base/attr.h"

struct error {
	char text[1024];
};

/* Set the words and yield -1, so that `return error_set(e, ...)` works.  Bytes
 * that a terminal could obey are replaced by '?'.  e may be NULL. */
int error_set(struct error *e, const char *format, ...) PRINTF_LIKE(2, 3);

/* Print "pinspot: ", the words and a line end on standard error, with what a
 * terminal could obey replaced: names of files and of archives' members are
 * strangers' words, too.  Further lines begin with two blanks. */
void error_warn(const char *format, ...) PRINTF_LIKE(1, 2);

/* Which of the n names is nearest to a mistyped word (edit distance at most a
 * third of its length), or NULL.  For "did you mean". */
const char *error_nearest(const char *word, const char *const *names,
    int n_names);

#endif
