#include "input/zone.h"

#include <stddef.h>

#include "base/clock.h"

#define HOUR (3600 * CLOCK_SECOND)
#define MINUTE (60 * CLOCK_SECOND)

/* When the clocks are an hour ahead. */
enum summer {
	NO_SUMMER,
	EUROPE, /* last Sunday of March, 01:00 UTC, to that of October */
	AMERICA, /* second Sunday of March, 02:00, to the first of November */
	AUSTRALIA, /* first Sunday of October, 02:00, to that of April, 03:00 */
	ZEALAND, /* last Sunday of September, 02:00, to first of April, 03:00 */
};

static const struct known {
	const char *name;
	int16_t minutes; /* east of UTC, in winter */
	uint8_t summer;
} zones[] = {
	{ "UTC", 0, NO_SUMMER }, { "GMT", 0, NO_SUMMER },
	{ "Z", 0, NO_SUMMER }, { "UCT", 0, NO_SUMMER },
	{ "Zulu", 0, NO_SUMMER }, { "Universal", 0, NO_SUMMER },
	{ "Greenwich", 0, NO_SUMMER }, { "Etc/UTC", 0, NO_SUMMER },
	{ "Etc/GMT", 0, NO_SUMMER }, { "Etc/UCT", 0, NO_SUMMER },
	{ "Etc/Universal", 0, NO_SUMMER }, { "Etc/Zulu", 0, NO_SUMMER },
	/* Abbreviations that are read one way only, or nearly. */
	{ "WET", 0, EUROPE }, { "WEST", 60, NO_SUMMER },
	{ "BST", 60, NO_SUMMER }, { "CET", 60, EUROPE },
	{ "MET", 60, EUROPE }, { "CEST", 120, NO_SUMMER },
	{ "MEST", 120, NO_SUMMER }, { "EET", 120, EUROPE },
	{ "EEST", 180, NO_SUMMER }, { "MSK", 180, NO_SUMMER },
	{ "GST", 240, NO_SUMMER }, { "PKT", 300, NO_SUMMER },
	{ "IST", 330, NO_SUMMER }, { "ICT", 420, NO_SUMMER },
	{ "WIB", 420, NO_SUMMER }, { "SGT", 480, NO_SUMMER },
	{ "HKT", 480, NO_SUMMER }, { "PHT", 480, NO_SUMMER },
	{ "AWST", 480, NO_SUMMER }, { "JST", 540, NO_SUMMER },
	{ "KST", 540, NO_SUMMER }, { "ACST", 570, NO_SUMMER },
	{ "ACDT", 630, NO_SUMMER }, { "AEST", 600, NO_SUMMER },
	{ "AEDT", 660, NO_SUMMER }, { "NZST", 720, NO_SUMMER },
	{ "NZDT", 780, NO_SUMMER }, { "SAST", 120, NO_SUMMER },
	{ "BRT", -180, NO_SUMMER }, { "ART", -180, NO_SUMMER },
	{ "ADT", -180, NO_SUMMER }, { "AST", -240, NO_SUMMER },
	{ "EDT", -240, NO_SUMMER }, { "EST", -300, NO_SUMMER },
	{ "CDT", -300, NO_SUMMER }, { "CST", -360, NO_SUMMER },
	{ "MDT", -360, NO_SUMMER }, { "MST", -420, NO_SUMMER },
	{ "PDT", -420, NO_SUMMER }, { "PST", -480, NO_SUMMER },
	{ "AKDT", -480, NO_SUMMER }, { "AKST", -540, NO_SUMMER },
	{ "HST", -600, NO_SUMMER }, { "EST5EDT", -300, AMERICA },
	{ "CST6CDT", -360, AMERICA }, { "MST7MDT", -420, AMERICA },
	{ "PST8PDT", -480, AMERICA },
	{ "Europe/London", 0, EUROPE }, { "GB", 0, EUROPE },
	{ "Europe/Dublin", 0, EUROPE }, { "Europe/Lisbon", 0, EUROPE },
	{ "Portugal", 0, EUROPE }, { "Atlantic/Canary", 0, EUROPE },
	{ "Atlantic/Reykjavik", 0, NO_SUMMER },
	{ "Europe/Istanbul", 180, NO_SUMMER }, { "Turkey", 180, NO_SUMMER },
	{ "Europe/Moscow", 180, NO_SUMMER },
	{ "Europe/Minsk", 180, NO_SUMMER },
	{ "Europe/Kaliningrad", 120, NO_SUMMER },
	{ "Europe/Samara", 240, NO_SUMMER },
	{ "Europe/Athens", 120, EUROPE }, { "Europe/Bucharest", 120, EUROPE },
	{ "Europe/Helsinki", 120, EUROPE }, { "Europe/Kiev", 120, EUROPE },
	{ "Europe/Kyiv", 120, EUROPE }, { "Europe/Riga", 120, EUROPE },
	{ "Europe/Sofia", 120, EUROPE }, { "Europe/Tallinn", 120, EUROPE },
	{ "Europe/Vilnius", 120, EUROPE }, { "Europe/Mariehamn", 120, EUROPE },
	{ "Europe/Chisinau", 120, EUROPE }, { "Asia/Nicosia", 120, EUROPE },
	/* All others of Europe keep Central European Time. */
	{ "Europe/", 60, EUROPE }, { "Poland", 60, EUROPE },
	{ "Arctic/Longyearbyen", 60, EUROPE },
	{ "America/New_York", -300, AMERICA }, { "US/Eastern", -300, AMERICA },
	{ "America/Detroit", -300, AMERICA },
	{ "America/Toronto", -300, AMERICA },
	{ "America/Montreal", -300, AMERICA },
	{ "Canada/Eastern", -300, AMERICA },
	{ "America/Indiana/Indianapolis", -300, AMERICA },
	{ "America/Indianapolis", -300, AMERICA },
	{ "America/Chicago", -360, AMERICA }, { "US/Central", -360, AMERICA },
	{ "America/Winnipeg", -360, AMERICA },
	{ "Canada/Central", -360, AMERICA },
	{ "America/Denver", -420, AMERICA }, { "US/Mountain", -420, AMERICA },
	{ "America/Edmonton", -420, AMERICA },
	{ "America/Boise", -420, AMERICA },
	{ "Canada/Mountain", -420, AMERICA },
	{ "America/Phoenix", -420, NO_SUMMER },
	{ "US/Arizona", -420, NO_SUMMER },
	{ "America/Los_Angeles", -480, AMERICA },
	{ "US/Pacific", -480, AMERICA },
	{ "America/Vancouver", -480, AMERICA },
	{ "America/Tijuana", -480, AMERICA },
	{ "Canada/Pacific", -480, AMERICA },
	{ "America/Anchorage", -540, AMERICA },
	{ "US/Alaska", -540, AMERICA },
	{ "Pacific/Honolulu", -600, NO_SUMMER },
	{ "US/Hawaii", -600, NO_SUMMER },
	{ "America/Halifax", -240, AMERICA },
	{ "Canada/Atlantic", -240, AMERICA },
	{ "America/St_Johns", -210, AMERICA },
	{ "Canada/Newfoundland", -210, AMERICA },
	{ "America/Regina", -360, NO_SUMMER },
	{ "America/Mexico_City", -360, NO_SUMMER },
	{ "America/Monterrey", -360, NO_SUMMER },
	{ "America/Costa_Rica", -360, NO_SUMMER },
	{ "America/Guatemala", -360, NO_SUMMER },
	{ "America/Bogota", -300, NO_SUMMER },
	{ "America/Lima", -300, NO_SUMMER },
	{ "America/Panama", -300, NO_SUMMER },
	{ "America/Jamaica", -300, NO_SUMMER },
	{ "America/Caracas", -240, NO_SUMMER },
	{ "America/La_Paz", -240, NO_SUMMER },
	{ "America/Puerto_Rico", -240, NO_SUMMER },
	{ "America/Manaus", -240, NO_SUMMER },
	{ "America/Sao_Paulo", -180, NO_SUMMER },
	{ "Brazil/East", -180, NO_SUMMER },
	{ "America/Argentina/Buenos_Aires", -180, NO_SUMMER },
	{ "America/Buenos_Aires", -180, NO_SUMMER },
	{ "America/Montevideo", -180, NO_SUMMER },
	{ "Africa/Johannesburg", 120, NO_SUMMER },
	{ "Africa/Tripoli", 120, NO_SUMMER },
	{ "Africa/Lagos", 60, NO_SUMMER }, { "Africa/Algiers", 60, NO_SUMMER },
	{ "Africa/Tunis", 60, NO_SUMMER },
	{ "Africa/Nairobi", 180, NO_SUMMER },
	{ "Africa/Accra", 0, NO_SUMMER }, { "Africa/Abidjan", 0, NO_SUMMER },
	{ "Asia/Baghdad", 180, NO_SUMMER }, { "Asia/Kuwait", 180, NO_SUMMER },
	{ "Asia/Qatar", 180, NO_SUMMER }, { "Asia/Riyadh", 180, NO_SUMMER },
	{ "Asia/Amman", 180, NO_SUMMER }, { "Asia/Bahrain", 180, NO_SUMMER },
	{ "Asia/Tehran", 210, NO_SUMMER }, { "Asia/Dubai", 240, NO_SUMMER },
	{ "Asia/Muscat", 240, NO_SUMMER }, { "Asia/Baku", 240, NO_SUMMER },
	{ "Asia/Tbilisi", 240, NO_SUMMER }, { "Asia/Yerevan", 240, NO_SUMMER },
	{ "Asia/Karachi", 300, NO_SUMMER },
	{ "Asia/Tashkent", 300, NO_SUMMER },
	{ "Asia/Yekaterinburg", 300, NO_SUMMER },
	{ "Asia/Almaty", 300, NO_SUMMER }, { "Asia/Kolkata", 330, NO_SUMMER },
	{ "Asia/Calcutta", 330, NO_SUMMER },
	{ "Asia/Colombo", 330, NO_SUMMER },
	{ "Asia/Kathmandu", 345, NO_SUMMER },
	{ "Asia/Dhaka", 360, NO_SUMMER }, { "Asia/Omsk", 360, NO_SUMMER },
	{ "Asia/Yangon", 390, NO_SUMMER }, { "Asia/Bangkok", 420, NO_SUMMER },
	{ "Asia/Jakarta", 420, NO_SUMMER },
	{ "Asia/Ho_Chi_Minh", 420, NO_SUMMER },
	{ "Asia/Saigon", 420, NO_SUMMER },
	{ "Asia/Novosibirsk", 420, NO_SUMMER },
	{ "Asia/Shanghai", 480, NO_SUMMER },
	{ "Asia/Chongqing", 480, NO_SUMMER }, { "PRC", 480, NO_SUMMER },
	{ "Asia/Hong_Kong", 480, NO_SUMMER }, { "Hongkong", 480, NO_SUMMER },
	{ "Asia/Singapore", 480, NO_SUMMER }, { "Singapore", 480, NO_SUMMER },
	{ "Asia/Kuala_Lumpur", 480, NO_SUMMER },
	{ "Asia/Manila", 480, NO_SUMMER }, { "Asia/Taipei", 480, NO_SUMMER },
	{ "Asia/Macau", 480, NO_SUMMER },
	{ "Australia/Perth", 480, NO_SUMMER },
	{ "Asia/Seoul", 540, NO_SUMMER }, { "Asia/Tokyo", 540, NO_SUMMER },
	{ "Japan", 540, NO_SUMMER },
	{ "Australia/Darwin", 570, NO_SUMMER },
	{ "Australia/Adelaide", 570, AUSTRALIA },
	{ "Australia/Brisbane", 600, NO_SUMMER },
	{ "Australia/Queensland", 600, NO_SUMMER },
	{ "Asia/Vladivostok", 600, NO_SUMMER },
	{ "Pacific/Guam", 600, NO_SUMMER },
	{ "Australia/Sydney", 600, AUSTRALIA },
	{ "Australia/Melbourne", 600, AUSTRALIA },
	{ "Australia/Hobart", 600, AUSTRALIA },
	{ "Australia/Canberra", 600, AUSTRALIA },
	{ "Australia/NSW", 600, AUSTRALIA },
	{ "Australia/Victoria", 600, AUSTRALIA },
	{ "Pacific/Auckland", 720, ZEALAND }, { "NZ", 720, ZEALAND },
	{ "Pacific/Fiji", 720, NO_SUMMER },
};

/* Midnight of the nth Sunday of a month of t's year, the last one where n is 0;
 * as a clock shows it. */
static int64_t
sunday(int64_t t, int month, int n)
{
	/* A month's last Sunday is the first from its seventh last day on. */
	struct clock_fields f = { .year = clock_split(t).year, .month = month,
		.day = n > 0 ? 1 + (n - 1) * 7 : month == 9 ? 24 : 25 };
	int64_t day = clock_join(&f);

	if (day == CLOCK_UNKNOWN)
		return t;
	/* 1970-01-04 was a Sunday. */
	return day + ((10 - (day / CLOCK_DAY) % 7) % 7) * CLOCK_DAY;
}

static bool
is_summer(enum summer rule, int64_t local, int64_t winter)
{
	switch (rule) {
	case EUROPE:
		return local >= sunday(local, 3, 0) + HOUR + winter &&
		    local < sunday(local, 10, 0) + 2 * HOUR + winter;
	case AMERICA:
		return local >= sunday(local, 3, 2) + 2 * HOUR &&
		    local < sunday(local, 11, 1) + 2 * HOUR;
	case AUSTRALIA:
		return local < sunday(local, 4, 1) + 3 * HOUR ||
		    local >= sunday(local, 10, 1) + 2 * HOUR;
	case ZEALAND:
		return local < sunday(local, 4, 1) + 3 * HOUR ||
		    local >= sunday(local, 9, 0) + 2 * HOUR;
	case NO_SUMMER:
		break;
	}
	return false;
}

static bool
digits(struct text *t, unsigned most, int64_t *out)
{
	unsigned n = 0;

	*out = 0;
	while (t->n > 0 && n < most && t->at[0] >= '0' && t->at[0] <= '9') {
		*out = *out * 10 + (t->at[0] - '0');
		t->at++;
		t->n--;
		n++;
	}
	return n > 0;
}

/* "+2", "+02", "+0200", "-05:30" */
static bool
numeric(struct text t, int64_t *offset)
{
	bool west = t.n > 0 && t.at[0] == '-';
	int64_t hours, minutes = 0;

	if (t.n < 2 || (t.at[0] != '+' && t.at[0] != '-'))
		return false;
	t.at++;
	t.n--;
	if (!digits(&t, 2, &hours))
		return false;
	if (t.n > 0 && t.at[0] == ':') {
		t.at++;
		t.n--;
	}
	if (t.n > 0 && !digits(&t, 2, &minutes))
		return false;
	if (t.n > 0 || hours > 18 || minutes > 59)
		return false;
	*offset = hours * HOUR + minutes * MINUTE;
	if (west)
		*offset = -*offset;
	return true;
}

static bool
matches(struct text name, const struct known *zone)
{
	struct text known = text_of(zone->name);

	/* A name that ends in '/' stands for all of its region. */
	if (known.at[known.n - 1] == '/' && name.n > known.n)
		name.n = known.n;
	return text_equal_nocase(name, known);
}

bool
zone_find(struct text name, struct zone *out)
{
	*out = (struct zone){ .summer = NO_SUMMER };
	name = text_trim(name);
	if (numeric(name, &out->winter))
		return true;
	/* POSIX's signs: "Etc/GMT-2" is east. */
	if (name.n > 7 && text_starts(name, "Etc/GMT") &&
	    numeric((struct text){ name.at + 7, name.n - 7 },
	    &out->winter)) {
		out->winter = -out->winter;
		return true;
	}
	if (name.n > 3 && (text_starts(name, "GMT") ||
	    text_starts(name, "UTC")) && numeric((struct text){ name.at + 3,
	    name.n - 3 }, &out->winter))
		return true;
	for (size_t i = 0; i < N_ITEMS(zones); i++)
		if (matches(name, &zones[i])) {
			*out = (struct zone){ zones[i].minutes * MINUTE,
				zones[i].summer, zones[i].name };
			return true;
		}
	return false;
}

int64_t
zone_offset(const struct zone *zone, int64_t local)
{
	return is_summer((enum summer)zone->summer, local, zone->winter) ?
	    zone->winter + HOUR : zone->winter;
}
