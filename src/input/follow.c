#include "input/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stop.h"

enum { WAIT_MS = 250 };

/* The name stands for another file now: go on there.  What the old one had is
 * read.  A descriptor keeps its number, which the source remembers. */
static void
reopen(struct follow *f)
{
	struct stat here, there;
	int fd;

	if (fstat(f->source->fd, &here) != 0 || stat(f->path, &there) != 0 ||
	    (here.st_ino == there.st_ino && here.st_dev == there.st_dev))
		return;
	fd = open(f->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	close(f->source->fd);
	f->source->fd = fd;
}

/* A file that is shorter than what was read of it was begun anew. */
static void
rewind_if_truncated(struct follow *f)
{
	struct stat st;
	off_t at = lseek(f->source->fd, 0, SEEK_CUR);

	if (at > 0 && fstat(f->source->fd, &st) == 0 && st.st_size < at)
		(void)lseek(f->source->fd, 0, SEEK_SET);
}

/* A source_read_fn: waits until there is something, or the user has enough. */
static ssize_t
read_following(void *arg, void *room, size_t n, struct error *e)
{
	struct follow *f = arg;
	struct pollfd wait = { .fd = f->source->fd, .events = POLLIN };
	struct stat st;
	bool regular;
	ssize_t got;

	regular = fstat(f->source->fd, &st) == 0 && S_ISREG(st.st_mode);
	while (!stop_wanted()) {
		f->idle(f->arg);
		if (!regular && poll(&wait, 1, WAIT_MS) <= 0)
			continue;
		got = read(f->source->fd, room, n);
		if (got > 0 || (got == 0 && !regular))
			return got;
		if (got < 0 && errno != EINTR && errno != EAGAIN) {
			error_set(e, "%s", strerror(errno));
			return -1;
		}
		(void)poll(NULL, 0, WAIT_MS);
		rewind_if_truncated(f);
		reopen(f);
	}
	return 0;
}

void
follow_start(struct follow *f, struct source *s, const char *path,
    void (*idle)(void *arg), void *arg)
{
	*f = (struct follow){ s, path, idle, arg };
	s->read = read_following;
	s->read_arg = f;
}
