/*
 * settings.h - what the user asked for, and where each wish came from.
 *
 * Options are in one table, which feeds the command line, the configuration
 * files, --help all and --show-config.  The command line wins over
 * PINSPOT_CONFIG, which wins over the user's file, which wins over the
 * system's.
 */
#ifndef PINSPOT_CMD_SETTINGS_H
#define PINSPOT_CMD_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"
#include "input/zone.h"

struct list {
	const char **at;
	size_t n, room;
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

enum { N_SETTINGS_MAX = 64 };

struct settings {
	/* What is read, and how. */
	const char *interceptor, *input_format, *filter, *interface;
	const char *squid_format, *invalid_lines;
	struct zone timezone;
	double max_bad; /* per cent */
	uint64_t max_memory, max_flows; /* 0: the defaults */
	/* What is known. */
	struct list rules;
	bool no_default_rules;
	const char *apps, *hsts;
	/* What is shown. */
	const char *format;
	struct list output, class, fail_on;
	int64_t since, until; /* CLOCK_UNKNOWN: no bound */
	const char *host, *client, *min_confidence;
	const char *product; /* --for */
	bool handshakes, anonymize, only_new;
	const char *state, *reason;
	int64_t interval; /* ns */
	bool follow;
	int color; /* enum color */
	bool ascii, utc, quiet;
	int verbose; /* how often -v was given */
	uint64_t width; /* 0: the terminal's, else 96 */
	/* What is done instead. */
	bool help, version, show_config;
	const char *try_file; /* formats --try */
	/* Where each option of the table came from; NULL: the default. */
	const char *from[N_SETTINGS_MAX];
	struct list owned; /* texts out of configuration files */
};

void settings_init(struct settings *s);

void settings_free(struct settings *s);

/* Read the configuration files that exist.  -1 with the words in *e, which name
 * file and line. */
int settings_files(struct settings *s, struct error *e) MUST_CHECK;

/* Read options; argv is permuted so that the operands come last.  Returns the
 * index of the first operand, or -1 with the words in *e. */
int settings_arguments(struct settings *s, int argc, char **argv,
    struct error *e) MUST_CHECK;

/* The options, one a line: for --help all. */
void settings_help(FILE *out);

/* Every setting with its value and origin. */
void settings_show(const struct settings *s, FILE *out);

#endif
