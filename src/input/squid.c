/*
 * squid.c - Squid access.log, native or by a given logformat.
 *
 *     1772615702.284     87 192.0.2.44 NONE_NONE/200 0 CONNECT
 *     client.dropbox.com:443 - HIER_DIRECT/198.51.100.20 - bump ...
 *
 * A native line has ten tokens, in an order that administrators keep when they
 * add some, so that each is told by its form: RESULT/status, a method and its URL,
 * HIERARCHY/peer, and for TLS a bump mode, X509_V_ERR_ names, ERR_ codes,
 * SQUID_TLS_ERR_ details.  So it is with the lines of `combined`, which end with
 * RESULT:HIERARCHY.  With --squid-format each token has its place.  Source:
 * squid.conf reference, directive logformat, Squid 2.6 to 7.
 */
#include <string.h>

#include "input/value.h"
#include "knowledge/alerts.h"

enum {
	TOKENS_MAX = 48,
	HEAD_MAX = 12, /* before the result: a long date, addresses and ports */
};

enum squid_field {
	SKIP, TIME, CLIENT, RESULT, METHOD, URL, USER, HIERARCHY, BUMP_MODE,
	SNI, CERT_ERRORS, CLIENT_VERSION, SERVER_VERSION, ERROR_CODE,
	ERROR_DETAIL, AGENT, CLIENT_PORT, SERVER, STATUS, N_FIELDS
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
	{ ">Hs", STATUS },
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

/* Between the tokens are blanks, or tabs where there are any. */
static char
separator_of(struct text line)
{
	return line.n > 0 && memchr(line.at, '\t', line.n) != NULL ? '\t' : ' ';
}

/* The next token: what separators end, or quotes or brackets hold together. */
static bool
next_token(struct text *rest, char separator, struct text *token)
{
	char closing;
	const char *end;

	while (rest->n > 0 && rest->at[0] == separator) {
		rest->at++;
		rest->n--;
	}
	if (rest->n == 0)
		return false;
	closing = rest->at[0] == '"' ? '"' : rest->at[0] == '[' ? ']' :
	    separator;
	end = rest->n > 1 ? memchr(rest->at + 1, closing, rest->n - 1) : NULL;
	/* "[2001:db8::1]:443" goes on behind its bracket. */
	if (end != NULL && closing == ']' &&
	    end + 1 < rest->at + rest->n && end[1] != separator)
		end = memchr(end, separator,
		    (size_t)(rest->at + rest->n - end));
	else if (end != NULL && closing != separator)
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

/* How many of the first bytes are capitals, digits or '_'. */
static size_t
n_capitals(struct text t)
{
	size_t n = 0;

	while (n < t.n && ((t.at[n] >= 'A' && t.at[n] <= 'Z') ||
	    t.at[n] == '_' || (t.at[n] >= '0' && t.at[n] <= '9')))
		n++;
	return n;
}

static bool
is_number(struct text t)
{
	uint64_t number;

	return text_u64(t, &number);
}

/* "TCP_TUNNEL/200", "NONE_NONE/000". */
static bool
is_result(struct text t)
{
	size_t n = n_capitals(t);

	return t.n > n && t.n == n + 4 && t.at[n] == '/' &&
	    is_number((struct text){ t.at + n + 1, 3 }) &&
	    (text_starts(t, "TCP_") || text_starts(t, "NONE") ||
	    text_starts(t, "TAG_") || text_starts(t, "UDP_"));
}

/* "HIER_DIRECT/198.51.100.20", "ORIGINAL_DST/2001:db8::1", "DIRECT/-". */
static bool
is_hierarchy(struct text t)
{
	size_t n = n_capitals(t);

	return n >= 4 && n + 1 < t.n && t.at[n] == '/' &&
	    (t.at[0] < '0' || t.at[0] > '9');
}

/* "TCP_TUNNEL:HIER_DIRECT", as the formats of web servers end with. */
static bool
is_pair(struct text t)
{
	size_t n = n_capitals(t);
	struct text rest;

	if (n < 4 || n + 4 > t.n || t.at[n] != ':')
		return false;
	rest = (struct text){ t.at + n + 1, t.n - n - 1 };
	return n_capitals(rest) == rest.n;
}

static bool
is_host(struct text t)
{
	size_t n_dots = 0;
	char last;

	for (size_t i = 0; i < t.n; i++) {
		char c = t.at[i];

		if (c == '.')
			n_dots++;
		else if ((c < '0' || c > '9') && (c < 'a' || c > 'z') &&
		    (c < 'A' || c > 'Z') && c != '-' && c != '_')
			return false;
	}
	last = t.n > 0 ? t.at[t.n - 1] : '0';
	return n_dots > 0 && (last < '0' || last > '9');
}

/* A token behind the native ones, told by its form. */
static void
take_extra(struct row *row, struct text t, bool quoted)
{
	enum squid_field field = SKIP;

	if (is_bump_mode(t))
		field = BUMP_MODE;
	else if (text_starts(t, "ERR_"))
		field = ERROR_CODE;
	else if (text_starts(t, "SQUID_") || text_find(t, "TLS_LIB_ERR=") >= 0)
		field = ERROR_DETAIL;
	else if (text_starts(t, "X509_V_ERR_"))
		field = CERT_ERRORS;
	else if (text_starts(t, "TLS/") || text_starts(t, "SSL/"))
		field = row->fields[CLIENT_VERSION].n > 0 ? SERVER_VERSION :
		    CLIENT_VERSION;
	else if (quoted && text_find(t, "/") > 0)
		field = AGENT;
	else if (is_host(t))
		field = SNI;
	if (row->fields[field].n == 0)
		row->fields[field] = t;
}

struct tokens {
	size_t n;
	struct text at[TOKENS_MAX];
	bool quoted[TOKENS_MAX];
};

/* "1772615702.284" */
static bool
is_native_time(struct text t)
{
	return t.n == 14 && t.at[10] == '.' &&
	    is_number((struct text){ t.at, 10 }) &&
	    is_number((struct text){ t.at + 11, 3 });
}

/* What stands before the result: the time in any form, its length, the client,
 * by address or by name, and perhaps its port. */
static void
take_head(const struct tokens *t, size_t result, struct row *row)
{
	struct endpoint e;
	size_t client = 0, n_time = 1;

	for (size_t i = 1; i < result && client == 0; i++)
		if (!is_number(t->at[i]) && value_endpoint(t->at[i], false, &e))
			client = i;
	if (client == 0)
		client = result - 1;
	row->fields[CLIENT] = t->at[client];
	if (client + 1 < result && is_number(t->at[client + 1]))
		row->fields[CLIENT_PORT] = t->at[client + 1];
	/* A date and its zone are tokens of their own, a length is none. */
	while (n_time < client && !is_number(t->at[n_time]))
		n_time++;
	row->fields[TIME] = (struct text){ t->at[0].at,
		(size_t)(t->at[n_time - 1].at + t->at[n_time - 1].n -
		t->at[0].at) };
	/* A syslog without colons leaves the program's name. */
	for (size_t i = 1; i < client; i++)
		if (is_native_time(t->at[i]))
			row->fields[TIME] = t->at[i];
}

/* The method and the URL behind it; 0 where they are not there. */
static size_t
find_method(const struct tokens *t, size_t from, size_t to)
{
	for (size_t i = from; i + 1 < to; i++) {
		struct text method = t->at[i], url = t->at[i + 1];

		if (!is_number(method) && (n_capitals(method) == method.n ||
		    text_is(method, "-")) && url.n > 2 &&
		    (text_find(url, ":") > 0 || text_find(url, "/") >= 0 ||
		    is_host(url)) && !is_hierarchy(url))
			return i;
	}
	return 0;
}

/* RESULT/status, then a method and its URL, or these first: in the native order
 * or near it, with what administrators put in between and behind. */
static bool
take_native(const struct tokens *t, struct row *row)
{
	size_t result = 0, method, peer, head;

	while (result < t->n && result < HEAD_MAX && !is_result(t->at[result]))
		result++;
	if (result >= t->n || result == HEAD_MAX)
		return false;
	method = find_method(t, 2, result);
	if (method == 0)
		method = find_method(t, result + 1, t->n);
	if (method == 0)
		return false;
	head = method < result ? method : result;
	peer = method < result ? result + 1 : method + 2;
	if (head > 1)
		take_head(t, head, row);
	else if (head == 1)
		return false;
	row->fields[RESULT] = t->at[result];
	row->fields[METHOD] = t->at[method];
	row->fields[URL] = t->at[method + 1];
	for (size_t i = peer; i < t->n && row->fields[HIERARCHY].n == 0; i++) {
		if (!is_hierarchy(t->at[i]))
			continue;
		row->fields[HIERARCHY] = t->at[i];
		if (i > peer)
			row->fields[USER] = t->at[i - 1];
		peer = i + 1;
	}
	for (size_t i = peer; i < t->n; i++)
		take_extra(row, value_present(t->at[i]), t->quoted[i]);
	return true;
}

/* `common` and `combined`: client - user [time] "METHOD URL HTTP/1.1" status
 * bytes "referer" "agent" RESULT:HIERARCHY. */
static bool
take_common(const struct tokens *t, struct row *row)
{
	struct text request, word;
	size_t pair = 6;

	while (pair < t->n && !is_pair(t->at[pair]))
		pair++;
	if (pair >= t->n || t->at[3].n < 20 || t->at[3].at[0] != '[' ||
	    !t->quoted[4] || !is_number(t->at[5]))
		return false;
	request = t->at[4];
	text_split(&request, ' ', &word);
	row->fields[METHOD] = word;
	text_split(&request, ' ', &word);
	row->fields[URL] = word;
	row->fields[CLIENT] = t->at[0];
	row->fields[USER] = t->at[2];
	row->fields[TIME] = t->at[3];
	row->fields[RESULT] = t->at[pair];
	row->fields[STATUS] = t->at[5];
	if (pair == 9)
		row->fields[AGENT] = t->at[8];
	for (size_t i = pair + 1; i < t->n; i++)
		take_extra(row, value_present(t->at[i]), t->quoted[i]);
	return true;
}

static bool
split_native(struct text line, struct row *row)
{
	struct tokens t;
	char separator;

	if (line.n < 40 || line.at[0] == '{' || line.at[0] == '"' ||
	    (text_find(line, "TCP_") < 0 &&
	    text_find(line, "NONE") < 0 && text_find(line, "UDP_") < 0))
		return false;
	separator = separator_of(line);
	for (t.n = 0; t.n < TOKENS_MAX &&
	    next_token(&line, separator, &t.at[t.n]); t.n++)
		t.quoted[t.n] = t.at[t.n].at + t.at[t.n].n < line.at;
	return take_native(&t, row) || take_common(&t, row);
}

static bool
split_layout(const struct squid *squid, struct text line, struct row *row)
{
	struct text token;
	char separator = separator_of(line);
	unsigned n = 0;

	for (; n < squid->n_layout && next_token(&line, separator, &token); n++)
		row->fields[squid->layout[n]] = token;
	return n == squid->n_layout;
}

static void
read_endpoints(const struct row *row, struct handshake *h)
{
	struct text peer = row->fields[HIERARCHY], word;
	struct endpoint target = { 0 };

	(void)!value_port(row->fields[CLIENT_PORT], &h->client);
	h->server.port = 443;
	if (value_url_port(row->fields[URL], &target))
		h->server.port = target.port;
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

	/* A name that came without a mode is that of a header. */
	if (row->fields[BUMP_MODE].n + row->fields[ERROR_CODE].n > 0)
		value_host(h, row->fields[SNI], HOST_SNI);
	if (h->host.n == 0)
		value_host(h, value_url_host(url),
		    text_is(row->fields[METHOD], "CONNECT") ? HOST_CONNECT :
		    HOST_URL);
}

/* "TCP_TUNNEL/200" or a field of its own; 0 where it is not known, as of
 * transactions that ended before there was an answer. */
static uint64_t
status_of(const struct row *row)
{
	struct text status = row->fields[RESULT], word;
	uint64_t code;

	if (row->fields[STATUS].n > 0)
		status = row->fields[STATUS];
	else
		text_split(&status, '/', &word);
	return text_u64(status, &code) ? code : 0;
}

/* Passed on as it was: what became of it inside is not known. */
static void
passed(const struct row *row, struct handshake *h)
{
	uint64_t status = status_of(row);

	log_bypassed(h);
	if (status >= 400)
		h->outcome = OUTCOME_NETWORK;
	else if (status == 0)
		h->outcome = OUTCOME_UNFINISHED;
}

/*
 * A CONNECT that Squid answered, or made up for an intercepted connection, in
 * order to decrypt what follows; the requests have lines of their own.  One
 * without an answer ended before that.  Where no server was asked, it may still
 * be passed on, which the line of the tunnel tells.
 */
static bool
bumped(const struct row *row, struct handshake *h)
{
	bool asked = row->fields[BUMP_MODE].n > 0 || h->server.family != 0;
	uint64_t status = status_of(row);

	if (!asked || (status != 200 && status != 0))
		return false;
	h->interception = row->fields[BUMP_MODE].n > 0 ? INTERCEPTION_PROVEN :
	    INTERCEPTION_PRESUMED;
	log_accepted(h);
	h->outcome = status == 200 ? OUTCOME_IDLE : OUTCOME_UNFINISHED;
	return true;
}

/* What Squid says went wrong; LINE_NOT_MINE where it says nothing. */
static enum line_result
read_error(const struct row *row, struct handshake *h)
{
	struct text detail = row->fields[ERROR_DETAIL];
	struct text code = row->fields[ERROR_CODE];
	struct text certificate = row->fields[CERT_ERRORS];
	struct text why = detail.n > 0 ? detail : code;

	if (text_starts(code, "ERR_SECURE_ACCEPT_FAIL") ||
	    text_find(detail, "SQUID_TLS_ERR_ACCEPT") >= 0)
		return log_failed(h, LEG_CLIENT, reason_of(detail), why);
	if (certificate.n > 0) {
		log_rejected(h, LEG_SERVER, why.n > 0 ? why : certificate);
		return LINE_HANDSHAKE;
	}
	if (text_starts(code, "ERR_SECURE_CONNECT_FAIL") ||
	    text_find(detail, "SQUID_TLS_ERR_CONNECT") >= 0 ||
	    text_find(detail, "SQUID_ERR_SSL_HANDSHAKE") >= 0)
		return log_failed(h, LEG_SERVER, reason_of(detail), why);
	return LINE_NOT_MINE;
}

/* False where the line tells no handshake. */
static bool
read_outcome(const struct row *row, struct handshake *h)
{
	struct text mode = row->fields[BUMP_MODE];
	struct text result = row->fields[RESULT];
	bool connect = text_is(row->fields[METHOD], "CONNECT");
	bool none = text_starts(result, "NONE") ||
	    text_starts(result, "TAG_NONE");
	enum line_result error = read_error(row, h);

	if (error != LINE_NOT_MINE)
		return error == LINE_HANDSHAKE;
	if (!connect) {
		if (!text_starts(row->fields[URL], "https://"))
			return false;
		log_accepted(h);
		return true;
	}
	if (text_is(mode, "terminate")) {
		log_refused(h, LEG_CLIENT, (struct text){ 0 });
		h->interception = INTERCEPTION_NONE;
	} else if (text_is(mode, "splice") || text_is(mode, "none")) {
		passed(row, h);
	} else if (none || text_is(mode, "bump")) {
		return (mode.n == 0 || text_is(mode, "bump")) && bumped(row, h);
	} else if (mode.n == 0 && (text_starts(result, "TCP_TUNNEL") ||
	    (text_starts(result, "TCP_MISS") && status_of(row) == 200))) {
		passed(row, h); /* TCP_MISS: before 3.5 */
	} else {
		return false;
	}
	return true;
}

static int
hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ?
	    c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* "%C3%AB": user names come as in URLs. */
static struct text
unescape(struct log *log, struct text t)
{
	char *out;
	size_t n = 0;
	int high, low;

	if (t.n == 0 || memchr(t.at, '%', t.n) == NULL)
		return t;
	out = log_scratch(log, t.n);
	for (size_t i = 0; i < t.n; i++) {
		high = t.at[i] == '%' && i + 2 < t.n ?
		    hex_digit(t.at[i + 1]) : -1;
		low = high >= 0 ? hex_digit(t.at[i + 2]) : -1;
		out[n++] = (char)(low >= 0 ? high * 16 + low : t.at[i]);
		if (low >= 0)
			i += 2;
	}
	return (struct text){ out, n };
}

/* The client where Squid was told to resolve its name. */
static bool
is_name(struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.at[i];

		if ((c < '0' || c > '9') && (c < 'a' || c > 'z') &&
		    (c < 'A' || c > 'Z') && c != '-' && c != '.' && c != '_')
			return false;
	}
	return t.n > 0 && (t.at[0] < '0' || t.at[0] > '9');
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
	    !split_native(line, &row))
		return LINE_NOT_MINE;
	/* A date and the client's address may pass for syslog's header. */
	if (squid->n_layout == 0 && row.fields[CLIENT].n == 0) {
		row.fields[CLIENT] = log_wrapper(log)->host;
		if (!value_endpoint(row.fields[CLIENT], false, &h->client))
			return LINE_NOT_MINE;
	}
	for (size_t i = 0; i < N_FIELDS; i++)
		row.fields[i] = value_present(row.fields[i]);
	if (!value_time(log, row.fields[TIME], &h->hello.time))
		h->hello.time = log_wrapper_time(log);
	if (row.fields[CLIENT].n > 0 &&
	    !value_endpoint(row.fields[CLIENT], false, &h->client)) {
		if (!is_name(row.fields[CLIENT]))
			return log_bad(log, 3, "client", row.fields[CLIENT],
			    "an IP address");
		h->device = row.fields[CLIENT]; /* log_fqdn on */
	}
	h->transport = TRANSPORT_TCP;
	read_endpoints(&row, h);
	h->user = unescape(log, row.fields[USER]);
	h->agent = row.fields[AGENT];
	read_host(&row, h);
	if (!read_outcome(&row, h))
		return LINE_IGNORED;
	if (h->server.family == 0) /* an intercepted connection's CONNECT */
		(void)!value_address(value_url_host(row.fields[URL]),
		    &h->server);
	h->chosen.version = value_version(h->leg == LEG_SERVER ?
	    row.fields[SERVER_VERSION] : row.fields[CLIENT_VERSION]);
	return LINE_HANDSHAKE;
}

const struct log_format log_format_squid = {
	.name = "squid",
	.title = "Squid access.log, native or by --squid-format",
	.product = "squid",
	.sign = "RESULT/status, a method and a URL; or RESULT:HIERARCHY",
	.state_size = sizeof(struct squid),
	.read = squid_read,
};
