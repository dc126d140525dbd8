#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/mem.h"
#include "base/stop.h"
#include "cmd/cmd.h"
#include "knowledge/alerts.h"
#include "knowledge/apps.h"
#include "knowledge/ciphers.h"
#include "knowledge/hsts.h"
#include "knowledge/interceptors.h"
#include "knowledge/suffix.h"

static void
version(const struct settings *s)
{
	puts("pinspot " PINSPOT_VERSION);
	if (s->verbose > 0)
		printf("HSTS preload list  %s (%zu)\n"
		    "pinned apps        %s (%zu)\n"
		    "interceptors       %s\npublic CAs         %s\n"
		    "public suffixes    %s\nalerts             %s\n"
		    "cipher suites      %s\n",
		    hsts_date(), hsts_count(), apps_date(), app_count(),
		    interceptors_date(), issuers_date(), suffix_date(),
		    alerts_date(), ciphers_date());
}

/* The command that the first word names, else scan; NULL, and told, where that
 * word is no file and looks like a mistyped command. */
static const struct command *
choose(int *argc, char ***argv)
{
	const struct command *c = NULL;
	const char *word, *guess;

	if (*argc == 0)
		return &commands[0];
	word = (*argv)[0];
	c = command_by_name(word);
	if (c != NULL) {
		--*argc;
		++*argv;
		return c;
	}
	guess = command_near(word);
	if (guess == NULL || access(word, F_OK) == 0)
		return &commands[0];
	error_warn("%s: no command and no file; did you mean \"%s\"?", word,
	    guess);
	return NULL;
}

/* What --help is about: every option, the command before it, or nothing
 * particular. */
static const char *
help_topic(int argc, char **argv)
{
	if (argc > 0 && strcmp(argv[argc - 1], "all") == 0)
		return "all";
	return argc > 0 && command_by_name(argv[0]) != NULL ? argv[0] : NULL;
}

/* What is still held for standard output must be out for success. */
static int
flush(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	error_warn("standard output: %s", strerror(errno));
	return exit_worse(status, EXIT_INTERNAL);
}

/* What the options ask for, and the exit status. */
static int
run(struct settings *s, int argc, char **argv)
{
	const struct command *c;
	struct error e;
	int first;

	if (settings_files(s, &e) != 0 ||
	    (first = settings_arguments(s, argc, argv, &e)) < 0) {
		error_warn("%s", e.text);
		return EXIT_USAGE;
	}
	argc -= first;
	argv += first;
	if (argc > 0 && strcmp(argv[0], "help") == 0)
		return help(argc > 1 ? argv[1] : NULL);
	if (s->help)
		return help(help_topic(argc, argv));
	if (s->version) {
		version(s);
		return EXIT_OK;
	}
	if (s->show_config) {
		settings_show(s, stdout);
		return EXIT_OK;
	}
	c = choose(&argc, &argv);
	return c != NULL ? c->run(s, argc, argv) : EXIT_USAGE;
}

int
main(int argc, char **argv)
{
	struct settings s;
	int status;

	/* A SIGUSR1 that comes early must not be the end. */
	stop_catch();
	mem_start();
	hash_start();
	settings_init(&s);
	status = flush(run(&s, argc, argv));
	settings_free(&s);
	return status;
}
