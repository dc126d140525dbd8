#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Our own line ends are followed by two blanks, or by nothing.  The controls beyond
 * ASCII (U+0080 to U+009F) are two bytes in UTF-8. */
static void
clean(char *text)
{
	for (char *c = text; *c != '\0'; c++) {
		unsigned char byte = (unsigned char)*c;
		unsigned char next = (unsigned char)c[1];

		if (byte == '\n' && (next == '\0' || strncmp(c + 1, "  ",
		    2) == 0))
			continue;
		if (byte == 0xc2 && next >= 0x80 && next < 0xa0)
			c[1] = '?';
		else if (byte >= ' ' && byte != 0x7f)
			continue;
		*c = '?';
	}
}

int
error_set(struct error *e, const char *format, ...)
{
	va_list args;

	if (e == NULL)
		return -1;
	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	clean(e->text);
	return -1;
}

void
error_warn(const char *format, ...)
{
	char words[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	clean(words);
	fflush(stdout);
	fprintf(stderr, "pinspot: %s\n", words);
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
