/*
 * netskope.c - Netskope transaction events in the W3C extended format.
 *
 *     #Fields: date time time-taken ... x-cs-ssl-handshake-error ...
 *     2026-03-04 09:15:02 12 517 0 517 192.0.2.44 198.51.100.20 jdoe ...
 *
 * x-cs-* speaks of the client leg, x-sr-* of the server leg.  Certificate
 * columns describe the origin's leaf.  Source: Netskope documentation,
 * "Transaction Event Fields", formats of 57 and 146 columns.
 */
#include "base/clock.h"
#include "input/value.h"
#include "input/w3c.h"

enum {
	DATE, TIME, CLIENT, CLIENT_SRC, CLIENT_PORT, SERVER, SERVER_DST,
	SERVER_PORT, USER, SNI, HOST, POLICY_HOST, AGENT, APP, DEVICE,
	CLIENT_VERSION, SERVER_VERSION, BYPASS, BYPASS_REASON, POLICY,
	POLICY_ACTION, CLIENT_ERROR, SERVER_ERROR, CLIENT_ERR_TEXT,
	SERVER_ERR_TEXT, CLIENT_CERTIFICATE_ERROR, MALFORMED, ENGINE_ACTION,
	ENGINE_REASON, EXPIRED, UNTRUSTED, INCOMPLETE, SELF_SIGNED, REVOKED,
	MISMATCH, STATUS, N_WANTED
};

static const char *const wanted[N_WANTED] = {
	[DATE] = "date",
	[TIME] = "time",
	[CLIENT] = "c-ip",
	[CLIENT_SRC] = "x-cs-src-ip",
	[CLIENT_PORT] = "x-cs-src-port",
	[SERVER] = "s-ip",
	[SERVER_DST] = "x-cs-dst-ip",
	[SERVER_PORT] = "x-cs-dst-port",
	[USER] = "cs-username",
	[SNI] = "x-cs-sni",
	[HOST] = "cs-host",
	[POLICY_HOST] = "x-ssl-policy-dst-host",
	[AGENT] = "cs-user-agent",
	[APP] = "x-cs-app",
	[DEVICE] = "x-c-device",
	[CLIENT_VERSION] = "x-cs-ssl-version",
	[SERVER_VERSION] = "x-sr-ssl-version",
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
	[EXPIRED] = "x-r-cert-expired",
	[UNTRUSTED] = "x-r-cert-untrusted-root",
	[INCOMPLETE] = "x-r-cert-incomplete-chain",
	[SELF_SIGNED] = "x-r-cert-self-signed",
	[REVOKED] = "x-r-cert-revoked",
	[MISMATCH] = "x-r-cert-mismatch",
	[STATUS] = "sc-status",
};

/* The newest layout, for lines that come without a header. */
static const uint8_t newest[N_WANTED] = {
	[DATE] = 1, [TIME] = 2, [CLIENT] = 7, [SERVER] = 8, [USER] = 9,
	[AGENT] = 13, [STATUS] = 15, [HOST] = 18, [APP] = 24, [DEVICE] = 40,
	[SERVER_ERR_TEXT] = 50, [CLIENT_ERR_TEXT] = 51, [SNI] = 54,
	[BYPASS] = 62, [BYPASS_REASON] = 63, [EXPIRED] = 69, [UNTRUSTED] = 70,
	[INCOMPLETE] = 71, [SELF_SIGNED] = 72, [REVOKED] = 73, [MISMATCH] = 75,
	[CLIENT_ERROR] = 77, [SERVER_ERROR] = 78,
	[CLIENT_CERTIFICATE_ERROR] = 79, [MALFORMED] = 80, [ENGINE_ACTION] = 82,
	[ENGINE_REASON] = 83, [POLICY_HOST] = 88, [POLICY_ACTION] = 91,
	[POLICY] = 92, [CLIENT_VERSION] = 93, [SERVER_VERSION] = 95,
	[CLIENT_SRC] = 99, [CLIENT_PORT] = 100, [SERVER_DST] = 101,
	[SERVER_PORT] = 102,
};

enum { NEWEST_COLUMNS = 146, TIME_TAKEN = 2 /* from 0 */ };

struct row {
	struct log *log;
	const struct w3c *columns;
	struct csv csv;
};

/* Words for "nothing" that only this product uses. */
static struct text
field(const struct row *row, size_t i)
{
	static const char *const nothing[] = { "NotChecked", "NotAvailable",
		"NoSSL", "Unavailable", "None" };
	struct text t = w3c_field(row->log, row->columns, &row->csv, i);

	for (size_t k = 0; k < N_ITEMS(nothing); k++)
		if (text_equal_nocase(t, text_of(nothing[k])))
			return (struct text){ 0 };
	return t;
}

static bool
yes(const struct row *row, size_t i)
{
	return text_equal_nocase(field(row, i), TEXT("Yes"));
}

static struct text
first_of(const struct row *row, size_t a, size_t b)
{
	struct text t = field(row, a);

	return t.n > 0 ? t : field(row, b);
}

static bool
bad_upstream(const struct row *row)
{
	return yes(row, EXPIRED) || yes(row, UNTRUSTED) ||
	    yes(row, INCOMPLETE) || yes(row, SELF_SIGNED) ||
	    yes(row, REVOKED) || yes(row, MISMATCH);
}

/* False where the row tells no handshake. */
static bool
read_outcome(const struct row *row, struct handshake *h)
{
	struct text why = field(row, ENGINE_REASON);
	struct text client = first_of(row, CLIENT_ERR_TEXT, ENGINE_REASON);
	struct text server = first_of(row, SERVER_ERR_TEXT, ENGINE_REASON);
	bool blocked = value_contains(field(row, ENGINE_ACTION), "block");

	if (yes(row, BYPASS) ||
	    text_is(field(row, POLICY_ACTION), "DoNotDecrypt")) {
		log_bypassed(h);
	} else if (yes(row, CLIENT_CERTIFICATE_ERROR)) {
		h->certificate_requested = TRUTH_YES;
		log_refused(h, LEG_SERVER, server);
	} else if (yes(row, SERVER_ERROR) || yes(row, MALFORMED)) {
		if (bad_upstream(row))
			log_rejected(h, LEG_SERVER, server);
		else
			log_refused(h, LEG_SERVER, server);
	} else if (yes(row, CLIENT_ERROR)) {
		log_rejected(h, LEG_CLIENT, client);
	} else if (blocked && bad_upstream(row)) {
		log_rejected(h, LEG_SERVER, why);
	} else if (text_is(why, "Established") ||
	    field(row, CLIENT_VERSION).n > 0 || field(row, STATUS).n > 0) {
		log_accepted(h);
	} else {
		return false;
	}
	return true;
}

static bool
read_time(struct row *row, struct handshake *h)
{
	struct text date = field(row, DATE), time = field(row, TIME);
	char *both = log_scratch(row->log, date.n + time.n + 2);
	bool zoned;

	if (date.n == 0 || time.n == 0)
		return false;
	memcpy(both, date.at, date.n);
	both[date.n] = 'T';
	memcpy(both + date.n + 1, time.at, time.n);
	both[date.n + 1 + time.n] = 'Z';
	return clock_parse_iso((struct text){ both, date.n + time.n + 2 },
	    &h->hello.time, &zoned);
}

static enum line_result
read_row(struct row *row, struct handshake *h)
{
	struct text client = first_of(row, CLIENT_SRC, CLIENT);
	struct text server = first_of(row, SERVER_DST, SERVER);

	if (!read_time(row, h))
		return log_bad(row->log, row->columns->place[DATE], "date",
		    field(row, DATE), "a date and a time");
	if (client.n > 0 && !value_address(client, &h->client))
		return log_bad(row->log, row->columns->place[CLIENT], "c-ip",
		    client, "an IP address");
	if (server.n > 0 && !value_address(server, &h->server))
		return log_bad(row->log, row->columns->place[SERVER], "s-ip",
		    server, "an IP address");
	(void)!value_port(field(row, CLIENT_PORT), &h->client);
	(void)!value_port(field(row, SERVER_PORT), &h->server);
	h->transport = TRANSPORT_TCP;
	value_host(h, field(row, SNI), HOST_SNI);
	if (h->host.n == 0)
		value_host(h, first_of(row, HOST, POLICY_HOST), HOST_LOG);
	h->user = field(row, USER);
	h->agent = field(row, AGENT);
	h->app = field(row, APP);
	h->device = field(row, DEVICE);
	h->policy = field(row, POLICY);
	if (!read_outcome(row, h))
		return LINE_IGNORED;
	h->chosen.version = value_version(field(row,
	    h->leg == LEG_SERVER ? SERVER_VERSION : CLIENT_VERSION));
	return LINE_HANDSHAKE;
}

static enum line_result
netskope_read(struct log *log, void *state, struct handshake *h)
{
	struct w3c *columns = state;
	struct row row = { .log = log, .columns = columns };
	struct text names, line = log->line;
	uint64_t number;

	if (w3c_header(line, &names)) {
		*columns = (struct w3c){ 0 };
		if (text_find(names, "x-cs-ssl-handshake-error") < 0 &&
		    text_find(names, "x-ssl-bypass") < 0 &&
		    text_find(names, "x-cs-access-method") < 0)
			return LINE_NOT_MINE;
		w3c_learn(columns, names, wanted, N_WANTED);
		return LINE_HEADER;
	}
	if (line.n < 20 || line.at[4] != '-' || line.at[7] != '-')
		return LINE_NOT_MINE;
	if (columns->n_columns == 0) {
		w3c_split(&row.csv, line);
		if (row.csv.n != NEWEST_COLUMNS)
			return LINE_NOT_MINE;
		for (size_t i = 0; i < N_WANTED; i++)
			columns->place[i] = newest[i];
		columns->n_columns = NEWEST_COLUMNS;
	} else {
		w3c_split(&row.csv, line);
	}
	if (row.csv.n < columns->n_columns &&
	    !value_number(csv_raw(&row.csv, TIME_TAKEN), &number))
		return LINE_NOT_MINE; /* the log goes on in another format */
	if (row.csv.n < columns->n_columns)
		return log_bad(log, (unsigned)row.csv.n, NULL,
		    csv_raw(&row.csv, row.csv.n - 1),
		    "as many columns as #Fields names");
	return read_row(&row, h);
}

const struct log_format log_format_netskope = {
	.name = "netskope",
	.title = "Netskope transaction events, W3C extended format",
	.product = "netskope",
	.sign = "#Fields with x-cs-ssl-handshake-error or x-ssl-bypass",
	.state_size = sizeof(struct w3c),
	.read = netskope_read,
};
