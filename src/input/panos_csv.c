/*
 * panos_csv.c - PAN-OS decryption logs as CSV: by syslog, and by the export of
 * the web interface.
 *
 *     <14>Nov 30 16:09:33 PA-220 1,2026/03/04 09:15:02,0123,DECRYPTION,0,2562,
 *     2026/03/04 09:15:02,192.0.2.44,198.51.100.20,...
 *
 * Fields 1 to 91 have been the same since 10.0; what follows differs by version
 * and is not needed.  The Strata Logging Service writes them in the same order,
 * with one empty field before the type and times in ISO form, so that the row is
 * anchored on the first time after the word DECRYPTION.  Rows that somebody edited
 * are put together from landmarks.  Source: PAN-OS 10.0 to 11.1 Administrator's
 * Guides, "Decryption Log Fields"; samples of real lines.
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

/* "2026/03/04 09:15:02", or the ISO form of the cloud. */
static bool
looks_like_time(struct text t)
{
	return t.n >= 19 && text_is_digit(t.at[0]) && text_is_digit(t.at[3]) &&
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

/*
 * Rows that were edited by hand, or whose sender left a field out or put one in,
 * are right only in parts.  These fields are told by what they hold, and say how
 * far the fields around them are from their places.
 */
static bool
is_time(struct text t)
{
	return t.n == 0 || looks_like_time(t);
}

static bool
is_protocol(struct text t)
{
	return t.n == 0 || text_is(t, "tcp") ||
	    text_equal_nocase(t, TEXT("tcp")) ||
	    text_equal_nocase(t, TEXT("udp"));
}

static bool
is_version(struct text t)
{
	return t.n == 0 || text_starts(t, "TLS") || text_starts(t, "SSL") ||
	    text_starts(t, "DTLS") || text_equal_nocase(t, TEXT("Unknown"));
}

static bool
is_proxy_type(struct text t)
{
	static const struct text words[] = { { "Forward", 7 },
		{ "Inbound", 7 }, { "No Decrypt", 10 }, { "SSH", 3 },
		{ "GlobalProtect", 13 }, { "Clientless", 10 },
		{ "Broker", 6 }, { "Decryption Broker", 17 },
		{ "Network Packet Broker", 21 }, { "Decryption Mirror", 17 } };

	if (LIKELY(text_is(t, "Forward")))
		return true;
	for (size_t i = 0; i < N_ITEMS(words); i++)
		if (text_equal_nocase(t, words[i]))
			return true;
	return t.n == 0;
}

/* ":::::RSA"; the cloud writes a number. */
static bool
is_flags(struct text t)
{
	uint64_t number;

	return t.n == 0 || t.at[0] == ':' ||
	    memchr(t.at, ':', t.n) != NULL || value_number(t, &number);
}

enum {
	RECEIVED_COLUMN = 22,
	PROTOCOL_COLUMN = 30,
	VERSION_COLUMN = 40,
	PROXY_COLUMN = 49,
	FLAGS_COLUMN = 60,
	SHIFT_MAX = 3,
};

static const struct landmark {
	uint8_t column, first, last; /* from 1; of the fields it speaks for */
	bool (*fits)(struct text t);
} landmarks[] = {
	{ RECEIVED_COLUMN, 12, 28, is_time },
	{ PROTOCOL_COLUMN, 29, 37, is_protocol },
	{ VERSION_COLUMN, 38, 46, is_version },
	{ PROXY_COLUMN, 47, 49, is_proxy_type },
	{ FLAGS_COLUMN, 50, 65, is_flags },
};

/* Do all landmarks stand in their places?  Nearly all rows are asked only this. */
static inline bool
is_regular(const struct csv *csv, size_t time)
{
	const size_t shift = time - TIME_COLUMN;

	return is_time(csv_raw(csv, RECEIVED_COLUMN + shift)) &&
	    is_protocol(csv_raw(csv, PROTOCOL_COLUMN + shift)) &&
	    is_version(csv_raw(csv, VERSION_COLUMN + shift)) &&
	    is_proxy_type(csv_raw(csv, PROXY_COLUMN + shift)) &&
	    is_flags(csv_raw(csv, FLAGS_COLUMN + shift));
}

static bool
fits_at(const struct csv *csv, size_t place, const struct landmark *l)
{
	struct text t = csv_raw(csv, place);

	return t.n > 0 && l->fits(t);
}

/* How far the landmark's fields are from their places: as far as those before,
 * if that fits, else the least that does. */
static int
shift_of(const struct csv *csv, size_t time, const struct landmark *l,
    int before)
{
	size_t place = l->column - TIME_COLUMN + time;

	if (fits_at(csv, place + (size_t)before, l))
		return before;
	for (int i = 0; i <= SHIFT_MAX; i++) {
		if (fits_at(csv, place + (size_t)i, l))
			return i;
		if (fits_at(csv, place - (size_t)i, l))
			return -i;
	}
	return before;
}

/* Where the columns of an irregular row stand. */
static void
find_places(const struct csv *csv, size_t time, uint8_t places[PANOS_FIELDS])
{
	int shift = 0;

	memcpy(places, columns, sizeof(columns));
	for (size_t i = 0; i < N_ITEMS(landmarks); i++) {
		const struct landmark *l = &landmarks[i];

		shift = shift_of(csv, time, l, shift);
		for (size_t k = 0; k < PANOS_FIELDS; k++)
			if (columns[k] >= l->first && columns[k] <= l->last)
				places[k] = (uint8_t)(columns[k] + shift);
	}
}

static bool
is_failure(const struct panos_row *row)
{
	return row->fields[PANOS_ERROR].n > 0 ||
	    !text_equal(row->fields[PANOS_ERR_INDEX], TEXT("None"));
}

static bool
is_error_index(struct text t)
{
	static const struct text words[] = { { "None", 4 },
		{ "Certificate", 11 }, { "Cipher", 6 }, { "Version", 7 },
		{ "Feature", 7 }, { "Protocol", 8 }, { "Resume", 6 },
		{ "Resource", 8 }, { "HSM", 3 } };

	for (size_t i = 0; i < N_ITEMS(words); i++)
		if (text_equal_nocase(t, words[i]))
			return true;
	return t.n == 0;
}

/* What is behind the addresses and ports of a row cannot be told: what is kept
 * is that there was a session. */
static void
drop_details(struct panos_row *row)
{
	static const uint8_t doubtful[] = { PANOS_POLICY, PANOS_ERR_INDEX,
		PANOS_SNI_LEN, PANOS_SNI, PANOS_CN, PANOS_ERROR,
		PANOS_PROXY_TYPE };

	for (size_t i = 0; i < N_ITEMS(doubtful); i++)
		row->fields[doubtful[i]] = (struct text){ 0 };
}

/* Cut out the row's fields from `first` to before `end`. */
static void
cut_fields(struct log *log, const struct csv *csv, size_t time, size_t first,
    size_t end, struct panos_row *row)
{
	for (size_t i = first; i < end; i++)
		row->fields[i] = csv_field(log, csv,
		    row->columns[i] - TIME_COLUMN + time);
}

/* The same for a regular row that has a field behind the last that is wanted.
 * Unrolled, since the columns are constants then. */
static void
cut_whole_row(struct log *log, const struct csv *csv, size_t time,
    struct panos_row *row)
{
	const size_t shift = time - TIME_COLUMN;

#pragma GCC unroll 32
	for (size_t i = 0; i < PANOS_FAILURE; i++)
		row->fields[i] = csv_inner_field(log, csv, columns[i] + shift);
}

static enum line_result
read_row(struct log *log, const struct csv *csv, size_t time,
    struct handshake *h)
{
	struct panos_row row;
	uint8_t places[PANOS_FIELDS];
	bool regular = is_regular(csv, time);

	row.columns = columns;
	row.zone = (struct text){ 0 };
	if (UNLIKELY(!regular)) {
		find_places(csv, time, places);
		row.columns = places;
	}
	if (LIKELY(regular && csv->n > LAST_COLUMN - TIME_COLUMN + time + 1))
		cut_whole_row(log, csv, time, &row);
	else
		cut_fields(log, csv, time, 0, PANOS_FAILURE, &row);
	if (UNLIKELY(!regular)) {
		/* What is so far behind depends on too much. */
		row.fields[PANOS_TIME_HIGH_RES] = (struct text){ 0 };
		row.fields[PANOS_SRC_HOST] = (struct text){ 0 };
		if (!is_error_index(row.fields[PANOS_ERR_INDEX]))
			drop_details(&row);
	}
	if (is_failure(&row))
		cut_fields(log, csv, time, PANOS_FAILURE, PANOS_FIELDS, &row);
	else
		memset(row.fields + PANOS_FAILURE, 0,
		    (PANOS_FIELDS - PANOS_FAILURE) * sizeof(row.fields[0]));
	return panos_handshake(log, &row, h);
}

static enum line_result
panos_read(struct log *log, void *state, struct handshake *h)
{
	/* Fields from the type to the one behind the last that is wanted. */
	const size_t wanted = LAST_COLUMN - TIME_COLUMN + TYPE_FIELDS + 1;
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
