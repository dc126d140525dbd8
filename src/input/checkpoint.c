/*
 * checkpoint.c - Check Point HTTPS Inspection, as the Log Exporter writes it.
 *
 *     CEF:0|Check Point|HTTPS Inspection|...|https_inspection_action=Error
 *     https_validation=Client does not trust the certificate ...
 *     <134>1 ... CheckPoint 1234 - [action:"Detect"; src:"192.0.2.44"; ...]
 *
 *     ... Log [Fields@1.3.6.1.4.1.2620 Action="Detect" src="192.0.2.44" ...]
 *     {"product":"HTTPS Inspection","https_inspection_action":"Error",...}
 *
 * Records of the firewall blade carry the same keys where inspection was asked
 * for.  Source: Check Point, "Log Exporter" (sk122323) and "Fields description"
 * (sk144192); samples of real lines without an action.
 */
#include <string.h>

#include "base/clock.h"
#include "input/pairs.h"
#include "input/value.h"
#include "input/zone.h"
#include "knowledge/alerts.h"

/* The value of a key in whichever case it is written. */
static struct text
get(const struct pairs *p, const char *key)
{
	for (size_t i = 0; i < p->n; i++)
		if (text_equal_nocase(p->at[i].key, text_of(key)) &&
		    !value_is_absent(p->at[i].value))
			return p->at[i].value;
	return (struct text){ 0 };
}

static bool
endpoint_is_unset(const struct endpoint *e)
{
	static const uint8_t zero[sizeof(e->address)];

	return memcmp(e->address, zero, sizeof(zero)) == 0;
}

static struct text
either(const struct pairs *p, const char *a, const char *b)
{
	struct text t = get(p, a);

	return t.n > 0 ? t : get(p, b);
}

/* Words of https_validation that speak of the origin's certificate. */
static const char *const upstream[] = { "untrusted ca", "expired", "revoked",
	"validity", "self signed", "self-signed", "wrong common name",
	"certificate is not yet valid", "crl" };

static void
read_failure(struct text why, struct handshake *h)
{
	int code = alert_in_message(why);

	if (value_contains(why, "client") || code >= 0) {
		log_alerted(h, LEG_CLIENT, SIDE_CLIENT, code, why);
		return;
	}
	for (size_t i = 0; i < N_ITEMS(upstream); i++) {
		if (value_contains(why, upstream[i])) {
			log_rejected(h, LEG_SERVER, why);
			return;
		}
	}
	if (value_contains(why, "unsupported"))
		log_refused(h, LEG_UNKNOWN, why);
	else
		log_rejected(h, LEG_UNKNOWN, why);
}

/* False where the record tells no handshake. */
static bool
read_outcome(const struct pairs *p, struct handshake *h)
{
	struct text what = get(p, "https_inspection_action");
	struct text why = get(p, "https_validation");
	struct text act = either(p, "act", "action");

	if (text_equal_nocase(what, TEXT("Error")) || (why.n > 0 &&
	    !text_equal_nocase(what, TEXT("Bypass")) &&
	    !text_equal_nocase(what, TEXT("Inspect"))))
		read_failure(why, h);
	else if (value_contains(what, "bypass") ||
	    value_contains(act, "https bypass"))
		log_bypassed(h);
	else if (value_contains(what, "inspect") ||
	    value_contains(act, "https inspect"))
		log_accepted(h);
	else
		return false;
	return true;
}

static void
read_ports(const struct pairs *p, struct handshake *h)
{
	static const char *const client[] = { "spt", "s_port", "sport_svc",
		"srcPort" };
	static const char *const server[] = { "dpt", "service", "svc",
		"dstPort" };

	for (size_t i = 0; i < N_ITEMS(client); i++) {
		if (h->client.port == 0)
			(void)!value_port(get(p, client[i]), &h->client);
		if (h->server.port == 0)
			(void)!value_port(get(p, server[i]), &h->server);
	}
	(void)!value_peer(either(p, "xlatesrc", "sourceTranslatedAddress"),
	    &h->client_nat);
	(void)!value_port(either(p, "xlatesport", "xlatesport_svc"),
	    &h->client_nat);
	(void)!value_peer(either(p, "xlatedst",
	    "destinationTranslatedAddress"), &h->server_nat);
	(void)!value_port(either(p, "xlatedport", "xlatedport_svc"),
	    &h->server_nat);
	/* 0.0.0.0 and 0 stand for what was not translated. */
	if (endpoint_is_unset(&h->client_nat))
		h->client_nat = (struct endpoint){ 0 };
	if (endpoint_is_unset(&h->server_nat))
		h->server_nat = (struct endpoint){ 0 };
}

/* Some exporters write "2026-03-04T09:15:02--5:00": a sign too many, and the
 * zone's hour with one digit. */
static bool
read_time(struct log *log, struct text t, int64_t *out)
{
	struct text zone;
	struct zone named;

	if (value_time(log, t, out))
		return true;
	if (t.n < 23 || t.at[19] != '-')
		return false;
	zone = (struct text){ t.at + 20, t.n - 20 };
	t.n = 19;
	return zone_find(zone, &named) && value_time_in(log, t, zone, out);
}

static enum line_result
read_pairs(struct log *log, const struct pairs *p, struct handshake *h)
{
	struct text time = either(p, "rt", "time");
	struct text src = either(p, "src", "client_ip");
	struct text dst = get(p, "dst");

	if (time.n == 0)
		time = get(p, "devTime");
	if ((src.n == 0 && dst.n == 0) || !read_outcome(p, h))
		return LINE_IGNORED;
	if (time.n == 0)
		h->hello.time = log_wrapper_time(log);
	else if (!read_time(log, time, &h->hello.time))
		return log_bad(log, 0, "time", time, "a time");
	if (!value_peer(src, &h->client))
		return log_bad(log, 0, "src", src, "an IP address");
	if (!value_peer(dst, &h->server))
		return log_bad(log, 0, "dst", dst, "an IP address");
	read_ports(p, h);
	h->transport = TRANSPORT_TCP;
	h->chosen.version = value_version(either(p, "tls_version",
	    "ssl_version"));
	value_host(h, either(p, "sni", "tls_server_host_name"), HOST_SNI);
	if (h->host.n == 0)
		value_host(h, value_url_host(either(p, "resource", "request")),
		    HOST_URL);
	h->user = either(p, "suser", "src_user_name");
	h->app = either(p, "appi_name", "app");
	h->device = either(p, "shost", "src_machine_name");
	h->policy = get(p, "https_inspection_rule_name");
	return LINE_HANDSHAKE;
}

static bool
speaks_of_inspection(struct text t)
{
	return text_find(t, "https_inspection_action") >= 0 ||
	    text_find(t, "https_validation") >= 0 ||
	    text_find(t, "HTTPS Inspection") >= 0;
}

/* Where '[' stands before a key, ':' and a quote, whichever key is the first, or
 * -1. */
static long
bracket(struct text t)
{
	size_t end;

	for (size_t i = 0; i < t.n; i++) {
		if (t.at[i] != '[')
			continue;
		for (end = i + 1; end < t.n && (t.at[end] == '_' ||
		    (t.at[end] >= 'a' && t.at[end] <= 'z')); end++)
			;
		if (end > i + 1 && end + 1 < t.n && t.at[end] == ':' &&
		    t.at[end + 1] == '"')
			return (long)i;
	}
	return -1;
}

/* "[action:"Detect"; src:"192.0.2.44"; ...]", or the pairs with '='. */
static void
split(struct log *log, struct text t, struct pairs *pairs)
{
	long open = bracket(t);

	if (open >= 0) {
		t.at += open + 1;
		t.n -= (size_t)open + 1;
		if (t.n > 0 && t.at[t.n - 1] == ']')
			t.n--;
		kv_pairs(log, t, ':', " ;", pairs);
		return;
	}
	open = text_find(t, "[Fields@");
	if (open >= 0)
		t = (struct text){ t.at + open, t.n - (size_t)open };
	else
		t = log_payload(log);
	if (t.n > 0 && t.at[t.n - 1] == ']')
		t.n--;
	/* Values between bars hold blanks. */
	kv_pairs(log, t, '=', text_find(t, "|src=") >= 0 ||
	    text_find(t, "|https_") >= 0 ? "|" : " ;", pairs);
}

static enum line_result
checkpoint_read(struct log *log, void *state, struct handshake *h)
{
	struct text t = log->line, payload;
	struct pairs pairs;
	struct leef leef;
	struct cef cef;

	(void)state;
	if (!speaks_of_inspection(t))
		return LINE_NOT_MINE;
	payload = log_payload(log);
	if (payload.n > 0 && payload.at[0] == '{') {
		/* A collector may have put the whole line in a string. */
		if (!json_pairs(log, payload, &pairs) ||
		    either(&pairs, "https_inspection_action",
		    "https_validation").n == 0)
			return LINE_NOT_MINE;
	} else if (text_find(t, "CEF:") >= 0) {
		if (!cef_open(t, &cef))
			return LINE_NOT_MINE;
		cef_pairs(log, cef.extension, &pairs);
	} else if (text_find(t, "LEEF:") >= 0) {
		if (!leef_open(t, &leef))
			return LINE_NOT_MINE;
		leef_pairs(log, &leef, &pairs);
	} else {
		split(log, t, &pairs);
	}
	return read_pairs(log, &pairs, h);
}

const struct log_format log_format_checkpoint = {
	.name = "checkpoint",
	.title = "Check Point HTTPS Inspection: syslog, key=value, CEF, LEEF, JSON",
	.product = "checkpoint",
	.sign = "https_inspection_action, https_validation or the product "
		"HTTPS Inspection",
	.read = checkpoint_read,
};
