#include "input/capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/stop.h"
#include "input/continuation.h"
#include "input/datagram.h"
#include "input/reader.h"
#include "input/recording.h"

enum {
	RECORDINGS_MAX = 8, /* open at one time: both sides of four boxes */
	/* How much of a file is looked at before it is given to one of them:
	 * that many frames, or bytes. */
	AHEAD_FRAMES = 1024,
	AHEAD_BYTES = SOURCE_BUFFER,
};

/* A recording that may go on, and its last file. */
struct open_recording {
	struct recording *recording;
	char *name;
	uint64_t layout;
};

struct captures {
	struct recording_common common;
	struct authority *authority; /* NULL without --interceptor */
	/* The input at hand. */
	const char *name;
	uint32_t number;
	bool live;
	struct reader *interface; /* open, and not yet read; else NULL */
	/* The one that was read last is the last. */
	struct open_recording open[RECORDINGS_MAX];
	size_t n_open;
	bool told_many; /* that there were more than RECORDINGS_MAX */
};

static void
notice(const char *words, void *arg)
{
	const struct captures *c = arg;

	if (c->common.options->verbose >= 0)
		error_warn("%s", words);
}

static int
find_authority(const struct input_options *o, struct authority **out,
    struct error *e)
{
	*out = NULL;
	if (o->interceptor_pem != NULL)
		*out = authority_from_file(o->interceptor_pem, e);
	else if (o->interceptor_sha256 != NULL)
		*out = authority_from_sha256(o->interceptor_sha256, e);
	else if (o->interceptor_name != NULL)
		*out = authority_from_name(o->interceptor_name);
	else
		return 0;
	return *out != NULL ? 0 : -1;
}

/* Recordings --------------------------------------------------------------- */

static void
close_recording(struct captures *c, size_t i)
{
	recording_free(c->open[i].recording);
	free(c->open[i].name);
	c->n_open--;
	memmove(&c->open[i], &c->open[i + 1],
	    (c->n_open - i) * sizeof(c->open[0]));
}

/* Those that no file goes on with any more.  When there are too many, the one
 * that has waited longest goes. */
static void
close_some(struct captures *c, int64_t now)
{
	for (size_t i = c->n_open; i-- > 0;)
		if (continuation_is_over(
			recording_newest(c->open[i].recording), now))
			close_recording(c, i);
	if (c->n_open < RECORDINGS_MAX)
		return;
	if (c->common.options->verbose > 0 && !c->told_many)
		error_warn("%s: more than %d captures of the same time: "
		    "connections that go on in other files of one of them may "
		    "be cut", c->name, RECORDINGS_MAX);
	c->told_many = true;
	close_recording(c, 0);
}

static size_t
find_recording(struct captures *c, const struct file_head *head)
{
	struct file_tail tails[RECORDINGS_MAX];

	for (size_t i = 0; i < c->n_open; i++)
		tails[i] = (struct file_tail){
			.name = c->open[i].name,
			.layout = c->open[i].layout,
			.newest = recording_newest(c->open[i].recording),
			.stage = recording_stage(c->open[i].recording),
		};
	return continuation_find(head, tails, c->n_open);
}

/* All open recordings together keep to the limits. */
static void
share_limits(struct captures *c, struct recording *reading)
{
	struct packet_load sum = { 0 }, load;

	for (size_t i = 0; i < c->n_open; i++) {
		if (c->open[i].recording == reading)
			continue;
		load = packet_stage_load(
		    recording_stage(c->open[i].recording));
		sum.flows += load.flows;
		sum.held += load.held;
	}
	packet_stage_yield(recording_stage(reading), sum);
}

/* The recording of the file that begins so, which becomes the last one. */
static struct recording *
take_file(struct captures *c, const struct file_head *head)
{
	struct open_recording taken = { 0 };
	size_t i = find_recording(c, head);

	if (i < c->n_open) {
		taken = c->open[i];
		free(taken.name);
		c->n_open--;
		memmove(&c->open[i], &c->open[i + 1],
		    (c->n_open - i) * sizeof(c->open[0]));
	} else {
		taken.recording = recording_new(&c->common);
	}
	close_some(c, head->frames[0].time);
	taken.name = mem_string(head->name);
	taken.layout = head->layout;
	c->open[c->n_open++] = taken;
	share_limits(c, taken.recording);
	recording_next_file(taken.recording, c->number);
	return taken.recording;
}

void
captures_finish(struct captures *c)
{
	while (c->n_open > 0)
		close_recording(c, 0);
	recording_common_free(&c->common);
}

/* The input ---------------------------------------------------------------- */

static void
fill_info(struct reader *reader, struct input_info *info)
{
	const struct reader_stats *stats = reader_stats(reader);

	info->kind = stats->kind;
	info->packets += stats->packets;
	info->bad += stats->bad;
	info->first = stats->first;
	info->last = stats->last;
	info->snaplen = stats->snaplen;
	info->truncated |= stats->truncated;
}

static void
tell_damage(const struct captures *c, const struct packet_counts *before,
    const struct packet_counts *now, const struct input_info *info)
{
	uint64_t tunnels = now->tunnels - before->tunnels;
	uint64_t evicted = now->evicted - before->evicted;

	if (c->common.options->verbose < 0)
		return;
	if (now->snapped > before->snapped && info->snaplen > 0)
		error_warn("%s: snaplen %u cuts packets: what certificates "
		    "tell may be missing. Capture with -s 0.", c->name,
		    (unsigned)info->snaplen);
	if (tunnels > 0)
		error_warn("%s: %llu packets in tunnels such as GRE or VXLAN "
		    "were not opened; capture inside of them", c->name,
		    (unsigned long long)tunnels);
	if (evicted > 0)
		error_warn("%s: %llu connections were given up before their "
		    "end for lack of room; raise --max-flows or --max-memory",
		    c->name, (unsigned long long)evicted);
}

static void
idle(const struct captures *c)
{
	if (c->live && c->common.options->idle != NULL)
		c->common.options->idle(c->common.options->idle_arg);
}

/* The next frames, up to n; 0 at the end.  A busy interface gives some without
 * end; files end by themselves when the user asks to stop. */
static size_t
next_frames(const struct captures *c, struct reader *reader,
    struct frame *frames, size_t n)
{
	size_t got = 0;

	while (got == 0 && !reader_ended(reader) &&
	    !(c->live && stop_wanted())) {
		got = reader_read(reader, frames, n);
		idle(c);
	}
	return got;
}

/* The first n frames, or what there is of them, show whose file it is.  One
 * without frames is nobody's. */
static void
read_file(struct captures *c, struct reader *reader, struct frame *frames,
    size_t n, struct input_info *info)
{
	struct file_head head = { .name = c->name, .frames = frames,
		.n_frames = next_frames(c, reader, frames, n) };
	struct packet_counts before;
	const struct packet_counts *now;
	struct recording *r;

	head.layout = reader_stats(reader)->layout;
	if (head.n_frames == 0) {
		fill_info(reader, info);
		return;
	}
	r = take_file(c, &head);
	now = packet_stage_counts(recording_stage(r));
	before = *now;
	for (n = head.n_frames; n > 0;
	    n = next_frames(c, reader, frames, READER_BATCH))
		recording_frames(r, frames, n);
	fill_info(reader, info);
	info->other += now->other - before.other;
	tell_damage(c, &before, now, info);
}

/* How many frames can be shown at once?  They are in the source's window, which
 * gets as wide for that as it takes; libpcap's frames come one by one.  Who
 * follows a pipe must not wait for more than there is. */
static size_t
widen_window(const struct captures *c, struct source *s)
{
	if (c->n_open == 0 || s == NULL || c->common.options->follow)
		return READER_BATCH;
	(void)source_peek(s, AHEAD_BYTES);
	return AHEAD_FRAMES;
}

static void
run(struct captures *c, struct reader *reader, struct source *s,
    struct input_info *info)
{
	size_t n = widen_window(c, s);
	struct frame *frames = mem_zero(n, sizeof(*frames));

	read_file(c, reader, frames, n, info);
	free(frames);
}

struct captures *
captures_new(const struct input_options *options, handshake_fn *emit,
    void *arg, struct pool *pool, struct totals *totals, struct error *e)
{
	struct captures *c = mem_zero(1, sizeof(*c));

	if (find_authority(options, &c->authority, e) != 0) {
		free(c);
		return NULL;
	}
	c->common = (struct recording_common){ .options = options,
		.emit = emit, .emit_arg = arg, .quic_room = DATAGRAMS_QUIC };
	tls_init(&c->common.tls, pool, c->authority, totals);
	return c;
}

void
captures_free(struct captures *c)
{
	if (c == NULL)
		return;
	captures_finish(c);
	reader_free(c->interface);
	authority_free(c->authority);
	free(c);
}

int
captures_read(struct captures *c, struct source *s, uint32_t number,
    struct input_info *info, struct error *e)
{
	const struct reader_options options = { .notice = notice, .arg = c,
		.filter = c->common.options->filter };
	struct reader *reader;

	c->name = s->name;
	c->number = number;
	c->live = false;
	if (reader_open(&reader, s, &options, e) != 0)
		return -1;
	run(c, reader, s, info);
	reader_free(reader);
	return 0;
}

int
captures_open_live(struct captures *c, const char *interface, struct error *e)
{
	const struct reader_options options = { .notice = notice, .arg = c,
		.filter = c->common.options->filter };

	c->name = interface;
	c->live = true;
	return reader_open_live(&c->interface, interface, &options, e);
}

int
captures_filter_live(struct captures *c, struct error *e)
{
	return c->interface != NULL ? reader_filter_live(c->interface, e) : 0;
}

int
captures_live(struct captures *c, uint32_t number, struct input_info *info,
    struct error *e)
{
	struct reader *reader = c->interface;
	const struct reader_stats *stats = reader_stats(reader);
	int result = 0;

	c->number = number;
	c->interface = NULL;
	run(c, reader, NULL, info);
	if (stats->failed)
		result = error_set(e, "%s", stats->why.text);
	reader_free(reader);
	return result;
}

void
captures_interceptor(const struct captures *c, struct buf *out)
{
	if (c->authority != NULL)
		authority_title(c->authority, out);
}

int64_t
capture_first_time(struct source *s)
{
	const struct reader_options options = { 0 };
	int64_t time = CLOCK_UNKNOWN;
	struct reader *reader;
	struct frame frame;

	if (reader_open(&reader, s, &options, NULL) != 0)
		return time;
	if (reader_read(reader, &frame, 1) > 0)
		time = frame.time;
	reader_free(reader);
	return time;
}
