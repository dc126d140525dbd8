/*
 * zscaler.c - Zscaler NSS and Cloud NSS web logs: JSON, the tab form, CSV, CEF
 * and LEEF.
 *
 *     {"sourcetype":"zscalernss-web","event":{"epochtime":"1772615702", ...,
 *     "ssldecrypted":"Yes","cltsslfailreason":"Unknown CA",
 *     "cltsslfailcount":"7"}}
 *     2026-03-04 09:15:09<TAB>reason=Allowed<TAB>event_id=7...<TAB>protocol=...
 *
 * The keys are those of the feed's template, which differ from product to
 * product: QRadar's is LEEF, ArcSight's CEF.  A record with a failure reason
 * stands for as many connections as its counter says.  Source: Zscaler, "NSS Feed
 * Output Format: Web Logs".
 */
#include "base/clock.h"
#include "input/csv.h"
#include "input/jsonrow.h"
#include "input/pairs.h"
#include "input/value.h"
#include "knowledge/alerts.h"

enum zscaler_field {
	TIME, EPOCH, USER, HOST, URL, SERVER, SERVER_PORT, CLIENT,
	CLIENT_INTERNAL, CLIENT_PORT, ACTION, REASON, PROTOCOL, AGENT, APP,
	DEVICE, OWNER, DECRYPTED,
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
	{ "devTime", TIME },
	{ "rt", TIME },
	{ "login", USER },
	{ "elogin", USER },
	{ "suser", USER },
	{ "usrName", USER },
	{ "user", USER },
	{ "host", HOST },
	{ "hostname", HOST },
	{ "ehost", HOST },
	{ "dhost", HOST },
	{ "url", URL },
	{ "eurl", URL },
	{ "request", URL },
	{ "serverip", SERVER },
	{ "sip", SERVER },
	{ "dst", SERVER },
	{ "srv_dport", SERVER_PORT },
	{ "serverport", SERVER_PORT },
	{ "dpt", SERVER_PORT },
	{ "dstport", SERVER_PORT },
	{ "cltintip", CLIENT_INTERNAL },
	{ "cintip", CLIENT_INTERNAL },
	{ "src", CLIENT_INTERNAL },
	{ "ClientIP", CLIENT_INTERNAL },
	{ "cltip", CLIENT },
	{ "clientpublicIP", CLIENT },
	{ "cltpubip", CLIENT },
	{ "cpubip", CLIENT },
	{ "cip", CLIENT },
	{ "sourceTranslatedAddress", CLIENT },
	{ "srcPostNAT", CLIENT },
	{ "clt_sport", CLIENT_PORT },
	{ "cltsourceport", CLIENT_PORT },
	{ "spt", CLIENT_PORT },
	{ "srcport", CLIENT_PORT },
	{ "action", ACTION },
	{ "act", ACTION },
	{ "reason", REASON },
	{ "proto", PROTOCOL },
	{ "protocol", PROTOCOL },
	{ "appproto", PROTOCOL },
	{ "app", PROTOCOL },
	{ "useragent", AGENT },
	{ "ua", AGENT },
	{ "eua", AGENT },
	{ "requestClientApplication", AGENT },
	{ "appname", APP },
	{ "destinationServiceName", APP },
	{ "deviceowner", OWNER },
	{ "devicehostname", DEVICE },
	{ "ssldecrypted", DECRYPTED },
	{ "externalsslpolicyreason", BYPASS_REASON },
	{ "externalspr", BYPASS_REASON },
	{ "ssl_rulename", RULE },
	{ "sslrulename", RULE },
	{ "clttlsversion", CLIENT_VERSION },
	{ "clienttlsversion", CLIENT_VERSION },
	{ "srvtlsversion", SERVER_VERSION },
	{ "clientsslversion", CLIENT_VERSION },
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

	return text_is(t, "Unknown") || text_is(t, "NA") ?
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

/* Feeds without "ssldecrypted" name the protocol: HTTPS is what was decrypted,
 * SSL what was not. */
static bool
read_protocol(struct text protocol, bool blocked, struct handshake *h)
{
	if (text_equal_nocase(protocol, TEXT("HTTPS")))
		log_accepted(h);
	else if (text_equal_nocase(protocol, TEXT("SSL")) && !blocked)
		log_bypassed(h);
	else
		return false;
	return true;
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
		return read_protocol(get(row, PROTOCOL), blocked, h);
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
	struct text inside = get(row, CLIENT_INTERNAL);
	struct text outside = get(row, CLIENT);
	struct text server = get(row, SERVER);

	if (!read_outcome(row, h))
		return LINE_IGNORED;
	if (!read_time(log, row, h))
		return log_bad(log, 0, "time", get(row, TIME), "a time");
	if (!value_peer(inside, &h->client))
		return log_bad(log, 0, "cltintip", inside, "an IP address");
	if (!value_peer(outside, h->client.family == 0 ? &h->client :
	    &h->client_nat))
		return log_bad(log, 0, "cltip", outside, "an IP address");
	/* Feeds differ in which of the two is called the client's. */
	if (h->client_nat.family != 0 && value_is_inner(&h->client_nat) &&
	    !value_is_inner(&h->client)) {
		struct endpoint other = h->client;

		h->client = h->client_nat;
		h->client_nat = other;
	}
	if (!value_peer(server, &h->server))
		return log_bad(log, 0, "serverip", server, "an IP address");
	(void)!value_port(get(row, CLIENT_PORT), &h->client);
	(void)!value_port(get(row, SERVER_PORT), &h->server);
	h->transport = TRANSPORT_TCP;
	h->chosen.version = value_version(get(row, CLIENT_VERSION));
	if (text_equal_nocase(get(row, REUSE), TEXT("Yes")))
		h->resumption = RESUMPTION_SESSION_ID;
	value_host(h, value_url_host(get(row, HOST)), HOST_LOG);
	if (h->host.n == 0)
		value_host(h, value_url_host(get(row, URL)), HOST_URL);
	h->user = value_percent_decoded(log, get(row, USER));
	h->agent = value_percent_decoded(log, get(row, AGENT));
	h->app = get(row, APP);
	h->device = get(row, get(row, DEVICE).n > 0 ? DEVICE : OWNER);
	h->policy = get(row, RULE);
	return LINE_HANDSHAKE;
}

static void
set_field(struct row *row, struct text key, struct text value)
{
	int field = field_of(key);

	if (field >= 0 && row->fields[field].n == 0)
		row->fields[field] = value;
}

/* "YYYY-MM-DD HH:MM:SS", then keys and values between tabs; some feeds have the
 * time as the last of the pairs, or leave it to syslog. */
static bool
split_tabs(struct text line, struct row *row)
{
	struct text word, key;
	bool first = true;

	if (memchr(line.at, '\t', line.n) == NULL)
		return false;
	for (; line.n > 0; first = false) {
		text_split(&line, '\t', &word);
		if (text_split(&word, '=', &key))
			set_field(row, text_trim(key), word);
		else if (first)
			row->fields[TIME] = key;
	}
	return true;
}

/* The columns that the CSV feed has unless somebody changes them; it has no
 * header, and all fields are quoted. */
static const struct {
	uint8_t column;
	enum zscaler_field field;
} columns[] = { { 0, TIME }, { 1, USER }, { 2, PROTOCOL }, { 3, URL },
	{ 4, ACTION }, { 5, APP }, { 21, CLIENT }, { 22, SERVER },
	{ 25, AGENT }, { 28, RULE }, { 31, OWNER }, { 32, DEVICE } };

static bool
is_action(struct text t)
{
	return text_equal_nocase(t, TEXT("Allowed")) ||
	    text_equal_nocase(t, TEXT("Blocked")) ||
	    text_equal_nocase(t, TEXT("Cautioned"));
}

/* "Mon Jun 20 15:29:11 2022", */
static bool
begins_with_time(struct text line)
{
	return line.n > 60 && line.at[0] == '"' && line.at[4] == ' ' &&
	    line.at[8] == ' ' && line.at[14] == ':' && line.at[25] == '"';
}

/* Where columns were added or left out, these are the first all the same, and
 * the two addresses are told by their form. */
static bool
split_csv(struct log *log, struct text line, struct row *row)
{
	enum { ACTION_MAX = 8, OTHERS = 5 };
	struct endpoint address;
	struct csv csv;
	size_t action = OTHERS - 1, n_addresses = 0;

	if (!begins_with_time(line))
		return false;
	csv_split(&csv, line, ',', CSV_FIELDS_MAX);
	while (action < ACTION_MAX && !is_action(csv_field(log, &csv, action)))
		action++;
	if (action == ACTION_MAX)
		return false;
	for (size_t i = 0; i < N_ITEMS(columns); i++)
		row->fields[columns[i].field] =
		    csv_field(log, &csv, columns[i].column);
	row->fields[ACTION] = csv_field(log, &csv, action);
	if (value_address(row->fields[CLIENT], &address) &&
	    value_address(row->fields[SERVER], &address))
		return true;
	for (size_t i = OTHERS; i < N_ITEMS(columns); i++)
		row->fields[columns[i].field] = (struct text){ 0 };
	for (size_t i = action + 1; i < csv.n && n_addresses < 2; i++)
		if (value_address(csv_field(log, &csv, i), &address))
			row->fields[n_addresses++ == 0 ? CLIENT : SERVER] =
			    csv_field(log, &csv, i);
	return n_addresses > 0;
}

/* "|Zscaler|NSSWeblog|" and "|Zscaler|NSS|": the web feeds as CEF and LEEF. */
static enum line_result
read_header_form(struct log *log, struct handshake *h)
{
	struct row row = { 0 };
	struct pairs pairs;
	struct leef leef;
	struct cef cef;

	if (cef_open(log->line, &cef)) {
		if (!text_is(cef.product, "NSSWeblog"))
			return LINE_IGNORED;
		cef_pairs(log, cef.extension, &pairs);
	} else if (leef_open(log->line, &leef)) {
		leef_pairs(log, &leef, &pairs);
	} else {
		return LINE_NOT_MINE;
	}
	for (size_t i = 0; i < pairs.n; i++)
		set_field(&row, pairs.at[i].key, pairs.at[i].value);
	return read_row(log, &row, h);
}

/* What only a web feed has among its keys. */
static bool
is_object(struct text t)
{
	static const char *const signs[] = { "zscalernss-web",
		"\"ssldecrypted\"", "\"cltsslfailreason\"",
		"\"clttlsversion\"", "\"clienttlsversion\"",
		"\"externalspr\"", "\"externalsslpolicyreason\"" };

	for (size_t i = 0; i < N_ITEMS(signs); i++)
		if (text_find(t, signs[i]) >= 0)
			return true;
	return false;
}

static enum line_result
zscaler_read(struct log *log, void *state, struct handshake *h)
{
	struct text t = log_payload(log);
	struct row row = { 0 };

	if (t.n > 0 && t.at[0] == '{') {
		if (!is_object(t))
			return LINE_NOT_MINE;
		if (!json_row(log, t, state, find_field, row.fields,
		    N_ITEMS(row.fields)))
			return log_bad(log, 0, NULL, t, "a JSON object");
		/* A collector's JSON around the line itself. */
		if (row.fields[ACTION].n == 0 && row.fields[PROTOCOL].n == 0 &&
		    row.fields[DECRYPTED].n == 0 &&
		    row.fields[FAIL_REASON].n == 0)
			return LINE_NOT_MINE;
		return read_row(log, &row, h);
	}
	if (text_find(t, "|Zscaler|") >= 0)
		return read_header_form(log, h);
	if (split_csv(log, t, &row))
		return read_row(log, &row, h);
	if (text_find(t, "reason=") < 0 || text_find(t, "\tevent_id=") < 0 ||
	    !split_tabs(t, &row))
		return LINE_NOT_MINE;
	return read_row(log, &row, h);
}

const struct log_format log_format_zscaler = {
	.name = "zscaler",
	.title = "Zscaler NSS and Cloud NSS web log, JSON, tabs, CSV, CEF and "
		"LEEF",
	.product = "zscaler",
	.sign = "sourcetype zscalernss-web, ssldecrypted, reason= and event_id= "
		"between tabs, a quoted time and Allowed or Blocked in the fifth "
		"field, or the vendor Zscaler",
	.state_size = sizeof(struct json_columns),
	.read = zscaler_read,
};
