/*
 * reader_private.h - what reader.c shares with the readers of each format.
 */
#ifndef PINSPOT_INPUT_READER_PRIVATE_H
#define PINSPOT_INPUT_READER_PRIVATE_H

#include "input/pcaplib.h"
#include "input/reader.h"

struct reader {
	struct reader_options options;
	struct reader_stats stats;
	struct source *source; /* NULL for live capture */
	const char *interface; /* else NULL; borrowed */
	bool ended;
	/* As reader_read; sets numbers, and everything but first and last in
	 * the stats. */
	size_t (*read)(struct reader *r, struct frame *frames, size_t n);
	void (*close)(struct reader *r);
	void *state; /* the format's own */
	struct filter *filters; /* one for each link type seen */
	uint64_t n_notices;
};

/* A stretch of input was skipped: count it and tell. */
void reader_bad(struct reader *r, const char *format, ...) PRINTF_LIKE(2, 3);

/* Nothing more can be captured. */
void reader_broke(struct reader *r, const char *why);

/* The input ended inside a record. */
void reader_truncated(struct reader *r, uint64_t had, uint64_t wanted);

/* An integer in the byte order of a file. */
static inline bool MUST_CHECK
file_u32(struct cursor *c, bool little, uint32_t *out)
{
	uint32_t v;

	if (!cursor_u32(c, &v))
		return false;
	*out = little ? __builtin_bswap32(v) : v;
	return true;
}

static inline bool MUST_CHECK
file_u16(struct cursor *c, bool little, uint16_t *out)
{
	uint16_t v;

	if (!cursor_u16(c, &v))
		return false;
	*out = little ? __builtin_bswap16(v) : v;
	return true;
}

static inline bool MUST_CHECK
file_u64(struct cursor *c, bool little, uint64_t *out)
{
	struct cursor copy = *c;
	uint32_t first, second;

	if (!file_u32(&copy, little, &first) ||
	    !file_u32(&copy, little, &second))
		return false;
	*c = copy;
	*out = little ? (uint64_t)second << 32 | first
		      : (uint64_t)first << 32 | second;
	return true;
}

int pcapfile_open(struct reader *r, struct error *e) MUST_CHECK;
int pcapng_open(struct reader *r, struct error *e) MUST_CHECK;

#endif
