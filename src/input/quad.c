#include "input/quad.h"

#include <byteswap.h>
#include <string.h>

#include "input/simd.h"

enum { SHORTEST = 7, LONGEST = 15 };

/*
 * Half of an address such as 192.0.2.44: eight of its bytes, each less by '0'
 * (as exclusive or has it), so that the digits are 0 to 9 and the dot is DOT.
 * The left half begins with the first two octets, the right one ends with the
 * last two: of three digits each, both have room.  There is no loop whose turns
 * depend on the text: the lengths of octets are too random to be predicted.
 */
struct half {
	uint64_t bytes; /* the first one lowest */
	uint64_t others; /* the highest bit of each that is no digit */
};

#define EACH_BYTE 0x0101010101010101ULL

enum { DOT = '.' ^ '0' };

static inline struct half
half_of(uint64_t text)
{
	uint64_t bytes = text ^ '0' * EACH_BYTE;

	/* 10 and more reach the highest bit.  What a byte beyond ASCII carries
	 * into the next one cannot make an address of no address. */
	return (struct half){ bytes,
		((bytes + 0x76 * EACH_BYTE) | bytes) & 0x80 * EACH_BYTE };
}

/* The value of three digits, the last of them in the highest byte and the lowest
 * byte empty. */
static inline bool
octet_of(uint32_t digits, uint32_t *out)
{
	*out = digits * (100 << 16 | 10 << 8 | 1) >> 24;
	return bswap_32(digits) <= 0x020505;
}

/* Take an octet and the dot behind it off the left.  How many digits it had, 0
 * where it is none. */
static inline unsigned
first_octet(struct half *h, uint32_t *out)
{
	unsigned bits = (unsigned)__builtin_ctzll(h->others | 1ULL << 63) & ~7U;
	uint64_t rest = h->bytes >> bits;

	if (bits < 8 || bits > 24 || (rest & 0xff) != DOT ||
	    !octet_of((uint32_t)h->bytes << (32 - bits), out))
		return 0;
	h->bytes = rest >> 8;
	h->others >>= bits + 8;
	return bits / 8;
}

/* Take an octet and the dot before it off the right. */
static inline unsigned
last_octet(struct half *h, uint32_t *out)
{
	unsigned bits = (unsigned)__builtin_clzll(h->others | 1);
	uint64_t rest = h->bytes << bits;

	if (bits < 8 || bits > 24 || rest >> 56 != DOT ||
	    !octet_of((uint32_t)(h->bytes >> (64 - bits)) << (32 - bits), out))
		return 0;
	h->bytes = rest << 8;
	h->others <<= bits + 8;
	return bits / 8;
}

static bool
quad_plain(struct text t, uint8_t out[16])
{
	struct half left, right;
	uint32_t a, b, c, d, address;
	unsigned first, second, third, fourth;

	left = half_of(text_word(t));
	right = half_of(t.n > 7 ? text_load(t.at + t.n - 8) :
	    text_word(t) << 8);
	if ((first = first_octet(&left, &a)) == 0 ||
	    (second = first_octet(&left, &b)) == 0 ||
	    (fourth = last_octet(&right, &d)) == 0 ||
	    (third = last_octet(&right, &c)) == 0 ||
	    first + second + third + fourth + 3 != t.n)
		return false;
	address = htole32(a | b << 8 | c << 16 | d << 24);
	memset(out, 0, 16);
	memcpy(out, &address, sizeof(address));
	return true;
}

#if defined(HAVE_AVX)
/* The length of the part up to the first of the ends, which is taken off. */
static inline unsigned
cut(unsigned *ends, unsigned *begin)
{
	unsigned end = (unsigned)__builtin_ctz(*ends);
	unsigned n = end - *begin;

	*ends &= *ends - 1;
	*begin = end + 1;
	return n;
}

/*
 * VBMI2 spreads the octets, each with the dot behind it, to four bytes each, where
 * they end at the right: two multiplications then make numbers of all digits.
 */
AVX512 static bool
quad_avx512(struct text t, uint8_t out[16])
{
	/* Bits for up to three digits and the dot; none for other lengths. */
	static const uint8_t bits[16] = { 0, 0xc, 0xe, 0xf };
	const __m128i weights = _mm_set1_epi32(1 << 16 | 10 << 8 | 100);
	unsigned all = (1U << t.n) - 1, begin = 0, places = 0;
	__m128i bytes = _mm_maskz_loadu_epi8((__mmask16)all, t.at);
	__m128i digits = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
	unsigned dots = _mm_cmpeq_epi8_mask(bytes, _mm_set1_epi8('.'));
	unsigned others = _mm_cmpgt_epu8_mask(digits, _mm_set1_epi8(9));
	unsigned ends = dots | 1U << t.n;
	__m128i octets;

	if ((others & all) != dots || __builtin_popcount(dots) != 3)
		return false;
	for (int i = 0; i < 4; i++)
		places |= (unsigned)bits[cut(&ends, &begin)] << i * 4;
	if ((unsigned)__builtin_popcount(places) != t.n + 1)
		return false;
	octets = _mm_maskz_expand_epi8((__mmask16)places, digits);
	octets = _mm_madd_epi16(_mm_maddubs_epi16(octets, weights),
	    _mm_set1_epi16(1));
	if (_mm_cmpgt_epi32_mask(octets, _mm_set1_epi32(255)) != 0)
		return false;
	_mm_storeu_si128((__m128i *)(void *)out, _mm_cvtepi32_epi8(octets));
	return true;
}
#endif

bool
quad_read(struct text t, uint8_t out[16])
{
	if (t.n < SHORTEST || t.n > LONGEST)
		return false;
#if defined(HAVE_AVX)
	if (simd_best() == SIMD_AVX512)
		return quad_avx512(t, out);
#endif
	return quad_plain(t, out);
}
