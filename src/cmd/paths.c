#include "cmd/paths.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/mem.h"

enum { DEPTH_MAX = 16 }; /* folders in folders */

static void
keep(struct paths *p, const char *name, bool found)
{
	p->at = mem_grow(p->at, p->n, &p->room, sizeof(*p->at));
	p->at[p->n++] = (struct path){ mem_string(name), found };
}

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Not alphasort, which follows the locale. */
static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void
add(struct paths *p, const char *name, int depth)
{
	struct dirent **entries;
	struct buf path = { 0 };
	struct stat st;
	int n;

	if (depth > DEPTH_MAX || lstat(name, &st) != 0)
		return;
	if (S_ISLNK(st.st_mode) && (stat(name, &st) != 0 ||
	    (S_ISDIR(st.st_mode) && depth > 0)))
		return;
	if (!S_ISDIR(st.st_mode)) {
		if (S_ISREG(st.st_mode))
			keep(p, name, true);
		return;
	}
	n = scandir(name, &entries, visible, by_bytes);
	/* Whoever opens it will tell why it cannot be read. */
	if (n < 0)
		keep(p, name, false);
	for (int i = 0; i < n; i++) {
		path.n = 0;
		buf_printf(&path, "%s/%s", name, entries[i]->d_name);
		add(p, path.at, depth + 1);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	buf_free(&path);
}

void
paths_add(struct paths *p, const char *name)
{
	struct stat st;

	if (strcmp(name, "-") != 0 && stat(name, &st) == 0 &&
	    S_ISDIR(st.st_mode))
		add(p, name, 0);
	else
		keep(p, name, false);
}

void
paths_free(struct paths *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->at[i].name);
	free(p->at);
	*p = (struct paths){ 0 };
}
