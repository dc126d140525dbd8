#include "finding/trait.h"

#include <stddef.h>

#include "base/clock.h"
#include "knowledge/alerts.h"

/* A client that checks after the handshake closes at once; what stays open
 * for longer than this was never refused (detection.md section 5.1). */
enum { PROMPT_CLOSE_US = 10000000, ALERT_CLOSE_US = 1000000 };

static bool
alert_set_has(const struct alert_set *s, int code)
{
	return code >= 0 && code < ALERT_CODES &&
	    (s->bits[code / 64] >> code % 64 & 1) != 0;
}

static void
alert_set_add(struct alert_set *s, int code)
{
	if (code >= 0 && code < ALERT_CODES)
		s->bits[code / 64] |= 1ULL << code % 64;
}

/* Finished on both sides, and then nothing: whoever hangs up first. */
static bool
is_unused(const struct handshake *h)
{
	return h->n_alerts == 0 && h->close_after == PHASE_FINISHED &&
	    h->bytes_known && h->client_data == 0 &&
	    h->certificate_requested != TRUTH_YES;
}

enum attempt_mark
trait_mark(const struct handshake *h)
{
	switch (h->outcome) {
	case OUTCOME_ACCEPTED:
		return ATTEMPT_DATA;
	case OUTCOME_REJECTED:
		return h->sign == SIGN_SILENT_FIN ||
		    h->sign == SIGN_SILENT_RST ? ATTEMPT_SILENT :
		    h->sign == SIGN_NO_DATA_CLOSE ? ATTEMPT_IDLE :
		    ATTEMPT_ALERT;
	case OUTCOME_IDLE:
		return ATTEMPT_IDLE;
	case OUTCOME_REFUSED_BY_SERVER:
		return is_unused(h) ? ATTEMPT_IDLE : ATTEMPT_REFUSED;
	case OUTCOME_NETWORK:
		return ATTEMPT_NETWORK;
	default:
		return ATTEMPT_OTHER;
	}
}

static bool
offers_13(const struct client_hello *h)
{
	for (int i = 0; i < h->n_versions; i++)
		if (version_rank(h->versions[i]) == 0x0304)
			return true;
	return false;
}

static bool
offers_session(const struct client_hello *h)
{
	return h->psk_offered == TRUTH_YES || h->ticket_offered == TRUTH_YES ||
	    h->early_data == TRUTH_YES;
}

bool
trait_went_down(const struct handshake *h)
{
	/* What most logs do not tell comes first. */
	return h->offered.n_versions > 0 && h->chosen.seen &&
	    h->chosen.version != 0 &&
	    version_rank(h->chosen.version) < 0x0304 && offers_13(&h->offered);
}

static bool
was_resumed(const struct handshake *h)
{
	return h->resumption == RESUMPTION_PSK ||
	    h->resumption == RESUMPTION_TICKET ||
	    h->resumption == RESUMPTION_SESSION_ID;
}

bool
trait_mismatch(const struct handshake *h)
{
	if (h->resumption == RESUMPTION_MISMATCH)
		return true;
	return trait_went_down(h) && offers_session(&h->offered) &&
	    !was_resumed(h);
}

static const struct alert *
first_alert(const struct handshake *h, enum side from)
{
	return h->n_alerts > 0 && h->alerts[0].from == from ? &h->alerts[0] :
	    NULL;
}

/* The alerts by which a handshake dies of its version or its session, and not
 * of a certificate: unexpected_message, bad_record_mac, illegal_parameter,
 * decrypt_error, protocol_version, missing and unsupported extension. */
static bool
is_protocol_alert(int code)
{
	return code == 10 || code == 20 || code == 47 || code == 51 ||
	    code == 70 || code == 109 || code == 110;
}

static bool
died_of_mismatch(const struct handshake *h)
{
	const struct alert *client = first_alert(h, SIDE_CLIENT);
	const struct alert *server = first_alert(h, SIDE_SERVER);

	if (client != NULL && client->code >= 0)
		return is_protocol_alert(client->code);
	if (server != NULL && server->code >= 0)
		return server->code == 10 || server->code == 20 ||
		    server->code == 51;
	return h->offered.early_data == TRUTH_YES;
}

/* One label of "*" on the left, and nothing else, is a wildcard. */
static bool
name_covers(struct text pattern, struct text host)
{
	struct text label;

	if (text_equal_nocase(pattern, host))
		return true;
	if (pattern.n < 3 || pattern.at[0] != '*' || pattern.at[1] != '.' ||
	    !text_split(&host, '.', &label) || label.n == 0)
		return false;
	pattern.at += 2;
	pattern.n -= 2;
	return text_equal_nocase(pattern, host);
}

bool
trait_covers(const struct certificate *c, struct text host)
{
	for (unsigned i = 0; i < c->n_names; i++)
		if (name_covers(c->names[i], host))
			return true;
	return c->n_names == 0 && name_covers(c->subject_cn, host);
}

static bool
has_name(const struct handshake *h)
{
	return h->host.n > 0 && h->host_source != HOST_ADDRESS &&
	    h->host_source != HOST_CERTIFICATE &&
	    h->host_source != HOST_UNKNOWN;
}

static void
add_certificate(struct traits *t, const struct handshake *h,
    const struct interceptor *issuer, bool issuer_public)
{
	const struct certificate *c = h->certificate;
	const struct interceptor *subject =
	    c->has_der ? interceptor_by_name(c->subject) : NULL;
	int64_t now = h->hello.time;

	if ((issuer != NULL && issuer->role == INTERCEPTOR_PLACEHOLDER) ||
	    (subject != NULL && subject->role == INTERCEPTOR_PLACEHOLDER))
		t->placeholder++;
	if (issuer != NULL && issuer->role == INTERCEPTOR_UNTRUST)
		t->untrust++;
	if (issuer != NULL && issuer->role == INTERCEPTOR_BLOCK_PAGE)
		t->block_page++;
	if (now != CLOCK_UNKNOWN &&
	    ((c->not_after != CLOCK_UNKNOWN && now > c->not_after) ||
	    (c->not_before != CLOCK_UNKNOWN && now < c->not_before))) {
		/* An interceptor's log describes the certificate that it got,
		 * not the one that it made. */
		if (!c->has_der && h->interception == INTERCEPTION_PROVEN)
			t->origin_expired++;
		else
			t->expired++;
	}
	if (has_name(h) && !c->malformed && (c->n_names > 0 ||
	    c->subject_cn.n > 0) && c->has_der && !trait_covers(c, h->host))
		t->wrong_name++;
	if (c->weak)
		t->weak++;
	if (c->self_issued)
		t->self_issued++;
	if (issuer_public)
		t->public_issuer++;
}

static void
add_outcome(struct traits *t, const struct handshake *h)
{
	switch (trait_mark(h)) {
	case ATTEMPT_ALERT:
		t->alert_type++;
		break;
	case ATTEMPT_SILENT:
		t->silent++;
		break;
	case ATTEMPT_IDLE:
		if (h->sign != SIGN_NO_DATA_CLOSE ||
		    h->close_us > PROMPT_CLOSE_US)
			break;
		t->no_data_close++;
		if (h->n_alerts > 0 && h->alerts[0].from == SIDE_CLIENT &&
		    h->close_us <= ALERT_CLOSE_US &&
		    version_rank(h->chosen.version) < 0x0304)
			t->alert_close++;
		break;
	case ATTEMPT_REFUSED:
		if (!h->chosen.seen || (h->flight.record == 0 &&
		    h->certificate == NULL))
			t->refused_before_certificate++;
		if (h->certificate_requested == TRUTH_YES)
			t->refused_after_request++;
		break;
	default:
		break;
	}
}

void
trait_mark_all(struct traits *t, const struct handshake *h,
    const struct interceptor *issuer, bool issuer_public)
{
	add_outcome(t, h);
	if (h->n_alerts > 0) {
		const struct alert *a = &h->alerts[0];

		if (a->code < 0)
			t->encrypted_alerts++;
		else
			alert_set_add(a->from == SIDE_SERVER ?
			    &t->server_alerts : &t->client_alerts, a->code);
	}
	if (h->certificate != NULL)
		add_certificate(t, h, issuer, issuer_public);
	if (h->certificate_requested == TRUTH_YES)
		t->certificate_requested++;
	if (offers_session(&h->offered))
		t->session_offered++;
	if (trait_mismatch(h)) {
		t->mismatch++;
		if (died_of_mismatch(h))
			t->mismatch_failed++;
	}
	if (trait_went_down(h)) {
		t->sentinel += h->chosen.sentinel == TRUTH_YES;
		t->session_echo += h->chosen.session_id_echoed == TRUTH_YES &&
		    !was_resumed(h);
		t->early_data += h->offered.early_data == TRUTH_YES;
	}
	if (h->offered.ech == ECH_OFFERED)
		t->ech_offered++;
	if (h->gap || h->snapped || h->one_way || h->midstream)
		t->damaged++;
	if (h->from_log)
		t->from_log++;
	if (!has_name(h))
		t->without_name++;
}

bool
trait_certificate_alert(const struct traits *t)
{
	return (t->client_alerts.bits[0] & ALERTS_OF_CERTIFICATES) != 0 ||
	    (t->encrypted_alerts > 0 && t->alert_type > 0);
}

bool
trait_protocol_alert(const struct traits *t)
{
	/* handshake_failure, illegal_parameter, protocol_version,
	 * insufficient_security, inappropriate_fallback, unsupported_extension,
	 * unrecognized_name, no_application_protocol */
	static const int codes[] = { 40, 47, 70, 71, 86, 110, 112, 120 };

	for (size_t i = 0; i < N_ITEMS(codes); i++)
		if (alert_set_has(&t->server_alerts, codes[i]) ||
		    (codes[i] != 40 && alert_set_has(&t->client_alerts,
		    codes[i])))
			return true;
	return false;
}

/* Every counter of struct traits. */
static const size_t counters[] = {
#define AT(member) offsetof(struct traits, member)
	AT(alert_type), AT(silent), AT(no_data_close), AT(alert_close),
	AT(encrypted_alerts), AT(certificate_requested), AT(session_offered),
	AT(mismatch), AT(mismatch_failed), AT(sentinel), AT(session_echo), AT(early_data),
	AT(refused_before_certificate), AT(refused_after_request),
	AT(ech_offered), AT(placeholder), AT(untrust), AT(block_page),
	AT(origin_expired), AT(expired), AT(wrong_name), AT(weak),
	AT(self_issued), AT(public_issuer), AT(damaged), AT(from_log), AT(without_name),
#undef AT
};

static void
join_sets(struct traits *t, const struct traits *other)
{
	for (unsigned i = 0; i < N_ITEMS(t->client_alerts.bits); i++) {
		t->client_alerts.bits[i] |= other->client_alerts.bits[i];
		t->server_alerts.bits[i] |= other->server_alerts.bits[i];
	}
}

static uint32_t
counter(const struct traits *t, unsigned i)
{
	return *(const uint32_t *)((const char *)t + counters[i]);
}

/* No further than it reaches. */
static void
count(struct traits *t, unsigned i, uint64_t n)
{
	uint32_t *into = (uint32_t *)((char *)t + counters[i]);

	*into = n < UINT32_MAX - *into ? *into + (uint32_t)n : UINT32_MAX;
}

void
trait_add(struct traits *t, const struct traits *one, uint64_t n)
{
	join_sets(t, one);
	for (unsigned i = 0; i < N_ITEMS(counters); i++)
		if (counter(one, i) > 0)
			count(t, i, n);
}

void
trait_join(struct traits *t, const struct traits *other)
{
	join_sets(t, other);
	for (unsigned i = 0; i < N_ITEMS(counters); i++)
		count(t, i, counter(other, i));
}
