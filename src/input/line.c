#include "input/line.h"

#include <string.h>

void
lines_init(struct lines *l, struct source *s)
{
	l->source = s;
	l->stretch = l->seen = s->used;
	l->next = l->ends.n = 0;
}

/* A writer that goes on at its old place in a file that was truncated, as with
 * copytruncate, leaves a hole before its next line, perhaps of gigabytes. */
static void
skip_hole(struct lines *l)
{
	struct source *s = l->source;
	size_t n;

	while (source_need(s, 1) && UNLIKELY(*s->at == '\0')) {
		for (n = 1; n < s->n && s->at[n] == '\0'; n++)
			;
		source_use(s, n);
		if (l->seen < s->used)
			l->seen = s->used;
	}
}

/* Look for ends in the part of the window that was not looked at.  A stretch ends
 * where a block of the memory does, so that the next one begins with one. */
static void
find_ends(struct lines *l)
{
	struct source *s = l->source;
	size_t seen = (size_t)(l->seen - s->used);
	const char *at = (const char *)s->at + seen;
	size_t n = ENDS_STRETCH - (uintptr_t)at % ENDS_BLOCK;

	if (n > s->n - seen)
		n = s->n - seen;
	ends_find((struct text){ at, n }, &l->ends);
	l->stretch = l->seen;
	l->seen += n;
	l->next = 0;
}

/* How long the next line is, or what there is of one beyond all sense.  False
 * where the input ends before the line does. */
static inline bool
measure(struct lines *l, size_t *n)
{
	struct source *s = l->source;

	while (UNLIKELY(l->next == l->ends.n)) {
		*n = s->n;
		if (l->seen < s->used + s->n)
			find_ends(l);
		else if (s->n > LINE_MAX_BYTES)
			return true;
		else if (!source_need(s, s->n + 1))
			return false;
	}
	*n = (size_t)(l->stretch + l->ends.at[l->next] - s->used);
	return true;
}

bool
line_next(struct lines *l, struct line *line)
{
	struct source *s = l->source;
	size_t n;

	*line = (struct line){ 0 };
	skip_hole(l);
	line->unended = !measure(l, &n);
	line->oversize = n > LINE_MAX_BYTES;
	line->text = (struct text){ (const char *)s->at,
		line->oversize ? LINE_MAX_BYTES : n };
	if (line->oversize)
		return true;
	if (!line->unended) {
		l->next++;
		n++;
	}
	source_use(s, n);
	return n > 0;
}

void
line_skip(struct lines *l, FILE *copy)
{
	struct source *s = l->source;
	const uint8_t *end = NULL;
	size_t n;

	while (end == NULL && source_need(s, 1)) {
		end = memchr(s->at, '\n', s->n);
		n = end != NULL ? (size_t)(end - s->at) : s->n;
		if (copy != NULL)
			fwrite(s->at, 1, n, copy);
		source_use(s, end != NULL ? n + 1 : n);
	}
	/* The end of this line is perhaps among those that are known. */
	lines_init(l, s);
}

struct text
line_clean(struct text t, bool first)
{
	while (t.n > 0 && (t.at[t.n - 1] == '\r' || t.at[t.n - 1] == '\0'))
		t.n--;
	if (first && text_starts(t, "\xef\xbb\xbf")) {
		t.at += 3;
		t.n -= 3;
	}
	return t;
}

bool
line_is_blank(struct text t)
{
	return t.n == 0 || ((unsigned char)t.at[0] <= ' ' &&
	    text_trim(t).n == 0);
}
