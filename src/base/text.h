/*
 * text.h - a window on text that someone else owns.
 *
 * Host names, log fields and certificate names come from strangers: they may
 * hold NUL, line ends or no valid UTF-8 at all, so that they carry a length and
 * are never taken for C strings.  An empty window stands for "unknown".
 */
#ifndef PINSPOT_BASE_TEXT_H
#define PINSPOT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

struct text {
	const char *at; /* may be NULL when n is 0 */
	size_t n;
};

/* For printf's "%.*s". */
#define TEXT_ARG(t) (int)((t).n < 0x7fffffff ? (t).n : 0x7fffffff), \
	(t).n > 0 ? (t).at : ""

/* A window on a string literal; TEXT_INIT in initialisers of static tables. */
#define TEXT_INIT(literal) { "" literal, sizeof(literal) - 1 }
#define TEXT(literal) ((struct text)TEXT_INIT(literal))

static inline struct text
text_of(const char *s)
{
	return (struct text){ s, s != NULL ? strlen(s) : 0 };
}

static inline bool
text_equal(struct text a, struct text b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

static inline bool
text_is(struct text t, const char *s)
{
	return text_equal(t, text_of(s));
}

/* Bytes compared as unsigned, the shorter one first: a total order that does
 * not depend on the locale.  Less than, equal to or greater than 0. */
int text_compare(struct text a, struct text b);

/* ASCII letters compared without case. */
bool text_equal_nocase(struct text a, struct text b);

bool text_starts(struct text t, const char *prefix);
bool text_ends(struct text t, const char *suffix);

/* The window without blanks (space, tab, CR, LF) on either side. */
struct text text_trim(struct text t);

/* Where needle begins in t, or -1. */
long text_find(struct text t, const char *needle);

/* The same, ASCII letters compared without case. */
long text_find_nocase(struct text t, const char *needle);

/* Split at the first c: *head gets what is before it, *t what follows.  False,
 * and *head the whole, when there is none; *t is then empty. */
bool text_split(struct text *t, char c, struct text *head);

/* A decimal number that fills the whole window and fits; no sign, no blank. */
bool text_u64(struct text t, uint64_t *out) MUST_CHECK;

/* How many bytes the UTF-8 sequence at the start of t has (RFC 3629), 1 to 4;
 * 0 where it is none.  *code gets the code point. */
size_t text_rune(struct text t, uint32_t *code);

#endif
