/*
 * netskope.c - Netskope transaction events: the W3C extended format, CSV, and
 * JSON objects with the columns for keys.
 *
 *     #Fields: date time time-taken ... x-cs-ssl-handshake-error ...
 *     2026-03-04 09:15:02 12 517 0 517 192.0.2.44 198.51.100.20 jdoe ...
 *     2026-03-04,09:15:02,12,517,0,517,192.0.2.44,198.51.100.20,jdoe,...
 *     {"date":"2026-03-04","time":"09:15:02","c-ip":"192.0.2.44",...}
 *
 * x-cs-* speaks of the client leg, x-sr-* of the server leg.  Certificate
 * columns describe the origin's leaf.  Source: Netskope documentation,
 * "Transaction Event Fields", formats of 57 and 146 columns; newer ones append
 * columns, so that lines without a header are told by the 49th, x-type.
 */
#include "base/clock.h"
#include "input/jsonrow.h"
#include "input/value.h"
#include "input/w3c.h"
#include "knowledge/alerts.h"
#include "knowledge/ciphers.h"

enum {
	DATE, TIME, CLIENT, CLIENT_SRC, CLIENT_PORT, EGRESS, SERVER, SERVER_DST,
	SERVER_PORT, URI_PORT, USER, SNI, HOST, POLICY_HOST, SCHEME, AGENT, APP,
	DEVICE, CLIENT_VERSION, CLIENT_CIPHER, SERVER_VERSION, SERVER_CIPHER,
	BYPASS, BYPASS_REASON, POLICY, POLICY_ACTION, CLIENT_ERROR,
	SERVER_ERROR, CLIENT_ERR_TEXT, SERVER_ERR_TEXT,
	CLIENT_CERTIFICATE_ERROR, MALFORMED, ENGINE_ACTION, ENGINE_REASON,
	SERVER_ENGINE_REASON, SUBJECT, EXPIRED, UNTRUSTED, INCOMPLETE,
	SELF_SIGNED, REVOKED, MISMATCH, STATUS, USER_IP, N_WANTED
};

static const char *const wanted[N_WANTED] = {
	[DATE] = "date",
	[TIME] = "time",
	[CLIENT] = "c-ip",
	[CLIENT_SRC] = "x-cs-src-ip",
	[CLIENT_PORT] = "x-cs-src-port",
	[EGRESS] = "x-cs-src-ip-egress",
	[SERVER] = "s-ip",
	[SERVER_DST] = "x-cs-dst-ip",
	[SERVER_PORT] = "x-cs-dst-port",
	[URI_PORT] = "cs-uri-port",
	[USER] = "cs-username",
	[SNI] = "x-cs-sni",
	[HOST] = "cs-host",
	[POLICY_HOST] = "x-ssl-policy-dst-host",
	[SCHEME] = "cs-uri-scheme",
	[AGENT] = "cs-user-agent",
	[APP] = "x-cs-app",
	[DEVICE] = "x-c-device",
	[CLIENT_VERSION] = "x-cs-ssl-version",
	[CLIENT_CIPHER] = "x-cs-ssl-cipher",
	[SERVER_VERSION] = "x-sr-ssl-version",
	[SERVER_CIPHER] = "x-sr-ssl-cipher",
	[BYPASS] = "x-ssl-bypass",
	[BYPASS_REASON] = "x-ssl-bypass-reason",
	[POLICY] = "x-ssl-policy-name",
	[POLICY_ACTION] = "x-ssl-policy-action",
	[CLIENT_ERROR] = "x-cs-ssl-handshake-error",
	[SERVER_ERROR] = "x-sr-ssl-handshake-error",
	[CLIENT_ERR_TEXT] = "x-client-ssl-err",
	[SERVER_ERR_TEXT] = "x-server-ssl-err",
	[CLIENT_CERTIFICATE_ERROR] = "x-sr-ssl-client-certificate-error",
	[MALFORMED] = "x-sr-ssl-malformed-ssl",
	[ENGINE_ACTION] = "x-cs-ssl-engine-action",
	[ENGINE_REASON] = "x-cs-ssl-engine-action-reason",
	[SERVER_ENGINE_REASON] = "x-sr-ssl-engine-action-reason",
	[SUBJECT] = "x-r-cert-subject-cn",
	[EXPIRED] = "x-r-cert-expired",
	[UNTRUSTED] = "x-r-cert-untrusted-root",
	[INCOMPLETE] = "x-r-cert-incomplete-chain",
	[SELF_SIGNED] = "x-r-cert-self-signed",
	[REVOKED] = "x-r-cert-revoked",
	[MISMATCH] = "x-r-cert-mismatch",
	[STATUS] = "sc-status",
	[USER_IP] = "x-cs-userip",
};

/* The newest layout, for lines that come without a header. */
static const uint8_t newest[N_WANTED] = {
	[DATE] = 1, [TIME] = 2, [CLIENT] = 7, [SERVER] = 8, [USER] = 9,
	[SCHEME] = 11, [AGENT] = 13, [STATUS] = 15, [HOST] = 18,
	[URI_PORT] = 20, [APP] = 24, [DEVICE] = 40, [SERVER_ERR_TEXT] = 50,
	[CLIENT_ERR_TEXT] = 51, [SNI] = 54, [BYPASS] = 62,
	[BYPASS_REASON] = 63, [SUBJECT] = 64, [EXPIRED] = 69, [UNTRUSTED] = 70,
	[INCOMPLETE] = 71, [SELF_SIGNED] = 72, [REVOKED] = 73, [MISMATCH] = 75,
	[CLIENT_ERROR] = 77, [SERVER_ERROR] = 78,
	[CLIENT_CERTIFICATE_ERROR] = 79, [MALFORMED] = 80, [ENGINE_ACTION] = 82,
	[ENGINE_REASON] = 83, [SERVER_ENGINE_REASON] = 85, [POLICY_HOST] = 88,
	[POLICY_ACTION] = 91, [POLICY] = 92, [CLIENT_VERSION] = 93,
	[CLIENT_CIPHER] = 94, [SERVER_VERSION] = 95, [SERVER_CIPHER] = 96,
	[EGRESS] = 97, [CLIENT_SRC] = 99, [CLIENT_PORT] = 100,
	[SERVER_DST] = 101, [SERVER_PORT] = 102, [USER_IP] = 44,
};

enum {
	TYPE = 48, /* x-type in the newest layout, from 0 */
	TYPE_FIRST = TYPE - 4,
	TYPE_LAST = TYPE + 4,
	TIME_TAKEN = 2, /* from 0 */
};

struct netskope {
	struct w3c columns;
	struct json_columns keys;
};

struct row {
	struct text values[N_WANTED];
};

/* Words for "nothing" that only this product uses. */
static struct text
known(struct text t)
{
	static const char *const nothing[] = { "NotChecked", "NotAvailable",
		"NoSSL", "Unavailable", "None" };

	for (size_t k = 0; k < N_ITEMS(nothing); k++)
		if (text_equal_nocase(t, text_of(nothing[k])))
			return (struct text){ 0 };
	return value_present(t);
}

static bool
yes(const struct row *row, size_t i)
{
	return text_equal_nocase(row->values[i], TEXT("Yes"));
}

static struct text
first_of(const struct row *row, size_t a, size_t b)
{
	return row->values[row->values[a].n > 0 ? a : b];
}

static bool
bad_upstream(const struct row *row)
{
	return yes(row, EXPIRED) || yes(row, UNTRUSTED) ||
	    yes(row, INCOMPLETE) || yes(row, SELF_SIGNED) ||
	    yes(row, REVOKED) || yes(row, MISMATCH);
}

/* "HsFailure (error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown
 * ca)": an alert that the proxy received on the leg. */
static void
read_client_failure(const struct row *row, struct handshake *h)
{
	struct text text = first_of(row, CLIENT_ERR_TEXT, ENGINE_REASON);

	log_alerted(h, LEG_CLIENT, SIDE_CLIENT, alert_in_message(text), text);
}

static void
read_server_failure(const struct row *row, struct handshake *h)
{
	struct text text = first_of(row, SERVER_ERR_TEXT,
	    row->values[SERVER_ENGINE_REASON].n > 0 ? SERVER_ENGINE_REASON :
	    ENGINE_REASON);

	if (bad_upstream(row))
		log_rejected(h, LEG_SERVER, text);
	else
		log_alerted(h, LEG_SERVER, SIDE_SERVER,
		    alert_in_message(text), text);
}

/* False where the record tells no handshake. */
static bool
read_outcome(const struct row *row, struct handshake *h)
{
	const struct text *v = row->values;
	struct text why = v[ENGINE_REASON];
	bool blocked = value_contains(v[ENGINE_ACTION], "block");

	if (yes(row, BYPASS) || text_is(v[POLICY_ACTION], "DoNotDecrypt")) {
		log_bypassed(h);
	} else if (yes(row, CLIENT_CERTIFICATE_ERROR)) {
		read_server_failure(row, h);
		h->certificate_requested = TRUTH_YES;
		h->outcome = OUTCOME_REFUSED_BY_SERVER;
		h->sign = SIGN_NONE;
	} else if (yes(row, SERVER_ERROR) || yes(row, MALFORMED)) {
		read_server_failure(row, h);
	} else if (yes(row, CLIENT_ERROR)) {
		read_client_failure(row, h);
	} else if (blocked && bad_upstream(row)) {
		log_rejected(h, LEG_SERVER, why);
	} else if (v[SERVER_ERR_TEXT].n > 0) {
		read_server_failure(row, h);
	} else if (v[CLIENT_ERR_TEXT].n > 0) {
		read_client_failure(row, h);
	} else if (text_is(why, "Established") || v[CLIENT_VERSION].n > 0 ||
	    text_equal_nocase(v[SCHEME], TEXT("https")) ||
	    (v[STATUS].n > 0 && v[SNI].n > 0)) {
		log_accepted(h);
	} else {
		return false;
	}
	return true;
}

static bool
read_time(struct log *log, const struct row *row, struct handshake *h)
{
	struct text date = row->values[DATE], time = row->values[TIME];
	char *both = log_scratch(log, date.n + time.n + 2);
	bool zoned;

	if (date.n > 10 && date.at[10] == 'T') /* Elasticsearch's */
		date.n = 10;
	if (date.n == 0 || time.n == 0)
		return false;
	memcpy(both, date.at, date.n);
	both[date.n] = 'T';
	memcpy(both + date.n + 1, time.at, time.n);
	both[date.n + 1 + time.n] = 'Z';
	return clock_parse_iso((struct text){ both, date.n + time.n + 2 },
	    &h->hello.time, &zoned);
}

static void
read_names(struct log *log, const struct row *row, struct handshake *h)
{
	struct certificate c = { .not_before = CLOCK_UNKNOWN,
		.not_after = CLOCK_UNKNOWN };
	struct text host = first_of(row, HOST, POLICY_HOST);

	value_host(h, row->values[SNI], HOST_SNI);
	if (h->host.n == 0)
		value_host(h, host, HOST_LOG);
	h->user = row->values[USER];
	h->agent = row->values[AGENT];
	h->app = row->values[APP];
	h->device = row->values[DEVICE];
	h->policy = row->values[POLICY];
	c.subject_cn = row->values[SUBJECT];
	c.subject = log_common_name(log, c.subject_cn);
	if (c.subject.n > 0)
		h->certificate = log_certificate(log, &c);
}

/* c-ip may be what all have outside; then the machine's own is in others. */
static void
read_inner_client(const struct row *row, struct handshake *h)
{
	static const uint8_t places[] = { USER_IP, CLIENT_SRC };
	struct endpoint e;

	for (size_t i = 0; i < N_ITEMS(places); i++) {
		e = h->client;
		if (value_is_inner(&h->client) ||
		    !value_address(row->values[places[i]], &e) ||
		    !value_is_inner(&e))
			continue;
		h->client_nat = h->client;
		h->client = e;
	}
}

static enum line_result
read_row(struct log *log, const struct row *row, const struct w3c *columns,
    struct handshake *h)
{
	struct text client = first_of(row, CLIENT,
	    row->values[CLIENT_SRC].n > 0 ? CLIENT_SRC : USER_IP);
	struct text server = first_of(row, SERVER, SERVER_DST);
	bool upstream;

	if (!read_time(log, row, h))
		return log_bad(log, columns->place[DATE], "date",
		    row->values[DATE], "a date and a time");
	if (client.n > 0 && !value_address(client, &h->client))
		return log_bad(log, columns->place[CLIENT], "c-ip", client,
		    "an IP address");
	if (server.n > 0 && !value_address(server, &h->server))
		return log_bad(log, columns->place[SERVER], "s-ip", server,
		    "an IP address");
	(void)!value_port(row->values[CLIENT_PORT], &h->client);
	(void)!value_port(first_of(row, SERVER_PORT, URI_PORT), &h->server);
	(void)!value_address(row->values[EGRESS], &h->client_nat);
	read_inner_client(row, h);
	h->transport = TRANSPORT_TCP;
	if (!read_outcome(row, h))
		return LINE_IGNORED;
	read_names(log, row, h);
	upstream = h->leg == LEG_SERVER;
	h->chosen.version = value_version(row->values[upstream ?
	    SERVER_VERSION : CLIENT_VERSION]);
	h->chosen.cipher = cipher_by_name(row->values[upstream ?
	    SERVER_CIPHER : CLIENT_CIPHER]);
	h->chosen.seen = h->chosen.version != 0;
	return LINE_HANDSHAKE;
}

static bool
names_columns(struct text names)
{
	return text_find(names, "x-cs-ssl-handshake-error") >= 0 ||
	    text_find(names, "x-ssl-bypass") >= 0 ||
	    text_find(names, "x-cs-access-method") >= 0 ||
	    text_find(names, "x_cs_ssl_handshake_error") >= 0 ||
	    text_find(names, "XCsSslHandshakeError") >= 0;
}

/* "#Fields: ...", or the first row of a CSV file. */
static bool
find_header(struct text line, struct text *names)
{
	if (w3c_header(line, names))
		return true;
	*names = line;
	/* Sentinel's tables have columns of its own in front. */
	return text_starts(line, "date,") || text_starts(line, "date\t") ||
	    text_starts(line, "\"date\",") ||
	    text_find(line, ",x_cs_ssl_handshake_error") >= 0 ||
	    text_find(line, ",XCsSslHandshakeError") >= 0;
}

static bool
is_address(const struct csv *csv, unsigned place)
{
	struct endpoint ignored = { 0 };

	return place > 0 && value_address(csv_raw(csv, place - 1), &ignored);
}

/*
 * A line of the newest layout, which some collectors separate by commas, or of
 * one with fewer or more columns at the end.  Where x-type stands beside its
 * place, a column of the bytes in front of c-ip is missing or too many.
 */
static bool
guess_columns(struct w3c *columns, struct text line)
{
	struct csv csv;
	size_t type = TYPE_FIRST;
	uint16_t client = newest[CLIENT], server = newest[SERVER];

	*columns = (struct w3c){ .separator = line.at[10] };
	w3c_split(columns, &csv, line);
	while (type < csv.n && type <= TYPE_LAST &&
	    text_find(csv_raw(&csv, type), "http_transaction") < 0)
		type++;
	if (type >= csv.n || type > TYPE_LAST)
		return false;
	for (size_t i = 0; i < N_WANTED; i++)
		columns->place[i] = (uint16_t)(newest[i] <= TIME_TAKEN ?
		    newest[i] : newest[i] + type - TYPE);
	if (!is_address(&csv, columns->place[CLIENT]) &&
	    is_address(&csv, client)) {
		columns->place[CLIENT] = client;
		columns->place[SERVER] = server;
	}
	columns->n_columns = (uint16_t)csv.n;
	return true;
}

static enum line_result
read_columns(struct log *log, const struct w3c *known_columns,
    struct text line, struct handshake *h)
{
	struct w3c columns = *known_columns;
	struct row row;
	struct csv csv;
	uint64_t number;

	if (line.n < 20 || (columns.place[DATE] <= 1 &&
	    (line.at[4] != '-' || line.at[7] != '-')) ||
	    (columns.n_columns == 0 && !guess_columns(&columns, line)))
		return LINE_NOT_MINE;
	w3c_split(&columns, &csv, line);
	if (columns.place[DATE] > 1 && csv.n < columns.n_columns)
		return LINE_NOT_MINE;
	if (csv.n < columns.n_columns &&
	    !value_number(csv_raw(&csv, TIME_TAKEN), &number))
		return LINE_NOT_MINE; /* the log goes on in another format */
	if (csv.n < columns.n_columns)
		return log_bad(log, (unsigned)csv.n, NULL,
		    csv_raw(&csv, csv.n - 1),
		    "as many columns as #Fields names");
	for (size_t i = 0; i < N_WANTED; i++)
		row.values[i] = known(w3c_field(log, &columns, &csv, i));
	return read_row(log, &row, &columns, h);
}

/* A json_find_fn. */
static int
find_key(struct text path)
{
	const char *dot = path.n > 0 ? memrchr(path.at, '.', path.n) : NULL;

	if (dot != NULL)
		path = (struct text){ dot + 1,
			path.n - (size_t)(dot + 1 - path.at) };
	return w3c_find(path, wanted, N_WANTED);
}

/* Keys that no other product's log in this form has, as collectors spell them. */
static bool
has_own_key(struct text line)
{
	static const char *const keys[] = { "\"x-cs-ssl-", "\"x-ssl-bypass",
		"\"x-cs-access-method", "\"x_cs_ssl_",
		"\"x_cs_access_method", "\"XCsSsl", "\"XCsAccessMethod" };

	for (size_t i = 0; i < N_ITEMS(keys); i++)
		if (text_find(line, keys[i]) >= 0)
			return true;
	return false;
}

static enum line_result
read_json(struct log *log, struct netskope *state, struct text line,
    struct handshake *h)
{
	static const struct w3c nowhere;
	struct row row = { 0 };

	if (!has_own_key(line))
		return LINE_NOT_MINE;
	if (!json_row(log, line, &state->keys, find_key, row.values,
	    N_ITEMS(row.values)))
		return log_bad(log, 0, NULL, line, "a JSON object");
	/* A collector's JSON around the object itself. */
	if (row.values[CLIENT].n == 0 && row.values[CLIENT_SRC].n == 0 &&
	    row.values[SNI].n == 0 && row.values[CLIENT_VERSION].n == 0)
		return LINE_NOT_MINE;
	for (size_t i = 0; i < N_WANTED; i++)
		row.values[i] = known(row.values[i]);
	return read_row(log, &row, &nowhere, h);
}

static enum line_result
netskope_read(struct log *log, void *state, struct handshake *h)
{
	struct netskope *s = state;
	struct text names, line = log_payload(log);

	if (line.n > 0 && line.at[0] == '{')
		return read_json(log, s, line, h);
	if (find_header(line, &names)) {
		s->columns = (struct w3c){ 0 };
		if (!names_columns(names))
			return LINE_NOT_MINE;
		w3c_learn(&s->columns, names, wanted, N_WANTED);
		return LINE_HEADER;
	}
	return read_columns(log, &s->columns, line, h);
}

const struct log_format log_format_netskope = {
	.name = "netskope",
	.title = "Netskope transaction events, W3C extended format, CSV and JSON",
	.product = "netskope",
	.sign = "#Fields or keys with x-cs-ssl-handshake-error, x-ssl-bypass or "
		"x-cs-access-method, or http_transaction in the 49th column",
	.state_size = sizeof(struct netskope),
	.read = netskope_read,
};
