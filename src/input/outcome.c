/*
 * outcome.c - what a log's words mean for a handshake (product.md, Signs and
 * outcomes).
 */
#include "base/clock.h"
#include "input/log.h"

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
