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
	{ "rules", "{list,check,test,facts} [ID|PATH...]",
	    "the rules that decide; are yours sound", cmd_rules },
	{ "formats", "[--try FILE]",
	    "the formats that are read; what a file is taken for",
	    cmd_formats },
	{ "history", "show|gc|check|export",
	    "what earlier runs with --state saw", cmd_history },
	{ "ack", "FINDING --until DATE --reason TEXT",
	    "silence a finding of the history until a day", cmd_ack },
	{ NULL, NULL, NULL, NULL },
};
