/*
 * mark.h - by what the contents of an input are known again.
 *
 * A mark is the hash of the first bytes and of the last bytes before a
 * position.  A file continues a mark when both are still there: it is the same,
 * or it grew.  Names say nothing: logs are renamed, truncated and compressed.
 */
#ifndef PINSPOT_HISTORY_MARK_H
#define PINSPOT_HISTORY_MARK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/digest.h"

enum { MARK_BYTES = 64 * 1024 };

struct mark {
	uint64_t size; /* the position */
	uint32_t n; /* bytes in each hash: MARK_BYTES, or size where less */
	uint8_t head[DIGEST_SIZE], tail[DIGEST_SIZE];
};

/* Put n bytes at an offset into room; how many, less only at the end, or -1. */
typedef ssize_t mark_read_fn(void *arg, void *room, size_t n, uint64_t offset);

/* Mark contents of a size; false where they cannot be read or are shorter. */
bool mark_take(struct mark *m, uint64_t size, mark_read_fn *read, void *arg);

/* The hash of the first n bytes, at most MARK_BYTES; false where there are
 * fewer. */
bool mark_head(uint32_t n, uint8_t out[DIGEST_SIZE], mark_read_fn *read,
    void *arg);

/* Are the bytes before the position of a mark the same, too? */
bool mark_tail_same(const struct mark *m, mark_read_fn *read, void *arg);

#endif
