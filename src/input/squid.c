/*
 * squid.c - Squid access.log, native or by a given logformat.
 *
 *     1772615702.284     87 192.0.2.44 NONE_NONE/200 0 CONNECT
 *     client.dropbox.com:443 - HIER_DIRECT/198.51.100.20 - bump ...
 *
 * A native line has ten tokens; what administrators append for TLS is told by
 * its form: a bump mode, X509_V_ERR_ names, ERR_ codes, SQUID_TLS_ERR_ details.
 * With --squid-format each token has its place.  Source: squid.conf reference,
 * directive logformat, Squid 3.5 to 6.
 */
#include <string.h>

#include "input/value.h"
#include "knowledge/alerts.h"

enum { TOKENS_MAX = 48 };

enum squid_field {
	SKIP, TIME, CLIENT, RESULT, METHOD, URL, USER, HIERARCHY, BUMP_MODE,
	SNI, CERT_ERRORS, CLIENT_VERSION, SERVER_VERSION, ERROR_CODE,
	ERROR_DETAIL, AGENT, CLIENT_PORT, SERVER, N_FIELDS
};

/* %-codes of logformat, without width and flags. */
static const struct {
	const char *code;
	enum squid_field field;
} codes[] = {
	{ "ts", TIME },
	{ "tl", TIME },
	{ "tg", TIME },
	{ ">a", CLIENT },
	{ ">p", CLIENT_PORT },
	{ "Ss", RESULT },
	{ ">Hs", RESULT },
	{ "rm", METHOD },
	{ "ru", URL },
	{ "un", USER },
	{ "ul", USER },
	{ "Sh", HIERARCHY },
	{ "<a", SERVER },
	{ "ssl::bump_mode", BUMP_MODE },
	{ "ssl::>sni", SNI },
	{ "ssl::<cert_errors", CERT_ERRORS },
	{ "ssl::>negotiated_version", CLIENT_VERSION },
	{ "ssl::<negotiated_version", SERVER_VERSION },
	{ "err_code", ERROR_CODE },
	{ "err_detail", ERROR_DETAIL },
	{ "{User-Agent}>h", AGENT },
	{ "ua", AGENT },
};

static const enum squid_field native[] = { TIME, SKIP, CLIENT, RESULT, SKIP,
	METHOD, URL, USER, HIERARCHY, SKIP };

struct squid {
	bool opened;
	uint8_t n_layout; /* with --squid-format */
	uint8_t layout[TOKENS_MAX];
};

struct row {
	struct text fields[N_FIELDS];
};

/* The code of "%6tr" is "tr": flags, width and precision come before it. */
static enum squid_field
code_of(struct text token)
{
	struct text t = token;
	long percent = text_find(t, "%");

	if (percent < 0)
		return SKIP;
	t.at += percent + 1;
	t.n -= (size_t)percent + 1;
	while (t.n > 0 && strchr("0123456789.-\"[#'", t.at[0]) != NULL &&
	    t.at[0] != '\0') {
		t.at++;
		t.n--;
	}
	for (size_t i = 0; i < N_ITEMS(codes); i++)
		if (text_starts(t, codes[i].code))
			return codes[i].field;
	return SKIP;
}

static void
learn_layout(struct squid *squid, const char *format)
{
	struct text rest = text_of(format), token;

	while (rest.n > 0 && squid->n_layout < TOKENS_MAX) {
		text_split(&rest, ' ', &token);
		if (token.n > 0)
			squid->layout[squid->n_layout++] =
			    (uint8_t)code_of(token);
	}
}

/* The next token: what blanks end, or quotes or brackets hold together. */
static bool
next_token(struct text *rest, struct text *token)
{
	char closing;
	const char *end;

	while (rest->n > 0 && rest->at[0] == ' ') {
		rest->at++;
		rest->n--;
	}
	if (rest->n == 0)
		return false;
	closing = rest->at[0] == '"' ? '"' : rest->at[0] == '[' ? ']' : ' ';
	end = rest->n > 1 ? memchr(rest->at + 1, closing, rest->n - 1) : NULL;
	/* "[2001:db8::1]:443" goes on behind its bracket. */
	if (end != NULL && closing == ']' &&
	    end + 1 < rest->at + rest->n && end[1] != ' ')
		end = memchr(end, ' ', (size_t)(rest->at + rest->n - end));
	else if (end != NULL && closing != ' ')
		end++;
	token->at = rest->at;
	token->n = end != NULL ? (size_t)(end - rest->at) : rest->n;
	rest->at += token->n;
	rest->n -= token->n;
	if (closing == '"' && token->n >= 2) {
		token->at++;
		token->n -= 2;
	}
	return true;
}

static bool
is_bump_mode(struct text t)
{
	static const char *const modes[] = { "none", "peek", "stare", "splice",
		"bump", "terminate", "server-first", "client-first" };

	for (size_t i = 0; i < N_ITEMS(modes); i++)
		if (text_is(t, modes[i]))
			return true;
	return false;
}

/* A token behind the native ones, told by its form. */
static void
take_extra(struct row *row, struct text t, unsigned after_mode)
{
	if (is_bump_mode(t))
		row->fields[BUMP_MODE] = t;
	else if (text_starts(t, "ERR_"))
		row->fields[ERROR_CODE] = t;
	else if (text_starts(t, "SQUID_") || value_contains(t, "tls_lib_err="))
		row->fields[ERROR_DETAIL] = t;
	else if (text_starts(t, "X509_V_ERR_"))
		row->fields[CERT_ERRORS] = t;
	else if (text_starts(t, "TLS/") || text_starts(t, "SSL/"))
		row->fields[row->fields[CLIENT_VERSION].n > 0 ?
		    SERVER_VERSION : CLIENT_VERSION] = t;
	else if (after_mode == 1 && t.n > 1)
		row->fields[SNI] = t;
}

/* "1772615702.284", the first token of a native line. */
static bool
is_native(struct text line)
{
	size_t i = 0, point;

	while (i < line.n && line.at[i] >= '0' && line.at[i] <= '9')
		i++;
	point = i;
	if (point < 9 || point > 10 || point + 4 >= line.n ||
	    line.at[point] != '.' || line.at[point + 4] != ' ')
		return false;
	for (i = point + 1; i < point + 4; i++)
		if (line.at[i] < '0' || line.at[i] > '9')
			return false;
	return true;
}

static bool
split_native(struct text line, struct row *row)
{
	struct text token;
	unsigned n = 0, after_mode = 0;

	for (; next_token(&line, &token); n++) {
		if (n < N_ITEMS(native))
			row->fields[native[n]] = token;
		else
			take_extra(row, value_present(token), after_mode);
		if (after_mode > 0 || (n >= N_ITEMS(native) &&
		    is_bump_mode(token)))
			after_mode++;
	}
	/* RESULT/status and HIERARCHY/peer tell it from all else. */
	return n >= N_ITEMS(native) && text_find(row->fields[RESULT], "/") > 0 &&
	    text_find(row->fields[HIERARCHY], "/") > 0;
}

static bool
split_layout(const struct squid *squid, struct text line, struct row *row)
{
	struct text token;
	unsigned n = 0;

	for (; n < squid->n_layout && next_token(&line, &token); n++)
		row->fields[squid->layout[n]] = token;
	return n == squid->n_layout;
}

static void
read_endpoints(const struct row *row, struct handshake *h)
{
	struct text peer = row->fields[HIERARCHY], word;

	(void)!value_port(row->fields[CLIENT_PORT], &h->client);
	if (row->fields[SERVER].n > 0)
		peer = row->fields[SERVER];
	else
		text_split(&peer, '/', &word);
	if (peer.n > 0)
		(void)!value_address(peer, &h->server);
}

static void
read_host(const struct row *row, struct handshake *h)
{
	struct text url = row->fields[URL];

	value_host(h, value_present(row->fields[SNI]), HOST_SNI);
	if (h->host.n == 0)
		value_host(h, value_url_host(url),
		    text_is(row->fields[METHOD], "CONNECT") ? HOST_CONNECT :
		    HOST_URL);
	h->server.port = 443;
}

/* False where the line tells no handshake. */
static bool
read_outcome(const struct row *row, struct handshake *h)
{
	struct text detail = row->fields[ERROR_DETAIL];
	struct text code = row->fields[ERROR_CODE];
	struct text mode = row->fields[BUMP_MODE];
	bool tunnel = text_starts(row->fields[RESULT], "TCP_TUNNEL");
	bool connect = text_is(row->fields[METHOD], "CONNECT");
	struct text why = detail.n > 0 ? detail : code;

	if (text_starts(code, "ERR_SECURE_ACCEPT_FAIL") ||
	    text_find(detail, "SQUID_TLS_ERR_ACCEPT") >= 0) {
		log_alerted(h, LEG_CLIENT, SIDE_CLIENT,
		    alert_in_message(detail), why);
	} else if (text_starts(code, "ERR_SECURE_CONNECT_FAIL") ||
	    text_find(detail, "SQUID_TLS_ERR_CONNECT") >= 0 ||
	    text_find(detail, "SQUID_ERR_SSL_HANDSHAKE") >= 0) {
		int alert = alert_in_message(detail);

		if (alert >= 0 && row->fields[CERT_ERRORS].n == 0)
			log_alerted(h, LEG_SERVER, SIDE_SERVER, alert, why);
		else
			log_rejected(h, LEG_SERVER, why);
	} else if (row->fields[CERT_ERRORS].n > 0) {
		log_rejected(h, LEG_SERVER, row->fields[CERT_ERRORS]);
	} else if (text_starts(row->fields[URL], "https://") && !connect) {
		log_accepted(h);
	} else if (text_is(mode, "splice") || text_is(mode, "none") ||
	    (tunnel && mode.n == 0)) {
		log_bypassed(h);
	} else if (connect && text_is(mode, "bump")) {
		/* The CONNECT was answered; requests have lines of their own. */
		log_accepted(h);
		h->outcome = OUTCOME_IDLE;
	} else {
		return false;
	}
	return true;
}

static enum line_result
squid_read(struct log *log, void *state, struct handshake *h)
{
	struct squid *squid = state;
	struct row row = { 0 };
	struct text line = log_payload(log);

	if (!squid->opened) {
		squid->opened = true;
		if (log->options->squid_format != NULL)
			learn_layout(squid, log->options->squid_format);
	}
	if (squid->n_layout > 0 ? !split_layout(squid, line, &row) :
	    !is_native(line) || !split_native(line, &row))
		return LINE_NOT_MINE;
	for (size_t i = 0; i < N_FIELDS; i++)
		row.fields[i] = value_present(row.fields[i]);
	if (!value_time(log, row.fields[TIME], &h->hello.time))
		return log_bad(log, 1, "time", row.fields[TIME], "a time");
	if (row.fields[CLIENT].n > 0 &&
	    !value_address(row.fields[CLIENT], &h->client))
		return log_bad(log, 3, "client", row.fields[CLIENT],
		    "an IP address");
	h->transport = TRANSPORT_TCP;
	read_endpoints(&row, h);
	h->user = row.fields[USER];
	h->agent = row.fields[AGENT];
	read_host(&row, h);
	if (!read_outcome(&row, h))
		return LINE_IGNORED;
	h->chosen.version = value_version(h->leg == LEG_SERVER ?
	    row.fields[SERVER_VERSION] : row.fields[CLIENT_VERSION]);
	return LINE_HANDSHAKE;
}

const struct log_format log_format_squid = {
	.name = "squid",
	.title = "Squid access.log, native or by --squid-format",
	.product = "squid",
	.sign = "seconds.milliseconds, RESULT/status, HIERARCHY/peer",
	.state_size = sizeof(struct squid),
	.read = squid_read,
};
