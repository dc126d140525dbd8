/*
 * squid_cache.c - Squid cache.log: the TLS errors that access.log does not tell.
 *
 *     2026/03/04 09:15:02 kid1| Error negotiating SSL connection on FD 12:
 *     error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown ca (1/-1)
 *
 * No line names the host; from version 5 on the client's address is there, and
 * one error may go on over several lines, which are indented, or stamped again by
 * what collects them.  Source: Squid 2.6 to 7, src/client_side.cc, src/forward.cc
 * and src/security/PeerConnector.cc (messages only).
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "input/value.h"

/* What an error that goes on over several lines has said so far. */
struct squid_cache {
	enum leg leg; /* LEG_UNKNOWN: nothing is open */
	uint64_t line;
	int64_t time;
	struct endpoint client, server;
	char detail[160]; /* as a text with a NUL; "" not told yet */
};

/* How lines name an error, and whose handshake it was. */
static const struct {
	const char *words;
	enum leg leg;
} errors[] = {
	/* 2.6 to 3.4 name the function */
	{ "fwdNegotiateSSL: Error negotiating SSL connection on FD", LEG_SERVER },
	{ "egotiating SSL connection on FD", LEG_CLIENT },
	{ "egotiating TLS connection on FD", LEG_CLIENT },
	{ "egotiating SSL on FD", LEG_SERVER },
	{ "egotiating TLS on FD", LEG_SERVER },
	{ "accepting a TLS connection on", LEG_CLIENT },
	{ "annot accept a TLS connection", LEG_CLIENT },
	{ "establishing TLS connection on", LEG_SERVER },
	{ "annot establish a TLS connection", LEG_SERVER },
};

/* "2026/03/04 09:15:02.118 kid1| " or without the fraction or the kid. */
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
	if (line.at[19] == '.')
		for (time->n++; time->n < line.n && line.at[time->n] >= '0' &&
		     line.at[time->n] <= '9';)
			time->n++;
	*rest = text_trim((struct text){ bar + 1,
	    line.n - (size_t)(bar + 1 - line.at) });
	return true;
}

/* The value behind a name such as "remote=", or the empty text. */
static struct text
value_of(struct text t, const char *name)
{
	struct text value = { 0 };

	if (!text_behind(&t, name))
		return value;
	text_split(&t, ' ', &value);
	if (value.n > 0 && value.at[value.n - 1] == ':')
		value.n--;
	return value;
}

/*
 * "conn23 local=A remote=B FD 12 flags=33".  An intercepted connection's local
 * address is the one that the client meant (src/comm/Connection.h: 0x08 tproxy,
 * 0x20 NAT).
 */
static void
read_connection(struct text t, enum leg leg, struct endpoint *client,
    struct endpoint *server)
{
	uint64_t flags;

	(void)!value_endpoint(value_of(t, "remote="), false,
	    leg == LEG_CLIENT ? client : server);
	if (leg == LEG_CLIENT && text_u64(value_of(t, "flags="), &flags) &&
	    (flags & 0x28) != 0)
		(void)!value_endpoint(value_of(t, "local="), false, server);
}

/* What went wrong: addresses and numbers before OpenSSL's words, or Squid's, are
 * none of it. */
static struct text
detail_of(struct text t)
{
	static const char *const begins[] = { "error:", "SQUID_TLS_ERR",
		" FD " };

	for (size_t i = 0; i < N_ITEMS(begins); i++) {
		long at = text_find(t, begins[i]);

		if (at >= 0)
			return (struct text){ t.at + at, t.n - (size_t)at };
	}
	return t;
}

/* An error is complete, from one line or from several. */
static enum line_result
tell(const struct squid_cache *c, struct text whole, struct text detail,
    struct handshake *h)
{
	h->hello.record = c->line;
	h->hello.time = c->time;
	h->transport = TRANSPORT_TCP;
	h->client = c->client;
	h->server = c->server;
	return log_failed(h, c->leg, reason_of(detail), whole);
}

/* What was open is complete, or nothing more comes. */
static void
flush(struct log *log, struct squid_cache *c)
{
	struct handshake h;

	if (c->leg == LEG_UNKNOWN)
		return;
	handshake_init(&h);
	if (tell(c, text_of(c->detail), text_of(c->detail), &h) ==
	    LINE_HANDSHAKE)
		log_emit(log, &h);
	c->leg = LEG_UNKNOWN;
}

/* A further line of an error: "problem: failure".  False where it is none. */
static bool
read_more(struct squid_cache *c, struct text line)
{
	static const char *const names[] = { "problem: ", "error detail: ",
		"detail: ", "connection: ", "current master transaction: " };
	size_t i = 0;

	while (i < N_ITEMS(names) && !text_starts(line, names[i]))
		i++;
	if (i == N_ITEMS(names))
		return false;
	if (i == 1 || i == 2)
		snprintf(c->detail, sizeof(c->detail), "%.*s",
		    (int)(line.n - strlen(names[i])),
		    line.at + strlen(names[i]));
	else if (i == 3)
		read_connection(line, c->leg, &c->client, &c->server);
	return true;
}

static enum line_result
read_error(struct log *log, struct squid_cache *c, struct text t,
    int64_t time, struct handshake *h)
{
	enum line_result result;
	size_t i = 0;

	while (i < N_ITEMS(errors) && text_find(t, errors[i].words) < 0)
		i++;
	if (i == N_ITEMS(errors))
		return LINE_IGNORED;
	*c = (struct squid_cache){ .leg = errors[i].leg, .line = log->number,
		.time = time };
	read_connection(t, c->leg, &c->client, &c->server);
	/* 5.7 and later go on in further lines. */
	if (text_ends(t, " TLS connection") || text_ends(t, ":"))
		return LINE_IGNORED;
	result = tell(c, t, detail_of(t), h);
	c->leg = LEG_UNKNOWN;
	return result;
}

static enum line_result
squid_cache_read(struct log *log, void *state, struct handshake *h)
{
	struct squid_cache *cache = state;
	struct text stamp, rest = log_payload(log);
	enum line_result result;
	bool stamped;
	int64_t time;

	if (cache->leg != LEG_UNKNOWN && log->line.at[0] == ' ' &&
	    read_more(cache, text_trim(log->line)))
		return LINE_IGNORED;
	stamped = split_head(rest, &stamp, &rest) ||
	    split_head(log->line, &stamp, &rest);
	if (!stamped && text_find(log_wrapper(log)->tag, "squid") < 0)
		return LINE_NOT_MINE;
	if (!stamped)
		time = log_wrapper_time(log);
	else if (!value_time(log, stamp, &time))
		return log_bad(log, 1, "time", stamp, "a time");
	if (cache->leg != LEG_UNKNOWN && read_more(cache, rest))
		return LINE_IGNORED;
	flush(log, cache);
	result = read_error(log, cache, rest, time, h);
	/* By syslog comes access.log, too. */
	return result == LINE_IGNORED && !stamped &&
	    cache->leg == LEG_UNKNOWN ? LINE_NOT_MINE : result;
}

static void
squid_cache_finish(struct log *log, void *state)
{
	flush(log, state);
}

const struct log_format log_format_squid_cache = {
	.name = "squid-cache",
	.title = "Squid cache.log",
	.product = "squid",
	.sign = "YYYY/MM/DD HH:MM:SS, perhaps a kid, and a bar",
	.state_size = sizeof(struct squid_cache),
	.read = squid_cache_read,
	.finish = squid_cache_finish,
};
