#include "base/buf.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/mem.h"

enum { DRAIN_FROM = 64 * 1024 /* bytes */ };

void
buf_free(struct buf *b)
{
	free(b->at);
	*b = (struct buf){ 0 };
}

void
buf_reserve(struct buf *b, size_t more)
{
	size_t room = b->room > 0 ? b->room : 128;

	if (b->n + more + 1 <= b->room)
		return;
	while (room < b->n + more + 1)
		room *= 2;
	b->at = mem_resize(b->at, room, 1);
	b->room = room;
}

void
buf_add(struct buf *b, const void *bytes, size_t n)
{
	buf_reserve(b, n);
	if (n > 0)
		memcpy(b->at + b->n, bytes, n);
	b->n += n;
	b->at[b->n] = '\0';
}

void
buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void
buf_string(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_text(struct buf *b, struct text t)
{
	buf_add(b, t.at, t.n);
}

void
buf_printf(struct buf *b, const char *format, ...)
{
	va_list args, again;
	int n;

	buf_reserve(b, 127);
	va_start(args, format);
	va_copy(again, args);
	n = vsnprintf(b->at + b->n, b->room - b->n, format, args);
	va_end(args);
	if (n > 0 && (size_t)n >= b->room - b->n) {
		buf_reserve(b, (size_t)n);
		vsnprintf(b->at + b->n, b->room - b->n, format, again);
	}
	va_end(again);
	if (n > 0)
		b->n += (size_t)n;
}

struct text
buf_view(const struct buf *b)
{
	return (struct text){ b->at, b->n };
}

void
buf_drain(struct buf *b)
{
	if (b->drain == NULL || b->n < DRAIN_FROM)
		return;
	b->drain->take(b->drain, buf_view(b));
	b->n = 0;
}
