#include "unit.h"

#include "base/clock.h"
#include "base/pool.h"
#include "input/datagram.h"
#include "input/recording.h"
#include "packets.h"
#include "wire.h"

/* One recording in several files, whose inputs have the numbers 7, 8, ... */
static struct recording_common common;
static struct recording *recording;
static struct totals totals;
static uint64_t n_frames; /* of the file at hand */
static uint32_t n_files;
static uint32_t sequence[2];
static int64_t now;
static struct handshake last;
static int n_handshakes;

static void
emit(const struct handshake *h, void *arg)
{
	(void)arg;
	last = *h;
	n_handshakes++;
}

static void
next_file(void)
{
	recording_next_file(recording, 7 + n_files++);
	n_frames = 0;
}

static void
begin(void)
{
	static const struct input_options options = { .verbose = -1 };

	common = (struct recording_common){ .options = &options, .emit = emit,
		.quic_room = DATAGRAMS_QUIC };
	tls_init(&common.tls, pool_new(), NULL, &totals);
	recording = recording_new(&common);
	n_files = 0;
	n_handshakes = 0;
	sequence[0] = 1000;
	sequence[1] = 5000;
	now = 1700000000 * CLOCK_SECOND;
	next_file();
}

static void
finish(void)
{
	recording_free(recording);
	ck_assert_int_eq(n_handshakes, 1);
}

static void
clean(void)
{
	recording_common_free(&common);
	pool_free(common.tls.pool);
}

static void
take(const struct packet *p)
{
	struct frame frame = { .number = ++n_frames, .link_type = 1,
		.time = now += CLOCK_SECOND / 1000,
		.wire_length = (uint32_t)p->n,
		.bytes = cursor_over(p->bytes, p->n) };

	recording_frames(recording, &frame, 1);
}

static void
segment(int from, unsigned flags, const void *bytes, size_t n)
{
	struct packet p = { .n = 0 };

	put_ethernet(&p, 0x0800);
	put_ipv4(&p, from, 6, (unsigned)n + 20, 1, 0);
	put_tcp(&p, from, flags, sequence[from], sequence[!from]);
	put(&p, bytes, n);
	sequence[from] += (uint32_t)n + ((flags & (SYN | FIN)) != 0);
	take(&p);
}

static void
hello(void)
{
	const struct wire_hello w = { .host = "a.example", .tls13 = true };
	struct buf out = { 0 }, body = { 0 }, message = { 0 };

	wire_client_hello(&body, &w);
	wire_message(&message, 1, &body);
	wire_record(&out, 22, &message);
	segment(0, ACK, out.at, out.n);
	buf_free(&out);
}

static void
answer(void)
{
	struct buf out = { 0 }, body = { 0 }, message = { 0 };

	wire_server_hello(&body, 0x0304, 0x1301, 0, false);
	wire_message(&message, 2, &body);
	wire_record(&out, 22, &message);
	wire_zeros(&body, 900);
	wire_record(&out, 23, &body);
	segment(1, ACK, out.at, out.n);
	buf_free(&out);
}

static void
alert(void)
{
	segment(0, ACK, "\x15\3\3\0\2\2\x30", 7);
}

static void
connect_both(void)
{
	segment(0, SYN, "", 0);
	segment(1, SYN | ACK, "", 0);
	segment(0, ACK, "", 0);
}

/* The frame that decides is in another file: only its time is told. */
START_TEST(a_handshake_belongs_to_the_file_of_its_hello)
{
	begin();
	connect_both();
	hello();
	next_file();
	answer();
	alert();
	finish();
	ck_assert_uint_eq(last.input, 7);
	ck_assert_int_eq(last.stream, 0);
	ck_assert_uint_eq(last.hello.record, 4);
	ck_assert_int_eq(last.outcome, OUTCOME_REJECTED);
	ck_assert_uint_eq(last.flight.record, 0);
	ck_assert_uint_eq(last.deciding.record, 0);
	ck_assert_uint_eq(last.alerts[0].at.record, 0);
	ck_assert_int_eq(last.deciding.time, now);
	clean();
}
END_TEST

START_TEST(a_connection_may_begin_before_its_hello)
{
	begin();
	segment(1, ACK, "", 0); /* another packet of the same connection */
	next_file();
	segment(0, ACK, "CONNECT a.example:443 HTTP/1.1\r\n\r\n", 34);
	next_file();
	segment(1, ACK, "HTTP/1.1 200 OK\r\n\r\n", 19);
	hello();
	answer();
	alert();
	finish();
	ck_assert_uint_eq(last.input, 9);
	ck_assert_int_eq(last.stream, 0);
	ck_assert_uint_eq(last.hello.record, 2);
	ck_assert_uint_eq(last.flight.record, 3);
	ck_assert_uint_eq(last.deciding.record, 4);
	ck_assert_uint_eq(last.alerts[0].at.record, 4);
	ck_assert_int_eq(last.tunnel, TUNNEL_CONNECT);
	clean();
}
END_TEST

START_TEST(streams_have_the_numbers_of_their_file)
{
	begin();
	connect_both();
	next_file();
	segment(0, ACK, "", 0); /* 0 in this file */
	sequence[0] = 90000; /* the ports are used again: 1 */
	connect_both();
	hello();
	answer();
	next_file();
	alert();
	finish();
	ck_assert_uint_eq(last.input, 8);
	ck_assert_int_eq(last.stream, 1);
	ck_assert_uint_eq(last.hello.record, 5);
	clean();
}
END_TEST

/* Record: type, version, epoch and number, length; then the message with its
 * number, offset and length. */
static void
dtls_hello(void)
{
	const struct wire_hello w = { .host = "d.example" };
	struct buf body = { 0 }, out = { 0 };
	struct packet p = { .n = 0 };

	wire_client_hello(&body, &w);
	body.at[0] = (char)0xfe;
	body.at[1] = (char)0xfd;
	wire_uint(&out, 3, 0x16fefd);
	wire_zeros(&out, 8);
	wire_uint(&out, 2, (uint32_t)body.n + 12 + 1);
	wire_uint(&out, 1, 1);
	wire_uint(&out, 3, (uint32_t)body.n + 1);
	wire_zeros(&out, 5);
	wire_uint(&out, 3, (uint32_t)body.n + 1);
	buf_add(&out, body.at, 35);
	wire_uint(&out, 1, 0); /* no cookie */
	buf_add(&out, body.at + 35, body.n - 35);
	put_ethernet(&p, 0x0800);
	put_ipv4(&p, 0, 17, (unsigned)out.n + 8, 1, 0);
	put_udp(&p, 0, (unsigned)out.n);
	put(&p, out.at, out.n);
	take(&p);
	buf_free(&body);
	buf_free(&out);
}

START_TEST(dtls_is_followed_over_files)
{
	struct packet p = { .n = 0 };

	begin();
	segment(0, SYN, "", 0);
	dtls_hello();
	next_file();
	put_ethernet(&p, 0x0800);
	put_ipv4(&p, 1, 17, 8 + 15, 1, 0);
	put_udp(&p, 1, 15);
	put(&p, "\x15\xfe\xfd\0\0\0\0\0\0\0\0\0\2\2\x28", 15);
	take(&p);
	finish();
	ck_assert_int_eq(last.transport, TRANSPORT_DTLS);
	ck_assert_uint_eq(last.input, 7);
	ck_assert_int_eq(last.stream, -1);
	ck_assert_uint_eq(last.hello.record, 2);
	ck_assert_uint_eq(last.n_alerts, 1);
	ck_assert_int_eq(last.alerts[0].code, 40);
	ck_assert_uint_eq(last.alerts[0].at.record, 0);
	clean();
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("recording");

	tcase_add_test(tc, a_handshake_belongs_to_the_file_of_its_hello);
	tcase_add_test(tc, a_connection_may_begin_before_its_hello);
	tcase_add_test(tc, streams_have_the_numbers_of_their_file);
	tcase_add_test(tc, dtls_is_followed_over_files);
	return unit_run(tc);
}
