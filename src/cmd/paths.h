/*
 * paths.h - the files that the user's words stand for.
 */
#ifndef PINSPOT_CMD_PATHS_H
#define PINSPOT_CMD_PATHS_H

#include <stdbool.h>
#include <stddef.h>

struct path {
	char *name;
	bool found; /* in a folder: not named by the user himself */
};

struct paths {
	struct path *at;
	size_t n, room;
};

/* Add a file, "-", or what a folder holds, in the order of names and without
 * what is hidden.  Folders below are entered, links to folders are not. */
void paths_add(struct paths *p, const char *name);

void paths_free(struct paths *p);

#endif
