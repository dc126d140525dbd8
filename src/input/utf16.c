#include "input/utf16.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum {
	REPLACEMENT = 0xfffd,
	UTF8_MAX = 4, /* bytes of a character */
};

struct utf16 {
	struct source *outer;
	bool big_endian;
	bool begun; /* the mark was read */
	uint8_t rest[UTF8_MAX]; /* of a character for which there was no room */
	size_t n_rest;
};

static uint32_t
unit(const struct utf16 *u, const uint8_t *at)
{
	return u->big_endian ? (uint32_t)at[0] << 8 | at[1] :
	    (uint32_t)at[1] << 8 | at[0];
}

/* The next character; false at the end. */
static bool
next_character(struct utf16 *u, uint32_t *out)
{
	uint32_t low;

	if (!source_need(u->outer, 2))
		return false;
	*out = unit(u, u->outer->at);
	source_use(u->outer, 2);
	if (*out < 0xd800 || *out > 0xdfff)
		return true;
	low = *out < 0xdc00 && source_need(u->outer, 2) ?
	    unit(u, u->outer->at) : 0;
	if (low < 0xdc00 || low > 0xdfff) {
		*out = REPLACEMENT;
		return true;
	}
	source_use(u->outer, 2);
	*out = 0x10000 + ((*out - 0xd800) << 10) + (low - 0xdc00);
	return true;
}

static size_t
put_utf8(uint32_t c, uint8_t out[UTF8_MAX])
{
	static const uint8_t first[] = { 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

	for (size_t i = n; i > 0; i--, c >>= 6)
		out[i] = (uint8_t)(0x80 | (c & 0x3f));
	out[0] = (uint8_t)(first[n] | c);
	return n + 1;
}

/* A source_read_fn.  It waits for the first character only. */
static ssize_t
read_utf8(void *arg, void *room, size_t n, struct error *e)
{
	struct utf16 *u = arg;
	uint8_t *to = room;
	size_t used = 0, part;
	uint32_t c;

	if (!u->begun && source_need(u->outer, 2)) {
		u->big_endian = u->outer->at[0] == 0xfe;
		source_use(u->outer, 2);
		u->begun = true;
	}
	while (used < n) {
		part = n - used < u->n_rest ? n - used : u->n_rest;
		memcpy(to + used, u->rest, part);
		used += part;
		u->n_rest -= part;
		memmove(u->rest, u->rest + part, u->n_rest);
		if (u->n_rest > 0 || (used > 0 && u->outer->n < 4) ||
		    !next_character(u, &c))
			break;
		u->n_rest = put_utf8(c, u->rest);
	}
	if (used == 0 && u->outer->failed)
		return error_set(e, "cannot be read to its end");
	return (ssize_t)used;
}

struct utf16 *
utf16_open(struct source *inner, struct source *outer)
{
	struct utf16 *u = mem_zero(1, sizeof(*u));

	u->outer = outer;
	source_init_inner(inner, outer, read_utf8, u);
	return u;
}

void
utf16_free(struct utf16 *u)
{
	free(u);
}
