/*
 * pcapng.c - pcapng capture files (draft-ietf-opsawg-pcapng).
 *
 *     block: type (4) total length (4) body, padded to 4, total length (4)
 *
 * A section header gives the byte order and forgets the interfaces of the
 * section before.  Blocks of other types are passed over.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "input/reader_private.h"

enum {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2, /* obsolete */
	BLOCK_SIMPLE = 3,
	BLOCK_NAMES = 4,
	BLOCK_STATISTICS = 5,
	BLOCK_ENHANCED = 6,
	BLOCK_JOURNAL = 9,
	BLOCK_SECRETS = 10,
	BLOCK_SYSDIG_FIRST = 0x201,
	BLOCK_SYSDIG_LAST = 0x221,
	BLOCK_CUSTOM = 0xbad,
	BLOCK_CUSTOM_NO_COPY = 0x40000bad,
};
#define BLOCK_SECTION 0x0a0d0d0au
#define BYTE_ORDER_MAGIC 0x1a2b3c4du

enum {
	BLOCK_MIN = 12,
	HEADER = 8, /* type and length, before the body */
	TRAILER = 4, /* the length again */
	BLOCK_CEILING = SOURCE_CEILING - 4096,
	/* While looking for a block behind damage. */
	BLOCK_LIKELY = 1024 * 1024,
	INTERFACES_MAX = 65536, /* a capture of every container has hundreds */
	OPTION_END = 0,
	OPTION_DROPPED = 5, /* isb_ifdrop */
	OPTION_RESOLUTION = 9, /* if_tsresol */
	OPTION_OFFSET = 14, /* if_tsoffset */
};

struct interface {
	uint32_t link_type, snaplen;
	uint64_t per_second; /* units of its timestamps; 0: not to be counted */
	uint64_t ns_per_unit; /* where that is a whole number, else 0 */
	int64_t offset; /* seconds */
	uint64_t dropped;
};

struct pcapng {
	bool little;
	struct interface *interfaces;
	size_t n_interfaces, room;
	uint64_t dropped_before; /* in sections before this one */
};

struct block {
	uint32_t type, length;
	struct cursor body;
};

static int64_t
time_of(const struct interface *i, uint64_t units)
{
	uint64_t seconds, rest;
	int64_t ns;

	if (LIKELY(i->ns_per_unit > 0 && i->offset == 0)) {
		if (units > INT64_MAX / i->ns_per_unit)
			return CLOCK_UNKNOWN;
		return (int64_t)(units * i->ns_per_unit);
	}
	if (i->per_second == 0)
		return CLOCK_UNKNOWN;
	seconds = units / i->per_second;
	rest = units % i->per_second;
	if (i->per_second > UINT64_MAX / 1000000000u)
		ns = (int64_t)(rest / (i->per_second / 1000000000u));
	else
		ns = (int64_t)(rest * 1000000000u / i->per_second);
	if (seconds > INT64_MAX / CLOCK_SECOND / 2 ||
	    i->offset > INT64_MAX / CLOCK_SECOND / 2 - 1 ||
	    i->offset < INT64_MIN / CLOCK_SECOND / 2 + 1)
		return CLOCK_UNKNOWN;
	return ((int64_t)seconds + i->offset) * CLOCK_SECOND + ns;
}

/* if_tsresol: a power of 10, or with the highest bit set of 2; how many of its
 * units are a second. */
static void
set_resolution(struct interface *i, uint8_t resolution)
{
	unsigned power = resolution & 0x7f;

	i->per_second = 0;
	i->ns_per_unit = 0;
	if ((resolution & 0x80) != 0) {
		if (power < 64)
			i->per_second = 1ULL << power;
		return;
	}
	if (power > 19)
		return;
	i->per_second = 1;
	while (power-- > 0)
		i->per_second *= 10;
	if (i->per_second <= 1000000000u)
		i->ns_per_unit = 1000000000u / i->per_second;
}

/* The next option: code (2) length (2) value, padded to 4. */
static bool
next_option(const struct pcapng *f, struct cursor *c, uint16_t *code,
    struct cursor *value)
{
	uint16_t length;
	size_t padding;

	if (!file_u16(c, f->little, code) || !file_u16(c, f->little, &length) ||
	    *code == OPTION_END || !cursor_take(c, length, value))
		return false;
	padding = (4 - length % 4u) % 4;
	if (!cursor_skip(c, padding))
		c->left = 0; /* left out at the very end */
	return true;
}

static bool
read_interface(struct reader *r, struct cursor body)
{
	struct pcapng *f = r->state;
	uint64_t layout = hash_bytes(body.at, body.left);
	struct interface i = { 0 };
	struct cursor value;
	uint16_t link_type, code;
	uint64_t offset;
	uint8_t resolution;

	if (!file_u16(&body, f->little, &link_type) || !cursor_skip(&body, 2) ||
	    !file_u32(&body, f->little, &i.snaplen) ||
	    f->n_interfaces >= INTERFACES_MAX)
		return false;
	i.link_type = link_type;
	set_resolution(&i, 6);
	while (next_option(f, &body, &code, &value)) {
		if (code == OPTION_RESOLUTION && cursor_u8(&value, &resolution))
			set_resolution(&i, resolution);
		else if (code == OPTION_OFFSET &&
		    file_u64(&value, f->little, &offset))
			i.offset = (int64_t)offset;
	}
	f->interfaces = mem_grow(f->interfaces, f->n_interfaces, &f->room,
	    sizeof(i));
	f->interfaces[f->n_interfaces++] = i;
	if (r->stats.packets == 0)
		r->stats.layout = hash_mix(r->stats.layout ^ layout,
		    BLOCK_SECTION);
	if (i.snaplen > r->stats.snaplen)
		r->stats.snaplen = i.snaplen;
	return true;
}

static void
count_drops(struct reader *r)
{
	const struct pcapng *f = r->state;

	r->stats.dropped = f->dropped_before;
	for (size_t i = 0; i < f->n_interfaces; i++)
		r->stats.dropped += f->interfaces[i].dropped;
}

/* Interface statistics: interface (4) time (8) options.  Each block tells the
 * sum so far. */
static bool
read_statistics(struct reader *r, struct cursor body)
{
	struct pcapng *f = r->state;
	struct cursor value;
	uint32_t id;
	uint16_t code;
	uint64_t dropped;

	if (!file_u32(&body, f->little, &id) || !cursor_skip(&body, 8) ||
	    id >= f->n_interfaces)
		return false;
	while (next_option(f, &body, &code, &value))
		if (code == OPTION_DROPPED &&
		    file_u64(&value, f->little, &dropped))
			f->interfaces[id].dropped = dropped;
	count_drops(r);
	return true;
}

static bool
read_secrets(struct reader *r, struct cursor body)
{
	const struct pcapng *f = r->state;
	struct cursor bytes;
	uint32_t type, length;

	if (!file_u32(&body, f->little, &type) ||
	    !file_u32(&body, f->little, &length) ||
	    !cursor_take(&body, length, &bytes))
		return false;
	if (r->options.secrets != NULL)
		r->options.secrets(type, bytes, r->options.arg);
	return true;
}

/* A new section; its byte order was told by the block's own header. */
static bool
read_section(struct reader *r, struct cursor body)
{
	struct pcapng *f = r->state;
	uint32_t magic;
	uint16_t major;

	if (!file_u32(&body, f->little, &magic) ||
	    !file_u16(&body, f->little, &major) || major != 1)
		return false;
	count_drops(r);
	f->dropped_before = r->stats.dropped;
	f->n_interfaces = 0;
	return true;
}

/* interface (4) time (8) kept (4) length on the wire (4) bytes */
static bool
read_enhanced(const struct pcapng *f, struct cursor body, struct frame *frame)
{
	const struct interface *i;
	uint32_t id, high, low, kept;

	if (!file_u32(&body, f->little, &id) ||
	    !file_u32(&body, f->little, &high) ||
	    !file_u32(&body, f->little, &low) ||
	    !file_u32(&body, f->little, &kept) ||
	    !file_u32(&body, f->little, &frame->wire_length) ||
	    id >= f->n_interfaces || !cursor_take(&body, kept, &frame->bytes))
		return false;
	i = &f->interfaces[id];
	frame->link_type = i->link_type;
	frame->time = time_of(i, (uint64_t)high << 32 | low);
	return true;
}

/* interface (2) drops (2), then like the enhanced one */
static bool
read_obsolete(const struct pcapng *f, struct cursor body, struct frame *frame)
{
	const struct interface *i;
	uint32_t high, low, kept;
	uint16_t id;

	if (!file_u16(&body, f->little, &id) || !cursor_skip(&body, 2) ||
	    !file_u32(&body, f->little, &high) ||
	    !file_u32(&body, f->little, &low) ||
	    !file_u32(&body, f->little, &kept) ||
	    !file_u32(&body, f->little, &frame->wire_length) ||
	    id >= f->n_interfaces || !cursor_take(&body, kept, &frame->bytes))
		return false;
	i = &f->interfaces[id];
	frame->link_type = i->link_type;
	frame->time = time_of(i, (uint64_t)high << 32 | low);
	return true;
}

/* length on the wire (4) bytes: of the first interface, without a time */
static bool
read_simple(const struct pcapng *f, struct cursor body, struct frame *frame)
{
	const struct interface *i = f->interfaces;
	uint32_t kept;

	if (f->n_interfaces == 0 ||
	    !file_u32(&body, f->little, &frame->wire_length))
		return false;
	kept = frame->wire_length;
	if (i->snaplen > 0 && i->snaplen < kept)
		kept = i->snaplen;
	frame->link_type = i->link_type;
	frame->time = CLOCK_UNKNOWN;
	return cursor_take(&body, kept, &frame->bytes);
}

typedef bool packet_block_fn(const struct pcapng *f, struct cursor body,
    struct frame *frame);
typedef bool other_block_fn(struct reader *r, struct cursor body);

static const struct {
	uint32_t type;
	packet_block_fn *packet; /* one of the two, or neither */
	other_block_fn *other;
	bool numbered; /* Wireshark shows it as a frame of its own */
	const char *name;
} kinds[] = {
	{ BLOCK_ENHANCED, read_enhanced, NULL, true, "enhanced packet" },
	{ BLOCK_SIMPLE, read_simple, NULL, true, "simple packet" },
	{ BLOCK_PACKET, read_obsolete, NULL, true, "packet" },
	{ BLOCK_INTERFACE, NULL, read_interface, false,
	    "interface description" },
	{ BLOCK_STATISTICS, NULL, read_statistics, false,
	    "interface statistics" },
	{ BLOCK_SECRETS, NULL, read_secrets, false, "decryption secrets" },
	{ BLOCK_SECTION, NULL, read_section, false, "section header" },
	{ BLOCK_NAMES, NULL, NULL, false, "name resolution" },
	{ BLOCK_JOURNAL, NULL, NULL, true, "systemd journal" },
	{ BLOCK_CUSTOM, NULL, NULL, true, "custom" },
	{ BLOCK_CUSTOM_NO_COPY, NULL, NULL, true, "custom" },
};

static bool
is_known(uint32_t type)
{
	for (size_t i = 0; i < N_ITEMS(kinds); i++)
		if (kinds[i].type == type)
			return true;
	return false;
}

/*
 * Read type and length of the block at the left edge of the window.  A section
 * header brings its own byte order.  False where the length cannot be one.
 */
static bool
read_header(struct pcapng *f, struct source *s, struct block *b)
{
	struct cursor c = source_peek(s, BLOCK_MIN);
	uint32_t magic;

	if (!file_u32(&c, f->little, &b->type))
		return false;
	if (b->type == BLOCK_SECTION) { /* reads the same both ways */
		struct cursor ahead = c;

		if (!cursor_skip(&ahead, 4) ||
		    !cursor_u32(&ahead, &magic))
			return false;
		if (magic != BYTE_ORDER_MAGIC &&
		    magic != __builtin_bswap32(BYTE_ORDER_MAGIC))
			return false;
		f->little = magic != BYTE_ORDER_MAGIC;
	}
	return file_u32(&c, f->little, &b->length) && b->length >= BLOCK_MIN &&
	    b->length % 4 == 0;
}

/* The window holds the whole block.  False where its second length differs. */
static bool
read_body(const struct pcapng *f, const struct source *s, struct block *b)
{
	struct cursor c = cursor_over(s->at, s->n);
	uint32_t again;

	return cursor_skip(&c, HEADER) &&
	    cursor_take(&c, b->length - BLOCK_MIN, &b->body) &&
	    file_u32(&c, f->little, &again) && again == b->length;
}

static bool
is_at_block(struct pcapng *f, struct source *s)
{
	bool little = f->little;
	struct block b;

	if (read_header(f, s, &b) && is_known(b.type) &&
	    b.length <= BLOCK_LIKELY && source_need(s, b.length) &&
	    read_body(f, s, &b))
		return true;
	f->little = little;
	return false;
}

/* A block that makes no sense, or that the input is too short for: find the
 * next one that does.  False when there is none; then all was used. */
static bool
resynchronise(struct reader *r, const struct block *b)
{
	struct source *s = r->source;
	uint64_t from = s->used;

	do
		source_use(s, 1);
	while (source_need(s, BLOCK_MIN) && !is_at_block(r->state, s));
	if (s->n >= BLOCK_MIN) {
		reader_bad(r,
		    "block at byte %" PRIu64 ": its length of %" PRIu32 " leads "
		    "nowhere; skipped %" PRIu64
		    " bytes to the next block that makes sense",
		    from, b->length, s->used - from);
		return true;
	}
	source_use(s, s->n);
	reader_truncated(r, s->used - from, b->length);
	return false;
}

/* Use a whole block.  True when *frame was set from it. */
static bool
use_block(struct reader *r, const struct block *b, struct frame *frame)
{
	struct pcapng *f = r->state;

	for (size_t i = 0; i < N_ITEMS(kinds); i++) {
		if (kinds[i].type != b->type)
			continue;
		r->stats.packets += kinds[i].numbered;
		frame->number = r->stats.packets;
		if (kinds[i].packet != NULL) {
			if (LIKELY(kinds[i].packet(f, b->body, frame)))
				return true;
		} else if (kinds[i].other == NULL ||
		    kinds[i].other(r, b->body)) {
			return false;
		}
		reader_bad(r,
		    "%s block at byte %" PRIu64 " contradicts itself: skipped",
		    kinds[i].name, r->source->used);
		return false;
	}
	/* Each event that sysdig recorded is a frame to Wireshark. */
	r->stats.packets += b->type >= BLOCK_SYSDIG_FIRST &&
	    b->type <= BLOCK_SYSDIG_LAST;
	return false;
}

/* Longer than any packet: pass over what nobody knows; others are damaged. */
static bool
skip_long_block(struct reader *r, const struct block *b)
{
	uint64_t from = r->source->used;

	if (is_known(b->type))
		return resynchronise(r, b);
	reader_bad(r,
	    "block of type 0x%08" PRIx32 " at byte %" PRIu64 " has %" PRIu32
	    " bytes, more than %d: skipped", b->type, from, b->length,
	    BLOCK_CEILING);
	if (source_skip(r->source, b->length))
		return true;
	reader_truncated(r, r->source->used - from, b->length);
	return false;
}

/* Make the window hold the block.  False where the input ends before that, or
 * its second length differs. */
static bool
take_block(struct reader *r, struct block *b)
{
	return source_need(r->source, b->length) &&
	    read_body(r->state, r->source, b);
}

static size_t
pcapng_read(struct reader *r, struct frame *frames, size_t n)
{
	struct pcapng *f = r->state;
	struct source *s = r->source;
	struct block b = { 0 };
	size_t got = 0;

	/* Frames borrow from the window: only for the first of a batch may it
	 * move. */
	while (got < n) {
		if (got > 0 && s->n < BLOCK_MIN)
			return got;
		if (!source_need(s, BLOCK_MIN))
			break;
		if (UNLIKELY(!read_header(f, s, &b))) {
			if (got > 0)
				return got;
			if (!resynchronise(r, &b))
				break;
			continue;
		}
		if (got > 0 && s->n < b.length)
			return got;
		if (UNLIKELY(b.length > BLOCK_CEILING)) {
			if (!skip_long_block(r, &b))
				break;
			continue;
		}
		if (UNLIKELY(!take_block(r, &b))) {
			if (got > 0)
				return got;
			if (!resynchronise(r, &b))
				break;
			continue;
		}
		got += use_block(r, &b, &frames[got]);
		source_use(s, b.length);
	}
	if (got == 0) {
		r->ended = true;
		if (s->n > 0)
			reader_truncated(r, s->n, BLOCK_MIN);
	}
	return got;
}

static void
pcapng_close(struct reader *r)
{
	struct pcapng *f = r->state;

	free(f->interfaces);
	free(f);
}

int
pcapng_open(struct reader *r, struct error *e)
{
	struct pcapng *f = mem_zero(1, sizeof(*f));
	struct block b;

	if (!read_header(f, r->source, &b) || b.type != BLOCK_SECTION) {
		free(f);
		return error_set(e,
		    "%s: its section header breaks off or has no byte order; "
		    "was the capture interrupted?", r->source->name);
	}
	r->stats.kind = "pcapng";
	r->state = f;
	r->read = pcapng_read;
	r->close = pcapng_close;
	return 0;
}
