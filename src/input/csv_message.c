/*
 * csv_message.c - tables that SIEMs and log stores export: one column has the line
 * as it came.
 *
 *     _time,host,sourcetype,_raw
 *     2026-03-04T09:15:02.000+0000,fw1,pan:decryption,"<14>Mar  4 09:15:02 ..."
 *
 * Splunk calls it _raw, Azure's Syslog table SyslogMessage, Elasticsearch
 * event.original, Google Cloud textPayload; Graylog, CloudWatch and Datadog call
 * it a message.  A table that names the peers beside a message is a product's own.
 *
 *     TenantId,TimeGenerated,id_orig_h_s,id_orig_p_d,...,established_b,Type
 *
 * A custom table of Azure's Log Analytics holds the fields of a product's JSON,
 * which is put together again.
 */
#include <string.h>

#include "base/clock.h"
#include "input/csv.h"
#include "input/generic.h"
#include "input/value.h"

enum { RAW, MESSAGE, TIME, SEEN, CLIENT, SERVER, GENERATED, TYPE, N_COLUMNS };

struct csv_message {
	struct csv_header header;
	bool custom; /* a custom table, whose header follows */
	uint16_t names_n;
	char names[6000];
};

/* Names in small letters, without what stands between their words. */
static const struct {
	const char *name;
	int column;
} names[] = {
	{ "raw", RAW },
	{ "rawlog", RAW },
	{ "rawevent", RAW },
	{ "rawmessage", RAW },
	{ "rawmsg", RAW },
	{ "rawdata", RAW },
	{ "eventoriginal", RAW },
	{ "fullmessage", RAW },
	{ "fulllog", RAW },
	{ "syslogmessage", RAW },
	{ "textpayload", RAW },
	{ "message", MESSAGE },
	{ "msg", MESSAGE },
	{ "log", MESSAGE },
	{ "line", MESSAGE },
	{ "event", MESSAGE },
	{ "content", MESSAGE },
	{ "jsonpayloadmessage", MESSAGE },
};

/* A csv_find_fn. */
static int
find_column(struct text name)
{
	char plain[24];
	size_t n = 0;

	for (size_t i = 0; i < name.n && n < sizeof(plain); i++) {
		char c = name.at[i];

		if (c != '_' && c != '-' && c != '.' && c != ' ' && c != '@')
			plain[n++] = text_lower(c);
	}
	for (size_t i = 0; i < N_ITEMS(names); i++)
		if (text_is((struct text){ plain, n }, names[i].name))
			return names[i].column;
	if (text_is(name, "Type"))
		return TYPE;
	if (text_starts(name, "TimeGenerated"))
		return GENERATED;
	switch (generic_field_find(name)) {
	case GENERIC_TIME: case GENERIC_DATE:
		return TIME;
	case GENERIC_CLIENT:
		return CLIENT;
	case GENERIC_SERVER:
		return SERVER;
	case GENERIC_SNI: case GENERIC_VERSION:
		return SEEN;
	default:
		return -1;
	}
}

static bool
learn_header(struct log *log, struct csv_message *m)
{
	struct csv_header found;
	struct text line = log->line;
	bool custom, peers;

	if (!csv_may_be_header(line) || memchr(line.at, ',', line.n) == NULL)
		return false;
	csv_learn(log, &found, line, find_column);
	peers = found.at[CLIENT] > 0 || found.at[SERVER] > 0;
	custom = found.at[GENERATED] > 0 && found.at[TYPE] > 0 && !peers &&
	    line.n <= sizeof(m->names);
	if (!custom && found.at[RAW] == 0 && (found.at[MESSAGE] == 0 || peers ||
	    found.at[SEEN] > 0 ||
	    (found.at[TIME] == 0 && found.at[GENERATED] == 0)))
		return false;
	m->header = found;
	m->custom = custom;
	m->names_n = custom ? (uint16_t)line.n : 0;
	memcpy(m->names, line.at, m->names_n);
	return true;
}

static void
put_string(char *out, size_t *n, struct text t)
{
	out[(*n)++] = '"';
	for (size_t i = 0; i < t.n; i++) {
		if (t.at[i] == '"' || t.at[i] == '\\')
			out[(*n)++] = '\\';
		out[(*n)++] = t.at[i];
	}
	out[(*n)++] = '"';
}

/* The product's JSON of a row of a custom table. */
static struct text
put_together(struct log *log, const struct csv_message *m)
{
	struct text header = { m->names, m->names_n };
	char *out = log_scratch(log, 2 * (header.n + log->line.n) +
	    8 * CSV_FIELDS_MAX);
	struct csv keys, values;
	size_t n = 0;

	csv_split(&keys, header, ',', CSV_FIELDS_MAX);
	csv_split(&values, log->line, ',', CSV_FIELDS_MAX);
	if (keys.n != values.n)
		return (struct text){ 0 };
	for (size_t i = 0; i < keys.n; i++) {
		struct text value = csv_field(log, &values, i);

		if (value.n == 0)
			continue;
		out[n] = n == 0 ? '{' : ',';
		n++;
		put_string(out, &n, value_column(text_trim(
		    csv_field(log, &keys, i))));
		out[n++] = ':';
		put_string(out, &n, value);
	}
	if (n > 0)
		out[n++] = '}';
	return (struct text){ out, n };
}

static enum line_result
csv_message_read(struct log *log, void *state, struct handshake *h)
{
	struct csv_message *m = state;
	struct text fields[N_COLUMNS] = { { 0 } }, raw, time;
	enum line_result result;

	if (log->depth > 0)
		return LINE_NOT_MINE;
	if (learn_header(log, m))
		return LINE_HEADER;
	if (!csv_row(log, &m->header, log->line, fields, N_ITEMS(fields)))
		return LINE_NOT_MINE;
	time = fields[fields[GENERATED].n > 0 ? GENERATED : TIME];
	raw = text_trim(fields[fields[RAW].n > 0 ? RAW : MESSAGE]);
	if (raw.n == 0 && m->custom)
		raw = put_together(log, m);
	result = raw.n > 0 ? log_inner(log, raw, h) : LINE_IGNORED;
	if (result == LINE_HANDSHAKE && h->hello.time == CLOCK_UNKNOWN &&
	    !value_time(log, time, &h->hello.time))
		h->hello.time = CLOCK_UNKNOWN;
	return result != LINE_NOT_MINE ? result : LINE_IGNORED;
}

const struct log_format log_format_csv_message = {
	.name = "csv-message",
	.title = "CSV that a SIEM or log store exports, with lines of other "
	    "formats in a column",
	.sign = "a header with _raw, SyslogMessage, event.original or message, or "
		"TimeGenerated and Type of a custom table",
	.state_size = sizeof(struct csv_message),
	.read = csv_message_read,
};
