#include "base/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* NULL with the words of the first one's failure: the other names are those of
 * other systems. */
static void *
open_any(const char *const *files, char *why, size_t room)
{
	void *handle = NULL;

	for (size_t i = 0; files[i] != NULL && handle == NULL; i++) {
		handle = dlopen(files[i], RTLD_NOW | RTLD_LOCAL);
		if (handle == NULL && i == 0)
			snprintf(why, room, "%s", dlerror());
	}
	return handle;
}

int
library_load(const struct library *library, void *table, const char *place,
    struct error *e)
{
	const char *const *names = library->functions;
	char why[512];
	void *handle = open_any(library->files, why, sizeof(why));

	if (handle == NULL)
		return error_set(e, "%s: %s is needed for this, and cannot be "
		    "loaded (%s); install it", place, library->name, why);
	for (size_t i = 0; names[i] != NULL; i++) {
		void *found = dlsym(handle, names[i]);

		if (found == NULL)
			return error_set(e, "%s: %s is needed for this, and "
			    "the one here has no %s; install a newer one",
			    place, library->name, names[i]);
		/* POSIX makes pointers to functions and to data alike. */
		memcpy((char *)table + i * sizeof(found), &found,
		    sizeof(found));
	}
	return 0;
}
