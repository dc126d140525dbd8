/* Every sixteen bytes make a handshake of few hosts, clients and programs. */
#include "base/clock.h"
#include "base/cursor.h"
#include "finding/collect.h"
#include "rule/decide.h"

#include "fuzz.h"

static const char *const names[] = { "", "www.one.example", "api.one.example",
	"accounts.google.com", "client.dropbox.com", "*", "a..b", "10.0.0.1" };
static const char *const programs[] = { "", "t13d_a", "t13d_b", "t12d_c" };
static const char *const issuers[] = { "", "CN=Corp CA", "CN=Untrust CA",
	"CN=R11,O=Let's Encrypt,C=US" };

static void
fill_certificate(struct certificate *c, const uint8_t *b)
{
	c->issuer = text_of(issuers[b[9] % 4]);
	c->subject_cn = text_of(names[b[10] % 8]);
	c->has_der = b[10] >> 3 & 1;
	c->self_issued = b[10] >> 4 & 1;
	c->weak = b[10] >> 5 & 1;
	c->spki_sha256[0] = b[9] >> 2;
	c->signed_by_given = (enum truth)(b[9] >> 6 % 3);
	c->not_before = CLOCK_UNKNOWN;
	c->not_after = b[10] >> 6 ? (int64_t)b[10] * CLOCK_SECOND :
	    CLOCK_UNKNOWN;
}

static void
fill(struct handshake *h, struct certificate *c, const uint8_t *b)
{
	int64_t start = (int64_t)(b[0] << 8 | b[1]) * CLOCK_SECOND / 4;

	h->hello = (struct origin){ 1 + b[0], start };
	h->flight = (struct origin){ b[1], start + b[2] * 1000000LL };
	h->deciding = (struct origin){ 2 + b[1], start + b[3] * 1000000LL };
	h->host = text_of(names[b[4] % 8]);
	h->host_source = (enum host_source)(b[4] >> 3 & 7) % 7;
	h->client = (struct endpoint){ b[5] & 128 ? 0 : 4, 1,
		{ 10, 0, 0, b[5] & 7 } };
	h->server = (struct endpoint){ 4, 443, { 10, 0, 0, b[6] } };
	h->tunnel = b[6] == 1 ? TUNNEL_CONNECT : TUNNEL_NONE;
	h->offered.fingerprint = text_of(programs[b[7] & 3]);
	h->offered.engine = (enum engine)(b[7] >> 2 & 3);
	h->offered.psk_offered = (enum truth)((b[7] >> 4) % 3);
	h->offered.n_versions = 1;
	h->offered.versions[0] = 0x0304;
	h->outcome = (enum outcome)(b[8] % N_OUTCOMES);
	h->sign = (enum sign)(b[8] >> 4) % (SIGN_NO_DATA_CLOSE + 1);
	h->certificate = b[9] & 32 ? c : NULL;
	h->chosen.seen = true;
	h->chosen.version = b[11] & 1 ? 0x0304 : 0x0303;
	h->chosen.sentinel = (enum truth)((b[11] >> 1) % 3);
	h->n_alerts = b[12] & 1;
	h->alerts[0] = (struct alert){ (enum side)(b[12] >> 1) % 3,
		ALERT_CLEAR, 2, (int16_t)(b[13] - 1), h->deciding };
	h->close_us = b[14] * 100000LL;
	h->n_flight = b[14] % (FLIGHT_MAX + 1);
	for (int i = 0; i < h->n_flight; i++)
		h->flight_len[i] = (uint16_t)(b[15] * (i + 1));
	h->leg = (enum leg)(b[15] & 3);
	h->interception = (enum interception)(b[15] >> 2 & 3);
	h->gap = b[15] >> 7;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_over(data, size), piece;
	struct report *r = report_new();
	struct collector *collector = collector_new(r, true);
	struct error e;
	struct rules *rules = rules_new(false, NULL, 0, &e);

	while (rules != NULL && cursor_take(&c, 16, &piece)) {
		struct certificate *certificate = pool_zero(r->pool,
		    sizeof(*certificate));
		struct handshake h;

		handshake_init(&h);
		fill_certificate(certificate, piece.at);
		fill(&h, certificate, piece.at);
		collector_add(&h, collector);
	}
	collector_finish(collector);
	collector_free(collector);
	rules_decide(rules, r);
	rules_free(rules);
	report_free(r);
	return 0;
}
