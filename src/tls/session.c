#include "tls/session_parts.h"

#include <string.h>

#include "base/clock.h"

enum {
	LOOK_MAX = 1 << 20, /* bytes of a connection after which nothing more
			     * is to be learned from it */
	EXTENSIONS_LONG = 200, /* EncryptedExtensions have 23 to 60 */
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

enum side
session_side(const struct session *s, int end)
{
	return s->client < 0 ? SIDE_UNKNOWN : end == s->client ? SIDE_CLIENT :
	    SIDE_SERVER;
}

bool
session_is_hidden(const struct session *s, int end)
{
	return s->half[end].changed && s->has_answer && !s->is_13;
}

void
session_decide(struct session *s, enum cause cause, const struct origin *at)
{
	if (s->cause != CAUSE_NONE)
		return;
	s->cause = (uint8_t)cause;
	if (!s->accepted)
		s->deciding = *at;
}

void
session_accept(struct session *s, const struct origin *at)
{
	/* What comes after the server's refusal was under way before it. */
	if (s->accepted || s->cause != CAUSE_NONE)
		return;
	s->accepted = true;
	s->deciding = *at;
}

void
session_note_flight(struct session *s, uint16_t length, const struct origin *at)
{
	s->last_server = at->time;
	if (s->responded)
		return;
	s->flight = *at;
	if (length > 0 && s->n_flight < FLIGHT_MAX)
		s->flight_len[s->n_flight++] = length;
}

void
session_finish(struct half *half)
{
	half->finished = true;
	if (half->finished_at == 0)
		half->finished_at = session_record_end(half);
}

static void
take_handshake(struct session *s, struct tls *tls, int end,
    const struct record *r, const struct origin *at)
{
	struct half *half = &s->half[end];
	bool is_flight = s->has_answer && !s->is_13;
	struct cursor body = r->body;
	struct message m;

	if (session_is_hidden(s, end)) {
		if (r->first)
			session_finish(half);
	} else {
		while (message_next(&half->message, &tls->messages, &body,
		    &m) == PARSE_DONE)
			session_message(s, tls, end, false, &m, at);
	}
	if (!r->first)
		return;
	if (session_side(s, end) == SIDE_SERVER)
		session_note_flight(s, is_flight ? r->length : 0, at);
	else if (is_flight && session_side(s, end) == SIDE_CLIENT)
		s->responded = true;
}

static void
take_data(struct session *s, struct tls *tls, int end, const struct record *r,
    const struct origin *at)
{
	if (!r->first)
		return;
	switch (session_side(s, end)) {
	case SIDE_CLIENT:
		flight_take_client(s, tls, end, r->length, at);
		break;
	case SIDE_SERVER:
		if (s->has_answer && s->is_13)
			flight_take_server(s, tls, end, r->length, at);
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
	if (session_side(s, end) == SIDE_SERVER)
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
		alert_take(s, tls, end, r, at);
		break;
	case RECORD_HANDSHAKE:
		take_handshake(s, tls, end, r, at);
		break;
	case RECORD_APPLICATION_DATA:
		take_data(s, tls, end, r, at);
		break;
	case RECORD_SSL2_HELLO:
		session_take_ssl2(s, tls, end, r, at);
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

	/* A hole inside a record, which is what a small snaplen makes, hides
	 * some of a message, but no record: their lengths still tell. */
	half->taken += n;
	if (!record_skip(&half->record, n)) {
		half->lost = true;
		half->gap |= !s->accepted;
	}
	session_take_cut(s, tls, end);
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
	return s->hello_done || s->flight_cut || s->leaf != NULL ||
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
	enum side by = session_side(s, end);

	s->half[end].closed = true;
	s->last = *at;
	if (s->close_how == CLOSE_UNKNOWN) {
		s->close_by = (uint8_t)by;
		s->close_how = (uint8_t)how;
		s->close_after = (uint8_t)phase_now(s);
	}
	if (by == SIDE_CLIENT)
		session_decide(s, CAUSE_CLIENT_CLOSE, at);
	else if (by == SIDE_SERVER)
		session_decide(s, CAUSE_SERVER_CLOSE, at);
}
