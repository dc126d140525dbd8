#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"

static void
help_all(bool every_option)
{
	puts("pinspot: tells why TLS interception breaks what it breaks, per "
	    "host, from\npacket captures and the logs of firewalls and proxies."
	    "\n\nUsage:\n  pinspot [COMMAND] [OPTIONS] [INPUT...]\n\n"
	    "Commands; pinspot help COMMAND says more of each:");
	for (const struct command *c = commands; c->name != NULL; c++)
		printf("  %-8s %s\n", c->name, c->summary);
	if (every_option) {
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

static int
help_command(const char *name)
{
	const struct command *c = command_by_name(name);
	const char *guess = command_near(name);

	if (c != NULL) {
		printf("Usage: pinspot %s %s\n\n%s: %s.\n%s\n"
		    "Options: pinspot --help all.  See pinspot(1).\n", c->name,
		    c->synopsis, c->name, c->summary, c->more);
		return EXIT_OK;
	}
	error_warn(guess != NULL ? "help: no command \"%s\", did you mean "
	    "\"%s\"?" : "help: no command \"%s\"; try: pinspot --help",
	    name, guess);
	return EXIT_USAGE;
}

int
help(const char *topic)
{
	bool every_option = topic != NULL && strcmp(topic, "all") == 0;

	if (topic != NULL && !every_option)
		return help_command(topic);
	help_all(every_option);
	return EXIT_OK;
}
