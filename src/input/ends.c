#include "input/ends.h"

#include "input/simd.h"

/* One way to look for each kind of processor; all find the same. */
typedef void ends_fn(struct text t, struct ends *out);

/* Line feeds from a byte of the text on. */
static void
ends_from(struct text t, size_t i, struct ends *out)
{
	const char *end;

	while (i < t.n && (end = memchr(t.at + i, '\n', t.n - i)) != NULL) {
		i = (size_t)(end - t.at);
		out->at[out->n++] = (uint16_t)i++;
	}
}

static void
ends_plain(struct text t, struct ends *out)
{
	out->n = 0;
	ends_from(t, 0, out);
}

#if defined(HAVE_AVX)
/* Those of a block, bit k for the byte at i + k.  How many there are; a place is
 * written all the same where there is none.  That most blocks have one at most
 * is foreseeable, but not which of them have. */
static inline size_t
take(uint16_t *at, size_t i, uint64_t feeds)
{
	size_t n = (size_t)__builtin_popcountll(feeds);

	at[0] = (uint16_t)(i + (size_t)__builtin_ctzll(feeds | 1ULL << 63));
	for (size_t k = 1; UNLIKELY(k < n); k++) {
		feeds &= feeds - 1;
		at[k] = (uint16_t)(i + (size_t)__builtin_ctzll(feeds));
	}
	return n;
}

AVX2 static void
ends_avx2(struct text t, struct ends *out)
{
	const __m256i feed = _mm256_set1_epi8('\n');
	size_t i, n = 0;

	for (i = 0; i + ENDS_BLOCK <= t.n; i += ENDS_BLOCK) {
		const __m256i *p = (const __m256i *)(const void *)(t.at + i);
		uint32_t low = (uint32_t)_mm256_movemask_epi8(
		    _mm256_cmpeq_epi8(_mm256_loadu_si256(p), feed));
		uint32_t high = (uint32_t)_mm256_movemask_epi8(
		    _mm256_cmpeq_epi8(_mm256_loadu_si256(p + 1), feed));

		n += take(out->at + n, i, (uint64_t)high << 32 | low);
	}
	out->n = n;
	ends_from(t, i, out);
}

AVX512 static void
ends_avx512(struct text t, struct ends *out)
{
	const __m512i feed = _mm512_set1_epi8('\n');
	size_t i, n = 0;

	for (i = 0; i + ENDS_BLOCK <= t.n; i += ENDS_BLOCK)
		n += take(out->at + n, i, _mm512_cmpeq_epi8_mask(
		    _mm512_loadu_si512(t.at + i), feed));
	out->n = n;
	ends_from(t, i, out);
}
#endif

/* The quickest that this processor has. */
static ends_fn *
best_ends(void)
{
#if defined(HAVE_AVX)
	static ends_fn *const ways[] = { [SIMD_NONE] = ends_plain,
		[SIMD_AVX2] = ends_avx2, [SIMD_AVX512] = ends_avx512 };

	return ways[simd_best()];
#else
	return ends_plain;
#endif
}

void
ends_find(struct text t, struct ends *out)
{
	best_ends()(t, out);
}
