#include "input/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"

enum { CACHE_LINE = 64 };

static ssize_t
read_fd(void *arg, void *room, size_t n, struct error *e)
{
	const int *fd = arg;
	ssize_t got;

	do
		got = read(*fd, room, n);
	while (got < 0 && errno == EINTR && !stop_wanted());
	if (got < 0 && errno == EINTR)
		return 0;
	if (got < 0)
		error_set(e, "%s", strerror(errno));
	return got;
}

void
source_init(struct source *s, const char *name, source_read_fn *read_fn,
    void *arg)
{
	*s = (struct source){
		.name = name,
		.fd = -1,
		.written = CLOCK_UNKNOWN,
		.buffer = mem_zero(1, SOURCE_BUFFER),
		.room = SOURCE_BUFFER,
		.read = read_fn,
		.read_arg = arg,
	};
	s->at = s->buffer;
}

void
source_init_inner(struct source *s, const struct source *outer,
    source_read_fn *read_fn, void *arg)
{
	source_init(s, outer->name, read_fn, arg);
	s->written = outer->written;
	s->reads_last = outer->reads_last;
}

int
source_open(struct source *s, const char *path, struct error *e)
{
	bool standard = strcmp(path, "-") == 0;
	struct stat st;
	int fd;

	fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_set(e, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
		error_set(e, "%s: %s", path,
		    S_ISDIR(st.st_mode) ? "is a folder" : strerror(errno));
		if (!standard)
			close(fd);
		return -1;
	}
	source_init(s, standard ? "standard input" : path, read_fd, NULL);
	s->fd = fd;
	s->read_arg = &s->fd;
	if (S_ISREG(st.st_mode)) {
		s->size = (uint64_t)st.st_size;
		s->written = st.st_mtim.tv_sec * CLOCK_SECOND;
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	}
	return 0;
}

void
source_close(struct source *s)
{
	if (s->fd > STDIN_FILENO)
		close(s->fd);
	free(s->buffer);
	*s = (struct source){ .fd = -1 };
}

/*
 * Make room for a window of n bytes: behind what is left, or by moving that to
 * the front.  There its bytes stand in their cache lines as they do in the file,
 * so that the kernel has whole lines to copy: measured, a tenth less of its time.
 */
static void
make_room(struct source *s, size_t n)
{
	size_t offset = (size_t)(s->at - s->buffer), front;

	if (n <= s->room - offset)
		return;
	/* More than is asked for, so that the next moves are far away. */
	if (n > s->room - SOURCE_BUFFER / 2) {
		while (s->room < n + SOURCE_BUFFER)
			s->room *= 2;
		s->buffer = mem_resize(s->buffer, s->room, 1);
	}
	front = (size_t)(s->used - (uintptr_t)s->buffer) % CACHE_LINE;
	memmove(s->buffer + front, s->buffer + offset, s->n);
	s->at = s->buffer + front;
}

static void
read_more(struct source *s)
{
	size_t behind = (size_t)(s->at - s->buffer) + s->n;
	struct error why = { "" };
	ssize_t got = 0;

	if (s->reads_last || !stop_wanted())
		got = s->read(s->read_arg, s->buffer + behind, s->room - behind,
		    &why);
	if (got > 0) {
		s->n += (size_t)got;
		if (s->progress != NULL)
			s->progress(s->used + s->n, s->size, s->progress_arg);
		return;
	}
	s->ended = true;
	if (got < 0) {
		s->failed = true;
		error_set(&s->error, "%s: %s", s->name, why.text);
	}
}

bool
source_fill(struct source *s, size_t n)
{
	if (n > SOURCE_CEILING)
		return false;
	if (n > s->n && !s->ended)
		make_room(s, n);
	while (n > s->n && !s->ended)
		read_more(s);
	return n <= s->n;
}

bool
source_skip(struct source *s, uint64_t n)
{
	while (n > s->n) {
		n -= s->n;
		source_use(s, s->n);
		if (!source_need(s, 1))
			return false;
	}
	source_use(s, (size_t)n);
	return true;
}

void
source_retry(struct source *s)
{
	s->ended = s->failed;
}

struct cursor
source_peek(struct source *s, size_t n)
{
	if (!source_need(s, n))
		n = s->n;
	return (struct cursor){ s->at, n };
}
