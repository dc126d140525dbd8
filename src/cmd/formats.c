#include <stdio.h>

#include "base/buf.h"
#include "cmd/cmd.h"
#include "input/formats.h"
#include "input/input.h"

int
cmd_formats(const struct settings *s, int argc, char **argv)
{
	struct input_options o = { .squid_format = s->squid_format,
		.timezone = s->timezone, .format = s->input_format };
	const char *path = s->try_file != NULL ? s->try_file :
	    argc > 0 ? argv[0] : NULL;
	struct buf out = { 0 };
	struct error e;
	int status = EXIT_OK;

	if (path == NULL) {
		formats_list(&out);
	} else if (formats_try(path, &o, &out, &e) != 0) {
		error_warn("%s", e.text);
		status = EXIT_UNREADABLE;
	}
	if (out.n > 0 && fwrite(out.at, 1, out.n, stdout) != out.n)
		status = EXIT_INTERNAL;
	buf_free(&out);
	return status;
}
