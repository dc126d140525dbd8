#include "input/join.h"

#include "unit.h"

struct out {
	struct handshake at[16];
	size_t n;
};

static void
keep(const struct handshake *h, void *arg)
{
	struct out *out = arg;

	ck_assert_uint_lt(out->n, N_ITEMS(out->at));
	out->at[out->n++] = *h;
}

static void
count_one(const struct handshake *h, void *arg)
{
	(void)h;
	(void)arg;
}

static struct endpoint
at(uint8_t last, uint16_t port)
{
	return (struct endpoint){ .family = 4, .port = port,
		.address = { 192, 0, 2, last } };
}

/* A connection as captured: TLS 1.3, an alert that nobody can read. */
static struct handshake
captured(uint64_t frame, uint16_t port, int64_t second)
{
	struct handshake h;

	handshake_init(&h);
	h.hello = (struct origin){ frame, second * CLOCK_SECOND };
	h.client = at(1, port);
	h.server = at(9, 443);
	h.host = TEXT("a.example");
	h.host_source = HOST_SNI;
	h.offered.seen = true;
	h.offered.fingerprint = TEXT("t13d0000h2_x_y");
	h.n_alerts = 1;
	h.alerts[0] = (struct alert){ SIDE_CLIENT, ALERT_ENCRYPTED, 0, -1,
		h.hello };
	h.outcome = OUTCOME_REJECTED;
	h.sign = SIGN_SHORT_FIRST_RECORD;
	return h;
}

/* The same as a log tells it. */
static struct handshake
logged(uint64_t line, uint16_t port, int64_t second)
{
	struct handshake h;

	handshake_init(&h);
	h.input = 1;
	h.from_log = true;
	h.hello = (struct origin){ line, second * CLOCK_SECOND };
	h.client = at(1, port);
	h.server = at(9, 443);
	h.user = TEXT("jdoe");
	h.leg = LEG_CLIENT;
	h.n_alerts = 1;
	h.alerts[0] = (struct alert){ SIDE_CLIENT, ALERT_LOGGED, 2, 46,
		h.hello };
	h.interception = INTERCEPTION_PROVEN;
	h.outcome = OUTCOME_REJECTED;
	h.sign = SIGN_LOGGED_ERROR;
	return h;
}

static struct join_summary
run(struct out *out, const struct handshake *h, size_t n)
{
	struct pool *pool = pool_new();
	struct join *j = join_new(keep, out, pool);
	struct join_summary summary;

	for (size_t i = 0; i < n; i++)
		join_add(&h[i], j);
	join_finish(j, &summary);
	join_free(j);
	pool_free(pool);
	return summary;
}

START_TEST(each_fills_what_the_other_lacks)
{
	struct handshake h[] = { captured(7, 5000, 100),
		logged(3, 5000, 130) };
	struct out out = { 0 };
	struct join_summary s = run(&out, h, N_ITEMS(h));

	ck_assert_uint_eq(out.n, 1);
	ck_assert_uint_eq(s.joined, 1);
	ck_assert_int_eq(s.clocks[0].skew, 30 * CLOCK_SECOND);
	ck_assert(!out.at[0].from_log);
	ck_assert_uint_eq(out.at[0].hello.record, 7);
	ck_assert_int_eq(out.at[0].alerts[0].code, 46);
	ck_assert_int_eq(out.at[0].alerts[0].how, ALERT_LOGGED);
	ck_assert_int_eq(out.at[0].interception, INTERCEPTION_PROVEN);
	ck_assert_int_eq(out.at[0].sign, SIGN_SHORT_FIRST_RECORD);
}
END_TEST

START_TEST(other_connections_stay_apart)
{
	struct handshake h[] = { captured(1, 5000, 100),
		captured(2, 5001, 101), logged(1, 5002, 100) };
	struct out out = { 0 };
	struct join_summary s = run(&out, h, N_ITEMS(h));

	ck_assert_uint_eq(out.n, 3);
	ck_assert_uint_eq(s.joined, 0);
}
END_TEST

/* The port is used again an hour later: the clock tells which is meant, even
 * one that is two hours ahead. */
START_TEST(ports_are_used_again)
{
	struct handshake h[] = { captured(1, 5000, 100),
		captured(2, 5000, 3700), captured(3, 5001, 100),
		captured(4, 5002, 200), captured(5, 5003, 300),
		logged(1, 5001, 7300), logged(2, 5002, 7400),
		logged(3, 5003, 7500), logged(4, 5000, 10900) };
	struct out out = { 0 };
	struct join_summary s = run(&out, h, N_ITEMS(h));

	ck_assert_uint_eq(out.n, 5);
	ck_assert_uint_eq(s.joined, 4);
	ck_assert_int_eq(s.clocks[0].skew, 7200 * CLOCK_SECOND);
	ck_assert_int_eq(out.at[0].interception, INTERCEPTION_UNKNOWN);
	ck_assert_int_eq(out.at[1].interception, INTERCEPTION_PROVEN);
}
END_TEST

/* Captured outside of the firewall: that is the other leg of the session. */
START_TEST(nat_tells_the_server_leg)
{
	struct handshake h[] = { captured(1, 6000, 100), logged(1, 5000, 137) };
	struct out out = { 0 };
	struct join_summary s;

	h[1].client = at(77, 5000);
	h[1].client_nat = at(1, 6000);
	s = run(&out, h, N_ITEMS(h));
	ck_assert_uint_eq(out.n, 2);
	ck_assert_uint_eq(s.joined, 0);
	ck_assert_uint_eq(s.paired, 1);
	ck_assert_uint_eq(s.n_clocks, 1);
	ck_assert_int_eq(s.clocks[0].skew, 37 * CLOCK_SECOND);
	ck_assert_int_eq(out.at[0].leg, LEG_SERVER);
	ck_assert_int_eq(out.at[1].leg, LEG_CLIENT);
}
END_TEST

START_TEST(a_proxy_is_known_by_the_host)
{
	struct handshake h[] = { captured(1, 5000, 100), logged(1, 5000, 100),
		logged(2, 5000, 101) };
	struct out out = { 0 };

	h[0].server = at(200, 8080);
	h[1].host = TEXT("A.example");
	h[2].host = TEXT("b.example");
	ck_assert_uint_eq(run(&out, h, N_ITEMS(h)).joined, 1);
	ck_assert_uint_eq(out.n, 2);
}
END_TEST

/* What the log calls rejected was idle on the wire. */
START_TEST(the_log_decides_where_the_wire_is_silent)
{
	struct handshake h[] = { captured(1, 5000, 100), logged(1, 5000, 100) };
	struct out out = { 0 };

	h[0].outcome = OUTCOME_IDLE;
	h[0].sign = SIGN_NO_DATA_CLOSE;
	h[0].n_alerts = 0;
	run(&out, h, N_ITEMS(h));
	ck_assert_uint_eq(out.n, 1);
	ck_assert_int_eq(out.at[0].outcome, OUTCOME_REJECTED);
	ck_assert_int_eq(out.at[0].sign, SIGN_LOGGED_ERROR);
}
END_TEST

START_TEST(a_line_for_many_leaves_the_rest)
{
	struct handshake h[] = { captured(1, 5000, 100), logged(1, 5000, 100) };
	struct out out = { 0 };

	h[1].count = 7;
	run(&out, h, N_ITEMS(h));
	ck_assert_uint_eq(out.n, 2);
	ck_assert_uint_eq(out.at[1].count, 6);
}
END_TEST

START_TEST(the_order_of_lines_does_not_matter)
{
	struct handshake h[] = { captured(1, 5000, 100),
		captured(2, 5000, 110), logged(1, 5000, 101),
		logged(2, 5000, 111) };
	struct out a = { 0 }, b = { 0 };
	struct handshake swapped[] = { h[0], h[1], h[3], h[2] };

	h[2].user = swapped[3].user = TEXT("first");
	h[3].user = swapped[2].user = TEXT("second");
	run(&a, h, N_ITEMS(h));
	run(&b, swapped, N_ITEMS(h));
	ck_assert_uint_eq(a.n, 2);
	ck_assert_uint_eq(b.n, 2);
	ck_assert_uint_eq(a.at[0].user.n, b.at[0].user.n);
	ck_assert_uint_eq(a.at[1].user.n, b.at[1].user.n);
}
END_TEST

/* Two firewalls in one log, one of which has no idea what time it is. */
START_TEST(each_device_has_a_clock)
{
	struct handshake h[14];
	struct out out = { 0 };
	struct join_summary s;

	for (unsigned i = 0; i < 7; i++) {
		h[i] = captured(i + 1, (uint16_t)(5000 + i), 1000 + i * 100);
		h[7 + i] = logged(i + 1, (uint16_t)(5000 + i),
		    1000 + i * 100 + (i < 4 ? 37 : -900));
	}
	s = run(&out, h, N_ITEMS(h));
	ck_assert_uint_eq(out.n, 7);
	ck_assert_uint_eq(s.joined, 7);
	ck_assert_uint_eq(s.n_clocks, 2);
	ck_assert_int_eq(s.clocks[0].skew, 37 * CLOCK_SECOND);
	ck_assert_int_eq(s.clocks[1].skew, -900 * CLOCK_SECOND);
}
END_TEST

/* The beginning and the end of a session, or both devices of a cluster. */
START_TEST(a_session_told_twice_counts_once)
{
	struct handshake h[] = { captured(1, 5000, 100), logged(1, 5000, 137),
		logged(2, 5000, 139) };
	struct out out = { 0 };
	struct join_summary s = run(&out, h, N_ITEMS(h));

	ck_assert_uint_eq(out.n, 1);
	ck_assert_uint_eq(s.joined, 1);
}
END_TEST

START_TEST(the_host_shows_the_skew_where_no_server_is_told)
{
	struct handshake h[] = { captured(1, 5000, 100), logged(1, 5000, 700) };
	struct out out = { 0 };
	struct join_summary s;

	h[1].server = (struct endpoint){ 0 };
	h[1].host = TEXT("a.example");
	s = run(&out, h, N_ITEMS(h));
	ck_assert_uint_eq(out.n, 1);
	ck_assert_int_eq(s.clocks[0].skew, 600 * CLOCK_SECOND);
}
END_TEST

/* A line without a port, as proxies and exported tables have it. */
static struct handshake
loose(uint64_t line, int64_t second, const char *host)
{
	struct handshake h = logged(line, 0, second);

	h.host = text_of(host);
	h.host_source = HOST_LOG;
	return h;
}

START_TEST(time_and_host_join_lines_without_ports)
{
	struct handshake h[] = { captured(1, 5000, 100),
		captured(2, 5001, 220), captured(3, 5002, 390),
		loose(1, 137, "a.example"), loose(2, 257, "A.example"),
		loose(3, 427, "a.example"), loose(4, 428, "b.example") };
	struct out out = { 0 };
	struct join_summary s;

	h[5].server.family = 0;
	h[6].server = at(10, 443);
	s = run(&out, h, N_ITEMS(h));
	ck_assert_uint_eq(out.n, 4);
	ck_assert_uint_eq(s.joined, 3);
	ck_assert_int_eq(s.clocks[0].skew, 37 * CLOCK_SECOND);
	ck_assert(text_is(out.at[0].host, "b.example"));
	ck_assert_int_eq(out.at[1].interception, INTERCEPTION_PROVEN);
}
END_TEST

/* The same client and host again hours later, which no clock explains. */
START_TEST(other_times_are_other_connections)
{
	struct handshake h[] = { captured(1, 5000, 100),
		captured(2, 5001, 101), captured(3, 5002, 130),
		loose(1, 8000, "a.example"), loose(2, 8001, "a.example"),
		loose(3, 8030, "a.example") };
	struct out out = { 0 };
	struct join_summary s = run(&out, h, N_ITEMS(h));

	ck_assert_uint_eq(out.n, 6);
	ck_assert_uint_eq(s.joined, 0);
}
END_TEST

/* Of two connections at once the rejected one is what the line calls so. */
START_TEST(outcomes_tell_lines_without_ports_apart)
{
	struct handshake h[] = { captured(1, 5000, 100),
		captured(2, 5001, 100), loose(1, 100, "a.example"),
		loose(2, 100, "a.example") };
	struct out out = { 0 };

	h[0].outcome = h[3].outcome = OUTCOME_ACCEPTED;
	h[2].user = TEXT("one");
	h[3].user = TEXT("another");
	ck_assert_uint_eq(run(&out, h, N_ITEMS(h)).joined, 2);
	ck_assert_uint_eq(out.n, 2);
	ck_assert_uint_eq(out.at[0].user.n, strlen("another"));
	ck_assert_uint_eq(out.at[1].user.n, strlen("one"));
}
END_TEST

/* Whoever uses one port for ever takes neither our time nor our memory. */
START_TEST(rivals_have_a_limit)
{
	enum { N = 60000 };
	struct pool *pool = pool_new();
	struct join *j = join_new(count_one, NULL, pool);
	struct join_summary s;
	struct handshake h;

	for (unsigned i = 0; i < N; i++) {
		h = captured(i + 1, 5000, i % 1000);
		join_add(&h, j);
	}
	for (unsigned i = 0; i < N; i++) {
		h = logged(i + 1, 5000, i % 1000);
		join_add(&h, j);
	}
	join_finish(j, &s);
	ck_assert_uint_gt(s.joined, 0);
	ck_assert_uint_gt(s.overflown, 0);
	join_free(j);
	pool_free(pool);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("join");

	tcase_add_test(tc, each_fills_what_the_other_lacks);
	tcase_add_test(tc, other_connections_stay_apart);
	tcase_add_test(tc, ports_are_used_again);
	tcase_add_test(tc, nat_tells_the_server_leg);
	tcase_add_test(tc, a_proxy_is_known_by_the_host);
	tcase_add_test(tc, the_log_decides_where_the_wire_is_silent);
	tcase_add_test(tc, a_line_for_many_leaves_the_rest);
	tcase_add_test(tc, the_order_of_lines_does_not_matter);
	tcase_add_test(tc, each_device_has_a_clock);
	tcase_add_test(tc, a_session_told_twice_counts_once);
	tcase_add_test(tc, the_host_shows_the_skew_where_no_server_is_told);
	tcase_add_test(tc, time_and_host_join_lines_without_ports);
	tcase_add_test(tc, other_times_are_other_connections);
	tcase_add_test(tc, outcomes_tell_lines_without_ports_apart);
	tcase_add_test(tc, rivals_have_a_limit);
	return unit_run(tc);
}
