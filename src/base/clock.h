/*
 * clock.h - points in time as nanoseconds since 1970-01-01 00:00 UTC.
 *
 * int64_t reaches from 1677 to 2262.  CLOCK_UNKNOWN stands for no time at all.
 * Nothing here asks the system for its zone or its locale.
 */
#ifndef PINSPOT_BASE_CLOCK_H
#define PINSPOT_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

#define CLOCK_UNKNOWN INT64_MIN
#define CLOCK_SECOND 1000000000LL
#define CLOCK_DAY (86400 * CLOCK_SECOND)

enum { CLOCK_ISO_SIZE = 32 };

struct clock_fields {
	int64_t year;
	int month, day; /* from 1 */
	int hour, minute, second;
	int64_t nanosecond;
};

struct clock_fields clock_split(int64_t ns);

/* Nanoseconds of a date in UTC, or CLOCK_UNKNOWN where a field is out of range
 * (a leap second, 60, is taken) or the year is beyond 1678-2261. */
int64_t clock_join(const struct clock_fields *f);

/* "2026-11-20T09:12:04.113000Z", always with microseconds; "" when unknown.
 * Returns out. */
const char *clock_iso(int64_t ns, char out[CLOCK_ISO_SIZE]);

/*
 * Read an ISO 8601 / RFC 3339 time: YYYY-MM-DD, then optionally T or a blank and
 * HH:MM[:SS[.fraction]], then optionally Z or +hh:mm, +hhmm, +hh.  '/' is taken
 * for '-'.  *zoned tells whether the text named its zone; without one the time
 * is taken as UTC.  False where anything is left over or out of range.
 */
bool clock_parse_iso(struct text t, int64_t *ns, bool *zoned) MUST_CHECK;

/* The present, or SOURCE_DATE_EPOCH where the environment sets it
 * (reproducible-builds.org): for stamps in output, never for verdicts. */
int64_t clock_now(void);

/* Nanoseconds that only go forward, from an unknown beginning: for waiting and
 * for telling how long something took. */
int64_t clock_monotonic(void);

/* Make first..last reach over other_first..other_last, too; any of the four may
 * be CLOCK_UNKNOWN. */
static inline void
clock_widen(int64_t *first, int64_t *last, int64_t other_first,
    int64_t other_last)
{
	if (other_first != CLOCK_UNKNOWN &&
	    (*first == CLOCK_UNKNOWN || other_first < *first))
		*first = other_first;
	if (other_last != CLOCK_UNKNOWN &&
	    (*last == CLOCK_UNKNOWN || other_last > *last))
		*last = other_last;
}

/* Is b later than a by more than a span?  Not when either is unknown. */
static inline bool
clock_passed(int64_t a, int64_t b, int64_t span)
{
	return a != CLOCK_UNKNOWN && b > a &&
	    (uint64_t)b - (uint64_t)a > (uint64_t)span;
}

#endif
