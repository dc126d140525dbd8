/*
 * zone.h - the time zones that log lines and --timezone name.
 *
 * Java's and the IANA data base's names of the zones that are in use, with the
 * rules for summer time of the present; nothing is read from the system, so that
 * a log means the same everywhere.
 */
#ifndef PINSPOT_INPUT_ZONE_H
#define PINSPOT_INPUT_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

/* Zeroed it is UTC. */
struct zone {
	int64_t winter; /* ns east of UTC while there is no summer time */
	int summer; /* by which rule there is; private */
	const char *name; /* as zone_find knows it; NULL for a mere distance */
};

/* "UTC", "GMT+2", "UTC-05:30", "+0200", "CEST", "Europe/Berlin".  False where the
 * name is not known. */
bool zone_find(struct text name, struct zone *out) MUST_CHECK;

/* How far the zone is east of UTC, in nanoseconds, at a time that its clocks
 * show. */
int64_t zone_offset(const struct zone *zone, int64_t local);

#endif
