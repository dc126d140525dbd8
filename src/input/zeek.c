/*
 * zeek.c - the meaning of Zeek's ssl.log and x509.log.
 *
 * Zeek is a sensor: it sees one connection and knows nothing of interception.
 * Source: Zeek 7.0, scripts/base/protocols/ssl/main.zeek and
 * scripts/base/files/x509/main.zeek; the letters of ssl_history from
 * scripts/base/protocols/ssl/consts.zeek.
 */
#include "input/zeek.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "input/dn.h"
#include "input/value.h"
#include "knowledge/alerts.h"
#include "knowledge/ciphers.h"

static const struct {
	const char *name;
	enum zeek_field field;
} names[] = {
	{ "ts", ZEEK_TS },
	{ "id.orig_h", ZEEK_ORIG_H },
	{ "id.orig_p", ZEEK_ORIG_P },
	{ "id.resp_h", ZEEK_RESP_H },
	{ "id.resp_p", ZEEK_RESP_P },
	{ "version", ZEEK_VERSION },
	{ "cipher", ZEEK_CIPHER },
	{ "server_name", ZEEK_SERVER_NAME },
	{ "resumed", ZEEK_RESUMED },
	{ "last_alert", ZEEK_LAST_ALERT },
	{ "next_protocol", ZEEK_NEXT_PROTOCOL },
	{ "established", ZEEK_ESTABLISHED },
	{ "ssl_history", ZEEK_HISTORY },
	{ "cert_chain_fps", ZEEK_CHAIN_FPS },
	{ "cert_chain_fuids", ZEEK_CHAIN_FUIDS }, /* until 4.0 */
	{ "subject", ZEEK_SUBJECT },
	{ "issuer", ZEEK_ISSUER },
	{ "issuer_subject", ZEEK_ISSUER },
	{ "validation_status", ZEEK_VALIDATION },
	{ "_path", ZEEK_PATH },
	{ "fingerprint", ZEEK_FINGERPRINT },
	{ "id", ZEEK_X509_FUID }, /* until 4.0 */
	{ "certificate.serial", ZEEK_X509_SERIAL },
	{ "certificate.subject", ZEEK_X509_SUBJECT },
	{ "certificate.issuer", ZEEK_X509_ISSUER },
	{ "certificate.not_valid_before", ZEEK_X509_NOT_BEFORE },
	{ "certificate.not_valid_after", ZEEK_X509_NOT_AFTER },
	{ "san.dns", ZEEK_X509_ALTERNATIVE },
	/* JA4 package */
	{ "ja4", ZEEK_JA4 },
	/* as stores write them that take no dots in names */
	{ "id_orig_h", ZEEK_ORIG_H },
	{ "id_orig_p", ZEEK_ORIG_P },
	{ "id_resp_h", ZEEK_RESP_H },
	{ "id_resp_p", ZEEK_RESP_P },
	{ "certificate_serial", ZEEK_X509_SERIAL },
	{ "certificate_subject", ZEEK_X509_SUBJECT },
	{ "certificate_issuer", ZEEK_X509_ISSUER },
	{ "certificate_not_valid_before", ZEEK_X509_NOT_BEFORE },
	{ "certificate_not_valid_after", ZEEK_X509_NOT_AFTER },
	{ "san_dns", ZEEK_X509_ALTERNATIVE },
};

enum { CERTIFICATES_MAX = 32768 }; /* of x509.log, some 12 MB */

enum zeek_field
zeek_field_find(struct text name)
{
	for (size_t i = 0; i < N_ITEMS(names); i++)
		if (text_is(name, names[i].name))
			return names[i].field;
	return ZEEK_FIELDS;
}

void
zeek_book_clear(struct zeek_book *book)
{
	free(book->at);
	*book = (struct zeek_book){ 0 };
}

void
zeek_free(struct zeek *z)
{
	zeek_book_clear(&z->own);
}

bool
zeek_is_x509(struct text head)
{
	return text_find(head, "\n#path\tx509\n") >= 0 ||
	    text_find(head, "\tcertificate.subject\t") >= 0 ||
	    text_find(head, "\"certificate.subject\":") >= 0;
}

/* x509.log */

static struct zeek_book *
book_of(struct log *log, struct zeek *z)
{
	return log->options->book != NULL ? log->options->book : &z->own;
}

static struct zeek_certificate *
find_slot(struct zeek_book *b, const uint8_t key[ZEEK_KEY])
{
	size_t i = (size_t)hash_bytes(key, ZEEK_KEY) & (b->room - 1);

	while (b->at[i].certificate != NULL &&
	    memcmp(b->at[i].key, key, ZEEK_KEY) != 0)
		i = (i + 1) & (b->room - 1);
	return &b->at[i];
}

static void
enlarge(struct zeek_book *b)
{
	struct zeek_certificate *old = b->at;
	size_t n_old = b->room;

	b->room = n_old > 0 ? n_old * 2 : 64;
	b->at = mem_zero(b->room, sizeof(*old));
	for (size_t i = 0; i < n_old; i++)
		if (old[i].certificate != NULL)
			*find_slot(b, old[i].key) = old[i];
	free(old);
}

/* By the first of the fingerprints, or of the file ids, which are shorter. */
static bool
key_of(struct text fingerprints, struct text ids, uint8_t key[ZEEK_KEY])
{
	struct text first;

	text_split(&fingerprints, ',', &first);
	if (first.n >= 64)
		return value_sha256(first, key);
	text_split(&ids, ',', &first);
	if (first.n == 0 || first.n >= ZEEK_KEY)
		return false;
	memset(key, 0, ZEEK_KEY);
	memcpy(key, first.at, first.n);
	return true;
}

void
zeek_certificate(struct log *log, struct zeek *z, const struct text *fields)
{
	struct zeek_book *book = book_of(log, z);
	struct certificate c;
	struct zeek_certificate *slot;
	uint8_t key[ZEEK_KEY];
	struct text alternatives = value_present(fields[ZEEK_X509_ALTERNATIVE]);
	struct text alternative[16];

	dn_certificate(log, fields[ZEEK_X509_SUBJECT],
	    fields[ZEEK_X509_ISSUER], &c);
	if (!key_of(fields[ZEEK_FINGERPRINT], fields[ZEEK_X509_FUID], key) ||
	    book->n == CERTIFICATES_MAX)
		return;
	if (fields[ZEEK_FINGERPRINT].n > 0)
		memcpy(c.sha256, key, sizeof(c.sha256));
	c.serial = fields[ZEEK_X509_SERIAL];
	if (!value_time(log, fields[ZEEK_X509_NOT_BEFORE], &c.not_before))
		c.not_before = CLOCK_UNKNOWN;
	if (!value_time(log, fields[ZEEK_X509_NOT_AFTER], &c.not_after))
		c.not_after = CLOCK_UNKNOWN;
	while (alternatives.n > 0 && c.n_names < N_ITEMS(alternative)) {
		text_split(&alternatives, ',', &alternative[c.n_names]);
		c.n_names++;
	}
	c.names = alternative;
	if (book->n * 4 >= book->room * 3)
		enlarge(book);
	slot = find_slot(book, key);
	if (slot->certificate != NULL)
		return;
	slot->certificate = log_certificate(log, &c);
	if (slot->certificate == NULL)
		return;
	memcpy(slot->key, key, sizeof(slot->key));
	book->n++;
}

/* ssl.log */

/* The first of the chain's fingerprints, or the names in the row itself. */
static void
read_certificate(struct log *log, struct zeek *z, const struct text *fields,
    struct handshake *h)
{
	struct zeek_book *book = book_of(log, z);
	struct certificate c;
	uint8_t key[ZEEK_KEY];

	if (book->n > 0 &&
	    key_of(fields[ZEEK_CHAIN_FPS], fields[ZEEK_CHAIN_FUIDS], key))
		h->certificate = find_slot(book, key)->certificate;
	if (h->certificate != NULL || fields[ZEEK_ISSUER].n == 0)
		return;
	dn_certificate(log, fields[ZEEK_SUBJECT], fields[ZEEK_ISSUER], &c);
	h->certificate = log_certificate(log, &c);
}

/* "TLSv12", "DTLSv12", "unknown-32257". */
static void
read_version(struct text t, struct handshake *h)
{
	uint64_t number;

	h->transport = TRANSPORT_TCP;
	if (t.n == 0)
		return;
	h->chosen.seen = true;
	if (LIKELY(t.n == 6 && memcmp(t.at, "TLSv1", 5) == 0 &&
	    t.at[5] >= '0' && t.at[5] <= '3')) {
		h->chosen.version = (uint16_t)(0x0301 + (t.at[5] - '0'));
		return;
	}
	if (text_starts(t, "unknown-")) {
		t = (struct text){ t.at + 8, t.n - 8 };
		if (text_u64(t, &number) && number <= UINT16_MAX)
			h->chosen.version = (uint16_t)number;
		return;
	}
	h->chosen.version = value_version(t);
	if (text_starts(t, "DTLS"))
		h->transport = TRANSPORT_DTLS;
}

/* Capital letters are the client's, small ones the server's. */
static void
read_history(struct text history, struct handshake *h, enum side *alert_from)
{
	*alert_from = SIDE_UNKNOWN;
	for (size_t i = 0; i < history.n; i++) {
		switch (history.at[i]) {
		case 'L':
			*alert_from = *alert_from == SIDE_UNKNOWN ?
			    SIDE_CLIENT : *alert_from;
			break;
		case 'l':
			*alert_from = *alert_from == SIDE_UNKNOWN ?
			    SIDE_SERVER : *alert_from;
			break;
		case 'r':
			h->certificate_requested = TRUTH_YES;
			break;
		case 'X':
			h->certificate_sent = TRUTH_YES;
			break;
		case 'j':
			h->chosen.retry = TRUTH_YES;
			break;
		}
	}
}

/* Logs of Bro and early Zeek have no history.  Clients judge certificates;
 * the rest is said by servers as often, and by them first. */
static enum side
likely_sender(int code)
{
	return alert_is_certificate(code) ? SIDE_CLIENT : SIDE_SERVER;
}

static void
read_outcome(struct log *log, const struct text *fields,
    const uint8_t *columns, struct handshake *h)
{
	struct text alert = fields[ZEEK_LAST_ALERT];
	struct text history = fields[ZEEK_HISTORY];
	/* Bro before 2.2 has no such column; it tells suites of both sides. */
	bool old = columns != NULL && columns[ZEEK_ESTABLISHED] == 0;
	bool established = old ? alert.n == 0 && fields[ZEEK_CIPHER].n > 0 :
	    value_truth(fields[ZEEK_ESTABLISHED]) == TRUTH_YES;
	enum side from;
	int code = -1;

	read_history(history, h, &from);
	if (alert.n > 0)
		code = memo_code(&log->alerts, alert, alert_by_spelling);
	/* A close_notify, or a warning after the fact, ends a session that
	 * came about. */
	if (alert.n > 0 && (!established || alert_is_certificate(code))) {
		if (from == SIDE_UNKNOWN)
			from = likely_sender(code);
		log_alerted(h, LEG_UNKNOWN, from, code, alert);
	} else if (established) {
		h->outcome = OUTCOME_ACCEPTED;
		h->sign = SIGN_NONE;
	} else if (text_is(history, "C")) {
		h->outcome = OUTCOME_NETWORK;
	} else if (from != SIDE_UNKNOWN) {
		/* Encrypted or unknown alert: sent, but not named. */
		log_alerted(h, LEG_UNKNOWN, from, -1, alert);
	} else {
		h->outcome = OUTCOME_UNFINISHED;
	}
	h->interception = INTERCEPTION_UNKNOWN;
}

static enum line_result
bad_field(struct log *log, const struct text *fields, const uint8_t *columns,
    enum zeek_field field, const char *expected)
{
	const char *name = NULL;

	for (size_t i = 0; i < N_ITEMS(names) && name == NULL; i++)
		if (names[i].field == field)
			name = names[i].name;
	return log_bad(log, columns != NULL ? columns[field] : 0, name,
	    fields[field], expected);
}

/* Times of published samples are masked: "XXXXXXXXXX.XXXXXX". */
static bool
is_masked(struct text t)
{
	return t.n == 0 || t.at[0] == 'X';
}

enum line_result
zeek_handshake(struct log *log, struct zeek *z, const struct text *fields,
    const uint8_t *columns, struct handshake *h)
{
	if (!value_address(fields[ZEEK_ORIG_H], &h->client))
		return bad_field(log, fields, columns, ZEEK_ORIG_H,
		    "an IP address");
	if (!value_port(fields[ZEEK_ORIG_P], &h->client))
		return bad_field(log, fields, columns, ZEEK_ORIG_P,
		    "a port number");
	if (!value_address(fields[ZEEK_RESP_H], &h->server))
		return bad_field(log, fields, columns, ZEEK_RESP_H,
		    "an IP address");
	if (!value_port(fields[ZEEK_RESP_P], &h->server))
		return bad_field(log, fields, columns, ZEEK_RESP_P,
		    "a port number");
	if (!is_masked(fields[ZEEK_TS]) &&
	    !value_time(log, fields[ZEEK_TS], &h->hello.time))
		return bad_field(log, fields, columns, ZEEK_TS,
		    "seconds since 1970 or an ISO time");
	read_version(fields[ZEEK_VERSION], h);
	if (fields[ZEEK_CIPHER].n > 0)
		h->chosen.cipher = memo_code(&z->ciphers, fields[ZEEK_CIPHER],
		    cipher_by_name);
	h->chosen.alpn = fields[ZEEK_NEXT_PROTOCOL];
	value_host(h, fields[ZEEK_SERVER_NAME], HOST_SNI);
	h->offered.ja4 = fields[ZEEK_JA4];
	if (version_rank(h->chosen.version) == 0x0304 &&
	    value_truth(fields[ZEEK_RESUMED]) == TRUTH_YES)
		h->resumption = RESUMPTION_PSK;
	read_certificate(log, z, fields, h);
	read_outcome(log, fields, columns, h);
	return LINE_HANDSHAKE;
}
