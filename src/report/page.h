/*
 * page.h - text for a terminal: styles, columns, wrapping, escapes.
 *
 * Widths are columns on the screen, not bytes.  Text given to any of these
 * functions may come from strangers: what a terminal could obey, and what could
 * hide or reorder its neighbours, is shown as an escape such as \x1b or \u{202e}.
 * In ASCII mode our own symbols have a plain twin and all else beyond ASCII is
 * escaped as well.
 */
#ifndef PINSPOT_REPORT_PAGE_H
#define PINSPOT_REPORT_PAGE_H

#include "report/report.h"

enum style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_RED, STYLE_YELLOW,
	STYLE_BLUE, STYLE_GREEN };

enum {
	PAGE_WIDTH = 96,
	PAGE_NARROWEST = 40,
	PAGE_WIDEST = 200,
	PAGE_NARROW = 72, /* below, what would be columns is put in lines */
	LABEL_INDENT = 5,
};

struct page {
	struct buf *out;
	int width;
	bool color, ascii;
	int column; /* where the next character goes */
};

void page_init(struct page *p, struct buf *out, const struct render_options *o);

/* One piece of text on the present line; never wraps. */
void page_text(struct page *p, enum style style, struct text t);
void page_string(struct page *p, enum style style, const char *s);

/* Blanks up to a column; at least one unless the column is 0 or at hand. */
void page_to(struct page *p, int column);
void page_line(struct page *p);

/* Prose from the present column on, wrapped at blanks (or, where a word is too
 * long, inside it); later lines begin at `indent`.  Ends its line. */
void page_prose(struct page *p, enum style style, int indent, struct text t);

/* A label and its prose beside it; nothing at all where t is empty. */
void page_labelled(struct page *p, const char *label, struct text t);

/* A label and a command.  It stays one line where it fits; else its last
 * argument, which begins at `split`, goes to the next after a backslash, so that
 * it can still be pasted. */
void page_command(struct page *p, const char *label, struct text t,
    size_t split);

/* Text that ends at a column. */
void page_right(struct page *p, enum style style, int column, struct text t);

/* Columns that t takes here. */
int page_width(const struct page *p, struct text t);

/* Cut from *rest what fits a width, at a blank where there is one.  *rest must
 * have been through page_safe. */
struct text page_cut(struct text *rest, int width);

/* t with what is not safe escaped. */
void page_safe(const struct page *p, struct buf *out, struct text t);

/* Write a piece that page_cut has cut. */
void page_piece(struct page *p, enum style style, struct text safe);

#endif
