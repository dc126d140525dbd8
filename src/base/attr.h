/*
 * attr.h - what the compiler can check for us.
 *
 * The attributes are those of gcc and clang; elsewhere they vanish.
 */
#ifndef PINSPOT_BASE_ATTR_H
#define PINSPOT_BASE_ATTR_H

#if defined(__GNUC__)
#define MUST_CHECK __attribute__((warn_unused_result))
#define NO_RETURN __attribute__((noreturn))
#define PRINTF_LIKE(nth, first)                                             \
	__attribute__((format(printf, nth, first)))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)
#define NO_INLINE __attribute__((noinline))
#define PREFETCH(p) __builtin_prefetch(p)
#else
#define MUST_CHECK
#define NO_RETURN
#define PRINTF_LIKE(nth, first)
#define LIKELY(x) (x)
#define UNLIKELY(x) (x)
#define NO_INLINE
#define PREFETCH(p) ((void)(p))
#endif

#define N_ITEMS(array) (sizeof(array) / sizeof((array)[0]))

#endif
