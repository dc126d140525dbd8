#include "unit.h"

#include "stream/carrier.h"
#include "wire.h"

/* One side says something in the clear. */
struct saying {
	int end;
	const char *bytes;
	size_t n;
};

#define SAYS(who, literal) { who, literal, sizeof(literal) - 1 }

enum { SAYINGS_MAX = 6 };

static const struct conversation {
	struct saying said[SAYINGS_MAX];
	enum tunnel tunnel;
	const char *host;
} conversations[] = {
	{ { SAYS(0, "CONNECT api.example:443 HTTP/1.1\r\n\r\n"),
	    SAYS(1, "HTTP/1.1 200 Connection established\r\n\r\n") },
	    TUNNEL_CONNECT, "api.example" },
	{ { SAYS(0, "CONNECT a.example:443 HTTP/1.1\r\n\r\n"),
	    SAYS(1, "HTTP/1.1 407 Proxy Authentication Required\r\n"
	    "Content-Length: 4\r\n\r\nsigh"),
	    SAYS(0, "CONNECT b.example:443 HTTP/1.1\r\nA: b\r\n\r\n"),
	    SAYS(1, "HTTP/1.1 200 OK\r\n\r\n") },
	    TUNNEL_CONNECT, "b.example" },
	{ { SAYS(0, "CONNECT [2001:db8::1]:443 HTTP/1.1\r\n\r\n"),
	    SAYS(1, "HTTP/1.1 200 OK\r\n\r\n") },
	    TUNNEL_CONNECT, "2001:db8::1" },
	{ { SAYS(0, "\5\1\0"), SAYS(1, "\5\0"),
	    SAYS(0, "\5\1\0\3\x9s.example\1\xbb"),
	    SAYS(1, "\5\0\0\1\0\0\0\0\0\0") }, TUNNEL_SOCKS, "s.example" },
	{ { SAYS(0, "\5\2\0\2"), SAYS(1, "\5\2"), SAYS(0, "\1\4user\4pass"),
	    SAYS(1, "\1\0"), SAYS(0, "\5\1\0\3\x9s.example\1\xbb"),
	    SAYS(1, "\5\0\0\1\0\0\0\0\0\0") }, TUNNEL_SOCKS, "s.example" },
	{ { SAYS(0, "\4\1\1\xbb\0\0\0\1user\0s.example\0"),
	    SAYS(1, "\0\x5a\0\0\0\0\0\0") }, TUNNEL_SOCKS, "s.example" },
	{ { SAYS(1, "220 mail.example ESMTP\r\n"), SAYS(0, "EHLO me\r\n"),
	    SAYS(1, "250-mail.example\r\n250 STARTTLS\r\n"),
	    SAYS(0, "STARTTLS\r\n"), SAYS(1, "220 go ahead\r\n") },
	    TUNNEL_SMTP, "" },
	{ { SAYS(1, "220 ftp.example\r\n"), SAYS(0, "AUTH TLS\r\n"),
	    SAYS(1, "234 proceed\r\n") }, TUNNEL_FTP, "" },
	{ { SAYS(1, "* OK IMAP4rev1\r\n"), SAYS(0, "a1 STARTTLS\r\n"),
	    SAYS(1, "a1 OK\r\n") }, TUNNEL_IMAP, "" },
	{ { SAYS(1, "+OK ready\r\n"), SAYS(0, "STLS\r\n"),
	    SAYS(1, "+OK\r\n") }, TUNNEL_POP3, "" },
	{ { SAYS(0, "<?xml version='1.0'?><stream:stream to='x'>"),
	    SAYS(1, "<?xml version='1.0'?><stream:features/>"),
	    SAYS(0, "<starttls/>"), SAYS(1, "<proceed/>") },
	    TUNNEL_XMPP, "" },
	{ { SAYS(0, "\x30\x1d\2\1\1\x77\x18\x80\x16"
	    "1.3.6.1.4.1.1466.20037"), SAYS(1, "\x30\x0c\2\1\1\x78\7") },
	    TUNNEL_LDAP, "" },
	{ { SAYS(0, "\0\0\0\x08\x04\xd2\x16\x2f"), SAYS(1, "S") },
	    TUNNEL_POSTGRES, "" },
	{ { SAYS(1, "\x4a\0\0\0\x0a" "8.0.1\0"),
	    SAYS(0, "\x20\0\0\1\x85\xae\xff\1\0\0\0\1") },
	    TUNNEL_MYSQL, "" },
	{ { SAYS(0, "\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x08\0\3\0\0\0"),
	    SAYS(1, "\3\0\0\x13\x0e\xd0\0\0\x12\x34\0\2\0\x08\0\1\0\0\0") },
	    TUNNEL_RDP, "" },
	{ { SAYS(0, "PROXY TCP4 10.0.0.1 10.0.0.2 1000 443\r\n") },
	    TUNNEL_NONE, "" },
	{ { SAYS(0, "PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n"
	    "CONNECT p.example:443 HTTP/1.1\r\n\r\n"),
	    SAYS(1, "HTTP/1.1 200 OK\r\n\r\n") }, TUNNEL_CONNECT,
	    "p.example" },
	{ { SAYS(0, "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\xc\1\2\3\4\5\6\7\x08\1"
	    "\2\3\4") }, TUNNEL_NONE, "" },
};

static void
hello_record(struct buf *out)
{
	const struct wire_hello w = { .host = "x.example", .tls13 = true };
	struct buf body = { 0 }, message = { 0 };

	wire_client_hello(&body, &w);
	wire_message(&message, 1, &body);
	wire_record(out, 22, &message);
}

/* The hello in pieces of a size: they must come back whole and in order. */
static void
expect_hello(struct carrier *c, size_t step)
{
	struct buf hello = { 0 }, got = { 0 };
	struct cursor held, piece;
	bool tls = false;

	hello_record(&hello);
	for (size_t i = 0; i < hello.n; i += step) {
		piece = cursor_over(hello.at + i,
		    hello.n - i < step ? hello.n - i : step);
		if (!tls) {
			enum carrier_answer answer =
			    carrier_take(c, 0, &piece, &held);

			ck_assert_int_ne(answer, CARRIER_OTHER);
			tls = answer == CARRIER_TLS;
			if (!tls)
				continue;
			buf_add(&got, held.at, held.left);
		}
		buf_add(&got, piece.at, piece.left);
	}
	ck_assert(tls);
	ck_assert_uint_eq(got.n, hello.n);
	ck_assert_mem_eq(got.at, hello.at, hello.n);
	buf_free(&hello);
	buf_free(&got);
}

static void
converse(const struct conversation *talk, struct carrier *c)
{
	carrier_init(c);
	for (int i = 0; i < SAYINGS_MAX && talk->said[i].n > 0; i++) {
		struct cursor bytes = cursor_over(talk->said[i].bytes,
		    talk->said[i].n), held;

		ck_assert_int_eq(carrier_take(c, talk->said[i].end, &bytes,
		    &held), CARRIER_MORE);
	}
}

START_TEST(finds_the_hello_behind_the_talk_and_names_the_tunnel)
{
	static const size_t steps[] = { 1, 3, 10, 11, 4000 };
	const struct conversation *talk = &conversations[_i];
	struct carrier c;
	struct text host;

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		converse(talk, &c);
		expect_hello(&c, steps[i]);
		ck_assert_int_eq(carrier_tunnel(&c, 0, &host), talk->tunnel);
		ck_assert_msg(text_is(host, talk->host), "%.*s",
		    TEXT_ARG(host));
		carrier_free(&c);
	}
}
END_TEST

START_TEST(finds_a_hello_right_behind_the_request)
{
	static const char request[] = "\x20\0\0\1\x85\xae\xff\1";
	struct buf both = { 0 };
	struct cursor bytes, held;
	struct carrier c;

	buf_add(&both, request, sizeof(request) - 1);
	hello_record(&both);
	carrier_init(&c);
	bytes = wire_view(&both);
	ck_assert_int_eq(carrier_take(&c, 0, &bytes, &held), CARRIER_TLS);
	ck_assert_uint_eq(held.left, 0);
	ck_assert_uint_eq(bytes.left, both.n - (sizeof(request) - 1));
	ck_assert_uint_eq(c.lanes[0].seen, sizeof(request) - 1);
	carrier_free(&c);
	buf_free(&both);
}
END_TEST

START_TEST(gives_up_on_plain_http_at_once)
{
	static const char *const others[] = { "GET / HTTP/1.1\r\n",
		"POST /x HTTP/1.1\r\n", "SSH-2.0-OpenSSH_9\r\n" };
	struct cursor bytes = cursor_over(others[_i], strlen(others[_i])), held;
	struct carrier c;

	carrier_init(&c);
	ck_assert_int_eq(carrier_take(&c, 0, &bytes, &held), CARRIER_OTHER);
	carrier_free(&c);
}
END_TEST

START_TEST(gives_up_on_the_unknown_after_a_while)
{
	static const char noise[1000] = "noise";
	struct cursor held;
	struct carrier c;
	int n = 0;

	carrier_init(&c);
	for (enum carrier_answer a = CARRIER_MORE; a == CARRIER_MORE; n++) {
		struct cursor bytes = cursor_over(noise, sizeof(noise));

		a = carrier_take(&c, 0, &bytes, &held);
		ck_assert_int_ne(a, CARRIER_TLS);
	}
	ck_assert_int_le(n, 6);
	carrier_free(&c);
}
END_TEST

START_TEST(knows_tls_by_its_first_bytes)
{
	static const struct {
		const char *bytes;
		size_t n;
		bool tls;
	} starts[] = {
		{ "\x16", 1, true }, { "\x16\3\1", 3, true },
		{ "\x16\3\1\2\0\1\0\1\xfc", 9, true },
		{ "\x17\3\3\1\0x", 6, true }, { "\x17\3\3", 3, false },
		{ "\x16\2\1\2\0\1", 6, false }, { "\x15\3\3\0\2\2", 6, true },
		{ "GET / ", 6, false }, { "\x80\x2e\1\3\1\0", 6, true },
		{ "\x16\3\1\xff\xff\1", 6, false },
	};

	ck_assert_int_eq(carrier_begins_tls(cursor_over(starts[_i].bytes,
	    starts[_i].n)), starts[_i].tls);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("carrier");

	tcase_add_loop_test(tc,
	    finds_the_hello_behind_the_talk_and_names_the_tunnel, 0,
	    sizeof(conversations) / sizeof(conversations[0]));
	tcase_add_test(tc, finds_a_hello_right_behind_the_request);
	tcase_add_loop_test(tc, gives_up_on_plain_http_at_once, 0, 3);
	tcase_add_test(tc, gives_up_on_the_unknown_after_a_while);
	tcase_add_loop_test(tc, knows_tls_by_its_first_bytes, 0, 10);
	return unit_run(tc);
}
