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
 */
#include "base/clock.h"
#include "input/csv.h"
#include "input/generic.h"
#include "input/value.h"

enum { RAW, MESSAGE, TIME, PEER };

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
			plain[n++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	for (size_t i = 0; i < N_ITEMS(names); i++)
		if (text_is((struct text){ plain, n }, names[i].name))
			return names[i].column;
	switch (generic_field_find(name)) {
	case GENERIC_TIME: case GENERIC_DATE:
		return TIME;
	case GENERIC_CLIENT: case GENERIC_SERVER: case GENERIC_SNI:
	case GENERIC_VERSION:
		return PEER;
	default:
		return -1;
	}
}

static bool
learn_header(struct log *log, struct csv_header *header)
{
	struct csv_header found;
	struct text line = log->line;

	if (!csv_may_be_header(line) || memchr(line.at, ',', line.n) == NULL)
		return false;
	csv_learn(log, &found, line, find_column);
	if (found.at[RAW] == 0 && (found.at[MESSAGE] == 0 ||
	    found.at[PEER] > 0 || found.at[TIME] == 0))
		return false;
	*header = found;
	return true;
}

static enum line_result
csv_message_read(struct log *log, void *state, struct handshake *h)
{
	struct csv_header *header = state;
	struct text fields[PEER + 1] = { { 0 } }, raw;
	enum line_result result;

	if (log->depth > 0)
		return LINE_NOT_MINE;
	if (learn_header(log, header))
		return LINE_HEADER;
	if (!csv_row(log, header, log->line, fields, N_ITEMS(fields)))
		return LINE_NOT_MINE;
	raw = text_trim(fields[fields[RAW].n > 0 ? RAW : MESSAGE]);
	result = raw.n > 0 ? log_inner(log, raw, h) : LINE_IGNORED;
	if (result == LINE_HANDSHAKE && h->hello.time == CLOCK_UNKNOWN &&
	    !value_time(log, fields[TIME], &h->hello.time))
		h->hello.time = CLOCK_UNKNOWN;
	return result != LINE_NOT_MINE ? result : LINE_IGNORED;
}

const struct log_format log_format_csv_message = {
	.name = "csv-message",
	.title = "CSV that a SIEM or log store exports, with lines of other "
	    "formats in a column",
	.sign = "a header with _raw, SyslogMessage, event.original or message",
	.state_size = sizeof(struct csv_header),
	.read = csv_message_read,
};
