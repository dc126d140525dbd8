#include "input/reader.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "input/reader_private.h"

enum {
	NOTICES_DEFAULT = 3, /* of one input; the count tells the rest */
	FILTERS_MAX = 64, /* link types with a filter of their own */
};

/* The first four bytes of each kind, as they are in the file. */
static const struct {
	uint32_t magic;
	const char *kind;
	int (*open)(struct reader *r, struct error *e);
} kinds[] = {
	{ 0xa1b2c3d4, "pcap", pcapfile_open },
	{ 0xd4c3b2a1, "pcap", pcapfile_open },
	{ 0xa1b23c4d, "pcap", pcapfile_open }, /* nanoseconds */
	{ 0x4d3cb2a1, "pcap", pcapfile_open },
	{ 0x0a0d0d0a, "pcapng", pcapng_open },
	{ 0xa1b2cd34, "pcap (modified)", pcaplib_open }, /* Kuznetzov's */
	{ 0x34cdb2a1, "pcap (modified)", pcaplib_open },
	{ 0xa1e2cb12, "pcap (Navtel)", pcaplib_open },
	{ 0x12cbe2a1, "pcap (Navtel)", pcaplib_open },
};

const char *
reader_recognise(struct cursor head)
{
	uint32_t magic;

	if (!cursor_u32(&head, &magic))
		return NULL;
	for (size_t i = 0; i < N_ITEMS(kinds); i++)
		if (kinds[i].magic == magic)
			return kinds[i].kind;
	return NULL;
}

static const char *
name_of(const struct reader *r)
{
	return r->source != NULL ? r->source->name : r->interface;
}

static void
notice(struct reader *r, const char *words)
{
	uint64_t max = r->options.notices;

	if (max == 0)
		max = NOTICES_DEFAULT;
	if (r->options.notice != NULL && r->n_notices++ < max)
		r->options.notice(words, r->options.arg);
}

void
reader_bad(struct reader *r, const char *format, ...)
{
	struct error what, words;
	va_list ap;

	r->stats.bad++;
	va_start(ap, format);
	vsnprintf(what.text, sizeof(what.text), format, ap);
	va_end(ap);
	error_set(&words, "%s: %s", name_of(r), what.text);
	notice(r, words.text);
}

void
reader_truncated(struct reader *r, uint64_t had, uint64_t wanted)
{
	r->stats.truncated = true;
	if (r->source->failed)
		return;
	reader_bad(r, "ends inside a record, after %" PRIu64 " of its %" PRIu64
	    " bytes; was the capture or the copy interrupted?", had, wanted);
}

static struct reader *
reader_new(struct source *source, const struct reader_options *options)
{
	struct reader *r = mem_zero(1, sizeof(*r));

	r->options = *options;
	r->source = source;
	r->stats.first = r->stats.last = CLOCK_UNKNOWN;
	return r;
}

int
reader_open(struct reader **out, struct source *source,
    const struct reader_options *options, struct error *e)
{
	struct reader *r = reader_new(source, options);
	struct cursor head = source_peek(source, 4);
	uint32_t magic;
	int status = -1;

	*out = NULL;
	if (!cursor_u32(&head, &magic))
		magic = 0;
	for (size_t i = 0; i < N_ITEMS(kinds); i++) {
		if (kinds[i].magic != magic)
			continue;
		r->stats.kind = kinds[i].kind;
		status = kinds[i].open(r, e);
		break;
	}
	if (r->stats.kind == NULL)
		error_set(e, "%s: is no capture file", source->name);
	if (status != 0)
		reader_free(r);
	else
		*out = r;
	return status;
}

int
reader_open_live(struct reader **out, const char *interface,
    const struct reader_options *options, struct error *e)
{
	struct reader *r = reader_new(NULL, options);

	*out = NULL;
	r->interface = interface;
	r->stats.kind = "live";
	if (pcaplib_open_live(r, interface, e) != 0) {
		reader_free(r);
		return -1;
	}
	*out = r;
	return 0;
}

int
reader_filter_live(struct reader *r, struct error *e)
{
	return pcaplib_filter_live(r, e);
}

/* The filter for a link type.  Where the expression makes no sense for it (as
 * "vlan" does on raw IP) nothing matches, which is told once. */
static const struct filter *
filter_for(struct reader *r, uint32_t link_type)
{
	struct filter *f, *found;
	struct error e;
	int n = 0;

	for (f = r->filters; f != NULL; f = filter_next(f), n++)
		if (filter_link_type(f) == link_type)
			return f;
	if (n >= FILTERS_MAX)
		return NULL;
	if (filter_new(&found, r->options.filter, link_type, &e) != 0)
		notice(r, e.text);
	filter_chain(found, r->filters);
	r->filters = found;
	return found;
}

static size_t
apply_filter(struct reader *r, struct frame *frames, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (filter_matches(filter_for(r, frames[i].link_type),
			&frames[i]))
			frames[kept++] = frames[i];
	r->stats.filtered += n - kept;
	return kept;
}

static void
note_times(struct reader_stats *stats, const struct frame *frames, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t time = frames[i].time;

		if (time == CLOCK_UNKNOWN)
			continue;
		if (stats->first == CLOCK_UNKNOWN || time < stats->first)
			stats->first = time;
		if (stats->last == CLOCK_UNKNOWN || time > stats->last)
			stats->last = time;
	}
}

size_t
reader_read(struct reader *r, struct frame *frames, size_t n)
{
	size_t got;

	while (!r->ended) {
		got = r->read(r, frames, n);
		note_times(&r->stats, frames, got);
		if (r->options.filter != NULL && got > 0) {
			got = apply_filter(r, frames, got);
			if (got == 0)
				continue;
		}
		if (got > 0 || r->source == NULL)
			return got;
	}
	if (r->source != NULL && r->source->failed && !r->stats.failed) {
		r->stats.failed = true;
		notice(r, r->source->error.text);
	}
	return 0;
}

void
reader_broke(struct reader *r, const char *why)
{
	r->stats.failed = true;
	error_set(&r->stats.why, "%s: the capture broke off: %s", name_of(r),
	    why);
}

bool
reader_ended(const struct reader *r)
{
	return r->ended;
}

const struct reader_stats *
reader_stats(struct reader *r)
{
	return &r->stats;
}

void
reader_free(struct reader *r)
{
	struct filter *f, *next;

	if (r == NULL)
		return;
	if (r->close != NULL)
		r->close(r);
	for (f = r->filters; f != NULL; f = next) {
		next = filter_next(f);
		filter_free(f);
	}
	free(r);
}
