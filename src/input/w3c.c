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

void
w3c_learn(struct w3c *w, struct text names, const char *const *wanted,
    size_t n_wanted)
{
	struct text name;

	*w = (struct w3c){ 0 };
	while (names.n > 0) {
		text_split(&names, ' ', &name);
		if (name.n == 0)
			continue;
		w->n_columns++;
		for (size_t i = 0; i < n_wanted && i < W3C_WANTED_MAX; i++)
			if (w->place[i] == 0 &&
			    text_equal_nocase(name, text_of(wanted[i])))
				w->place[i] = w->n_columns;
	}
}

void
w3c_split(struct csv *csv, struct text line)
{
	csv_split(csv, line, ' ', CSV_FIELDS_MAX);
	if (csv->unclosed)
		csv_split_loose(csv, line, ' ', CSV_FIELDS_MAX);
}

struct text
w3c_field(struct log *log, const struct w3c *w, const struct csv *csv,
    size_t wanted)
{
	if (w->place[wanted] == 0)
		return (struct text){ 0 };
	return value_present(csv_field(log, csv, w->place[wanted] - 1U));
}
