/*
 * fortios.c - Fortinet FortiGate and FortiProxy: SSL, WAD and web events.
 *
 *     date=2026-03-04 time=09:15:02 ... logid="0105048038" type="event"
 *     subtype="wad" ... action="receive" alert="2" desc="unknown ca"
 *
 * Also between commas, each pair in quotes (FortiAnalyzer), as CEF, and as JSON
 * with the same keys.  The WAD events name the alert and neither host nor SNI; the
 * SSL events name the host and no alert; the web events tell what was seen inside
 * of TLS.  Message numbers: FortiOS 7.4 Log Reference, 62004-62309 and 48038,
 * 48039; event subtypes win over them, as real lines disagree.
 */
#include <string.h>

#include "base/clock.h"
#include "input/csv.h"
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

	if (event.n > 0 && value_time(log, event, &h->hello.time))
		return true;
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
	struct text what = pairs_present(p, "logdesc");
	int code = alert_by_spelling(desc);
	/* 0.0.0.0: a connection of the device's own. */
	bool own = memcmp(h->client.address, unset.address, 4) == 0 &&
	    h->client.family == 4;

	if (code < 0)
		code = alert_in_message(text);
	/* Only a client judges a certificate: WAD is that of the origin.  Other
	 * alerts it sends to either side. */
	if (text_is(action, "receive"))
		log_alerted(h, LEG_CLIENT, SIDE_CLIENT, code, text);
	else if (text_is(action, "send") && code >= 0 &&
	    !alert_is_certificate(code))
		log_alerted(h, LEG_UNKNOWN, SIDE_UNKNOWN, code, text);
	else if (text_is(action, "send"))
		log_alerted(h, LEG_SERVER, SIDE_CLIENT, code, text);
	else if (value_contains(text, "certificate"))
		log_rejected(h, LEG_SERVER, text);
	else if (value_contains(what, "not support") ||
	    value_contains(text, "handshake fail"))
		log_rejected(h, LEG_UNKNOWN, text);
	else
		return LINE_IGNORED;
	if (own)
		h->interception = INTERCEPTION_NONE;
	return LINE_HANDSHAKE;
}

/* What the last five digits of logid say where there is no event subtype. */
static const struct {
	uint64_t first, last;
	enum { EXEMPT, BYPASS, BLOCKED, UPSTREAM, RESIGNED, PROBE, FAILED,
		PASSED } what;
} messages[] = {
	{ 62000, 62000, UPSTREAM },
	{ 62001, 62001, PASSED },
	{ 62002, 62002, UPSTREAM },
	{ 62003, 62009, EXEMPT },
	{ 62101, 62101, BLOCKED },
	{ 62102, 62102, BYPASS },
	{ 62300, 62300, UPSTREAM },
	{ 62301, 62301, RESIGNED },
	{ 62302, 62303, UPSTREAM },
	{ 62304, 62304, UPSTREAM },
	{ 62305, 62305, PROBE },
	{ 62306, 62306, PASSED },
	{ 62307, 62307, UPSTREAM },
	{ 62308, 62308, FAILED },
	{ 62309, 62309, UPSTREAM },
};

/* The origin's certificate is bad, and the policy lets it pass. */
static void
passed(struct handshake *h, struct text text)
{
	enum interception before = h->interception;

	log_accepted(h);
	h->leg = LEG_SERVER;
	h->error = text;
	h->interception = before;
}

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
		case PASSED:
			passed(h, text);
			return LINE_HANDSHAKE;
		case FAILED:
		case BLOCKED:
			log_alerted(h, LEG_UNKNOWN, SIDE_CLIENT, code, text);
			return LINE_HANDSHAKE;
		}
	}
	return LINE_IGNORED;
}

/* The action of an anomaly that does not end the session. */
static bool
lets_pass(struct text action)
{
	static const char *const words[] = { "pass", "passed", "passthrough",
		"allow", "allowed", "accept", "info", "detected" };

	for (size_t i = 0; i < N_ITEMS(words); i++)
		if (text_equal_nocase(action, text_of(words[i])))
			return true;
	return false;
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
	} else if (value_contains(type, "negotiation") && subtype.n > 0 &&
	    value_contains(action, "block")) {
		/* unexpected-protocol, unallowed-version, ... */
		log_rejected(h, LEG_UNKNOWN, subtype);
	} else if (lets_pass(action) && (reason.n > 0 ||
	    value_contains(type, "anomal"))) {
		passed(h, text);
	} else if (value_contains(action, "block") &&
	    value_contains(msg, "certificate")) {
		log_rejected(h, LEG_SERVER, text);
	} else if (value_contains(msg, "handshake fail")) {
		log_alerted(h, LEG_UNKNOWN, SIDE_CLIENT, alert_in_message(msg),
		    msg);
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

/*
 * Who knows more of a URL than its host, or the status of the answer, has
 * decrypted the session.  Without that, certificate inspection says the same.
 */
static enum line_result
read_web(const struct pairs *p, struct handshake *h)
{
	struct text url = pairs_present(p, "url");

	if (!text_equal_nocase(pairs_get(p, "service"), TEXT("HTTPS")) &&
	    !text_equal_nocase(pairs_get(p, "scheme"), TEXT("https")))
		return LINE_IGNORED;
	if (text_skip(&url, "https://"))
		text_split(&url, '/', &(struct text){ 0 });
	else
		text_skip(&url, "/");
	if (url.n == 0 && pairs_present(p, "statuscode").n == 0)
		return LINE_IGNORED;
	log_accepted(h);
	return LINE_HANDSHAKE;
}

static void
read_names(const struct pairs *p, struct handshake *h)
{
	value_host(h, pairs_present(p, "sni"), HOST_SNI);
	if (h->host.n == 0)
		value_host(h, pairs_present(p, "hostname"), HOST_LOG);
	if (h->host.n == 0)
		value_host(h, value_url_host(pairs_present(p, "url")), HOST_URL);
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

/* Which events may tell of a handshake. */
static const struct {
	const char *type, *subtype;
	enum line_result (*read)(const struct pairs *p, struct handshake *h);
} events[] = {
	{ "utm", "ssl", read_ssl },
	{ "event", "wad", read_wad },
	{ "utm", "webfilter", read_web },
	{ "utm", "app-ctrl", read_web },
	{ "traffic", "http-transaction", read_web },
};

static enum line_result
read_pairs(struct log *log, const struct pairs *p, struct handshake *h)
{
	struct text subtype = pairs_present(p, "subtype");
	struct text type = pairs_present(p, "type");
	struct text cipher = pairs_present(p, "cipher");
	struct text category = pairs_present(p, "cat");
	struct text client = pairs_get(p, "srcip");
	struct text server = pairs_get(p, "dstip");
	enum line_result result;
	uint64_t hex = 0;
	size_t event = 0;

	/* CEF: "cat=utm:ssl", and perhaps the subtype as well. */
	if (type.n == 0)
		(void)text_split(&category, ':', &type);
	if (subtype.n == 0)
		text_split(&category, ' ', &subtype);
	while (event < N_ITEMS(events) &&
	    ((type.n > 0 && !text_is(type, events[event].type)) ||
	    !text_is(subtype, events[event].subtype)))
		event++;
	if (event == N_ITEMS(events))
		return LINE_IGNORED;
	if (!read_time(log, p, h))
		return log_bad(log, 0, "eventtime",
		    pairs_present(p, "eventtime"), "seconds or nanoseconds since 1970");
	if (value_is_absent(client) && value_is_absent(server))
		return LINE_IGNORED;
	if (!value_peer(client, &h->client))
		return log_bad(log, 0, "srcip", client, "an IP address");
	if (!value_peer(server, &h->server))
		return log_bad(log, 0, "dstip", server, "an IP address");
	(void)!value_port(pairs_present(p, "srcport"), &h->client);
	(void)!value_port(pairs_present(p, "dstport"), &h->server);
	h->transport = text_is(pairs_get(p, "proto"), "17") ?
	    TRANSPORT_QUIC : TRANSPORT_TCP;
	read_names(p, h);
	result = events[event].read(p, h);
	h->chosen.version = value_version(pairs_present(p, "tlsver"));
	for (size_t i = 2; i < cipher.n && i < 6; i++) {
		char c = (char)(cipher.at[i] | 32);

		hex = hex * 16 + (unsigned)(c >= 'a' ? c - 'a' + 10 : c - '0');
	}
	if (cipher.n == 6 && text_starts(cipher, "0x") && hex <= 0xffff)
		h->chosen.cipher = (int32_t)hex;
	return result;
}

/* Without what CEF's senders put in front of FortiOS's keys. */
static struct text
own_key(struct text key)
{
	static const char *const prefixes[] = { "ad.", "FTNTFGT",
		"FortinetFortiGate" };

	for (size_t i = 0; i < N_ITEMS(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (text_starts(key, prefixes[i]))
			key = (struct text){ key.at + n, key.n - n };
	}
	return key;
}

/* CEF: the same keys, prefixed, beside CEF's own. */
static enum line_result
read_cef(struct log *log, const struct cef *cef, struct handshake *h)
{
	static const struct {
		const char *cef, *key;
	} own[] = { { "src", "srcip" }, { "dst", "dstip" },
		{ "spt", "srcport" }, { "dpt", "dstport" },
		{ "suser", "user" }, { "act", "action" }, { "dhost", "hostname" },
		{ "app", "service" }, { "start", "eventtime" },
		{ "rt", "eventtime" } };
	struct pairs p;

	cef_pairs(log, cef->extension, &p);
	for (size_t i = 0; i < p.n; i++) {
		p.at[i].key = own_key(p.at[i].key);
		for (size_t k = 0; k < N_ITEMS(own); k++)
			if (text_is(p.at[i].key, own[k].cef))
				p.at[i].key = text_of(own[k].key);
	}
	return read_pairs(log, &p, h);
}

/* The value of a key, in any of the forms: subtype="ssl", subtype=wad,
 * "subtype": "ssl". */
static struct text
peek(struct text t, const char *key)
{
	struct text value;

	if (!text_behind(&t, key))
		return (struct text){ 0 };
	while (t.n > 0 && memchr("\"=: ", t.at[0], 4) != NULL) {
		t.at++;
		t.n--;
	}
	for (value = (struct text){ t.at, 0 }; value.n < t.n &&
	    memchr("\", \t}", t.at[value.n], 5) == NULL;)
		value.n++;
	return value;
}

/* All events have a number of ten digits and a subtype; from CEF, JSON and
 * edited lines the number may be gone. */
static bool
is_event(struct text t)
{
	struct text subtype = peek(t, "subtype"), id = peek(t, "logid");
	uint64_t number;

	if (subtype.n == 0)
		return false;
	if (id.n == 10 && text_u64(id, &number))
		return true;
	return (text_is(subtype, "ssl") || text_is(subtype, "wad")) &&
	    (text_find(t, "logid") >= 0 || text_find(t, "devid") >= 0 ||
	    text_find(t, "eventtype") >= 0);
}

/* FortiAnalyzer's CSV: each cell is a pair, "srcip=192.0.2.44","srcport=50112". */
static bool
cell_pairs(struct log *log, struct text t, struct pairs *out)
{
	struct csv csv;
	struct pair pair;

	if (t.n == 0 || t.at[0] != '"')
		return false;
	csv_split(&csv, t, ',', CSV_FIELDS_MAX);
	out->n = 0;
	for (size_t i = 0; i < csv.n && out->n < PAIRS_MAX; i++) {
		pair = (struct pair){ .value = csv_field(log, &csv, i) };
		if (pair.value.n == 0)
			continue;
		if (!text_split(&pair.value, '=', &pair.key) ||
		    memchr(pair.key.at, ' ', pair.key.n) != NULL)
			return false;
		pair.value = csv_unquote(log, pair.value);
		out->at[out->n++] = pair;
	}
	return out->n > 1;
}

static enum line_result
fortios_read(struct log *log, void *state, struct handshake *h)
{
	struct text t = log->line, payload;
	struct pairs pairs;
	struct cef cef;

	(void)state;
	if (text_find(t, "|Fortinet|") >= 0 && cef_open(t, &cef))
		return read_cef(log, &cef, h);
	if (!is_event(t))
		return LINE_NOT_MINE;
	payload = log_payload(log);
	if (payload.n > 0 && payload.at[0] == '{') {
		if (!json_pairs(log, payload, &pairs))
			return LINE_NOT_MINE;
	} else if (!cell_pairs(log, payload, &pairs)) {
		kv_pairs(log, t, '=', " \t,", &pairs);
	}
	return pairs_get(&pairs, "subtype").n > 0 ?
	    read_pairs(log, &pairs, h) : LINE_NOT_MINE;
}

const struct log_format log_format_fortios = {
	.name = "fortios",
	.title = "Fortinet FortiGate and FortiProxy SSL, WAD and web events",
	.product = "fortios",
	.sign = "logid= of ten digits and subtype=",
	.read = fortios_read,
};
