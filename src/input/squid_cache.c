/*
 * squid_cache.c - Squid cache.log: the TLS errors that access.log does not tell.
 *
 *     2026/03/04 09:15:02 kid1| Error negotiating SSL connection on FD 12:
 *     error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca (1/-1)
 *
 * No line names the host; from version 5 on the client's address is there.
 * Version 7 spreads one error over indented lines.  Source: Squid 3.5 to 7,
 * src/client_side.cc and src/security/PeerConnector.cc (messages only).
 */
#include "base/clock.h"
#include "input/value.h"
#include "knowledge/alerts.h"

/* What version 7 has said so far of an error that goes on. */
struct squid_cache {
	bool open;
	bool server; /* which leg */
	uint64_t line;
	int64_t time;
};

/* "2026/03/04 09:15:02 kid1| " or without the kid. */
static bool
split_head(struct text line, struct text *time, struct text *rest)
{
	const char *bar;

	if (line.n < 22 || line.at[4] != '/' || line.at[7] != '/' ||
	    line.at[10] != ' ' || line.at[13] != ':')
		return false;
	bar = memchr(line.at + 19, '|', line.n < 40 ? line.n - 19 : 21);
	if (bar == NULL)
		return false;
	*time = (struct text){ line.at, 19 };
	*rest = text_trim((struct text){ bar + 1,
	    line.n - (size_t)(bar + 1 - line.at) });
	return true;
}

/* The address behind "remote=". */
static void
read_remote(struct text t, struct endpoint *out)
{
	long at = text_find(t, "remote=");
	struct text value;

	if (at < 0)
		return;
	t.at += at + 7;
	t.n -= (size_t)at + 7;
	text_split(&t, ' ', &value);
	(void)!value_endpoint(value, false, out);
}

/* The alert that OpenSSL's words or Squid's detail name; addresses and numbers
 * before them are none of it. */
static int
alert_of(struct text t)
{
	static const char *const begins[] = { "error:", "TLS_LIB_ERR=" };
	long at;

	for (size_t i = 0; i < N_ITEMS(begins); i++) {
		at = text_find(t, begins[i]);
		if (at >= 0)
			return alert_in_message((struct text){ t.at + at,
			    t.n - (size_t)at });
	}
	return -1;
}

static enum line_result
read_client(struct text t, struct handshake *h)
{
	int code = alert_of(t);

	read_remote(t, &h->client);
	if (code >= 0)
		log_alerted(h, LEG_CLIENT, SIDE_CLIENT, code, t);
	else if (value_contains(t, "reset by peer") ||
	    value_contains(t, "closed by client") ||
	    value_contains(t, "aborted by client") ||
	    value_contains(t, "peer closed") || value_contains(t, "peer aborted"))
		log_rejected(h, LEG_CLIENT, t);
	else if (value_contains(t, "http request") ||
	    value_contains(t, "unknown protocol") ||
	    value_contains(t, "wrong version number"))
		return LINE_IGNORED; /* it was no TLS */
	else
		log_rejected(h, LEG_CLIENT, t);
	return LINE_HANDSHAKE;
}

static enum line_result
read_server(struct text t, struct handshake *h)
{
	int code = alert_of(t);

	read_remote(t, &h->server);
	if (code >= 0)
		log_alerted(h, LEG_SERVER, SIDE_SERVER, code, t);
	else
		log_rejected(h, LEG_SERVER, t);
	return LINE_HANDSHAKE;
}

/* An indented line of version 7. */
static enum line_result
read_more(struct log *log, struct squid_cache *state, struct handshake *h)
{
	struct text line = text_trim(log->line);

	if (!text_starts(line, "error detail: "))
		return LINE_IGNORED;
	state->open = false;
	h->hello.record = state->line;
	h->hello.time = state->time;
	h->transport = TRANSPORT_TCP;
	line.at += 14;
	line.n -= 14;
	return state->server ? read_server(line, h) : read_client(line, h);
}

static enum line_result
squid_cache_read(struct log *log, void *state, struct handshake *h)
{
	struct squid_cache *cache = state;
	struct text time, rest;

	if (cache->open && log->line.n > 0 && log->line.at[0] == ' ')
		return read_more(log, cache, h);
	if (!split_head(log_payload(log), &time, &rest) &&
	    !split_head(log->line, &time, &rest))
		return LINE_NOT_MINE;
	cache->open = false;
	if (!value_time(log, time, &h->hello.time))
		return log_bad(log, 1, "time", time, "a time");
	h->transport = TRANSPORT_TCP;
	if (text_is(rest, "ERROR: Cannot accept a TLS connection") ||
	    text_is(rest, "ERROR: Cannot establish a TLS connection")) {
		*cache = (struct squid_cache){ true,
			text_find(rest, "establish") > 0, log->number,
			h->hello.time };
		return LINE_IGNORED;
	}
	if (value_contains(rest, "negotiating ssl connection on fd") ||
	    value_contains(rest, "accepting a tls connection on"))
		return read_client(rest, h);
	if (value_contains(rest, "negotiating ssl on fd") ||
	    value_contains(rest, "cannot establish a tls connection to"))
		return read_server(rest, h);
	return LINE_IGNORED;
}

const struct log_format log_format_squid_cache = {
	.name = "squid-cache",
	.title = "Squid cache.log",
	.product = "squid",
	.sign = "YYYY/MM/DD HH:MM:SS, perhaps a kid, and a bar",
	.state_size = sizeof(struct squid_cache),
	.read = squid_cache_read,
};
