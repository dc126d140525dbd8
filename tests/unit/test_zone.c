#include "input/zone.h"

#include "base/clock.h"
#include "unit.h"

enum { UNKNOWN = 9999 }; /* minutes */

static const struct {
	const char *name, *local; /* as the zone's clocks show it */
	int minutes;
} zones[] = {
	{ "UTC", "2026-03-04T09:15:02", 0 },
	{ "GMT+2", "2026-03-04T09:15:02", 120 },
	{ "UTC-05:30", "2026-03-04T09:15:02", -330 },
	{ "+0200", "2026-03-04T09:15:02", 120 },
	{ "-08:00", "2026-03-04T09:15:02", -480 },
	{ "Etc/GMT-2", "2026-03-04T09:15:02", 120 },
	{ "CEST", "2026-07-04T09:15:02", 120 },
	{ "Europe/Berlin", "2026-03-29T01:59:59", 60 },
	{ "Europe/Berlin", "2026-03-29T03:00:00", 120 },
	{ "Europe/Berlin", "2026-10-25T01:59:59", 120 },
	{ "Europe/Berlin", "2026-10-25T03:00:00", 60 },
	{ "Europe/London", "2026-07-01T00:00:00", 60 },
	{ "Europe/Athens", "2026-01-01T00:00:00", 120 },
	{ "America/New_York", "2026-03-08T01:59:59", -300 },
	{ "America/New_York", "2026-03-08T03:00:00", -240 },
	{ "America/New_York", "2026-11-01T00:59:59", -240 },
	{ "America/New_York", "2026-11-01T02:00:00", -300 },
	{ "US/Pacific", "2026-07-01T00:00:00", -420 },
	{ "America/Phoenix", "2026-07-01T00:00:00", -420 },
	{ "Asia/Kolkata", "2026-07-01T00:00:00", 330 },
	{ "Australia/Sydney", "2026-01-01T00:00:00", 660 },
	{ "Australia/Sydney", "2026-07-01T00:00:00", 600 },
	{ "Pacific/Auckland", "2026-09-27T03:00:00", 780 },
	{ "pst", "2026-01-01T00:00:00", -480 },
	{ "Mars/Olympus", "2026-01-01T00:00:00", UNKNOWN },
	{ "", "2026-01-01T00:00:00", UNKNOWN },
	{ "GMT+", "2026-01-01T00:00:00", UNKNOWN },
	{ "+99:00", "2026-01-01T00:00:00", UNKNOWN },
};

START_TEST(knows_zones)
{
	struct zone zone;
	int64_t local;
	bool zoned;

	ck_assert(clock_parse_iso(text_of(zones[_i].local), &local, &zoned));
	ck_assert_int_eq(zone_find(text_of(zones[_i].name), &zone),
	    zones[_i].minutes != UNKNOWN);
	if (zones[_i].minutes != UNKNOWN)
		ck_assert_int_eq(zone_offset(&zone, local) / CLOCK_SECOND / 60,
		    zones[_i].minutes);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("zone");

	tcase_add_loop_test(tc, knows_zones, 0, N_ITEMS(zones));
	return unit_run(tc);
}
