/*
 * pcapfile.c - classic capture files (draft-ietf-opsawg-pcap).
 *
 *     file header: magic (4) major (2) minor (2) reserved (8) snaplen (4)
 *         link type (4, of which the lower half counts)
 *     then records: seconds (4) fraction (4) kept (4) length on the wire (4),
 *         and the kept bytes
 *
 * in the byte order of who wrote it.  The magic a1b2c3d4 means microseconds,
 * a1b23c4d nanoseconds.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "input/reader_private.h"

enum {
	FILE_HEADER = 24,
	RECORD_HEADER = 16,
	/* What libpcap's MAXIMUM_SNAPLEN allows for all but a few odd link
	 * types; Wireshark takes no more either. */
	KEPT_MAX = 262144,
	/* Where a record of more is met, what follows it must make sense. */
	KEPT_CEILING = SOURCE_CEILING - 4096,
	/* While looking for a record behind damage: a time within so many
	 * seconds of the last good one makes sense. */
	NEAR = 7 * 86400,
};

struct pcapfile {
	bool little, nano, old;
	uint32_t link_type;
	int64_t last_second; /* of a good record, -1: none yet */
};

struct record {
	uint32_t seconds, fraction, kept, length;
};

/* A cursor that is too short gives a record that makes no sense. */
static inline struct record
read_record(const struct pcapfile *f, struct cursor c)
{
	struct cursor header;
	struct record r;

	if (!cursor_take(&c, RECORD_HEADER, &header))
		return (struct record){ .kept = UINT32_MAX };
	r.seconds = load_u32(header.at);
	r.fraction = load_u32(header.at + 4);
	r.kept = load_u32(header.at + 8);
	r.length = load_u32(header.at + 12);
	if (f->little) {
		r.seconds = __builtin_bswap32(r.seconds);
		r.fraction = __builtin_bswap32(r.fraction);
		r.kept = __builtin_bswap32(r.kept);
		r.length = __builtin_bswap32(r.length);
	}
	/* Before version 2.3, and sometimes in it, the two were swapped (libpcap,
	 * sf-pcap.c). */
	if (UNLIKELY(f->old) && r.kept > r.length) {
		uint32_t kept = r.length;

		r.length = r.kept;
		r.kept = kept;
	}
	return r;
}

/* Stricter than what is read in good order: only for finding records again. */
static bool
makes_sense(const struct pcapfile *f, const struct record *r)
{
	int64_t distance = (int64_t)r->seconds - f->last_second;

	return r->kept > 0 && r->kept <= KEPT_MAX && r->length >= r->kept &&
	    r->length <= KEPT_MAX &&
	    r->fraction < (f->nano ? 1000000000u : 1000000u) &&
	    (f->last_second < 0 || (distance > -NEAR && distance < NEAR));
}

/* Is the window at a record, followed by another one or by the end? */
static bool
is_at_record(const struct pcapfile *f, struct source *s)
{
	struct cursor c = source_peek(s, RECORD_HEADER);
	struct record r = read_record(f, c);

	if (!makes_sense(f, &r))
		return false;
	if (!source_need(s, RECORD_HEADER + (size_t)r.kept + RECORD_HEADER))
		return s->n == RECORD_HEADER + (size_t)r.kept;
	c = cursor_over(s->at, s->n);
	if (!cursor_skip(&c, RECORD_HEADER + (size_t)r.kept))
		return false;
	r = read_record(f, c);
	return makes_sense(f, &r);
}

/* A record that makes no sense, or that the input is too short for: find the
 * next one that does.  False when there is none; then all was used. */
static bool
resynchronise(struct reader *r, uint32_t kept)
{
	const struct pcapfile *f = r->state;
	uint64_t from = r->source->used, record = r->stats.packets + 1;

	do
		source_use(r->source, 1);
	while (source_need(r->source, RECORD_HEADER) &&
	    !is_at_record(f, r->source));
	if (r->source->n >= RECORD_HEADER) {
		reader_bad(r,
		    "record %" PRIu64 " at byte %" PRIu64 ": a length of %" PRIu32
		    " leads nowhere; skipped %" PRIu64
		    " bytes to the next record that makes sense",
		    record, from, kept, r->source->used - from);
		return true;
	}
	source_use(r->source, r->source->n);
	if (kept <= KEPT_MAX)
		reader_truncated(r, r->source->used - from,
		    RECORD_HEADER + (uint64_t)kept);
	else
		reader_bad(r,
		    "record %" PRIu64 " at byte %" PRIu64 ": a length of %" PRIu32
		    ", expected at most %d, and nothing after it makes sense; "
		    "%" PRIu64 " bytes were not read",
		    record, from, kept, KEPT_MAX, r->source->used - from);
	return false;
}

/* Very long records occur on odd link types.  More often the length is damaged,
 * and the next record is not where it points to. */
static bool
is_long_record(struct reader *r, uint32_t kept)
{
	const struct pcapfile *f = r->state;
	size_t whole = RECORD_HEADER + (size_t)kept;
	struct cursor c;
	struct record next;

	if (kept > KEPT_CEILING || kept > r->stats.snaplen)
		return false;
	if (!source_need(r->source, whole + RECORD_HEADER))
		return r->source->n == whole;
	c = cursor_over(r->source->at, r->source->n);
	if (!cursor_skip(&c, whole))
		return false;
	next = read_record(f, c);
	return makes_sense(f, &next);
}

/* Is the whole record in the window?  The first of a batch may move the window
 * for it; the frames before a later one would not survive that. */
static bool
has_bytes(struct source *s, size_t n, bool first)
{
	return n <= s->n || (first && source_need(s, n));
}

static size_t
pcapfile_read(struct reader *r, struct frame *frames, size_t n)
{
	struct pcapfile *f = r->state;
	struct source *s = r->source;
	struct record record;
	struct cursor c;
	size_t got = 0;

	while (got < n && has_bytes(s, RECORD_HEADER, got == 0)) {
		record = read_record(f, cursor_over(s->at, RECORD_HEADER));
		if (UNLIKELY(record.kept > KEPT_MAX)) {
			if (got > 0)
				break;
			if (!is_long_record(r, record.kept)) {
				if (!resynchronise(r, record.kept))
					break;
				continue;
			}
		}
		if (!has_bytes(s, RECORD_HEADER + (size_t)record.kept,
			got == 0)) {
			if (got > 0 || !resynchronise(r, record.kept))
				break;
			continue;
		}
		source_use(s, RECORD_HEADER);
		c = cursor_over(s->at, record.kept);
		source_use(s, record.kept);
		f->last_second = record.seconds;
		frames[got++] = (struct frame){
			.number = ++r->stats.packets,
			.time = record.seconds * CLOCK_SECOND +
			    (int64_t)record.fraction * (f->nano ? 1 : 1000),
			.link_type = f->link_type,
			.wire_length = record.length,
			.bytes = c,
		};
	}
	if (got > 0)
		return got;
	r->ended = true;
	if (s->n > 0)
		reader_truncated(r, s->n, RECORD_HEADER);
	return 0;
}

static void
pcapfile_close(struct reader *r)
{
	free(r->state);
}

int
pcapfile_open(struct reader *r, struct error *e)
{
	const char *name = r->source->name;
	struct cursor c = source_peek(r->source, FILE_HEADER);
	struct pcapfile f = { .last_second = -1 };
	uint64_t layout = hash_bytes(c.at, c.left);
	uint32_t magic, snaplen;
	uint16_t major, minor;

	if (c.left < FILE_HEADER)
		return error_set(e,
		    "%s: ends after %zu bytes, inside the file header of 24; "
		    "was the capture interrupted?", name, c.left);
	if (!cursor_u32(&c, &magic))
		return -1;
	f.little = magic == 0xd4c3b2a1 || magic == 0x4d3cb2a1;
	f.nano = magic == 0x4d3cb2a1 || magic == 0xa1b23c4d;
	if (!file_u16(&c, f.little, &major) ||
	    !file_u16(&c, f.little, &minor) || !cursor_skip(&c, 8) ||
	    !file_u32(&c, f.little, &snaplen) ||
	    !file_u32(&c, f.little, &f.link_type))
		return -1;
	if (major < 2)
		return error_set(e,
		    "%s: pcap version %d.%d, expected 2.x; convert it with a "
		    "tcpdump of its time", name, major, minor);
	f.old = major == 2 && minor <= 3;
	f.link_type &= 0xffff;
	source_use(r->source, FILE_HEADER);
	r->stats.kind = "pcap";
	r->stats.snaplen = snaplen;
	r->stats.layout = layout;
	r->state = mem_zero(1, sizeof(f));
	*(struct pcapfile *)r->state = f;
	r->read = pcapfile_read;
	r->close = pcapfile_close;
	return 0;
}
