/*
 * The verdict on one handshake: product.md's table of signs and outcomes, and
 * the resumption that was offered and granted (detection.md sections 1 and 8).
 */
#include "tls/session.h"

#include "base/clock.h"
#include "tls/hello.h"



/* A server that is silent for so long will not answer any more: clients give up
 * after 10 to 60 s. */
static const int64_t answer_time = 10 * CLOCK_SECOND;

struct verdict {
	enum outcome outcome;
	enum sign sign;
};

static const struct verdict unfinished = { OUTCOME_UNFINISHED, SIGN_NONE };
static const struct verdict refused = { OUTCOME_REFUSED_BY_SERVER, SIGN_NONE };
static const struct verdict network = { OUTCOME_NETWORK, SIGN_NONE };
static const struct verdict accepted = { OUTCOME_ACCEPTED, SIGN_NONE };
static const struct verdict idle = { OUTCOME_IDLE, SIGN_NO_DATA_CLOSE };
static const struct verdict clear_alert = { OUTCOME_REJECTED,
	SIGN_CLEAR_ALERT };
static const struct verdict short_record = { OUTCOME_REJECTED,
	SIGN_SHORT_FIRST_RECORD };

/* The server never said hello. */
static struct verdict
without_answer(const struct session *s, int64_t newest, struct handshake *h)
{
	switch ((enum cause)s->cause) {
	case CAUSE_CLIENT_ALERT:
		return clear_alert;
	case CAUSE_SERVER_ALERT:
		return refused;
	case CAUSE_CLIENT_CLOSE:
	case CAUSE_SERVER_CLOSE:
		return h->one_way ? unfinished : network;
	default:
		break;
	}
	if (h->one_way || h->hello.time == CLOCK_UNKNOWN ||
	    newest == CLOCK_UNKNOWN || newest - h->hello.time < answer_time)
		return unfinished;
	h->close_how = CLOSE_TIMEOUT;
	h->close_after = PHASE_CLIENT_HELLO;
	return network;
}

/*
 * The client spoke, so it trusts the certificate.  All the same the server may
 * not want it: it wanted a certificate that the client does not have, and said
 * so (or went) before any data of its own.
 */
static struct verdict
after_data(const struct session *s)
{
	bool server_ended = s->cause == CAUSE_SERVER_ALERT ||
	    s->cause == CAUSE_SERVER_CLOSE;

	if (server_ended && !s->server_data &&
	    s->certificate_sent == TRUTH_NO)
		return refused;
	return accepted;
}

/* The client went before it sent data. */
static struct verdict
client_went(const struct session *s)
{
	const struct half *client = &s->half[s->client];
	struct verdict silent = { OUTCOME_REJECTED,
		s->close_how == CLOSE_RST ? SIGN_SILENT_RST :
		SIGN_SILENT_FIN };

	if (s->client_flight == FLIGHT_SHORT ||
	    s->client_flight == FLIGHT_ALERT)
		return short_record;
	if (s->client_flight == FLIGHT_LONG && s->n_long > 0)
		return unfinished; /* padding that nobody knows */
	if (client->finished || s->client_flight == FLIGHT_FINISHED ||
	    s->client_flight == FLIGHT_LONG)
		return idle;
	if (s->warned)
		return clear_alert;
	if (session_flight_seen(s))
		return silent;
	/* After the ServerHello alone: before there was a certificate. */
	return network;
}

static struct verdict
reach(const struct session *s, int64_t newest, struct handshake *h)
{
	const struct half *client = &s->half[s->client];
	const struct half *server = &s->half[1 - s->client];

	if (!s->has_hello)
		return unfinished;
	if (s->accepted)
		return after_data(s);
	if (client->gap)
		return unfinished;
	if (!s->has_answer)
		return server->gap ? unfinished :
		    without_answer(s, newest, h);
	switch ((enum cause)s->cause) {
	case CAUSE_CLIENT_ALERT:
		return clear_alert;
	case CAUSE_CLIENT_HIDDEN_ALERT:
	case CAUSE_CLIENT_CLOSE:
		return server->gap ? unfinished : client_went(s);
	case CAUSE_SERVER_ALERT:
	case CAUSE_SERVER_CLOSE:
		return server->gap ? unfinished : refused;
	default:
		return unfinished;
	}
}

static bool
is_abbreviated(const struct session *s)
{
	/* TLS 1.2: the server changes keys without having shown a leaf. */
	return !s->is_13 && s->chain < 0 && !s->hello_done &&
	    s->half[1 - s->client].changed;
}

static enum resumption
resumption_12(const struct session *s, enum outcome outcome)
{
	bool failed = outcome != OUTCOME_ACCEPTED && outcome != OUTCOME_IDLE &&
	    outcome != OUTCOME_UNFINISHED;

	if (is_abbreviated(s))
		return s->ticket_offered ? RESUMPTION_TICKET :
		    s->echoed ? RESUMPTION_SESSION_ID : RESUMPTION_UNKNOWN;
	if (s->offer->offers_13 && (s->psk_offered || s->early_data ||
	    (s->ticket_offered && failed)))
		return RESUMPTION_MISMATCH;
	/* With TLS 1.3 on offer a session id is there for show (RFC 8446
	 * appendix D.4). */
	if (s->ticket_offered ||
	    (s->session_id_len > 0 && !s->offer->offers_13))
		return RESUMPTION_OFFERED_REFUSED;
	return RESUMPTION_NONE;
}

static enum resumption
resumption_of(const struct session *s, enum outcome outcome)
{
	if (!s->has_hello)
		return RESUMPTION_UNKNOWN;
	if (!s->has_answer)
		return s->psk_offered || s->ticket_offered ?
		    RESUMPTION_UNKNOWN : RESUMPTION_NONE;
	if (!s->is_13)
		return resumption_12(s, outcome);
	if (s->psk_accepted)
		return RESUMPTION_PSK;
	return s->psk_offered ? RESUMPTION_OFFERED_REFUSED : RESUMPTION_NONE;
}

void
verdict_reach(const struct session *s, int64_t newest, struct handshake *h)
{
	struct verdict v = reach(s, newest, h);

	h->outcome = v.outcome;
	h->sign = v.sign;
	h->resumption = resumption_of(s, v.outcome);
	if (s->leaf != NULL && s->leaf->signed_by_given == TRUTH_YES)
		h->interception = INTERCEPTION_PROVEN;
}
