/*
 * mem.h - memory, or the end.
 *
 * Out of memory is told on standard error and exits with 5 here, so that
 * nobody else needs to check.  Never call these with a size that input chose
 * without a ceiling.
 */
#ifndef PINSPOT_BASE_MEM_H
#define PINSPOT_BASE_MEM_H

#include <stddef.h>

#include "base/attr.h"

/* Have arrays from this size on given back to the system when they are freed, where
 * the C library can be told so.  Once, at the start. */
enum { MEM_LARGE = 128 * 1024 /* bytes */ };
void mem_start(void);

/* Zeroed memory for n things of a size; the caller frees it with free(). */
void *mem_zero(size_t n, size_t size);

/* Resize to n things of a size; what is new is not zeroed. */
void *mem_resize(void *p, size_t n, size_t size);

/* Make room for one more of a growing array: doubles *room when n == *room. */
void *mem_grow(void *p, size_t n, size_t *room, size_t size);

/* The same in lines of the processor's cache, so that a thing of MEM_LINE bytes
 * lies in one of them.  n * size of them are to fill lines. */
enum { MEM_LINE = 64 };
void *mem_grow_lines(void *p, size_t n, size_t *room, size_t size);
void *mem_zero_lines(size_t n, size_t size);

/*
 * memcpy of many bytes, by the library's.  Where the size is known compilers put
 * `rep movs` in its place, which takes longer to begin than 1 KB takes to copy.
 */
void mem_copy(void *to, const void *from, size_t n);

char *mem_string(const char *s);

/* The end, for who has run out of something else than memory itself. */
NO_RETURN void mem_exhausted(void);

#endif
