#include "input/input.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"
#include "input/capture.h"
#include "input/log.h"
#include "input/reader.h"

enum {
	HEAD = 64, /* bytes by which a format is told */
	IDENTITY_PART = 64 * 1024, /* of either end of a file */
};

/*
 * A file is known again by the SHA-256 of its size (8 bytes, big-endian) and
 * its first and last 64 KiB: hashing all of it would cost more than reading it.
 * A pipe has no identity.
 */
static void
identify(const struct source *s, struct input_info *info)
{
	size_t part = s->size < IDENTITY_PART ? (size_t)s->size :
	    IDENTITY_PART;
	uint8_t digest[DIGEST_SIZE], *bytes;

	info->size = s->size;
	if (s->size == 0 || s->fd < 0)
		return;
	bytes = mem_zero(8 + 2 * part, 1);
	for (int i = 0; i < 8; i++)
		bytes[i] = (uint8_t)(s->size >> (56 - 8 * i));
	if (pread(s->fd, bytes + 8, part, 0) == (ssize_t)part &&
	    pread(s->fd, bytes + 8 + part, part,
	    (off_t)(s->size - part)) == (ssize_t)part) {
		digest_sha256(bytes, 8 + 2 * part, digest);
		digest_hex(digest, info->identity);
	}
	free(bytes);
}

static bool
is_capture(struct source *s, const char *format)
{
	if (format != NULL)
		return strcmp(format, "pcap") == 0 ||
		    strcmp(format, "pcapng") == 0;
	return reader_recognise(source_peek(s, HEAD)) != NULL;
}

int
input_read(const char *path, uint32_t number,
    const struct input_options *options, handshake_fn *emit, void *arg,
    struct pool *pool, struct input_info *info, struct totals *totals,
    struct error *e)
{
	struct source s;
	int result;

	if (source_open(&s, path, e) != 0)
		return -1;
	s.progress = options->progress;
	s.progress_arg = options->progress_arg;
	identify(&s, info);
	result = is_capture(&s, options->format) ?
	    capture_read(&s, number, options, emit, arg, pool, info, totals,
	    e) :
	    log_read(&s, number, options, emit, arg, pool, info, totals, e);
	source_close(&s);
	return result;
}
