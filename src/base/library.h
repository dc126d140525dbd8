/*
 * library.h - libraries that are loaded when they are first needed.
 *
 * Few runs need these, and linked they would cost every run the memory and the
 * time of all that they bring with them.  Their headers are needed to build,
 * they themselves only where they are used.  What is called of one is listed
 * once,
 *
 *     #define LIBFOO(F) F(foo_open) F(foo_close)
 *
 * for the table through which they are called, and for their names:
 *
 *     struct libfoo { LIBFOO(LIBRARY_POINTER) };
 *     static const struct library libfoo = { "libfoo",
 *         { "libfoo.so.1", "libfoo.so" }, LIBRARY_NAMES(LIBFOO) };
 */
#ifndef PINSPOT_BASE_LIBRARY_H
#define PINSPOT_BASE_LIBRARY_H

#include "base/attr.h"
#include "base/error.h"

#define LIBRARY_POINTER(function) __typeof__(&function) function;
#define LIBRARY_NAME(function) #function,
#define LIBRARY_NAMES(list) (const char *const[]){ list(LIBRARY_NAME) NULL }

struct library {
	const char *name; /* for people, who will look for a package */
	const char *files[4]; /* the first that can be loaded; to NULL */
	const char *const *functions; /* to NULL */
};

/*
 * Load it, where it is not yet, and fill the table: one pointer for each
 * function, in their order.  It stays loaded, as what comes later will want it
 * again.  -1 where it is not there, or not all of it; the place (a file, an
 * option) is what the words begin with.
 */
int library_load(const struct library *library, void *table,
    const char *place, struct error *e) MUST_CHECK;

#endif
