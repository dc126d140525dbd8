/* A capture file of any kind, all the way to ordered streams. */
#include "fuzz.h"

#include <assert.h>
#include <string.h>

#include "input/reader.h"
#include "packet/tcp.h"

struct memory {
	const uint8_t *at;
	size_t left;
};

static volatile unsigned touched; /* so that each byte is read */

static ssize_t
read_memory(void *arg, void *room, size_t n, struct error *e)
{
	struct memory *m = arg;

	(void)e;
	if (n > m->left)
		n = m->left;
	memcpy(room, m->at, n);
	m->at += n;
	m->left -= n;
	return (ssize_t)n;
}

static void
touch(struct cursor bytes)
{
	unsigned sum = 0;

	for (size_t i = 0; i < bytes.left; i++)
		sum += bytes.at[i];
	touched = sum;
}

/* Every second connection is done with after its first bytes. */
static enum tcp_want
on_data(struct connection *c, int from, struct cursor bytes,
    const struct frame *frame, void *arg)
{
	(void)frame;
	(void)arg;
	assert(from == 0 || from == 1);
	assert(bytes.left > 0);
	touch(bytes);
	return c->number % 2 == 0 ? TCP_MORE : TCP_DONE;
}

static enum tcp_want
on_gap(struct connection *c, int from, uint64_t n, const struct frame *frame,
    void *arg)
{
	(void)c;
	(void)from;
	(void)frame;
	(void)arg;
	assert(n > 0);
	return TCP_MORE;
}

static void
on_close(struct connection *c, int from, enum close_how how,
    const struct frame *frame, void *arg)
{
	uintptr_t closed = (uintptr_t)c->user;

	(void)frame;
	(void)arg;
	assert(how == CLOSE_FIN || how == CLOSE_RST);
	assert((closed & 1u << from) == 0);
	c->user = (void *)(closed | 1u << from);
}

static void
on_end(struct connection *c, void *arg)
{
	size_t *ended = arg;

	(void)c;
	++*ended;
}

static void
on_datagram(const struct endpoint *from, const struct endpoint *to,
    struct cursor bytes, const struct frame *frame, void *arg)
{
	(void)from;
	(void)to;
	(void)frame;
	(void)arg;
	touch(bytes);
}

static void
read_all(struct reader *r)
{
	const struct packet_limits limits = { .max_flows = 4,
		.max_memory = 4096 };
	size_t ended = 0, n;
	const struct tcp_handler handler = { on_data, on_gap, on_close, on_end,
		on_datagram, &ended };
	struct packet_stage *stage = packet_stage_new(&handler, &limits);
	struct frame frames[READER_BATCH];

	while ((n = reader_read(r, frames, READER_BATCH)) > 0)
		packet_stage_frames(stage, frames, n);
	packet_stage_finish(stage);
	assert(ended == packet_stage_counts(stage)->flows);
	packet_stage_free(stage);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct reader_options options = { .filter = NULL };
	struct memory m = { data, size };
	struct source s;
	struct reader *r;
	struct error e;

	source_init(&s, "fuzz", read_memory, &m);
	if (reader_open(&r, &s, &options, &e) == 0)
		read_all(r);
	reader_free(r);
	source_close(&s);
	return 0;
}
