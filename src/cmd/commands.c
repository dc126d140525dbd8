#include "cmd/cmd.h"

#include <stddef.h>

const struct command commands[] = {
	{ "scan", "[OPTIONS] [INPUT...]",
	    "what breaks, why, and what to do (the default)", cmd_scan },
	{ "explain", "HOST|RULE|CLASS INPUT...",
	    "why this verdict; what a rule or class means", cmd_explain },
	{ "suggest", "[OPTIONS] INPUT...",
	    "exclusion entries, in a product's syntax", cmd_suggest },
	{ "whatif", "LIST INPUT...",
	    "replay an exclusion list: fixed, lost, left", cmd_whatif },
	{ "verify", "LIST INPUT...",
	    "does an exclusion list do what it should", cmd_verify },
	{ "formats", "[--try FILE]",
	    "the formats that are read; what a file is taken for",
	    cmd_formats },
	{ NULL, NULL, NULL, NULL },
};
