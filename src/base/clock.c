#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

/* Days since 1970-01-01 of a Gregorian date, counted from March so that the leap
 * day comes last. */
static int64_t
days_of(int64_t year, int month, int day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 +
	    day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	    of_year - 719468;
}

struct clock_fields
clock_split(int64_t ns)
{
	int64_t days = ns / CLOCK_DAY, rest = ns % CLOCK_DAY, era, of_era, y;
	int64_t of_year, m;
	struct clock_fields f;

	if (rest < 0) {
		rest += CLOCK_DAY;
		days--;
	}
	f.nanosecond = rest % CLOCK_SECOND;
	rest /= CLOCK_SECOND;
	f.hour = (int)(rest / 3600);
	f.minute = (int)(rest / 60 % 60);
	f.second = (int)(rest % 60);
	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	of_era = days - era * 146097;
	y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * y + y / 4 - y / 100);
	m = (5 * of_year + 2) / 153;
	f.day = (int)(of_year - (153 * m + 2) / 5 + 1);
	f.month = (int)(m < 10 ? m + 3 : m - 9);
	f.year = y + era * 400 + (f.month <= 2);
	return f;
}

int64_t
clock_join(const struct clock_fields *f)
{
	static const int length[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	bool leap = f->year % 4 == 0 && (f->year % 100 != 0 ||
	    f->year % 400 == 0);

	if (f->year < 1678 || f->year > 2261 || f->month < 1 || f->month > 12 ||
	    f->day < 1 || f->day > length[f->month - 1] +
	    (f->month == 2 && leap) || f->hour < 0 || f->hour > 23 ||
	    f->minute < 0 || f->minute > 59 || f->second < 0 || f->second > 60 ||
	    f->nanosecond < 0 || f->nanosecond >= CLOCK_SECOND)
		return CLOCK_UNKNOWN;
	return days_of(f->year, f->month, f->day) * CLOCK_DAY +
	    (f->hour * 3600LL + f->minute * 60LL + f->second) * CLOCK_SECOND +
	    f->nanosecond;
}

/* n decimal digits and what follows them. */
static char *
put(char *at, int64_t value, size_t n, char after)
{
	for (size_t i = n; i > 0; i--, value /= 10)
		at[i - 1] = (char)('0' + value % 10);
	at[n] = after;
	return at + n + 1;
}

/* Digit by digit: each line of --handshakes has three of these. */
const char *
clock_iso(int64_t ns, char out[CLOCK_ISO_SIZE])
{
	struct clock_fields f;
	char *at = out;

	out[0] = '\0';
	if (ns == CLOCK_UNKNOWN)
		return out;
	f = clock_split(ns);
	at = put(at, f.year % 10000, 4, '-');
	at = put(at, f.month, 2, '-');
	at = put(at, f.day, 2, 'T');
	at = put(at, f.hour, 2, ':');
	at = put(at, f.minute, 2, ':');
	at = put(at, f.second, 2, '.');
	at = put(at, f.nanosecond / 1000, 6, 'Z');
	*at = '\0';
	return out;
}

/* Exactly n digits. */
static bool
digits(struct text *t, size_t n, int *out)
{
	int value = 0;

	if (t->n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (t->at[i] < '0' || t->at[i] > '9')
			return false;
		value = value * 10 + (t->at[i] - '0');
	}
	t->at += n;
	t->n -= n;
	*out = value;
	return true;
}

static bool
one_of(struct text *t, const char *chars)
{
	if (t->n == 0 || t->at[0] == '\0' || strchr(chars, t->at[0]) == NULL)
		return false;
	t->at++;
	t->n--;
	return true;
}

static void
fraction(struct text *t, int64_t *nanosecond)
{
	int64_t unit = CLOCK_SECOND / 10;

	for (; t->n > 0 && t->at[0] >= '0' && t->at[0] <= '9'; unit /= 10) {
		*nanosecond += unit * (t->at[0] - '0');
		t->at++;
		t->n--;
	}
}

static bool
zone(struct text *t, int64_t *offset)
{
	int sign, hour, minute = 0;

	*offset = 0;
	if (one_of(t, "Zz"))
		return true;
	sign = t->n > 0 && t->at[0] == '-' ? -1 : 1;
	if (!one_of(t, "+-") || !digits(t, 2, &hour))
		return false;
	if (one_of(t, ":") || t->n > 0)
		if (!digits(t, 2, &minute))
			return false;
	if (hour > 15 || minute > 59)
		return false;
	*offset = sign * (hour * 3600LL + minute * 60LL) * CLOCK_SECOND;
	return true;
}

bool
clock_parse_iso(struct text t, int64_t *ns, bool *zoned)
{
	struct clock_fields f = { 0 };
	int64_t offset = 0;
	int year;

	*zoned = false;
	if (!digits(&t, 4, &year) || !one_of(&t, "-/") ||
	    !digits(&t, 2, &f.month) || !one_of(&t, "-/") ||
	    !digits(&t, 2, &f.day))
		return false;
	f.year = year;
	if (one_of(&t, "Tt ")) {
		if (!digits(&t, 2, &f.hour) || !one_of(&t, ":") ||
		    !digits(&t, 2, &f.minute))
			return false;
		if (one_of(&t, ":")) {
			if (!digits(&t, 2, &f.second))
				return false;
			if (one_of(&t, ".,"))
				fraction(&t, &f.nanosecond);
		}
		while (one_of(&t, " "))
			;
		if (t.n > 0) {
			if (!zone(&t, &offset))
				return false;
			*zoned = true;
		}
	}
	if (t.n > 0)
		return false;
	*ns = clock_join(&f);
	if (*ns == CLOCK_UNKNOWN)
		return false;
	*ns -= offset;
	return true;
}

int64_t
clock_now(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	struct timespec now;
	uint64_t seconds;

	if (epoch != NULL && text_u64(text_of(epoch), &seconds) &&
	    seconds < (uint64_t)(INT64_MAX / CLOCK_SECOND))
		return (int64_t)seconds * CLOCK_SECOND;
	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * CLOCK_SECOND + now.tv_nsec;
}

int64_t
clock_monotonic(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * CLOCK_SECOND + now.tv_nsec;
}
