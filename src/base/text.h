/*
 * text.h - a window on text that someone else owns.
 *
 * Host names, log fields and certificate names come from strangers: they may
 * hold NUL, line ends or no valid UTF-8 at all, so that they carry a length and
 * are never taken for C strings.  An empty window stands for "unknown".
 */
#ifndef PINSPOT_BASE_TEXT_H
#define PINSPOT_BASE_TEXT_H

#include <endian.h>
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
text_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The small letter of an ASCII capital, whatever the locale; else the same. */
static inline char
text_lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Eight bytes at p as a number, the first byte the lowest. */
static inline uint64_t
text_load(const char *p)
{
	uint64_t word;

	memcpy(&word, p, sizeof(word));
	return le64toh(word);
}

/*
 * Most texts are short, or differ at once: a call of memcmp costs more than
 * comparing them here, word by word, the last of which overlaps.  Where the
 * compiler knows the length, that of b, it does better still.
 */
static inline bool
text_equal(struct text a, struct text b)
{
	size_t i, n = b.n;

	if (a.n != n)
		return false;
	if (__builtin_constant_p(n))
		return n == 0 || memcmp(a.at, b.at, n) == 0;
	if (n < 8) {
		for (i = 0; i < n && a.at[i] == b.at[i]; i++)
			;
		return i == n;
	}
	for (i = 0; i + 8 < n; i += 8)
		if (text_load(a.at + i) != text_load(b.at + i))
			return false;
	return text_load(a.at + n - 8) == text_load(b.at + n - 8);
}

/* Copy a text, which is most probably short; there is room for it. */
static inline void
text_copy(char *to, struct text t)
{
	size_t i;

	if (t.n < 8) {
		for (i = 0; i < t.n; i++)
			to[i] = t.at[i];
		return;
	}
	for (i = 0; i + 8 < t.n; i += 8)
		memcpy(to + i, t.at + i, 8);
	memcpy(to + t.n - 8, t.at + t.n - 8, 8);
}

static inline bool
text_is(struct text t, const char *s)
{
	return text_equal(t, text_of(s));
}

/* Bytes compared as unsigned, the shorter one first: a total order that does
 * not depend on the locale.  Less than, equal to or greater than 0. */
int text_compare(struct text a, struct text b);

/* n bytes, of which ASCII letters are compared without case. */
bool text_same_nocase(const char *a, const char *b, size_t n);

/* ASCII letters compared without case; most texts differ in their length. */
static inline bool
text_equal_nocase(struct text a, struct text b)
{
	return a.n == b.n && text_same_nocase(a.at, b.at, a.n);
}

static inline bool
text_starts(struct text t, const char *prefix)
{
	size_t n = strlen(prefix);

	return n <= t.n && (n == 0 || memcmp(t.at, prefix, n) == 0);
}

bool text_ends(struct text t, const char *suffix);

/* Take a prefix off, where it is there. */
static inline bool
text_skip(struct text *t, const char *prefix)
{
	if (!text_starts(*t, prefix))
		return false;
	t->at += strlen(prefix);
	t->n -= strlen(prefix);
	return true;
}

/* The window without blanks (space, tab, CR, LF) on either side. */
struct text text_trim(struct text t);

/* Where needle begins in t, or -1. */
long text_find(struct text t, const char *needle);

/* Leave what stands behind the first needle; false, and all left, where there is
 * none. */
bool text_behind(struct text *t, const char *needle);

/* The same as text_find, ASCII letters compared without case. */
long text_find_nocase(struct text t, const char *needle);

/* Split at the first c: *head gets what is before it, *t what follows.  False,
 * and *head the whole, when there is none; *t is then empty. */
bool text_split(struct text *t, char c, struct text *head);

/* A text's first eight bytes as a number, the first byte the lowest, 0 for
 * those it lacks.  Shorter texts are read from both ends, so that nothing behind
 * them is touched. */
static inline uint64_t
text_word(struct text t)
{
	uint32_t first, last;

	if (t.n >= 8)
		return text_load(t.at);
	if (t.n >= 4) {
		memcpy(&first, t.at, sizeof(first));
		memcpy(&last, t.at + t.n - 4, sizeof(last));
		return le32toh(first) |
		    (uint64_t)le32toh(last) << 8 * (t.n - 4);
	}
	if (t.n == 0)
		return 0;
	return (uint64_t)(unsigned char)t.at[0] |
	    (uint64_t)(unsigned char)t.at[t.n / 2] << 8 * (t.n / 2) |
	    (uint64_t)(unsigned char)t.at[t.n - 1] << 8 * (t.n - 1);
}

/* The same as text_u64, digit by digit. */
bool text_u64_long(struct text t, uint64_t *out) MUST_CHECK;

/* A decimal number that fills the whole window and fits; no sign, no blank.  Up
 * to eight digits are joined at once to pairs, these to fours and so on. */
static inline bool MUST_CHECK
text_u64(struct text t, uint64_t *out)
{
	uint64_t digits;

	if (t.n - 1 > 7)
		return text_u64_long(t, out);
	digits = (text_word(t) ^ 0x3030303030303030) << 8 * (8 - t.n);
	/* A byte beyond 9 sets its highest bit here. */
	if ((((digits + 0x7676767676767676) | digits) & 0x8080808080808080) != 0)
		return false;
	digits = digits * (10 << 8 | 1) >> 8 & 0x00ff00ff00ff00ff;
	digits = digits * (100 << 16 | 1) >> 16 & 0x0000ffff0000ffff;
	*out = digits * (10000ULL << 32 | 1) >> 32;
	return true;
}

/* How many bytes the UTF-8 sequence at the start of t has (RFC 3629), 1 to 4;
 * 0 where it is none.  *code gets the code point. */
size_t text_rune(struct text t, uint32_t *code);

#endif
