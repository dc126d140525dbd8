/*
 * panos_csv.c - PAN-OS decryption logs as CSV: by syslog, and by the export of
 * the web interface.
 *
 *     <14>Nov 30 16:09:33 PA-220 1,2026/03/04 09:15:02,0123,DECRYPTION,0,2562,
 *     2026/03/04 09:15:02,192.0.2.44,198.51.100.20,...
 *
 * Fields 1 to 91 have been the same since 10.0; what follows differs by version
 * and is not needed.  Source: PAN-OS 10.0 to 11.1 Administrator's Guides,
 * "Decryption Log Fields"; samples of real lines that begin with an empty field
 * 4 or lack fields, for which the row is anchored on the first time after the
 * word DECRYPTION.
 */
#include <string.h>

#include "input/csv.h"
#include "input/panos.h"
#include "input/value.h"

enum {
	TIME_COLUMN = 7,
	ERROR_COLUMN = 65, /* a row that does not reach it is cut off */
	LAST_COLUMN = 80, /* the last that is wanted */
	ANCHOR_REACH = 512, /* how far into the line the type may stand */
	TYPE_FIELDS = 5, /* the time is among the first fields from the type on */
};

/* Where the manual puts each field. */
static const uint8_t columns[PANOS_FIELDS] = {
	[PANOS_TIME] = TIME_COLUMN,
	[PANOS_SRC] = 8,
	[PANOS_DST] = 9,
	[PANOS_NATSRC] = 10,
	[PANOS_NATDST] = 11,
	[PANOS_SRCUSER] = 13,
	[PANOS_APP] = 15,
	[PANOS_REPEATCNT] = 24,
	[PANOS_SPORT] = 25,
	[PANOS_DPORT] = 26,
	[PANOS_NATSPORT] = 27,
	[PANOS_NATDPORT] = 28,
	[PANOS_STAGE_SERVER] = 39,
	[PANOS_VERSION] = 40,
	[PANOS_ENCRYPTION] = 42,
	[PANOS_POLICY] = 44,
	[PANOS_ERR_INDEX] = 46,
	[PANOS_PROXY_TYPE] = 49,
	[PANOS_SERIAL] = 50,
	[PANOS_NOT_BEFORE] = 52,
	[PANOS_NOT_AFTER] = 53,
	[PANOS_SNI_LEN] = 59,
	[PANOS_CN] = 61,
	[PANOS_ISSUER_CN] = 62,
	[PANOS_SNI] = 64,
	[PANOS_ERROR] = ERROR_COLUMN,
	[PANOS_TIME_HIGH_RES] = 73,
	[PANOS_SRC_HOST] = 80,
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "2026/03/04 09:15:02", or the ISO form of the cloud. */
static bool
looks_like_time(struct text t)
{
	return t.n >= 19 && is_digit(t.at[0]) && is_digit(t.at[3]) &&
	    (t.at[4] == '/' || t.at[4] == '-') && t.at[7] == t.at[4] &&
	    (t.at[10] == ' ' || t.at[10] == 'T') && t.at[13] == ':';
}

struct panos_state {
	size_t anchor; /* where the type stood in the last line */
};

static const char anchor[] = ",DECRYPTION,";

/*
 * The row from its type on: what comes before, three fields and whatever syslog
 * put in front, is not needed.  Lines of one device have it in one place.
 */
static bool
find_row(struct text line, struct panos_state *s, struct text *row)
{
	const size_t n = sizeof(anchor) - 1;
	const char *found = line.at + s->anchor;

	/* A collector's JSON around a row, with escapes of its own: its format
	 * takes it off and comes back. */
	if (line.n > 1 && line.at[0] == '{')
		return false;
	if (line.n < s->anchor + n || memcmp(found, anchor, n) != 0) {
		found = memmem(line.at, line.n < ANCHOR_REACH ? line.n :
		    ANCHOR_REACH, anchor, n);
		if (found == NULL || memmem(line.at,
		    (size_t)(found - line.at), "{\"", 2) != NULL)
			return false;
		s->anchor = (size_t)(found - line.at);
	}
	*row = (struct text){ found + 1,
		line.n - (size_t)(found + 1 - line.at) };
	return true;
}

/* Which field, from 0, is the time that the manual has in column 7: the first
 * time behind the type, since samples lack a field in between.  0 where there is
 * none. */
static size_t
find_time(const struct csv *csv)
{
	for (size_t i = 1; i < TYPE_FIELDS; i++)
		if (looks_like_time(csv_raw(csv, i)))
			return i;
	return 0;
}

static bool
is_failure(const struct panos_row *row)
{
	return row->fields[PANOS_ERROR].n > 0 ||
	    !text_equal(row->fields[PANOS_ERR_INDEX], TEXT("None"));
}

static enum line_result
read_row(struct log *log, const struct csv *csv, size_t time,
    struct handshake *h)
{
	struct panos_row row = { .columns = columns };

	for (size_t i = 0; i < PANOS_FAILURE; i++)
		row.fields[i] = csv_field(log, csv,
		    columns[i] - TIME_COLUMN + time);
	for (size_t i = PANOS_FAILURE; i < PANOS_FIELDS; i++)
		if (is_failure(&row))
			row.fields[i] = csv_field(log, csv,
			    columns[i] - TIME_COLUMN + time);
	return panos_handshake(log, &row, h);
}

static enum line_result
panos_read(struct log *log, void *state, struct handshake *h)
{
	/* Fields from the type to the last that is wanted. */
	const size_t wanted = LAST_COLUMN - 2;
	struct csv csv;
	struct text row;
	size_t time;

	if (!find_row(log->line, state, &row))
		return LINE_NOT_MINE;
	csv_split(&csv, row, ',', wanted);
	if (UNLIKELY(csv.n < wanted && (csv.unclosed ||
	    csv.n + TYPE_FIELDS < ERROR_COLUMN)))
		csv_split_loose(&csv, row, ',', wanted);
	time = find_time(&csv);
	if (time == 0)
		return log_bad(log, TIME_COLUMN, "time_generated",
		    csv_raw(&csv, 3), "a time such as 2026/03/04 09:15:02");
	if (csv.n <= ERROR_COLUMN - TIME_COLUMN + time)
		return log_bad(log, (unsigned)(csv.n - 1 - time) +
		    TIME_COLUMN, NULL, csv_raw(&csv, csv.n - 1),
		    "at least 65 columns in a decryption log");
	return read_row(log, &csv, time, h);
}

const struct log_format log_format_panos = {
	.name = "panos",
	.title = "Palo Alto Networks PAN-OS decryption log, CSV by syslog",
	.product = "panos",
	.sign = "the fourth column is DECRYPTION",
	.state_size = sizeof(struct panos_state),
	.read = panos_read,
};
