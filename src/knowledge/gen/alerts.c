/*
 * data/alerts.txt -> alert_names[] by code, and alert_spellings[] in groups of
 * one first letter, the longest first, so that the first match is the one.
 */
#include "gen.h"

#include <ctype.h>

struct spelling {
	char text[128]; /* lower case, without blanks, '_' and '-' */
	int code, sure;
};

static struct spelling spellings[1024];
static size_t n_spellings;
static char *names[256];

static void
add(struct gen_line *line, int code, const char *text)
{
	struct spelling *s = &spellings[n_spellings];
	size_t n = 0;

	if (n_spellings == sizeof(spellings) / sizeof(spellings[0]))
		gen_fail(line, "too many spellings");
	s->code = code;
	s->sure = *text == '!';
	for (text += s->sure; *text != '\0'; text++) {
		if (n == sizeof(s->text) - 1)
			gen_fail(line, "spelling too long");
		if (strchr(" _-", *text) == NULL)
			s->text[n++] = (char)tolower((unsigned char)*text);
	}
	s->text[n] = '\0';
	if (n == 0 || !islower((unsigned char)s->text[0]))
		gen_fail(line, "a spelling begins with a letter");
	for (size_t i = 0; i < n_spellings; i++) {
		if (strcmp(spellings[i].text, s->text) != 0)
			continue;
		if (spellings[i].code != code)
			gen_fail(line, "spelling of two alerts");
		return;
	}
	n_spellings++;
}

static int
order(const void *a, const void *b)
{
	const struct spelling *x = a, *y = b;
	size_t nx = strlen(x->text), ny = strlen(y->text);

	if (x->text[0] != y->text[0])
		return x->text[0] < y->text[0] ? -1 : 1;
	if (nx != ny)
		return nx > ny ? -1 : 1;
	return strcmp(x->text, y->text);
}

static void
print(void)
{
	size_t at = 0;

	puts("static const char *const alert_names[256] = {");
	for (int i = 0; i < 256; i++) {
		if (names[i] == NULL)
			continue;
		printf("\t[%d] = ", i);
		gen_string(names[i]);
		puts(",");
	}
	puts("};\n\nstatic const struct spelling alert_spellings[] = {");
	for (size_t i = 0; i < n_spellings; i++) {
		printf("\t{ ");
		gen_string(spellings[i].text);
		printf(", %zu, %d, %d },\n", strlen(spellings[i].text),
		    spellings[i].code, spellings[i].sure);
	}
	puts("};\n\n/* Where the spellings of each letter begin. */");
	puts("static const uint16_t alert_letters[27] = {");
	for (char c = 'a'; c <= 'z' + 1; c++) {
		while (at < n_spellings && spellings[at].text[0] < c)
			at++;
		printf("\t%zu,\n", at);
	}
	puts("};");
}

int
main(int argc, char **argv)
{
	static struct gen_line line;
	FILE *f = gen_open(argc, argv);

	while (gen_next(f, &line)) {
		int code = atoi(line.field[0]);

		if (line.n_fields < 2 || code < 0 || code > 255)
			gen_fail(&line, "expected code, name, spellings");
		names[code] = gen_copy(line.field[1] +
		    (line.field[1][0] == '!'));
		for (int i = 1; i < line.n_fields; i++)
			add(&line, code, line.field[i]);
	}
	fclose(f);
	qsort(spellings, n_spellings, sizeof(spellings[0]), order);
	print();
	gen_print_date("alerts");
	return 0;
}
