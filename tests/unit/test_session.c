#include "unit.h"

#include "script.h"

/* The flights of a server that asks for nothing. */
#define FLIGHT13 "C:hello S:1.3/1301 S:ccs S:r/23/32 S:r/23/887 S:r/23/281 " \
	"S:r/23/53 "
#define FLIGHT13_384 "C:hello S:1.3/1302 S:ccs S:r/23/32 S:r/23/887 " \
	"S:r/23/281 S:r/23/69 "
#define FLIGHT12 "C:hello S:1.2/c02f S:m/11 S:m/12 S:m/14 "
#define FINISHED12 "C:m/16 C:ccs C:r/22/40 S:ccs S:r/22/40 "

static const struct {
	const char *words;
	enum outcome outcome;
	enum sign sign;
	int alert; /* the first one; -1 encrypted, -2 none */
} cases[] = {
	/* TLS 1.2, detection notes section 1.1. */
	{ FLIGHT12 "C:a/2/48 C:fin", OUTCOME_REJECTED, SIGN_CLEAR_ALERT, 48 },
	{ FLIGHT12 "C:a/2/46 C:rst", OUTCOME_REJECTED, SIGN_CLEAR_ALERT, 46 },
	{ FLIGHT12 FINISHED12 "C:r/21/26 C:fin", OUTCOME_IDLE,
	    SIGN_NO_DATA_CLOSE, -1 },
	{ FLIGHT12 FINISHED12 "C:fin", OUTCOME_IDLE, SIGN_NO_DATA_CLOSE, -2 },
	{ FLIGHT12 "C:m/16 C:ccs C:r/22/40 C:r/23/171", OUTCOME_ACCEPTED,
	    SIGN_NONE, -2 },
	{ FLIGHT12 FINISHED12 "C:r/23/25 S:r/23/900 C:r/21/26 C:fin",
	    OUTCOME_ACCEPTED, SIGN_NONE, -2 },
	{ FLIGHT12 "C:fin", OUTCOME_REJECTED, SIGN_SILENT_FIN, -2 },
	{ FLIGHT12 "C:rst", OUTCOME_REJECTED, SIGN_SILENT_RST, -2 },
	{ FLIGHT12 "C:a/1/0 C:fin", OUTCOME_REJECTED, SIGN_SILENT_FIN, 0 },
	{ FLIGHT12 "C:a/1/42 C:fin", OUTCOME_REJECTED, SIGN_CLEAR_ALERT, 42 },
	{ FLIGHT12 "S:a/2/40 S:fin", OUTCOME_REFUSED_BY_SERVER, SIGN_NONE, 40 },
	{ FLIGHT12 FINISHED12 "S:fin C:fin", OUTCOME_REFUSED_BY_SERVER,
	    SIGN_NONE, -2 },
	{ "C:hello S:a/1/112 S:1.2/c02f S:m/11 S:m/14 C:a/2/42",
	    OUTCOME_REJECTED, SIGN_CLEAR_ALERT, 112 },
	{ "C:hello S:echo/c02f S:ccs S:r/22/40 C:ccs C:r/22/40 C:r/23/99",
	    OUTCOME_ACCEPTED, SIGN_NONE, -2 },
	{ "C:hello S:1.2/c02f C:a/2/47", OUTCOME_REJECTED, SIGN_CLEAR_ALERT,
	    47 },
	/* TLS 1.3, section 1.3. */
	{ FLIGHT13 "C:a/2/48 C:rst", OUTCOME_REJECTED, SIGN_CLEAR_ALERT, 48 },
	{ FLIGHT13 "C:ccs C:r/23/19 C:fin", OUTCOME_REJECTED,
	    SIGN_SHORT_FIRST_RECORD, -1 },
	{ FLIGHT13 "C:r/23/19 C:rst", OUTCOME_REJECTED,
	    SIGN_SHORT_FIRST_RECORD, -1 },
	{ FLIGHT13 "C:ccs C:r/23/35 C:fin", OUTCOME_REJECTED,
	    SIGN_SHORT_FIRST_RECORD, -1 },
	{ FLIGHT13 "C:fin", OUTCOME_REJECTED, SIGN_SILENT_FIN, -2 },
	{ FLIGHT13 "C:rst", OUTCOME_REJECTED, SIGN_SILENT_RST, -2 },
	{ FLIGHT13 "C:ccs C:r/23/53 C:rst", OUTCOME_IDLE, SIGN_NO_DATA_CLOSE,
	    -2 },
	{ FLIGHT13 "C:ccs C:r/23/53 C:r/23/19 C:fin", OUTCOME_IDLE,
	    SIGN_NO_DATA_CLOSE, -1 },
	{ FLIGHT13 "C:ccs C:r/23/69 C:r/23/35 C:r/23/35 C:fin", OUTCOME_IDLE,
	    SIGN_NO_DATA_CLOSE, -1 },
	{ FLIGHT13 "C:ccs C:r/23/69 S:r/23/234 C:r/23/180", OUTCOME_ACCEPTED,
	    SIGN_NONE, -2 },
	{ FLIGHT13 "C:ccs C:r/23/53 C:r/23/26", OUTCOME_ACCEPTED, SIGN_NONE,
	    -2 },
	{ FLIGHT13_384 "C:ccs C:r/23/69 C:r/23/19 C:fin", OUTCOME_IDLE,
	    SIGN_NO_DATA_CLOSE, -1 },
	{ FLIGHT13_384 "C:ccs C:r/23/69 C:r/23/35", OUTCOME_ACCEPTED,
	    SIGN_NONE, -2 },
	{ FLIGHT13_384 "C:ccs C:r/23/85 C:r/23/35 C:fin", OUTCOME_IDLE,
	    SIGN_NO_DATA_CLOSE, -1 },
	{ FLIGHT13 "C:ccs C:r/23/25 C:r/23/53 C:r/23/97 S:r/23/19 S:fin",
	    OUTCOME_REFUSED_BY_SERVER, SIGN_NONE, -1 },
	{ FLIGHT13 "C:ccs C:r/23/887 C:r/23/281 C:r/23/53 C:r/23/97 "
	    "S:r/23/500", OUTCOME_ACCEPTED, SIGN_NONE, -2 },
	{ FLIGHT13 "C:ccs C:r/23/53 S:r/23/19 S:fin C:fin",
	    OUTCOME_REFUSED_BY_SERVER, SIGN_NONE, -1 },
	{ FLIGHT13 "S:r/23/19 S:fin", OUTCOME_REFUSED_BY_SERVER, SIGN_NONE,
	    -1 },
	{ "C:hello S:retry/1301 S:ccs C:ccs C:hello S:1.3/1301 S:r/23/32 "
	    "S:r/23/900 S:r/23/53 C:r/23/53 C:r/23/400", OUTCOME_ACCEPTED,
	    SIGN_NONE, -2 },
	{ "C:hello S:1.3/1301 S:r/23/1250 C:r/23/19 C:fin", OUTCOME_REJECTED,
	    SIGN_SHORT_FIRST_RECORD, -1 },
	/* A length that no Finished of the suite has is no evidence. */
	{ FLIGHT13_384 "C:ccs C:r/23/53 C:r/23/90 C:fin", OUTCOME_UNFINISHED,
	    SIGN_NONE, -2 },
	{ FLIGHT13 "C:ccs C:r/23/273 C:r/23/145 S:r/23/2000",
	    OUTCOME_ACCEPTED, SIGN_NONE, -2 },
	/* No ServerHello. */
	{ "C:hello S:a/2/70 S:fin", OUTCOME_REFUSED_BY_SERVER, SIGN_NONE, 70 },
	{ "C:hello S:rst", OUTCOME_NETWORK, SIGN_NONE, -2 },
	{ "C:hello S:fin", OUTCOME_NETWORK, SIGN_NONE, -2 },
	{ "C:hello C:fin", OUTCOME_NETWORK, SIGN_NONE, -2 },
	{ "C:hello", OUTCOME_NETWORK, SIGN_NONE, -2 },
	{ "C:hello S:1.3/1301 C:fin", OUTCOME_NETWORK, SIGN_NONE, -2 },
	/* The rest was not captured. */
	{ FLIGHT13, OUTCOME_UNFINISHED, SIGN_NONE, -2 },
	{ FLIGHT12, OUTCOME_UNFINISHED, SIGN_NONE, -2 },
	{ FLIGHT12 FINISHED12, OUTCOME_UNFINISHED, SIGN_NONE, -2 },
	{ "S:1.2/c02f S:m/11 S:m/14", OUTCOME_UNFINISHED, SIGN_NONE, -2 },
	{ FLIGHT13 "C:gap/100 C:fin", OUTCOME_UNFINISHED, SIGN_NONE, -2 },
	{ FLIGHT13 "C:gap/100 C:r/23/1400", OUTCOME_ACCEPTED, SIGN_NONE, -2 },
	{ "C:hello S:1.2/c02f S:gap/5000 C:m/16 C:ccs C:r/22/40 C:r/23/300",
	    OUTCOME_ACCEPTED, SIGN_NONE, -2 },
	{ "C:hello S:1.2/c02f S:gap/5000 C:a/2/48 C:fin", OUTCOME_REJECTED,
	    SIGN_CLEAR_ALERT, 48 },
	/* What comes after the first alert or close is an echo. */
	{ FLIGHT12 "C:fin S:a/2/50 S:fin", OUTCOME_REJECTED, SIGN_SILENT_FIN,
	    50 },
	{ FLIGHT12 "S:fin C:a/2/10", OUTCOME_REFUSED_BY_SERVER, SIGN_NONE,
	    10 },
};

static void
check(const struct handshake *h, int i)
{
	ck_assert_msg(h->outcome == cases[i].outcome &&
	    h->sign == cases[i].sign, "%s: %s, %s", cases[i].words,
	    outcome_name(h->outcome), sign_name(h->sign));
	if (cases[i].alert == -2)
		ck_assert_uint_eq(h->n_alerts, 0);
	else
		ck_assert_int_eq(h->alerts[0].code, cases[i].alert);
}

START_TEST(tells_what_became_of_it)
{
	struct script s;
	struct handshake h;

	script_start(&s, SCRIPT_WHOLE);
	ck_assert(script_run(&s, cases[_i].words, &h));
	check(&h, _i);
	script_end(&s);
}
END_TEST

/* Seven bytes hold a header: behind a hole that is needed to regain step. */
START_TEST(tells_the_same_in_small_pieces)
{
	struct script s;
	struct handshake h;

	script_start(&s, strstr(cases[_i].words, "gap") != NULL ? 7 : 1);
	ck_assert(script_run(&s, cases[_i].words, &h));
	check(&h, _i);
	script_end(&s);
}
END_TEST

START_TEST(fills_in_both_hellos)
{
	struct script s;
	struct handshake h;

	script_start(&s, SCRIPT_WHOLE);
	ck_assert(script_run(&s, FLIGHT13, &h));
	ck_assert(h.offered.seen && h.chosen.seen);
	ck_assert_uint_eq(h.offered.n_versions, 2);
	ck_assert_uint_eq(h.chosen.version, 0x0304);
	ck_assert_int_eq(h.chosen.cipher, 0x1301);
	ck_assert_int_eq(h.chosen.session_id_echoed, TRUTH_YES);
	ck_assert_int_eq(h.certificate_requested, TRUTH_UNKNOWN);
	ck_assert_uint_eq(h.hello.record, 1);
	ck_assert_uint_eq(h.flight.record, 7);
	ck_assert(text_is(s.session.sni, "a.example"));
	ck_assert_uint_eq(h.n_flight, 4);
	ck_assert_uint_eq(h.flight_len[1], 887);
	script_end(&s);
}
END_TEST

START_TEST(counts_bytes_behind_the_finished)
{
	struct script s;
	struct handshake h;

	script_start(&s, SCRIPT_WHOLE);
	ck_assert(script_run(&s, FLIGHT13 "C:ccs C:r/23/53 C:r/23/95 "
	    "S:r/23/995 C:r/23/19 C:fin", &h));
	ck_assert_uint_eq(h.client_data, 100 + 24);
	ck_assert_uint_eq(h.server_data, 1000);
	ck_assert(s.settled);
	script_end(&s);
}
END_TEST

START_TEST(says_who_closed_and_after_what)
{
	static const struct {
		const char *words;
		enum side by;
		enum close_how how;
		enum phase after;
		int64_t us;
	} closes[] = {
		{ FLIGHT13 "C:ccs C:r/23/19 C:fin S:fin", SIDE_CLIENT,
		    CLOSE_FIN, PHASE_SERVER_FLIGHT, 2000 },
		{ FLIGHT12 FINISHED12 "C:rst", SIDE_CLIENT, CLOSE_RST,
		    PHASE_FINISHED, 1000 },
		{ "C:hello S:rst", SIDE_SERVER, CLOSE_RST, PHASE_CLIENT_HELLO,
		    -1 },
		{ "C:hello", SIDE_UNKNOWN, CLOSE_TIMEOUT, PHASE_CLIENT_HELLO,
		    -1 },
		{ FLIGHT12 FINISHED12 "C:r/23/50 S:r/23/50 S:fin", SIDE_SERVER,
		    CLOSE_FIN, PHASE_DATA, 1000 },
	};
	struct script s;
	struct handshake h;

	script_start(&s, SCRIPT_WHOLE);
	ck_assert(script_run(&s, closes[_i].words, &h));
	ck_assert_int_eq(h.close_by, closes[_i].by);
	ck_assert_int_eq(h.close_how, closes[_i].how);
	ck_assert_int_eq(h.close_after, closes[_i].after);
	ck_assert_int_eq(h.close_us, closes[_i].us);
	script_end(&s);
}
END_TEST

START_TEST(tells_what_was_resumed)
{
	static const struct {
		struct wire_hello hello;
		const char *words;
		enum resumption resumption;
	} offers[] = {
		{ { .tls13 = true }, FLIGHT13, RESUMPTION_NONE },
		{ { .tls13 = true, .psk = true }, FLIGHT13,
		    RESUMPTION_OFFERED_REFUSED },
		{ { .tls13 = true, .psk = true }, "C:hello S:psk/1301",
		    RESUMPTION_PSK },
		{ { .tls13 = true, .psk = true }, FLIGHT12,
		    RESUMPTION_MISMATCH },
		{ { .ticket = true }, FLIGHT12, RESUMPTION_OFFERED_REFUSED },
		{ { .ticket = true, .tls13 = true }, FLIGHT12 FINISHED12
		    "C:r/23/50", RESUMPTION_OFFERED_REFUSED },
		{ { .ticket = true, .tls13 = true }, FLIGHT12 "C:a/2/47",
		    RESUMPTION_MISMATCH },
		{ { .ticket = true, .session_id_len = 32 },
		    "C:hello S:echo/c02f S:ccs S:r/22/40", RESUMPTION_TICKET },
		{ { .session_id_len = 32 },
		    "C:hello S:echo/c02f S:ccs S:r/22/40",
		    RESUMPTION_SESSION_ID },
	};
	struct script s;
	struct handshake h;

	script_start(&s, SCRIPT_WHOLE);
	s.hello = offers[_i].hello;
	ck_assert(script_run(&s, offers[_i].words, &h));
	ck_assert_int_eq(h.resumption, offers[_i].resumption);
	script_end(&s);
}
END_TEST

START_TEST(takes_early_data_for_what_it_is)
{
	struct script s;
	struct handshake h;

	/* Refused: the early records count as nothing. */
	script_start(&s, SCRIPT_WHOLE);
	s.hello.psk = s.hello.early_data = true;
	ck_assert(script_run(&s, "C:hello C:ccs C:r/23/300 S:1.3/1301 "
	    "S:r/23/32 S:r/23/900 S:r/23/53 C:r/23/200 C:r/23/53 C:fin", &h));
	ck_assert_int_eq(h.outcome, OUTCOME_IDLE);
	script_end(&s);
	/* Into TLS 1.2. */
	script_start(&s, SCRIPT_WHOLE);
	s.hello.psk = s.hello.early_data = true;
	ck_assert(script_run(&s, "C:hello C:r/23/300 S:1.2/c02f S:m/11 S:m/14 "
	    "S:a/2/10 S:fin", &h));
	ck_assert_int_eq(h.outcome, OUTCOME_REFUSED_BY_SERVER);
	ck_assert_int_eq(h.resumption, RESUMPTION_MISMATCH);
	script_end(&s);
}
END_TEST

START_TEST(takes_an_ssl2_hello_for_a_client_hello)
{
	static const char hello[] = "\x80\x22\1\3\1" /* 34 bytes, TLS 1.0 */
				    "\0\x09\0\0\0\x10"
				    "\7\0\xc0\0\0\x2f\0\0\x35"
				    "0123456789abcdef";
	struct script s;
	struct handshake h;

	for (size_t step = 1; step < 60; step += 7) {
		struct buf b = { 0 };

		script_start(&s, step);
		buf_add(&b, hello, sizeof(hello) - 1);
		script_send(&s, 0, &b);
		ck_assert(script_run(&s, "S:1.2/c02f S:m/11 S:m/14 C:a/2/48 "
		    "C:fin", &h));
		ck_assert_uint_eq(h.offered.legacy_version, 0x0301);
		ck_assert_uint_eq(h.offered.n_versions, 1);
		ck_assert_int_eq(h.outcome, OUTCOME_REJECTED);
		script_end(&s);
	}
}
END_TEST

START_TEST(keeps_the_leaf_of_a_certificate_that_is_cut)
{
	struct buf out = { 0 }, body = { 0 }, message = { 0 };
	struct script s;
	struct handshake h;

	wire_uint(&body, 3, 3000); /* the chain's length; 100 bytes follow */
	wire_uint(&body, 3, 6);
	buf_add(&body, "\x30\x82\x03\x01\x02\x03", 6);
	wire_zeros(&body, 91);
	wire_message(&message, 11, &body);
	message.at[2] = 0x0b; /* 3003 bytes, and the record ends before */
	message.at[3] = (char)0xbb;
	wire_record(&out, 22, &message);
	script_start(&s, SCRIPT_WHOLE);
	ck_assert(script_run(&s, "C:hello S:1.2/c02f", &h));
	script_send(&s, 1, &out);
	ck_assert(script_run(&s, "C:gap/5", &h));
	ck_assert_uint_eq(s.totals.certificates, 1);
	ck_assert_ptr_null(h.certificate); /* it names nobody */
	script_end(&s);
}
END_TEST

/* What a snaplen leaves of a hello: its beginning, then a hole of known size. */
START_TEST(reads_on_behind_a_hello_that_is_cut)
{
	struct buf out = { 0 }, body = { 0 }, message = { 0 };
	struct script s;
	struct handshake h;
	size_t cut;

	script_start(&s, SCRIPT_WHOLE);
	wire_client_hello(&body, &s.hello);
	wire_message(&message, 1, &body);
	wire_record(&out, 22, &message);
	cut = 12; /* of the last extension */
	out.n -= cut;
	script_send(&s, 0, &out);
	session_gap(&s.session, &s.tls, 0, cut);
	ck_assert(script_run(&s, "S:1.3/1301 S:r/23/32 S:r/23/900 S:r/23/53 "
	    "C:r/23/19 C:fin", &h));
	ck_assert(h.offered.seen);
	ck_assert_uint_eq(h.offered.ja4.n, 0);
	ck_assert(text_is(s.session.sni, "a.example"));
	ck_assert(!h.gap);
	ck_assert_int_eq(h.sign, SIGN_SHORT_FIRST_RECORD);
	script_end(&s);
}
END_TEST

START_TEST(reports_nothing_of_a_stream_without_hello)
{
	struct script s;
	struct handshake h;

	script_start(&s, SCRIPT_WHOLE);
	ck_assert(!script_run(&s, "C:r/23/500 S:r/23/900 C:r/21/26 C:fin",
	    &h));
	ck_assert(s.settled);
	script_end(&s);
}
END_TEST

int
main(void)
{
	const int n = sizeof(cases) / sizeof(cases[0]);
	TCase *tc = tcase_create("session");

	tcase_add_loop_test(tc, tells_what_became_of_it, 0, n);
	tcase_add_loop_test(tc, tells_the_same_in_small_pieces, 0, n);
	tcase_add_test(tc, fills_in_both_hellos);
	tcase_add_test(tc, counts_bytes_behind_the_finished);
	tcase_add_loop_test(tc, says_who_closed_and_after_what, 0, 5);
	tcase_add_loop_test(tc, tells_what_was_resumed, 0, 9);
	tcase_add_test(tc, takes_early_data_for_what_it_is);
	tcase_add_test(tc, takes_an_ssl2_hello_for_a_client_hello);
	tcase_add_test(tc, keeps_the_leaf_of_a_certificate_that_is_cut);
	tcase_add_test(tc, reads_on_behind_a_hello_that_is_cut);
	tcase_add_test(tc, reports_nothing_of_a_stream_without_hello);
	return unit_run(tc);
}
