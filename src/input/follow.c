#include "input/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
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

/* Keep the last bytes that were read. */
static void
remember(struct follow *f, const char *bytes, size_t n)
{
	size_t kept;

	if (n > FOLLOW_MARK) {
		bytes += n - FOLLOW_MARK;
		n = FOLLOW_MARK;
	}
	kept = f->n_mark < FOLLOW_MARK - n ? f->n_mark : FOLLOW_MARK - n;
	memmove(f->mark, f->mark + f->n_mark - kept, kept);
	memcpy(f->mark + kept, bytes, n);
	f->n_mark = kept + n;
}

/* Does the file still hold, before the place where reading goes on, what was
 * read there? */
static bool
is_unchanged(const struct follow *f, off_t at)
{
	char now[FOLLOW_MARK];

	return pread(f->source->fd, now, f->n_mark,
	    at - (off_t)f->n_mark) == (ssize_t)f->n_mark &&
	    memcmp(now, f->mark, f->n_mark) == 0;
}

/* A file that is shorter than what was read of it was begun anew; so was one that
 * has grown again since. */
static bool
rewind_if_truncated(struct follow *f)
{
	off_t at = lseek(f->source->fd, 0, SEEK_CUR);

	if (at <= 0 || is_unchanged(f, at) ||
	    lseek(f->source->fd, 0, SEEK_SET) != 0)
		return false;
	f->n_mark = 0;
	return true;
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
	f->n_mark = 0;
	return true;
}

/* At the end of a file: wait a little.  1 for a byte at room, else 0. */
static ssize_t
wait_for_file(struct follow *f, const struct stat *st, char *room)
{
	if (reopen_if_renamed(f, st))
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
		remember(f, room, (size_t)got);
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
		f->options->idle(f->options->idle_arg);
		regular = fstat(f->source->fd, &st) == 0 && S_ISREG(st.st_mode);
		wait.fd = f->source->fd;
		if (!regular && poll(&wait, 1, WAIT_MS) <= 0)
			continue;
		if (regular && rewind_if_truncated(f)) {
			got = begin_anew(f, room);
			if (got > 0)
				return got;
		}
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

/* A file that is not there yet; false where it never came. */
static bool
wait_until_there(const char *path, const struct input_options *o)
{
	struct stat st;

	if (strcmp(path, "-") == 0 || stat(path, &st) == 0 || errno != ENOENT)
		return true;
	if (o->verbose >= 0)
		error_warn("%s: not there yet, waiting for it", path);
	while (!stop_wanted()) {
		o->idle(o->idle_arg);
		if (stat(path, &st) == 0 || errno != ENOENT)
			return true;
		(void)poll(NULL, 0, WAIT_MS);
	}
	return false;
}

/* What a file holds that never came. */
static ssize_t
read_nothing(void *arg, void *room, size_t n, struct error *e)
{
	(void)arg;
	(void)room;
	(void)n;
	(void)e;
	return 0;
}

int
follow_open(struct follow *f, struct source *s, const char *path,
    const struct input_options *options, struct error *e)
{
	*f = (struct follow){ .source = s, .path = path, .options = options,
		.last = '\n' };
	if (!wait_until_there(path, options)) {
		source_init(s, path, read_nothing, NULL);
		return 0;
	}
	if (source_open(s, path, e) != 0)
		return -1;
	s->read = read_following;
	s->read_arg = f;
	s->reads_last = true;
	return 0;
}
