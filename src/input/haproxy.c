/*
 * haproxy.c - HAProxy's connection errors and its httpslog.
 *
 *     192.0.2.44:50112 [04/Mar/2026:09:15:02.118] ft-https/1: SSL handshake
 *     failure (error:0A000418:SSL routines::tlsv1 alert unknown ca)
 *     192.0.2.44:50113 [...] ft-https~ -/- 34/A000416/0/0/0 host/TLSv1.3/CIPHER
 *
 * HAProxy ends TLS itself: its clients speak the client leg.  Source: HAProxy
 * configuration manual, sections 8.2.5 and 8.2.6 (error and HTTPS log formats).
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "input/value.h"
#include "knowledge/alerts.h"

/* What the codes of fc_err, and the messages, mean. */
enum meaning { CLOSED, FAILED, TIMEOUT, CLIENT_CERTIFICATE, SERVER_CERTIFICATE };

static const struct {
	unsigned code;
	const char *message;
	enum meaning meaning;
} errors[] = {
	{ 24, "Connection closed during SSL handshake", CLOSED },
	{ 25, "Connection error during SSL handshake", CLOSED },
	{ 26, "Timeout during SSL handshake", TIMEOUT },
	{ 30, "SSL client CA chain cannot be verified", CLIENT_CERTIFICATE },
	{ 31, "SSL client certificate not trusted", CLIENT_CERTIFICATE },
	{ 32, "Server presented an SSL certificate different from the "
	    "configured one", SERVER_CERTIFICATE },
	{ 33, "Server presented an SSL certificate different from the expected "
	    "one", SERVER_CERTIFICATE },
	{ 34, "SSL handshake failure", FAILED },
	{ 35, "SSL handshake failure after heartbeat", FAILED },
	{ 35, "Stopped a TLSv1 heartbeat attack", FAILED },
	{ 43, "SSL fatal error", FAILED },
};

static void
tell(enum meaning meaning, int alert, struct text text, struct handshake *h)
{
	switch (meaning) {
	case CLOSED:
		log_rejected(h, LEG_CLIENT, text);
		h->close_by = SIDE_CLIENT;
		break;
	case FAILED:
		log_alerted(h, LEG_CLIENT, SIDE_CLIENT, alert, text);
		break;
	case TIMEOUT:
		log_network(h, LEG_CLIENT, text);
		break;
	case CLIENT_CERTIFICATE:
		h->certificate_requested = TRUTH_YES;
		log_refused(h, LEG_CLIENT, text);
		break;
	case SERVER_CERTIFICATE:
		log_rejected(h, LEG_SERVER, text);
		break;
	}
}

/* "frontend/bind: message". */
static enum line_result
read_message(struct text t, struct handshake *h)
{
	struct text message = t, frontend;
	size_t longest = 0;
	long best = -1;

	if (!text_split(&message, ':', &frontend))
		return LINE_NOT_MINE;
	message = text_trim(message);
	for (size_t i = 0; i < N_ITEMS(errors); i++) {
		size_t n = strlen(errors[i].message);

		if (n > longest && text_starts(message, errors[i].message)) {
			longest = n;
			best = (long)i;
		}
	}
	if (best < 0)
		return LINE_IGNORED;
	h->policy = frontend;
	tell(errors[best].meaning, alert_in_message(message), message, h);
	return LINE_HANDSHAKE;
}

/* "34/A000416/0/0/0": fc_err, then ssl_fc_err in hex. */
static bool
read_codes(struct text t, struct handshake *h)
{
	struct text whole = t, word;
	unsigned long packed;
	char hex[20];
	uint64_t code;
	int alert = -1;

	if (!text_split(&t, '/', &word) || !value_number(word, &code))
		return false;
	if (!text_split(&t, '/', &word) || word.n == 0 ||
	    word.n >= sizeof(hex))
		return false;
	memcpy(hex, word.at, word.n);
	hex[word.n] = '\0';
	packed = strtoul(hex, NULL, 16) & 0xfff;
	if (packed >= 1000 && packed < 1256)
		alert = (int)packed - 1000;
	if (code == 0) {
		log_accepted(h);
		return true;
	}
	for (size_t i = 0; i < N_ITEMS(errors); i++) {
		if (errors[i].code != code)
			continue;
		tell(errors[i].meaning, alert, whole, h);
		return true;
	}
	return false;
}

/* "sni/version/cipher" at the end of the line. */
static void
read_tls(struct text t, struct handshake *h)
{
	struct text word;

	text_split(&t, '/', &word);
	value_host(h, value_present(word), HOST_SNI);
	text_split(&t, '/', &word);
	h->chosen.version = value_version(word);
}

/* A line of httpslog, or of a frontend with error-log-format: the token with
 * the codes is the one with four slashes and only digits before the first. */
static enum line_result
read_https(struct text t, struct handshake *h)
{
	struct text rest = t, word;
	bool found = false;

	text_split(&rest, ' ', &word);
	h->policy = word;
	while (rest.n > 0) {
		text_split(&rest, ' ', &word);
		if (!found) {
			found = word.n > 8 && read_codes(word, h) &&
			    text_find(word, "/") > 0;
			continue;
		}
		read_tls(word, h);
		break;
	}
	return found ? LINE_HANDSHAKE : LINE_IGNORED;
}

static enum line_result
haproxy_read(struct log *log, void *state, struct handshake *h)
{
	struct text t = log_payload(log), address, date;
	struct endpoint client = { 0 };
	long open = text_find((struct text){ t.at, t.n < 80 ? t.n : 80 },
	    " [");
	long close;

	(void)state;
	if (open <= 6)
		return LINE_NOT_MINE;
	address = (struct text){ t.at, (size_t)open };
	if (!value_endpoint(address, true, &client) || client.port == 0)
		return LINE_NOT_MINE;
	t.at += open + 2;
	t.n -= (size_t)open + 2;
	close = text_find(t, "] ");
	if (close < 20 || close > 32 || t.at[2] != '/' || t.at[6] != '/')
		return LINE_NOT_MINE;
	date = (struct text){ t.at, (size_t)close };
	t.at += close + 2;
	t.n -= (size_t)close + 2;
	if (!value_time(log, date, &h->hello.time))
		return log_bad(log, 2, "date", date,
		    "a time such as 04/Mar/2026:09:15:02.118");
	h->client = client;
	h->transport = TRANSPORT_TCP;
	if (text_find(t, ": ") > 0 && text_find(t, ": ") < text_find(t, " ") + 1)
		return read_message(t, h);
	return read_https(t, h);
}

const struct log_format log_format_haproxy = {
	.name = "haproxy",
	.title = "HAProxy connection errors and httpslog",
	.sign = "address:port [dd/Mon/yyyy:HH:MM:SS.mmm] frontend",
	.read = haproxy_read,
};
