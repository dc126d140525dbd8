#include "input/line.h"

#include <string.h>

/* Pass over the rest of a line that is longer than all sense. */
static void
skip_line(struct source *s)
{
	const uint8_t *end;

	while (source_need(s, 1)) {
		end = memchr(s->at, '\n', s->n);
		source_use(s, end != NULL ? (size_t)(end + 1 - s->at) : s->n);
		if (end != NULL)
			return;
	}
}

bool
line_next(struct source *s, struct line *line)
{
	size_t scanned = 0;
	const uint8_t *end;

	*line = (struct line){ 0 };
	for (;;) {
		end = s->n > scanned ?
		    memchr(s->at + scanned, '\n', s->n - scanned) : NULL;
		if (end != NULL)
			break;
		scanned = s->n;
		if (scanned > LINE_MAX_BYTES) {
			line->oversize = true;
			skip_line(s);
			return true;
		}
		if (!source_need(s, scanned + 1)) {
			line->unended = true;
			line->text = (struct text){ (const char *)s->at, s->n };
			source_use(s, s->n);
			return line->text.n > 0;
		}
	}
	line->oversize = end - s->at > LINE_MAX_BYTES;
	line->text = (struct text){ (const char *)s->at,
		line->oversize ? 0 : (size_t)(end - s->at) };
	source_use(s, (size_t)(end + 1 - s->at));
	return true;
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
