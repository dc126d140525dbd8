/*
 * A session that is over, as a struct handshake.
 */
#include "tls/session_parts.h"

#include <string.h>

#include "base/clock.h"

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
	return truth(s->has_answer && !s->is_13 && !s->flight_cut &&
	    (s->hello_done ||
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
	session_take_cut(s, tls, 0);
	session_take_cut(s, tls, 1);
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
