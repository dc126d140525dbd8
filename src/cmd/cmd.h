/*
 * cmd.h - the subcommands, and what they share.
 */
#ifndef PINSPOT_CMD_CMD_H
#define PINSPOT_CMD_CMD_H

#include "base/error.h"
#include "cmd/settings.h"

/* Exit statuses (product.md, Command line). */
enum { EXIT_OK = 0, EXIT_MATCHED = 1, EXIT_USAGE = 2, EXIT_UNREADABLE = 3,
	EXIT_PARTIAL = 4, EXIT_INTERNAL = 5 };

/* The one that wins where both hold: 2 > 5 > 3 > 4 > 1 > 0. */
int exit_worse(int a, int b);

struct command {
	const char *name;
	const char *synopsis; /* what follows the name */
	const char *summary;
	const char *more; /* what "help NAME" says below it; lines of text */
	/* argv holds the operands only; the options are in s.  Returns the
	 * exit status. */
	int (*run)(const struct settings *s, int argc, char **argv);
};

/* All of them, ended by one without a name. */
extern const struct command commands[];

/* The one of this name, or NULL. */
const struct command *command_by_name(const char *name);

/* The name that a mistyped word may have meant, or NULL. */
const char *command_near(const char *word);

/* Help on everything, where topic is NULL, with every option where it is
 * "all"; else on the command of that name.  Returns the exit status. */
int help(const char *topic);

int cmd_scan(const struct settings *s, int argc, char **argv);
int cmd_suggest(const struct settings *s, int argc, char **argv);
int cmd_whatif(const struct settings *s, int argc, char **argv);
int cmd_verify(const struct settings *s, int argc, char **argv);
int cmd_explain(const struct settings *s, int argc, char **argv);
int cmd_rules(const struct settings *s, int argc, char **argv);
int cmd_formats(const struct settings *s, int argc, char **argv);
int cmd_history(const struct settings *s, int argc, char **argv);
int cmd_ack(const struct settings *s, int argc, char **argv);

#endif
