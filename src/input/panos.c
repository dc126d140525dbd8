/*
 * panos.c - the meaning of a PAN-OS decryption log row.
 *
 * Source: Palo Alto Networks, PAN-OS 11.1 Administrator's Guide, "Decryption Log
 * Fields" and "Decryption Log Errors, Error Indexes, and Bitmasks".
 */
#include "input/panos.h"

#include <string.h>

#include "base/clock.h"
#include "input/value.h"
#include "input/zone.h"
#include "knowledge/alerts.h"

static const char *const field_names[PANOS_FIELDS] = {
	[PANOS_TIME] = "time_generated",
	[PANOS_TIME_HIGH_RES] = "high_res_timestamp",
	[PANOS_SRC] = "src",
	[PANOS_DST] = "dst",
	[PANOS_NATSRC] = "natsrc",
	[PANOS_NATDST] = "natdst",
	[PANOS_SRCUSER] = "srcuser",
	[PANOS_APP] = "app",
	[PANOS_REPEATCNT] = "repeatcnt",
	[PANOS_SPORT] = "sport",
	[PANOS_DPORT] = "dport",
	[PANOS_NATSPORT] = "natsport",
	[PANOS_NATDPORT] = "natdport",
	[PANOS_STAGE_SERVER] = "hs_stage_f2s",
	[PANOS_VERSION] = "tls_version",
	[PANOS_ENCRYPTION] = "tls_enc",
	[PANOS_POLICY] = "policy_name",
	[PANOS_ERR_INDEX] = "err_index",
	[PANOS_PROXY_TYPE] = "proxy_type",
	[PANOS_SERIAL] = "cert_serial",
	[PANOS_NOT_BEFORE] = "notbefore",
	[PANOS_NOT_AFTER] = "notafter",
	[PANOS_CN] = "cn",
	[PANOS_ISSUER_CN] = "issuer_cn",
	[PANOS_SNI] = "sni",
	[PANOS_ERROR] = "error",
	[PANOS_SRC_HOST] = "src_host",
	[PANOS_SNI_LEN] = "sni_len",
};

/* Captions of the web interface, keys of CEF, LEEF and JSON, and variables of
 * custom formats, in small letters and digits only. */
static const struct {
	const char *caption;
	enum panos_field field;
} captions[] = {
	{ "generatetime", PANOS_TIME },
	{ "timegenerated", PANOS_TIME },
	{ "start", PANOS_TIME },
	{ "devtime", PANOS_TIME },
	{ "receivetime", PANOS_TIME },
	{ "rt", PANOS_TIME },
	{ "timestamp", PANOS_TIME },
	{ "cefformattedtimegenerated", PANOS_TIME },
	{ "cefformattedreceivetime", PANOS_TIME },
	{ "highresolutiontimestamp", PANOS_TIME_HIGH_RES },
	{ "panostimegeneratedhighresolution", PANOS_TIME_HIGH_RES },
	{ "timegeneratedhighresolution", PANOS_TIME_HIGH_RES },
	{ "sourceaddress", PANOS_SRC },
	{ "sourceip", PANOS_SRC },
	{ "srcip", PANOS_SRC },
	{ "destinationaddress", PANOS_DST },
	{ "destinationip", PANOS_DST },
	{ "dstip", PANOS_DST },
	{ "natsourceip", PANOS_NATSRC },
	{ "natsource", PANOS_NATSRC },
	{ "sourcetranslatedaddress", PANOS_NATSRC },
	{ "srcpostnat", PANOS_NATSRC },
	{ "natdestinationip", PANOS_NATDST },
	{ "natdestination", PANOS_NATDST },
	{ "destinationtranslatedaddress", PANOS_NATDST },
	{ "dstpostnat", PANOS_NATDST },
	{ "sourceuser", PANOS_SRCUSER },
	{ "suser", PANOS_SRCUSER },
	{ "usrname", PANOS_SRCUSER },
	{ "application", PANOS_APP },
	{ "repeatcount", PANOS_REPEATCNT },
	{ "countofrepeat", PANOS_REPEATCNT },
	{ "countofrepeats", PANOS_REPEATCNT },
	{ "cnt", PANOS_REPEATCNT },
	{ "sourceport", PANOS_SPORT },
	{ "srcport", PANOS_SPORT },
	{ "spt", PANOS_SPORT },
	{ "destinationport", PANOS_DPORT },
	{ "dstport", PANOS_DPORT },
	{ "dpt", PANOS_DPORT },
	{ "natsourceport", PANOS_NATSPORT },
	{ "sourcetranslatedport", PANOS_NATSPORT },
	{ "srcpostnatport", PANOS_NATSPORT },
	{ "natdestinationport", PANOS_NATDPORT },
	{ "destinationtranslatedport", PANOS_NATDPORT },
	{ "dstpostnatport", PANOS_NATDPORT },
	{ "stageforfirewalltoserver", PANOS_STAGE_SERVER },
	{ "handshakestagefirewalltoserver", PANOS_STAGE_SERVER },
	{ "hsstagef2s", PANOS_STAGE_SERVER },
	/* Sic: it holds the stage between firewall and server. */
	{ "panosfirewalltoclient", PANOS_STAGE_SERVER },
	{ "firewalltoclient", PANOS_STAGE_SERVER },
	{ "firewalltoserver", PANOS_STAGE_SERVER },
	{ "panostlsversion", PANOS_VERSION },
	{ "tlsver", PANOS_VERSION },
	{ "encryptionalgorithm", PANOS_ENCRYPTION },
	{ "panostlsencryptionalgorithm", PANOS_ENCRYPTION },
	{ "tlsencryptionalgorithm", PANOS_ENCRYPTION },
	{ "decryptionpolicy", PANOS_POLICY },
	{ "panospolicyname", PANOS_POLICY },
	{ "errorindex", PANOS_ERR_INDEX },
	{ "panoserrorindex", PANOS_ERR_INDEX },
	{ "panosproxytype", PANOS_PROXY_TYPE },
	{ "certificateserialnumber", PANOS_SERIAL },
	{ "panoscertificateserial", PANOS_SERIAL },
	{ "certificateserial", PANOS_SERIAL },
	{ "certificatestartdate", PANOS_NOT_BEFORE },
	{ "panostimenotbefore", PANOS_NOT_BEFORE },
	{ "timenotbefore", PANOS_NOT_BEFORE },
	{ "certificateenddate", PANOS_NOT_AFTER },
	{ "panostimenotafter", PANOS_NOT_AFTER },
	{ "timenotafter", PANOS_NOT_AFTER },
	{ "subjectcommonname", PANOS_CN },
	{ "commonname", PANOS_CN },
	{ "panoscommonname", PANOS_CN },
	{ "issuersubjectcommonname", PANOS_ISSUER_CN },
	{ "issuercommonname", PANOS_ISSUER_CN },
	{ "panosissuercommonname", PANOS_ISSUER_CN },
	{ "servernameindication", PANOS_SNI },
	{ "panosservernameindication", PANOS_SNI },
	{ "errormessage", PANOS_ERROR },
	{ "panoserrormessage", PANOS_ERROR },
	{ "err", PANOS_ERROR },
	{ "sourcehostname", PANOS_SRC_HOST },
	{ "panossourcedevicehost", PANOS_SRC_HOST },
	{ "sourcedevicehost", PANOS_SRC_HOST },
	{ "snilength", PANOS_SNI_LEN },
	{ "panossnilength", PANOS_SNI_LEN },
	{ "servernameindicationlength", PANOS_SNI_LEN },
};

/* Is t the caption, but for case and punctuation? */
static bool
same_caption(struct text t, const char *caption)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = text_lower(t.at[i]);

		if ((c < 'a' || c > 'z') && (c < '0' || c > '9'))
			continue;
		while (*caption == '_')
			caption++;
		if (*caption++ != c)
			return false;
	}
	return *caption == '\0';
}

enum panos_field
panos_field_find(struct text caption)
{
	for (size_t i = 0; i < PANOS_FIELDS; i++)
		if (same_caption(caption, field_names[i]))
			return (enum panos_field)i;
	for (size_t i = 0; i < N_ITEMS(captions); i++)
		if (same_caption(caption, captions[i].caption))
			return captions[i].field;
	return PANOS_FIELDS;
}

static enum line_result
bad_field(struct log *log, const struct panos_row *row, enum panos_field field,
    const char *expected)
{
	return log_bad(log, row->columns != NULL ? row->columns[field] : 0,
	    field_names[field], row->fields[field], expected);
}

/* An address that is not there is unknown; one that is none is damage. */
static bool
read_address(const struct panos_row *row, enum panos_field field,
    struct endpoint *out, enum panos_field *wrong)
{
	*wrong = field;
	return value_peer(row->fields[field], out);
}

static bool
read_port(const struct panos_row *row, enum panos_field field,
    struct endpoint *out, enum panos_field *wrong)
{
	struct text t = row->fields[field];

	*wrong = field;
	return t.n == 0 || value_port(t, out) || value_is_absent(t) ||
	    value_is_masked(t);
}

static bool
same_fields(const struct panos_row *row, enum panos_field a,
    enum panos_field b)
{
	return text_equal(row->fields[a], row->fields[b]);
}

static bool
read_endpoints(const struct panos_row *row, struct handshake *h,
    enum panos_field *wrong)
{
	bool same;

	if (!read_address(row, PANOS_SRC, &h->client, wrong) ||
	    !read_port(row, PANOS_SPORT, &h->client, wrong) ||
	    !read_address(row, PANOS_DST, &h->server, wrong) ||
	    !read_port(row, PANOS_DPORT, &h->server, wrong) ||
	    !read_address(row, PANOS_NATSRC, &h->client_nat, wrong) ||
	    !read_port(row, PANOS_NATSPORT, &h->client_nat, wrong))
		return false;
	/* Seldom is the server's address translated as well. */
	same = same_fields(row, PANOS_DST, PANOS_NATDST);
	if (LIKELY(same))
		h->server_nat = h->server;
	else if (!read_address(row, PANOS_NATDST, &h->server_nat, wrong))
		return false;
	return (same && same_fields(row, PANOS_DPORT, PANOS_NATDPORT)) ||
	    read_port(row, PANOS_NATDPORT, &h->server_nat, wrong);
}

/* The high-resolution time has a zone; senders older than 10.0 put a day of 1969
 * there. */
static bool
read_time(struct log *log, const struct panos_row *row, struct handshake *h)
{
	struct text exact = row->fields[PANOS_TIME_HIGH_RES];
	struct text t = row->fields[PANOS_TIME];

	if (exact.n > 4 && exact.at[0] != '1' &&
	    value_time_in(log, exact, row->zone, &h->hello.time))
		return true;
	if (value_is_absent(t)) {
		h->hello.time = log_wrapper_time(log);
		return true;
	}
	return value_time_in(log, t, row->zone, &h->hello.time);
}

/* TLS 1.3 suites have no other parts; of older ones the log does not tell the
 * authentication. */
static int32_t
cipher_of(struct text encryption)
{
	return text_is(encryption, "AES_128_GCM") ? 0x1301 :
	    text_is(encryption, "AES_256_GCM") ? 0x1302 :
	    text_is(encryption, "CHACHA20_POLY1305") ? 0x1303 : -1;
}

static void
read_version(const struct panos_row *row, struct handshake *h)
{
	struct text t = row->fields[PANOS_VERSION];
	uint16_t version;

	if (LIKELY(t.n == 6 && memcmp(t.at, "TLS1.", 5) == 0 &&
	    t.at[5] >= '0' && t.at[5] <= '3'))
		version = (uint16_t)(0x0301 + (t.at[5] - '0'));
	else
		version = value_version(t);
	/* SSL 2.0 is how the firewall writes a version it never saw. */
	if (version == 0 || version == 0x0002)
		return;
	h->chosen.seen = true;
	h->chosen.version = version;
	if (version == 0x0304)
		h->chosen.cipher = cipher_of(row->fields[PANOS_ENCRYPTION]);
}

/* App-ID says what the session carries.  Until it knows, it writes one of
 * these, and a failed handshake never gets further. */
static struct text
known_app(struct text app)
{
	if (text_is(app, "ssl") || text_is(app, "web-browsing") ||
	    text_is(app, "incomplete") || text_is(app, "unknown-tcp") ||
	    text_is(app, "unknown-udp") || text_is(app, "not-applicable") ||
	    text_is(app, "insufficient-data") || text_is(app, "undecided"))
		return (struct text){ 0 };
	return value_present(app);
}

/* "Received fatal alert UnknownCA from client. CA Issuer URL: ..."; the cloud
 * writes "Unknown CA". */
static bool
named_alert(struct log *log, struct text error, enum side *from, int *code)
{
	long start = text_starts(error, "Received fatal alert ") ? 9 :
	    text_find(error, "fatal alert "), end;
	struct text name;

	if (start < 0)
		return false;
	name = error;
	name.at += start + 12;
	name.n -= (size_t)start + 12;
	end = text_find(name, " from ");
	if (end < 0)
		return false;
	error = name;
	error.at += end + 6;
	error.n -= (size_t)end + 6;
	name.n = (size_t)end;
	*from = text_starts(error, "client") ? SIDE_CLIENT :
	    text_starts(error, "server") ? SIDE_SERVER : SIDE_UNKNOWN;
	*code = memo_code(&log->alerts, name, alert_by_spelling);
	return *from != SIDE_UNKNOWN;
}

/* Errors without an alert.  The firewall is the server on the client leg and the
 * client on the server leg. */
static const struct rule {
	const char *index; /* lower case, NULL any */
	const char *words; /* lower case, NULL any */
	enum leg leg;
	void (*settle)(struct handshake *h, enum leg leg, struct text text);
	bool requests_certificate, resumes;
} rules[] = {
	{ NULL, "client authentication", LEG_SERVER, log_refused, true, false },
	{ NULL, "client cert", LEG_SERVER, log_refused, true, false },
	{ "resume", NULL, LEG_UNKNOWN, log_rejected, false, true },
	{ NULL, "resum", LEG_UNKNOWN, log_rejected, false, true },
	{ NULL, "session ticket", LEG_UNKNOWN, log_rejected, false, true },
	{ NULL, "client and ", LEG_CLIENT, log_refused, false, false },
	{ NULL, "client version", LEG_CLIENT, log_refused, false, false },
	{ NULL, "client cipher", LEG_CLIENT, log_refused, false, false },
	{ NULL, "server and ", LEG_SERVER, log_rejected, false, false },
	{ NULL, "server version", LEG_SERVER, log_rejected, false, false },
	{ NULL, "server cipher", LEG_SERVER, log_rejected, false, false },
	{ NULL, "from client", LEG_CLIENT, log_rejected, false, false },
	{ NULL, "from server", LEG_SERVER, log_refused, false, false },
	{ "certificate", NULL, LEG_SERVER, log_rejected, false, false },
	{ "resource", NULL, LEG_UNKNOWN, log_network, false, false },
	{ "hsm", NULL, LEG_UNKNOWN, log_network, false, false },
	{ NULL, NULL, LEG_UNKNOWN, log_rejected, false, false },
};

static void
apply_rule(struct handshake *h, struct text index, struct text error)
{
	const struct rule *r = rules;

	while ((r->index != NULL &&
	    !text_equal_nocase(index, text_of(r->index))) ||
	    (r->words != NULL && !value_contains(error, r->words)))
		r++;
	r->settle(h, r->leg, error.n > 0 ? error : index);
	if (r->requests_certificate)
		h->certificate_requested = TRUTH_YES;
	if (r->resumes)
		h->resumption = RESUMPTION_MISMATCH;
}

/* The cloud writes "CN = name". */
static struct text
common_name(struct text t)
{
	t = value_present(t);
	if (text_starts(t, "CN=") || text_starts(t, "CN = ")) {
		size_t n = t.at[2] == '=' ? 3 : 5;

		t = (struct text){ t.at + n, t.n - n };
	}
	return t;
}

/*
 * The log describes the server's own certificate.  The impersonation certificate
 * copies its subject and dates, but not its issuer.
 */
static void
read_certificate(struct log *log, const struct panos_row *row,
    struct handshake *h)
{
	struct certificate c = { .subject_cn = common_name(
	    row->fields[PANOS_CN]), .not_before = CLOCK_UNKNOWN,
		.not_after = CLOCK_UNKNOWN };

	if (c.subject_cn.n == 0)
		return;
	c.subject = log_common_name(log, c.subject_cn);
	if (h->leg != LEG_CLIENT) {
		c.issuer_cn = common_name(row->fields[PANOS_ISSUER_CN]);
		c.issuer = log_common_name(log, c.issuer_cn);
		c.serial = value_present(row->fields[PANOS_SERIAL]);
	}
	if (!value_time(log, row->fields[PANOS_NOT_BEFORE], &c.not_before))
		c.not_before = CLOCK_UNKNOWN;
	if (!value_time(log, row->fields[PANOS_NOT_AFTER], &c.not_after))
		c.not_after = CLOCK_UNKNOWN;
	h->certificate = log_certificate(log, &c);
}

static void
read_failure(struct log *log, const struct panos_row *row,
    struct text index, struct text error, struct handshake *h)
{
	enum side from;
	int code;

	if (!named_alert(log, error, &from, &code)) {
		apply_rule(h, index, error);
	} else {
		log_alerted(h, from == SIDE_CLIENT ? LEG_CLIENT : LEG_SERVER,
		    from, code, error);
		if (code == 116) /* certificate_required */
			h->certificate_requested = TRUTH_YES;
	}
	if (h->interception == INTERCEPTION_NONE)
		h->leg = LEG_DIRECT;
	if (text_is(row->fields[PANOS_STAGE_SERVER], "Certificate_Request"))
		h->certificate_requested = TRUTH_YES;
	read_certificate(log, row, h);
}

static void
read_outcome(struct log *log, const struct panos_row *row,
    struct handshake *h)
{
	struct text error = value_present(row->fields[PANOS_ERROR]);
	struct text index = value_present(row->fields[PANOS_ERR_INDEX]);
	struct text proxy = row->fields[PANOS_PROXY_TYPE];
	bool inspected = !text_equal_nocase(proxy, TEXT("No Decrypt")) &&
	    !text_equal_nocase(proxy, TEXT("Inbound"));

	/* Inbound inspection holds the server's own key: no impersonation. */
	if (!inspected)
		h->interception = INTERCEPTION_NONE;
	if (error.n > 0 || index.n > 0)
		read_failure(log, row, index, error, h);
	else if (!inspected)
		log_bypassed(h);
	else if (h->chosen.version != 0 || h->host.n > 0)
		log_accepted(h);
	else
		h->outcome = OUTCOME_UNFINISHED;
}

/* Connections to the firewall itself, and decrypted SSH: no client refuses an
 * impersonation certificate there. */
static bool
is_foreign(struct text proxy)
{
	return text_equal_nocase(proxy, TEXT("SSH")) ||
	    text_equal_nocase(proxy, TEXT("Clientless")) ||
	    text_equal_nocase(proxy, TEXT("GlobalProtect"));
}

/* Do two backslashes stand together? */
static bool
has_doubled_backslash(struct text t)
{
	const char *found;

	while (t.n > 0 && (found = memchr(t.at, '\\', t.n)) != NULL) {
		t.n -= (size_t)(found + 1 - t.at);
		t.at = found + 1;
		if (t.n > 0 && t.at[0] == '\\')
			return true;
	}
	return false;
}

/* "corp\\\\jdoe": the cloud doubles what its sender doubled. */
static struct text
user_of(struct log *log, struct text t)
{
	char *out;
	size_t n = 0;

	t = value_present(t);
	if (LIKELY(!has_doubled_backslash(t)))
		return t;
	out = log_scratch(log, t.n);
	for (size_t i = 0; i < t.n; i++)
		if (n == 0 || t.at[i] != '\\' || out[n - 1] != '\\')
			out[n++] = t.at[i];
	return (struct text){ out, n };
}

enum line_result
panos_handshake(struct log *log, const struct panos_row *row,
    struct handshake *h)
{
	enum panos_field wrong;
	struct text count = row->fields[PANOS_REPEATCNT];
	uint64_t number;

	if (is_foreign(row->fields[PANOS_PROXY_TYPE]))
		return LINE_IGNORED;
	if (!read_endpoints(row, h, &wrong))
		return bad_field(log, row, wrong, wrong == PANOS_SRC ||
		    wrong == PANOS_DST || wrong == PANOS_NATSRC ||
		    wrong == PANOS_NATDST ? "an IP address" :
		    "a port number");
	if (!read_time(log, row, h))
		return bad_field(log, row, PANOS_TIME,
		    "a time such as 2026/03/04 09:15:02");
	/* Most sessions stand for themselves, which the handshake says already. */
	if (!text_is(count, "1") && !value_count(count, &h->count) &&
	    !value_is_absent(count))
		return bad_field(log, row, PANOS_REPEATCNT, "a number");
	if (row->fields[PANOS_SNI_LEN].n > 0 &&
	    !value_number(row->fields[PANOS_SNI_LEN], &number))
		return bad_field(log, row, PANOS_SNI_LEN, "a number");
	h->transport = TRANSPORT_TCP;
	read_version(row, h);
	h->user = user_of(log, row->fields[PANOS_SRCUSER]);
	h->app = known_app(row->fields[PANOS_APP]);
	h->device = value_present(row->fields[PANOS_SRC_HOST]);
	h->policy = value_present(row->fields[PANOS_POLICY]);
	value_host(h, value_present(row->fields[PANOS_SNI]), HOST_SNI);
	if (h->host.n == 0)
		value_host(h, common_name(row->fields[PANOS_CN]),
		    HOST_CERTIFICATE);
	read_outcome(log, row, h);
	return LINE_HANDSHAKE;
}
