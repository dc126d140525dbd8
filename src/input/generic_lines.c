/*
 * generic_lines.c - CEF, LEEF, JSON lines, key=value and CSV with a header from
 * products that have no format of their own here, by the common names of fields.
 *
 *     CEF:0|Example|Inspector|1.0|9|...|src=192.0.2.44 dst=... cs2=unknown_ca
 *     {"@timestamp":"...","source":{"ip":"192.0.2.44"},"tls":{...}}
 *     time,src_ip,dst_ip,sni,error
 *
 * A line that tells nothing of TLS is another product's.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "input/csv.h"
#include "input/generic.h"
#include "input/jsonrow.h"
#include "input/pairs.h"
#include "input/value.h"

/* A slot of CEF such as cs2 means what its label says. */
static void
take_fields(const struct pairs *pairs, struct text *fields)
{
	for (size_t i = 0; i < pairs->n; i++) {
		const struct pair *p = &pairs->at[i];
		enum generic_field field = generic_field_find(
		    p->label.n > 0 ? p->label : p->key);

		if (field < GENERIC_FIELDS && fields[field].n == 0 &&
		    !value_is_absent(p->value))
			fields[field] = p->value;
	}
}

/* CEF and LEEF. */
static enum line_result
read_pairs(struct log *log, const struct pairs *pairs, struct handshake *h)
{
	struct text fields[GENERIC_FIELDS] = { { 0 } };

	take_fields(pairs, fields);
	return generic_tells_tls(fields) ? generic_handshake(log, fields, h) :
	    LINE_NOT_MINE;
}

static enum line_result
cef_read(struct log *log, void *state, struct handshake *h)
{
	struct pairs pairs;
	struct cef cef;

	(void)state;
	if (!cef_open(log->line, &cef))
		return LINE_NOT_MINE;
	cef_pairs(log, cef.extension, &pairs);
	return read_pairs(log, &pairs, h);
}

static enum line_result
leef_read(struct log *log, void *state, struct handshake *h)
{
	struct pairs pairs;
	struct leef leef;

	(void)state;
	if (!leef_open(log->line, &leef))
		return LINE_NOT_MINE;
	leef_pairs(log, &leef, &pairs);
	return read_pairs(log, &pairs, h);
}

/* key=value, as load balancers are made to log, and logfmt.  Nearly all firewalls
 * write such lines about other things: here TLS is called by its name. */
static enum line_result
kv_read(struct log *log, void *state, struct handshake *h)
{
	enum { EQUALS_MIN = 4 };
	struct text fields[GENERIC_FIELDS] = { { 0 } }, t = log_payload(log);
	struct endpoint client;
	struct pairs pairs;
	const char *equals = t.at;

	(void)state;
	for (int i = 0; i < EQUALS_MIN; i++, equals++) {
		equals = memchr(equals, '=', (size_t)(t.at + t.n - equals));
		if (equals == NULL)
			return LINE_NOT_MINE;
	}
	kv_pairs(log, t, '=', " \t,", &pairs);
	take_fields(&pairs, fields);
	if (!generic_tells_tls(fields) ||
	    !value_endpoint(fields[GENERIC_CLIENT], false, &client) ||
	    (value_present(fields[GENERIC_SNI]).n == 0 &&
	    value_version(fields[GENERIC_VERSION]) == 0 &&
	    value_present(fields[GENERIC_ALERT]).n == 0))
		return LINE_NOT_MINE;
	return generic_handshake(log, fields, h);
}

/* JSON */

/* A collector's object around a line of another format. */
enum { JSON_RAW = GENERIC_FIELDS, JSON_FULL, N_JSON_FIELDS };

static int
json_field(struct text path)
{
	/* Of Elastic, Splunk, docker, journald, GELF, Wazuh, Google Cloud,
	 * fluentd and rsyslog. */
	static const struct text raw[] = { TEXT_INIT("message"),
		TEXT_INIT("_raw"), TEXT_INIT("log"), TEXT_INIT("event.original"),
		TEXT_INIT("result._raw"), TEXT_INIT("_source.message"),
		TEXT_INIT("event"), TEXT_INIT("short_message"),
		TEXT_INIT("full_log"), TEXT_INIT("textpayload"),
		TEXT_INIT("raw_message"), TEXT_INIT("@message"),
		TEXT_INIT("line"), TEXT_INIT("_source.event.original") };
	/* Beside which the message is cut. */
	static const struct text full[] = { TEXT_INIT("full_message"),
		TEXT_INIT("rawmsg") };
	enum generic_field field;

	for (size_t i = 0; i < N_ITEMS(raw); i++)
		if (text_equal_nocase(path, raw[i]))
			return JSON_RAW;
	for (size_t i = 0; i < N_ITEMS(full); i++)
		if (text_equal_nocase(path, full[i]))
			return JSON_FULL;
	field = generic_field_find(path);
	return field == GENERIC_FIELDS ? -1 : (int)field;
}

/* Amazon CloudWatch: many lines in an object, {"logEvents":[{"message":...}]},
 * or {"events":[...]} of its command line. */
static enum line_result
read_events(struct log *log, struct text payload)
{
	enum line_result result = LINE_NOT_MINE;
	struct json_walk w;
	struct json_member m;
	struct handshake h;
	char path[32];

	if (!json_walk_begin(&w, payload))
		return LINE_NOT_MINE;
	while (json_walk_next(&w, &m)) {
		struct text at = json_walk_path(&w, path, sizeof(path));
		struct text raw = m.value;
		enum line_result inner;

		if (!text_is(at, "logEvents.message") &&
		    !text_is(at, "events.message"))
			continue;
		handshake_init(&h);
		if (m.escaped)
			raw = json_unescape(log, raw);
		inner = log_inner(log, text_trim(raw), &h);
		if (inner == LINE_HANDSHAKE)
			log_emit(log, &h);
		if (inner != LINE_NOT_MINE)
			result = LINE_IGNORED;
	}
	return result;
}

/* The line within the object; what it does not tell, the object may. */
static enum line_result
read_inner(struct log *log, struct text raw, const struct text *fields,
    struct handshake *h)
{
	enum line_result result = raw.n > 0 ?
	    log_inner(log, text_trim(raw), h) : LINE_NOT_MINE;
	struct text time = value_present(fields[GENERIC_TIME]);

	if (result == LINE_HANDSHAKE && h->hello.time == CLOCK_UNKNOWN &&
	    time.n > 0 && !value_time(log, time, &h->hello.time))
		h->hello.time = CLOCK_UNKNOWN;
	return result;
}

/* An object of a collector that is not known: one of its strings may be the
 * line. */
static enum line_result
read_strings(struct log *log, struct text payload, struct handshake *h)
{
	enum { LENGTH_MIN = 60, STRINGS_MAX = 3 };
	enum line_result result = LINE_NOT_MINE;
	struct json_walk w;
	struct json_member m;
	int n = 0;

	if (!json_walk_begin(&w, payload))
		return LINE_NOT_MINE;
	while (result == LINE_NOT_MINE && n < STRINGS_MAX &&
	    json_walk_next(&w, &m)) {
		if (m.kind != JSON_STRING || m.value.n < LENGTH_MIN)
			continue;
		n++;
		result = log_inner(log, text_trim(m.escaped ?
		    json_unescape(log, m.value) : m.value), h);
	}
	return result;
}

/* The record of a custom table of Azure's Log Analytics without the types that it
 * appended to the keys, for the product's own format to read; the empty text where
 * that is not the whole. */
static struct text
without_types(struct log *log, struct text payload)
{
	char *out = log_scratch(log, 2 * payload.n), path[256];
	struct json_walk w;
	struct json_member m;
	size_t n = 0;

	if (!json_walk_begin(&w, payload))
		return (struct text){ 0 };
	while (json_walk_next(&w, &m)) {
		struct text key = value_column(json_walk_path(&w, path,
		    sizeof(path)));
		const char *quote = m.kind == JSON_STRING ? "\"" : "";

		if (m.kind == JSON_NULL || key.n == 0 ||
		    key.n + m.value.n + 8 > 2 * payload.n - n)
			continue;
		n += (size_t)sprintf(out + n, "%c\"%.*s\":%s%.*s%s",
		    n == 0 ? '{' : ',', TEXT_ARG(key), quote,
		    TEXT_ARG(m.value), quote);
	}
	if (n == 0 || w.broken)
		return (struct text){ 0 };
	out[n++] = '}';
	return (struct text){ out, n };
}

static enum line_result
json_read(struct log *log, void *state, struct handshake *h)
{
	struct text fields[N_JSON_FIELDS] = { { 0 } };
	struct text payload = log_payload(log), raw;
	enum line_result inner = LINE_NOT_MINE;
	bool whole, tells;

	if (!text_starts(payload, "{"))
		return LINE_NOT_MINE;
	if (text_find(payload, "vents\"") > 0 &&
	    (inner = read_events(log, payload)) != LINE_NOT_MINE)
		return inner;
	if (log->depth == 0 && text_find(payload, "_s\":") > 0 &&
	    text_find(payload, "_CL\"") > 0 && (inner = log_inner(log,
	    without_types(log, payload), h)) != LINE_NOT_MINE)
		return inner;
	whole = json_row(log, payload, state, json_field, fields,
	    N_ITEMS(fields));
	tells = generic_tells_tls(fields);
	raw = fields[fields[JSON_FULL].n > 0 ? JSON_FULL : JSON_RAW];
	if (raw.n == 0 && !tells)
		raw = fields[GENERIC_ERROR]; /* "msg" */
	if (whole)
		inner = read_inner(log, raw, fields, h);
	if (whole && !tells && inner == LINE_NOT_MINE && log->depth == 0)
		inner = read_strings(log, payload, h);
	/* The line itself tells best, if it tells who spoke with whom. */
	if (!tells || (inner == LINE_HANDSHAKE &&
	    (h->client.family != 0 || h->host.n > 0)))
		return inner;
	if (inner != LINE_NOT_MINE)
		handshake_init(h);
	if (!whole)
		return log_bad(log, 0, NULL, payload, "a whole JSON object");
	return generic_handshake(log, fields, h);
}

/* CSV */

struct table {
	size_t n_columns; /* 0: no header seen */
	char separator;
	uint8_t columns[GENERIC_FIELDS]; /* from 1; 0 not there */
};

/* A header names a client or server, a host, and more that is known. */
static bool
name_columns(struct log *log, struct table *t, const struct csv *csv,
    char separator)
{
	size_t n_known = 0;

	*t = (struct table){ .separator = separator };
	for (size_t i = 0; i < csv->n && i < UINT8_MAX; i++) {
		enum generic_field field = generic_field_find(
		    text_trim(csv_field(log, csv, i)));

		if (field == GENERIC_FIELDS || t->columns[field] != 0)
			continue;
		t->columns[field] = (uint8_t)(i + 1);
		n_known++;
	}
	if (n_known < 3 || n_known * 4 < csv->n ||
	    (t->columns[GENERIC_CLIENT] == 0 &&
	    t->columns[GENERIC_SERVER] == 0) ||
	    (t->columns[GENERIC_SNI] == 0 && t->columns[GENERIC_HOST] == 0 &&
	    t->columns[GENERIC_URL] == 0))
		return false;
	t->n_columns = csv->n;
	return true;
}

static bool
read_header(struct log *log, struct table *t)
{
	static const char separators[] = ",;\t|";
	struct csv csv;

	if (!csv_may_be_header(log->line))
		return false;
	for (size_t i = 0; separators[i] != '\0'; i++) {
		struct table found;

		if (memchr(log->line.at, separators[i], log->line.n) == NULL)
			continue;
		csv_split(&csv, log->line, separators[i], CSV_FIELDS_MAX);
		if (!name_columns(log, &found, &csv, separators[i]))
			continue;
		*t = found;
		return true;
	}
	return false;
}

static enum line_result
csv_read(struct log *log, void *state, struct handshake *h)
{
	struct table *t = state;
	struct text fields[GENERIC_FIELDS] = { { 0 } };
	struct csv csv;
	enum line_result result;

	if (read_header(log, t))
		return LINE_HEADER;
	if (t->n_columns == 0 ||
	    memchr(log->line.at, t->separator, log->line.n) == NULL)
		return LINE_NOT_MINE;
	csv_split(&csv, log->line, t->separator, CSV_FIELDS_MAX);
	if (csv.n != t->n_columns)
		csv_split_loose(&csv, log->line, t->separator,
		    CSV_FIELDS_MAX);
	if (csv.n != t->n_columns)
		return log_bad(log, (unsigned)csv.n, NULL,
		    csv_raw(&csv, csv.n - 1), "as many columns as the header");
	for (size_t i = 0; i < GENERIC_FIELDS; i++)
		if (t->columns[i] > 0)
			fields[i] = text_trim(csv_field(log, &csv,
			    (size_t)t->columns[i] - 1));
	if (!generic_tells_tls(fields))
		return LINE_IGNORED;
	result = generic_handshake(log, fields, h);
	for (size_t i = 0; i < GENERIC_FIELDS && result == LINE_BAD; i++)
		log_bad_column(log, fields[i], t->columns[i]);
	return result;
}

const struct log_format log_format_generic_cef = {
	.name = "cef",
	.title = "CEF of any product, by the common names of fields",
	.sign = "CEF: with a TLS version, SNI or alert",
	.generic = true,
	.read = cef_read,
};

const struct log_format log_format_generic_leef = {
	.name = "leef",
	.title = "LEEF of any product, by the common names of fields",
	.sign = "LEEF: with a TLS version, SNI or alert",
	.generic = true,
	.read = leef_read,
};

const struct log_format log_format_generic_kv = {
	.name = "kv",
	.title = "key=value lines of any product, by the common names of fields",
	.sign = "key=value with a client's address and a TLS version, SNI or "
		"alert",
	.generic = true,
	.read = kv_read,
};

const struct log_format log_format_generic_json = {
	.name = "json",
	.title = "JSON lines of any product, by the common names of fields",
	.sign = "a JSON object with a TLS version, SNI or alert",
	.generic = true,
	.state_size = sizeof(struct json_columns),
	.read = json_read,
};

const struct log_format log_format_generic_csv = {
	.name = "csv",
	.title = "CSV with a header of any product, by the common names of "
	    "fields",
	.sign = "a header that names a client or server and a host",
	.generic = true,
	.state_size = sizeof(struct table),
	.read = csv_read,
};
