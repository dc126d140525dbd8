/*
 * The records of TLS 1.3, which all look alike: what they are follows from how
 * long they are, and in which order (detection notes, section 1.2 and 1.3).
 */
#include "tls/session_parts.h"

enum {
	LONG_MAX = 4, /* Certificate, CertificateVerify, Finished, and one */
	VERIFY_MAX = 600, /* a CertificateVerify of RSA-4096 has 537 */
	TICKET_MAX = 1500, /* tickets with a certificate in them are long */
};

static void
client_finished(struct session *s, int end)
{
	struct half *server = &s->half[1 - end];

	s->client_flight = FLIGHT_FINISHED;
	session_finish(&s->half[end]);
	/* A Finished that was coalesced with others ended where the server
	 * stopped to wait. */
	server->finished = true;
	if (server->finished_at == 0)
		server->finished_at = server->taken;
}

/* The server's records of TLS 1.3.  The last one of a Finished's length in its
 * first flight is the Finished. */
void
flight_take_server(struct session *s, struct tls *tls, int end, uint16_t length,
    const struct origin *at)
{
	struct half *half = &s->half[end];

	if (length == s->lengths.alert) {
		alert_take_hidden(s, tls, SIDE_SERVER, at);
		return;
	}
	if (!s->responded) {
		if (s->n_flight > 0 && (length == s->lengths.finished ||
		    length == s->padded.finished)) {
			half->finished = true;
			half->finished_at = session_record_end(half);
		}
		session_note_flight(s, length, at);
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
		session_accept(s, at);
	} else if (s->client_flight == FLIGHT_LONG && s->n_long > 0) {
		client_finished(s, s->client);
		session_accept(s, at);
	}
}

/* After its Finished the client either speaks or does not. */
static void
after_finished(struct session *s, struct tls *tls, uint16_t length,
    const struct origin *at)
{
	uint16_t alert = s->padding ? s->padded.alert : s->lengths.alert;

	if (length > alert) {
		session_accept(s, at);
	} else if (s->padding) {
		/* As long as an alert, but perhaps a short request: the
		 * server's answer tells. */
		s->maybe_data = true;
		if (length == alert)
			alert_take_hidden(s, tls, SIDE_CLIENT, at);
	} else if (length == alert) {
		alert_take_hidden(s, tls, SIDE_CLIENT, at);
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
		alert_take_hidden(s, tls, SIDE_CLIENT, at);
	} else if (length == s->lengths.empty_certificate ||
	    length == s->padded.empty_certificate) {
		s->client_flight = FLIGHT_CERTIFICATE;
		s->padding = length == s->padded.empty_certificate;
		s->certificate_sent = TRUTH_NO;
	} else if (length <= s->padded.alert) {
		/* Shorter than any Finished of any suite. */
		s->client_flight = FLIGHT_SHORT;
		s->padding = length == s->padded.alert;
		alert_take_hidden(s, tls, SIDE_CLIENT, at);
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
		session_accept(s, at);
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
			alert_take_hidden(s, tls, SIDE_CLIENT, at);
		} else if (++s->n_long >= LONG_MAX || length > VERIFY_MAX) {
			/* No stack sends so much before its Finished. */
			client_finished(s, end);
			session_accept(s, at);
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

void
flight_take_client(struct session *s, struct tls *tls, int end, uint16_t length,
    const struct origin *at)
{
	struct half *half = &s->half[end];

	if (!s->has_answer) /* 0-RTT */
		return;
	if (s->is_13 && half->gap) {
		s->responded = true;
		if (is_surely_data(s, length))
			session_accept(s, at);
	} else if (s->is_13) {
		take_client_13(s, tls, end, length, at);
	} else if (half->changed || half->gap) {
		s->responded = true;
		session_accept(s, at);
	}
}
