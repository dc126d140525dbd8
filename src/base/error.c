#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

int
error_set(struct error *e, const char *format, ...)
{
	va_list args;

	if (e == NULL)
		return -1;
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	for (char *c = e->text; *c != '\0'; c++)
		if (((unsigned char)*c < ' ' && *c != '\n') || *c == 0x7f)
			*c = '?';
	return -1;
}

enum { WORD_MAX = 48 }; /* longer words are not worth a guess */

/* Levenshtein's distance by two rows. */
static int
distance(const char *a, const char *b)
{
	int row[WORD_MAX + 1];
	int n = (int)strlen(b);

	for (int j = 0; j <= n; j++)
		row[j] = j;
	for (int i = 1; a[i - 1] != '\0'; i++) {
		int diagonal = row[0];

		row[0] = i;
		for (int j = 1; j <= n; j++) {
			int above = row[j];
			int best = diagonal + (a[i - 1] != b[j - 1]);

			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			diagonal = above;
			row[j] = best;
		}
	}
	return row[n];
}

const char *
error_nearest(const char *word, const char *const *names, int n_names)
{
	const char *nearest = NULL;
	int best = (int)strlen(word) / 3 + 1;

	if (strlen(word) > WORD_MAX)
		return NULL;
	for (int i = 0; i < n_names; i++) {
		int d;

		if (strlen(names[i]) > WORD_MAX)
			continue;
		d = distance(word, names[i]);
		if (d < best) {
			best = d;
			nearest = names[i];
		}
	}
	return nearest;
}
