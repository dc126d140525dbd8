/*
 * simd.h - the vector instructions that this processor has.
 *
 * What is worth it is written once for each kind, in functions marked AVX2 and
 * AVX512, and in plain C, which every processor understands.
 */
#ifndef PINSPOT_INPUT_SIMD_H
#define PINSPOT_INPUT_SIMD_H

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define HAVE_AVX 1
#define AVX2 __attribute__((target("avx2,bmi,popcnt")))
#define AVX512 __attribute__((target("avx512bw,avx512vl,avx512vbmi2,popcnt")))
#endif

enum simd { SIMD_NONE, SIMD_AVX2, SIMD_AVX512 };

/* The quickest kind. */
static inline enum simd
simd_best(void)
{
#if defined(HAVE_AVX)
	if (__builtin_cpu_supports("avx512vbmi2") &&
	    __builtin_cpu_supports("avx512bw") &&
	    __builtin_cpu_supports("avx512vl"))
		return SIMD_AVX512;
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
	    __builtin_cpu_supports("popcnt"))
		return SIMD_AVX2;
#endif
	return SIMD_NONE;
}

#endif
