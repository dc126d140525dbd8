#include "report/page.h"

#include "base/attr.h"
#include "report/escape.h"

void
page_init(struct page *p, struct buf *out, const struct render_options *o)
{
	int width = o->width > 0 ? o->width : PAGE_WIDTH;

	if (width < PAGE_NARROWEST)
		width = PAGE_NARROWEST;
	if (width > PAGE_WIDEST)
		width = PAGE_WIDEST;
	*p = (struct page){ out, width, o->color, o->ascii, 0 };
}

/* Our own symbols, for terminals and mails that have none. */
static const char *
ascii_twin(uint32_t code)
{
	static const struct {
		uint32_t code;
		const char *twin;
	} twins[] = { { 0xb7, "-" }, { 0xd7, "x" }, { 0x2013, "-" },
		{ 0x2014, "-" }, { 0x2019, "'" }, { 0x2026, "..." },
		{ 0x2190, "<-" }, { 0x2192, "->" }, { 0x2264, "<=" },
		{ 0x2265, ">=" }, { 0x25b2, "!" }, { 0x25cf, "o" },
		{ 0x2500, "-" }, { 0x2502, "|" }, { 0x2716, "x" } };

	for (size_t i = 0; i < N_ITEMS(twins); i++)
		if (twins[i].code == code)
			return twins[i].twin;
	return NULL;
}

void
page_safe(const struct page *p, struct buf *out, struct text t)
{
	const char *twin;
	uint32_t code;
	size_t n;

	for (; t.n > 0; t.at += n, t.n -= n) {
		n = text_rune(t, &code);
		if (n == 0) {
			n = 1;
			buf_printf(out, "\\x%02x", (unsigned char)t.at[0]);
		} else if (rune_is_unsafe(code) || (p->ascii && code > 0x7e)) {
			twin = p->ascii ? ascii_twin(code) : NULL;
			if (twin != NULL)
				buf_string(out, twin);
			else if (code < 0x80)
				buf_printf(out, "\\x%02x", (unsigned)code);
			else
				buf_printf(out, "\\u{%x}", (unsigned)code);
		} else {
			buf_add(out, t.at, n);
		}
	}
}

/* Of text that is safe. */
static int
width_of(struct text t)
{
	uint32_t code;
	int width = 0;
	size_t n;

	for (; t.n > 0; t.at += n, t.n -= n) {
		n = text_rune(t, &code);
		width += n > 0 ? rune_width(code) : 1;
		n = n > 0 ? n : 1;
	}
	return width;
}

int
page_width(const struct page *p, struct text t)
{
	struct buf safe = { 0 };
	int width;

	page_safe(p, &safe, t);
	width = width_of(buf_view(&safe));
	buf_free(&safe);
	return width;
}

void
page_piece(struct page *p, enum style style, struct text safe)
{
	static const char *const codes[] = { "", "\033[1m", "\033[2m",
		"\033[31m", "\033[33m", "\033[34m", "\033[32m" };
	bool styled = p->color && style != STYLE_PLAIN && safe.n > 0;

	if (styled)
		buf_string(p->out, codes[style]);
	buf_text(p->out, safe);
	if (styled)
		buf_string(p->out, "\033[0m");
	p->column += width_of(safe);
}

void
page_text(struct page *p, enum style style, struct text t)
{
	struct buf safe = { 0 };

	page_safe(p, &safe, t);
	page_piece(p, style, buf_view(&safe));
	buf_free(&safe);
}

void
page_string(struct page *p, enum style style, const char *s)
{
	page_text(p, style, text_of(s));
}

void
page_to(struct page *p, int column)
{
	if (p->column > column)
		column = p->column + 1;
	for (; p->column < column; p->column++)
		buf_char(p->out, ' ');
}

void
page_line(struct page *p)
{
	while (p->out->n > 0 && p->out->at[p->out->n - 1] == ' ')
		p->out->at[--p->out->n] = '\0';
	buf_char(p->out, '\n');
	p->column = 0;
}

void
page_right(struct page *p, enum style style, int column, struct text t)
{
	page_to(p, column - page_width(p, t));
	page_text(p, style, t);
}

static bool
is_joint(char c)
{
	return c == '.' || c == '-' || c == '_' || c == '/' || c == ',';
}

struct text
page_cut(struct text *rest, int width)
{
	struct text line = *rest;
	size_t fits = 0, at = 0, blank = 0, joint = 0, n;
	int used = 0;
	uint32_t code;

	while (at < rest->n) {
		n = text_rune((struct text){ rest->at + at, rest->n - at },
		    &code);
		used += n > 0 ? rune_width(code) : 1;
		n = n > 0 ? n : 1;
		if (used > width && at > 0)
			break;
		/* A percent sign stays with its number. */
		if (rest->at[at] == ' ' && (at + 1 == rest->n ||
		    rest->at[at + 1] != '%'))
			blank = at;
		at += n;
		if (is_joint(rest->at[at - 1]))
			joint = at;
		fits = at;
	}
	if (at < rest->n && rest->at[at] != ' ') {
		if (blank > 0)
			fits = blank;
		else if (joint > fits / 2)
			fits = joint;
	}
	line.n = fits;
	rest->at += fits;
	rest->n -= fits;
	while (rest->n > 0 && rest->at[0] == ' ') {
		rest->at++;
		rest->n--;
	}
	return line;
}

void
page_prose(struct page *p, enum style style, int indent, struct text t)
{
	struct buf safe = { 0 };
	struct text rest;

	page_safe(p, &safe, t);
	rest = buf_view(&safe);
	while (rest.n > 0) {
		page_to(p, p->column == 0 ? indent : p->column);
		page_piece(p, style, page_cut(&rest, p->width - p->column));
		if (rest.n > 0)
			page_line(p);
	}
	page_line(p);
	buf_free(&safe);
}

/* Returns where the text beside the label begins: below it on a narrow page. */
static int
write_label(struct page *p, const char *label)
{
	bool narrow = p->width < PAGE_NARROW;
	int indent = LABEL_INDENT + (narrow ? 2 : 15);

	if (*label != '\0') {
		page_to(p, LABEL_INDENT);
		page_string(p, STYLE_DIM, label);
		if (narrow)
			page_line(p);
	}
	page_to(p, indent);
	return indent;
}

void
page_labelled(struct page *p, const char *label, struct text t)
{
	int indent;

	if (t.n == 0)
		return;
	indent = write_label(p, label);
	page_prose(p, STYLE_PLAIN, indent, t);
}

void
page_command(struct page *p, const char *label, struct text t, size_t split)
{
	int indent = write_label(p, label);

	if (split == 0 || indent + page_width(p, t) <= p->width) {
		page_text(p, STYLE_PLAIN, t);
	} else {
		page_text(p, STYLE_PLAIN, (struct text){ t.at, split });
		page_string(p, STYLE_PLAIN, "\\");
		page_line(p);
		page_to(p, indent + 2);
		page_text(p, STYLE_PLAIN,
		    (struct text){ t.at + split, t.n - split });
	}
	page_line(p);
}
