/*
 * cursor.h - read bytes that nobody vouches for, and stay inside them.
 *
 * A cursor is a window on memory that someone else owns.  Reads begin at its
 * left edge and shrink it.  One that does not fit returns false and leaves the
 * cursor as it was.  The functions are inline because every byte of every
 * packet passes through them.
 */
#ifndef PINSPOT_BASE_CURSOR_H
#define PINSPOT_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"

struct cursor {
	const uint8_t *at; /* never NULL, not even when nothing is left */
	size_t left;
};

/* A window on n bytes at p; p may be NULL when n is 0. */
static inline struct cursor
cursor_over(const void *p, size_t n)
{
	static const uint8_t nothing[1];

	return (struct cursor){ p != NULL ? p : nothing, n };
}

/* Take the next n bytes as a window of their own. */
static inline bool MUST_CHECK
cursor_take(struct cursor *c, size_t n, struct cursor *out)
{
	const uint8_t *start = c->at;

	if (n > c->left)
		return false;
	c->at += n;
	c->left -= n;
	*out = (struct cursor){ start, n };
	return true;
}

/* Pass over the next n bytes. */
static inline bool MUST_CHECK
cursor_skip(struct cursor *c, size_t n)
{
	if (n > c->left)
		return false;
	c->at += n;
	c->left -= n;
	return true;
}

static inline bool MUST_CHECK
cursor_u8(struct cursor *c, uint8_t *out)
{
	if (c->left < 1)
		return false;
	*out = c->at[0];
	c->at += 1;
	c->left -= 1;
	return true;
}

/* Big-endian, as networks have it. */
static inline bool MUST_CHECK
cursor_u16(struct cursor *c, uint16_t *out)
{
	if (c->left < 2)
		return false;
	*out = (uint16_t)(c->at[0] << 8 | c->at[1]);
	c->at += 2;
	c->left -= 2;
	return true;
}

static inline bool MUST_CHECK
cursor_u32(struct cursor *c, uint32_t *out)
{
	if (c->left < 4)
		return false;
	*out = (uint32_t)c->at[0] << 24 | (uint32_t)c->at[1] << 16 |
	    (uint32_t)c->at[2] << 8 | c->at[3];
	c->at += 4;
	c->left -= 4;
	return true;
}

/* Read a big-endian integer of n bytes, 1 to 4. */
static inline bool MUST_CHECK
cursor_uint(struct cursor *c, size_t n, uint32_t *out)
{
	uint32_t value = 0;

	if (n > c->left)
		return false;
	for (size_t i = 0; i < n; i++)
		value = value << 8 | c->at[i];
	c->at += n;
	c->left -= n;
	*out = value;
	return true;
}

/* Take a vector (RFC 8446 section 3.4): its length in n bytes, then its body.
 * On false the cursor is as it was. */
static inline bool MUST_CHECK
cursor_vector(struct cursor *c, size_t n, struct cursor *out)
{
	struct cursor copy = *c;
	uint32_t length;

	if (!cursor_uint(&copy, n, &length) ||
	    !cursor_take(&copy, length, out))
		return false;
	*c = copy;
	return true;
}

/* Look at the byte that is `offset` from the left edge, or -1 past the end. */
static inline int
cursor_peek(struct cursor c, size_t offset)
{
	return offset < c.left ? c.at[offset] : -1;
}

/* Big-endian integers inside a window whose size is known: for headers of fixed
 * length, which are taken whole and then read field by field. */
static inline uint16_t
load_u16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
load_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

#endif
