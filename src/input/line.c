#include "input/line.h"

#include <string.h>

/* A writer that goes on at its old place in a file that was truncated, as with
 * copytruncate, leaves a hole before its next line, perhaps of gigabytes. */
static void
skip_hole(struct source *s)
{
	size_t n;

	while (source_need(s, 1) && UNLIKELY(*s->at == '\0')) {
		for (n = 1; n < s->n && s->at[n] == '\0'; n++)
			;
		source_use(s, n);
	}
}

bool
line_next(struct source *s, struct line *line)
{
	size_t scanned = 0;
	const uint8_t *end;

	*line = (struct line){ 0 };
	skip_hole(s);
	for (;;) {
		end = s->n > scanned ?
		    memchr(s->at + scanned, '\n', s->n - scanned) : NULL;
		if (end != NULL)
			break;
		scanned = s->n;
		if (scanned > LINE_MAX_BYTES)
			break;
		if (!source_need(s, scanned + 1)) {
			line->unended = true;
			line->text = (struct text){ (const char *)s->at, s->n };
			source_use(s, s->n);
			return line->text.n > 0;
		}
	}
	line->text = (struct text){ (const char *)s->at,
		end != NULL ? (size_t)(end - s->at) : scanned };
	if (line->text.n > LINE_MAX_BYTES) {
		line->oversize = true;
		line->text.n = LINE_MAX_BYTES;
		source_use(s, LINE_MAX_BYTES);
	} else {
		source_use(s, line->text.n + 1);
	}
	return true;
}

void
line_skip(struct source *s, FILE *copy)
{
	const uint8_t *end = NULL;
	size_t n;

	while (end == NULL && source_need(s, 1)) {
		end = memchr(s->at, '\n', s->n);
		n = end != NULL ? (size_t)(end - s->at) : s->n;
		if (copy != NULL)
			fwrite(s->at, 1, n, copy);
		source_use(s, end != NULL ? n + 1 : n);
	}
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
