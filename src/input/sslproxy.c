/*
 * sslproxy.c - sslsplit and SSLproxy: connect log and error messages.
 *
 *     2026-03-04 09:15:02 UTC ssl 192.0.2.44 50112 198.51.100.20 443
 *     sni:client.dropbox.com names:*.dropbox.com/dropbox.com sproto:TLSv1.2:...
 *     Error from src bufferevent: 0:- 336151576:1048:tlsv1 alert unknown ca:...
 *
 * src is the client leg, dst the server leg.  The connect line is written when
 * both legs are up; the error message names neither client nor host.  Source:
 * sslsplit 0.5 and SSLproxy 0.9, pxyconn.c and pxyssl.c (messages only).
 */
#include <string.h>

#include "base/clock.h"
#include "input/value.h"
#include "knowledge/alerts.h"

enum { ERROR_BASE = 1000 /* OpenSSL's reason of alert 0 */ };

static bool
next(struct text *t, struct text *word)
{
	*t = text_trim(*t);
	if (t->n == 0)
		return false;
	text_split(t, ' ', word);
	return true;
}

/* "0:- 336151576:1048:tlsv1 alert unknown ca:20:SSL routines:148:FUNCTION". */
static enum line_result
read_error(struct log *log, struct text t, struct handshake *h)
{
	bool source = text_starts(t, "Error from src bufferevent:");
	struct text whole = t, number, word;
	uint64_t system, reason;
	int code;

	t.at += strlen("Error from src bufferevent:");
	t.n -= strlen("Error from src bufferevent:");
	t = text_trim(t);
	text_split(&t, ':', &number);
	if (!value_number(number, &system))
		return log_bad(log, 0, "errno", number, "a number");
	code = alert_in_message(t);
	text_split(&t, ' ', &word);
	if (text_split(&t, ':', &word) && text_split(&t, ':', &word) &&
	    code < 0 && value_number(word, &reason) && reason > ERROR_BASE &&
	    reason <= ERROR_BASE + 255)
		code = (int)(reason - ERROR_BASE);
	h->hello.time = log_wrapper_time(log);
	h->transport = TRANSPORT_TCP;
	if (code >= 0)
		log_alerted(h, source ? LEG_CLIENT : LEG_SERVER,
		    source ? SIDE_CLIENT : SIDE_SERVER, code, whole);
	else if (system != 0)
		log_network(h, source ? LEG_CLIENT : LEG_SERVER, whole);
	else
		log_rejected(h, source ? LEG_CLIENT : LEG_SERVER, whole);
	return LINE_HANDSHAKE;
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

static enum line_result
sslproxy_read(struct log *log, void *state, struct handshake *h)
{
	struct text t = log_payload(log), stamp, kind;
	bool zoned, marked;

	(void)state;
	if (text_starts(t, "Error from src bufferevent:") ||
	    text_starts(t, "Error from dst bufferevent:"))
		return read_error(log, t, h);
	if (text_starts(t, "Error from bufferevent:")) {
		/* SSLproxy does not always say which side; so neither do we. */
		log_rejected(h, LEG_UNKNOWN, t);
		h->hello.time = log_wrapper_time(log);
		return LINE_HANDSHAKE;
	}
	if (text_starts(t, "Additional SSL error:"))
		return LINE_IGNORED;
	h->hello.time = log_wrapper_time(log);
	if (t.n <= 24 || t.at[4] != '-') {
		t = log->line; /* the stamp may pass for syslog's */
		marked = t.n > 24 && t.at[4] == '-';
		t = marked ? t : log_payload(log);
	}
	if (t.n > 24 && t.at[4] == '-' && t.at[10] == ' ' &&
	    memcmp(t.at + 19, " UTC ", 5) == 0) {
		stamp = (struct text){ t.at, 19 };
		if (!clock_parse_iso(stamp, &h->hello.time, &zoned))
			return log_bad(log, 1, "time", stamp, "a time");
		t.at += 24;
		t.n -= 24;
	} else if (!text_starts(t, "CONN: ")) {
		return LINE_NOT_MINE;
	}
	if (text_starts(t, "CONN: ")) {
		t.at += 6;
		t.n -= 6;
	}
	if (!next(&t, &kind) || !is_kind(kind))
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
