#include "cmd/twins.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "history/mark.h"

ssize_t
twins_read(void *arg, void *room, size_t n, uint64_t offset)
{
	const int *fd = arg;
	size_t done = 0;
	ssize_t got;

	while (done < n) {
		got = pread(*fd, (char *)room + done, n - done,
		    (off_t)(offset + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

struct candidate {
	size_t nth; /* of the paths */
	uint64_t size; /* 0: no regular file, or empty: no twin of anything */
	bool marked;
	struct mark mark;
	size_t twin_of; /* path + 1; 0 none */
};

/* By size, those of one size in the order of the command line. */
static int
by_size(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return x->nth < y->nth ? -1 : x->nth > y->nth;
}

static int
by_place(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->nth < y->nth ? -1 : x->nth > y->nth;
}

static bool
take_mark(struct candidate *c, const char *path)
{
	int fd;

	if (c->marked)
		return c->mark.n > 0;
	c->marked = true;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return false;
	if (!mark_take(&c->mark, c->size, twins_read, &fd))
		c->mark.n = 0;
	close(fd);
	return c->mark.n > 0;
}

static bool
same(struct candidate *a, struct candidate *b, const struct paths *paths)
{
	return take_mark(a, paths->at[a->nth].name) &&
	    take_mark(b, paths->at[b->nth].name) &&
	    memcmp(a->mark.head, b->mark.head, DIGEST_SIZE) == 0 &&
	    memcmp(a->mark.tail, b->mark.tail, DIGEST_SIZE) == 0;
}

/* Find the twins among files of one size. */
static void
compare(struct candidate *c, size_t n, const struct paths *paths)
{
	for (size_t i = 1; i < n; i++)
		for (size_t j = 0; j < i && c[i].twin_of == 0; j++)
			if (c[j].twin_of == 0 && same(&c[i], &c[j], paths))
				c[i].twin_of = c[j].nth + 1;
}

/* Take the twins out of the paths, which are in the order of the candidates. */
static void
drop(struct paths *paths, const struct candidate *c, struct report *r)
{
	size_t kept = 0;

	for (size_t i = 0; i < paths->n; i++)
		if (c[i].twin_of != 0)
			report_note(r, "%s: the same as %s, read once",
			    paths->at[i].name,
			    paths->at[c[i].twin_of - 1].name);
	for (size_t i = 0; i < paths->n; i++) {
		if (c[i].twin_of != 0)
			free(paths->at[i].name);
		else
			paths->at[kept++] = paths->at[i];
	}
	paths->n = kept;
}

void
twins_drop(struct paths *paths, struct report *r)
{
	struct candidate *c = mem_zero(paths->n + 1, sizeof(*c));
	struct stat st;
	size_t end;

	for (size_t i = 0; i < paths->n; i++) {
		c[i].nth = i;
		if (strcmp(paths->at[i].name, "-") != 0 &&
		    stat(paths->at[i].name, &st) == 0 && S_ISREG(st.st_mode))
			c[i].size = (uint64_t)st.st_size;
	}
	qsort(c, paths->n, sizeof(*c), by_size);
	for (size_t i = 0; i < paths->n; i = end) {
		for (end = i + 1; end < paths->n && c[end].size == c[i].size;)
			end++;
		if (c[i].size > 0)
			compare(c + i, end - i, paths);
	}
	qsort(c, paths->n, sizeof(*c), by_place);
	for (size_t i = 0; i < paths->n; i++)
		if (c[i].twin_of != 0) {
			drop(paths, c, r);
			break;
		}
	free(c);
}
