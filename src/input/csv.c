#include "input/csv.h"

#include <string.h>

#include "input/simd.h"

enum { STEP = 64, BATCH = 4 };

/* Which of 64 bytes are separators and which are quotes: bit i for byte i. */
struct masks {
	uint64_t separators, quotes;
};

/* How far a line has been split. */
struct split {
	uint64_t inside; /* all ones where a quote is open */
	size_t n; /* fields ended */
};

/* Bit i becomes the parity of bits 0 to i: 1 inside of quotes. */
static inline uint64_t
parity(uint64_t mask)
{
	mask ^= mask << 1;
	mask ^= mask << 2;
	mask ^= mask << 4;
	mask ^= mask << 8;
	mask ^= mask << 16;
	return mask ^ mask << 32;
}

/* Take the separators that no quotes enclose. */
static inline uint64_t
outside_quotes(struct split *s, struct masks m)
{
	uint64_t quoted;

	if (LIKELY((m.quotes | s->inside) == 0))
		return m.separators;
	quoted = parity(m.quotes) ^ s->inside;
	s->inside = quoted >> 63 ? ~0ULL : 0;
	return m.separators & ~quoted;
}

/*
 * One way to split for each kind of processor; all give the same.  They write
 * where the fields end, and stop after the block in which at_most are reached.
 */
typedef struct split split_fn(struct text line, char separator, size_t at_most,
    uint32_t *ends);

#if defined(HAVE_AVX)
AVX2 static inline struct masks
look_avx2(const char *p, __m256i separator, __m256i quote)
{
	__m256i low = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i high = _mm256_loadu_si256(
	    (const __m256i *)(const void *)(p + 32));

#define MASK(c)                                                                \
	((uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, c)) | \
	    (uint64_t)(uint32_t)_mm256_movemask_epi8(                          \
	    _mm256_cmpeq_epi8(high, c)) << 32)
	return (struct masks){ MASK(separator), MASK(quote) };
#undef MASK
}

/* The next separator, or something that nobody will read. */
#define TAKE(j)                                                                \
	out[j] = (uint32_t)(i + _tzcnt_u64(mask));                             \
	mask = _blsr_u64(mask)

/*
 * Ends are written in batches without asking how many there are: what is too
 * much is overwritten by the next block, and the branches stay predictable.
 */
AVX2 static struct split
split_avx2(struct text line, char separator, size_t at_most, uint32_t *ends)
{
	const __m256i separators = _mm256_set1_epi8(separator);
	const __m256i quotes = _mm256_set1_epi8('"');
	struct split s = { 0, 0 };
	char tail[STEP];

	for (size_t i = 0; i < line.n && s.n < at_most; i += STEP) {
		const char *p = line.at + i;
		uint32_t *out = ends + s.n;
		uint64_t mask;
		size_t n;

		if (line.n - i < STEP) {
			memset(tail, 0, sizeof(tail));
			memcpy(tail, p, line.n - i);
			p = tail;
		}
		mask = outside_quotes(&s, look_avx2(p, separators, quotes));
		n = (size_t)__builtin_popcountll(mask);
		for (size_t k = 0; k < n; k += BATCH, out += BATCH) {
			TAKE(0);
			TAKE(1);
			TAKE(2);
			TAKE(3);
		}
		s.n += n;
	}
	return s;
}
#undef TAKE

/* 0 to 63, the last one first. */
#define EIGHT(n) n + 7, n + 6, n + 5, n + 4, n + 3, n + 2, n + 1, n
#define NUMBERS EIGHT(56), EIGHT(48), EIGHT(40), EIGHT(32), EIGHT(24),         \
    EIGHT(16), EIGHT(8), EIGHT(0)

/* 16 places of a block that begins at base. */
AVX512 static inline void
put(uint32_t *out, __m512i base, __m128i places)
{
	_mm512_storeu_si512(out,
	    _mm512_add_epi32(base, _mm512_cvtepu8_epi32(places)));
}

/*
 * VBMI2 gathers the places of all separators of a block at once.  32 of them are
 * always written, since more are rare and any closer guess is often wrong.
 * Processors that have VBMI2 do not slow down for vectors this wide.
 */
AVX512 static struct split
split_avx512(struct text line, char separator, size_t at_most, uint32_t *ends)
{
	const __m512i separators = _mm512_set1_epi8(separator);
	const __m512i quotes = _mm512_set1_epi8('"');
	const __m512i numbers = _mm512_set_epi8(NUMBERS);
	struct split s = { 0, 0 };

	for (size_t i = 0; i < line.n && s.n < at_most; i += STEP) {
		__m512i block, places, base = _mm512_set1_epi32((int)i);
		uint32_t *out = ends + s.n;
		uint64_t mask;
		size_t n;

		if (LIKELY(line.n - i >= STEP))
			block = _mm512_loadu_si512(line.at + i);
		else
			block = _mm512_maskz_loadu_epi8(
			    (1ULL << (line.n - i)) - 1, line.at + i);
		mask = outside_quotes(&s, (struct masks){
		    _mm512_cmpeq_epi8_mask(block, separators),
		    _mm512_cmpeq_epi8_mask(block, quotes) });
		places = _mm512_maskz_compress_epi8(mask, numbers);
		n = (size_t)__builtin_popcountll(mask);
		put(out, base, _mm512_castsi512_si128(places));
		put(out + 16, base, _mm512_extracti32x4_epi32(places, 1));
		if (UNLIKELY(n > 32)) {
			put(out + 32, base,
			    _mm512_extracti32x4_epi32(places, 2));
			put(out + 48, base,
			    _mm512_extracti32x4_epi32(places, 3));
		}
		s.n += n;
	}
	return s;
}
#undef NUMBERS
#undef EIGHT
#endif

static inline struct masks
look(const char *p, char separator)
{
	struct masks m = { 0, 0 };

	for (int i = 0; i < STEP; i++) {
		m.separators |= (uint64_t)(p[i] == separator) << i;
		m.quotes |= (uint64_t)(p[i] == '"') << i;
	}
	return m;
}

static struct split
split_plain(struct text line, char separator, size_t at_most, uint32_t *ends)
{
	struct split s = { 0, 0 };
	char block[STEP];

	for (size_t i = 0; i < line.n && s.n < at_most; i += STEP) {
		size_t n = line.n - i < STEP ? line.n - i : STEP;
		uint64_t mask;

		memset(block, 0, sizeof(block));
		memcpy(block, line.at + i, n);
		mask = outside_quotes(&s, look(block, separator));
		for (size_t k = 0; mask != 0; k++, mask >>= 1)
			if (mask & 1)
				ends[s.n++] = (uint32_t)(i + k);
	}
	return s;
}

/* The quickest that this processor has. */
static split_fn *
best_split(void)
{
#if defined(HAVE_AVX)
	static split_fn *const ways[] = { [SIMD_NONE] = split_plain,
		[SIMD_AVX2] = split_avx2, [SIMD_AVX512] = split_avx512 };

	return ways[simd_best()];
#else
	return split_plain;
#endif
}

void
csv_split(struct csv *c, struct text line, char separator, size_t at_most)
{
	struct split s = best_split()(line, separator, at_most, c->ends);

	c->line = line;
	c->unclosed = s.inside != 0;
	if (s.n >= at_most)
		s.n = at_most - 1;
	c->ends[s.n++] = (uint32_t)line.n;
	c->n = s.n;
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

bool
csv_may_be_header(struct text line)
{
	for (size_t i = 0; i < line.n && i < 4096; i++)
		if (line.at[i] == ':' || line.at[i] == '=' ||
		    line.at[i] == '{' || line.at[i] == '\0')
			return false;
	return line.n > 0 && line.n < 4096 &&
	    (line.at[0] < '0' || line.at[0] > '9');
}

void
csv_learn(struct log *log, struct csv_header *header, struct text line,
    csv_find_fn *find)
{
	struct csv csv;

	csv_split(&csv, line, ',', CSV_FIELDS_MAX);
	*header = (struct csv_header){ .n_columns = csv.n };
	for (size_t i = 0; i < csv.n && i < UINT8_MAX; i++) {
		int wanted = find(text_trim(csv_field(log, &csv, i)));

		if (wanted >= 0 && header->at[wanted] == 0)
			header->at[wanted] = (uint8_t)(i + 1);
	}
}

bool
csv_row(struct log *log, const struct csv_header *header, struct text line,
    struct text *fields, size_t n_fields)
{
	struct csv csv;

	if (header->n_columns == 0)
		return false;
	csv_split(&csv, line, ',', header->n_columns);
	if (csv.n != header->n_columns)
		return false;
	for (size_t i = 0; i < n_fields; i++)
		if (header->at[i] > 0)
			fields[i] = csv_field(log, &csv, header->at[i] - 1U);
	return true;
}
