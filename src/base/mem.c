#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void
mem_exhausted(void)
{
	fputs("pinspot: out of memory\n", stderr);
	exit(5);
}

void
mem_start(void)
{
#ifdef __GLIBC__
	/* Without this, a large array that is freed raises what counts as
	 * large, and the next ones are kept for use again. */
	mallopt(M_MMAP_THRESHOLD, MEM_LARGE);
#endif
}

static void *
or_exit(void *p)
{
	if (p == NULL)
		mem_exhausted();
	return p;
}

void *
mem_zero(size_t n, size_t size)
{
	return or_exit(calloc(n > 0 ? n : 1, size));
}

void *
mem_resize(void *p, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size)
		or_exit(NULL);
	return or_exit(realloc(p, n > 0 && size > 0 ? n * size : 1));
}

void *
mem_grow(void *p, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return p;
	*room = *room > 0 ? *room * 2 : 16;
	return mem_resize(p, *room, size);
}

void
mem_copy(void *to, const void *from, size_t n)
{
	memcpy(to, from, n);
}

static void *
take_lines(size_t n, size_t size)
{
	if (n > SIZE_MAX / size)
		or_exit(NULL);
	return or_exit(aligned_alloc(MEM_LINE, n * size));
}

void *
mem_zero_lines(size_t n, size_t size)
{
	return memset(take_lines(n, size), 0, n * size);
}

void *
mem_grow_lines(void *p, size_t n, size_t *room, size_t size)
{
	void *larger;

	if (n < *room)
		return p;
	*room = *room > 0 ? *room * 2 : MEM_LINE;
	larger = take_lines(*room, size);
	if (n > 0)
		memcpy(larger, p, n * size);
	free(p);
	return larger;
}

char *
mem_string(const char *s)
{
	return or_exit(strdup(s));
}
