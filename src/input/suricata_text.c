/*
 * suricata_text.c - Suricata's logs for people: tls.log, and the TLS errors that
 * fast.log tells.
 *
 *     03/04/2026-09:15:02.118233 192.0.2.44:50112 -> 198.51.100.20:443  TLS:
 *     Subject='CN=a.example' Issuerdn='CN=An Issuer' SNI='a.example' VERSION=...
 *     03/04/2026-09:15:02.130001  [**] [1:2230009:1] SURICATA TLS error message
 *     encountered [**] [Classification: ...] [Priority: 3] {TCP} 192.0.2.44:50112
 *     -> 198.51.100.20:443
 *
 * tls.log has a line for each handshake that was done, and what stands behind
 * the issuer only where `extended` is set; IPv6 addresses have no brackets.  The
 * time is the sensor's own, without a zone.  Source: Suricata 3 to 7,
 * log-tlslog.c and alert-fastlog.c.
 */
#include <string.h>

#include "base/clock.h"
#include "input/dn.h"
#include "input/value.h"

enum { TIME_MIN = 19 /* "03/04/2026-09:15:02" */ };

/* "03/04/2026-09:15:02.118233", the year perhaps left out. */
static bool
read_time(struct log *log, struct text t, int64_t *out)
{
	char *iso;

	if (t.n < TIME_MIN || t.n > 32)
		return false;
	iso = log_scratch(log, t.n);
	memcpy(iso, t.at + 6, 4);
	iso[4] = '-';
	memcpy(iso + 5, t.at, 2);
	iso[7] = '-';
	memcpy(iso + 8, t.at + 3, 2);
	iso[10] = 'T';
	memcpy(iso + 11, t.at + 11, t.n - 11);
	return value_time(log, (struct text){ iso, t.n }, out);
}

static bool
begins_with_time(struct text line)
{
	return line.n > 60 && line.at[2] == '/' && line.at[5] == '/' &&
	    line.at[10] == '-' && line.at[13] == ':' && line.at[16] == ':';
}

/* "192.0.2.44:50112 -> 198.51.100.20:443" */
static bool
read_endpoints(struct text *t, struct handshake *h)
{
	struct text client, arrow, server;

	*t = text_trim(*t);
	return text_split(t, ' ', &client) && text_split(t, ' ', &arrow) &&
	    text_is(arrow, "->") && (text_split(t, ' ', &server),
	    value_endpoint(client, true, &h->client)) &&
	    value_endpoint(server, true, &h->server);
}

/* The value of "SNI='a.example'": its quote ends it where a blank or the line's
 * end follows, since names may have quotes in them. */
static struct text
quoted(struct text line, const char *key)
{
	struct text t = { 0 };

	if (!text_behind(&line, key))
		return t;
	t.at = line.at;
	while (t.n < line.n && !(line.at[t.n] == '\'' &&
	    (t.n + 1 == line.n || line.at[t.n + 1] == ' ')))
		t.n++;
	return t;
}

static void
read_certificate(struct log *log, struct text line, struct handshake *h)
{
	struct text subject = quoted(line, " Subject='");
	struct text issuer = quoted(line, " Issuerdn='");
	struct certificate c;

	if (subject.n + issuer.n == 0)
		return;
	dn_certificate(log, subject, issuer, &c);
	c.serial = quoted(line, " SERIAL='");
	if (!value_time(log, quoted(line, " NOTBEFORE='"), &c.not_before))
		c.not_before = CLOCK_UNKNOWN;
	if (!value_time(log, quoted(line, " NOTAFTER='"), &c.not_after))
		c.not_after = CLOCK_UNKNOWN;
	h->certificate = log_certificate(log, &c);
}

/* A line of tls.log is written when the handshake is done. */
static enum line_result
read_tls(struct log *log, struct text line, struct handshake *h)
{
	if (!read_endpoints(&line, h))
		return log_bad(log, 2, "addresses", line,
		    "CLIENT:PORT -> SERVER:PORT");
	read_certificate(log, line, h);
	value_host(h, value_present(quoted(line, " SNI='")), HOST_SNI);
	h->chosen.version = value_version(quoted(line, " VERSION='"));
	h->chosen.seen = h->chosen.version != 0;
	h->outcome = OUTCOME_ACCEPTED;
	h->sign = SIGN_NONE;
	if (h->chosen.version == 0x0304 &&
	    text_find(line, " Session='resumed'") > 0)
		h->resumption = RESUMPTION_PSK;
	return LINE_HANDSHAKE;
}

/* The packet of the alert may have come from either side. */
static enum line_result
read_error(struct log *log, struct text line, struct handshake *h)
{
	static const struct text words = TEXT_INIT("TLS error message "
						   "encountered");
	long at = text_find(line, "} ");
	struct text rest = { line.at + at + 2, line.n - (size_t)at - 2 };
	struct endpoint client;
	bool server;

	if (at < 0 || !read_endpoints(&rest, h))
		return log_bad(log, 0, "addresses", line,
		    "{TCP} CLIENT:PORT -> SERVER:PORT at its end");
	server = h->client.port < 1024 && h->server.port >= 1024;
	if (server) {
		client = h->server;
		h->server = h->client;
		h->client = client;
	}
	log_alerted(h, LEG_UNKNOWN, server ? SIDE_SERVER : SIDE_CLIENT, -1,
	    words);
	h->interception = INTERCEPTION_UNKNOWN;
	return LINE_HANDSHAKE;
}

static enum line_result
suricata_text_read(struct log *log, void *state, struct handshake *h)
{
	struct text line = log_payload(log), time, rest;
	bool tls, error;

	(void)state;
	if (!begins_with_time(line))
		return LINE_NOT_MINE;
	/* A resumed session has no certificate: "TLS: Session='resumed'". */
	tls = text_find(line, "  TLS: ") > 0;
	/* rules/tls-events.rules: "TLS error message encountered" */
	error = text_find(line, "[1:2230009:") > 0;
	if (!tls && !error)
		return text_find(line, " [**] [") > 0 ? LINE_IGNORED :
		    LINE_NOT_MINE;
	rest = line;
	text_split(&rest, ' ', &time);
	if (!read_time(log, time, &h->hello.time))
		return log_bad(log, 1, "time", time,
		    "a time such as 03/04/2026-09:15:02.118233");
	h->transport = TRANSPORT_TCP;
	return tls ? read_tls(log, rest, h) : read_error(log, rest, h);
}

const struct log_format log_format_suricata_text = {
	.name = "suricata-text",
	.title = "Suricata tls.log, and the TLS errors of fast.log",
	.sign = "MM/DD/YYYY-HH:MM:SS, two addresses and TLS: Subject=, or "
		"[1:2230009:",
	.read = suricata_text_read,
};
