/*
 * squid_row.c - a line of Squid's access.log -> its fields.
 *
 * Administrators write logformats of their own, mostly the native one with codes
 * in between or behind.  So each token is told by its form: RESULT/status, a
 * method and its URL, HIERARCHY/peer, and for TLS a bump mode, X509_V_ERR_ names,
 * ERR_ codes, SQUID_TLS_ERR_ details.  `combined` and its kin end with
 * RESULT:HIERARCHY.  Splunk's has keys and values.  Source: squid.conf reference,
 * directive logformat, Squid 2.6 to 7.
 */
#include <string.h>

#include "input/pairs.h"
#include "input/squid.h"
#include "input/value.h"

enum { HEAD_MAX = 12 /* tokens before the result: a long date, addresses */ };

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
take_extra(struct squid_row *row, struct text t, bool quoted)
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
	struct text at[SQUID_TOKENS_MAX];
	bool quoted[SQUID_TOKENS_MAX];
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
take_head(const struct tokens *t, size_t result, struct squid_row *row)
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
take_native(const struct tokens *t, struct squid_row *row)
{
	size_t result = 0, method, peer, head;
	struct endpoint client;

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
	else if (head == 1 && value_endpoint(t->at[0], false, &client))
		row->fields[CLIENT] = t->at[0]; /* and no time */
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

/* "CONNECT www.example:443 HTTP/1.1" */
static bool
take_request(struct text t, struct squid_row *row)
{
	struct text method, url;

	if (!text_split(&t, ' ', &method) || !text_split(&t, ' ', &url) ||
	    !text_starts(t, "HTTP/") || n_capitals(method) != method.n)
		return false;
	row->fields[METHOD] = method;
	row->fields[URL] = url;
	return true;
}

/* What stands before the request of `common`: client - user [time]; others put
 * the time first and without brackets. */
static void
take_common_head(const struct tokens *t, size_t request, struct squid_row *row)
{
	struct endpoint e;
	size_t client = 0;

	while (client + 1 < request &&
	    !value_endpoint(t->at[client], false, &e))
		client++;
	row->fields[CLIENT] = t->at[client];
	row->fields[TIME] = t->at[client > 0 ? 0 : request - 1];
	if (client + 2 < request)
		row->fields[USER] = t->at[client + 2];
}

/* `common`, `combined` and what is near: client - user [time] "METHOD URL
 * HTTP/1.1" status bytes "referer" "agent" RESULT:HIERARCHY. */
static bool
take_common(const struct tokens *t, struct squid_row *row)
{
	size_t request = 1, pair;

	while (request < t->n && request < HEAD_MAX &&
	    !(t->quoted[request] && take_request(t->at[request], row)))
		request++;
	pair = request + 1;
	while (pair < t->n && !is_pair(t->at[pair]))
		pair++;
	if (pair >= t->n || request == HEAD_MAX)
		return false;
	take_common_head(t, request, row);
	row->fields[RESULT] = t->at[pair];
	for (size_t i = request + 1; i < pair; i++) {
		if (is_number(t->at[i]) && row->fields[STATUS].n == 0)
			row->fields[STATUS] = t->at[i];
		else if (t->quoted[i] && i > request + 3)
			row->fields[AGENT] = t->at[i];
	}
	for (size_t i = pair + 1; i < t->n; i++)
		take_extra(row, value_present(t->at[i]), t->quoted[i]);
	return true;
}

/* The keys of Splunk's logformat, and some that others give. */
static const struct {
	const char *key;
	enum squid_field field;
} keys[] = {
	{ "src_ip", CLIENT },
	{ "src_port", CLIENT_PORT },
	{ "dest_ip", SERVER },
	{ "user", USER },
	{ "http_method", METHOD },
	{ "url", URL },
	{ "http_user_agent", AGENT },
	{ "status", STATUS },
	{ "vendor_action", RESULT },
	{ "dest_status", HIERARCHY },
	{ "sni", SNI },
	{ "bump_mode", BUMP_MODE },
	{ "err_code", ERROR_CODE },
	{ "err_detail", ERROR_DETAIL },
};

/* "1772615702.284 logformat=splunk_recommended_squid duration=74 src_ip=..." */
static bool
take_pairs(struct log *log, struct text line, struct squid_row *row)
{
	struct pairs pairs;

	kv_pairs(log, line, '=', " ", &pairs);
	text_split(&line, ' ', &row->fields[TIME]);
	for (size_t i = 0; i < N_ITEMS(keys); i++)
		row->fields[keys[i].field] = pairs_get(&pairs, keys[i].key);
	return row->fields[RESULT].n > 0 && row->fields[CLIENT].n > 0;
}

bool
squid_split(struct log *log, struct text line, struct squid_row *row)
{
	struct tokens t;
	char separator;

	if (line.n < 40 || line.at[0] == '{' || line.at[0] == '"' ||
	    (text_find(line, "TCP_") < 0 && text_find(line, "NONE") < 0 &&
	    text_find(line, "UDP_") < 0))
		return false;
	if (text_find(line, " vendor_action=") > 0)
		return take_pairs(log, line, row);
	separator = separator_of(line);
	for (t.n = 0; t.n < SQUID_TOKENS_MAX &&
	    next_token(&line, separator, &t.at[t.n]); t.n++)
		t.quoted[t.n] = t.at[t.n].at + t.at[t.n].n < line.at;
	return take_native(&t, row) || take_common(&t, row);
}

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

void
squid_layout_learn(struct squid_layout *layout, const char *format)
{
	static const char *const built_in[] = { "squid", "common", "combined",
		"squidmime" };
	struct text rest = text_of(format), token;

	for (size_t i = 0; i < N_ITEMS(built_in); i++)
		if (text_is(rest, built_in[i]))
			return;
	while (rest.n > 0 && layout->n < SQUID_TOKENS_MAX) {
		text_split(&rest, ' ', &token);
		if (token.n == 0)
			continue;
		layout->at[layout->n] = (uint8_t)code_of(token);
		layout->n_known += layout->at[layout->n++] != SKIP;
	}
}

/* Words that no other field would have, where the layout has them. */
static bool
is_plausible(const struct squid_row *row)
{
	struct text result = row->fields[RESULT];
	struct text method = row->fields[METHOD];

	return (result.n == 0 || (n_capitals(result) >= 3 &&
	    !(result.at[0] >= '0' && result.at[0] <= '9'))) &&
	    (method.n == 0 || n_capitals(method) == method.n ||
	    text_is(method, "-")) &&
	    (row->fields[URL].n == 0 || !is_result(row->fields[URL]));
}

bool
squid_split_layout(const struct squid_layout *layout, struct text line,
    struct squid_row *row)
{
	struct text token;
	char separator = separator_of(line);
	unsigned n = 0;

	for (; n < layout->n && next_token(&line, separator, &token); n++)
		row->fields[layout->at[n]] = token;
	return n == layout->n && is_plausible(row);
}
