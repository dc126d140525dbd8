#include "input/join_merge.h"

/* The log adds what the wire does not show. */
static void
merge(struct handshake *h, const struct handshake *line)
{
	if (h->user.n == 0)
		h->user = line->user;
	if (h->app.n == 0)
		h->app = line->app;
	if (h->agent.n == 0)
		h->agent = line->agent;
	if (h->device.n == 0)
		h->device = line->device;
	if (h->policy.n == 0)
		h->policy = line->policy;
	if (h->error.n == 0)
		h->error = line->error;
	if (line->host.n > 0 && (h->host_source == HOST_UNKNOWN ||
	    h->host_source == HOST_ADDRESS ||
	    h->host_source == HOST_CERTIFICATE)) {
		h->host = line->host;
		h->host_source = line->host_source;
	}
	if (h->certificate == NULL)
		h->certificate = line->certificate;
	if (h->chosen.version == 0)
		h->chosen.version = line->chosen.version;
	if (line->interception == INTERCEPTION_PROVEN ||
	    line->interception == INTERCEPTION_NONE) {
		h->interception = line->interception;
		h->leg = line->leg != LEG_UNKNOWN ? line->leg : h->leg;
	}
	if (line->client_nat.family != 0)
		h->client_nat = line->client_nat;
	if (line->server_nat.family != 0)
		h->server_nat = line->server_nat;
}

/* An alert that was encrypted on the wire, and that the log names. */
static void
merge_alert(struct handshake *h, const struct handshake *line)
{
	if (line->n_alerts == 0)
		return;
	for (unsigned i = 0; i < h->n_alerts; i++) {
		struct alert *a = &h->alerts[i];

		if (a->from != line->alerts[0].from)
			continue;
		if (a->code < 0) {
			a->code = line->alerts[0].code;
			a->level = line->alerts[0].level;
			a->how = ALERT_LOGGED;
		}
		return;
	}
	if (h->n_alerts < ALERTS_MAX)
		h->alerts[h->n_alerts++] = line->alerts[0];
}

/* What the client did is seen on the wire; the log decides where that could
 * not be seen. */
static void
merge_outcome(struct handshake *h, const struct handshake *line)
{
	bool blind = h->outcome == OUTCOME_UNFINISHED ||
	    h->outcome == OUTCOME_UNKNOWN;

	if (line->outcome == OUTCOME_REJECTED &&
	    (blind || h->outcome == OUTCOME_IDLE)) {
		h->outcome = OUTCOME_REJECTED;
		h->sign = SIGN_LOGGED_ERROR;
	} else if (blind && line->outcome != OUTCOME_UNKNOWN) {
		h->outcome = line->outcome;
		h->sign = line->sign;
	}
}

void
join_merge(struct handshake *h, const struct handshake *line)
{
	merge(h, line);
	merge_alert(h, line);
	merge_outcome(h, line);
}
