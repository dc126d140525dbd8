#include "cmd/outlet.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"

enum {
	/* Some thousand records; the memory for them is twice that. */
	QUEUE_MAX = 4 * 1024 * 1024,
	/* A pipe that is ready for writing takes this much at least without
	 * blocking (poll(2), pipe(7): a page is free).  Standard output is not
	 * made non-blocking: others share it, such as the shell's terminal. */
	CHUNK = 4096,
	BRIEFLY_MS = 10, /* while input may be waiting to be read */
	STALLED_MS = 1000,
	FINISH_MS = 5000,
};

/* Will the reader take something within ms? */
static bool
is_ready(int ms)
{
	struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };
	int n;

	do
		n = poll(&out, 1, ms);
	while (n < 0 && errno == EINTR);
	return n > 0;
}

static size_t
n_waiting(const struct outlet *o)
{
	return o->queue.n - o->n_gone;
}

/* Write a chunk once the reader takes it; false where that is not within ms, or
 * nothing is to be written. */
static bool
write_chunk(struct outlet *o, int ms)
{
	size_t n = n_waiting(o) < CHUNK ? n_waiting(o) : CHUNK;
	ssize_t done;

	if (n == 0 || o->error != 0 || !is_ready(ms))
		return false;
	done = write(STDOUT_FILENO, o->queue.at + o->n_gone, n);
	if (done < 0 && errno != EINTR && errno != EAGAIN) {
		o->error = errno;
		error_warn("standard output: %s", strerror(o->error));
	}
	if (done <= 0)
		return false;
	o->n_gone += (size_t)done;
	o->stalled = false;
	return true;
}

/* Forget what was written, once that is worth moving the rest. */
static void
close_up(struct outlet *o)
{
	size_t left = n_waiting(o);

	if (left > 0 && o->n_gone < QUEUE_MAX)
		return;
	if (left > 0)
		memmove(o->queue.at, o->queue.at + o->n_gone, left);
	o->queue.n = left;
	o->n_gone = 0;
}

void
outlet_flush(struct outlet *o)
{
	int ms = o->stalled ? 0 : BRIEFLY_MS;

	while (write_chunk(o, ms))
		;
	close_up(o);
}

/* True where n bytes more fit, or do after a wait. */
static bool
make_room(struct outlet *o, size_t n)
{
	while (n_waiting(o) + n > QUEUE_MAX)
		if (!write_chunk(o, o->stalled ? 0 : STALLED_MS))
			return false;
	close_up(o);
	return true;
}

void
outlet_add(struct outlet *o, struct text record)
{
	if (o->error != 0)
		return;
	if (make_room(o, record.n)) {
		buf_add(&o->queue, record.at, record.n);
		return;
	}
	if (!o->stalled)
		error_warn("standard output: its reader takes nothing; "
		    "handshakes are left out until it does");
	o->stalled = true;
	o->n_dropped++;
}

void
outlet_finish(struct outlet *o)
{
	while (write_chunk(o, FINISH_MS))
		;
	for (; o->n_gone < o->queue.n; o->n_gone++)
		o->n_dropped += o->queue.at[o->n_gone] == '\n';
	buf_free(&o->queue);
	buf_free(&o->line);
}
