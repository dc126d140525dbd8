#include "input/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stop.h"

enum {
	WAIT_MS = 250,
	/* How often a renamed file must have nothing new before it is left: its
	 * writer goes on with it until it is told. */
	QUIET_WAITS = 4,
	/* What is read after the user asked to stop: as much as the largest
	 * pipe holds, so that nothing that was written before is lost, and an
	 * eager writer cannot put off the end. */
	LAST_BYTES = 1024 * 1024,
};

/* What comes next is from another beginning: a line that was never ended must
 * not run into it. */
static ssize_t
begin_anew(struct follow *f, char *room)
{
	bool midway = f->last != '\n';

	f->last = '\n';
	*room = '\n';
	return midway ? 1 : 0;
}

/* A file that is shorter than what was read of it was begun anew. */
static bool
rewind_if_truncated(const struct follow *f, const struct stat *st)
{
	off_t at = lseek(f->source->fd, 0, SEEK_CUR);

	return at > 0 && st->st_size < at &&
	    lseek(f->source->fd, 0, SEEK_SET) == 0;
}

/* The name stands for another file now: go on there, once what the old one has
 * is read and nobody adds to it. */
static bool
reopen_if_renamed(struct follow *f, const struct stat *here)
{
	struct stat there;
	int fd;

	if (f->source->fd == STDIN_FILENO || stat(f->path, &there) != 0 ||
	    !S_ISREG(there.st_mode) ||
	    (here->st_ino == there.st_ino && here->st_dev == there.st_dev)) {
		f->quiet = 0;
		return false;
	}
	if (++f->quiet < QUIET_WAITS)
		return false;
	fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	close(f->source->fd);
	f->source->fd = fd;
	f->quiet = 0;
	return true;
}

/* At the end of a file: wait a little.  1 for a byte at room, else 0. */
static ssize_t
wait_for_file(struct follow *f, const struct stat *st, char *room)
{
	if (rewind_if_truncated(f, st) || reopen_if_renamed(f, st))
		return begin_anew(f, room);
	(void)poll(NULL, 0, WAIT_MS);
	return 0;
}

static ssize_t
read_some(struct follow *f, char *room, size_t n, struct error *e)
{
	ssize_t got = read(f->source->fd, room, n);

	if (got > 0) {
		f->last = room[got - 1];
		f->quiet = 0;
	} else if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
		got = 0;
	} else if (got < 0) {
		error_set(e, "%s", strerror(errno));
	}
	return got;
}

/* What was written before the user asked to stop, without waiting. */
static ssize_t
read_last(struct follow *f, char *room, size_t n, struct error *e)
{
	struct pollfd now = { .fd = f->source->fd, .events = POLLIN };
	size_t left = LAST_BYTES - f->n_last;
	ssize_t got;

	if (left == 0 || poll(&now, 1, 0) <= 0)
		return 0;
	got = read_some(f, room, n < left ? n : left, e);
	if (got > 0)
		f->n_last += (size_t)got;
	return got;
}

/* A source_read_fn: waits until there is something, or the user has enough. */
static ssize_t
read_following(void *arg, void *room, size_t n, struct error *e)
{
	struct follow *f = arg;
	struct pollfd wait = { .events = POLLIN };
	struct stat st;
	bool regular;
	ssize_t got;

	while (!stop_wanted()) {
		f->idle(f->arg);
		regular = fstat(f->source->fd, &st) == 0 && S_ISREG(st.st_mode);
		wait.fd = f->source->fd;
		if (!regular && poll(&wait, 1, WAIT_MS) <= 0)
			continue;
		errno = 0;
		got = read_some(f, room, n, e);
		if (got == 0 && regular)
			got = wait_for_file(f, &st, room);
		else if (got == 0 && errno == 0)
			return 0;
		if (got != 0)
			return got;
	}
	return read_last(f, room, n, e);
}

void
follow_start(struct follow *f, struct source *s, const char *path,
    void (*idle)(void *arg), void *arg)
{
	*f = (struct follow){ .source = s, .path = path, .idle = idle,
		.arg = arg, .last = '\n' };
	s->read = read_following;
	s->read_arg = f;
	s->reads_last = true;
}
