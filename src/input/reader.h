/*
 * reader.h - capture files and interfaces -> frames.
 *
 * Frames are read a batch at a time, so that one indirect call serves many and
 * the packet stage can look ahead.  Classic pcap and pcapng are read by
 * ourselves; what those decline, and live capture, by libpcap (pcaplib.h).
 *
 * A damaged record costs as little as possible: the reader looks for the next
 * one that makes sense, counts, tells, and goes on.
 */
#ifndef PINSPOT_INPUT_READER_H
#define PINSPOT_INPUT_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/cursor.h"
#include "base/error.h"
#include "input/source.h"
#include "packet/frame.h"

enum { READER_BATCH = 32 };

struct reader_options {
	const char *filter; /* a BPF expression, or NULL */
	/* One line about something in the input that was skipped or looks
	 * wrong; it begins with the input's name.  May be NULL. */
	void (*notice)(const char *words, void *arg);
	/* The contents of a Decryption Secrets Block (draft-ietf-opsawg-pcapng
	 * section 4.7), type 0x544c534b for an NSS key log.  May be NULL. */
	void (*secrets)(uint32_t type, struct cursor bytes, void *arg);
	void *arg;
	uint64_t notices; /* at most so many; 0: a few */
};

struct reader_stats {
	const char *kind; /* "pcap", "pcapng", "live", or libpcap's word */
	uint64_t packets; /* frames in the input, also those filtered out */
	uint64_t filtered; /* of those, kept from the caller by the filter */
	uint64_t bad; /* damaged stretches that were skipped */
	uint64_t dropped; /* by the capturing kernel, where the input tells */
	int64_t first, last; /* earliest and latest time, CLOCK_UNKNOWN */
	uint32_t snaplen; /* the largest of all interfaces; 0: not told */
	uint64_t layout; /* hash of all that comes before the first frame, as
			  * equal in the files of a ring */
	bool truncated; /* ended in the middle of a record */
	bool failed; /* ended because reading failed */
	struct error why; /* the words for that, of a live capture */
};

struct reader;

/* Do these first bytes (24 will do) belong to a capture file?  What kind, or
 * NULL. */
const char *reader_recognise(struct cursor head);

/*
 * Begin to read a capture file.  The source is borrowed; options are copied.
 * -1 with the words in *e where the file's header is unusable.  The filter is
 * known to be one (pcaplib.h); for link types where it makes no sense nothing
 * matches, which is told.
 */
int reader_open(struct reader **r, struct source *source,
    const struct reader_options *options, struct error *e) MUST_CHECK;

/* Open an interface.  Needs the right to do so; -1 with the words.  Its name is
 * borrowed. */
int reader_open_live(struct reader **r, const char *interface,
    const struct reader_options *options, struct error *e) MUST_CHECK;

/* To be called before it is read, when rights that opening needed are gone: the
 * filter.  -1 with the words where it makes no sense for the interface. */
int reader_filter_live(struct reader *r, struct error *e) MUST_CHECK;

/*
 * Read the next frames, 1 to n of them (n at least 1, READER_BATCH is a good
 * number); their bytes are borrowed until the next call.  0 at the end of the
 * input, whatever ended it.  Live, 0 also means that nothing came for a while:
 * reader_ended tells.
 */
size_t reader_read(struct reader *r, struct frame *frames, size_t n);

bool reader_ended(const struct reader *r);

const struct reader_stats *reader_stats(struct reader *r);

void reader_free(struct reader *r);

#endif
