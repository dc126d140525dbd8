/*
 * fortios.c - Fortinet FortiGate and FortiProxy: SSL and WAD events.
 *
 *     date=2026-03-04 time=09:15:02 ... logid="0105048038" type="event"
 *     subtype="wad" ... action="receive" alert="2" desc="unknown ca"
 *
 * The WAD events name the alert and neither host nor SNI; the SSL events name the
 * host and no alert.  Message numbers: FortiOS 7.4 Log Reference, 62004-62309
 * and 48038, 48039; event subtypes win over them, as real lines disagree.
 */
#include <string.h>

#include "base/clock.h"
#include "input/pairs.h"
#include "input/value.h"
#include "knowledge/alerts.h"

/* eventtime has 10 digits for seconds or 19 for nanoseconds; date and time are
 * in the device's zone, tz. */
static bool
read_time(struct log *log, const struct pairs *p, struct handshake *h)
{
	struct text date = pairs_present(p, "date");
	struct text time = pairs_present(p, "time");
	struct text zone = pairs_present(p, "tz");
	struct text event = pairs_present(p, "eventtime");
	char both[64];
	size_t n = date.n + 1 + time.n + zone.n;

	if (event.n > 0)
		return value_time(log, event, &h->hello.time);
	if (date.n == 0 || time.n == 0 || n > sizeof(both)) {
		h->hello.time = log_wrapper_time(log);
		return true;
	}
	memcpy(both, date.at, date.n);
	both[date.n] = 'T';
	memcpy(both + date.n + 1, time.at, time.n);
	if (zone.n > 0)
		memcpy(both + date.n + 1 + time.n, zone.at, zone.n);
	return value_time(log, (struct text){ both, n }, &h->hello.time);
}

/* A fatal alert that the WAD process received or sent. */
static enum line_result
read_wad(const struct pairs *p, struct handshake *h)
{
	static const struct endpoint unset = { .family = 4 };
	struct text desc = pairs_present(p, "desc"), text = desc.n > 0 ? desc :
	    pairs_present(p, "msg");
	struct text action = pairs_present(p, "action");
	int code = alert_by_spelling(desc);
	/* 0.0.0.0: a connection of the device's own. */
	bool own = memcmp(h->client.address, unset.address, 4) == 0 &&
	    h->client.family == 4;

	if (code < 0)
		code = alert_in_message(text);
	if (text_is(action, "receive"))
		log_alerted(h, LEG_CLIENT, SIDE_CLIENT, code, text);
	else if (text_is(action, "send"))
		log_alerted(h, LEG_SERVER, SIDE_CLIENT, code, text);
	else
		return LINE_IGNORED;
	if (own)
		h->interception = INTERCEPTION_NONE;
	return LINE_HANDSHAKE;
}

/* What the last five digits of logid say where there is no event subtype. */
static const struct {
	uint64_t first, last;
	enum { EXEMPT, BYPASS, BLOCKED, UPSTREAM, RESIGNED, PROBE, FAILED } what;
} messages[] = {
	{ 62003, 62009, EXEMPT },
	{ 62101, 62101, BLOCKED },
	{ 62102, 62102, BYPASS },
	{ 62300, 62300, UPSTREAM },
	{ 62301, 62301, RESIGNED },
	{ 62302, 62303, UPSTREAM },
	{ 62304, 62304, UPSTREAM },
	{ 62305, 62306, PROBE },
	{ 62307, 62307, UPSTREAM },
	{ 62308, 62308, FAILED },
	{ 62309, 62309, UPSTREAM },
};

static enum line_result
read_message(uint64_t number, struct text text, struct handshake *h)
{
	int code = alert_in_message(text);

	for (size_t i = 0; i < N_ITEMS(messages); i++) {
		if (number < messages[i].first || number > messages[i].last)
			continue;
		switch (messages[i].what) {
		case EXEMPT:
		case BYPASS:
			log_bypassed(h);
			return LINE_HANDSHAKE;
		case UPSTREAM:
		case PROBE:
			log_rejected(h, LEG_SERVER, text);
			return LINE_HANDSHAKE;
		case RESIGNED:
			log_accepted(h);
			return LINE_HANDSHAKE;
		case FAILED:
		case BLOCKED:
			log_alerted(h, LEG_UNKNOWN, SIDE_CLIENT, code, text);
			return LINE_HANDSHAKE;
		}
	}
	return LINE_IGNORED;
}

static enum line_result
read_ssl(const struct pairs *p, struct handshake *h)
{
	struct text subtype = pairs_present(p, "eventsubtype");
	struct text action = pairs_present(p, "action");
	struct text type = pairs_present(p, "eventtype");
	struct text msg = pairs_present(p, "msg");
	struct text reason = pairs_present(p, "reason");
	struct text id = pairs_present(p, "logid");
	struct text text = reason.n > 0 ? reason : msg;
	uint64_t number = 0;

	if (value_contains(type, "exempt") || text_is(action, "exempt") ||
	    text_is(action, "bypass")) {
		log_bypassed(h);
	} else if (text_is(subtype, "handshake-done")) {
		if (text_is(pairs_present(p, "mitm"), "no"))
			log_bypassed(h);
		else
			log_accepted(h);
	} else if (text_is(subtype, "server-cert-info")) {
		return LINE_IGNORED; /* handshake-done counts it */
	} else if (text_is(subtype, "certificate-anomaly") ||
	    text_starts(reason, "untrusted-cert") ||
	    text_starts(reason, "block-cert") ||
	    text_is(action, "resign-as-untrusted")) {
		log_rejected(h, LEG_SERVER, text);
	} else {
		if (id.n >= 5)
			(void)!value_number((struct text){ id.at + id.n - 5,
			    5 }, &number);
		return read_message(number, text, h);
	}
	return LINE_HANDSHAKE;
}

static void
read_names(const struct pairs *p, struct handshake *h)
{
	value_host(h, pairs_present(p, "sni"), HOST_SNI);
	if (h->host.n == 0)
		value_host(h, pairs_present(p, "hostname"), HOST_LOG);
	if (h->host.n == 0)
		value_host(h, pairs_present(p, "cn"), HOST_CERTIFICATE);
	h->user = pairs_present(p, "user");
	h->agent = pairs_present(p, "agent");
	h->app = pairs_present(p, "app");
	h->device = pairs_present(p, "srcname");
	h->policy = pairs_present(p, "profile");
	if (h->policy.n == 0)
		h->policy = pairs_present(p, "policyid");
}

static enum line_result
read_pairs(struct log *log, const struct pairs *p, struct handshake *h)
{
	struct text subtype = pairs_present(p, "subtype");
	struct text type = pairs_present(p, "type");
	struct text cipher = pairs_present(p, "cipher");
	enum line_result result;
	uint64_t hex = 0;

	if (!(text_is(type, "utm") && text_is(subtype, "ssl")) &&
	    !(text_is(type, "event") && text_is(subtype, "wad")))
		return LINE_IGNORED;
	if (!read_time(log, p, h))
		return log_bad(log, 0, "eventtime",
		    pairs_present(p, "eventtime"), "seconds or nanoseconds since 1970");
	if (pairs_present(p, "srcip").n == 0 &&
	    pairs_present(p, "dstip").n == 0)
		return LINE_IGNORED;
	if (!value_address(pairs_present(p, "srcip"), &h->client))
		return log_bad(log, 0, "srcip", pairs_present(p, "srcip"),
		    "an IP address");
	if (!value_address(pairs_present(p, "dstip"), &h->server))
		return log_bad(log, 0, "dstip", pairs_present(p, "dstip"),
		    "an IP address");
	(void)!value_port(pairs_present(p, "srcport"), &h->client);
	(void)!value_port(pairs_present(p, "dstport"), &h->server);
	h->transport = TRANSPORT_TCP;
	read_names(p, h);
	result = text_is(subtype, "wad") ? read_wad(p, h) : read_ssl(p, h);
	h->chosen.version = value_version(pairs_present(p, "tlsver"));
	for (size_t i = 2; i < cipher.n && i < 6; i++) {
		char c = (char)(cipher.at[i] | 32);

		hex = hex * 16 + (unsigned)(c >= 'a' ? c - 'a' + 10 : c - '0');
	}
	if (cipher.n == 6 && text_starts(cipher, "0x") && hex <= 0xffff)
		h->chosen.cipher = (int32_t)hex;
	return result;
}

/* CEF: the same keys, prefixed FTNTFGT, beside CEF's own. */
static enum line_result
read_cef(struct log *log, const struct cef *cef, struct handshake *h)
{
	static const struct {
		const char *cef, *key;
	} own[] = { { "src", "srcip" }, { "dst", "dstip" },
		{ "spt", "srcport" }, { "dpt", "dstport" },
		{ "suser", "user" }, { "act", "action" }, { "dhost", "hostname" },
		{ "app", "service" } };
	static const char prefix[] = "FTNTFGT";
	struct pairs p;

	cef_pairs(log, cef->extension, &p);
	for (size_t i = 0; i < p.n; i++) {
		if (text_starts(p.at[i].key, prefix)) {
			p.at[i].key.at += sizeof(prefix) - 1;
			p.at[i].key.n -= sizeof(prefix) - 1;
		}
		for (size_t k = 0; k < N_ITEMS(own); k++)
			if (text_is(p.at[i].key, own[k].cef))
				p.at[i].key = text_of(own[k].key);
	}
	return read_pairs(log, &p, h);
}

static enum line_result
fortios_read(struct log *log, void *state, struct handshake *h)
{
	struct text t = log->line;
	struct pairs pairs;
	struct cef cef;
	long at;

	(void)state;
	if (text_find(t, "|Fortinet|") >= 0 && cef_open(t, &cef))
		return read_cef(log, &cef, h);
	if (text_find(t, "subtype=\"ssl\"") < 0 &&
	    text_find(t, "subtype=\"wad\"") < 0 &&
	    text_find(t, "subtype=ssl ") < 0 &&
	    text_find(t, "subtype=wad ") < 0)
		return LINE_NOT_MINE;
	if (text_find(t, "logid=") < 0 && text_find(t, "devid=") < 0 &&
	    text_find(t, "eventtype=") < 0)
		return LINE_NOT_MINE;
	/* The pairs begin behind whatever syslog put in front. */
	at = text_find(t, "date=");
	if (at < 0)
		at = text_find(t, "time=");
	if (at > 5 && memcmp(t.at + at - 5, "event", 5) == 0)
		at -= 5;
	if (at > 0) {
		t.at += at;
		t.n -= (size_t)at;
	}
	kv_pairs(log, t, '=', " \t,", &pairs);
	return read_pairs(log, &pairs, h);
}

const struct log_format log_format_fortios = {
	.name = "fortios",
	.title = "Fortinet FortiGate and FortiProxy SSL and WAD events",
	.product = "fortios",
	.sign = "logid= and subtype=\"ssl\" or \"wad\"",
	.read = fortios_read,
};
