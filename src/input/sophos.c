/*
 * sophos.c - Sophos Firewall: SSL/TLS inspection log, and web requests.
 *
 *     timestamp="2026-03-04T09:15:02+0000" ... log_component="SSL"
 *     log_subtype="Error" src_ip="192.0.2.44" ... reason="TLS handshake fatal
 *     alert: unknown CA(48)."
 *
 * A web request over HTTPS tells of a connection that came about: with a status
 * where it was decrypted, without one where only the host was seen.
 * Source: Sophos Firewall, "Log file guide", SSL/TLS and web filter logs.
 */
#include <string.h>

#include "base/clock.h"
#include "input/pairs.h"
#include "input/value.h"
#include "input/zone.h"
#include "knowledge/alerts.h"

/* log_component="HTTP": false where it is a block page, or not over TLS. */
static bool
read_request(const struct pairs *p, struct handshake *h)
{
	struct text code = pairs_present(p, "http_status");
	uint64_t status = 0;

	if (code.n == 0)
		code = pairs_present(p, "status_code"); /* up to version 18 */
	if (!text_starts(pairs_present(p, "url"), "https://") ||
	    !text_equal_nocase(pairs_present(p, "log_subtype"),
	    TEXT("Allowed")))
		return false;
	if (text_u64(code, &status) && status >= 100)
		log_accepted(h);
	else
		log_bypassed(h);
	return true;
}

/* log_component="SSL": false where the line tells no handshake. */
static bool
read_outcome(const struct pairs *p, struct handshake *h)
{
	struct text what = pairs_present(p, "log_subtype");
	struct text reason = pairs_present(p, "reason");
	struct text mask = pairs_present(p, "bitmask");
	bool bad = mask.n > 0 && !text_is(mask, "Valid");
	int code = alert_in_message(reason);

	if (value_contains(what, "do not decrypt")) {
		log_bypassed(h);
	} else if (value_contains(what, "decrypt")) {
		log_accepted(h);
	} else if (value_contains(what, "error") ||
	    value_contains(what, "reject") || value_contains(what, "drop")) {
		if (code >= 0)
			log_alerted(h, LEG_CLIENT, SIDE_CLIENT, code, reason);
		else if (bad)
			log_rejected(h, LEG_SERVER, mask);
		else
			log_rejected(h, LEG_UNKNOWN, reason);
	} else {
		return false;
	}
	return true;
}

/* timestamp, or date and time in a zone by name as up to version 18. */
static bool
read_time(struct log *log, const struct pairs *p, int64_t *out)
{
	struct text stamp = pairs_present(p, "timestamp");
	struct text date = pairs_present(p, "date");
	struct text time = pairs_present(p, "time");
	char both[40];

	if (stamp.n > 0)
		return value_time(log, stamp, out);
	if (date.n == 0 || time.n == 0 || date.n + time.n >= sizeof(both)) {
		*out = log_wrapper_time(log);
		return true;
	}
	memcpy(both, date.at, date.n);
	both[date.n] = ' ';
	memcpy(both + date.n + 1, time.at, time.n);
	return value_time_in(log, (struct text){ both, date.n + 1 + time.n },
	    pairs_present(p, "timezone"), out);
}

static bool
is_component(const struct pairs *p, const char *name)
{
	return text_equal_nocase(pairs_get(p, "log_component"), text_of(name));
}

static enum line_result
sophos_read(struct log *log, void *state, struct handshake *h)
{
	struct text t = log->line;
	struct pairs p;

	(void)state;
	if (text_find(t, "log_component=") < 0 ||
	    text_find(t, "log_subtype=") < 0 ||
	    text_starts(log_payload(log), "{"))
		return LINE_NOT_MINE;
	kv_pairs(log, t, '=', " \t", &p);
	if (!(is_component(&p, "SSL") && read_outcome(&p, h)) &&
	    !(is_component(&p, "HTTP") && read_request(&p, h)))
		return LINE_IGNORED;
	if (!read_time(log, &p, &h->hello.time))
		return log_bad(log, 0, "timestamp",
		    pairs_present(&p, "timestamp"), "a time");
	if (!value_peer(pairs_get(&p, "src_ip"), &h->client))
		return log_bad(log, 0, "src_ip", pairs_present(&p, "src_ip"),
		    "an IP address");
	if (!value_peer(pairs_get(&p, "dst_ip"), &h->server))
		return log_bad(log, 0, "dst_ip", pairs_present(&p, "dst_ip"),
		    "an IP address");
	(void)!value_port(pairs_present(&p, "src_port"), &h->client);
	(void)!value_port(pairs_present(&p, "dst_port"), &h->server);
	h->transport = TRANSPORT_TCP;
	h->chosen.version = value_version(pairs_present(&p, "tls_version"));
	value_host(h, pairs_present(&p, "sni"), HOST_SNI);
	if (h->host.n == 0)
		value_host(h, value_url_host(pairs_present(&p, "url")),
		    HOST_URL);
	h->agent = pairs_present(&p, "http_user_agent");
	h->user = pairs_present(&p, "user_name");
	h->app = pairs_present(&p, "app_name");
	h->policy = pairs_present(&p, "rule_name");
	return LINE_HANDSHAKE;
}

const struct log_format log_format_sophos = {
	.name = "sophos",
	.title = "Sophos Firewall SSL/TLS inspection log and web requests",
	.product = "sophos",
	.sign = "log_component= and log_subtype=",
	.read = sophos_read,
};
