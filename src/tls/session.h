/*
 * session.h - the TLS of one connection: from its bytes to what happened.
 *
 * A session keeps facts, not bytes: a few hundred bytes of memory, and a buffer
 * only while a message is split.  It reads without keys: the hellos, the
 * certificates and alerts that are in the clear, and the lengths of all else.
 */
#ifndef PINSPOT_TLS_SESSION_H
#define PINSPOT_TLS_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/pool.h"
#include "model/finding.h"
#include "model/handshake.h"
#include "tls/arithmetic.h"
#include "tls/certificate.h"
#include "tls/message.h"
#include "tls/offer.h"
#include "tls/record.h"
#include "tls/signature.h"

/* What all sessions of an input share. */
struct tls {
	struct pool *pool; /* names, fingerprints, certificates */
	const struct authority *authority; /* or NULL */
	struct totals *totals;
	struct offer_table offers;
	struct leaf_table leaves;
	struct message_pool messages;
};

void tls_init(struct tls *tls, struct pool *pool,
    const struct authority *authority, struct totals *totals);
void tls_free(struct tls *tls);

/* The first of these decides; what follows it is an echo. */
enum cause {
	CAUSE_NONE,
	CAUSE_CLIENT_ALERT, /* in the clear */
	CAUSE_CLIENT_HIDDEN_ALERT, /* encrypted, known by its length */
	CAUSE_CLIENT_CLOSE,
	CAUSE_SERVER_ALERT, /* in the clear or hidden */
	CAUSE_SERVER_CLOSE,
};

/* How far the client's encrypted records of TLS 1.3 have told their meaning. */
enum flight {
	FLIGHT_NONE, /* none since the ServerHello */
	FLIGHT_CERTIFICATE, /* an empty Certificate; Finished follows */
	FLIGHT_LONG, /* no Finished by itself: a certificate, or coalesced */
	FLIGHT_SHORT, /* shorter than a Finished: an alert with padding */
	FLIGHT_ALERT, /* an alert in place of Finished */
	FLIGHT_FINISHED,
};

/* One direction. */
struct half {
	struct record_reader record;
	struct message_reader message;
	uint64_t taken; /* bytes of the stream so far */
	uint64_t finished_at; /* `taken` behind the Finished, 0 before */
	uint8_t alert[2], n_alert; /* one that is coming in */
	bool changed; /* sent ChangeCipherSpec */
	bool finished;
	bool lost; /* out of step with the records */
	bool gap; /* bytes are missing before the verdict */
	bool closed;
};

struct session {
	struct half half[2]; /* of the connection's ends 0 and 1 */
	int8_t client; /* which end; -1 unknown */
	uint8_t n_client_hellos;

	/* ClientHello. */
	bool has_hello, psk_offered, ticket_offered, early_data;
	bool encrypt_then_mac; /* agreed: the ServerHello has it, too */
	uint8_t session_id_len;
	uint8_t ech; /* enum ech */
	uint64_t session_id; /* a hash */
	const struct offer *offer;
	struct text sni;
	struct origin hello;

	/* ServerHello. */
	bool has_answer, is_13, retry, sentinel, psk_accepted, echoed;
	uint16_t version, cipher;
	struct text alpn, shape;
	struct lengths lengths, padded; /* padded: as JSSE does */

	/* The rest of the handshake. */
	const struct certificate *leaf;
	int16_t chain;
	bool certificate_requested, hello_done;
	bool flight_cut; /* a message of the server's is not whole */
	uint8_t certificate_sent; /* enum truth */
	bool responded; /* the client, to the ServerHello */
	struct origin flight; /* last record of the server's first flight */
	int64_t last_server; /* time of its last handshake record */
	uint8_t n_flight;
	uint16_t flight_len[FLIGHT_MAX];

	/* The client's encrypted records of TLS 1.3. */
	uint8_t client_flight; /* enum flight */
	uint8_t n_long;
	bool padding; /* JSSE's */
	bool maybe_data; /* a record of an alert's padded length */
	uint16_t client_record;

	/* What decides. */
	uint8_t cause; /* enum cause */
	bool accepted; /* the client sent data after its Finished */
	bool server_data;
	bool late; /* began before the capture */
	bool warned; /* a certificate alert of level warning came */
	struct origin deciding;
	uint8_t n_alerts;
	struct alert alerts[ALERTS_MAX];
	uint8_t close_by, close_how, close_after; /* enums of the model */
	struct origin last;
};

/* A host's name in lower case and without its trailing dot, interned; empty
 * where it is longer than a name can be. */
struct text session_host_name(struct pool *pool, struct text name);

void session_init(struct session *s);

/* Give back what it was lent. */
void session_free(struct session *s, struct tls *tls);

/* Bytes of end 0 or 1, in order.  False: no more are needed. */
bool session_bytes(struct session *s, struct tls *tls, int end,
    struct cursor bytes, const struct origin *at);

/* A piece of a record, or a whole handshake message, of the side's: what
 * session_bytes finds in a stream, and dtls.h in datagrams. */
void session_record(struct session *s, struct tls *tls, int end,
    const struct record *r, const struct origin *at);
void session_message(struct session *s, struct tls *tls, int end, bool dtls,
    const struct message *m, const struct origin *at);

/* n bytes went by that are no TLS (before its beginning). */
void session_pass(struct session *s, int end, uint64_t n);

/* n bytes are missing. */
void session_gap(struct session *s, struct tls *tls, int end, uint64_t n);

void session_close(struct session *s, int end, enum close_how how,
    const struct origin *at);

/*
 * The connection is over: fill in what the handshake was.  False where there
 * was none.  bytes are those of each end's stream, now its end; newest is the
 * time that the capture had reached, by which a server that never answered is
 * told from a capture that ended.  Endpoints, stream, host and quality are the
 * caller's to add, before: a side that was never captured (one_way) matters.
 */
bool session_report(struct session *s, struct tls *tls,
    const uint64_t bytes[2], int64_t newest, struct handshake *h);

bool session_flight_seen(const struct session *s);

/* verdict.c: outcome, sign and resumption by product.md's table. */
void verdict_reach(const struct session *s, int64_t newest,
    struct handshake *h);

#endif
