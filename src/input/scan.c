#include "input/scan.h"

#include <string.h>

#include "base/attr.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

enum { STEP = 64, BATCH = 4 };

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

/* The highest bits of 64 bytes. */
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

/* 64 bytes and their bits, the first byte's lowest. */
struct block {
	__m256i backslash;
	uint64_t quotes, openings;
};

AVX2 static inline struct block
look(const char *p)
{
	__m256i low = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i high = _mm256_loadu_si256(
	    (const __m256i *)(const void *)(p + 32));

	return (struct block){
		_mm256_or_si256(equal(low, '\\'), equal(high, '\\')),
		mask(equal(low, '"'), equal(high, '"')),
		mask(opens(low), opens(high)),
	};
}

/* The bytes behind the last whole block. */
AVX2 static inline struct block
look_at_rest(struct text t, size_t i)
{
	char rest[STEP] = { 0 };
	struct block b;

	if (UNLIKELY(t.n < STEP)) {
		memcpy(rest, t.at, t.n);
		return look(rest);
	}
	b = look(t.at + t.n - STEP);
	b.quotes >>= STEP - (t.n - i);
	b.openings >>= STEP - (t.n - i);
	return b;
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
	__m256i backslash = _mm256_setzero_si256();
	uint64_t before = 0; /* the last byte opens a member */
	size_t n = 0, n_quotes = 0;

	for (size_t i = 0; i < t.n; i += STEP) {
		struct block b = LIKELY(t.n - i >= STEP) ? look(t.at + i) :
		    look_at_rest(t, i);
		uint64_t keys = b.quotes & (b.openings << 1 | before);
		uint32_t *at = out->at + n;

		backslash = _mm256_or_si256(backslash, b.backslash);
		before = b.openings >> (STEP - 1);
		n_quotes += (size_t)_mm_popcnt_u64(b.quotes);
		n += (size_t)_mm_popcnt_u64(keys);
		if (UNLIKELY(n > SCAN_MAX))
			return false;
		do {
			TAKE(0);
			TAKE(1);
			TAKE(2);
			TAKE(3);
			at += BATCH;
		} while (UNLIKELY(keys != 0));
	}
	out->n = n;
	out->n_quotes = n_quotes;
	return _mm256_testz_si256(backslash, backslash) != 0;
}
#undef TAKE

bool
scan_members(struct text t, struct scan *out)
{
	if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") ||
	    !__builtin_cpu_supports("popcnt") || t.n >= UINT32_MAX)
		return false;
	return scan_avx2(t, out);
}

#else

bool
scan_members(struct text t, struct scan *out)
{
	(void)t;
	(void)out;
	return false;
}

#endif
