/*
 * pool.h - memory that lives as long as its pool, and names kept once.
 *
 * A pool hands out pieces and frees them all together.  pool_intern keeps one
 * copy of each text, so that equal texts have equal addresses: that is how the
 * borrowed windows of a struct handshake stay valid, and how tables of millions
 * of handshakes stay small.
 */
#ifndef PINSPOT_BASE_POOL_H
#define PINSPOT_BASE_POOL_H

#include "base/attr.h"
#include "base/text.h"

struct pool;

struct pool *pool_new(void);
void pool_free(struct pool *pool);

/* Zeroed and aligned for pointers, numbers and structs of them; never NULL. */
void *pool_zero(struct pool *pool, size_t size);

/* A copy of t, followed by a NUL, the same one for equal texts.  The empty text
 * gives the empty window. */
struct text pool_intern(struct pool *pool, struct text t);

/* Formatted text, interned. */
struct text pool_printf(struct pool *pool, const char *format, ...)
    PRINTF_LIKE(2, 3);

#endif
