/*
 * day.h - a made-up day: handshakes without packets, for tests of verdicts.
 */
#ifndef PINSPOT_TESTS_DAY_H
#define PINSPOT_TESTS_DAY_H

#include <check.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "finding/collect.h"
#include "rule/decide.h"

#define DAY_START (1795000000LL * CLOCK_SECOND)

enum { DAY_MAX = 20000 };

/* Who connects: the address 10.0.x.y by its number, a program, its kind. */
struct who {
	int client;
	const char *program;
	enum engine engine;
};

struct day {
	struct handshake *h;
	size_t n, room;
	int64_t now;
	bool hidden; /* TLS 1.3: no certificate is seen */
	const struct certificate *certificate;
};

static const struct certificate day_forged = {
	.subject = { "CN=forged", 9 }, .issuer = { "CN=Corp Decrypt CA", 18 },
	.issuer_cn = { "Corp Decrypt CA", 15 }, .not_before = CLOCK_UNKNOWN,
	.not_after = CLOCK_UNKNOWN, .has_der = true, .spki_sha256 = { 7, 7 },
	.sha256 = { 1 }
};

static const struct certificate day_genuine = {
	.subject = { "CN=genuine", 10 },
	.issuer = { "CN=R11,O=Let's Encrypt,C=US", 27 },
	.issuer_cn = { "R11", 3 }, .not_before = CLOCK_UNKNOWN,
	.not_after = CLOCK_UNKNOWN, .has_der = true, .has_sct = true,
	.has_aia = true, .spki_sha256 = { 8 }, .sha256 = { 2 }
};

static inline void
day_start(struct day *d)
{
	*d = (struct day){ .now = DAY_START, .certificate = &day_forged };
}

static inline void
day_free(struct day *d)
{
	free(d->h);
}

static inline void
day_wait(struct day *d, double seconds)
{
	d->now += (int64_t)(seconds * 1e9);
}

/* One connection that came as far as the server's flight. */
static inline struct handshake *
day_add(struct day *d, struct who w, const char *host)
{
	struct handshake *h;

	d->h = mem_grow(d->h, d->n, &d->room, sizeof(*d->h));
	h = &d->h[d->n++];
	handshake_init(h);
	h->hello = (struct origin){ d->n * 10, d->now };
	h->flight = (struct origin){ d->n * 10 + 1, d->now + 20000000 };
	h->deciding = (struct origin){ d->n * 10 + 2, d->now + 25000000 };
	h->last = h->deciding;
	h->transport = TRANSPORT_TCP;
	h->client = (struct endpoint){ 4, 50000, { 10, 0,
		(uint8_t)(w.client >> 8), (uint8_t)w.client } };
	h->server = (struct endpoint){ 4, 443, { 203, 0, 113,
		(uint8_t)host[0] } };
	h->host = text_of(host);
	h->host_source = HOST_SNI;
	h->offered.seen = true;
	h->offered.fingerprint = text_of(w.program);
	h->offered.engine = w.engine;
	h->offered.n_versions = 2;
	h->offered.versions[0] = 0x0304;
	h->offered.versions[1] = 0x0303;
	h->chosen.seen = true;
	h->chosen.version = d->hidden ? 0x0304 : 0x0303;
	h->certificate = d->hidden ? NULL : d->certificate;
	h->bytes_known = true;
	return h;
}

static inline void
day_accept(struct day *d, struct who w, const char *host)
{
	struct handshake *h = day_add(d, w, host);

	h->outcome = OUTCOME_ACCEPTED;
	h->sign = SIGN_NONE;
	h->client_data = 500;
	h->server_data = 1500;
	day_wait(d, 30);
}

static inline struct handshake *
day_reject(struct day *d, struct who w, const char *host, int alert)
{
	struct handshake *h = day_add(d, w, host);

	h->outcome = OUTCOME_REJECTED;
	h->sign = alert < 0 ? SIGN_SHORT_FIRST_RECORD : SIGN_CLEAR_ALERT;
	h->n_alerts = 1;
	h->alerts[0] = (struct alert){ SIDE_CLIENT, alert < 0 ?
		ALERT_ENCRYPTED : ALERT_CLEAR, 2, (int16_t)alert,
		h->deciding };
	h->close_by = SIDE_CLIENT;
	h->close_how = CLOSE_FIN;
	h->close_after = PHASE_SERVER_FLIGHT;
	day_wait(d, 30);
	return h;
}

/* Finished and closed without data after so many milliseconds. */
static inline void
day_idle(struct day *d, struct who w, const char *host, int ms)
{
	struct handshake *h = day_add(d, w, host);

	h->outcome = OUTCOME_IDLE;
	h->sign = SIGN_NO_DATA_CLOSE;
	h->close_by = SIDE_CLIENT;
	h->close_how = CLOSE_FIN;
	h->close_after = PHASE_FINISHED;
	h->close_us = ms * 1000;
	day_wait(d, 30);
}

/* The server ends it, by an alert where there is one. */
static inline struct handshake *
day_refuse(struct day *d, struct who w, const char *host, int alert)
{
	struct handshake *h = day_add(d, w, host);

	h->outcome = OUTCOME_REFUSED_BY_SERVER;
	h->sign = SIGN_NONE;
	h->close_by = SIDE_SERVER;
	h->close_after = PHASE_SERVER_FLIGHT;
	if (alert > 0) {
		h->n_alerts = 1;
		h->alerts[0] = (struct alert){ SIDE_SERVER, ALERT_CLEAR, 2,
			(int16_t)alert, h->deciding };
	}
	day_wait(d, 30);
	return h;
}

/* Collect and decide in an order (NULL: as added); the caller frees it. */
static inline struct report *
day_report(const struct day *d, const size_t *order)
{
	struct report *r = report_new();
	struct collector *c = collector_new(r, true);
	struct error e;
	struct rules *rules = rules_new(false, NULL, 0, &e);

	ck_assert_msg(rules != NULL, "%s", e.text);
	for (size_t i = 0; i < d->n; i++)
		collector_add(&d->h[order != NULL ? order[i] : i], c);
	collector_finish(c);
	collector_free(c);
	rules_decide(rules, r);
	rules_free(rules);
	return r;
}

/* The finding of a host's cell for a client ("10.0.0.1", NULL: any), or NULL
 * where it has none. */
static inline const struct finding *
day_finding(const struct report *r, const char *host, const char *client)
{
	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *c = &r->cells[i];

		if (c->finding != 0 && text_is(r->hosts[c->host].name, host) &&
		    (client == NULL ||
		    text_is(r->profiles[c->profile].client, client)))
			return &r->findings[c->finding - 1];
	}
	return NULL;
}

static inline void
day_expect(const struct report *r, const char *host, const char *client,
    enum class wanted)
{
	const struct finding *f = day_finding(r, host, client);
	const char *got = f != NULL ? class_facts(f->class)->name : "nothing";

	ck_assert_str_eq(got, wanted == CLASS_UNKNOWN ? "nothing" :
	    class_facts(wanted)->name);
}

#endif
