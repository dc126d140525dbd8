/*
 * ftd.c - Cisco Secure Firewall (FTD): connection events by syslog, and the
 * event viewer's CSV with SSL flow flags.
 *
 *     ... %FTD-1-430003: EventPriority: Low, SrcIP: 192.0.2.44, ...,
 *     SSLFlowStatus: Success, SSLActualAction: Decrypt (Resign), ...
 *
 *     rec_type=71 ... src_ip=192.0.2.44 ... ssl_actual_action="Decrypt (Resign)"
 *
 * The last form is that of the eStreamer's client eNcore.  By syslog, values are
 * not quoted and may hold commas: a value ends where a comma, a blank,
 * a capital letter's word and a colon follow.  By syslog no alert is told; the
 * flow flags of the viewer name it.  Source: Cisco, "Cisco Secure Firewall
 * Threat Defense Syslog Messages" 430001-430005, and "Troubleshoot TLS/SSL
 * Pinning".
 */
#include <string.h>

#include "base/clock.h"
#include "input/csv.h"
#include "input/pairs.h"
#include "input/value.h"
#include "knowledge/alerts.h"
#include "knowledge/ciphers.h"

enum ftd_field {
	TIME, CLIENT, SERVER, CLIENT_PORT, SERVER_PORT, USER, AGENT, APP, WEB,
	POLICY, FLOW_STATUS, CERT_STATUS, VERSION, CIPHER, ACTION, EXPECTED,
	HOST, URL, RESPONDER_BYTES, NAT_CLIENT, NAT_CLIENT_PORT, NAT_SERVER,
	NAT_SERVER_PORT, FLOW_FLAGS, FLOW_MESSAGES,
	N_FIELDS
};

/* Keys by syslog, and captions of the viewer ("TLS/SSL" stands for "SSL" in
 * newer ones), in small letters and digits only. */
static const struct {
	const char *key;
	enum ftd_field field;
} keys[] = {
	{ "firstpktsec", TIME },
	{ "destip", SERVER },
	{ "destport", SERVER_PORT },
	{ "clientapp", APP },
	{ "webapp", WEB },
	{ "firstpacketsecond", TIME },
	{ "firstpacket", TIME },
	{ "srcip", CLIENT },
	{ "initiatorip", CLIENT },
	{ "dstip", SERVER },
	{ "responderip", SERVER },
	{ "srcport", CLIENT_PORT },
	{ "sourceporticmptype", CLIENT_PORT },
	{ "initiatorporticmptype", CLIENT_PORT },
	{ "dstport", SERVER_PORT },
	{ "destinationporticmpcode", SERVER_PORT },
	{ "user", USER },
	{ "initiatoruser", USER },
	{ "useragent", AGENT },
	{ "client", APP },
	{ "clientapplication", APP },
	{ "webapplication", WEB },
	{ "sslrulename", POLICY },
	{ "sslrule", POLICY },
	{ "sslflowstatus", FLOW_STATUS },
	{ "sslflowerror", FLOW_STATUS },
	{ "sslservercertstatus", CERT_STATUS },
	{ "sslcertificatestatus", CERT_STATUS },
	{ "sslversion", VERSION },
	{ "sslciphersuite", CIPHER },
	{ "sslactualaction", ACTION },
	{ "sslexpectedaction", EXPECTED },
	{ "sslservername", HOST },
	{ "url", URL },
	{ "responderbytes", RESPONDER_BYTES },
	{ "natinitiatorip", NAT_CLIENT },
	{ "natinitiatorport", NAT_CLIENT_PORT },
	{ "natresponderip", NAT_SERVER },
	{ "natresponderport", NAT_SERVER_PORT },
	{ "sslflowflags", FLOW_FLAGS },
	{ "sslflowmessages", FLOW_MESSAGES },
};

/* Places of the columns after a header of the viewer, from 1. */
struct ftd {
	uint16_t place[N_FIELDS];
	uint16_t n_columns;
};

struct row {
	struct text fields[N_FIELDS];
};

/* The field that a key or caption names, or -1. */
static int
field_of(struct text name)
{
	char small[40];
	size_t n = 0;

	if (text_starts(name, "TLS/"))
		name = (struct text){ name.at + 4, name.n - 4 };
	for (size_t i = 0; i < name.n && n < sizeof(small); i++) {
		char c = text_lower(name.at[i]);

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			small[n++] = c;
	}
	for (size_t i = 0; i < N_ITEMS(keys); i++)
		if (text_is((struct text){ small, n }, keys[i].key))
			return (int)keys[i].field;
	return -1;
}

/* "Key: " at i, a known key or one that looks like one. */
static bool
key_at(struct text t, size_t i, struct text *key)
{
	size_t start = i;

	if (i >= t.n || t.at[i] < 'A' || t.at[i] > 'Z')
		return false;
	while (i < t.n && i - start < 40 && ((t.at[i] >= 'a' &&
	    t.at[i] <= 'z') || (t.at[i] >= 'A' && t.at[i] <= 'Z') ||
	    (t.at[i] >= '0' && t.at[i] <= '9') || t.at[i] == '_' ||
	    t.at[i] == ' '))
		i++;
	if (i + 1 >= t.n || t.at[i] != ':' || t.at[i + 1] != ' ')
		return false;
	*key = (struct text){ t.at + start, i - start };
	return true;
}

/* Split "Key: value, Key: value". */
static void
split_pairs(struct text t, struct row *row)
{
	struct text key, following;
	size_t i = 0, start;
	int field;

	while (i < t.n && key_at(t, i, &key)) {
		start = i = i + key.n + 2;
		while (i < t.n && !(t.at[i] == ',' && i + 1 < t.n &&
		    t.at[i + 1] == ' ' && key_at(t, i + 2, &following)))
			i++;
		field = field_of(key);
		if (field >= 0 && row->fields[field].n == 0)
			row->fields[field] = text_trim(
			    (struct text){ t.at + start, i - start });
		i += 2;
	}
}

static int
flagged_alert(struct text flags)
{
	static const char before[] = "CLIENT_ALERT_SEEN_";
	long at = text_find(flags, before);
	struct text name;

	if (at < 0)
		return -1;
	flags.at += at + (long)sizeof(before) - 1;
	flags.n -= (size_t)at + sizeof(before) - 1;
	text_split(&flags, ',', &name);
	return alert_by_spelling(text_trim(name));
}

/* The viewer's flags and messages tell how far it came. */
static void
read_flags(const struct row *row, struct handshake *h)
{
	struct text flags = row->fields[FLOW_FLAGS];
	struct text messages = row->fields[FLOW_MESSAGES];

	if (text_find(flags, "ALERT_SEEN") >= 0) {
		log_alerted(h, LEG_CLIENT, SIDE_CLIENT, flagged_alert(flags),
		    flags);
	} else if (text_find(messages, "CLIENT_ALERT_SEEN") >= 0) {
		log_alerted(h, LEG_CLIENT, SIDE_CLIENT, -1, messages);
	} else if (text_find(flags, "APP_DATA_C2S") >= 0 ||
	    text_find(messages, "APP_DATA_FROM_CLIENT") >= 0) {
		log_accepted(h);
	} else if (text_find(messages, "CLIENT_FINISHED") >= 0) {
		log_accepted(h);
		h->outcome = OUTCOME_IDLE;
		h->sign = SIGN_NO_DATA_CLOSE;
	} else if (text_find(messages, "SERVER_HELLO_DONE") >= 0) {
		log_rejected(h, LEG_CLIENT, messages);
	} else {
		h->outcome = OUTCOME_UNFINISHED;
	}
	h->interception = INTERCEPTION_PROVEN;
}

/* "Handshake Error", "Unsupported Cipher Suite", "Decryption Error" and the like;
 * others speak of the device itself. */
static bool
is_failure(struct text status)
{
	static const char *const words[] = { "handshake", "cipher", "version",
		"compression", "decryption" };

	for (size_t i = 0; i < N_ITEMS(words); i++)
		if (value_contains(status, words[i]))
			return true;
	return false;
}

/* False where the record tells no handshake. */
static bool
read_outcome(const struct row *row, struct handshake *h)
{
	struct text action = row->fields[ACTION];
	struct text status = row->fields[FLOW_STATUS];
	struct text certificate = row->fields[CERT_STATUS];
	bool known = status.n > 0 && !text_is(status, "Unknown");
	bool good = !known || text_starts(status, "Success");
	bool decrypted = value_contains(action, "decrypt");

	if (!known && (action.n == 0 || text_is(action, "Unknown")))
		return false;
	/* With the server's own key nothing is impersonated. */
	if (value_contains(action, "not decrypt") ||
	    value_contains(action, "known key")) {
		log_bypassed(h);
	} else if (decrypted && (row->fields[FLOW_FLAGS].n > 0 ||
	    row->fields[FLOW_MESSAGES].n > 0)) {
		read_flags(row, h);
	} else if (certificate.n > 0 && !text_starts(certificate, "Valid") &&
	    !text_starts(certificate, "Not Checked") &&
	    (!decrypted || !good)) {
		log_rejected(h, LEG_SERVER, certificate);
	} else if (decrypted && good) {
		log_accepted(h);
	} else if (value_contains(status, "uncached session")) {
		h->resumption = RESUMPTION_MISMATCH;
		log_refused(h, LEG_CLIENT, status);
	} else if (!good && is_failure(status)) {
		log_rejected(h, LEG_UNKNOWN, status);
	} else {
		return false;
	}
	return true;
}

/* The words for a user who is not known. */
static struct text
user_of(struct text t)
{
	static const char *const nobody[] = { "Not Found",
		"No Authentication Required", "Unknown", "Pending",
		"Failed Authentication", "Guest" };

	for (size_t i = 0; i < N_ITEMS(nobody); i++)
		if (text_equal_nocase(t, text_of(nobody[i])))
			return (struct text){ 0 };
	return value_present(t);
}

/* "443 (https) / tcp", or the number alone. */
static struct text
port_word(struct text t)
{
	struct text word;

	text_split(&t, ' ', &word);
	return word;
}

static enum line_result
read_row(struct log *log, const struct row *row, struct handshake *h)
{
	const struct text *f = row->fields;
	int cipher = cipher_by_name(f[CIPHER]);

	if (!read_outcome(row, h))
		return LINE_IGNORED;
	if (f[TIME].n > 0 && !value_time(log, f[TIME], &h->hello.time))
		return log_bad(log, 0, "FirstPacketSecond", f[TIME], "a time");
	if (f[TIME].n == 0)
		h->hello.time = log_wrapper_time(log);
	if (!value_peer(f[CLIENT], &h->client))
		return log_bad(log, 0, "SrcIP", f[CLIENT], "an IP address");
	if (!value_peer(f[SERVER], &h->server))
		return log_bad(log, 0, "DstIP", f[SERVER], "an IP address");
	(void)!value_port(port_word(f[CLIENT_PORT]), &h->client);
	(void)!value_port(port_word(f[SERVER_PORT]), &h->server);
	(void)!value_peer(f[NAT_CLIENT], &h->client_nat);
	(void)!value_port(f[NAT_CLIENT_PORT], &h->client_nat);
	(void)!value_peer(f[NAT_SERVER], &h->server_nat);
	(void)!value_port(f[NAT_SERVER_PORT], &h->server_nat);
	h->transport = TRANSPORT_TCP;
	h->chosen.version = value_version(f[VERSION]);
	h->chosen.cipher = cipher >= 0 ? cipher : -1;
	value_host(h, value_present(f[HOST]), HOST_SNI);
	if (h->host.n == 0)
		value_host(h, value_url_host(value_present(f[URL])), HOST_URL);
	h->user = user_of(f[USER]);
	h->agent = value_present(f[AGENT]);
	h->app = value_present(f[WEB].n > 0 ? f[WEB] : f[APP]);
	h->policy = value_present(f[POLICY]);
	return LINE_HANDSHAKE;
}

static bool
learn_header(struct log *log, struct ftd *ftd)
{
	struct csv csv;
	int field;

	if (text_find(log->line, "SSL Flow Flags") < 0 &&
	    text_find(log->line, "SSL Flow Messages") < 0)
		return false;
	csv_split(&csv, log->line, ',', CSV_FIELDS_MAX);
	*ftd = (struct ftd){ .n_columns = (uint16_t)csv.n };
	for (size_t i = 0; i < csv.n; i++) {
		field = field_of(csv_field(log, &csv, i));
		if (field >= 0 && ftd->place[field] == 0)
			ftd->place[field] = (uint16_t)(i + 1);
	}
	return true;
}

static enum line_result
read_columns(struct log *log, const struct ftd *ftd, struct handshake *h)
{
	struct row row = { 0 };
	struct csv csv;
	enum line_result result;

	csv_split(&csv, log->line, ',', CSV_FIELDS_MAX);
	/* One more or less may be a comma at the end; others' rows differ. */
	if (csv.n + 1 < ftd->n_columns || csv.n > ftd->n_columns + 1U)
		return LINE_NOT_MINE;
	for (size_t i = 0; i < N_FIELDS; i++)
		if (ftd->place[i] > 0)
			row.fields[i] = csv_field(log, &csv,
			    ftd->place[i] - 1U);
	result = read_row(log, &row, h);
	for (size_t i = 0; i < N_FIELDS && result == LINE_BAD; i++)
		log_bad_column(log, row.fields[i], ftd->place[i]);
	return result;
}

/* The flow's messages as eNcore writes them: one number, a bit for each, as in
 * Cisco's "eStreamer Integration Guide". */
enum {
	BIT_CLIENT_ALERT = 0x2,
	BIT_SERVER_HELLO_DONE = 0x100,
	BIT_CLIENT_FINISHED = 0x2000,
	BIT_APP_DATA_FROM_CLIENT = 0x40000,
};

/* The same messages in the viewer's words, for read_flags().  An alert after the
 * client's data closes only. */
static struct text
words_of(uint64_t messages)
{
	if ((messages & BIT_APP_DATA_FROM_CLIENT) != 0)
		return text_of("APP_DATA_FROM_CLIENT");
	if ((messages & BIT_CLIENT_ALERT) != 0)
		return text_of("CLIENT_ALERT_SEEN");
	if ((messages & BIT_CLIENT_FINISHED) != 0)
		return text_of("CLIENT_FINISHED");
	if ((messages & BIT_SERVER_HELLO_DONE) != 0)
		return text_of("SERVER_HELLO_DONE");
	return (struct text){ 0 };
}

/* eNcore writes the flags as numbers, and 0 or Unknown for nothing. */
static enum line_result
read_encore(struct log *log, struct text t, struct handshake *h)
{
	struct row row = { 0 };
	struct pairs pairs;
	struct text value;
	uint64_t number;
	int field;

	kv_pairs(log, t, '=', " \t", &pairs);
	for (size_t i = 0; i < pairs.n; i++) {
		field = field_of(pairs.at[i].key);
		value = value_present(pairs.at[i].value);
		if (field == FLOW_MESSAGES && value_number(value, &number))
			value = words_of(number);
		if (field < 0 || row.fields[field].n > 0 ||
		    text_is(value, "Unknown") || ((field == FLOW_FLAGS ||
		    field == FLOW_STATUS) && value_number(value, &number)))
			continue;
		row.fields[field] = value;
	}
	return read_row(log, &row, h);
}

/* "EventPriority: Low, ..., AccessControlRuleAction: Allow, ...": what collectors
 * leave of an event, and what the event says behind its number. */
static enum line_result
read_event(struct log *log, struct text t, struct handshake *h)
{
	struct row row = { 0 };

	split_pairs(text_trim(t), &row);
	if (row.fields[ACTION].n == 0 && row.fields[FLOW_STATUS].n == 0)
		return LINE_IGNORED;
	return read_row(log, &row, h);
}

/* "%FTD-1-430003:"; 430001 is an intrusion, others are no connections. */
static enum line_result
ftd_read(struct log *log, void *state, struct handshake *h)
{
	struct ftd *ftd = state;
	struct text t = log->line;
	long at = text_find(t, "%FTD-");
	bool encore, bare;

	if (at < 0)
		at = text_find(t, "%NGIPS-");
	encore = at < 0 && text_find(t, "rec_type=") >= 0 &&
	    text_find(t, "ssl_actual_action=") >= 0;
	bare = at < 0 && !encore &&
	    text_find(t, "AccessControlRuleAction: ") >= 0 &&
	    text_find(t, "SrcIP: ") >= 0;
	/* A collector's JSON around the line: its format takes it off. */
	if ((at >= 0 || encore || bare) && log_payload(log).n > 0 &&
	    log_payload(log).at[0] == '{')
		return LINE_NOT_MINE;
	if (encore)
		return read_encore(log, t, h);
	if (bare)
		return read_event(log, log_payload(log), h);
	if (at < 0) {
		if (learn_header(log, ftd))
			return LINE_HEADER;
		return ftd->n_columns > 0 && t.n > 0 && t.at[0] == '"' ?
		    read_columns(log, ftd, h) : LINE_NOT_MINE;
	}
	t.at += at;
	t.n -= (size_t)at;
	at = text_find(t, ": ");
	if (at < 0 || (text_find(t, "-430002:") < 0 &&
	    text_find(t, "-430003:") < 0))
		return LINE_IGNORED;
	t.at += at + 2;
	t.n -= (size_t)at + 2;
	return read_event(log, t, h);
}

const struct log_format log_format_ftd = {
	.name = "ftd",
	.title = "Cisco Secure Firewall (FTD) connection events, syslog, CSV and "
	    "eNcore",
	.product = "ftd",
	.sign = "%FTD-N-430002 or 430003, AccessControlRuleAction: and "
	    "SrcIP:, a header with SSL Flow Flags, or rec_type= and "
	    "ssl_actual_action=",
	.state_size = sizeof(struct ftd),
	.read = ftd_read,
};
