#include "input/csv.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { STEP = 64 };

/* Which of the 64 bytes at p are c: bit i for byte i. */
#if defined(__SSE2__)
static inline uint64_t
bytes_equal(const char *p, char c)
{
	const __m128i wanted = _mm_set1_epi8(c);
	uint64_t mask = 0;

	for (int i = 0; i < 4; i++) {
		__m128i part;

		memcpy(&part, p + i * 16, 16);
		mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(
		    _mm_cmpeq_epi8(part, wanted)) << (i * 16);
	}
	return mask;
}
#else
static inline uint64_t
bytes_equal(const char *p, char c)
{
	uint64_t mask = 0;

	for (int i = 0; i < STEP; i++)
		mask |= (uint64_t)(p[i] == c) << i;
	return mask;
}
#endif

/* Bit i becomes the parity of bits 0 to i: 1 inside of quotes. */
static inline uint64_t
parity(uint64_t mask)
{
	for (int shift = 1; shift < 64; shift *= 2)
		mask ^= mask << shift;
	return mask;
}

static inline unsigned
lowest_bit(uint64_t mask)
{
#if defined(__GNUC__)
	return (unsigned)__builtin_ctzll(mask);
#else
	unsigned i = 0;

	while ((mask >> i & 1) == 0)
		i++;
	return i;
#endif
}

void
csv_split(struct csv *c, struct text line, char separator, size_t at_most)
{
	uint64_t inside = 0, separators, quotes;
	size_t n = 0, i = 0;
	char tail[STEP];

	for (; i < line.n && n < at_most; i += STEP) {
		const char *p = line.at + i;

		if (line.n - i < STEP) {
			memset(tail, 0, sizeof(tail));
			memcpy(tail, p, line.n - i);
			p = tail;
		}
		separators = bytes_equal(p, separator);
		quotes = bytes_equal(p, '"');
		if (UNLIKELY((quotes | inside) != 0)) {
			quotes = parity(quotes) ^ inside;
			separators &= ~quotes;
			inside = quotes >> 63 ? ~0ULL : 0;
		}
		for (; separators != 0; separators &= separators - 1)
			c->ends[n++] = (uint32_t)(i + lowest_bit(separators));
	}
	c->line = line;
	c->unclosed = inside != 0;
	if (n >= at_most)
		n = at_most - 1;
	c->ends[n++] = (uint32_t)line.n;
	c->n = n;
}

/* Where a quoted field that begins at i ends: behind its closing quote. */
static size_t
quoted_end(struct text line, size_t i, char separator)
{
	for (i++; i < line.n; i++)
		if (line.at[i] == '"' && (i + 1 == line.n ||
		    line.at[i + 1] == separator))
			return i + 1;
	return 0;
}

void
csv_split_loose(struct csv *c, struct text line, char separator,
    size_t at_most)
{
	size_t n = 0, i = 0, end;
	const char *found;

	c->line = line;
	c->unclosed = false;
	while (n + 1 < at_most) {
		end = i < line.n && line.at[i] == '"' ?
		    quoted_end(line, i, separator) : 0;
		if (end == 0) {
			found = i < line.n ?
			    memchr(line.at + i, separator, line.n - i) : NULL;
			end = found != NULL ? (size_t)(found - line.at) :
			    line.n;
		}
		if (end >= line.n)
			break;
		c->ends[n++] = (uint32_t)end;
		i = end + 1;
	}
	c->ends[n++] = (uint32_t)line.n;
	c->n = n;
}

struct text
csv_unquote(struct log *log, struct text raw)
{
	struct text t = text_trim(raw);
	size_t n = 0;
	char *copy;

	if (t.n == 0 || t.at[0] != '"')
		return raw;
	t.at++;
	t.n--;
	if (t.n > 0 && t.at[t.n - 1] == '"')
		t.n--;
	if (t.n == 0 || memchr(t.at, '"', t.n) == NULL)
		return t;
	copy = log_scratch(log, t.n);
	for (size_t i = 0; i < t.n; i++) {
		copy[n++] = t.at[i];
		if (t.at[i] == '"' && i + 1 < t.n && t.at[i + 1] == '"')
			i++;
	}
	return (struct text){ copy, n };
}
