/*
 * outcome.c - what a log's words mean for a handshake (product.md, Signs and
 * outcomes).
 */
#include "base/clock.h"
#include "input/log.h"
#include "input/reason.h"
#include "knowledge/alerts.h"

static void
settle(struct handshake *h, enum leg leg, enum outcome outcome,
    enum sign sign, struct text text)
{
	h->leg = leg;
	h->outcome = outcome;
	h->sign = sign;
	if (text.n > 0)
		h->error = text;
	if (h->interception == INTERCEPTION_UNKNOWN)
		h->interception = INTERCEPTION_PROVEN;
}

void
log_accepted(struct handshake *h)
{
	settle(h, LEG_CLIENT, OUTCOME_ACCEPTED, SIGN_NONE,
	    (struct text){ 0 });
}

void
log_bypassed(struct handshake *h)
{
	h->interception = INTERCEPTION_NONE;
	settle(h, LEG_DIRECT, OUTCOME_ACCEPTED, SIGN_NONE,
	    (struct text){ 0 });
}

void
log_rejected(struct handshake *h, enum leg leg, struct text text)
{
	settle(h, leg, OUTCOME_REJECTED, SIGN_LOGGED_ERROR, text);
}

void
log_refused(struct handshake *h, enum leg leg, struct text text)
{
	settle(h, leg, OUTCOME_REFUSED_BY_SERVER, SIGN_NONE, text);
}

void
log_network(struct handshake *h, enum leg leg, struct text text)
{
	settle(h, leg, OUTCOME_NETWORK, SIGN_NONE, text);
}

void
log_alerted(struct handshake *h, enum leg leg, enum side from, int code,
    struct text text)
{
	if (from == SIDE_SERVER)
		log_refused(h, leg, text);
	else
		log_rejected(h, leg, text);
	if (code < 0 || h->n_alerts == ALERTS_MAX)
		return;
	h->alerts[h->n_alerts++] = (struct alert){ .from = from,
		.how = ALERT_LOGGED, .level = 2, .code = (int16_t)code,
		.at = { 0, CLOCK_UNKNOWN } };
}

/* As log_failed, where it is not known which side wrote the text. */
static enum line_result
failed_somewhere(struct handshake *h, struct reason r, struct text text)
{
	bool client = alert_is_certificate(r.alert);

	switch (r.kind) {
	case REASON_ALERT:
		log_alerted(h, client ? LEG_CLIENT : LEG_UNKNOWN,
		    client ? SIDE_CLIENT : SIDE_UNKNOWN, r.alert, text);
		break;
	case REASON_TIMEOUT:
	case REASON_NETWORK:
	case REASON_CLOSED:
	case REASON_RESET:
		log_network(h, LEG_UNKNOWN, text);
		break;
	case REASON_REFUSED: /* servers choose, and so they are who says it */
		log_refused(h, LEG_UNKNOWN, text);
		break;
	case REASON_NO_TLS:
		return LINE_IGNORED;
	default:
		log_rejected(h, LEG_UNKNOWN, text);
	}
	return LINE_HANDSHAKE;
}

static enum line_result
failed_with_client(struct handshake *h, struct reason r, struct text text)
{
	switch (r.kind) {
	case REASON_ALERT:
		log_alerted(h, LEG_CLIENT, SIDE_CLIENT, r.alert, text);
		break;
	case REASON_CERTIFICATE:
		h->certificate_requested = TRUTH_YES;
		log_refused(h, LEG_CLIENT, text);
		break;
	case REASON_REFUSED:
		log_refused(h, LEG_CLIENT, text);
		break;
	case REASON_TIMEOUT:
	case REASON_NETWORK:
		log_network(h, LEG_CLIENT, text);
		break;
	case REASON_NO_TLS:
		return LINE_IGNORED;
	case REASON_CLOSED:
	case REASON_RESET:
		h->close_by = SIDE_CLIENT;
		h->close_how = r.kind == REASON_RESET ? CLOSE_RST : CLOSE_FIN;
		log_rejected(h, LEG_CLIENT, text);
		break;
	case REASON_NONE:
		log_rejected(h, LEG_CLIENT, text);
	}
	return LINE_HANDSHAKE;
}

static enum line_result
failed_with_server(struct handshake *h, struct reason r, struct text text)
{
	switch (r.kind) {
	case REASON_ALERT:
		log_alerted(h, LEG_SERVER, SIDE_SERVER, r.alert, text);
		break;
	case REASON_CLOSED:
		h->close_by = SIDE_SERVER;
		h->close_how = CLOSE_FIN;
		log_refused(h, LEG_SERVER, text);
		break;
	case REASON_NO_TLS:
		log_refused(h, LEG_SERVER, text);
		break;
	case REASON_TIMEOUT:
	case REASON_NETWORK:
	case REASON_RESET:
		log_network(h, LEG_SERVER, text);
		break;
	default:
		log_rejected(h, LEG_SERVER, text);
	}
	return LINE_HANDSHAKE;
}

enum line_result
log_failed(struct handshake *h, enum leg leg, struct reason r,
    struct text text)
{
	if (leg == LEG_CLIENT)
		return failed_with_client(h, r, text);
	if (leg == LEG_SERVER)
		return failed_with_server(h, r, text);
	return failed_somewhere(h, r, text);
}
