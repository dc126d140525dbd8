#include "cmd/cmd.h"

#include <stddef.h>

const struct command commands[] = {
	{ "scan", "[OPTIONS] [INPUT...]",
	    "what breaks, why, and what to do (the default)", cmd_scan },
	{ NULL, NULL, NULL, NULL },
};
