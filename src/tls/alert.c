/*
 * Alerts: in the clear, or known by their length alone.
 */
#include "tls/session_parts.h"

#include "knowledge/alerts.h"

enum {
	ALERT_WARNING = 1,
	ALERT_FATAL = 2,
	CLOSE_NOTIFY = 0,
	NO_CERTIFICATE = 41, /* of SSL 3.0: there is none to show */
};

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

void
alert_take_hidden(struct session *s, struct tls *tls, enum side from,
    const struct origin *at)
{
	const struct alert alert = { .how = ALERT_ENCRYPTED, .code = -1,
		.at = *at };

	note_alert(s, tls, from, &alert);
	if (from == SIDE_CLIENT)
		session_decide(s, CAUSE_CLIENT_HIDDEN_ALERT, at);
	else if (from == SIDE_SERVER)
		session_decide(s, CAUSE_SERVER_ALERT, at);
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
		session_decide(s, level == ALERT_FATAL ? CAUSE_CLIENT_ALERT :
		    CAUSE_CLIENT_CLOSE, at);
	else if (from == SIDE_SERVER)
		session_decide(s, CAUSE_SERVER_ALERT, at);
}

void
alert_take(struct session *s, struct tls *tls, int end,
    const struct record *r, const struct origin *at)
{
	struct half *half = &s->half[end];
	struct cursor body = r->body;
	bool hidden = session_is_hidden(s, end) || r->length != 2;

	if (r->first)
		half->n_alert = 0;
	if (hidden) {
		if (r->first)
			alert_take_hidden(s, tls, session_side(s, end), at);
		return;
	}
	while (half->n_alert < 2 &&
	    cursor_u8(&body, &half->alert[half->n_alert]))
		half->n_alert++;
	if (!r->last || half->n_alert < 2)
		return;
	if (half->alert[0] == ALERT_WARNING || half->alert[0] == ALERT_FATAL)
		clear_alert(s, tls, session_side(s, end), half->alert[0],
		    half->alert[1], at);
	else
		alert_take_hidden(s, tls, session_side(s, end), at);
}
