/*
 * data/suffix.txt -> suffixes[], sorted by bytes.
 */
#include "gen.h"

static int
order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
main(int argc, char **argv)
{
	static struct gen_line line;
	static char *names[1024];
	size_t n = 0;
	FILE *f = gen_open(argc, argv);

	while (gen_next(f, &line)) {
		if (n == sizeof(names) / sizeof(names[0]))
			gen_fail(&line, "too many names");
		names[n++] = gen_copy(line.field[0]);
	}
	fclose(f);
	qsort(names, n, sizeof(names[0]), order);
	puts("static const char *const suffixes[] = {");
	for (size_t i = 0; i < n; i++) {
		putchar('\t');
		gen_string(names[i]);
		puts(",");
	}
	puts("};");
	return 0;
}
