#include "unit.h"

#include "input/capture.h"
#include "packets.h"
#include "wire.h"

/* A capture in memory, one connection after another, and what came of it. */
static struct buf file;
static uint32_t sequence[2];
static int64_t now;
static struct handshake last;
static char host[64];
static int n_handshakes;
static struct totals totals;
static struct input_info info;

static void
le32(struct buf *b, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		buf_char(b, (char)(v >> 8 * i));
}

static void
begin(void)
{
	static const uint32_t header[] = { 0xa1b2c3d4, 4 << 16 | 2, 0, 0,
		65535, 1 };

	file = (struct buf){ 0 };
	for (size_t i = 0; i < N_ITEMS(header); i++)
		le32(&file, header[i]);
	now = 1700000000000;
	n_handshakes = 0;
	totals = (struct totals){ 0 };
	info = (struct input_info){ 0 };
	last = (struct handshake){ 0 };
	host[0] = '\0';
}

/* One segment of the client (0) or the server (1). */
static void
segment(int from, unsigned flags, const void *bytes, size_t n)
{
	struct packet p = { .n = 0 };

	put_ethernet(&p, 0x0800);
	put_ipv4(&p, from, 6, (unsigned)n + 20, 1, 0);
	put_tcp(&p, from, flags, sequence[from], sequence[!from]);
	put(&p, bytes, n);
	sequence[from] += (uint32_t)n + ((flags & (SYN | FIN)) != 0);
	now += 1;
	le32(&file, (uint32_t)(now / 1000));
	le32(&file, (uint32_t)(now % 1000 * 1000));
	le32(&file, (uint32_t)p.n);
	le32(&file, (uint32_t)p.n);
	buf_add(&file, p.bytes, p.n);
}

static void
connect_both(void)
{
	sequence[0] = 1000;
	sequence[1] = 5000;
	segment(0, SYN, "", 0);
	segment(1, SYN | ACK, "", 0);
	segment(0, ACK, "", 0);
}

static void
says(int from, const char *text)
{
	segment(from, ACK, text, strlen(text));
}

static void
close_both(void)
{
	segment(0, ACK | FIN, "", 0);
	segment(1, ACK | FIN, "", 0);
	segment(0, ACK, "", 0);
}

/* How many bytes of a record are sent in one segment. */
enum { WHOLE = 1 << 16 };
static size_t step = WHOLE;

static void
in_steps(int from, const char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i += step)
		segment(from, ACK, bytes + i, n - i < step ? n - i : step);
}

/* A rejected handshake of TLS 1.3, whose server flight is not needed whole. */
static void
tls(const char *sni)
{
	const struct wire_hello w = { .host = sni, .tls13 = true };
	struct buf out = { 0 }, body = { 0 }, message = { 0 };

	wire_client_hello(&body, &w);
	wire_message(&message, 1, &body);
	wire_record(&out, 22, &message);
	in_steps(0, out.at, out.n);
	buf_free(&out);
	out = (struct buf){ 0 };
	wire_server_hello(&body, 0x0304, 0x1301, 0, false);
	wire_message(&message, 2, &body);
	wire_record(&out, 22, &message);
	wire_zeros(&body, 900);
	wire_record(&out, 23, &body);
	in_steps(1, out.at, out.n);
	buf_free(&out);
	segment(0, ACK, "\x15\3\3\0\2\2\x30", 7);
}

static ssize_t
read_file(void *arg, void *room, size_t n, struct error *e)
{
	size_t *at = arg;

	(void)e;
	if (n > file.n - *at)
		n = file.n - *at;
	memcpy(room, file.at + *at, n);
	*at += n;
	return (ssize_t)n;
}

static void
emit(const struct handshake *h, void *arg)
{
	(void)arg;
	last = *h;
	snprintf(host, sizeof(host), "%.*s", TEXT_ARG(h->host));
	n_handshakes++;
}

static int
read_capture(const struct input_options *options, struct error *e)
{
	struct pool *pool = pool_new();
	struct captures *captures = captures_new(options, emit, NULL, pool,
	    &totals, e);
	struct source source;
	size_t at = 0;
	int result = -1;

	source_init(&source, "test.pcap", read_file, &at);
	if (captures != NULL)
		result = captures_read(captures, &source, 0, &info, e);
	captures_free(captures);
	source_close(&source);
	pool_free(pool);
	buf_free(&file);
	return result;
}

static void
ends_with(int n)
{
	const struct input_options options = { .verbose = -1 };
	struct error e;

	ck_assert_int_eq(read_capture(&options, &e), 0);
	ck_assert_int_eq(n_handshakes, n);
}

START_TEST(joins_all_stages)
{
	begin();
	connect_both();
	tls("api.bank.example");
	close_both();
	ends_with(1);
	ck_assert_str_eq(host, "api.bank.example");
	ck_assert_int_eq(last.host_source, HOST_SNI);
	ck_assert_int_eq(last.transport, TRANSPORT_TCP);
	ck_assert_int_eq(last.tunnel, TUNNEL_NONE);
	ck_assert_int_eq(last.outcome, OUTCOME_REJECTED);
	ck_assert_int_eq(last.sign, SIGN_CLEAR_ALERT);
	ck_assert_uint_eq(last.client.port, 40000);
	ck_assert_uint_eq(last.server.port, 443);
	ck_assert_int_eq(last.stream, 0);
	ck_assert_uint_eq(last.hello.record, 4);
	ck_assert_uint_eq(last.deciding.record, 6);
	ck_assert_uint_eq(totals.client_hellos, 1);
	ck_assert_uint_eq(totals.server_hellos, 1);
	ck_assert_uint_eq(totals.sni, 1);
	ck_assert_uint_eq(totals.alerts[48], 1);
	ck_assert_uint_eq(info.packets, 9);
	ck_assert_str_eq(info.kind, "pcap");
}
END_TEST

START_TEST(takes_the_address_where_nothing_names_the_host)
{
	begin();
	connect_both();
	tls(NULL);
	close_both();
	ends_with(1);
	ck_assert_str_eq(host, "10.0.0.2");
	ck_assert_int_eq(last.host_source, HOST_ADDRESS);
}
END_TEST

START_TEST(follows_a_proxy_through_its_password)
{
	begin();
	connect_both();
	says(0, "CONNECT Web.Example:443 HTTP/1.1\r\n\r\n");
	says(1, "HTTP/1.1 407 Authenticate\r\nContent-Length: 2\r\n\r\nno");
	says(0, "CONNECT Web.Example:443 HTTP/1.1\r\nA: secret\r\n\r\n");
	says(1, "HTTP/1.1 200 OK\r\n\r\n");
	tls(_i == 0 ? NULL : "sni.example");
	close_both();
	ends_with(1);
	ck_assert_int_eq(last.tunnel, TUNNEL_CONNECT);
	ck_assert_str_eq(host, _i == 0 ? "web.example" : "sni.example");
	ck_assert_int_eq(last.host_source, _i == 0 ? HOST_CONNECT : HOST_SNI);
	ck_assert_int_eq(last.outcome, OUTCOME_REJECTED);
	ck_assert(!last.gap);
}
END_TEST

START_TEST(takes_the_answers_of_a_proxy_for_no_failure)
{
	static const char *const answers[] = {
		"HTTP/1.1 407 Authenticate\r\n\r\n",
		"HTTP/1.1 403 Forbidden\r\n\r\n",
	};

	begin();
	connect_both();
	says(0, "CONNECT web.example:443 HTTP/1.1\r\n\r\n");
	says(1, answers[_i]);
	close_both();
	ends_with(0);
}
END_TEST

START_TEST(finds_tls_behind_starttls)
{
	begin();
	connect_both();
	says(1, "220 mail.example ESMTP\r\n");
	says(0, "EHLO me\r\n");
	says(1, "250 STARTTLS\r\n");
	says(0, "STARTTLS\r\n");
	says(1, "220 go ahead\r\n");
	tls("mail.example");
	close_both();
	ends_with(1);
	ck_assert_int_eq(last.tunnel, TUNNEL_SMTP);
	ck_assert_str_eq(host, "mail.example");
}
END_TEST

START_TEST(leaves_other_protocols_alone)
{
	begin();
	connect_both();
	says(0, "GET / HTTP/1.1\r\n\r\n");
	says(1, "HTTP/1.1 200 OK\r\n\r\nhello");
	close_both();
	ends_with(0);
	ck_assert_uint_eq(totals.client_hellos, 0);
}
END_TEST

START_TEST(reads_hellos_in_segments_of_any_size)
{
	static const size_t steps[] = { 1, 4, 5, 6, 11 };

	begin();
	connect_both();
	step = steps[_i];
	tls("split.example");
	step = WHOLE;
	close_both();
	ends_with(1);
	ck_assert_str_eq(host, "split.example");
	ck_assert_int_eq(last.outcome, OUTCOME_REJECTED);
	ck_assert_int_eq(last.sign, SIGN_CLEAR_ALERT);
}
END_TEST

/* A byte that may begin a hello waits for more of it, and may wait for ever. */
START_TEST(a_byte_is_no_handshake)
{
	begin();
	connect_both();
	says(0, "\x16");
	close_both();
	connect_both();
	says(0, "\x16");
	segment(1, ACK | FIN, "", 0);
	segment(0, ACK, "\3\1", 2);
	ends_with(0);
}
END_TEST

START_TEST(reports_what_is_open_at_the_end)
{
	begin();
	connect_both();
	tls("open.example");
	file.n -= 7 + 54 + 16; /* without the alert's packet */
	ends_with(1);
	ck_assert_int_eq(last.outcome, OUTCOME_UNFINISHED);
}
END_TEST

START_TEST(refuses_an_interceptor_that_is_none)
{
	const struct input_options options = { .verbose = -1,
		.interceptor_pem = "/nonexistent/ca.pem" };
	struct error e = { .text = "" };

	begin();
	ck_assert_int_eq(read_capture(&options, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "/nonexistent/ca.pem"));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("capture");

	tcase_add_test(tc, joins_all_stages);
	tcase_add_test(tc, takes_the_address_where_nothing_names_the_host);
	tcase_add_loop_test(tc, follows_a_proxy_through_its_password, 0, 2);
	tcase_add_loop_test(tc, takes_the_answers_of_a_proxy_for_no_failure,
	    0, 2);
	tcase_add_test(tc, finds_tls_behind_starttls);
	tcase_add_test(tc, leaves_other_protocols_alone);
	tcase_add_loop_test(tc, reads_hellos_in_segments_of_any_size, 0, 5);
	tcase_add_test(tc, a_byte_is_no_handshake);
	tcase_add_test(tc, reports_what_is_open_at_the_end);
	tcase_add_test(tc, refuses_an_interceptor_that_is_none);
	return unit_run(tc);
}
