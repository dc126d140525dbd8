/*
 * panos_cloud.c - PAN-OS decryption logs as the Strata Logging Service (Cortex
 * Data Lake) forwards them, and as administrators lay them out themselves: CEF,
 * LEEF, JSON, and pairs with '|' between them.
 *
 *     CEF:0|Palo Alto Networks|LF|2.0|DECRYPTION|end|3|dtz=UTC start=Mar 04 2026 ...
 *     LEEF:2.0|Palo Alto Networks|Next Generation Firewall|10.2|...|cat=decryption
 *     {"TimeReceived":"2026-03-04T09:15:07.000000Z","LogType":"DECRYPTION",...}
 *     ...|type=DECRYPTION|src=192.0.2.44|...|errindex=Certificate|sni=...|err=...|
 *
 * Source: Palo Alto Networks, Log Forwarding Schema Reference, "Decryption";
 * PAN-OS Administrator's Guide, custom log formats.
 */
#include <string.h>

#include "input/jsonrow.h"
#include "input/pairs.h"
#include "input/panos.h"
#include "input/value.h"

static bool
is_receipt(struct text key)
{
	return text_equal_nocase(key, TEXT("receive_time")) ||
	    text_equal_nocase(key, TEXT("cef-formatted-receive_time")) ||
	    text_is(key, "rt");
}

/* A later key for the same field counts only where the first was empty; but the
 * time at which the session was seen beats that of its receipt. */
static void
set_field(struct panos_row *row, struct text key, struct text value)
{
	enum panos_field field = panos_field_find(key);

	if (field == PANOS_FIELDS || value_is_absent(value))
		return;
	if (row->fields[field].n == 0 ||
	    (field == PANOS_TIME && !is_receipt(key)))
		row->fields[field] = value;
}

static enum line_result
read_pairs(struct log *log, const struct pairs *pairs, struct handshake *h)
{
	struct panos_row row = { 0 };

	for (size_t i = 0; i < pairs->n; i++)
		set_field(&row, pairs->at[i].key, pairs->at[i].value);
	row.zone = pairs_present(pairs, "dtz");
	/* "PanOSEventStatus=error ... msg=TLS decryption failed" */
	if (row.fields[PANOS_ERROR].n == 0 &&
	    (value_contains(pairs_get(pairs, "PanOSEventStatus"), "err") ||
	    value_contains(pairs_get(pairs, "msg"), "fail")))
		row.fields[PANOS_ERROR] = pairs_present(pairs, "msg");
	return panos_handshake(log, &row, h);
}

static bool
is_decryption(struct text t)
{
	return text_equal_nocase(t, TEXT("DECRYPTION"));
}

static enum line_result
cef_read(struct log *log, void *state, struct handshake *h)
{
	struct pairs pairs;
	struct cef cef;

	(void)state;
	if (text_find(log->line, "CEF:") < 0 || !cef_open(log->line, &cef) ||
	    !text_is(cef.vendor, "Palo Alto Networks"))
		return LINE_NOT_MINE;
	if (!is_decryption(cef.signature) && !is_decryption(cef.name))
		return LINE_IGNORED;
	cef_pairs(log, cef.extension, &pairs);
	return read_pairs(log, &pairs, h);
}

static enum line_result
leef_read(struct log *log, void *state, struct handshake *h)
{
	struct pairs pairs;
	struct leef leef;

	(void)state;
	if (text_find(log->line, "LEEF:") < 0 ||
	    !leef_open(log->line, &leef) ||
	    !text_is(leef.vendor, "Palo Alto Networks"))
		return LINE_NOT_MINE;
	leef_pairs(log, &leef, &pairs);
	if (!is_decryption(pairs_get(&pairs, "cat")))
		return LINE_IGNORED;
	return read_pairs(log, &pairs, h);
}

struct json_state {
	struct json_columns columns;
};

enum { LOG_TYPE = PANOS_FIELDS, N_JSON_FIELDS };

static int
json_field(struct text path)
{
	const char *dot = path.n > 0 ? memrchr(path.at, '.', path.n) : NULL;
	enum panos_field field;

	/* The administrator's own layouts nest: "details.sni". */
	if (dot != NULL)
		path = (struct text){ dot + 1,
			path.n - (size_t)(dot + 1 - path.at) };
	if (text_equal_nocase(path, TEXT("LogType")) ||
	    text_equal_nocase(path, TEXT("type")))
		return LOG_TYPE;
	field = panos_field_find(path);
	return field == PANOS_FIELDS ? -1 : (int)field;
}

/* The word stands in every such line, whatever its case. */
static bool
names_decryption(struct text line)
{
	return text_find(line, "\"DECRYPTION\"") >= 0 ||
	    text_find(line, "\"decryption\"") >= 0 ||
	    text_find(line, "\"Decryption\"") >= 0;
}

/* The Cloud NGFW of Azure names the log outside of the object, in what carries
 * it; but no other log has these keys. */
static bool
has_own_keys(struct text line)
{
	return text_find(line, "\"proxy_type\"") >= 0 &&
	    (text_find(line, "\"chain_status\"") >= 0 ||
	    text_find(line, "\"server_name_indication\"") >= 0);
}

static enum line_result
json_read(struct log *log, void *state, struct handshake *h)
{
	struct json_state *s = state;
	struct text fields[N_JSON_FIELDS] = { { 0 } };
	struct panos_row row = { 0 };
	bool own = has_own_keys(log->line), whole;
	struct text payload;

	if (!own && !names_decryption(log->line))
		return LINE_NOT_MINE;
	payload = log_payload(log);
	if (!text_starts(payload, "{"))
		return LINE_NOT_MINE;
	whole = json_row(log, payload, &s->columns, json_field, fields,
	    N_ITEMS(fields));
	if (!is_decryption(fields[LOG_TYPE]) &&
	    (!own || fields[LOG_TYPE].n > 0))
		return LINE_NOT_MINE;
	if (!whole)
		return log_bad(log, 0, NULL, payload, "a whole JSON object");
	for (size_t i = 0; i < PANOS_FIELDS; i++)
		row.fields[i] = value_present(fields[i]);
	return panos_handshake(log, &row, h);
}

/* "type=DECRYPTION" as a pair of its own, also "log_type=\"decryption\"": where
 * it begins and ends. */
static bool
find_type(struct text line, size_t *start, size_t *end)
{
	static const struct text key = { "type=", 5 }, word = { "DECRYPTION",
		10 };
	struct text rest = line, value;
	long at;

	while ((at = text_find_nocase(rest, "type=")) >= 0) {
		*start = line.n - rest.n + (size_t)at;
		rest.at += at + (long)key.n;
		rest.n -= (size_t)at + key.n;
		value = rest;
		if (value.n > 0 && value.at[0] == '"') {
			value.at++;
			value.n--;
		}
		if (value.n < word.n || !text_equal_nocase(
		    (struct text){ value.at, word.n }, word))
			continue;
		*end = line.n - value.n + word.n;
		if (*end < line.n && line.at[*end] == '"')
			(*end)++;
		return true;
	}
	return false;
}

/* The separator is what stands behind the type, or before it at the end. */
static enum line_result
pairs_read(struct log *log, void *state, struct handshake *h)
{
	static const char separators[] = "|,;\t ";
	struct text line = log->line;
	char separator[2] = "|";
	struct pairs pairs;
	size_t start, end;

	(void)state;
	/* In a collector's JSON: its format takes that off, and comes back. */
	if (!find_type(line, &start, &end) || log_payload(log).n == 0 ||
	    log_payload(log).at[0] == '{')
		return LINE_NOT_MINE;
	if (end < line.n)
		separator[0] = line.at[end];
	else if (start > 0)
		separator[0] = line.at[start - 1];
	if (strchr(separators, separator[0]) == NULL)
		return LINE_NOT_MINE;
	kv_pairs(log, log_payload(log), '=', separator, &pairs);
	if (pairs_get(&pairs, "src").n == 0 && text_find(line, "err") < 0 &&
	    text_find(line, "sni") < 0)
		return LINE_NOT_MINE;
	return read_pairs(log, &pairs, h);
}

const struct log_format log_format_panos_cef = {
	.name = "panos-cef",
	.title = "Palo Alto Networks decryption log, CEF of the Strata "
	    "Logging Service",
	.product = "panos",
	.sign = "CEF by Palo Alto Networks, signature DECRYPTION",
	.read = cef_read,
};

const struct log_format log_format_panos_leef = {
	.name = "panos-leef",
	.title = "Palo Alto Networks decryption log, LEEF",
	.product = "panos",
	.sign = "LEEF by Palo Alto Networks with cat=decryption",
	.read = leef_read,
};

const struct log_format log_format_panos_json = {
	.name = "panos-json",
	.title = "Palo Alto Networks decryption log, JSON",
	.product = "panos",
	.sign = "a JSON object with LogType DECRYPTION, or with proxy_type and "
		"chain_status",
	.state_size = sizeof(struct json_state),
	.read = json_read,
};

const struct log_format log_format_panos_pairs = {
	.name = "panos-pairs",
	.title = "Palo Alto Networks decryption log, name=value of a custom "
	    "format",
	.product = "panos",
	.sign = "type=DECRYPTION between bars, commas, tabs or blanks",
	.read = pairs_read,
};
