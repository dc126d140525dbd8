/*
 * squid.c - Squid access.log, native, combined or by a given logformat.
 *
 *     1772615702.284     87 192.0.2.44 NONE_NONE/200 0 CONNECT
 *     client.dropbox.com:443 - HIER_DIRECT/198.51.100.20 - bump ...
 *
 * Squid 3.5 and later peek at a connection, then splice or bump it: the CONNECT
 * has a line when that is decided, and a tunnel or the decrypted requests have
 * theirs.  Source: squid.conf reference, directives ssl_bump and logformat;
 * src/LogTags.cc.
 */
#include <stdio.h>
#include <string.h>

#include "input/squid.h"
#include "input/value.h"

struct squid {
	bool opened;
	struct squid_layout layout; /* with --squid-format */
	uint64_t n_lines, n_fit; /* lines seen, and those in that layout */
};

static void
read_endpoints(const struct squid_row *row, struct handshake *h)
{
	struct text peer = row->fields[HIERARCHY], word = { 0 };
	struct endpoint target = { 0 };

	(void)!value_port(row->fields[CLIENT_PORT], &h->client);
	h->server.port = 443;
	if (value_url_port(row->fields[URL], &target))
		h->server.port = target.port;
	if (row->fields[SERVER].n > 0)
		peer = row->fields[SERVER];
	else
		text_split(&peer, '/', &word);
	/* Another proxy is not whom the client speaks with. */
	if (peer.n > 0 && text_find(word, "PARENT") < 0 &&
	    text_find(word, "SIBLING") < 0)
		(void)!value_address(peer, &h->server);
}

static void
read_host(const struct squid_row *row, struct handshake *h)
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
status_of(const struct squid_row *row)
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
passed(const struct squid_row *row, struct handshake *h)
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
bumped(const struct squid_row *row, struct handshake *h)
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
read_error(const struct squid_row *row, struct handshake *h)
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
read_outcome(const struct squid_row *row, struct handshake *h)
{
	struct text mode = row->fields[BUMP_MODE];
	struct text result = row->fields[RESULT];
	bool connect = text_is(row->fields[METHOD], "CONNECT");
	/* Cisco's Web Appliance writes Squid's format, and TCP_MISS_SSL where it
	 * decrypts. */
	bool none = text_starts(result, "NONE") ||
	    text_starts(result, "TAG_NONE") || text_find(result, "_SSL") >= 0;
	/* The last two: until 3.4. */
	bool bump = text_is(mode, "bump") || text_is(mode, "server-first") ||
	    text_is(mode, "client-first");
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
	} else if (none && mode.n == 0 && status_of(row) >= 500) {
		/* No server was reached, whatever Squid meant to do. */
		log_network(h, LEG_UNKNOWN, (struct text){ 0 });
		h->interception = INTERCEPTION_UNKNOWN;
	} else if (none || bump) {
		return (mode.n == 0 || bump) && bumped(row, h);
	} else if (text_starts(result, "TCP_TUNNEL") || (mode.n == 0 &&
	    text_starts(result, "TCP_MISS") && status_of(row) == 200)) {
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

/* By --squid-format, or by the form of the fields.  LINE_HANDSHAKE where that
 * worked; a line that has Squid's form but not the format's is damaged. */
static enum line_result
split(struct log *log, struct squid *squid, struct text line,
    struct squid_row *row)
{
	static const struct squid_row nothing;

	if (squid->layout.n == 0)
		return squid_split(log, line, row) ? LINE_HANDSHAKE :
		    LINE_NOT_MINE;
	squid->n_lines++;
	if (squid->layout.n_known > 0 &&
	    squid_split_layout(&squid->layout, line, row)) {
		squid->n_fit++;
		return LINE_HANDSHAKE;
	}
	*row = nothing;
	return squid_split(log, line, row) ? log_bad(log, 0, NULL, line,
	    "the fields of --squid-format in their order") : LINE_NOT_MINE;
}

static enum line_result
squid_read(struct log *log, void *state, struct handshake *h)
{
	struct squid *squid = state;
	struct squid_row row = { 0 };
	struct text line = log_payload(log);
	enum line_result result;

	if (!squid->opened) {
		squid->opened = true;
		if (log->options->squid_format != NULL)
			squid_layout_learn(&squid->layout,
			    log->options->squid_format);
	}
	result = split(log, squid, line, &row);
	if (result != LINE_HANDSHAKE)
		return result;
	/* A date and the client's address may pass for syslog's header. */
	if (squid->layout.n == 0 && row.fields[CLIENT].n == 0) {
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

#define ADVICE "  copy the logformat line of squid.conf behind its name, or "   \
	"leave the option out: fields of known forms are found without it"

/* Nothing was read by the format that the user gave: say so, and what to do. */
static void
squid_finish(struct log *log, void *state)
{
	const struct squid *squid = state;

	if (squid->layout.n == 0 || squid->n_fit > 0 || squid->n_lines == 0 ||
	    log->options->verbose < 0)
		return;
	if (squid->layout.n_known == 0)
		error_warn("--squid-format \"%s\" has none of the codes of "
		    "squid.conf's logformat that tell a connection, such as "
		    "%%>a, %%Ss, %%rm and %%ru\n" ADVICE,
		    log->options->squid_format);
	else
		error_warn("%s: none of %llu lines has the %u fields of "
		    "--squid-format in their order\n" ADVICE, log->name,
		    (unsigned long long)squid->n_lines, squid->layout.n);
}

const struct log_format log_format_squid = {
	.name = "squid",
	.title = "Squid access.log, native or by --squid-format",
	.product = "squid",
	.sign = "RESULT/status, a method and a URL; or RESULT:HIERARCHY",
	.state_size = sizeof(struct squid),
	.read = squid_read,
	.finish = squid_finish,
};
