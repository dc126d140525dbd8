/*
 * zscaler.c - Zscaler NSS and Cloud NSS web logs: JSON, and the tab form.
 *
 *     {"sourcetype":"zscalernss-web","event":{"epochtime":"1772615702", ...,
 *     "ssldecrypted":"Yes","cltsslfailreason":"Unknown CA",
 *     "cltsslfailcount":"7"}}
 *     2026-03-04 09:15:09<TAB>reason=Allowed<TAB>event_id=7...<TAB>protocol=...
 *
 * A record with a failure reason stands for as many connections as its counter
 * says.  Source: Zscaler, "NSS Feed Output Format: Web Logs".
 */
#include "base/clock.h"
#include "input/jsonline.h"
#include "input/pairs.h"
#include "input/value.h"
#include "knowledge/alerts.h"

enum zscaler_field {
	TIME, EPOCH, USER, HOST, URL, SERVER, CLIENT, CLIENT_INTERNAL,
	CLIENT_PORT, ACTION, REASON, PROTOCOL, AGENT, APP, DEVICE, DECRYPTED,
	BYPASS_REASON, RULE, CLIENT_VERSION, SERVER_VERSION, REUSE,
	FAIL_REASON, FAIL_COUNT, CHAIN_VALID, EXPIRED, SELF_SIGNED, UNTRUSTED,
	N_FIELDS
};

static const struct {
	const char *key;
	enum zscaler_field field;
} keys[] = {
	{ "time", TIME },
	{ "datetime", TIME },
	{ "epochtime", EPOCH },
	{ "login", USER },
	{ "user", USER },
	{ "host", HOST },
	{ "hostname", HOST },
	{ "url", URL },
	{ "eurl", URL },
	{ "serverip", SERVER },
	{ "sip", SERVER },
	{ "cltintip", CLIENT_INTERNAL },
	{ "ClientIP", CLIENT_INTERNAL },
	{ "cltip", CLIENT },
	{ "clientpublicIP", CLIENT },
	{ "cltsourceport", CLIENT_PORT },
	{ "action", ACTION },
	{ "reason", REASON },
	{ "proto", PROTOCOL },
	{ "protocol", PROTOCOL },
	{ "useragent", AGENT },
	{ "ua", AGENT },
	{ "appname", APP },
	{ "deviceowner", DEVICE },
	{ "devicehostname", DEVICE },
	{ "ssldecrypted", DECRYPTED },
	{ "externalsslpolicyreason", BYPASS_REASON },
	{ "externalspr", BYPASS_REASON },
	{ "ssl_rulename", RULE },
	{ "sslrulename", RULE },
	{ "clttlsversion", CLIENT_VERSION },
	{ "clienttlsversion", CLIENT_VERSION },
	{ "srvtlsversion", SERVER_VERSION },
	{ "cltsslsessreuse", REUSE },
	{ "clientsslsessreuse", REUSE },
	{ "cltsslfailreason", FAIL_REASON },
	{ "cltsslfailcount", FAIL_COUNT },
	{ "srvcertchainvalpass", CHAIN_VALID },
	{ "is_sslexpiredca", EXPIRED },
	{ "is_sslselfsigned", SELF_SIGNED },
	{ "is_ssluntrustedca", UNTRUSTED },
};

/* Reasons whose words are not an alert's name.  -1: no alert, a close. */
static const struct {
	const char *reason;
	int alert;
} reasons[] = {
	{ "Bad or Unsupported Certificate", 42 },
	{ "Certificate Revoked or Expired", 45 },
	{ "Close Notify or Client TCP Reset", -1 },
	{ "Bad Cert Status Resp or Hash Value", 113 },
	{ "Other Handshake Error", 40 },
};

struct row {
	struct text fields[N_FIELDS];
};

static int
field_of(struct text key)
{
	for (size_t i = 0; i < N_ITEMS(keys); i++)
		if (text_equal_nocase(key, text_of(keys[i].key)))
			return (int)keys[i].field;
	return -1;
}

/* A json_find_fn: the keys stand at the top or inside "event". */
static int
find_field(struct text path)
{
	if (text_starts(path, "event."))
		path = (struct text){ path.at + 6, path.n - 6 };
	return field_of(path);
}

static struct text
get(const struct row *row, enum zscaler_field field)
{
	struct text t = value_present(row->fields[field]);

	return text_is(t, "Unknown") || text_is(t, "None") ?
	    (struct text){ 0 } : t;
}

static void
read_failure(const struct row *row, struct text reason, struct handshake *h)
{
	int code = alert_by_spelling(reason);

	for (size_t i = 0; i < N_ITEMS(reasons); i++)
		if (text_equal_nocase(reason, text_of(reasons[i].reason)))
			code = reasons[i].alert;
	log_alerted(h, LEG_CLIENT, SIDE_CLIENT, code, reason);
	h->interception = INTERCEPTION_PROVEN;
	(void)!value_count(get(row, FAIL_COUNT), &h->count);
}

static bool
failed(const struct row *row, enum zscaler_field field)
{
	return text_equal_nocase(get(row, field), TEXT("Fail"));
}

/* False where the record tells no handshake. */
static bool
read_outcome(const struct row *row, struct handshake *h)
{
	struct text reason = get(row, FAIL_REASON);
	struct text decrypted = get(row, DECRYPTED);
	bool blocked = value_contains(get(row, ACTION), "block");

	if (reason.n > 0)
		read_failure(row, reason, h);
	else if (blocked && (failed(row, CHAIN_VALID) || failed(row, EXPIRED) ||
	    failed(row, UNTRUSTED) || failed(row, SELF_SIGNED) ||
	    value_contains(get(row, REASON), "certificate")))
		log_rejected(h, LEG_SERVER, get(row, REASON));
	else if (text_equal_nocase(decrypted, TEXT("No")))
		log_bypassed(h);
	else if (text_equal_nocase(decrypted, TEXT("Yes")))
		log_accepted(h);
	else
		return false;
	return true;
}

static bool
read_time(struct log *log, const struct row *row, struct handshake *h)
{
	struct text epoch = get(row, EPOCH), time = get(row, TIME);

	if (epoch.n > 0)
		return value_time(log, epoch, &h->hello.time);
	if (time.n > 0)
		return value_time(log, time, &h->hello.time);
	h->hello.time = log_wrapper_time(log);
	return true;
}

static enum line_result
read_row(struct log *log, const struct row *row, struct handshake *h)
{
	struct text client = get(row, CLIENT_INTERNAL);
	struct text server = get(row, SERVER);

	if (client.n == 0)
		client = get(row, CLIENT);
	if (!read_time(log, row, h))
		return log_bad(log, 0, "time", get(row, TIME), "a time");
	if (client.n > 0 && !value_address(client, &h->client))
		return log_bad(log, 0, "cltip", client, "an IP address");
	if (server.n > 0 && !value_address(server, &h->server))
		return log_bad(log, 0, "serverip", server, "an IP address");
	(void)!value_port(get(row, CLIENT_PORT), &h->client);
	if (!read_outcome(row, h))
		return LINE_IGNORED;
	h->transport = TRANSPORT_TCP;
	h->chosen.version = value_version(get(row, CLIENT_VERSION));
	if (text_equal_nocase(get(row, REUSE), TEXT("Yes")))
		h->resumption = RESUMPTION_SESSION_ID;
	value_host(h, value_url_host(get(row, HOST)), HOST_LOG);
	if (h->host.n == 0)
		value_host(h, value_url_host(get(row, URL)), HOST_URL);
	h->user = get(row, USER);
	h->agent = get(row, AGENT);
	h->app = get(row, APP);
	h->device = get(row, DEVICE);
	h->policy = get(row, RULE);
	return LINE_HANDSHAKE;
}

/* "YYYY-MM-DD HH:MM:SS", then keys and values between tabs. */
static bool
split_tabs(struct text line, struct row *row)
{
	struct text word, key;
	int field;

	if (!text_split(&line, '\t', &word))
		return false;
	row->fields[TIME] = word;
	while (line.n > 0) {
		text_split(&line, '\t', &word);
		if (!text_split(&word, '=', &key))
			continue;
		field = field_of(key);
		if (field >= 0 && row->fields[field].n == 0)
			row->fields[field] = word;
	}
	return true;
}

static enum line_result
zscaler_read(struct log *log, void *state, struct handshake *h)
{
	struct json_columns *columns = state;
	struct text t = log_payload(log);
	struct row row = { 0 };
	bool json = t.n > 0 && t.at[0] == '{';

	if (json) {
		if (text_find(t, "zscalernss") < 0 &&
		    text_find(t, "\"ssldecrypted\"") < 0 &&
		    text_find(t, "\"cltsslfailreason\"") < 0)
			return LINE_NOT_MINE;
		if (!json_row(log, t, columns, find_field, row.fields))
			return log_bad(log, 0, NULL, t, "a JSON object");
		return read_row(log, &row, h);
	}
	if (text_find(log->line, "\treason=") < 0 ||
	    text_find(log->line, "\tevent_id=") < 0 ||
	    !split_tabs(log->line, &row))
		return LINE_NOT_MINE;
	return read_row(log, &row, h);
}

const struct log_format log_format_zscaler = {
	.name = "zscaler",
	.title = "Zscaler NSS and Cloud NSS web log, JSON and tab form",
	.product = "zscaler",
	.sign = "sourcetype zscalernss-web, ssldecrypted, or reason= and "
		"event_id= between tabs",
	.state_size = sizeof(struct json_columns),
	.read = zscaler_read,
};
