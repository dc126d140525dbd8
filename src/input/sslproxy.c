/*
 * sslproxy.c - sslsplit and SSLproxy: connect log and error messages.
 *
 *     2026-03-04 09:15:02 UTC ssl 192.0.2.44 50112 198.51.100.20 443
 *     sni:client.dropbox.com names:*.dropbox.com/dropbox.com sproto:TLSv1.2:...
 *     Error from src bufferevent: 0:- 336151576:1048:tlsv1 alert unknown ca:...
 *
 * src is the client leg, dst the server leg.  The connect line is written when
 * both legs are up; the error message names neither client nor host.  Source:
 * sslsplit 0.4 to 0.5 and SSLproxy 0.9, pxyconn.c and pxyssl.c (messages only).
 */
#include <string.h>

#include "base/clock.h"
#include "input/value.h"
#include "knowledge/ciphers.h"

static bool
next(struct text *t, struct text *word)
{
	*t = text_trim(*t);
	if (t->n == 0)
		return false;
	text_split(t, ' ', word);
	return true;
}

/* Who wrote: "src", "dst", or nobody, as sslsplit until 0.5.0, where OpenSSL's
 * function may tell. */
static bool
take_side(struct text *t, enum leg *leg)
{
	static const struct {
		const char *prefix;
		enum leg leg;
	} sides[] = {
		{ "Error from src bufferevent:", LEG_CLIENT },
		{ "Error from dst bufferevent:", LEG_SERVER },
		{ "Error from bufferevent:", LEG_UNKNOWN },
	};
	static const char *const levels[] = { "ERROR: ", "CRITICAL: ",
		"WARNING: ", "NOTICE: ", "INFO: ", "FINE: " };

	for (size_t i = 0; i < N_ITEMS(levels); i++)
		if (text_skip(t, levels[i]))
			break;
	for (size_t i = 0; i < N_ITEMS(sides); i++) {
		if (!text_skip(t, sides[i].prefix))
			continue;
		*t = text_trim(*t);
		*leg = sides[i].leg;
		if (*leg == LEG_UNKNOWN && text_find(*t, "GET_SERVER") > 0)
			*leg = LEG_SERVER;
		else if (*leg == LEG_UNKNOWN && text_find(*t, "GET_CLIENT") > 0)
			*leg = LEG_CLIENT;
		return true;
	}
	return false;
}

/* "0:- 336151576:1048:tlsv1 alert unknown ca:20:SSL routines:148:FUNCTION". */
static enum line_result
read_error(struct log *log, struct text whole, struct text t, enum leg leg,
    struct handshake *h)
{
	struct text number, word;
	struct reason reason;
	uint64_t system, code = 0;

	text_split(&t, ':', &number);
	if (!value_number(number, &system))
		return log_bad(log, 0, "errno", number, "a number");
	reason = reason_of(t);
	/* The text of the system's error may hold blanks, no colon. */
	if (text_split(&t, ':', &word)) {
		while (text_split(&word, ' ', &number))
			;
		if (text_u64(number, &code) && reason.kind == REASON_NONE)
			reason = reason_of_code((uint32_t)code);
	}
	h->hello.time = log_wrapper_time(log);
	h->transport = TRANSPORT_TCP;
	if (reason.kind != REASON_ALERT && system != 0) {
		/* Only the origin is connected to. */
		if (leg == LEG_UNKNOWN && (value_contains(whole, "refused") ||
		    value_contains(whole, "unreachable") ||
		    value_contains(whole, "no route")))
			leg = LEG_SERVER;
		log_network(h, leg, whole);
		return LINE_HANDSHAKE;
	}
	return log_failed(h, leg, reason, whole);
}

/* "sni:", "sproto:" and their like, in any order. */
static void
read_attribute(struct text word, struct handshake *h)
{
	struct text name, value = word;

	if (!text_split(&value, ':', &name))
		return;
	value = value_present(value);
	if (text_is(name, "sni")) {
		value_host(h, value, HOST_SNI);
	} else if (text_is(name, "names") && h->host.n == 0 && value.n > 0) {
		text_split(&value, '/', &name);
		value_host(h, name, HOST_CERTIFICATE);
	} else if (text_is(name, "sproto")) {
		text_split(&value, ':', &name);
		h->chosen.version = value_version(name);
		h->chosen.cipher = cipher_by_name(value);
		h->chosen.seen = h->chosen.version != 0;
	} else if (text_is(name, "user")) {
		h->user = value;
	}
}

static bool
is_decrypted(struct text kind)
{
	static const char *const kinds[] = { "ssl", "https", "upgrade",
		"autossl", "pop3s", "smtps" };

	for (size_t i = 0; i < N_ITEMS(kinds); i++)
		if (text_is(kind, kinds[i]))
			return true;
	return false;
}

static enum line_result
read_connection(struct log *log, struct text kind, struct text t,
    struct handshake *h)
{
	struct text field[4], word;
	struct endpoint *ends[2] = { &h->client, &h->server };

	if (!is_decrypted(kind) && !text_is(kind, "passthrough"))
		return LINE_IGNORED;
	for (size_t i = 0; i < 4; i++)
		if (!next(&t, &field[i]))
			return log_bad(log, (unsigned)i + 5, NULL, t,
			    "two addresses with their ports");
	for (size_t i = 0; i < 2; i++)
		if (!value_address(field[2 * i], ends[i]) ||
		    !value_port(field[2 * i + 1], ends[i]))
			return log_bad(log, (unsigned)(2 * i) + 5, NULL,
			    field[2 * i], "an IP address and a port");
	h->transport = TRANSPORT_TCP;
	while (next(&t, &word))
		read_attribute(word, h);
	if (text_is(kind, "passthrough"))
		log_bypassed(h);
	else
		log_accepted(h);
	return LINE_HANDSHAKE;
}

static bool
is_kind(struct text word)
{
	return is_decrypted(word) || text_is(word, "passthrough") ||
	    text_is(word, "tcp") || text_is(word, "http") ||
	    text_is(word, "pop3") || text_is(word, "smtp");
}

/* Whether four words follow that can only be two addresses with their ports: on
 * its own terminal sslsplit writes no time. */
static bool
has_ends(struct text t)
{
	struct endpoint e;
	struct text word;

	for (size_t i = 0; i < 4; i++)
		if (!next(&t, &word) || (i % 2 == 0 ?
		    !value_address(word, &e) : !value_port(word, &e)))
			return false;
	return true;
}

/* What is written only for debugging: it tells no more than the errors do. */
static bool
is_debug(struct text t)
{
	static const char *const begins[] = { "Additional SSL error:",
		"SNI peek: [", "===> Original server cert",
		"===> Forged server cert", "SSL_free() in state" };

	for (size_t i = 0; i < N_ITEMS(begins); i++)
		if (text_starts(t, begins[i]))
			return true;
	return false;
}

static enum line_result
sslproxy_read(struct log *log, void *state, struct handshake *h)
{
	struct text t = log_payload(log), stamp, kind, whole = t;
	bool zoned, marked = true;
	enum leg leg;

	(void)state;
	if (take_side(&t, &leg))
		return read_error(log, whole, t, leg, h);
	t = whole;
	if (is_debug(t))
		return LINE_IGNORED;
	h->hello.time = log_wrapper_time(log);
	/* The stamp may pass for syslog's. */
	if ((t.n <= 24 || t.at[4] != '-') && log->line.n > 24 &&
	    log->line.at[4] == '-')
		t = log->line;
	if (t.n > 24 && t.at[4] == '-' && t.at[10] == ' ' &&
	    memcmp(t.at + 19, " UTC ", 5) == 0) {
		stamp = (struct text){ t.at, 19 };
		if (!clock_parse_iso(stamp, &h->hello.time, &zoned))
			return log_bad(log, 1, "time", stamp, "a time");
		t.at += 24;
		t.n -= 24;
	} else {
		t = log_payload(log);
		marked = text_starts(t, "CONN: ");
	}
	if (text_starts(t, "CONN: ")) {
		t.at += 6;
		t.n -= 6;
	}
	if (!next(&t, &kind) || !is_kind(kind) || (!marked && !has_ends(t)))
		return LINE_NOT_MINE;
	return read_connection(log, kind, t, h);
}

const struct log_format log_format_sslproxy = {
	.name = "sslproxy",
	.title = "sslsplit and SSLproxy, connect log and errors",
	.product = "sslproxy",
	.sign = "a time in UTC and ssl, https or passthrough; or \"Error from "
		"src bufferevent:\"",
	.read = sslproxy_read,
};
