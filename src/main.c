#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/stop.h"
#include "cmd/cmd.h"
#include "knowledge/alerts.h"
#include "knowledge/apps.h"
#include "knowledge/ciphers.h"
#include "knowledge/hsts.h"
#include "knowledge/interceptors.h"
#include "knowledge/suffix.h"

static void
help(bool all)
{
	puts("pinspot: tells why TLS interception breaks what it breaks, per "
	    "host, from\npacket captures and the logs of firewalls and proxies."
	    "\n\nUsage:");
	for (const struct command *c = commands; c->name != NULL; c++)
		printf("  pinspot %-8s %-34s %s\n", c->name, c->synopsis,
		    c->summary);
	if (all) {
		puts("\nOptions:");
		settings_help(stdout);
	} else {
		puts("\nCommon options:\n"
		    "  -i, --interceptor CA.pem  whose certificates are ours\n"
		    "  -f, --format NAME         text, json, jsonl, csv, html, "
		    "md, mail, prom\n"
		    "  -o, --output FILE         write a file; its suffix "
		    "decides the format\n"
		    "      --for PRODUCT         syntax of suggested entries: "
		    "panos, umbrella, ...\n"
		    "      --help all            every option");
	}
	puts("\nExamples:\n"
	    "  pinspot edge.pcapng decryption.csv\n"
	    "  pinspot -i corp-ca.pem -o report.html edge.pcapng\n"
	    "  tcpdump -w - tcp | pinspot -\n"
	    "\nExit status: 0 ran, 1 --fail-on matched, 2 usage, 3 nothing "
	    "readable,\n4 partial, 5 output failed.  See pinspot(1).");
}

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

/* The command that the first word names, else scan. */
static const struct command *
choose(int *argc, char ***argv)
{
	for (const struct command *c = commands; *argc > 0 && c->name != NULL;
	    c++) {
		if (strcmp((*argv)[0], c->name) == 0) {
			--*argc;
			++*argv;
			return c;
		}
	}
	return &commands[0];
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
		complain("%s", e.text);
		return EXIT_USAGE;
	}
	argc -= first;
	argv += first;
	if (s->help || (argc > 0 && strcmp(argv[0], "help") == 0)) {
		help(argc > 0 && strcmp(argv[argc - 1], "all") == 0);
		return EXIT_OK;
	}
	if (s->version) {
		version(s);
		return EXIT_OK;
	}
	if (s->show_config) {
		settings_show(s, stdout);
		return EXIT_OK;
	}
	c = choose(&argc, &argv);
	return c->run(s, argc, argv);
}

int
main(int argc, char **argv)
{
	struct settings s;
	int status;

	/* A SIGUSR1 that comes early must not be the end. */
	stop_catch();
	hash_start();
	settings_init(&s);
	status = run(&s, argc, argv);
	settings_free(&s);
	return status;
}
