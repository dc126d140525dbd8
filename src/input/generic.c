#include "input/generic.h"

#include <string.h>

#include "base/clock.h"
#include "input/dn.h"
#include "input/jsonline.h"
#include "input/value.h"
#include "knowledge/alerts.h"
#include "knowledge/ciphers.h"

static const char *const field_names[GENERIC_FIELDS] = {
	[GENERIC_TIME] = "time",
	[GENERIC_CLIENT] = "client",
	[GENERIC_CLIENT_PORT] = "client.port",
	[GENERIC_SERVER] = "server",
	[GENERIC_SERVER_PORT] = "server.port",
	[GENERIC_SNI] = "sni",
	[GENERIC_HOST] = "host",
	[GENERIC_URL] = "url",
	[GENERIC_USER] = "user",
	[GENERIC_APP] = "app",
	[GENERIC_AGENT] = "agent",
	[GENERIC_DEVICE] = "device",
	[GENERIC_POLICY] = "policy",
	[GENERIC_VERSION] = "version",
	[GENERIC_CIPHER] = "cipher",
	[GENERIC_SUBJECT] = "subject",
	[GENERIC_ISSUER] = "issuer",
	[GENERIC_ERROR] = "error",
	[GENERIC_CLIENT_ERROR] = "client.error",
	[GENERIC_SERVER_ERROR] = "server.error",
	[GENERIC_ALERT] = "alert",
	[GENERIC_ACTION] = "action",
	[GENERIC_LEG] = "leg",
	[GENERIC_ESTABLISHED] = "established",
	[GENERIC_RESUMED] = "resumed",
	[GENERIC_COUNT] = "count",
	[GENERIC_JA4] = "ja4",
	[GENERIC_ALPN] = "alpn",
	[GENERIC_STATUS] = "status",
	[GENERIC_DATE] = "date",
	[GENERIC_CODE] = "code",
	[GENERIC_PROTOCOL] = "protocol",
};

/* Keys as products write them, in small letters and without "_-. ". */
static const struct {
	const char *key;
	enum generic_field field;
} aliases[] = {
	{ "ts", GENERIC_TIME },
	{ "time", GENERIC_TIME },
	{ "timestamp", GENERIC_TIME },
	{ "@timestamp", GENERIC_TIME },
	{ "datetime", GENERIC_TIME },
	{ "eventtime", GENERIC_TIME },
	{ "timegenerated", GENERIC_TIME },
	{ "receivetime", GENERIC_TIME },
	{ "rt", GENERIC_TIME },
	{ "start", GENERIC_TIME },
	{ "devtime", GENERIC_TIME },
	{ "epochtime", GENERIC_TIME },
	{ "date", GENERIC_DATE },
	{ "starttime", GENERIC_TIME },
	{ "eventtimestamp", GENERIC_TIME },
	{ "createdat", GENERIC_TIME },
	{ "logtime", GENERIC_TIME },
	{ "realtimetimestamp", GENERIC_TIME },
	{ "sourcerealtimetimestamp", GENERIC_TIME },
	{ "src", GENERIC_CLIENT },
	{ "srcip", GENERIC_CLIENT },
	{ "sourceip", GENERIC_CLIENT },
	{ "sourceaddress", GENERIC_CLIENT },
	{ "clientip", GENERIC_CLIENT },
	{ "clientaddress", GENERIC_CLIENT },
	{ "client", GENERIC_CLIENT },
	{ "cltip", GENERIC_CLIENT },
	{ "cip", GENERIC_CLIENT },
	{ "clientaddr", GENERIC_CLIENT },
	{ "clienthost", GENERIC_CLIENT },
	{ "cliip", GENERIC_CLIENT },
	{ "remoteaddr", GENERIC_CLIENT },
	{ "remoteaddress", GENERIC_CLIENT },
	{ "remoteip", GENERIC_CLIENT },
	{ "remotehost", GENERIC_CLIENT },
	{ "peeraddr", GENERIC_CLIENT },
	{ "peeraddress", GENERIC_CLIENT },
	{ "peerip", GENERIC_CLIENT },
	{ "downstreamaddress", GENERIC_CLIENT },
	{ "downstreamremoteaddress", GENERIC_CLIENT },
	{ "downstreamdirectremoteaddress", GENERIC_CLIENT },
	{ "sourceipaddress", GENERIC_CLIENT },
	{ "srcaddr", GENERIC_CLIENT },
	{ "saddr", GENERIC_CLIENT },
	{ "ipsrc", GENERIC_CLIENT },
	{ "sourceipv6address", GENERIC_CLIENT },
	{ "srcendpointip", GENERIC_CLIENT }, /* OCSF */
	{ "srcport", GENERIC_CLIENT_PORT },
	{ "sport", GENERIC_CLIENT_PORT },
	{ "spt", GENERIC_CLIENT_PORT },
	{ "sourceport", GENERIC_CLIENT_PORT },
	{ "remoteport", GENERIC_CLIENT_PORT },
	{ "peerport", GENERIC_CLIENT_PORT },
	{ "cport", GENERIC_CLIENT_PORT },
	{ "cltport", GENERIC_CLIENT_PORT },
	{ "clientport", GENERIC_CLIENT_PORT },
	{ "srcendpointport", GENERIC_CLIENT_PORT },
	{ "dst", GENERIC_SERVER },
	{ "dstip", GENERIC_SERVER },
	{ "destip", GENERIC_SERVER },
	{ "destinationip", GENERIC_SERVER },
	{ "destinationaddress", GENERIC_SERVER },
	{ "serverip", GENERIC_SERVER },
	{ "serveraddress", GENERIC_SERVER },
	{ "server", GENERIC_SERVER },
	{ "rip", GENERIC_SERVER },
	{ "serveraddr", GENERIC_SERVER },
	{ "upstreamaddr", GENERIC_SERVER },
	{ "upstreamhost", GENERIC_SERVER },
	{ "upstreamaddress", GENERIC_SERVER },
	{ "destinationipaddress", GENERIC_SERVER },
	{ "dstaddr", GENERIC_SERVER },
	{ "daddr", GENERIC_SERVER },
	{ "ipdst", GENERIC_SERVER },
	{ "destaddress", GENERIC_SERVER },
	{ "destinationipv6address", GENERIC_SERVER },
	{ "dstendpointip", GENERIC_SERVER },
	{ "dport", GENERIC_SERVER_PORT },
	{ "dstport", GENERIC_SERVER_PORT },
	{ "destport", GENERIC_SERVER_PORT },
	{ "dpt", GENERIC_SERVER_PORT },
	{ "destinationport", GENERIC_SERVER_PORT },
	{ "serverport", GENERIC_SERVER_PORT },
	{ "rport", GENERIC_SERVER_PORT },
	{ "svrport", GENERIC_SERVER_PORT },
	{ "dstendpointport", GENERIC_SERVER_PORT },
	{ "sni", GENERIC_SNI },
	{ "servername", GENERIC_SNI },
	{ "tlssni", GENERIC_SNI },
	{ "sslsni", GENERIC_SNI },
	{ "tlsclientservername", GENERIC_SNI },
	{ "servernameindication", GENERIC_SNI },
	{ "sslservername", GENERIC_SNI },
	{ "tlsservername", GENERIC_SNI },
	{ "requestedservername", GENERIC_SNI },
	{ "clientsni", GENERIC_SNI },
	{ "sslfcsni", GENERIC_SNI },
	{ "host", GENERIC_HOST },
	{ "hostname", GENERIC_HOST },
	{ "cshost", GENERIC_HOST },
	{ "dsthost", GENERIC_HOST },
	{ "dhost", GENERIC_HOST },
	{ "desthostname", GENERIC_HOST },
	{ "dstendpointhostname", GENERIC_HOST },
	{ "destinationdomain", GENERIC_HOST },
	{ "requesthost", GENERIC_HOST },
	{ "destinationhostname", GENERIC_HOST },
	{ "targethost", GENERIC_HOST },
	{ "serverhostname", GENERIC_HOST },
	{ "domain", GENERIC_HOST },
	{ "url", GENERIC_URL },
	{ "request", GENERIC_URL },
	{ "urlfull", GENERIC_URL },
	{ "urldomain", GENERIC_URL },
	{ "resource", GENERIC_URL },
	{ "requesturl", GENERIC_URL },
	{ "uri", GENERIC_URL },
	{ "requesturi", GENERIC_URL },
	{ "user", GENERIC_USER },
	{ "suser", GENERIC_USER },
	{ "srcuser", GENERIC_USER },
	{ "username", GENERIC_USER },
	{ "usrname", GENERIC_USER },
	{ "sourceuser", GENERIC_USER },
	{ "sourceusername", GENERIC_USER },
	{ "userid", GENERIC_USER },
	{ "usernamename", GENERIC_USER },
	{ "clientuser", GENERIC_USER },
	{ "actorusername", GENERIC_USER },
	{ "useragent", GENERIC_AGENT },
	{ "csuseragent", GENERIC_AGENT },
	{ "useragentoriginal", GENERIC_AGENT },
	{ "requestclientapplication", GENERIC_AGENT },
	{ "clientapplication", GENERIC_AGENT },
	{ "app", GENERIC_APP },
	{ "application", GENERIC_APP },
	{ "appname", GENERIC_APP },
	{ "shost", GENERIC_DEVICE },
	{ "srchost", GENERIC_DEVICE },
	{ "sourcehost", GENERIC_DEVICE },
	{ "policy", GENERIC_POLICY },
	{ "policyname", GENERIC_POLICY },
	{ "rule", GENERIC_POLICY },
	{ "rulename", GENERIC_POLICY },
	{ "tlsversion", GENERIC_VERSION },
	{ "sslversion", GENERIC_VERSION },
	{ "tlsver", GENERIC_VERSION },
	{ "sslversionnegotiated", GENERIC_VERSION },
	{ "tlsprotocolversion", GENERIC_VERSION },
	{ "sslprotocol", GENERIC_VERSION },
	{ "tlsprotocol", GENERIC_VERSION },
	{ "sslfcprotocol", GENERIC_VERSION },
	{ "downstreamtlsversion", GENERIC_VERSION },
	{ "negotiatedtlsversion", GENERIC_VERSION },
	{ "clienttlsversion", GENERIC_VERSION },
	{ "clttlsversion", GENERIC_VERSION },
	{ "clientconnectiontlsversion", GENERIC_VERSION },
	{ "version", GENERIC_PROTOCOL },
	{ "protocol", GENERIC_PROTOCOL },
	{ "protocolversion", GENERIC_PROTOCOL },
	{ "tlscipher", GENERIC_CIPHER },
	{ "tlsciphersuite", GENERIC_CIPHER },
	{ "downstreamtlscipher", GENERIC_CIPHER },
	{ "sslciphersuite", GENERIC_CIPHER },
	{ "sslcipher", GENERIC_CIPHER },
	{ "cipher", GENERIC_CIPHER },
	{ "ciphersuite", GENERIC_CIPHER },
	{ "sslciphers", GENERIC_CIPHER },
	{ "tlsciphers", GENERIC_CIPHER },
	{ "sslfccipher", GENERIC_CIPHER },
	{ "subject", GENERIC_SUBJECT },
	{ "subjectdn", GENERIC_SUBJECT },
	{ "certificatesubject", GENERIC_SUBJECT },
	{ "certsubject", GENERIC_SUBJECT },
	{ "subjectname", GENERIC_SUBJECT },
	{ "commonname", GENERIC_SUBJECT },
	{ "cn", GENERIC_SUBJECT },
	{ "tlsserversubject", GENERIC_SUBJECT },
	{ "tlscertificatesubject", GENERIC_SUBJECT },
	{ "issuer", GENERIC_ISSUER },
	{ "issuerdn", GENERIC_ISSUER },
	{ "certificateissuer", GENERIC_ISSUER },
	{ "certissuer", GENERIC_ISSUER },
	{ "issuername", GENERIC_ISSUER },
	{ "issuercn", GENERIC_ISSUER },
	{ "issuercommonname", GENERIC_ISSUER },
	{ "tlsserverissuer", GENERIC_ISSUER },
	{ "tlscertificateissuer", GENERIC_ISSUER },
	{ "error", GENERIC_ERROR },
	{ "errormessage", GENERIC_ERROR },
	{ "reason", GENERIC_ERROR },
	{ "msg", GENERIC_ERROR },
	{ "errdetail", GENERIC_ERROR },
	{ "cltsslfailreason", GENERIC_ERROR },
	{ "err", GENERIC_ERROR },
	{ "errormsg", GENERIC_ERROR },
	{ "errorreason", GENERIC_ERROR },
	{ "exception", GENERIC_ERROR },
	{ "tlserror", GENERIC_ERROR },
	{ "sslerror", GENERIC_ERROR },
	{ "tlserrorerrormessage", GENERIC_ERROR },
	{ "failurereason", GENERIC_ERROR },
	{ "errorstring", GENERIC_ERROR },
	{ "errortext", GENERIC_ERROR },
	{ "downstreamtransportfailurereason", GENERIC_CLIENT_ERROR },
	{ "clienttlserror", GENERIC_CLIENT_ERROR },
	{ "clientsslerror", GENERIC_CLIENT_ERROR },
	{ "sslfcerrstr", GENERIC_CLIENT_ERROR },
	{ "fcerrstr", GENERIC_CLIENT_ERROR },
	{ "clientsslhandshakefailurereason", GENERIC_CLIENT_ERROR },
	{ "clientsslfailurereason", GENERIC_CLIENT_ERROR },
	{ "clienttlsfailurereason", GENERIC_CLIENT_ERROR },
	{ "upstreamtransportfailurereason", GENERIC_SERVER_ERROR },
	{ "upstreamtlserror", GENERIC_SERVER_ERROR },
	{ "servertlserror", GENERIC_SERVER_ERROR },
	{ "serversslerror", GENERIC_SERVER_ERROR },
	{ "upstreamsslerror", GENERIC_SERVER_ERROR },
	{ "bcerrstr", GENERIC_SERVER_ERROR },
	{ "alert", GENERIC_ALERT },
	{ "lastalert", GENERIC_ALERT },
	{ "tlsalert", GENERIC_ALERT },
	{ "alertcode", GENERIC_ALERT },
	{ "alertdescription", GENERIC_ALERT },
	{ "alertname", GENERIC_ALERT },
	{ "sslalert", GENERIC_ALERT },
	{ "tlslastalert", GENERIC_ALERT },
	{ "ssllastalert", GENERIC_ALERT },
	{ "unmappedlastalert", GENERIC_ALERT },
	{ "errorcode", GENERIC_CODE },
	{ "action", GENERIC_ACTION },
	{ "act", GENERIC_ACTION },
	{ "sslaction", GENERIC_ACTION },
	{ "sslactualaction", GENERIC_ACTION },
	{ "ssldecrypted", GENERIC_ACTION },
	{ "tlsdecrypted", GENERIC_ACTION },
	{ "sslinspected", GENERIC_ACTION },
	{ "tlsinspected", GENERIC_ACTION },
	{ "httpsinspectionaction", GENERIC_ACTION },
	{ "leg", GENERIC_LEG },
	{ "tlsleg", GENERIC_LEG },
	{ "tlsestablished", GENERIC_ESTABLISHED },
	{ "established", GENERIC_ESTABLISHED },
	{ "sslestablished", GENERIC_ESTABLISHED },
	{ "tlshandshakecompleted", GENERIC_ESTABLISHED },
	{ "handshakecompleted", GENERIC_ESTABLISHED },
	{ "tlsresumed", GENERIC_RESUMED },
	{ "resumed", GENERIC_RESUMED },
	{ "sslsessionreused", GENERIC_RESUMED },
	{ "sessionresumed", GENERIC_RESUMED },
	{ "cnt", GENERIC_COUNT },
	{ "count", GENERIC_COUNT },
	{ "repeatcount", GENERIC_COUNT },
	{ "clientsslhandshakefailureaggregatecount", GENERIC_COUNT },
	{ "clientsslhandshakefailurecount", GENERIC_COUNT },
	{ "ja4", GENERIC_JA4 },
	{ "tlsclientja4", GENERIC_JA4 },
	{ "tlsja4", GENERIC_JA4 },
	{ "clientja4", GENERIC_JA4 },
	{ "alpn", GENERIC_ALPN },
	{ "tlsnextprotocol", GENERIC_ALPN },
	{ "tlsproto", GENERIC_ALPN },
	{ "status", GENERIC_STATUS },
	{ "statuscode", GENERIC_STATUS },
	{ "responsecode", GENERIC_STATUS },
	{ "responsestatuscode", GENERIC_STATUS },
	{ "httpresponsestatuscode", GENERIC_STATUS },
	{ "httpstatus", GENERIC_STATUS },
	{ "httpstatuscode", GENERIC_STATUS },
	{ "downstreamstatus", GENERIC_STATUS },
};

/* What an interceptor says it did with the session.  The longer words first. */
static const struct {
	const char *word;
	enum interception interception;
} actions[] = {
	{ "do not decrypt", INTERCEPTION_NONE },
	{ "not decrypted", INTERCEPTION_NONE },
	{ "not inspected", INTERCEPTION_NONE },
	{ "donotdecrypt", INTERCEPTION_NONE },
	{ "no decrypt", INTERCEPTION_NONE },
	{ "bypass", INTERCEPTION_NONE },
	{ "exempt", INTERCEPTION_NONE },
	{ "splice", INTERCEPTION_NONE },
	{ "passthrough", INTERCEPTION_NONE },
	{ "tunnel", INTERCEPTION_NONE },
	{ "decrypt", INTERCEPTION_PROVEN },
	{ "inspect", INTERCEPTION_PROVEN },
	{ "resign", INTERCEPTION_PROVEN },
	{ "re-sign", INTERCEPTION_PROVEN },
	{ "intercept", INTERCEPTION_PROVEN },
	{ "bump", INTERCEPTION_PROVEN },
};

const char *
generic_field_name(enum generic_field field)
{
	return field_names[field];
}

enum generic_field
generic_field_by_name(struct text name)
{
	for (size_t i = 0; i < GENERIC_FIELDS; i++)
		if (text_is(name, field_names[i]))
			return (enum generic_field)i;
	return GENERIC_FIELDS;
}

static struct text
without_wrapper(struct text key)
{
	static const char *const wrappers[] = { "ssl.", "request." };

	key = json_unwrap_path(value_column(key));
	for (size_t i = 0; i < N_ITEMS(wrappers); i++)
		text_skip(&key, wrappers[i]);
	return key;
}

enum generic_field
generic_field_find(struct text key)
{
	char plain[64];
	struct text t;
	size_t n = 0;

	key = without_wrapper(key);
	for (size_t i = 0; i < key.n; i++) {
		char c = key.at[i];

		if (c == '_' || c == '-' || c == '.' || c == ' ')
			continue;
		if (n == sizeof(plain))
			return GENERIC_FIELDS;
		plain[n++] = text_lower(c);
	}
	t = (struct text){ plain, n };
	for (size_t i = 0; i < N_ITEMS(aliases); i++)
		if (text_is(t, aliases[i].key))
			return aliases[i].field;
	return GENERIC_FIELDS;
}

/* True where the action says whether the session was decrypted, by a word or, as
 * the value of "ssldecrypted", by yes or no. */
static bool
action_of(struct text action, enum interception *out)
{
	bool yes = text_equal_nocase(action, TEXT("yes"));

	if (yes || text_equal_nocase(action, TEXT("no"))) {
		*out = yes ? INTERCEPTION_PROVEN : INTERCEPTION_NONE;
		return true;
	}
	for (size_t i = 0; i < N_ITEMS(actions); i++)
		if (value_contains(action, actions[i].word)) {
			*out = actions[i].interception;
			return true;
		}
	return false;
}

static int
alert_of(const struct text *fields)
{
	struct text alert = value_present(fields[GENERIC_ALERT]);
	int code = alert.n > 0 ? alert_by_spelling(alert) : -1;

	if (code < 0 && alert.n > 0)
		code = alert_in_message(alert);
	return code;
}

/* "http: TLS handshake error from 192.0.2.44:50112: EOF", "... while SSL
 * handshaking, client: 192.0.2.44, server: ...". */
static void
take_client(struct text *fields)
{
	static const char *const words[] = { " from ", "client: ", "client=" };
	struct text t, word;
	struct endpoint e;

	for (size_t i = 0; i < N_ITEMS(words); i++) {
		t = fields[GENERIC_ERROR];
		if (!text_behind(&t, words[i]))
			continue;
		text_split(&t, ' ', &word);
		while (word.n > 0 && memchr(":,;", word.at[word.n - 1], 3))
			word.n--;
		if (value_endpoint(word, false, &e))
			fields[GENERIC_CLIENT] = word;
	}
}

/* A version of TLS and of nothing else: by its name, or by its number. */
static bool
is_tls_version(struct text t)
{
	uint16_t version = value_version(t);

	return version >= 0x0300 && version < 0xff00 &&
	    (value_contains(t, "tls") || value_contains(t, "ssl") ||
	    text_starts(t, "0x0") || text_starts(t, "77") ||
	    text_starts(t, "76"));
}

static bool
speaks_of_handshake(struct text error)
{
	enum reason_kind kind;

	if (error.n == 0)
		return false;
	if (value_contains(error, "tls handshake") ||
	    value_contains(error, "ssl handshake") ||
	    value_contains(error, "sslhandshake"))
		return true;
	kind = reason_of(error).kind;
	return kind == REASON_ALERT || kind == REASON_CERTIFICATE;
}

bool
generic_tells_tls(struct text *fields)
{
	enum interception interception;
	struct text error = fields[GENERIC_ERROR];
	struct endpoint client;

	if (fields[GENERIC_VERSION].n == 0 &&
	    is_tls_version(fields[GENERIC_PROTOCOL]))
		fields[GENERIC_VERSION] = fields[GENERIC_PROTOCOL];
	if (value_present(fields[GENERIC_SNI]).n > 0 ||
	    value_version(fields[GENERIC_VERSION]) != 0)
		return true;
	if (fields[GENERIC_CLIENT].n == 0 && error.n > 0)
		take_client(fields);
	/* An "alert" of a "client" may be of anything but of an address. */
	if (!value_endpoint(fields[GENERIC_CLIENT], false, &client))
		return false;
	return alert_of(fields) >= 0 || speaks_of_handshake(error) ||
	    speaks_of_handshake(fields[GENERIC_CLIENT_ERROR]) ||
	    speaks_of_handshake(fields[GENERIC_SERVER_ERROR]) ||
	    (action_of(fields[GENERIC_ACTION], &interception) &&
	    (fields[GENERIC_HOST].n > 0 || fields[GENERIC_URL].n > 0));
}

/* An address with or without a port; the name of a host is not damage here,
 * since keys such as "server" hold either. */
static bool
read_endpoint(struct text address, struct text port, struct endpoint *out)
{
	struct endpoint read = { 0 };

	if (!value_is_absent(address) && value_endpoint(address, false, &read))
		*out = read;
	return value_is_absent(port) || value_port(port, out);
}

/* "GET https://www.example/ HTTP/1.1" is a request, which has a URL or a mere
 * path in it. */
static struct text
url_of(struct text request)
{
	struct text word;

	while (text_find(request, " ") >= 0 && text_split(&request, ' ', &word))
		if (text_find(word, "://") > 0)
			return word;
	return text_starts(request, "HTTP/") ? (struct text){ 0 } : request;
}

static void
read_host(const struct text *fields, struct handshake *h)
{
	static const struct {
		enum generic_field field;
		enum host_source source;
	} hosts[] = { { GENERIC_SNI, HOST_SNI }, { GENERIC_URL, HOST_URL },
		{ GENERIC_HOST, HOST_LOG } };

	for (size_t i = 0; i < N_ITEMS(hosts) && h->host.n == 0; i++)
		value_host(h, value_url_host(url_of(
		    value_present(fields[hosts[i].field]))), hosts[i].source);
}

static void
read_certificate(struct log *log, const struct text *fields,
    struct handshake *h)
{
	struct text subject = value_present(fields[GENERIC_SUBJECT]);
	struct text issuer = value_present(fields[GENERIC_ISSUER]);
	struct certificate c;

	if (subject.n + issuer.n == 0)
		return;
	dn_certificate(log, subject, issuer, &c);
	h->certificate = log_certificate(log, &c);
}

/* "NA" may be somebody's name, but is no error. */
static struct text
present_error(struct text t)
{
	t = value_present(t);
	return text_is(t, "NA") ? (struct text){ 0 } : t;
}

/* What the row says of an error, and of which leg. */
static struct text
error_of(const struct text *fields, enum leg *leg)
{
	struct text client = present_error(fields[GENERIC_CLIENT_ERROR]);
	struct text server = present_error(fields[GENERIC_SERVER_ERROR]);

	*leg = value_contains(fields[GENERIC_LEG], "client") ? LEG_CLIENT :
	    value_contains(fields[GENERIC_LEG], "server") ? LEG_SERVER :
	    LEG_UNKNOWN;
	if (client.n > 0 || server.n > 0)
		*leg = client.n > 0 ? LEG_CLIENT : LEG_SERVER;
	/* Go's net/http and nginx say so of the clients that they serve. */
	else if (value_contains(fields[GENERIC_ERROR], "handshake error from ") ||
	    value_contains(fields[GENERIC_ERROR], "handshaking, client"))
		*leg = LEG_CLIENT;
	return client.n > 0 ? client : server.n > 0 ? server :
	    present_error(fields[GENERIC_ERROR]);
}

/* Who sent the alert: "from server", the side that usually does on this leg, or
 * the one that judges certificates. */
static enum side
sender_of(struct text error, int code, enum leg leg)
{
	if (value_contains(error, "from server") ||
	    value_contains(error, "by server"))
		return SIDE_SERVER;
	if (value_contains(error, "from client") ||
	    value_contains(error, "by client"))
		return SIDE_CLIENT;
	if (leg == LEG_SERVER)
		return SIDE_SERVER;
	return leg == LEG_CLIENT || alert_is_certificate(code) ? SIDE_CLIENT :
	    SIDE_UNKNOWN;
}

static void
read_alert(struct handshake *h, int code, enum leg leg, struct text error)
{
	enum side from = sender_of(error, code, leg);

	if (leg == LEG_UNKNOWN && from == SIDE_SERVER)
		leg = LEG_SERVER;
	else if (leg == LEG_UNKNOWN && alert_is_certificate(code))
		leg = LEG_CLIENT;
	log_alerted(h, leg, from, code, error);
}

/* A request came through: there is a status. */
static bool
has_status(const struct text *fields)
{
	uint64_t status;

	return text_u64(fields[GENERIC_STATUS], &status) && status >= 100 &&
	    status < 600;
}

static enum line_result
read_outcome(const struct text *fields, struct handshake *h)
{
	enum truth established = value_truth(fields[GENERIC_ESTABLISHED]);
	enum interception interception = INTERCEPTION_UNKNOWN;
	bool acted = action_of(fields[GENERIC_ACTION], &interception);
	enum line_result result = LINE_HANDSHAKE;
	enum leg leg;
	struct text error = error_of(fields, &leg);
	struct reason reason = reason_of(error);
	int code = alert_of(fields);

	if (code < 0)
		code = reason.alert;
	if (code < 0 && fields[GENERIC_CLIENT_ERROR].n > 0)
		code = alert_by_spelling(error);
	/* What was not decrypted had no leg on which a client could fail. */
	if (code > 0 && fields[GENERIC_CLIENT_ERROR].n > 0 &&
	    interception == INTERCEPTION_NONE)
		interception = INTERCEPTION_UNKNOWN;
	if (code < 0 && reason.kind == REASON_NONE &&
	    established != TRUTH_YES && !has_status(fields))
		code = alert_by_spelling(fields[GENERIC_CODE]);
	if (code > 0)
		read_alert(h, code, leg, error);
	else if (acted && interception == INTERCEPTION_NONE)
		log_bypassed(h);
	else if (code < 0 && reason.kind != REASON_NONE)
		result = log_failed(h, leg, reason, error);
	else if (established == TRUTH_NO || value_contains(error, "fail") ||
	    value_contains(error, "error"))
		log_rejected(h, leg, error);
	else if (established == TRUTH_YES || has_status(fields) ||
	    (acted && error.n == 0))
		log_accepted(h);
	else
		h->outcome = OUTCOME_UNFINISHED;
	h->interception = interception;
	if (!acted && h->outcome == OUTCOME_ACCEPTED)
		h->leg = leg;
	return result;
}

/* "2026-03-04" and "09:15:02", each in its field. */
static bool
read_date(struct log *log, struct text date, struct text time, int64_t *out)
{
	char *joined;

	if (date.n == 0 || date.n + time.n > 64)
		return false;
	joined = log_scratch(log, date.n + time.n + 1);
	memcpy(joined, date.at, date.n);
	joined[date.n] = ' ';
	if (time.n > 0)
		memcpy(joined + date.n + 1, time.at, time.n);
	return value_time(log, (struct text){ joined, date.n + 1 + time.n },
	    out);
}

static bool
read_time(struct log *log, const struct text *fields, int64_t *out)
{
	struct text time = value_present(fields[GENERIC_TIME]);
	struct text date = value_present(fields[GENERIC_DATE]);

	if (time.n == 0 && date.n == 0) {
		*out = log_wrapper_time(log);
		return true;
	}
	return (time.n > 0 && value_time(log, time, out)) ||
	    value_time(log, date, out) || read_date(log, date, time, out);
}

enum line_result
generic_handshake(struct log *log, const struct text *fields,
    struct handshake *h)
{
	struct text count = value_present(fields[GENERIC_COUNT]);
	struct text cipher = value_present(fields[GENERIC_CIPHER]);

	if (!read_endpoint(fields[GENERIC_CLIENT],
	    fields[GENERIC_CLIENT_PORT], &h->client))
		return log_bad(log, 0, "client.port",
		    fields[GENERIC_CLIENT_PORT], "a port number");
	if (!read_endpoint(fields[GENERIC_SERVER],
	    fields[GENERIC_SERVER_PORT], &h->server))
		return log_bad(log, 0, "server.port",
		    fields[GENERIC_SERVER_PORT], "a port number");
	if (!read_time(log, fields, &h->hello.time))
		return log_bad(log, 0, "time", fields[GENERIC_TIME], "a time");
	if (count.n > 0 && !value_count(count, &h->count))
		return log_bad(log, 0, "count", count, "a number");
	h->transport = TRANSPORT_TCP;
	h->chosen.version = value_version(fields[GENERIC_VERSION]);
	if (cipher.n > 0)
		h->chosen.cipher = cipher_by_name(cipher);
	h->chosen.seen = h->chosen.version != 0 || h->chosen.cipher >= 0;
	h->user = value_present(fields[GENERIC_USER]);
	h->app = value_present(fields[GENERIC_APP]);
	h->agent = value_present(fields[GENERIC_AGENT]);
	h->device = value_present(fields[GENERIC_DEVICE]);
	h->policy = value_present(fields[GENERIC_POLICY]);
	read_host(fields, h);
	if (h->chosen.version == 0x0304 &&
	    value_truth(fields[GENERIC_RESUMED]) == TRUTH_YES)
		h->resumption = RESUMPTION_PSK;
	h->offered.ja4 = value_present(fields[GENERIC_JA4]);
	h->chosen.alpn = value_present(fields[GENERIC_ALPN]);
	read_certificate(log, fields, h);
	return read_outcome(fields, h);
}
