/*
 * hash.h - 64-bit hashes for tables whose keys strangers choose.
 *
 * Not for security in the cryptographic sense, but seeded once per run, so that
 * nobody can prepare keys that fall into one slot.  A hash therefore never
 * reaches the output and never decides an order.
 */
#ifndef PINSPOT_BASE_HASH_H
#define PINSPOT_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"

extern uint64_t hash_seed; /* set once by hash_start, before any table */

/* Draw the seed from the system; without it the seed is a constant. */
void hash_start(void);

/* The high and low halves of a 128-bit product, folded (the mixing step of
 * wyhash and of many a table since). */
static inline uint64_t
hash_mix(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
	a ^= a >> 32;
	a *= b | 1;
	a ^= a >> 29;
	a *= 0xbf58476d1ce4e5b9ULL;
	return a ^ a >> 32;
#endif
}

static inline uint64_t
hash_u64(uint64_t a)
{
	return hash_mix(a ^ 0x9e3779b97f4a7c15ULL,
	    hash_seed ^ 0xe7037ed1a0b428dbULL);
}

static inline uint64_t
hash_bytes(const void *bytes, size_t n)
{
	const uint8_t *p = bytes;
	uint64_t h = hash_seed ^ n, word;

	for (; n >= 8; n -= 8, p += 8) {
		memcpy(&word, p, 8);
		h = hash_mix(h ^ word, 0xa0761d6478bd642fULL);
	}
	if (n > 0) {
		word = text_word((struct text){ (const char *)p, n });
		h = hash_mix(h ^ word, 0xe7037ed1a0b428dbULL);
	}
	return hash_mix(h, 0x8ebc6af09c88c6e3ULL);
}

/* Texts that differ in the case of ASCII letters only hash alike; so may a few
 * others, as every hash allows. */
static inline uint64_t
hash_nocase(const void *bytes, size_t n)
{
	const uint64_t lower = 0x2020202020202020ULL;
	const uint8_t *p = bytes;
	uint64_t h = hash_seed ^ n, word;

	for (; n >= 8; n -= 8, p += 8) {
		memcpy(&word, p, 8);
		h = hash_mix(h ^ (word | lower), 0xa0761d6478bd642fULL);
	}
	if (n > 0) {
		word = text_word((struct text){ (const char *)p, n }) | lower;
		h = hash_mix(h ^ word, 0xe7037ed1a0b428dbULL);
	}
	return hash_mix(h, 0x8ebc6af09c88c6e3ULL);
}

#endif
