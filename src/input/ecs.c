/*
 * ecs.c - events in the Elastic Common Schema: what Elastic's integrations and
 * Filebeat's modules make of the lines of other products.
 *
 *     {"@timestamp":"...","source":{"ip":"192.0.2.44"},"destination":{...},
 *     "event":{"code":"0105048038",...},"fortinet":{"firewall":{"subtype":
 *     "wad","action":"receive","desc":"unknown ca"}},...}
 *
 * The line itself is in event.original where somebody asked to keep it, and tells
 * best.  Else the product's line is put together again from the event: fields that
 * the schema knows were renamed, the others stand under the product's own name.
 * What is common to all is left to the JSON of any product.  Source: Elastic Common
 * Schema 8, fields tls, source and destination; ingest pipelines of the
 * integrations panw, fortinet_fortigate, zscaler_zia, cisco_ftd, cisco_umbrella,
 * checkpoint, sophos, proxysg, netskope, squid, haproxy and zeek; those of Malcolm
 * and Security Onion for zeek.
 */
#include <string.h>

#include "base/clock.h"
#include "input/jsonline.h"
#include "input/value.h"

/* How the product writes its fields. */
enum style { OBJECT, PAIRS, COLONS, TEMPLATE };

/* A field of the schema, and what the product calls it. */
struct renamed {
	const char *path, *key;
};

static const struct renamed panos[] = {
	{ "@timestamp", "TimeGenerated" },
	{ "source.ip", "SourceAddress" },
	{ "source.port", "SourcePort" },
	{ "source.nat.ip", "NATSource" },
	{ "source.nat.port", "NATSourcePort" },
	{ "source.user.name", "SourceUser" },
	{ "destination.ip", "DestinationAddress" },
	{ "destination.port", "DestinationPort" },
	{ "destination.nat.ip", "NATDestination" },
	{ "destination.nat.port", "NATDestinationPort" },
	{ "network.application", "Application" },
	{ "rule.name", "Rule" },
	{ "tls.version", "TLSVersion" },
	{ "tls.cipher", "TLSEncryptionAlgorithm" },
	{ "tls.client.server_name", "ServerNameIndication" },
	{ "x509.subject.common_name", "CommonName" },
	{ "x509.issuer.common_name", "IssuerCommonName" },
	{ "panw.panos.type", "LogType" },
	{ "panw.panos.repeat_count", "RepeatCount" },
	{ "panw.panos.hs_stage_c2f", "ClientToFirewall" },
	{ "panw.panos.hs_stage_f2s", "FirewallToClient" },
	{ "panw.panos.policy_name", "PolicyName" },
	{ "panw.panos.proxy_type", "ProxyType" },
	{ "panw.panos.root_certificate_status", "RootStatus" },
	{ "panw.panos.chain_status", "ChainStatus" },
	{ "panw.panos.error_message", "ErrorMessage" },
	{ "panw.panos.tls.error_type", "ErrorIndex" },
	{ "panw.panos.tls.key_exchange_algorithm", "TLSKeyExchange" },
	{ "panw.panos.tls.auth", "TLSAuth" },
};

static const struct renamed fortinet[] = {
	{ "event.start", "eventtime" },
	{ "event.code", "logid" },
	{ "message", "msg" },
	{ "source.ip", "srcip" },
	{ "source.port", "srcport" },
	{ "source.user.name", "user" },
	{ "destination.ip", "dstip" },
	{ "destination.port", "dstport" },
	{ "network.iana_number", "proto" },
	{ "rule.description", "logdesc" },
	{ "rule.id", "policyid" },
	{ "rule.ruleset", "profile" },
	{ "url.domain", "hostname" },
	{ "user_agent.original", "agent" },
	{ "tls.version", "tlsver" },
	{ "tls.cipher", "cipher" },
	{ "tls.client.server_name", "sni" },
};

static const struct renamed zscaler[] = {
	{ "@timestamp", "time" },
	{ "event.action", "action" },
	{ "event.reason", "reason" },
	{ "network.protocol", "proto" },
	{ "source.ip", "cltip" },
	{ "source.port", "cltsourceport" },
	{ "source.nat.ip", "cltintip" },
	{ "destination.ip", "serverip" },
	{ "host.name", "devicehostname" },
	{ "url.domain", "host" },
	{ "url.original", "url" },
	{ "user.email", "login" },
	{ "user_agent.original", "useragent" },
	{ "zscaler_zia.web.app.name", "appname" },
	{ "zscaler_zia.web.client.cipher_reuse", "cltsslsessreuse" },
	{ "zscaler_zia.web.client.ssl.fail_count", "cltsslfailcount" },
	{ "zscaler_zia.web.client.ssl.fail_reason", "cltsslfailreason" },
	{ "zscaler_zia.web.client.tls_version", "clttlsversion" },
	{ "zscaler_zia.web.policy.reason", "externalsslpolicyreason" },
	{ "zscaler_zia.web.server.certificate_validation_chain",
	    "srvcertchainvalpass" },
	{ "zscaler_zia.web.server.tls_version", "srvtlsversion" },
	{ "zscaler_zia.web.ssl_decrypted", "ssldecrypted" },
};

static const struct renamed ftd[] = {
	{ "source.ip", "SrcIP" },
	{ "source.port", "SrcPort" },
	{ "destination.ip", "DstIP" },
	{ "destination.port", "DstPort" },
	{ "user_agent.original", "UserAgent" },
	{ "url.original", "URL" },
};

static const struct renamed umbrella[] = {
	{ "@timestamp", "Timestamp" },
	{ "event.type", "Verdict" },
	{ "source.ip", "Internal IP" },
	{ "source.nat.ip", "External IP" },
	{ "destination.ip", "Destination IP" },
	{ "url.original", "URL" },
	{ "http.request.method", "Request Method" },
	{ "http.response.bytes", "Response Size" },
	{ "http.response.status_code", "Status Code" },
	{ "user_agent.original", "User Agent" },
	{ "cisco.umbrella.identity", "Policy Identity" },
	{ "cisco.umbrella.certificate_errors", "Certificate Errors" },
	{ "cisco.umbrella.hostname", "Host Name" },
	{ "cisco.umbrella.server_name", "Server Name" },
};

static const struct renamed checkpoint[] = {
	{ "@timestamp", "time" },
	{ "event.action", "action" },
	{ "observer.product", "product" },
	{ "source.ip", "src" },
	{ "source.port", "s_port" },
	{ "source.user.name", "src_user_name" },
	{ "destination.ip", "dst" },
	{ "destination.port", "service" },
	{ "tls.client.server_name", "sni" },
	{ "url.original", "resource" },
};

static const struct renamed sophos[] = {
	{ "@timestamp", "timestamp" },
	{ "event.reason", "reason" },
	{ "message", "reason" },
	{ "source.ip", "src_ip" },
	{ "source.port", "src_port" },
	{ "source.user.name", "user_name" },
	{ "destination.ip", "dst_ip" },
	{ "destination.port", "dst_port" },
	{ "http.response.status_code", "http_status" },
	{ "rule.name", "rule_name" },
	{ "tls.version", "tls_version" },
	{ "tls.client.server_name", "sni" },
	{ "url.original", "url" },
	{ "user_agent.original", "http_user_agent" },
};

static const struct renamed proxysg[] = {
	{ "@timestamp", "timestamp" },
	{ "proxysg.client.ip", "c-ip" },
	{ "proxysg.client_to_server.host", "cs-host" },
	{ "proxysg.client_to_server.method", "cs-method" },
	{ "proxysg.client_to_server.uri_port", "cs-uri-port" },
	{ "proxysg.client_to_server.uri_scheme", "cs-uri-scheme" },
	{ "proxysg.client_to_server.user_agent", "cs(User-Agent)" },
	{ "proxysg.client_to_server.userdn", "cs-userdn" },
	{ "proxysg.client_to_server.username", "cs-username" },
	{ "proxysg.remote.ip", "r-ip" },
	{ "proxysg.server.action", "s-action" },
	{ "proxysg.server.supplier_failures", "s-supplier-failures" },
	{ "proxysg.server.supplier_ip", "s-supplier-ip" },
	{ "proxysg.server_to_client.status", "sc-status" },
};

static const struct renamed netskope[] = {
	{ "client.ip", "c-ip" },
	{ "source.ip", "x-cs-src-ip" },
	{ "source.port", "x-cs-src-port" },
	{ "server.ip", "s-ip" },
	{ "destination.ip", "x-cs-dst-ip" },
	{ "destination.port", "x-cs-dst-port" },
	{ "http.response.status_code", "sc-status" },
	{ "tls.version", "x-cs-ssl-version" },
	{ "tls.cipher", "x-cs-ssl-cipher" },
	{ "tls.client.server_name", "x-cs-sni" },
	{ "url.port", "cs-uri-port" },
	{ "url.scheme", "cs-uri-scheme" },
	{ "user.email", "cs-username" },
	{ "user_agent.original", "cs-user-agent" },
};

static const struct renamed zeek[] = {
	{ "@timestamp", "ts" },
	{ "source.ip", "id.orig_h" },
	{ "source.port", "id.orig_p" },
	{ "destination.ip", "id.resp_h" },
	{ "destination.port", "id.resp_p" },
	{ "tls.version", "version" },
	{ "tls.cipher", "cipher" },
	{ "tls.established", "established" },
	{ "tls.resumed", "resumed" },
	{ "tls.next_protocol", "next_protocol" },
	{ "tls.client.server_name", "server_name" },
	{ "tls.server.subject", "subject" },
	{ "tls.server.issuer", "issuer" },
	{ "zeek.session_id", "uid" },
	{ "zeek.uid", "uid" }, /* Malcolm */
	{ "zeek.ssl.established", "established" },
	{ "zeek.ssl.last_alert", "last_alert" },
	{ "zeek.ssl.history", "ssl_history" },
	{ "zeek.ssl.ssl_version", "version" },
	{ "zeek.ssl.ssl_history", "ssl_history" },
	{ "zeek.ssl.server.name", "server_name" },
	{ "zeek.ssl.validation.status", "validation_status" },
};

/* Security Onion's. */
static const struct renamed onion[] = {
	{ "@timestamp", "ts" },
	{ "source.ip", "id.orig_h" },
	{ "source.port", "id.orig_p" },
	{ "destination.ip", "id.resp_h" },
	{ "destination.port", "id.resp_p" },
	{ "log.id.uid", "uid" },
	{ "ssl.history", "ssl_history" },
	{ "ssl.certificate.subject", "subject" },
	{ "ssl.certificate.issuer", "issuer" },
};

static const struct module {
	const char *own; /* what the product's own fields stand under */
	enum style style;
	const char *head; /* what the product's line begins with, or all of it,
	    with fields in braces */
	bool same; /* own fields keep their names */
	const struct renamed *renamed;
	size_t n;
} modules[] = {
	{ "panw.panos.", OBJECT, "", false, panos, N_ITEMS(panos) },
	{ "fortinet.firewall.", PAIRS, "", true, fortinet,
	    N_ITEMS(fortinet) },
	{ "zscaler_zia.web.", OBJECT, "\"sourcetype\":\"zscalernss-web\",",
	    false, zscaler, N_ITEMS(zscaler) },
	{ "cisco.ftd.security.", COLONS, "%FTD-6-430003: ", true, ftd,
	    N_ITEMS(ftd) },
	{ "cisco.umbrella.", OBJECT, "", false, umbrella,
	    N_ITEMS(umbrella) },
	{ "checkpoint.", OBJECT, "", true, checkpoint,
	    N_ITEMS(checkpoint) },
	{ "sophos.xg.", PAIRS, "", true, sophos, N_ITEMS(sophos) },
	{ "zeek.ssl.", OBJECT, "", true, zeek, N_ITEMS(zeek) },
	{ "ssl.", OBJECT, "", true, onion, N_ITEMS(onion) },
	{ "proxysg.", OBJECT, "", true, proxysg, N_ITEMS(proxysg) },
	{ "netskope.transaction.", OBJECT, "", true, netskope,
	    N_ITEMS(netskope) },
	{ "squid.result_code", TEMPLATE,
	    "0.000 logformat=ecs src_ip={source.ip} dest_ip={destination.ip} "
	    "user={source.user.name} http_method={http.request.method} "
	    "url={url.original} status={squid.status_code} "
	    "dest_status={squid.peer_status} vendor_action={squid.result_code}",
	    false, NULL, 0 },
	{ "haproxy.error_message", TEMPLATE,
	    "{source.ip}:{source.port} [01/Jan/1970:00:00:00.000] "
	    "{haproxy.frontend_name}/{haproxy.bind_name}: "
	    "{haproxy.error_message}", false, NULL, 0 },
	{ "haproxy.termination_state", TEMPLATE,
	    "{source.ip}:{source.port} [01/Jan/1970:00:00:00.000] "
	    "{haproxy.frontend_name} {haproxy.backend_name}/"
	    "{haproxy.server_name} 0/0/0/0/0 {http.response.status_code} 0 - - "
	    "{haproxy.termination_state} 0/0/0/0/0 0/0 "
	    "{{haproxy.http.request.captured_headers}} "
	    "\"{haproxy.http.request.raw_request_line}\"", false, NULL, 0 },
};

/* Elasticsearch's answers, and Splunk's, have events in an object. */
static struct text
without_index(struct text path)
{
	static const char *const wrappers[] = { "_source.", "result.",
		"fields." };

	for (size_t i = 0; i < N_ITEMS(wrappers); i++)
		text_skip(&path, wrappers[i]);
	return path;
}

struct event {
	const struct module *module; /* NULL: of none that is known */
	struct text original; /* the line, or empty */
	struct text time;
};

/* Load balancers have their fields under "ssl", too. */
static bool
is_of(const struct module *m, struct text path, struct text payload)
{
	return text_starts(path, m->own) &&
	    (m->renamed != onion || text_find(payload, "\"zeek") >= 0);
}

/* False where this is no event of the schema. */
static bool
read_event(struct log *log, struct text payload, struct event *e)
{
	struct json_walk w;
	struct json_member m;
	char room[256];

	*e = (struct event){ 0 };
	if (!json_walk_begin(&w, payload))
		return false;
	while (json_walk_next(&w, &m)) {
		struct text path = without_index(json_walk_path(&w, room,
		    sizeof(room)));

		if (text_is(path, "@timestamp"))
			e->time = m.value;
		else if (text_is(path, "event.original"))
			e->original = m.escaped ?
			    json_unescape(log, m.value) : m.value;
		for (size_t i = 0; e->module == NULL &&
		    i < N_ITEMS(modules); i++)
			if (is_of(&modules[i], path, payload))
				e->module = &modules[i];
	}
	return !w.broken && (e->module != NULL || e->original.n > 0);
}

/* The product's line while it is written; what does not fit is dropped, and the
 * line with it. */
struct writer {
	char *at;
	size_t n, room;
	bool full;
};

static void
put(struct writer *w, struct text t)
{
	if (w->full || t.n > w->room - w->n) {
		w->full = true;
		return;
	}
	if (t.n > 0)
		memcpy(w->at + w->n, t.at, t.n);
	w->n += t.n;
}

/* The product's name of a field; empty where it has none. */
static struct text
key_of(const struct module *m, struct text path)
{
	size_t own = strlen(m->own);

	for (size_t i = 0; i < m->n; i++)
		if (text_is(path, m->renamed[i].path))
			return text_of(m->renamed[i].key);
	if (!m->same || !text_starts(path, m->own))
		return (struct text){ 0 };
	return (struct text){ path.at + own, path.n - own };
}

static void
put_member(struct log *log, struct writer *w, enum style style,
    struct text key, const struct json_member *m)
{
	struct text value = m->value;
	char first;

	switch (style) {
	case OBJECT: /* its escapes are JSON's already */
		put(w, TEXT("\""));
		put(w, key);
		put(w, TEXT("\":\""));
		put(w, value);
		put(w, TEXT("\","));
		break;
	case PAIRS: /* so are \" and \\ */
		put(w, key);
		put(w, TEXT("=\""));
		put(w, value);
		put(w, TEXT("\" "));
		break;
	case COLONS: /* keys begin with a capital */
		first = (char)(key.at[0] >= 'a' && key.at[0] <= 'z' ?
		    key.at[0] - 32 : key.at[0]);
		if (w->n > 0 && w->at[w->n - 1] != ' ')
			put(w, TEXT(", "));
		put(w, (struct text){ &first, 1 });
		put(w, (struct text){ key.at + 1, key.n - 1 });
		put(w, TEXT(": "));
		put(w, m->escaped ? json_unescape(log, value) : value);
		break;
	case TEMPLATE:
		break;
	}
}

/* The first value that stands under a path; "-" where none does. */
static struct text
value_at(struct log *log, struct text payload, struct text path)
{
	static const struct text none = { "-", 1 };
	struct json_walk w;
	struct json_member m;
	char room[256];

	if (!json_walk_begin(&w, payload))
		return none;
	while (json_walk_next(&w, &m))
		if (m.kind != JSON_NULL && text_equal(without_index(
		    json_walk_path(&w, room, sizeof(room))), path))
			return m.escaped ? json_unescape(log, m.value) :
			    m.value;
	return none;
}

static void
fill_in(struct log *log, struct writer *w, struct text payload,
    struct text form)
{
	while (form.n > 0) {
		const char *end = NULL;

		if (form.at[0] == '{' && form.n > 1 && form.at[1] != '{')
			end = memchr(form.at, '}', form.n);
		if (end == NULL) {
			put(w, (struct text){ form.at, 1 });
			form.at++;
			form.n--;
			continue;
		}
		put(w, value_at(log, payload, (struct text){ form.at + 1,
		    (size_t)(end - form.at) - 1 }));
		form.n -= (size_t)(end + 1 - form.at);
		form.at = end + 1;
	}
}

/* The line as the product writes it, for its own format to read; empty where it
 * has no room. */
static struct text
write_line(struct log *log, struct text payload, const struct module *module)
{
	struct writer w = { .room = payload.n * 2 + 1024 };
	struct json_walk walk;
	struct json_member m;
	char room[256];

	w.at = log_scratch(log, w.room);
	if (module->style == TEMPLATE) {
		fill_in(log, &w, payload, text_of(module->head));
		return (struct text){ w.at, w.full ? 0 : w.n };
	}
	if (module->style == OBJECT)
		put(&w, TEXT("{"));
	put(&w, text_of(module->head));
	if (!json_walk_begin(&walk, payload))
		return (struct text){ 0 };
	while (json_walk_next(&walk, &m)) {
		struct text key = key_of(module, without_index(
		    json_walk_path(&walk, room, sizeof(room))));

		if (key.n > 0 && m.kind != JSON_NULL)
			put_member(log, &w, module->style, key, &m);
	}
	if (module->style == OBJECT) {
		if (w.n > 1 && w.at[w.n - 1] == ',')
			w.n--;
		put(&w, TEXT("}"));
	}
	return (struct text){ w.at, w.full ? 0 : w.n };
}

static bool
tells_enough(enum line_result result, const struct handshake *h)
{
	return result != LINE_NOT_MINE && (result != LINE_HANDSHAKE ||
	    h->client.family != 0 || h->host.n > 0);
}

static enum line_result
ecs_read(struct log *log, void *state, struct handshake *h)
{
	enum line_result result = LINE_NOT_MINE;
	struct text payload, line;
	struct event e;

	(void)state;
	if (text_find(log->line, "@timestamp") < 0)
		return LINE_NOT_MINE;
	payload = log_payload(log);
	if (!text_starts(payload, "{") || !read_event(log, payload, &e))
		return LINE_NOT_MINE;
	if (e.original.n > 0)
		result = log_inner(log, text_trim(e.original), h);
	if (!tells_enough(result, h) && e.module != NULL) {
		handshake_init(h);
		line = write_line(log, payload, e.module);
		result = line.n > 0 ? log_inner(log, line, h) : LINE_NOT_MINE;
		if (e.module->style == TEMPLATE)
			h->hello.time = CLOCK_UNKNOWN;
	}
	if (result == LINE_HANDSHAKE && h->hello.time == CLOCK_UNKNOWN &&
	    !value_time(log, e.time, &h->hello.time))
		h->hello.time = CLOCK_UNKNOWN;
	return result;
}

const struct log_format log_format_ecs = {
	.name = "ecs",
	.title = "Elastic Common Schema: events of Elastic's integrations",
	.sign = "@timestamp, and event.original or the fields of a product",
	.read = ecs_read,
};
