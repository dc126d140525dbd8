#include "input/scan.h"

#include <string.h>

#include "base/attr.h"

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

enum { STEP = 64, BATCH = 4 };

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

AVX2 static inline uint64_t
equal(__m256i low, __m256i high, __m256i wanted)
{
	uint32_t l = (uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(low, wanted));
	uint32_t h = (uint32_t)_mm256_movemask_epi8(
	    _mm256_cmpeq_epi8(high, wanted));

	return (uint64_t)h << 32 | l;
}

/* The next position, or something that nobody will read. */
#define TAKE(j)                                                                \
	at[j] = (uint32_t)(i + _tzcnt_u64(mask));                              \
	mask = _blsr_u64(mask)

/* Positions are written in batches without asking how many there are, which
 * keeps the branches predictable. */
AVX2 static size_t
scan_avx2(struct text t, char c, char forbidden, uint32_t *out, size_t room)
{
	const __m256i wanted = _mm256_set1_epi8(c);
	const __m256i never = _mm256_set1_epi8(forbidden);
	char tail[STEP];
	size_t n = 0;

	for (size_t i = 0; i < t.n; i += STEP) {
		const char *p = t.at + i;
		__m256i low, high;
		uint64_t mask;
		uint32_t *at = out + n;
		size_t count;

		if (t.n - i < STEP) {
			memset(tail, 0, sizeof(tail));
			memcpy(tail, p, t.n - i);
			p = tail;
		}
		low = _mm256_loadu_si256((const __m256i *)(const void *)p);
		high = _mm256_loadu_si256(
		    (const __m256i *)(const void *)(p + 32));
		if (UNLIKELY(equal(low, high, never) != 0))
			return SCAN_DECLINED;
		mask = equal(low, high, wanted);
		count = (size_t)_mm_popcnt_u64(mask);
		if (UNLIKELY(n + count > room))
			return SCAN_DECLINED;
		for (size_t k = 0; k < count; k += BATCH, at += BATCH) {
			TAKE(0);
			TAKE(1);
			TAKE(2);
			TAKE(3);
		}
		n += count;
	}
	return n;
}
#undef TAKE

size_t
scan_bytes(struct text t, char c, char forbidden, uint32_t *out, size_t room)
{
	if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") ||
	    !__builtin_cpu_supports("popcnt"))
		return SCAN_DECLINED;
	return scan_avx2(t, c, forbidden, out, room);
}

#else

size_t
scan_bytes(struct text t, char c, char forbidden, uint32_t *out, size_t room)
{
	(void)t;
	(void)c;
	(void)forbidden;
	(void)out;
	(void)room;
	return SCAN_DECLINED;
}

#endif
