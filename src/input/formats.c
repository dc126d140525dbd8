#include "input/formats.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define FORMAT(name) extern const struct log_format log_format_##name;
#include "input/formats.def"
#undef FORMAT

static const struct log_format *const formats[] = {
#define FORMAT(name) &log_format_##name,
#include "input/formats.def"
#undef FORMAT
};

const struct log_format *const *
formats_all(size_t *n)
{
	*n = N_ITEMS(formats);
	return formats;
}

const struct log_format *
formats_find(const char *name, const char **argument, struct error *e)
{
	const char *names[N_ITEMS(formats)], *near;
	const char *colon = strchr(name, ':');
	size_t n = colon != NULL ? (size_t)(colon - name) : strlen(name);

	*argument = colon != NULL ? colon + 1 : NULL;
	for (size_t i = 0; i < N_ITEMS(formats); i++) {
		names[i] = formats[i]->name;
		if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0 &&
		    (colon != NULL) == (formats[i]->open != NULL))
			return formats[i];
	}
	near = error_nearest(name, names, (int)N_ITEMS(names));
	error_set(e, near != NULL ? "unknown input format \"%s\", did you mean "
	    "\"%s\"?" : "unknown input format \"%s\", see pinspot formats%s",
	    name, near != NULL ? near : "");
	return NULL;
}

int
formats_check(const char *name, struct error *e)
{
	const char *argument;
	const struct log_format *format = formats_find(name, &argument, e);
	void *state;
	int result;

	if (format == NULL)
		return -1;
	if (format->open == NULL)
		return 0;
	state = mem_zero(1, format->state_size);
	result = format->open(NULL, state, argument, e);
	format->finish(NULL, state);
	free(state);
	return result;
}
