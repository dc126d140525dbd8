/*
 * zone.h - the time zones that log lines name.
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

/*
 * "UTC", "GMT+2", "UTC-05:30", "+0200", "CEST", "Europe/Berlin": how far the
 * zone is east of UTC, in nanoseconds, at a time that its clocks show.  False
 * where the name is not known.
 */
bool zone_offset(struct text name, int64_t local, int64_t *offset) MUST_CHECK;

#endif
