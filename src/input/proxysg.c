/*
 * proxysg.c - Broadcom ProxySG (Edge SWG) and Cloud SWG access logs.
 *
 *     #Fields: x-bluecoat-request-tenant-id date time ... cs-host ...
 *     12345 2026-03-04 09:15:02 - 48 192.0.2.44 corp\jdoe - - OBSERVED ...
 *
 * The columns are the administrator's choice, so that they are found by name;
 * Cloud SWG's own list serves lines without a header.  x-cs-* is the client leg,
 * x-rs-* the server leg: a version on the server leg and none on the client leg
 * means that the client gave up.  A keyring means that a certificate was forged.
 * Of other lines without a header the beginning, the address of the request and
 * the action are told by what they look like.
 * Source: Broadcom, "Access Log Formats" and "Cloud SWG Access Log Fields".
 */
#include <string.h>

#include "base/clock.h"
#include "input/jsonrow.h"
#include "input/value.h"
#include "input/w3c.h"
#include "knowledge/alerts.h"
#include "knowledge/ciphers.h"

enum {
	DATE, TIME, LOCALTIME, TIMESTAMP, CLIENT, CLIENT_PORT, USER, USERDN,
	EXCEPTION, LAST_ERROR, REASON, STATUS, ACTION, METHOD, SCHEME, HOST,
	PORT, AGENT, APP, SERVER, SUPPLIER, SERVER_PORT, VALIDATE, OBSERVED,
	RS_VERSION, CS_VERSION, RS_CIPHER, CS_CIPHER, RS_HOST, KEYRING,
	KEYRING_ALIAS, FAILURES, DEVICE, COOKIE_DATE, UNIX_TIME, N_WANTED
};

static const char *const wanted[N_WANTED] = {
	[DATE] = "date",
	[TIME] = "time",
	[LOCALTIME] = "localtime",
	[TIMESTAMP] = "timestamp",
	[CLIENT] = "c-ip",
	[CLIENT_PORT] = "c-port",
	[USER] = "cs-username",
	[USERDN] = "cs-userdn",
	[EXCEPTION] = "x-exception-id",
	[LAST_ERROR] = "x-exception-last-error",
	[REASON] = "x-exception-reason",
	[STATUS] = "sc-status",
	[ACTION] = "s-action",
	[METHOD] = "cs-method",
	[SCHEME] = "cs-uri-scheme",
	[HOST] = "cs-host",
	[PORT] = "cs-uri-port",
	[AGENT] = "cs(User-Agent)",
	[APP] = "x-bluecoat-application-name",
	[SERVER] = "r-ip",
	[SUPPLIER] = "s-supplier-ip",
	[SERVER_PORT] = "r-port",
	[VALIDATE] = "x-rs-certificate-validate-status",
	[OBSERVED] = "x-rs-certificate-observed-errors",
	[RS_VERSION] = "x-rs-connection-negotiated-ssl-version",
	[CS_VERSION] = "x-cs-connection-negotiated-ssl-version",
	[RS_CIPHER] = "x-rs-connection-negotiated-cipher",
	[CS_CIPHER] = "x-cs-connection-negotiated-cipher",
	[RS_HOST] = "x-rs-certificate-hostname",
	[KEYRING] = "x-sc-connection-issuer-keyring",
	[KEYRING_ALIAS] = "x-sc-connection-issuer-keyring-alias",
	[FAILURES] = "s-supplier-failures",
	[DEVICE] = "x-client-device-name",
	[COOKIE_DATE] = "x-cookie-date",
	[UNIX_TIME] = "x-timestamp-unix",
};

/* Cloud SWG's list of 76 columns. */
static const uint8_t cloud[N_WANTED] = {
	[DATE] = 2, [TIME] = 3, [CLIENT] = 6, [USERDN] = 7, [EXCEPTION] = 9,
	[STATUS] = 13, [ACTION] = 14, [METHOD] = 15, [SCHEME] = 17, [HOST] = 18,
	[PORT] = 19, [AGENT] = 23, [APP] = 34, [SERVER] = 36, [VALIDATE] = 38,
	[OBSERVED] = 39, [RS_VERSION] = 42, [RS_CIPHER] = 43, [RS_HOST] = 45,
	[CS_VERSION] = 47, [CS_CIPHER] = 48, [SUPPLIER] = 55, [FAILURES] = 57,
	[DEVICE] = 65, [KEYRING] = 70, [KEYRING_ALIAS] = 71,
};

enum { CLOUD_COLUMNS = 76 };

struct proxysg {
	struct w3c columns;
	struct json_columns keys;
};

/* The values of one record, whatever form it came in. */
struct record {
	struct text values[N_WANTED];
};

/* What the exceptions that are built in say (names without "ssl_" are not
 * TLS's).  The server's certificate is judged by the proxy, the client's too. */
static const struct {
	const char *prefix;
	enum { FAILED, UPSTREAM, CLIENT_CERTIFICATE, NETWORK } kind;
} exceptions[] = {
	{ "ssl_failed", FAILED },
	{ "ssl_domain_invalid", UPSTREAM },
	{ "ssl_server_cert", UPSTREAM },
	{ "ssl_client_cert", CLIENT_CERTIFICATE },
	{ "tcp_error", NETWORK },
	{ "dns_", NETWORK },
	{ "gateway_error", NETWORK },
};

static bool
upstream_is_bad(const struct record *r)
{
	struct text validate = r->values[VALIDATE];
	struct text observed = r->values[OBSERVED];

	return (validate.n > 0 && !text_equal_nocase(validate,
	    TEXT("CERT_VALID")) && text_starts(validate, "CERT_")) ||
	    (observed.n > 0 && !text_equal_nocase(observed, TEXT("none")));
}

static void
read_failure(const struct record *r, struct handshake *h)
{
	struct text why = r->values[LAST_ERROR];
	int code;

	if (why.n == 0)
		why = r->values[REASON];
	code = alert_in_message(why);
	if (why.n == 0)
		why = r->values[EXCEPTION];
	if (r->values[RS_VERSION].n > 0 && r->values[CS_VERSION].n == 0)
		log_alerted(h, LEG_CLIENT, SIDE_CLIENT, code, why);
	else if (upstream_is_bad(r))
		log_rejected(h, LEG_SERVER, why);
	else if (value_contains(why, "client") || alert_is_certificate(code))
		log_alerted(h, LEG_CLIENT, SIDE_CLIENT, code, why);
	else
		log_rejected(h, LEG_UNKNOWN, why);
}

/* "tcp" is what a client asked for by CONNECT. */
static bool
may_be_tls(const struct record *r)
{
	struct text scheme = r->values[SCHEME];

	return text_equal_nocase(scheme, TEXT("ssl")) ||
	    text_equal_nocase(scheme, TEXT("https")) ||
	    (text_equal_nocase(scheme, TEXT("tcp")) &&
	    text_is(r->values[PORT], "443"));
}

static bool
read_exception(const struct record *r, struct handshake *h)
{
	struct text id = r->values[EXCEPTION];

	for (size_t i = 0; i < N_ITEMS(exceptions); i++) {
		if (!text_starts(id, exceptions[i].prefix))
			continue;
		switch (exceptions[i].kind) {
		case FAILED:
			read_failure(r, h);
			break;
		case UPSTREAM:
			log_rejected(h, LEG_SERVER, id);
			break;
		case CLIENT_CERTIFICATE:
			log_refused(h, LEG_CLIENT, id);
			break;
		case NETWORK: /* of the origin, which may speak HTTP only */
			if (r->values[SCHEME].n > 0 && !may_be_tls(r))
				return false;
			log_network(h, LEG_SERVER, id);
			break;
		}
		return true;
	}
	return false;
}

/* False where the record tells no handshake. */
static bool
read_outcome(const struct record *r, struct handshake *h)
{
	struct text scheme = r->values[SCHEME], action = r->values[ACTION];
	bool forged = r->values[KEYRING].n > 0 ||
	    r->values[KEYRING_ALIAS].n > 0;
	bool tunnelled = text_find(action, "TUNNEL") >= 0 ||
	    text_find(action, "ACCELERATED") >= 0;

	if (read_exception(r, h))
		return true;
	if (text_equal_nocase(scheme, TEXT("https"))) {
		log_accepted(h);
		return true;
	}
	if (!may_be_tls(r))
		return false;
	if (forged) {
		/* A certificate was shown, and no request came. */
		log_accepted(h);
		h->outcome = OUTCOME_IDLE;
		h->sign = SIGN_NO_DATA_CLOSE;
		return true;
	}
	if (tunnelled) {
		log_bypassed(h);
		return true;
	}
	if (text_find(action, "ERR") >= 0 || text_find(action, "FAIL") >= 0) {
		log_network(h, LEG_SERVER, action);
		return true;
	}
	return false;
}

static bool
read_time(struct log *log, const struct record *r, struct handshake *h)
{
	static const uint8_t others[] = { LOCALTIME, TIMESTAMP, UNIX_TIME };
	const struct text *v = r->values;
	struct text date = v[DATE], time = v[TIME];
	char both[32];
	bool zoned;

	if (date.n + time.n + 2 <= sizeof(both) && date.n > 0 && time.n > 0) {
		memcpy(both, date.at, date.n);
		both[date.n] = 'T';
		memcpy(both + date.n + 1, time.at, time.n);
		both[date.n + 1 + time.n] = 'Z';
		return clock_parse_iso((struct text){ both,
		    date.n + time.n + 2 }, &h->hello.time, &zoned);
	}
	for (size_t i = 0; i < N_ITEMS(others); i++)
		if (v[others[i]].n > 0)
			return value_time(log, v[others[i]], &h->hello.time);
	if (v[COOKIE_DATE].n == 0 || !value_time(log,
	    value_percent_decoded(log, v[COOKIE_DATE]), &h->hello.time))
		h->hello.time = log_wrapper_time(log);
	return true;
}

/* A tunnel has one version for both legs. */
static void
read_version(const struct text *v, struct handshake *h)
{
	bool upstream = h->leg == LEG_SERVER ||
	    (h->leg == LEG_DIRECT && v[CS_VERSION].n == 0);

	h->chosen.version = value_version(v[upstream ? RS_VERSION :
	    CS_VERSION]);
	h->chosen.cipher = cipher_by_name(v[upstream ? RS_CIPHER : CS_CIPHER]);
}

static enum line_result
read_record(struct log *log, const struct record *r, struct handshake *h)
{
	const struct text *v = r->values;
	struct text server = v[SERVER].n > 0 ? v[SERVER] : v[SUPPLIER];

	if (!read_time(log, r, h))
		return log_bad(log, 0, "date", v[DATE], "a date and a time");
	if (v[CLIENT].n > 0 && !value_address(v[CLIENT], &h->client))
		return log_bad(log, 0, "c-ip", v[CLIENT], "an IP address");
	if (server.n > 0)
		(void)!value_address(server, &h->server);
	(void)!value_port(v[CLIENT_PORT], &h->client);
	(void)!value_port(v[SERVER_PORT].n > 0 ? v[SERVER_PORT] : v[PORT],
	    &h->server);
	h->transport = TRANSPORT_TCP;
	value_host(h, v[HOST].n > 0 ? v[HOST] : v[RS_HOST],
	    v[HOST].n > 0 ? HOST_LOG : HOST_CERTIFICATE);
	h->user = v[USER].n > 0 ? v[USER] : v[USERDN];
	h->agent = v[AGENT];
	h->app = v[APP];
	h->device = v[DEVICE];
	if (!read_outcome(r, h))
		return LINE_IGNORED;
	read_version(v, h);
	return LINE_HANDSHAKE;
}

static enum line_result
read_columns(struct log *log, const struct w3c *columns, struct text line,
    struct handshake *h)
{
	struct record r;
	enum line_result result;
	struct csv csv;

	w3c_split(columns, &csv, line);
	if (csv.n < columns->n_columns)
		return log_bad(log, (unsigned)csv.n, NULL,
		    csv_raw(&csv, csv.n - 1),
		    "as many columns as #Fields names");
	for (size_t i = 0; i < N_WANTED; i++)
		r.values[i] = w3c_field(log, columns, &csv, i);
	result = read_record(log, &r, h);
	for (size_t i = 0; i < N_WANTED && result == LINE_BAD; i++)
		log_bad_column(log, r.values[i], columns->place[i]);
	return result;
}

/* "key=value key="quoted value"": the first of equal keys counts. */
static enum line_result
read_pairs(struct log *log, struct text line, struct handshake *h)
{
	struct record r = { 0 };
	struct text key, value;
	struct csv csv;
	int field;

	csv_split(&csv, line, ' ', CSV_FIELDS_MAX);
	for (size_t i = 0; i < csv.n; i++) {
		value = csv_raw(&csv, i);
		if (!text_split(&value, '=', &key))
			continue;
		field = w3c_find(key, wanted, N_WANTED);
		if (field >= 0 && r.values[field].n == 0)
			r.values[field] = value_present(
			    csv_unquote(log, value));
	}
	return read_record(log, &r, h);
}

/* A json_find_fn. */
static int
find_field(struct text path)
{
	return w3c_find(path, wanted, N_WANTED);
}

/* The same names as keys, with strings for values. */
static enum line_result
read_json(struct log *log, struct proxysg *state, struct text line,
    struct handshake *h)
{
	struct record r = { 0 };

	if (!json_row(log, line, &state->keys, find_field, r.values,
	    N_ITEMS(r.values)))
		return log_bad(log, 0, NULL, line, "a JSON object");
	/* A collector's JSON around the object itself. */
	if (r.values[CLIENT].n == 0 && r.values[HOST].n == 0 &&
	    r.values[SCHEME].n == 0)
		return LINE_NOT_MINE;
	for (size_t i = 0; i < N_WANTED; i++)
		r.values[i] = value_present(r.values[i]);
	return read_record(log, &r, h);
}

/* Netskope's columns share a prefix with these. */
static bool
is_header(struct text names)
{
	if (text_find(names, "x-cs-ssl-handshake-error") >= 0 ||
	    text_find(names, "x-ssl-bypass") >= 0)
		return false;
	return text_find(names, "x-rs-") >= 0 ||
	    text_find(names, "x-bluecoat-") >= 0 ||
	    text_find(names, "x-cs-connection") >= 0 ||
	    text_find(names, "s-action") >= 0 ||
	    text_find(names, "x-exception-id") >= 0;
}

/* What follows the marker, with blanks taken off. */
static bool
after(struct text line, const char *marker, struct text *rest)
{
	long at = text_find((struct text){ line.at,
	    line.n < 300 ? line.n : 300 }, marker);
	size_t n = strlen(marker);

	if (at < 0)
		return false;
	*rest = text_trim((struct text){ line.at + at + n,
	    line.n - (size_t)at - n });
	return true;
}

static void
use_cloud_columns(struct w3c *columns)
{
	for (size_t i = 0; i < N_WANTED; i++)
		columns->place[i] = cloud[i];
	columns->n_columns = CLOUD_COLUMNS;
	columns->separator = ' ';
}

/* A log may go on in another format: a record has its date in its place. */
static bool
looks_like_record(struct log *log, const struct w3c *columns, struct text line)
{
	struct csv csv;
	struct text date;

	if (columns->place[DATE] == 0)
		return line.n > 0;
	csv_split(&csv, line, columns->separator, columns->place[DATE] + 1U);
	date = w3c_field(log, columns, &csv, DATE);
	return date.n == 10 && date.at[4] == '-' && date.at[7] == '-';
}

/* "c-ip=192.0.2.44 ..." and not "12345 2026-03-04 ...". */
static bool
is_pairs(struct text t)
{
	struct text word;

	text_split(&t, ' ', &word);
	return word.n > 0 && memchr(word.at, '=', word.n) != NULL;
}

/* Words of s-action. */
static bool
is_action(struct text t)
{
	static const char *const words[] = { "TUNNELED", "ALLOWED", "DENIED",
		"FAILED", "TCP_", "SSL_" };

	for (size_t i = 0; i < N_ITEMS(words); i++)
		if (text_starts(t, words[i]))
			return true;
	return false;
}

static bool
is_scheme(struct text t)
{
	return text_is(t, "https") || text_is(t, "ssl") || text_is(t, "tcp") ||
	    text_is(t, "http");
}

/* The first field from `from` on that looks like s-action, or n. */
static size_t
find_action(struct log *log, const struct csv *csv, size_t from)
{
	while (from < csv->n && !is_action(csv_field(log, csv, from)))
		from++;
	return from;
}

/* Where "scheme host port" stands, or n. */
static size_t
find_address(struct log *log, const struct csv *csv, size_t from)
{
	uint64_t port;

	for (; from + 2 < csv->n; from++)
		if (is_scheme(csv_field(log, csv, from)) &&
		    value_number(csv_raw(csv, from + 2), &port) &&
		    port <= 65535)
			return from;
	return csv->n;
}

enum { TIME_TAKEN = 2, BARE_CLIENT, BARE_FIRST }; /* from 0 */
enum { MAIN_ACTION = 5, MAIN_USER = 14 }; /* in the layout "main" */

/*
 * A line without a header, in one of the factory's layouts: date, time,
 * time-taken and c-ip, then in "main" status, action, ..., and in those for the
 * Reporter the user, ..., status, action, method, type.  The address of the
 * request is together in all.
 */
static enum line_result
read_bare(struct log *log, struct text line, struct handshake *h)
{
	struct record r = { 0 };
	struct endpoint client = { 0 };
	struct csv csv;
	uint64_t number;
	size_t action, address;

	if (line.n < 40 || line.at[4] != '-' || line.at[7] != '-' ||
	    line.at[10] != ' ' || line.at[13] != ':' || line.at[16] != ':')
		return LINE_NOT_MINE;
	csv_split(&csv, line, ' ', CSV_FIELDS_MAX);
	action = find_action(log, &csv, BARE_FIRST);
	address = find_address(log, &csv, BARE_FIRST);
	if (action == csv.n || address == csv.n ||
	    !value_number(csv_raw(&csv, TIME_TAKEN), &number) ||
	    !value_address(csv_raw(&csv, BARE_CLIENT), &client))
		return LINE_NOT_MINE;
	r.values[DATE] = csv_raw(&csv, 0);
	r.values[TIME] = csv_raw(&csv, 1);
	r.values[CLIENT] = csv_raw(&csv, BARE_CLIENT);
	r.values[USER] = value_present(csv_field(log, &csv,
	    action == MAIN_ACTION ? MAIN_USER : BARE_FIRST));
	r.values[STATUS] = csv_raw(&csv, action - 1);
	r.values[ACTION] = csv_field(log, &csv, action);
	r.values[SCHEME] = csv_field(log, &csv, address);
	r.values[HOST] = value_present(csv_field(log, &csv, address + 1));
	r.values[PORT] = csv_raw(&csv, address + 2);
	for (size_t i = BARE_FIRST; i < action; i++)
		if (text_starts(csv_raw(&csv, i), "ssl_") ||
		    text_starts(csv_raw(&csv, i), "tcp_error"))
			r.values[EXCEPTION] = csv_raw(&csv, i);
	return read_record(log, &r, h);
}

/* Keys as they are, or with '_' for '-' as collectors write them. */
static bool
is_object(struct text t)
{
	static const char *const signs[] = { "\"x-bluecoat-", "\"x_bluecoat_",
		"\"x-rs-certificate-", "\"x_rs_certificate_",
		"\"x-exception-id\"", "\"x_exception_id\"", "\"s-action\"",
		"\"s_action\"" };

	for (size_t i = 0; i < N_ITEMS(signs); i++)
		if (text_find(t, signs[i]) >= 0)
			return true;
	return false;
}

static enum line_result
proxysg_read(struct log *log, void *state, struct handshake *h)
{
	struct w3c *columns = &((struct proxysg *)state)->columns;
	struct text names, rest, line = log->line, payload;

	payload = log_payload(log);
	if (payload.n > 0 && payload.at[0] == '{')
		return is_object(payload) ? read_json(log, state, payload, h) :
		    LINE_NOT_MINE;
	if (w3c_header(line, &names)) {
		*columns = (struct w3c){ 0 };
		if (!is_header(names))
			return LINE_NOT_MINE;
		w3c_learn(columns, names, wanted, N_WANTED);
		return LINE_HEADER;
	}
	if (line.n > 0 && line.at[0] == '#')
		return text_starts(line, "#Software: SGOS") ? LINE_HEADER :
		    LINE_NOT_MINE;
	if (after(line, "bluecoat - splunk_format -", &rest) ||
	    after(line, "SPLV5.1 ", &rest))
		return read_pairs(log, rest, h);
	if (after(line, "bluecoat - access_log -", &rest)) {
		if (is_pairs(rest))
			return read_pairs(log, rest, h);
		if (columns->n_columns == 0)
			use_cloud_columns(columns);
		return read_columns(log, columns, rest, h);
	}
	if (columns->n_columns > 0 && looks_like_record(log, columns, payload))
		return read_columns(log, columns, payload, h);
	return read_bare(log, payload, h);
}

const struct log_format log_format_proxysg = {
	.name = "proxysg",
	.title = "Broadcom ProxySG (Edge SWG) and Cloud SWG access log",
	.product = "proxysg",
	.sign = "#Fields with x-rs-, x-bluecoat-, x-exception-id or s-action, "
		"\"bluecoat - splunk_format -\" by syslog, or a date, an "
		"address and an action such as TCP_NC_MISS",
	.state_size = sizeof(struct proxysg),
	.read = proxysg_read,
};
