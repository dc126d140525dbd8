#include "input/headers.h"

#include "input/line.h"

void
headers_add(struct headers *h, const struct log_format *format,
    struct text line)
{
	if (format != h->format) {
		headers_end(h);
		h->lines.n = 0;
		h->format = format;
	}
	if (h->block.n + line.n > LINE_MAX_BYTES)
		return;
	buf_text(&h->block, line);
	buf_char(&h->block, '\n');
	/* "#Fields:", "#fields", or the captions themselves */
	h->names |= line.n > 0 && (line.at[0] != '#' ||
	    text_find(line, "ields") > 0);
}

void
headers_end(struct headers *h)
{
	if (h->block.n == 0)
		return;
	if (h->names) {
		h->lines.n = 0;
		buf_text(&h->lines, buf_view(&h->block));
		h->written = false;
	}
	h->block.n = 0;
	h->names = false;
}

void
headers_write(struct headers *h, const struct log_format *format, FILE *out)
{
	if (h->lines.n == 0 || h->written || format != h->format)
		return;
	fwrite(h->lines.at, 1, h->lines.n, out);
	h->written = true;
}

void
headers_free(struct headers *h)
{
	buf_free(&h->lines);
	buf_free(&h->block);
	*h = (struct headers){ 0 };
}
