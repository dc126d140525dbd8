#include "history/mark.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static bool
digest_at(uint64_t offset, uint32_t n, mark_read_fn *read, void *arg,
    uint8_t out[DIGEST_SIZE])
{
	uint8_t *room = mem_zero(n + 1, 1);
	bool whole = read(arg, room, n, offset) == (ssize_t)n;

	if (whole)
		digest_sha256(room, n, out);
	free(room);
	return whole;
}

bool
mark_take(struct mark *m, uint64_t size, mark_read_fn *read, void *arg)
{
	*m = (struct mark){ .size = size };
	m->n = size < MARK_BYTES ? (uint32_t)size : MARK_BYTES;
	return digest_at(0, m->n, read, arg, m->head) &&
	    digest_at(size - m->n, m->n, read, arg, m->tail);
}

bool
mark_head(uint32_t n, uint8_t out[DIGEST_SIZE], mark_read_fn *read, void *arg)
{
	return n > 0 && n <= MARK_BYTES && digest_at(0, n, read, arg, out);
}

bool
mark_tail_same(const struct mark *m, mark_read_fn *read, void *arg)
{
	uint8_t digest[DIGEST_SIZE];

	return m->n > 0 && m->n <= MARK_BYTES && m->n <= m->size &&
	    digest_at(m->size - m->n, m->n, read, arg, digest) &&
	    memcmp(digest, m->tail, DIGEST_SIZE) == 0;
}
