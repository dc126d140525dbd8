/*
 * gen.h - what the generators share: they run at build time, on the machine
 * that builds, and turn the text files of data/ into C tables.
 *
 * Our own files are trusted, so anything odd in them ends the build.
 */
#ifndef PINSPOT_KNOWLEDGE_GEN_H
#define PINSPOT_KNOWLEDGE_GEN_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GEN_LINE = 65536, GEN_FIELDS = 256 };

struct gen_line {
	unsigned long number;
	char *field[GEN_FIELDS];
	int n_fields;
	char text[GEN_LINE];
};

static const char *gen_path;
static char gen_date[32] = "unknown"; /* what "date: " in a comment says */

static inline void
gen_fail(const struct gen_line *line, const char *what)
{
	fprintf(stderr, "%s:%lu: %s\n", gen_path, line != NULL ? line->number :
	    0, what);
	exit(1);
}

static inline FILE *
gen_open(int argc, char **argv)
{
	FILE *f;

	if (argc != 2) {
		fprintf(stderr, "usage: %s data.txt > table\n", argv[0]);
		exit(2);
	}
	gen_path = argv[1];
	f = fopen(gen_path, "r");
	if (f == NULL) {
		perror(gen_path);
		exit(1);
	}
	return f;
}

/* The next line that is neither empty nor a comment, split at tabs. */
static inline int
gen_next(FILE *f, struct gen_line *line)
{
	char *date, *p;

	while (fgets(line->text, sizeof(line->text), f) != NULL) {
		line->number++;
		if (strlen(line->text) == sizeof(line->text) - 1)
			gen_fail(line, "line too long");
		line->text[strcspn(line->text, "\n")] = '\0';
		if (line->text[0] == '#') {
			date = strstr(line->text, "date: ");
			if (date != NULL)
				snprintf(gen_date, sizeof(gen_date), "%.10s",
				    date + 6);
			continue;
		}
		if (line->text[0] == '\0')
			continue;
		line->n_fields = 0;
		for (p = line->text; p != NULL;) {
			if (line->n_fields == GEN_FIELDS)
				gen_fail(line, "too many fields");
			line->field[line->n_fields++] = p;
			p = strchr(p, '\t');
			if (p != NULL)
				*p++ = '\0';
		}
		return 1;
	}
	return 0;
}

/* A copy that lives until the end. */
static inline char *
gen_copy(const char *s)
{
	size_t n = strlen(s) + 1;
	char *copy = malloc(n);

	if (copy == NULL)
		abort();
	return memcpy(copy, s, n);
}

/* A C string literal. */
static inline void
gen_string(const char *s)
{
	putchar('"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			putchar('\\');
		if ((unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7f)
			printf("\\%03o", (unsigned char)*s);
		else
			putchar(*s);
	}
	putchar('"');
}

/* NAME_data_date[], for --version -v. */
static inline void
gen_print_date(const char *name)
{
	printf("\nstatic const char %s_data_date[] = \"%s\";\n", name,
	    gen_date);
}

static inline int
gen_order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The whole of main() for a file of one name a line: a sorted array, in lower
 * case. */
static inline int
gen_names(int argc, char **argv, const char *array)
{
	static struct gen_line line;
	static char *names[4096];
	size_t n = 0;
	FILE *f = gen_open(argc, argv);

	while (gen_next(f, &line)) {
		if (n == sizeof(names) / sizeof(names[0]))
			gen_fail(&line, "too many names");
		for (char *p = line.field[0]; *p != '\0'; p++)
			if (*p >= 'A' && *p <= 'Z')
				*p += 32;
		names[n++] = gen_copy(line.field[0]);
	}
	fclose(f);
	qsort(names, n, sizeof(names[0]), gen_order);
	printf("static const char *const %s[] = {\n", array);
	for (size_t i = 0; i < n; i++) {
		putchar('\t');
		gen_string(names[i]);
		puts(",");
	}
	puts("};");
	gen_print_date(array);
	return 0;
}

#endif
