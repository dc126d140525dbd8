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
	TYPE_COLUMN = 4,
	TIME_COLUMN = 7,
	ERROR_COLUMN = 65, /* a row that does not reach it is cut off */
	WANTED_COLUMNS = 81,
	ANCHOR_REACH = 512, /* how far into the line the type may stand */
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
	[PANOS_FLAGS] = 29,
	[PANOS_STAGE_CLIENT] = 38,
	[PANOS_STAGE_SERVER] = 39,
	[PANOS_VERSION] = 40,
	[PANOS_ENCRYPTION] = 42,
	[PANOS_POLICY] = 44,
	[PANOS_ERR_INDEX] = 46,
	[PANOS_ROOT_STATUS] = 47,
	[PANOS_CHAIN_STATUS] = 48,
	[PANOS_PROXY_TYPE] = 49,
	[PANOS_SERIAL] = 50,
	[PANOS_NOT_BEFORE] = 52,
	[PANOS_NOT_AFTER] = 53,
	[PANOS_SNI_LEN] = 59,
	[PANOS_CERT_FLAGS] = 60,
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

/*
 * Where the CSV begins: some commas before the word DECRYPTION, behind what
 * syslog put in front.  The fields before it are FUTURE_USE, a time and a serial
 * number, so that the first holds no blank.
 */
static bool
find_row(struct text line, struct text *row)
{
	static const char anchor[] = ",DECRYPTION,";
	struct text head = { line.at, line.n < ANCHOR_REACH ? line.n :
	    ANCHOR_REACH };
	const char *found, *p;
	int n_commas = 0;

	found = head.n > 0 ? memmem(head.at, head.n, anchor,
	    sizeof(anchor) - 1) : NULL;
	if (found == NULL)
		return false;
	for (p = found; p > line.at; p--) {
		if (p[-1] == ',')
			n_commas++;
		else if (p[-1] == ' ' && n_commas >= 2)
			break;
	}
	*row = (struct text){ p, line.n - (size_t)(p - line.at) };
	return true;
}

/*
 * By how many fields the row is shifted against the manual's numbers: the first
 * time behind the type is field 7.  A negative number where there is none.
 */
static int
find_shift(const struct csv *csv, size_t *type)
{
	for (size_t i = 0; i < csv->n && i < 12; i++) {
		if (!text_is(csv_raw(csv, i), "DECRYPTION"))
			continue;
		*type = i;
		for (size_t k = i + 1; k <= i + 4; k++)
			if (looks_like_time(csv_raw(csv, k)))
				return (int)k - (TIME_COLUMN - 1);
		return -TIME_COLUMN;
	}
	return -TIME_COLUMN;
}

static enum line_result
read_row(struct log *log, const struct csv *csv, int shift,
    struct handshake *h)
{
	struct panos_row row = { .columns = columns };

	for (size_t i = 0; i < PANOS_FIELDS; i++)
		row.fields[i] = csv_field(log, csv,
		    (size_t)(columns[i] - 1 + shift));
	return panos_handshake(log, &row, h);
}

static enum line_result
panos_read(struct log *log, void *state, struct handshake *h)
{
	struct csv csv;
	struct text line;
	size_t type = 0;
	int shift;

	(void)state;
	if (!find_row(log->line, &line))
		return LINE_NOT_MINE;
	csv_split(&csv, line, ',', WANTED_COLUMNS);
	if (UNLIKELY(csv.n < WANTED_COLUMNS &&
	    (csv.unclosed || csv.n < ERROR_COLUMN)))
		csv_split_loose(&csv, line, ',', WANTED_COLUMNS);
	shift = find_shift(&csv, &type);
	if (shift + TIME_COLUMN <= 0)
		return log_bad(log, (unsigned)type + TIME_COLUMN - 3,
		    "time_generated", csv_raw(&csv, type + 3),
		    "a time such as 2026/03/04 09:15:02");
	if ((int)csv.n < ERROR_COLUMN + shift)
		return log_bad(log, (unsigned)csv.n, NULL,
		    csv_raw(&csv, csv.n - 1),
		    "at least 65 columns in a decryption log");
	return read_row(log, &csv, shift, h);
}

const struct log_format log_format_panos = {
	.name = "panos",
	.title = "Palo Alto Networks PAN-OS decryption log, CSV by syslog",
	.product = "panos",
	.sign = "the fourth column is DECRYPTION",
	.read = panos_read,
};
