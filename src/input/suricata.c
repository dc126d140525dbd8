/*
 * suricata.c - Suricata's eve.json: tls events, and the errors that alerts and
 * anomalies tell of the same flow.
 *
 *     {"timestamp":"...","flow_id":14,"event_type":"tls","src_ip":"192.0.2.44",
 *     ...,"tls":{"subject":"CN=a.example","issuerdn":"...","sni":"a.example"}}
 *
 * Suricata is a sensor: it knows nothing of interception, and of a TLS alert no
 * more than that there was one.  A tls event is written when the handshake is
 * done, or what was seen of it when the flow ends.  Source: Suricata 7 manual,
 * "Eve JSON Format"; rules/tls-events.rules.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "input/dn.h"
#include "input/jsonrow.h"
#include "input/value.h"

enum field {
	FLOW_ID,
	TIMESTAMP,
	EVENT_TYPE,
	SRC_IP,
	SRC_PORT,
	DEST_IP,
	DEST_PORT,
	PROTO,
	ANOMALY_EVENT,
	APP_PROTO,
	SIGNATURE_ID,
	SNI,
	VERSION,
	SUBJECT,
	ISSUER,
	SERIAL,
	NOT_BEFORE,
	NOT_AFTER,
	RESUMED,
	JA4,
	FROM_PROTO,
	CIPHER,
	CLIENT_SUBJECT,
	ALPN,
	FIELDS,
};

static const struct {
	const char *path;
	enum field field;
} paths[] = {
	{ "flow_id", FLOW_ID },
	{ "timestamp", TIMESTAMP },
	{ "event_type", EVENT_TYPE },
	{ "src_ip", SRC_IP },
	{ "src_port", SRC_PORT },
	{ "dest_ip", DEST_IP },
	{ "dest_port", DEST_PORT },
	/* filebeat moves them */
	{ "source.ip", SRC_IP },
	{ "source.port", SRC_PORT },
	{ "destination.ip", DEST_IP },
	{ "destination.port", DEST_PORT },
	{ "@timestamp", TIMESTAMP },
	{ "proto", PROTO },
	{ "anomaly.event", ANOMALY_EVENT },
	{ "anomaly.app_proto", APP_PROTO },
	{ "alert.signature_id", SIGNATURE_ID },
	{ "tls.sni", SNI },
	{ "tls.version", VERSION },
	{ "tls.subject", SUBJECT },
	{ "tls.issuerdn", ISSUER },
	{ "tls.issuer", ISSUER }, /* as the manual's text has it */
	{ "tls.serial", SERIAL },
	{ "tls.notbefore", NOT_BEFORE },
	{ "tls.notafter", NOT_AFTER },
	{ "tls.session_resumed", RESUMED },
	{ "tls.ja4", JA4 },
	{ "ja4", JA4 },
	{ "tls.from_proto", FROM_PROTO },
	{ "tls.server_handshake.cipher", CIPHER },
	{ "tls.client.subject", CLIENT_SUBJECT },
	{ "tls.server_alpns", ALPN },
	{ "quic.sni", SNI },
	{ "quic.ja4", JA4 },
};

enum {
	/* Handshakes held back for an error that follows; some 600 KB. */
	HELD_MAX = 512,
	/* "SURICATA TLS error message encountered" (tls-events.rules). */
	ERROR_SIGNATURE = 2230009,
};

struct held {
	uint64_t flow; /* 0: free */
	struct handshake handshake; /* its texts are interned */
};

struct suricata {
	struct json_columns columns;
	struct held *held; /* a ring, oldest at `next` */
	size_t next;
};

static int
find_field(struct text path)
{
	path = json_unwrap_path(path);
	for (size_t i = 0; i < N_ITEMS(paths); i++)
		if (text_is(path, paths[i].path))
			return (int)paths[i].field;
	return -1;
}

/* Keep the handshake until it is known what became of its flow. */
static void
hold(struct log *log, struct suricata *s, uint64_t flow,
    const struct handshake *h)
{
	struct held *slot;

	if (s->held == NULL)
		s->held = mem_zero(HELD_MAX, sizeof(*s->held));
	slot = &s->held[s->next];
	s->next = (s->next + 1) % HELD_MAX;
	if (slot->flow != 0)
		log_emit(log, &slot->handshake);
	slot->flow = flow;
	slot->handshake = *h;
	slot->handshake.hello.record = log->number;
	slot->handshake.host = pool_intern(log->pool, h->host);
	slot->handshake.offered.ja4 = pool_intern(log->pool, h->offered.ja4);
	slot->handshake.chosen.alpn = pool_intern(log->pool, h->chosen.alpn);
}

static struct handshake *
held_of(struct suricata *s, uint64_t flow)
{
	for (size_t i = 0; s->held != NULL && i < HELD_MAX; i++)
		if (s->held[i].flow == flow && flow != 0)
			return &s->held[i].handshake;
	return NULL;
}

static enum line_result
read_flow(struct log *log, const struct text *f, struct handshake *h)
{
	if (!value_address(f[SRC_IP], &h->client))
		return log_bad(log, 0, "src_ip", f[SRC_IP], "an IP address");
	if (!value_address(f[DEST_IP], &h->server))
		return log_bad(log, 0, "dest_ip", f[DEST_IP],
		    "an IP address");
	if (f[SRC_PORT].n > 0 && !value_port(f[SRC_PORT], &h->client))
		return log_bad(log, 0, "src_port", f[SRC_PORT],
		    "a port number");
	if (f[DEST_PORT].n > 0 && !value_port(f[DEST_PORT], &h->server))
		return log_bad(log, 0, "dest_port", f[DEST_PORT],
		    "a port number");
	if (!value_time(log, f[TIMESTAMP], &h->hello.time))
		return log_bad(log, 0, "timestamp", f[TIMESTAMP],
		    "a time such as 2026-03-04T09:15:02.118233+0000");
	h->transport = text_equal_nocase(f[PROTO], TEXT("UDP")) ?
	    TRANSPORT_UNKNOWN : TRANSPORT_TCP;
	return LINE_HANDSHAKE;
}

static void
read_certificate(struct log *log, const struct text *f, struct handshake *h)
{
	struct certificate c;

	if (f[SUBJECT].n + f[ISSUER].n == 0)
		return;
	dn_certificate(log, f[SUBJECT], f[ISSUER], &c);
	c.serial = f[SERIAL];
	if (!value_time(log, f[NOT_BEFORE], &c.not_before))
		c.not_before = CLOCK_UNKNOWN;
	if (!value_time(log, f[NOT_AFTER], &c.not_after))
		c.not_after = CLOCK_UNKNOWN;
	h->certificate = log_certificate(log, &c);
}

static void
read_tls(struct log *log, const struct text *f, struct handshake *h)
{
	bool resumed = value_truth(f[RESUMED]) == TRUTH_YES;
	uint64_t cipher;

	h->chosen.version = value_version(f[VERSION]);
	h->chosen.seen = h->chosen.version != 0;
	if (text_u64(f[CIPHER], &cipher) && cipher <= UINT16_MAX)
		h->chosen.cipher = (int32_t)cipher;
	value_host(h, f[SNI], HOST_SNI);
	h->offered.ja4 = f[JA4];
	h->chosen.alpn = f[ALPN];
	if (text_starts(f[FROM_PROTO], "smtp"))
		h->tunnel = TUNNEL_SMTP;
	else if (text_starts(f[FROM_PROTO], "ftp"))
		h->tunnel = TUNNEL_FTP;
	if (resumed && version_rank(h->chosen.version) == 0x0304)
		h->resumption = RESUMPTION_PSK;
	if (f[CLIENT_SUBJECT].n > 0)
		h->certificate_requested = h->certificate_sent = TRUTH_YES;
	read_certificate(log, f, h);
	/* The version may be left out (tls.custom), but not be undetermined. */
	h->outcome = (h->chosen.seen || f[VERSION].n == 0) &&
	    (resumed || h->certificate != NULL ||
	    version_rank(h->chosen.version) == 0x0304) ? OUTCOME_ACCEPTED :
	    OUTCOME_UNFINISHED;
	h->sign = h->outcome == OUTCOME_ACCEPTED ? SIGN_NONE : SIGN_UNKNOWN;
}

/* A quic event tells of the client's hello, or of the server's: the name is in
 * the first alone.  Whether it came about is not told. */
static enum line_result
read_quic(const struct text *f, struct handshake *h)
{
	if (f[SNI].n == 0)
		return LINE_IGNORED;
	value_host(h, f[SNI], HOST_SNI);
	h->transport = TRANSPORT_QUIC;
	h->offered.ja4 = f[JA4];
	h->outcome = OUTCOME_UNFINISHED;
	return LINE_HANDSHAKE;
}

/* An event whose packet came from the server has the addresses turned round. */
static bool
from_server(const struct handshake *h)
{
	return h->client.port != 0 && h->client.port < 1024 &&
	    h->server.port >= 1024;
}

/* An alert was seen: it changes the flow's handshake, or is one by itself. */
static enum line_result
read_error(struct log *log, struct suricata *s, uint64_t flow,
    const struct text *f, struct handshake *h)
{
	static const struct text words = { "TLS error message encountered",
		29 };
	struct handshake *earlier = held_of(s, flow);
	bool server = from_server(h) || (earlier != NULL &&
	    endpoint_equal(&h->client, &earlier->server));
	struct endpoint client = h->client;

	if (earlier != NULL) {
		log_alerted(earlier, LEG_UNKNOWN,
		    server ? SIDE_SERVER : SIDE_CLIENT, -1, words);
		earlier->interception = INTERCEPTION_UNKNOWN;
		return LINE_IGNORED;
	}
	read_tls(log, f, h);
	if (server) {
		h->client = h->server;
		h->server = client;
	}
	log_alerted(h, LEG_UNKNOWN, server ? SIDE_SERVER : SIDE_CLIENT, -1,
	    words);
	h->interception = INTERCEPTION_UNKNOWN;
	if (flow == 0)
		return LINE_HANDSHAKE;
	hold(log, s, flow, h);
	return LINE_IGNORED;
}

/* The flow's tls event comes behind its error: the same handshake, better known.
 * False where there was no error. */
static bool
fill_error(struct log *log, struct suricata *s, uint64_t flow,
    const struct handshake *h)
{
	struct handshake *error = held_of(s, flow);

	if (error == NULL || (error->outcome != OUTCOME_REJECTED &&
	    error->outcome != OUTCOME_REFUSED_BY_SERVER))
		return false;
	if (error->host.n == 0) {
		error->host = pool_intern(log->pool, h->host);
		error->host_source = h->host_source;
	}
	error->client = h->client;
	error->server = h->server;
	error->chosen = h->chosen;
	error->chosen.alpn = pool_intern(log->pool, h->chosen.alpn);
	error->tunnel = h->tunnel;
	error->offered.ja4 = pool_intern(log->pool, h->offered.ja4);
	error->certificate = h->certificate;
	error->certificate_requested = h->certificate_requested;
	error->certificate_sent = h->certificate_sent;
	return true;
}

/* "event_type" stands in the first keys; a tls object without it occurs. */
static bool
is_eve(struct text line)
{
	return text_find(line, "\"event_type\"") >= 0 ||
	    (text_find(line, "\"flow_id\"") >= 0 &&
	    text_find(line, "\"tls\"") >= 0);
}

static enum line_result
suricata_read(struct log *log, void *state, struct handshake *h)
{
	struct suricata *s = state;
	struct text f[FIELDS] = { { 0 } }, payload;
	uint64_t flow = 0, signature = 0;
	enum line_result result;

	if (!is_eve(log->line))
		return LINE_NOT_MINE;
	payload = log_payload(log);
	if (!text_starts(payload, "{"))
		return LINE_NOT_MINE;
	if (!json_row(log, payload, &s->columns, find_field, f, N_ITEMS(f)))
		return f[FLOW_ID].n > 0 || f[TIMESTAMP].n > 0 ?
		    log_bad(log, 0, NULL, payload, "a whole JSON object") :
		    LINE_NOT_MINE;
	if (f[SRC_IP].n == 0 || f[TIMESTAMP].n == 0)
		return LINE_NOT_MINE;
	if (!text_u64(f[FLOW_ID], &flow))
		flow = 0;
	if (text_u64(f[SIGNATURE_ID], &signature) &&
	    signature != ERROR_SIGNATURE)
		return LINE_IGNORED;
	/* Other products' events have such objects, too. */
	if (f[EVENT_TYPE].n + f[FLOW_ID].n == 0)
		return LINE_NOT_MINE;
	if (!text_is(f[EVENT_TYPE], "tls") &&
	    !text_is(f[EVENT_TYPE], "quic") && signature == 0 &&
	    !text_equal_nocase(f[ANOMALY_EVENT],
	    TEXT("ERROR_MESSAGE_ENCOUNTERED")) &&
	    !(f[EVENT_TYPE].n == 0 && f[VERSION].n + f[SNI].n > 0))
		return LINE_IGNORED;
	result = read_flow(log, f, h);
	if (result != LINE_HANDSHAKE)
		return result;
	if (signature != 0 || f[ANOMALY_EVENT].n > 0)
		return read_error(log, s, flow, f, h);
	if (text_is(f[EVENT_TYPE], "quic"))
		return read_quic(f, h);
	read_tls(log, f, h);
	if (flow == 0)
		return LINE_HANDSHAKE;
	if (!fill_error(log, s, flow, h))
		hold(log, s, flow, h);
	return LINE_IGNORED;
}

static void
suricata_finish(struct log *log, void *state)
{
	struct suricata *s = state;

	for (size_t i = 0; s->held != NULL && i < HELD_MAX; i++) {
		struct held *held = &s->held[(s->next + i) % HELD_MAX];

		if (held->flow != 0)
			log_emit(log, &held->handshake);
	}
	free(s->held);
}

const struct log_format log_format_suricata = {
	.name = "suricata",
	.title = "Suricata eve.json, tls events with alerts and anomalies",
	.sign = "a JSON object with event_type and a flow",
	.state_size = sizeof(struct suricata),
	.read = suricata_read,
	.finish = suricata_finish,
};
