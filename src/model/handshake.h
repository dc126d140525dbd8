/*
 * handshake.h - one TLS connection attempt: the waist of pinspot.
 *
 * Every input, capture or log, fills a struct handshake, and everything later
 * consumes it.  It owns nothing: numbers, and windows that the input's pool or
 * line keeps valid until the callback returns.  Who keeps a name interns it.
 * 0, an empty window or a negative number where it says so mean "unknown", and
 * reports print that as null.
 *
 * The words are those of the TLS RFCs and of pinspot(1).
 */
#ifndef PINSPOT_MODEL_HANDSHAKE_H
#define PINSPOT_MODEL_HANDSHAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

/* Yes, no, or nothing said: a log line seldom knows all a capture shows. */
enum truth { TRUTH_UNKNOWN, TRUTH_NO, TRUTH_YES };

/* Which of the two connections of an interceptor this is. */
enum leg { LEG_UNKNOWN, LEG_CLIENT, LEG_SERVER, LEG_DIRECT };

enum transport { TRANSPORT_UNKNOWN, TRANSPORT_TCP, TRANSPORT_QUIC,
	TRANSPORT_DTLS };

/* What the TLS connection ran inside, where it began in the clear. */
enum tunnel { TUNNEL_NONE, TUNNEL_CONNECT, TUNNEL_SOCKS, TUNNEL_SMTP,
	TUNNEL_IMAP, TUNNEL_POP3, TUNNEL_FTP, TUNNEL_XMPP, TUNNEL_LDAP,
	TUNNEL_POSTGRES, TUNNEL_MYSQL, TUNNEL_RDP };

/* Where the host's name was read, best first. */
enum host_source { HOST_UNKNOWN, HOST_SNI, HOST_CONNECT, HOST_URL, HOST_LOG,
	HOST_CERTIFICATE, HOST_ADDRESS };

enum ech { ECH_UNKNOWN, ECH_NONE, ECH_GREASE, ECH_OFFERED };

/* What kind of TLS client wrote the hello (detection.md section 6). */
enum engine { ENGINE_UNKNOWN, ENGINE_BROWSER, ENGINE_APP, ENGINE_UNCLEAR };

enum side { SIDE_UNKNOWN, SIDE_CLIENT, SIDE_SERVER };

enum close_how { CLOSE_UNKNOWN, CLOSE_FIN, CLOSE_RST, CLOSE_TIMEOUT };

/* What the one who closed had last seen or sent. */
enum phase { PHASE_UNKNOWN, PHASE_NOTHING, PHASE_CLIENT_HELLO,
	PHASE_SERVER_HELLO, PHASE_SERVER_FLIGHT, PHASE_FINISHED, PHASE_DATA };

enum alert_how { ALERT_HOW_UNKNOWN, ALERT_CLEAR, ALERT_DECRYPTED, ALERT_LOGGED,
	ALERT_ENCRYPTED };

enum resumption { RESUMPTION_UNKNOWN, RESUMPTION_NONE,
	RESUMPTION_OFFERED_REFUSED, RESUMPTION_PSK, RESUMPTION_TICKET,
	RESUMPTION_SESSION_ID, RESUMPTION_MISMATCH };

enum interception { INTERCEPTION_UNKNOWN, INTERCEPTION_NONE,
	INTERCEPTION_PRESUMED, INTERCEPTION_PROVEN };

/* What became of it (product.md, Signs and outcomes). */
enum outcome { OUTCOME_UNKNOWN, OUTCOME_ACCEPTED, OUTCOME_REJECTED,
	OUTCOME_REFUSED_BY_SERVER, OUTCOME_IDLE, OUTCOME_NETWORK,
	OUTCOME_UNFINISHED, N_OUTCOMES };

enum sign { SIGN_UNKNOWN, SIGN_NONE, SIGN_CLEAR_ALERT, SIGN_DECRYPTED_ALERT,
	SIGN_LOGGED_ERROR, SIGN_SHORT_FIRST_RECORD, SIGN_SILENT_FIN,
	SIGN_SILENT_RST, SIGN_NO_DATA_CLOSE };

/* What product.md prints; NULL for an unknown value, which JSON shows as null. */
const char *leg_name(enum leg v);
const char *transport_name(enum transport v);
const char *tunnel_name(enum tunnel v);
const char *host_source_name(enum host_source v);
const char *ech_name(enum ech v);
const char *engine_name(enum engine v);
const char *side_name(enum side v);
const char *close_how_name(enum close_how v);
const char *phase_name(enum phase v);
const char *alert_how_name(enum alert_how v);
const char *resumption_name(enum resumption v);
const char *interception_name(enum interception v);
const char *outcome_name(enum outcome v);
const char *sign_name(enum sign v);

/* "1.3", "1.2", "1.1", "1.0", "ssl3", "ssl2"; drafts of 1.3 as "1.3", DTLS with
 * the same words, others as "0x7e01".  NULL for 0.  May return a static buffer
 * that the next call overwrites. */
const char *version_name(uint16_t version);

/* The version in numbers that compare: 0x0304 for TLS 1.3, its drafts and DTLS
 * 1.3, and so on down to 0x0300. */
uint16_t version_rank(uint16_t version);

enum { ADDRESS_TEXT_SIZE = 46 };

struct endpoint {
	uint8_t family; /* 4, 6, or 0 for unknown */
	uint16_t port;
	uint8_t address[16]; /* an IPv4 address in the first four */
};

/* The address in the form of RFC 5952, "" when unknown.  Returns out. */
const char *endpoint_address(const struct endpoint *e,
    char out[ADDRESS_TEXT_SIZE]);

/* Read an IPv4 or IPv6 address (also in brackets, also with a zone, which is
 * dropped; a v4-mapped one becomes IPv4); the port is left alone. */
bool endpoint_parse(struct text t, struct endpoint *out);

bool endpoint_equal(const struct endpoint *a, const struct endpoint *b);

/* Order by family and address, whatever the ports. */
int endpoint_compare(const struct endpoint *a, const struct endpoint *b);

/* Where a fact was seen: a frame or line, counted from 1 in its input; 0 where
 * there is none. */
struct origin {
	uint64_t record;
	int64_t time; /* CLOCK_UNKNOWN where the input does not tell */
};

/*
 * What a leaf certificate says of itself (RFC 5280).  Kept once per distinct
 * leaf by the input's pool, so that two handshakes with equal leaves point to
 * the same one, for as long as the pool lives: who keeps a handshake need not
 * copy it.  Names are one-line: "CN=a.example,O=Example" with the most
 * specific attribute first and RFC 4514's escapes.
 */
struct certificate {
	struct text subject, issuer;
	struct text subject_cn, issuer_cn, issuer_o;
	struct text serial; /* hex */
	const struct text *names; /* subjectAltName: DNS names and addresses */
	uint16_t n_names;
	uint8_t sha256[32]; /* of the DER; all 0 when only a log told of it */
	uint8_t spki_sha256[32]; /* of the SubjectPublicKeyInfo */
	int64_t not_before, not_after; /* CLOCK_UNKNOWN where unreadable */
	struct text authority_key_id, subject_key_id; /* hex */
	uint16_t key_bits;
	bool has_der; /* false: known from a log line only */
	bool malformed; /* the DER breaks somewhere; what came before is kept */
	bool self_issued; /* subject and issuer are the same */
	bool is_ca;
	bool weak; /* MD5 or SHA-1 signature, or RSA below 2048 bits */
	/* Traits that forged leaves seldom have (detection.md section 5.5). */
	bool has_sct, has_aia, has_crl;
	/* The signature was checked against the CA of --interceptor. */
	enum truth signed_by_given;
};

struct alert {
	enum side from;
	enum alert_how how;
	uint8_t level; /* 1 warning, 2 fatal, 0 unknown */
	int16_t code; /* RFC 8446 section 6; -1 where encrypted */
	struct origin at;
};

enum {
	VERSIONS_MAX = 16, /* real hellos offer at most five */
	ALERTS_MAX = 4, /* after the first of each side all are echoes */
	FLIGHT_MAX = 6, /* EE, CertificateRequest, Certificate, CV, Finished */
};

struct client_hello {
	bool seen; /* false: the rest is unknown */
	uint8_t n_versions;
	uint16_t versions[VERSIONS_MAX]; /* offered, in order, without GREASE */
	uint16_t legacy_version;
	struct text alpn; /* ProtocolNameList's body: length (1), name, ... */
	int16_t session_id_len; /* -1 unknown */
	enum truth psk_offered, ticket_offered, early_data;
	enum ech ech;
	enum engine engine;
	struct text ja4; /* JA4 as published, for joining with other tools */
	struct text fingerprint; /* normalised: groups one program's hellos */
};

struct server_hello {
	bool seen;
	uint16_t version; /* negotiated; 0 unknown */
	int32_t cipher; /* -1 unknown */
	struct text alpn; /* one name; empty where encrypted or absent */
	enum truth psk_accepted, session_id_echoed, retry, sentinel;
	/* Version, cipher and extension types in order: equal for all hosts
	 * that one interceptor answers for. */
	struct text shape;
};

struct handshake {
	/* Where it was seen.  input counts from 0 in the order of opening. */
	uint32_t input;
	bool from_log; /* records are lines, not frames */
	int64_t stream; /* tshark's tcp.stream; -1 unknown */
	struct origin hello, flight, deciding;
	struct origin last; /* newest frame or line that belongs to it */

	enum leg leg;
	enum transport transport;
	enum tunnel tunnel;
	struct endpoint client, server; /* server is the TCP peer */
	struct endpoint client_nat, server_nat; /* as told by a log */
	struct text host;
	enum host_source host_source;
	/* From logs and proxies. */
	struct text user, app, agent, device, policy, error;

	struct client_hello offered;
	struct server_hello chosen;
	const struct certificate *certificate; /* NULL unknown */
	int16_t chain; /* certificates sent by the server; -1 unknown */
	enum truth certificate_requested;
	enum truth certificate_sent; /* the client answered a request with one */

	uint8_t n_alerts;
	struct alert alerts[ALERTS_MAX];

	enum side close_by;
	enum close_how close_how;
	enum phase close_after;
	int64_t close_us; /* from the last server handshake record; -1 unknown */
	bool bytes_known;
	uint64_t client_data, server_data; /* TCP bytes after Finished */

	/* Record arithmetic (detection.md section 1.2): lengths on the wire. */
	uint16_t client_record; /* the client's first after the server flight */
	uint16_t finished_len; /* what a Finished of this suite needs */
	uint8_t n_flight;
	uint16_t flight_len[FLIGHT_MAX]; /* server records after the ServerHello */

	/* Quality of the evidence. */
	bool gap; /* packets of the deciding part are missing */
	bool snapped; /* frames were cut by the capture's snaplen */
	bool one_way; /* one direction was never captured */
	bool midstream; /* began before the capture */

	enum resumption resumption;
	enum interception interception;
	enum outcome outcome;
	enum sign sign;
	uint32_t count; /* connections that it stands for, at least 1 */
};

/* An empty handshake: count 1, times and numbers unknown. */
extern const struct handshake handshake_none;
void handshake_init(struct handshake *h);

/* The first record that belongs to it: its ClientHello where there is one. */
const struct origin *handshake_first(const struct handshake *h);

/* Called once per handshake; what h borrows is valid until it returns. */
typedef void handshake_fn(const struct handshake *h, void *arg);

#endif
