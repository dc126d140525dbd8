#include "cmd/cmd.h"

#include <stddef.h>

const struct command commands[] = {
	{ "scan", "[OPTIONS] [INPUT...]",
	    "what breaks, why, and what to do (the default)", cmd_scan },
	{ "explain", "HOST|RULE|CLASS INPUT...",
	    "why this verdict; what a rule or class means", cmd_explain },
	{ "formats", "[--try FILE]",
	    "the formats that are read; what a file is taken for",
	    cmd_formats },
	{ NULL, NULL, NULL, NULL },
};
