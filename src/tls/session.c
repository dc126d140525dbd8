#include "tls/session.h"

#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "knowledge/alerts.h"
#include "tls/hello.h"

enum {
	LOOK_MAX = 1 << 20, /* bytes of a connection after which nothing more
			     * is to be learned from it */
	LONG_MAX = 4, /* Certificate, CertificateVerify, Finished, and one */
	VERIFY_MAX = 600, /* a CertificateVerify of RSA-4096 has 537 */
	TICKET_MAX = 1500, /* tickets with a certificate in them are long */
	EXTENSIONS_LONG = 200, /* EncryptedExtensions have 23 to 60 */
	SHAPE_MAX = 16 + 5 * 32,
	ALERT_WARNING = 1,
	ALERT_FATAL = 2,
	CLOSE_NOTIFY = 0,
	NO_CERTIFICATE = 41, /* of SSL 3.0: there is none to show */
};

void
tls_init(struct tls *tls, struct pool *pool, const struct authority *authority,
    struct totals *totals)
{
	*tls = (struct tls){ .pool = pool, .authority = authority,
		.totals = totals };
}

void
tls_free(struct tls *tls)
{
	offer_table_free(&tls->offers);
	leaf_table_free(&tls->leaves);
	message_pool_free(&tls->messages);
}

void
session_init(struct session *s)
{
	memset(s, 0, sizeof(*s));
	s->client = -1;
	s->chain = -1;
	s->last_server = CLOCK_UNKNOWN;
	s->hello.time = s->flight.time = CLOCK_UNKNOWN;
	s->deciding.time = s->last.time = CLOCK_UNKNOWN;
}

void
session_free(struct session *s, struct tls *tls)
{
	message_reset(&s->half[0].message, &tls->messages);
	message_reset(&s->half[1].message, &tls->messages);
}

static enum side
side_of(const struct session *s, int end)
{
	return s->client < 0 ? SIDE_UNKNOWN : end == s->client ? SIDE_CLIENT :
	    SIDE_SERVER;
}

/* Is what this end sends encrypted under the type that it shows?  From its
 * ChangeCipherSpec on, but for TLS 1.3, where that record means nothing. */
static bool
is_hidden(const struct session *s, int end)
{
	return s->half[end].changed && s->has_answer && !s->is_13;
}

static void
decide(struct session *s, enum cause cause, const struct origin *at)
{
	if (s->cause != CAUSE_NONE)
		return;
	s->cause = (uint8_t)cause;
	if (!s->accepted)
		s->deciding = *at;
}

static void
accept_data(struct session *s, const struct origin *at)
{
	/* What comes after the server's refusal was under way before it. */
	if (s->accepted || s->cause != CAUSE_NONE)
		return;
	s->accepted = true;
	s->deciding = *at;
}

/* Alerts -------------------------------------------------------------------- */

static void
note_alert(struct session *s, struct tls *tls, enum side from,
    const struct alert *alert)
{
	if (alert->code >= 0)
		tls->totals->alerts[alert->code]++;
	else
		tls->totals->encrypted_alerts++;
	if (s->n_alerts == ALERTS_MAX)
		return;
	s->alerts[s->n_alerts] = *alert;
	s->alerts[s->n_alerts++].from = from;
}

static void
hidden_alert(struct session *s, struct tls *tls, enum side from,
    const struct origin *at)
{
	const struct alert alert = { .how = ALERT_ENCRYPTED, .code = -1,
		.at = *at };

	note_alert(s, tls, from, &alert);
	if (from == SIDE_CLIENT)
		decide(s, CAUSE_CLIENT_HIDDEN_ALERT, at);
	else if (from == SIDE_SERVER)
		decide(s, CAUSE_SERVER_ALERT, at);
}

/*
 * A warning is a cause where it announces the end (RFC 8446 section 6.1); an
 * unrecognized_name, say, is none.  A warning about the certificate counts only
 * if the client then goes without a Finished.
 */
static void
clear_alert(struct session *s, struct tls *tls, enum side from, uint8_t level,
    uint8_t code, const struct origin *at)
{
	const struct alert alert = { .how = ALERT_CLEAR, .level = level,
		.code = code, .at = *at };
	bool is_end = level == ALERT_FATAL || code == CLOSE_NOTIFY;

	note_alert(s, tls, from, &alert);
	if (from == SIDE_CLIENT && level == ALERT_WARNING) {
		if (code == NO_CERTIFICATE)
			s->certificate_sent = TRUTH_NO;
		else if (alert_is_certificate(code))
			s->warned = true;
	}
	if (!is_end)
		return;
	if (from == SIDE_CLIENT)
		decide(s, level == ALERT_FATAL ? CAUSE_CLIENT_ALERT :
		    CAUSE_CLIENT_CLOSE, at);
	else if (from == SIDE_SERVER)
		decide(s, CAUSE_SERVER_ALERT, at);
}

static void
take_alert(struct session *s, struct tls *tls, int end,
    const struct record *r, const struct origin *at)
{
	struct half *half = &s->half[end];
	struct cursor body = r->body;
	bool hidden = is_hidden(s, end) || r->length != 2;

	if (r->first)
		half->n_alert = 0;
	if (hidden) {
		if (r->first)
			hidden_alert(s, tls, side_of(s, end), at);
		return;
	}
	while (half->n_alert < 2 &&
	    cursor_u8(&body, &half->alert[half->n_alert]))
		half->n_alert++;
	if (!r->last || half->n_alert < 2)
		return;
	if (half->alert[0] == ALERT_WARNING || half->alert[0] == ALERT_FATAL)
		clear_alert(s, tls, side_of(s, end), half->alert[0],
		    half->alert[1], at);
	else
		hidden_alert(s, tls, side_of(s, end), at);
}

/* Hellos -------------------------------------------------------------------- */

static uint64_t
session_id_hash(struct cursor id)
{
	return hash_bytes(id.at, id.left);
}

struct text
session_host_name(struct pool *pool, struct text name)
{
	char lower[HOST_NAME_MAX_SNI];
	size_t n = name.n;

	if (n > sizeof(lower))
		return (struct text){ 0 };
	for (size_t i = 0; i < n; i++) {
		char c = name.at[i];

		lower[i] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	}
	if (n > 0 && lower[n - 1] == '.')
		n--;
	return pool_intern(pool, (struct text){ lower, n });
}

/* The names under which whole providers hide: an outer SNI that is one of
 * these means a true encrypted hello, any other is what GREASE sends. */
static const char *const ech_public_names[] = {
	"cloudflare-ech.com", "public.tls-ech.dev", "cover.defo.ie",
	"public-name.ech.wolfssl.com", "tls-outer.browserleaks.com",
};

static enum ech
ech_of(const struct hello *hello, struct text sni)
{
	if (hello->has_esni)
		return ECH_OFFERED;
	if (!hello->has_ech)
		return ECH_NONE;
	for (size_t i = 0; i < N_ITEMS(ech_public_names); i++)
		if (text_is(sni, ech_public_names[i]))
			return ECH_OFFERED;
	return ECH_GREASE;
}

static void
take_client_hello(struct session *s, struct tls *tls, int end,
    const struct hello *hello, const struct origin *at)
{
	tls->totals->client_hellos++;
	if (hello->server_name.left > 0)
		tls->totals->sni++;
	if (s->n_client_hellos < UINT8_MAX)
		s->n_client_hellos++;
	if (s->has_hello) /* the second after a retry: the first one counts */
		return;
	if (s->client < 0)
		s->client = (int8_t)end;
	s->has_hello = true;
	s->hello = *at;
	s->offer = offer_find(&tls->offers, tls->pool, hello);
	s->sni = session_host_name(tls->pool, (struct text){
	    (const char *)hello->server_name.at, hello->server_name.left });
	s->session_id_len = (uint8_t)hello->session_id.left;
	s->session_id = session_id_hash(hello->session_id);
	s->psk_offered = hello->has_psk;
	s->ticket_offered = hello->has_ticket;
	s->early_data = hello->has_early_data;
	s->ech = (uint8_t)ech_of(hello, s->sni);
}

/* "0303:c02f:0000-000b-ff01": what an interceptor answers alike for all hosts. */
static struct text
shape_of(struct pool *pool, const struct hello *answer)
{
	static const char hex[] = "0123456789abcdef";
	char text[SHAPE_MAX];
	size_t n = 0;

	for (size_t i = 0; i < (size_t)answer->n_extensions + 2; i++) {
		uint16_t value = i == 0 ? answer->version :
		    i == 1 ? answer->cipher : answer->extensions[i - 2];

		if (n + 5 > sizeof(text))
			break;
		if (i > 0)
			text[n++] = i <= 2 ? ':' : '-';
		for (int shift = 12; shift >= 0; shift -= 4)
			text[n++] = hex[value >> shift & 15];
	}
	return pool_intern(pool, (struct text){ text, n });
}

static struct text
chosen_alpn(struct pool *pool, const struct hello *answer)
{
	struct cursor list = answer->alpn, name;

	if (!cursor_vector(&list, 1, &name))
		return (struct text){ 0 };
	return pool_intern(pool,
	    (struct text){ (const char *)name.at, name.left });
}

static void
take_server_hello(struct session *s, struct tls *tls, int end,
    const struct hello *answer)
{
	if (!answer->retry)
		tls->totals->server_hellos++;
	if (s->client < 0)
		s->client = (int8_t)(1 - end);
	if (end == s->client || (s->has_answer && !s->retry))
		return;
	s->retry |= answer->retry;
	s->has_answer = true;
	s->version = answer->version;
	s->is_13 = version_is_13(answer->version);
	s->cipher = answer->cipher;
	s->psk_accepted = answer->has_psk;
	s->sentinel = hello_has_sentinel(answer);
	s->echoed = s->has_hello && s->session_id_len > 0 &&
	    answer->session_id.left == s->session_id_len &&
	    session_id_hash(answer->session_id) == s->session_id;
	s->encrypt_then_mac = answer->has_encrypt_then_mac;
	s->alpn = chosen_alpn(tls->pool, answer);
	s->shape = shape_of(tls->pool, answer);
	s->lengths = lengths_of(s->version, s->cipher, s->encrypt_then_mac, 0);
	s->padded = s->is_13 ? lengths_of(s->version, s->cipher, false,
	    PADDING_JSSE) : s->lengths;
}

/* Messages ---------------------------------------------------------------- */

/* Certificate of TLS 1.2 and before (RFC 5246 section 7.4.2): a list of 3
 * bytes' length, in it each certificate with its length in 3 bytes. */
static void
take_certificates(struct session *s, struct tls *tls, enum side from,
    struct cursor body)
{
	struct cursor list, leaf, chain, one;
	uint32_t length;

	/* Of a message that is cut the leaf may be whole. */
	list = body;
	if (!cursor_uint(&list, 3, &length))
		return;
	if (from == SIDE_CLIENT) {
		s->certificate_sent = list.left > 0 ? TRUTH_YES : TRUTH_NO;
		return;
	}
	tls->totals->certificates++;
	if (s->leaf != NULL)
		return;
	s->chain = 0;
	if (!cursor_vector(&list, 3, &leaf))
		return;
	s->leaf = leaf_find(&tls->leaves, tls->pool, tls->authority, leaf,
	    list);
	/* Bytes that name neither issuer nor subject are no certificate. */
	if (s->leaf != NULL && s->leaf->malformed && s->leaf->issuer.n == 0 &&
	    s->leaf->subject.n == 0)
		s->leaf = NULL;
	s->chain = 1;
	for (chain = list; s->chain < INT16_MAX &&
	    cursor_vector(&chain, 3, &one);)
		s->chain++;
}

void
session_message(struct session *s, struct tls *tls, int end, bool dtls,
    const struct message *m, const struct origin *at)
{
	enum side from = side_of(s, end);
	struct hello hello;

	switch (m->type) {
	case MESSAGE_CLIENT_HELLO:
		if (from != SIDE_SERVER && m->whole &&
		    hello_read_client(m->body, dtls, &hello))
			take_client_hello(s, tls, end, &hello, at);
		break;
	case MESSAGE_SERVER_HELLO:
		if (from != SIDE_CLIENT && m->whole &&
		    hello_read_server(m->body, &hello))
			take_server_hello(s, tls, end, &hello);
		break;
	case MESSAGE_HELLO_RETRY_REQUEST:
		if (from == SIDE_SERVER && m->whole &&
		    hello_read_draft_retry(m->body, &hello))
			take_server_hello(s, tls, end, &hello);
		break;
	case MESSAGE_CERTIFICATE:
		if (from != SIDE_UNKNOWN && m->whole)
			take_certificates(s, tls, from, m->body);
		break;
	case MESSAGE_CERTIFICATE_REQUEST:
		s->certificate_requested |= from == SIDE_SERVER;
		break;
	case MESSAGE_SERVER_HELLO_DONE:
		s->hello_done |= from == SIDE_SERVER;
		break;
	}
}

/* A Certificate whose end is missing still begins with the leaf. */
static void
take_cut_message(struct session *s, struct tls *tls, int end)
{
	struct message m;

	if (message_cut(&s->half[end].message, &m) &&
	    m.type == MESSAGE_CERTIFICATE && side_of(s, end) == SIDE_SERVER)
		take_certificates(s, tls, SIDE_SERVER, m.body);
	message_reset(&s->half[end].message, &tls->messages);
}

static void
take_ssl2_hello(struct session *s, struct tls *tls, int end,
    const struct record *r, const struct origin *at)
{
	struct message_reader *reader = &s->half[end].message;
	struct cursor body = r->body;
	struct message m;
	struct hello hello;

	if (r->first)
		message_begin(reader, &tls->messages, MESSAGE_CLIENT_HELLO,
		    r->length);
	if (message_next(reader, &tls->messages, &body, &m) == PARSE_DONE &&
	    m.whole && side_of(s, end) != SIDE_SERVER &&
	    hello_read_ssl2(m.body, r->version, &hello))
		take_client_hello(s, tls, end, &hello, at);
}

/* Records ------------------------------------------------------------------- */

/* Where the record ends in its stream; known as soon as its header is. */
static uint64_t
record_end(const struct half *half)
{
	return half->taken + half->record.left;
}

static void
note_flight(struct session *s, uint16_t length, const struct origin *at)
{
	s->last_server = at->time;
	if (s->responded)
		return;
	s->flight = *at;
	if (length > 0 && s->n_flight < FLIGHT_MAX)
		s->flight_len[s->n_flight++] = length;
}

static void
finish(struct half *half)
{
	half->finished = true;
	if (half->finished_at == 0)
		half->finished_at = record_end(half);
}

static void
take_handshake(struct session *s, struct tls *tls, int end,
    const struct record *r, const struct origin *at)
{
	struct half *half = &s->half[end];
	bool is_flight = s->has_answer && !s->is_13;
	struct cursor body = r->body;
	struct message m;

	if (is_hidden(s, end)) {
		if (r->first)
			finish(half);
	} else {
		while (message_next(&half->message, &tls->messages, &body,
		    &m) == PARSE_DONE)
			session_message(s, tls, end, false, &m, at);
	}
	if (!r->first)
		return;
	if (side_of(s, end) == SIDE_SERVER)
		note_flight(s, is_flight ? r->length : 0, at);
	else if (is_flight && side_of(s, end) == SIDE_CLIENT)
		s->responded = true;
}

static void
client_finished(struct session *s, int end)
{
	struct half *server = &s->half[1 - end];

	s->client_flight = FLIGHT_FINISHED;
	finish(&s->half[end]);
	/* A Finished that was coalesced with others ended where the server
	 * stopped to wait. */
	server->finished = true;
	if (server->finished_at == 0)
		server->finished_at = server->taken;
}

/* The server's records of TLS 1.3.  The last one of a Finished's length in its
 * first flight is the Finished. */
static void
take_server_13(struct session *s, struct tls *tls, int end, uint16_t length,
    const struct origin *at)
{
	struct half *half = &s->half[end];

	if (length == s->lengths.alert) {
		hidden_alert(s, tls, SIDE_SERVER, at);
		return;
	}
	if (!s->responded) {
		if (s->n_flight > 0 && (length == s->lengths.finished ||
		    length == s->padded.finished)) {
			half->finished = true;
			half->finished_at = record_end(half);
		}
		note_flight(s, length, at);
		return;
	}
	if (s->accepted || (length > TICKET_MAX &&
	    s->client_flight == FLIGHT_FINISHED))
		s->server_data = true;
	/* What an answer follows was a request, whatever its length says.  A
	 * client that shows a certificate of its own took the server's. */
	if (s->accepted)
		return;
	if (s->maybe_data && length > TICKET_MAX) {
		accept_data(s, at);
	} else if (s->client_flight == FLIGHT_LONG && s->n_long > 0) {
		client_finished(s, s->client);
		accept_data(s, at);
	}
}

/* After its Finished the client either speaks or does not. */
static void
after_finished(struct session *s, struct tls *tls, uint16_t length,
    const struct origin *at)
{
	uint16_t alert = s->padding ? s->padded.alert : s->lengths.alert;

	if (length > alert) {
		accept_data(s, at);
	} else if (s->padding) {
		/* As long as an alert, but perhaps a short request: the
		 * server's answer tells. */
		s->maybe_data = true;
		if (length == alert)
			hidden_alert(s, tls, SIDE_CLIENT, at);
	} else if (length == alert) {
		hidden_alert(s, tls, SIDE_CLIENT, at);
	}
}

static bool
is_finished(struct session *s, uint16_t length)
{
	if (length == s->lengths.finished)
		s->padding = false;
	else if (length == s->padded.finished)
		s->padding = true;
	else
		return false;
	return true;
}

/* The first record after the ServerHello that is not early data. */
static void
first_record(struct session *s, struct tls *tls, int end, uint16_t length,
    const struct origin *at)
{
	s->client_record = length;
	if (is_finished(s, length)) {
		client_finished(s, end);
	} else if (length == s->lengths.alert) {
		s->client_flight = FLIGHT_ALERT;
		hidden_alert(s, tls, SIDE_CLIENT, at);
	} else if (length == s->lengths.empty_certificate ||
	    length == s->padded.empty_certificate) {
		s->client_flight = FLIGHT_CERTIFICATE;
		s->padding = length == s->padded.empty_certificate;
		s->certificate_sent = TRUTH_NO;
	} else if (length <= s->padded.alert) {
		/* Shorter than any Finished of any suite. */
		s->client_flight = FLIGHT_SHORT;
		s->padding = length == s->padded.alert;
		hidden_alert(s, tls, SIDE_CLIENT, at);
	} else {
		s->client_flight = FLIGHT_LONG;
	}
}

/* Early data looks like anything.  It ends with EndOfEarlyData, or where it was
 * refused, with the Finished. */
static bool
is_early(struct session *s, uint16_t length, const struct origin *at)
{
	if (!s->early_data || length == s->lengths.finished ||
	    length == s->padded.finished)
		return false;
	if (length == s->lengths.alert && !s->psk_accepted)
		return false;
	if (s->psk_accepted && length != s->lengths.end_of_early_data &&
	    length != s->padded.end_of_early_data)
		accept_data(s, at);
	return true;
}

static void
take_client_13(struct session *s, struct tls *tls, int end, uint16_t length,
    const struct origin *at)
{
	uint16_t alert = s->padding ? s->padded.alert : s->lengths.alert;

	if (s->client_flight == FLIGHT_NONE && is_early(s, length, at))
		return;
	s->responded = true;
	switch ((enum flight)s->client_flight) {
	case FLIGHT_NONE:
		first_record(s, tls, end, length, at);
		break;
	case FLIGHT_CERTIFICATE:
	case FLIGHT_LONG:
		if (is_finished(s, length)) {
			if (s->client_flight == FLIGHT_LONG)
				s->certificate_sent = TRUTH_YES;
			client_finished(s, end);
		} else if (length == alert) {
			hidden_alert(s, tls, SIDE_CLIENT, at);
		} else if (++s->n_long >= LONG_MAX || length > VERIFY_MAX) {
			/* No stack sends so much before its Finished. */
			client_finished(s, end);
			accept_data(s, at);
		}
		break;
	case FLIGHT_FINISHED:
		after_finished(s, tls, length, at);
		break;
	case FLIGHT_SHORT:
	case FLIGHT_ALERT:
		break;
	}
}

/* Client data after a hole, where the Finished may be in the hole: more than
 * any Finished is data. */
static bool
is_surely_data(const struct session *s, uint16_t length)
{
	return length > s->padded.finished && length > VERIFY_MAX;
}

static void
take_client_data(struct session *s, struct tls *tls, int end, uint16_t length,
    const struct origin *at)
{
	struct half *half = &s->half[end];

	if (!s->has_answer) /* 0-RTT */
		return;
	if (s->is_13 && half->gap) {
		s->responded = true;
		if (is_surely_data(s, length))
			accept_data(s, at);
	} else if (s->is_13) {
		take_client_13(s, tls, end, length, at);
	} else if (half->changed || half->gap) {
		s->responded = true;
		accept_data(s, at);
	}
}

static void
take_data(struct session *s, struct tls *tls, int end, const struct record *r,
    const struct origin *at)
{
	if (!r->first)
		return;
	switch (side_of(s, end)) {
	case SIDE_CLIENT:
		take_client_data(s, tls, end, r->length, at);
		break;
	case SIDE_SERVER:
		if (s->has_answer && s->is_13)
			take_server_13(s, tls, end, r->length, at);
		else
			s->server_data = true;
		break;
	default: /* began before the capture: no hello will come */
		s->late = true;
		break;
	}
}

static void
take_change(struct session *s, struct tls *tls, int end,
    const struct record *r, const struct origin *at)
{
	if (!r->first)
		return;
	s->half[end].changed = true;
	message_reset(&s->half[end].message, &tls->messages);
	if (side_of(s, end) == SIDE_SERVER)
		s->last_server = at->time;
}

void
session_record(struct session *s, struct tls *tls, int end,
    const struct record *r, const struct origin *at)
{
	switch (r->type) {
	case RECORD_CHANGE_CIPHER_SPEC:
		take_change(s, tls, end, r, at);
		break;
	case RECORD_ALERT:
		take_alert(s, tls, end, r, at);
		break;
	case RECORD_HANDSHAKE:
		take_handshake(s, tls, end, r, at);
		break;
	case RECORD_APPLICATION_DATA:
		take_data(s, tls, end, r, at);
		break;
	case RECORD_SSL2_HELLO:
		take_ssl2_hello(s, tls, end, r, at);
		break;
	case RECORD_HEARTBEAT:
		break;
	}
}

/* Streams ------------------------------------------------------------------- */

/* The verdict is reached, and so are both Finished: from now on the byte counts
 * and the closes are enough. */
static bool
is_settled(const struct session *s)
{
	const struct half *server;

	if (s->half[0].taken + s->half[1].taken > LOOK_MAX)
		return true;
	if (s->client < 0)
		return s->late;
	server = &s->half[1 - s->client];
	return s->accepted && s->server_data && server->finished_at != 0;
}

static bool
regain_step(struct tls *tls, struct half *half, struct cursor bytes)
{
	if (!record_plausible(bytes))
		return false;
	half->lost = false;
	half->record.n_header = 0;
	half->record.begun = true;
	message_reset(&half->message, &tls->messages);
	return true;
}

bool
session_bytes(struct session *s, struct tls *tls, int end,
    struct cursor bytes, const struct origin *at)
{
	struct half *half = &s->half[end];
	struct record r;
	size_t before;

	s->last = *at;
	if (half->lost && !regain_step(tls, half, bytes)) {
		half->taken += bytes.left;
		return !is_settled(s);
	}
	while (bytes.left > 0) {
		enum parse result;

		before = bytes.left;
		result = record_next(&half->record, &bytes, &r);
		half->taken += before - bytes.left;
		if (result == PARSE_BAD) {
			half->lost = true;
			break;
		}
		if (result == PARSE_MORE)
			break;
		session_record(s, tls, end, &r, at);
		if (is_settled(s))
			return false;
	}
	return true;
}

void
session_pass(struct session *s, int end, uint64_t n)
{
	s->half[end].taken += n;
}

void
session_gap(struct session *s, struct tls *tls, int end, uint64_t n)
{
	struct half *half = &s->half[end];
	bool in_handshake = half->record.n_header == RECORD_HEADER &&
	    half->record.header[0] != RECORD_APPLICATION_DATA;

	half->taken += n;
	if (!record_skip(&half->record, n)) {
		half->lost = true;
		half->gap |= !s->accepted;
	} else if (in_handshake) {
		half->gap |= !s->accepted;
	}
	take_cut_message(s, tls, end);
}

/* Closing ------------------------------------------------------------------- */

/*
 * Did the server say all that a client needs in order to judge it?  Of a flight
 * of TLS 1.3 the EncryptedExtensions alone are too short for that.
 */
bool
session_flight_seen(const struct session *s)
{
	if (s->client < 0 || !s->has_answer)
		return false;
	return s->hello_done || s->leaf != NULL ||
	    s->half[1 - s->client].finished ||
	    (s->is_13 && (s->n_flight > 1 ||
	    (s->n_flight == 1 && s->flight_len[0] > EXTENSIONS_LONG)));
}

static enum phase
phase_now(const struct session *s)
{
	if (s->accepted || s->server_data)
		return PHASE_DATA;
	if (s->client >= 0 && (s->half[s->client].finished ||
	    s->client_flight == FLIGHT_FINISHED))
		return PHASE_FINISHED;
	if (session_flight_seen(s))
		return PHASE_SERVER_FLIGHT;
	if (s->has_answer)
		return PHASE_SERVER_HELLO;
	return s->has_hello ? PHASE_CLIENT_HELLO : PHASE_NOTHING;
}

void
session_close(struct session *s, int end, enum close_how how,
    const struct origin *at)
{
	enum side by = side_of(s, end);

	s->half[end].closed = true;
	s->last = *at;
	if (s->close_how == CLOSE_UNKNOWN) {
		s->close_by = (uint8_t)by;
		s->close_how = (uint8_t)how;
		s->close_after = (uint8_t)phase_now(s);
	}
	if (by == SIDE_CLIENT)
		decide(s, CAUSE_CLIENT_CLOSE, at);
	else if (by == SIDE_SERVER)
		decide(s, CAUSE_SERVER_CLOSE, at);
}

/* Reporting ----------------------------------------------------------------- */

static enum truth
truth(bool known, bool yes)
{
	return !known ? TRUTH_UNKNOWN : yes ? TRUTH_YES : TRUTH_NO;
}

static void
report_offer(const struct session *s, struct client_hello *out)
{
	const struct offer *offer = s->offer;

	if (!s->has_hello)
		return;
	out->seen = true;
	out->session_id_len = s->session_id_len;
	out->psk_offered = truth(true, s->psk_offered);
	out->ticket_offered = truth(true, s->ticket_offered);
	out->early_data = truth(true, s->early_data);
	out->ech = (enum ech)s->ech;
	out->n_versions = offer->n_versions;
	memcpy(out->versions, offer->versions, sizeof(out->versions));
	out->legacy_version = offer->legacy_version;
	out->alpn = offer->alpn;
	out->engine = offer->engine;
	out->ja4 = offer->ja4;
	out->fingerprint = offer->fingerprint;
}

static void
report_answer(const struct session *s, struct server_hello *out)
{
	if (!s->has_answer)
		return;
	out->seen = true;
	out->version = s->version;
	out->cipher = s->cipher;
	out->alpn = s->alpn;
	out->psk_accepted = truth(true, s->psk_accepted);
	out->session_id_echoed = truth(s->has_hello, s->echoed);
	out->retry = truth(true, s->retry);
	out->sentinel = truth(true, s->sentinel);
	out->shape = s->shape;
}

/* In TLS 1.3 the request is encrypted, but a client that answers it with an
 * empty Certificate gives it away. */
static enum truth
was_requested(const struct session *s)
{
	if (s->certificate_requested || s->certificate_sent == TRUTH_NO)
		return TRUTH_YES;
	return truth(s->has_answer && !s->is_13 && (s->hello_done ||
	    s->half[1 - s->client].changed), false);
}

static void
report_bytes(const struct session *s, const uint64_t bytes[2],
    struct handshake *h)
{
	const struct half *client = &s->half[s->client];
	const struct half *server = &s->half[1 - s->client];

	h->bytes_known = true;
	if (client->finished_at != 0 && bytes[s->client] > client->finished_at)
		h->client_data = bytes[s->client] - client->finished_at;
	if (client->finished_at != 0 && server->finished_at != 0 &&
	    bytes[1 - s->client] > server->finished_at)
		h->server_data = bytes[1 - s->client] - server->finished_at;
}

static void
report_close(const struct session *s, struct handshake *h)
{
	h->close_by = (enum side)s->close_by;
	h->close_how = (enum close_how)s->close_how;
	h->close_after = (enum phase)s->close_after;
	h->deciding = s->deciding;
	if (s->last_server != CLOCK_UNKNOWN &&
	    s->deciding.time != CLOCK_UNKNOWN &&
	    s->deciding.time >= s->last_server &&
	    (s->accepted || s->cause == CAUSE_CLIENT_ALERT ||
	    s->cause == CAUSE_CLIENT_HIDDEN_ALERT ||
	    s->cause == CAUSE_CLIENT_CLOSE))
		h->close_us = (s->deciding.time - s->last_server) / 1000;
}

bool
session_report(struct session *s, struct tls *tls, const uint64_t bytes[2],
    int64_t newest, struct handshake *h)
{
	take_cut_message(s, tls, 0);
	take_cut_message(s, tls, 1);
	if (s->client < 0 || (!s->has_hello && !s->has_answer))
		return false;
	h->hello = s->hello;
	h->flight = s->flight;
	h->last = s->last;
	report_offer(s, &h->offered);
	report_answer(s, &h->chosen);
	h->certificate = s->leaf;
	h->chain = s->chain;
	h->certificate_requested = was_requested(s);
	h->certificate_sent = (enum truth)s->certificate_sent;
	h->n_alerts = s->n_alerts;
	memcpy(h->alerts, s->alerts, sizeof(h->alerts));
	report_close(s, h);
	report_bytes(s, bytes, h);
	h->client_record = s->client_record;
	h->finished_len = s->padding ? s->padded.finished :
	    s->lengths.finished;
	h->n_flight = s->n_flight;
	memcpy(h->flight_len, s->flight_len, sizeof(h->flight_len));
	h->gap |= s->half[0].gap || s->half[1].gap;
	verdict_reach(s, newest, h);
	return true;
}
