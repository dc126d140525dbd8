#include "input/w3c.h"

#include "input/value.h"

bool
w3c_header(struct text line, struct text *names)
{
	if (line.n < 8 || line.at[0] != '#')
		return false;
	line.at++;
	line.n--;
	line = text_trim(line);
	if (!text_starts(line, "Fields:"))
		return false;
	*names = text_trim((struct text){ line.at + 7, line.n - 7 });
	return true;
}

/* The small letter or digit at or behind *p, which moves behind it; '\0' where
 * there is none before end. */
static char
next_letter(const char **p, const char *end)
{
	while (*p < end) {
		char c = text_lower(*(*p)++);

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			return c;
	}
	return '\0';
}

static bool
same_name(struct text a, struct text b)
{
	const char *p = a.at, *q = b.at;
	char c;

	do {
		c = next_letter(&p, a.at + a.n);
		if (c != next_letter(&q, b.at + b.n))
			return false;
	} while (c != '\0');
	return true;
}

int
w3c_find(struct text name, const char *const *wanted, size_t n_wanted)
{
	if (name.n == 0)
		return -1;
	name = value_column(name);
	for (size_t i = 0; i < n_wanted; i++)
		if (same_name(name, text_of(wanted[i])))
			return (int)i;
	return -1;
}

void
w3c_learn(struct w3c *w, struct text names, const char *const *wanted,
    size_t n_wanted)
{
	struct text name;
	int found;

	*w = (struct w3c){ .separator = memchr(names.at, '\t', names.n) ?
	    '\t' : memchr(names.at, ',', names.n) ? ',' : ' ' };
	while (names.n > 0) {
		text_split(&names, w->separator, &name);
		name = text_trim(name);
		if (name.n == 0)
			continue;
		w->n_columns++;
		found = w3c_find(name, wanted, n_wanted);
		if (found >= 0 && found < W3C_WANTED_MAX &&
		    w->place[found] == 0)
			w->place[found] = w->n_columns;
	}
}

/* Fields between blanks that follow each other are none: the next one begins with
 * its blank. */
static void
drop_empty(struct csv *csv)
{
	size_t n = 0;
	uint32_t end = UINT32_MAX; /* of the field before; + 1 it is 0 */

	for (size_t i = 0; i < csv->n; i++) {
		if (csv->ends[i] == end + 1)
			end = csv->ends[i];
		else
			csv->ends[n++] = end = csv->ends[i];
	}
	csv->n = n;
}

void
w3c_split(const struct w3c *w, struct csv *csv, struct text line)
{
	csv_split(csv, line, w->separator, CSV_FIELDS_MAX);
	if (csv->unclosed)
		csv_split_loose(csv, line, w->separator, CSV_FIELDS_MAX);
	if (w->separator == ' ' && w->n_columns > 0 && csv->n > w->n_columns)
		drop_empty(csv);
}

struct text
w3c_field(struct log *log, const struct w3c *w, const struct csv *csv,
    size_t wanted)
{
	if (w->place[wanted] == 0)
		return (struct text){ 0 };
	return value_present(text_trim(csv_field(log, csv,
	    w->place[wanted] - 1U)));
}
