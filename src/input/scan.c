#include "input/scan.h"

#include <string.h>

#include "input/simd.h"

enum { STEP = 64, BATCH = 4, VECTOR = 16 };

/* One way to scan for each kind of processor; all give the same. */
typedef bool scan_fn(struct text t, struct scan *out);

/* What was found so far: see struct scan. */
struct found {
	size_t n, n_quotes;
	bool escapes;
	/* Bit 0: the last byte opens a member, or escapes the next one. */
	uint64_t opened, escaped;
};

/* Which of 64 bytes are what: bit i for byte i. */
struct masks {
	uint64_t quotes, backslashes, openings; /* ',' or '{' */
};

/* The bytes that a backslash takes the meaning from. */
static uint64_t
escaped(struct found *f, uint64_t backslashes)
{
	uint64_t mask = f->escaped;

	f->escapes = true;
	f->escaped = 0;
	for (; backslashes != 0; backslashes &= backslashes - 1) {
		uint64_t one = backslashes & -backslashes;

		if ((mask & one) != 0)
			continue;
		mask |= one << 1;
		f->escaped = one >> (STEP - 1);
	}
	return mask;
}

/* Take in 64 bytes: where members begin among them. */
static inline uint64_t
add(struct found *f, struct masks m)
{
	uint64_t keys;

	if (UNLIKELY((m.backslashes | f->escaped) != 0))
		m.quotes &= ~escaped(f, m.backslashes);
	keys = m.quotes & (m.openings << 1 | f->opened);
	f->opened = m.openings >> (STEP - 1);
	f->n_quotes += (size_t)__builtin_popcountll(m.quotes);
	f->n += (size_t)__builtin_popcountll(keys);
	return keys;
}

static inline bool
finish(const struct found *f, struct scan *out)
{
	out->n = f->n;
	out->n_quotes = f->n_quotes;
	out->escapes = f->escapes;
	return true;
}

#if defined(HAVE_AVX)
AVX2 static inline uint64_t
mask(__m256i low, __m256i high)
{
	uint32_t l = (uint32_t)_mm256_movemask_epi8(low);
	uint32_t h = (uint32_t)_mm256_movemask_epi8(high);

	return (uint64_t)h << 32 | l;
}

AVX2 static inline __m256i
equal(__m256i bytes, char c)
{
	return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c));
}

AVX2 static inline __m256i
opens(__m256i bytes)
{
	return _mm256_or_si256(equal(bytes, ','), equal(bytes, '{'));
}

/* The next position, or something that nobody will read. */
#define TAKE(j)                                                                \
	at[j] = (uint32_t)(i + _tzcnt_u64(keys));                              \
	keys = _blsr_u64(keys)

/* Positions are written in batches without asking how many there are, which
 * keeps the branches predictable. */
AVX2 static bool
scan_avx2(struct text t, struct scan *out)
{
	struct found f = { 0 };
	char tail[STEP];

	for (size_t i = 0; i < t.n; i += STEP) {
		uint32_t *at = out->at + f.n;
		const char *p = t.at + i;
		__m256i low, high;
		uint64_t keys;

		if (UNLIKELY(t.n - i < STEP)) {
			memset(tail, 0, sizeof(tail));
			memcpy(tail, p, t.n - i);
			p = tail;
		}
		low = _mm256_loadu_si256((const __m256i *)(const void *)p);
		high = _mm256_loadu_si256(
		    (const __m256i *)(const void *)(p + 32));
		keys = add(&f, (struct masks){
		    mask(equal(low, '"'), equal(high, '"')),
		    mask(equal(low, '\\'), equal(high, '\\')),
		    mask(opens(low), opens(high)) });
		if (UNLIKELY(f.n > SCAN_MAX))
			return false;
		do {
			TAKE(0);
			TAKE(1);
			TAKE(2);
			TAKE(3);
			at += BATCH;
		} while (UNLIKELY(keys != 0));
	}
	return finish(&f, out);
}
#undef TAKE

static const uint8_t numbers[STEP] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
	13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
	31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48,
	49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63 };

/* VBMI2 gathers the places of all members of a block at once.  Processors that
 * have it do not slow down for vectors this wide. */
AVX512 static bool
scan_avx512(struct text t, struct scan *out)
{
	const __m512i all = _mm512_loadu_si512(numbers);
	struct found f = { 0 };

	for (size_t i = 0; i < t.n; i += STEP) {
		__m512i block, places, base = _mm512_set1_epi32((int)i);
		uint32_t *at = out->at + f.n;
		uint64_t keys;

		if (LIKELY(t.n - i >= STEP))
			block = _mm512_loadu_si512(t.at + i);
		else
			block = _mm512_maskz_loadu_epi8(
			    (1ULL << (t.n - i)) - 1, t.at + i);
#define MASK(c) _mm512_cmpeq_epi8_mask(block, _mm512_set1_epi8(c))
		keys = add(&f, (struct masks){ MASK('"'), MASK('\\'),
		    _kor_mask64(MASK(','), MASK('{')) });
#undef MASK
		if (UNLIKELY(f.n > SCAN_MAX))
			return false;
		places = _mm512_maskz_compress_epi8(keys, all);
		for (;;) {
			_mm512_storeu_si512(at, _mm512_add_epi32(base,
			    _mm512_cvtepu8_epi32(
			    _mm512_castsi512_si128(places))));
			at += VECTOR;
			if (LIKELY(at >= out->at + f.n))
				break;
			places = _mm512_alignr_epi64(places, places, 2);
		}
	}
	return finish(&f, out);
}
#endif

static bool
scan_plain(struct text t, struct scan *out)
{
	out->n = out->n_quotes = 0;
	out->escapes = false;
	for (size_t i = 0; i < t.n; i++) {
		if (t.at[i] == '\\') {
			out->escapes = true;
			i++;
		} else if (t.at[i] == '"') {
			out->n_quotes++;
			if (i == 0 || (t.at[i - 1] != ',' &&
			    t.at[i - 1] != '{'))
				continue;
			if (out->n == SCAN_MAX)
				return false;
			out->at[out->n++] = (uint32_t)i;
		}
	}
	return true;
}

/* The quickest that this processor has. */
static scan_fn *
best_scan(void)
{
#if defined(HAVE_AVX)
	static scan_fn *const ways[] = { [SIMD_NONE] = scan_plain,
		[SIMD_AVX2] = scan_avx2, [SIMD_AVX512] = scan_avx512 };

	return ways[simd_best()];
#else
	return scan_plain;
#endif
}

bool
scan_members(struct text t, struct scan *out)
{
	return t.n < UINT32_MAX && best_scan()(t, out);
}
