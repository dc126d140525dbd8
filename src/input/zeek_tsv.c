/*
 * zeek_tsv.c - Zeek and Bro logs as they write them by default: TSV, whose header
 * names the columns.
 *
 *     #separator \x09
 *     #path	ssl
 *     #fields	ts	uid	id.orig_h	id.orig_p	...
 *
 * Column lists differ from Bro 2 to Zeek 7 and by site, so that nothing goes by
 * position, but for a log without header: what relays send, or which the user
 * names with -F.
 * Source: Zeek 7.0, src/logging/writers/ascii/Ascii.cc; the main.zeek of
 * base/protocols/ssl of Bro 2.4 to Zeek 7.
 */
#include <string.h>

#include "input/csv.h"
#include "input/value.h"
#include "input/zeek.h"

enum table { TABLE_NONE, TABLE_SSL, TABLE_X509, TABLE_OTHER };

struct tsv {
	struct zeek zeek;
	enum table table;
	char separator; /* 0: a tab */
	bool headless; /* its columns were told from a row */
	char unset[16], empty[16]; /* markers, as texts with a NUL */
	size_t n_columns;
	uint8_t columns[ZEEK_FIELDS]; /* from 1; 0 not there */
};

/* The orders of Bro 2.4 to Zeek 4.0 and of later ones, for logs without header. */
#define SINCE_BRO_2_4 ZEEK_TS, ZEEK_FIELDS, ZEEK_ORIG_H, ZEEK_ORIG_P, \
	ZEEK_RESP_H, ZEEK_RESP_P, ZEEK_VERSION, ZEEK_CIPHER, ZEEK_FIELDS, \
	ZEEK_SERVER_NAME, ZEEK_RESUMED, ZEEK_LAST_ALERT, \
	ZEEK_NEXT_PROTOCOL, ZEEK_ESTABLISHED

static const enum zeek_field old_order[] = { SINCE_BRO_2_4, ZEEK_CHAIN_FUIDS,
	ZEEK_FIELDS, ZEEK_SUBJECT, ZEEK_ISSUER };
static const enum zeek_field default_order[] = { SINCE_BRO_2_4, ZEEK_HISTORY,
	ZEEK_CHAIN_FPS };

/* Of both, from 0. */
enum { VERSION_COLUMN = 6, RESUMED_COLUMN = 10, ESTABLISHED_COLUMN = 13,
	LEAST_COLUMNS };

static void
place_columns(struct tsv *t, const enum zeek_field *order, size_t n)
{
	t->table = TABLE_SSL;
	t->n_columns = 0; /* any number from the least on */
	memset(t->columns, 0, sizeof(t->columns));
	for (size_t i = 0; i < n; i++)
		if (order[i] != ZEEK_FIELDS)
			t->columns[order[i]] = (uint8_t)(i + 1);
}

static void
name_columns(struct tsv *t, struct text list)
{
	struct text name;
	enum zeek_field field;
	bool more;

	memset(t->columns, 0, sizeof(t->columns));
	t->n_columns = 0;
	t->headless = false;
	do {
		more = text_split(&list, t->separator, &name);
		if (name.n == 0)
			continue;
		t->n_columns++;
		field = zeek_field_find(name);
		if (field != ZEEK_FIELDS && t->n_columns <= UINT8_MAX)
			t->columns[field] = (uint8_t)t->n_columns;
	} while (more);
	if (t->columns[ZEEK_X509_SUBJECT] > 0)
		t->table = TABLE_X509;
	else if (t->columns[ZEEK_ORIG_H] > 0 &&
	    (t->columns[ZEEK_ESTABLISHED] > 0 ||
	    (t->columns[ZEEK_VERSION] > 0 && t->columns[ZEEK_CIPHER] > 0)))
		t->table = TABLE_SSL;
	else
		t->table = TABLE_OTHER;
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ?
	    c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* \xHH, which the writer uses for bytes it does not like. */
static bool
hex_escape(struct text t, char *out)
{
	int high, low;

	if (t.n < 4 || t.at[0] != '\\' || t.at[1] != 'x')
		return false;
	high = hex_digit(t.at[2]);
	low = hex_digit(t.at[3]);
	if (high < 0 || low < 0)
		return false;
	*out = (char)(high * 16 + low);
	return true;
}

static void
keep_marker(char *out, size_t size, struct text t)
{
	if (t.n >= size)
		t.n = size - 1;
	if (t.n > 0)
		memcpy(out, t.at, t.n);
	out[t.n] = '\0';
}

/* "#separator \x09" has a blank, all others the separator, behind the name.  What
 * went through a page or a terminal has blanks for tabs. */
static enum line_result
read_header(struct tsv *t, struct text line)
{
	struct text name, rest = line;
	char separator;

	if (t->unset[0] == '\0')
		keep_marker(t->unset, sizeof(t->unset), TEXT("-"));
	if (t->empty[0] == '\0')
		keep_marker(t->empty, sizeof(t->empty), TEXT("(empty)"));
	if (text_starts(line, "#separator ")) {
		rest = (struct text){ line.at + 11, line.n - 11 };
		if (!hex_escape(rest, &t->separator) && rest.n > 0)
			t->separator = rest.at[0];
		return LINE_HEADER;
	}
	separator = t->separator != '\0' ? t->separator : '\t';
	if (memchr(line.at, separator, line.n) == NULL)
		separator = ' ';
	if (!text_split(&rest, separator, &name))
		return LINE_NOT_MINE;
	if (text_is(name, "#fields")) {
		t->separator = separator;
		name_columns(t, rest);
	} else if (text_is(name, "#unset_field"))
		keep_marker(t->unset, sizeof(t->unset), rest);
	else if (text_is(name, "#empty_field"))
		keep_marker(t->empty, sizeof(t->empty), rest);
	else if (!text_is(name, "#path") && !text_is(name, "#open") &&
	    !text_is(name, "#close") && !text_is(name, "#types") &&
	    !text_is(name, "#set_separator"))
		return LINE_NOT_MINE;
	return LINE_HEADER;
}

static struct text
unescape(struct log *log, struct text raw)
{
	char *out;
	size_t n = 0;

	if (raw.n == 0 || LIKELY(memchr(raw.at, '\\', raw.n) == NULL))
		return raw;
	out = log_scratch(log, raw.n);
	for (size_t i = 0; i < raw.n; i++, n++) {
		struct text rest = { raw.at + i, raw.n - i };

		if (hex_escape(rest, &out[n]))
			i += 3;
		else
			out[n] = raw.at[i];
	}
	return (struct text){ out, n };
}

/* A value, or nothing where it is one of the two markers. */
static struct text
cell(struct log *log, const struct tsv *t, const struct csv *row,
    size_t column)
{
	struct text raw = csv_raw(row, column - 1);

	if (raw.n == 0 || text_is(raw, t->unset) || text_is(raw, t->empty))
		return (struct text){ 0 };
	return unescape(log, raw);
}

/* Split at tabs; a quote means nothing here. */
static void
split(struct csv *row, struct text line, char separator)
{
	const char *at = line.at, *end = line.at + line.n, *found;

	row->line = line;
	row->n = 0;
	while (row->n + 1 < CSV_FIELDS_MAX) {
		found = memchr(at, separator, (size_t)(end - at));
		if (found == NULL)
			break;
		row->ends[row->n++] = (uint32_t)(found - line.at);
		at = found + 1;
	}
	row->ends[row->n++] = (uint32_t)line.n;
}

/* "CHhAvVGS1DHFjwGM9", or a certificate's "FXulet2GsFuEn0Uik4". */
static bool
is_identifier(struct text t)
{
	if (t.n < 9 || t.n > 20)
		return false;
	for (size_t i = 0; i < t.n; i++)
		if (!((t.at[i] >= '0' && t.at[i] <= '9') ||
		    ((t.at[i] | 32) >= 'a' && (t.at[i] | 32) <= 'z')))
			return false;
	return true;
}

static bool
is_bool(struct text t)
{
	return text_is(t, "T") || text_is(t, "F");
}

/*
 * Is this a row of an ssl.log?  No other table has an identifier, two addresses
 * with their ports, a version of TLS or none, and two truths in these places.
 */
static bool
is_row_of_ssl(const struct csv *row)
{
	struct text version = csv_raw(row, VERSION_COLUMN);
	struct endpoint e;
	uint64_t port;

	return row->n >= LEAST_COLUMNS && is_identifier(csv_raw(row, 1)) &&
	    value_address(csv_raw(row, 2), &e) &&
	    text_u64(csv_raw(row, 3), &port) &&
	    value_address(csv_raw(row, 4), &e) &&
	    text_u64(csv_raw(row, 5), &port) &&
	    (value_version(version) != 0 || text_is(version, "-")) &&
	    is_bool(csv_raw(row, RESUMED_COLUMN)) &&
	    is_bool(csv_raw(row, ESTABLISHED_COLUMN));
}

/*
 * The columns of a row without header.  Certificates, by the identifiers of their
 * files, stand where later versions have ssl_history, which is never empty.
 */
static bool
learn_from_row(struct tsv *t, struct text line)
{
	struct csv row;
	struct text chain, first;

	if (line.n < 60 || line.at[0] < '0' || line.at[0] > '9' ||
	    memchr(line.at, '\t', line.n) == NULL)
		return false;
	split(&row, line, '\t');
	if (!is_row_of_ssl(&row))
		return false;
	read_header(t, TEXT("#separator \\x09"));
	chain = csv_raw(&row, ESTABLISHED_COLUMN + 1);
	text_split(&chain, ',', &first);
	if (value_is_absent(first) || (first.at[0] == 'F' &&
	    is_identifier(first)))
		place_columns(t, old_order, N_ITEMS(old_order));
	else
		place_columns(t, default_order, N_ITEMS(default_order));
	t->headless = true;
	return true;
}

/* Columns that were aligned: blanks in runs become one. */
static struct text
single_blanks(struct log *log, struct text line)
{
	char *out = log_scratch(log, line.n);
	size_t n = 0;

	line = text_trim(line);
	for (size_t i = 0; i < line.n; i++)
		if (line.at[i] != ' ' || line.at[i - 1] != ' ')
			out[n++] = line.at[i];
	return (struct text){ out, n };
}

/* A row begins with its time, masked or not: another log's lines may come mixed
 * with this one's. */
static bool
may_be_row(struct text line)
{
	return (line.at[0] >= '0' && line.at[0] <= '9') ||
	    line.at[0] == 'X' || line.at[0] == '-';
}

static enum line_result
zeek_read(struct log *log, void *state, struct handshake *h)
{
	struct tsv *t = state;
	struct text fields[ZEEK_FIELDS] = { { 0 } }, line = log->line;
	struct csv row;

	if (line.at[0] == '#')
		return read_header(t, line);
	if (t->table == TABLE_NONE && log->forced) {
		read_header(t, TEXT("#separator \\x09"));
		place_columns(t, default_order, N_ITEMS(default_order));
	}
	if (t->headless || t->table == TABLE_NONE) {
		line = log_payload(log);
		if (!learn_from_row(t, line))
			return LINE_NOT_MINE;
	}
	if (memchr(line.at, t->separator, line.n) == NULL)
		return LINE_NOT_MINE;
	if (t->table == TABLE_OTHER)
		return LINE_IGNORED;
	split(&row, t->separator == ' ' ? single_blanks(log, line) : line,
	    t->separator);
	if (row.n != t->n_columns && !may_be_row(line))
		return LINE_NOT_MINE;
	if (t->n_columns > 0 ? row.n != t->n_columns :
	    row.n < LEAST_COLUMNS)
		return log_bad(log, (unsigned)row.n, NULL,
		    csv_raw(&row, row.n - 1), "as many columns as #fields");
	for (size_t i = 0; i < ZEEK_FIELDS; i++)
		if (t->columns[i] > 0)
			fields[i] = cell(log, t, &row, t->columns[i]);
	if (t->table == TABLE_SSL)
		return zeek_handshake(log, &t->zeek, fields, t->columns, h);
	zeek_certificate(log, &t->zeek, fields);
	return LINE_IGNORED;
}

static void
zeek_finish(struct log *log, void *state)
{
	struct tsv *t = state;

	(void)log;
	zeek_free(&t->zeek);
}

const struct log_format log_format_zeek = {
	.name = "zeek",
	.title = "Zeek ssl.log and x509.log, TSV",
	.sign = "#fields with id.orig_h and established, or rows of such",
	.state_size = sizeof(struct tsv),
	.read = zeek_read,
	.finish = zeek_finish,
};
