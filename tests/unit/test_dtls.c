#include "unit.h"

#include "base/clock.h"
#include "input/datagram.h"
#include "tls/dtls.h"
#include "wire.h"

enum { DTLS12 = 0xfefd, WHOLE = 1 << 16 };

/* One DTLS record: type, version, epoch and number, length, body. */
static void
dtls_record(struct buf *out, uint8_t type, uint16_t epoch, const void *body,
    size_t n)
{
	wire_uint(out, 1, type);
	wire_uint(out, 2, DTLS12);
	wire_uint(out, 2, epoch);
	wire_zeros(out, 6);
	wire_uint(out, 2, (uint32_t)n);
	buf_add(out, body, n);
}

/* A handshake message in fragments of at most a size, a record each. */
static void
dtls_message(struct buf *out, uint8_t type, struct buf *body, size_t size)
{
	for (size_t at = 0; at == 0 || at < body->n; at += size) {
		size_t n = body->n - at < size ? body->n - at : size;
		struct buf fragment = { 0 };

		wire_uint(&fragment, 1, type);
		wire_uint(&fragment, 3, (uint32_t)body->n);
		wire_uint(&fragment, 2, 0);
		wire_uint(&fragment, 3, (uint32_t)at);
		wire_uint(&fragment, 3, (uint32_t)n);
		buf_add(&fragment, body->at + at, n);
		dtls_record(out, 22, 0, fragment.at, fragment.n);
		buf_free(&fragment);
	}
	buf_free(body);
	*body = (struct buf){ 0 };
}

/* As a TLS hello, with the cookie behind the session id. */
static void
dtls_client_hello(struct buf *out)
{
	const struct wire_hello w = { .host = "d.example" };
	struct buf tls = { 0 };

	wire_client_hello(&tls, &w);
	wire_uint(out, 2, DTLS12);
	buf_add(out, tls.at + 2, 33);
	wire_uint(out, 1, 4);
	buf_string(out, "cook");
	buf_add(out, tls.at + 35, tls.n - 35);
	buf_free(&tls);
}

static void
dtls_server_hello(struct buf *out)
{
	wire_server_hello(out, 0x0303, 0xc02b, 0, false);
	out->at[0] = (char)0xfe;
	out->at[1] = (char)0xfd;
}

struct peers {
	struct tls tls;
	struct totals totals;
	struct pool *pool;
	struct datagrams *datagrams;
	uint64_t quic_room;
	struct endpoint client, server;
	struct origin at;
	struct handshake last;
	char host[64];
	int n;
};

static void
keep(const struct handshake *h, void *arg)
{
	struct peers *p = arg;

	p->last = *h;
	snprintf(p->host, sizeof(p->host), "%.*s", TEXT_ARG(h->host));
	p->n++;
}

static void
start(struct peers *p)
{
	memset(p, 0, sizeof(*p));
	p->pool = pool_new();
	tls_init(&p->tls, p->pool, NULL, &p->totals);
	p->quic_room = DATAGRAMS_QUIC;
	p->datagrams = datagrams_new(&p->tls, &p->quic_room, keep, p);
	p->client = (struct endpoint){ .family = 4, .port = 5000,
		.address = { 10, 0, 0, 1 } };
	p->server = (struct endpoint){ .family = 4, .port = 443,
		.address = { 192, 0, 2, 1 } };
}

static void
finish(struct peers *p)
{
	datagrams_finish(p->datagrams);
	datagrams_free(p->datagrams);
	tls_free(&p->tls);
	pool_free(p->pool);
}

static void
say(struct peers *p, bool server, struct buf *b)
{
	p->at.record++;
	p->at.time += CLOCK_SECOND;
	datagrams_take(p->datagrams, server ? &p->server : &p->client,
	    server ? &p->client : &p->server, wire_view(b), &p->at);
	buf_free(b);
	*b = (struct buf){ 0 };
}

START_TEST(reads_hellos_in_fragments_of_any_size)
{
	static const size_t sizes[] = { 1, 20, 100, WHOLE };
	struct buf body = { 0 }, out = { 0 };
	struct peers p;

	start(&p);
	dtls_client_hello(&body);
	dtls_message(&out, 1, &body, sizes[_i]);
	say(&p, false, &out);
	dtls_server_hello(&body);
	dtls_message(&out, 2, &body, sizes[_i]);
	say(&p, true, &out);
	dtls_record(&out, 21, 0, "\2\x30", 2);
	say(&p, false, &out);
	finish(&p);
	ck_assert_int_eq(p.n, 1);
	ck_assert_int_eq(p.last.transport, TRANSPORT_DTLS);
	ck_assert_str_eq(p.host, "d.example");
	ck_assert_uint_eq(p.last.client.port, 5000);
	ck_assert_uint_eq(p.last.chosen.version, DTLS12);
	ck_assert_int_eq(p.last.outcome, OUTCOME_REJECTED);
	ck_assert_int_eq(p.last.alerts[0].code, 48);
}
END_TEST

START_TEST(takes_what_has_an_epoch_for_encrypted)
{
	static const char sealed[40];
	struct buf body = { 0 }, out = { 0 };
	struct peers p;

	start(&p);
	dtls_client_hello(&body);
	dtls_message(&out, 1, &body, WHOLE);
	say(&p, false, &out);
	dtls_server_hello(&body);
	dtls_message(&out, 2, &body, WHOLE);
	say(&p, true, &out);
	dtls_record(&out, 22, 1, sealed, 40);
	dtls_record(&out, 23, 1, sealed, 40);
	say(&p, false, &out);
	finish(&p);
	ck_assert_int_eq(p.last.outcome, OUTCOME_ACCEPTED);
}
END_TEST

START_TEST(begins_anew_after_a_pause)
{
	struct buf body = { 0 }, out = { 0 };
	struct peers p;

	start(&p);
	for (int i = 0; i < 3; i++) {
		dtls_client_hello(&body);
		dtls_message(&out, 1, &body, WHOLE);
		say(&p, false, &out);
		p.at.time += i == 0 ? 0 : 120 * CLOCK_SECOND;
	}
	finish(&p);
	ck_assert_int_eq(p.n, 2);
}
END_TEST

START_TEST(counts_each_quic_connection_once)
{
	static const struct {
		uint8_t first;
		uint32_t version;
		size_t size;
		uint64_t n;
	} cases[] = {
		{ 0xc3, 1, 1200, 1 }, { 0xc3, 0x6b3343cf, 1200, 0 },
		{ 0xd3, 0x6b3343cf, 1200, 1 }, { 0xc3, 0xff00001d, 1252, 1 },
		{ 0xc6, 0x0a0a0a0a, 1240, 1 }, { 0xc3, 1, 1199, 0 },
		{ 0x43, 1, 1200, 0 }, { 0xe3, 1, 1200, 0 },
		{ 0xc3, 0, 1200, 0 }, { 0xc3, 0x51303436, 1350, 1 },
	};
	struct buf out = { 0 };
	struct peers p;

	start(&p);
	for (int i = 0; i < 2; i++) {
		wire_uint(&out, 1, cases[_i].first);
		wire_uint(&out, 4, cases[_i].version);
		wire_uint(&out, 1, 8);
		wire_zeros(&out, cases[_i].size - 6);
		say(&p, false, &out);
	}
	finish(&p);
	ck_assert_uint_eq(p.totals.quic, cases[_i].n);
}
END_TEST

START_TEST(survives_every_truncation)
{
	struct buf body = { 0 }, out = { 0 };
	struct peers p;

	dtls_client_hello(&body);
	dtls_message(&out, 1, &body, 50);
	start(&p);
	for (size_t n = 0; n < out.n; n++) {
		uint8_t *copy = malloc(n + 1);

		memcpy(copy + 1, out.at, n);
		datagrams_take(p.datagrams, &p.client, &p.server,
		    cursor_over(copy + 1, n), &p.at);
		free(copy);
	}
	finish(&p);
	buf_free(&out);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("dtls");

	tcase_add_loop_test(tc, reads_hellos_in_fragments_of_any_size, 0, 4);
	tcase_add_test(tc, takes_what_has_an_epoch_for_encrypted);
	tcase_add_test(tc, begins_anew_after_a_pause);
	tcase_add_loop_test(tc, counts_each_quic_connection_once, 0, 10);
	tcase_add_test(tc, survives_every_truncation);
	return unit_run(tc);
}
