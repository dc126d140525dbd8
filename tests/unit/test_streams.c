#include "packet/tcp.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "packets.h"
#include "unit.h"

/* What the handler was told, as text: "c:abc" bytes of the client, "s-3" a gap
 * of the server's, "c.fin", "s.rst", "end". */
static char told[8192];
static size_t n_told;
static const char *done_at; /* bytes that make the handler answer TCP_DONE */
static int64_t number, last_number;
static uint64_t bytes[2];
static bool midstream, snapped;

static void
tell(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	n_told += (size_t)vsnprintf(told + n_told, sizeof(told) - n_told,
	    format, ap);
	va_end(ap);
	ck_assert(n_told < sizeof(told));
}

static char
side(int from)
{
	return from == 0 ? 'c' : 's';
}

static enum tcp_want
on_data(struct connection *c, int from, struct cursor b,
    const struct frame *frame, void *arg)
{
	(void)c;
	(void)frame;
	(void)arg;
	if (b.left < 64)
		tell("%c:%.*s ", side(from), (int)b.left, (const char *)b.at);
	return done_at != NULL && b.left == strlen(done_at) &&
		memcmp(b.at, done_at, b.left) == 0
	    ? TCP_DONE
	    : TCP_MORE;
}

static enum tcp_want
on_gap(struct connection *c, int from, uint64_t n, const struct frame *frame,
    void *arg)
{
	(void)c;
	(void)frame;
	(void)arg;
	tell("%c-%u ", side(from), (unsigned)n);
	return TCP_MORE;
}

static void
on_close(struct connection *c, int from, enum close_how how,
    const struct frame *frame, void *arg)
{
	(void)c;
	(void)frame;
	(void)arg;
	tell("%c.%s ", side(from), how == CLOSE_FIN ? "fin" : "rst");
}

static void
on_end(struct connection *c, void *arg)
{
	(void)arg;
	tell("end ");
	number = last_number;
	last_number = c->number;
	bytes[0] = c->bytes[0];
	bytes[1] = c->bytes[1];
	midstream = c->midstream;
	snapped = c->snapped;
}

static void
on_datagram(const struct endpoint *from, const struct endpoint *to,
    struct cursor b, const struct frame *frame, void *arg)
{
	(void)frame;
	(void)arg;
	tell("%u>%u:%.*s ", from->port, to->port, (int)b.left,
	    (const char *)b.at);
}

static struct packet_stage *stage;
static struct packet_limits limits;
static uint64_t n_frames;
static int64_t now;

static void
begin(void)
{
	const struct tcp_handler handler = { .data = on_data, .gap = on_gap,
		.close = on_close, .end = on_end, .datagram = on_datagram };

	n_told = 0;
	told[0] = '\0';
	done_at = NULL;
	number = last_number = -2;
	n_frames = 0;
	now = 1000 * CLOCK_SECOND;
	stage = packet_stage_new(&handler, &limits);
}

static void
finish(void)
{
	packet_stage_free(stage);
	stage = NULL;
	memset(&limits, 0, sizeof(limits));
}

static void
frame(const struct packet *p, size_t missing)
{
	struct frame f = {
		.number = ++n_frames,
		.time = now += 1000000,
		.link_type = 1,
		.wire_length = (uint32_t)p->n,
		.bytes = cursor_over(p->bytes, p->n - missing),
	};

	packet_stage_frame(stage, &f);
}

/* One packet: who, flags, sequence and acknowledgement numbers, payload. */
static void
client(unsigned flags, uint32_t sequence, uint32_t ack, const char *text)
{
	struct packet p = { .n = 0 };

	put_segment(&p, 0, flags, sequence, ack, text);
	frame(&p, 0);
}

static void
server(unsigned flags, uint32_t sequence, uint32_t ack, const char *text)
{
	struct packet p = { .n = 0 };

	put_segment(&p, 1, flags, sequence, ack, text);
	frame(&p, 0);
}

/* Streams of client and server begin at 101 and 501. */
static void
connect_both(void)
{
	client(SYN, 100, 0, "");
	server(SYN | ACK, 500, 101, "");
	client(ACK, 101, 501, "");
}

static void
ends_as(const char *expected)
{
	packet_stage_finish(stage);
	ck_assert_str_eq(told, expected);
	finish();
}

START_TEST(bytes_come_in_order_and_end_with_both_closes)
{
	begin();
	connect_both();
	client(ACK, 101, 501, "hello");
	server(ACK, 501, 106, "world");
	client(ACK | FIN, 106, 506, "!");
	server(ACK | FIN, 506, 108, "");
	ck_assert_str_eq(told, "c:hello s:world c:! c.fin s.fin end ");
	client(ACK, 108, 507, "");
	ck_assert(packet_stage_counts(stage)->late == 1);
	ck_assert(bytes[0] == 6 && bytes[1] == 5);
	ck_assert(!midstream);
	ends_as("c:hello s:world c:! c.fin s.fin end ");
}
END_TEST

START_TEST(segments_out_of_order_wait_for_their_turn)
{
	begin();
	connect_both();
	client(ACK, 107, 501, "three");
	client(ACK, 104, 501, "two");
	client(ACK, 101, 501, "one");
	ends_as("c:one c:two c:three end ");
}
END_TEST

START_TEST(retransmissions_are_told_once)
{
	begin();
	connect_both();
	client(ACK, 101, 501, "abc");
	client(ACK, 101, 501, "abc");
	client(ACK, 101, 501, "abcdef");
	client(ACK, 106, 501, "f");
	client(ACK, 106, 501, "X"); /* keep-alive */
	ends_as("c:abc c:def end ");
}
END_TEST

START_TEST(the_first_copy_wins_where_segments_overlap)
{
	begin();
	connect_both();
	client(ACK, 103, 501, "CD");
	client(ACK, 107, 501, "GH");
	client(ACK, 102, 501, "bcdefghi");
	client(ACK, 101, 501, "a");
	ends_as("c:a c:b c:CD c:ef c:GH c:i end ");
}
END_TEST

START_TEST(a_hole_is_a_gap_once_the_receiver_acknowledged_it)
{
	begin();
	connect_both();
	client(ACK, 104, 501, "def");
	server(ACK, 501, 107, "ok");
	now += CLOCK_SECOND;
	server(ACK, 503, 107, "");
	ck_assert_str_eq(told, "s:ok c-3 c:def ");
	client(ACK, 101, 501, "abc"); /* too late */
	ends_as("s:ok c-3 c:def end ");
}
END_TEST

START_TEST(a_hole_may_still_be_filled_right_after_its_acknowledgement)
{
	begin();
	connect_both();
	client(ACK, 104, 501, "def");
	server(ACK, 501, 107, "");
	client(ACK, 101, 501, "abc");
	ends_as("c:abc c:def end ");
}
END_TEST

START_TEST(a_hole_is_a_gap_at_the_end)
{
	begin();
	connect_both();
	client(ACK, 104, 501, "def");
	ends_as("c-3 c:def end ");
}
END_TEST

START_TEST(what_was_acknowledged_and_never_seen_is_a_gap)
{
	begin();
	connect_both();
	server(ACK, 501, 111, "ok");
	ends_as("s:ok c-10 end ");
}
END_TEST

START_TEST(waiting_has_a_limit)
{
	char text[1025];
	uint32_t at = 111;

	memset(text, 'x', 1024);
	text[1024] = '\0';
	begin();
	connect_both();
	for (int i = 0; i < 300; i++, at += 1024)
		client(ACK, at, 501, text);
	ck_assert_str_eq(told, "c-10 ");
	ck_assert(packet_stage_counts(stage)->gaps == 1);
	ck_assert(packet_stage_counts(stage)->held_max < 300 * 1024);
	finish();
}
END_TEST

START_TEST(a_close_waits_for_the_data_before_it)
{
	begin();
	connect_both();
	server(ACK | FIN, 504, 101, "");
	server(ACK, 501, 101, "bye");
	client(ACK | FIN, 101, 505, "");
	ends_as("s:bye s.fin c.fin end ");
}
END_TEST

START_TEST(closes_are_told_in_the_order_of_the_capture)
{
	begin();
	connect_both();
	server(ACK | FIN, 504, 101, ""); /* "bye" is lost */
	client(ACK | FIN, 101, 501, "");
	ends_as("s-3 s.fin c.fin end ");
}
END_TEST

START_TEST(data_may_come_behind_both_closes)
{
	begin();
	connect_both();
	server(ACK | FIN, 504, 101, "");
	client(ACK | FIN, 101, 505, "");
	server(ACK, 501, 101, "bye");
	ends_as("s:bye s.fin c.fin end ");
}
END_TEST

START_TEST(data_that_a_close_acknowledges_comes_before_it)
{
	begin();
	connect_both();
	server(ACK, 504, 101, "alert"); /* "lost" before it */
	client(ACK | FIN, 101, 509, "");
	ends_as("s-3 s:alert c.fin end ");
}
END_TEST

START_TEST(a_reset_closes_behind_what_was_sent)
{
	begin();
	connect_both();
	client(ACK, 101, 501, "abc");
	client(RST, 104, 0, "");
	server(ACK, 501, 104, "late");
	server(RST, 505, 0, "");
	ends_as("c:abc c.rst s:late s.rst end ");
}
END_TEST

START_TEST(a_refused_connection_is_a_reset)
{
	begin();
	client(SYN, 100, 0, "");
	server(RST | ACK, 0, 101, "");
	ends_as("s.rst end ");
}
END_TEST

START_TEST(a_reset_of_another_connection_is_none)
{
	begin();
	client(SYN, 100, 0, "");
	server(ACK, 700000000, 800000000, "");
	client(RST, 800000000, 0, "");
	server(SYN | ACK, 500, 101, "");
	client(ACK, 101, 501, "abc");
	ends_as("c:abc end ");
}
END_TEST

START_TEST(sequence_numbers_go_round)
{
	begin();
	client(SYN, 0xfffffffd, 0, "");
	server(SYN | ACK, 0xffffffff, 0xfffffffe, "");
	client(ACK, 0xfffffffe, 0, "abcdef");
	server(ACK, 0, 4, "xyz");
	client(ACK, 6, 3, "i");
	client(ACK, 4, 3, "gh");
	packet_stage_finish(stage);
	ck_assert(bytes[0] == 9 && bytes[1] == 3);
	ends_as("c:abcdef s:xyz c:gh c:i end ");
}
END_TEST

START_TEST(ports_that_are_used_again_are_a_new_connection)
{
	begin();
	connect_both();
	client(ACK, 101, 501, "one");
	client(SYN, 90000, 0, "");
	client(ACK, 90001, 1, "two");
	packet_stage_finish(stage);
	ck_assert(number == 0 && last_number == 1);
	ends_as("c:one end c:two end ");
}
END_TEST

START_TEST(a_repeated_syn_is_the_same_connection)
{
	begin();
	client(SYN, 100, 0, "");
	client(SYN, 100, 0, "");
	server(SYN | ACK, 500, 101, "");
	server(SYN | ACK, 500, 101, "");
	client(ACK, 101, 501, "one");
	packet_stage_finish(stage);
	ck_assert(last_number == 0);
	ends_as("c:one end ");
}
END_TEST

START_TEST(the_answer_that_the_client_takes_counts)
{
	begin();
	client(SYN, 100, 0, "");
	server(SYN | ACK, 500, 101, "");
	server(SYN | ACK, 900000000, 101, "");
	client(ACK, 101, 501, "");
	server(SYN | ACK, 900000000, 101, "");
	server(ACK, 501, 101, "one");
	ends_as("s:one end ");
}
END_TEST

START_TEST(a_syn_may_carry_data)
{
	begin();
	client(SYN, 100, 0, "early");
	server(SYN | ACK, 500, 106, "");
	client(ACK, 106, 501, "more");
	ends_as("c:early c:more end ");
}
END_TEST

START_TEST(a_connection_may_have_begun_before_the_capture)
{
	begin();
	server(ACK, 501, 101, "world");
	client(ACK, 101, 506, "hello");
	packet_stage_finish(stage);
	ck_assert(midstream);
	ends_as("c:world s:hello end "); /* 0 is who is seen first */
}
END_TEST

START_TEST(who_answers_is_the_second_end_even_when_seen_first)
{
	begin();
	server(SYN | ACK, 500, 101, "");
	client(ACK, 101, 501, "hello");
	packet_stage_finish(stage);
	ck_assert(!midstream);
	ends_as("c:hello end ");
}
END_TEST

START_TEST(after_done_only_closes_and_counts_are_kept)
{
	begin();
	done_at = "enough";
	connect_both();
	client(ACK, 120, 501, "never seen");
	client(ACK, 101, 501, "enough");
	client(ACK, 107, 501, "and more");
	server(ACK, 501, 115, "and more");
	server(ACK | FIN, 509, 115, "");
	client(ACK | FIN, 130, 510, "");
	ck_assert_str_eq(told, "c:enough s.fin c.fin end ");
	ck_assert(bytes[0] == 29 && bytes[1] == 8);
	finish();
}
END_TEST

START_TEST(bytes_cut_by_the_snaplen_are_a_gap)
{
	struct packet p = { .n = 0 };

	begin();
	connect_both();
	put_segment(&p, 0, ACK, 101, 501, "hello");
	frame(&p, 2);
	client(ACK, 106, 501, "!");
	packet_stage_finish(stage);
	ck_assert(snapped && bytes[0] == 6);
	ends_as("c:hel c-2 c:! end ");
}
END_TEST

START_TEST(idle_connections_make_room_for_new_ones)
{
	limits.max_flows = 2;
	begin();
	for (unsigned port = 1; port <= 5; port++) {
		struct packet p = { .n = 0 };

		put_ethernet(&p, 0x0800);
		put_ipv4(&p, 0, 6, 20, 1, 0);
		put16(&p, port);
		put_tcp(&p, 0, SYN, 100, 0);
		memmove(p.bytes + 36, p.bytes + 38, 18);
		p.n -= 2;
		frame(&p, 0);
	}
	ck_assert(packet_stage_counts(stage)->evicted == 3);
	ck_assert(packet_stage_counts(stage)->flows == 5);
	ends_as("end end end end end ");
}
END_TEST

START_TEST(the_oldest_reset_connections_end_by_themselves)
{
	begin();
	connect_both();
	client(RST, 101, 0, "");
	now += 10 * CLOCK_SECOND;
	ck_assert_str_eq(told, "c.rst ");
	client(SYN, 5000, 0, "");
	ck_assert_str_eq(told, "c.rst end ");
	finish();
}
END_TEST

/* As tshark would number what is in that file alone. */
START_TEST(each_file_numbers_its_streams_anew)
{
	begin();
	connect_both();
	packet_stage_next_file(stage);
	server(ACK, 501, 101, "more");
	client(SYN, 9000, 0, ""); /* the ports are used again */
	packet_stage_finish(stage);
	ck_assert_int_eq(number, 0);
	ck_assert_int_eq(last_number, 1);
	finish();
}
END_TEST

START_TEST(what_is_over_is_numbered_once_in_the_next_file)
{
	begin();
	connect_both();
	client(ACK | FIN, 101, 501, "");
	server(ACK | FIN, 501, 102, "");
	packet_stage_next_file(stage);
	client(ACK, 102, 502, "");
	client(ACK, 102, 502, "");
	client(SYN, 9000, 0, "");
	packet_stage_next_file(stage);
	server(SYN | ACK, 700, 9001, "");
	packet_stage_finish(stage);
	ck_assert_int_eq(last_number, 0);
	ck_assert_uint_eq(packet_stage_counts(stage)->late, 2);
	finish();
}
END_TEST

START_TEST(a_syn_that_uses_ports_again_is_numbered_once)
{
	begin();
	connect_both();
	packet_stage_next_file(stage);
	client(SYN, 9000, 0, "");
	packet_stage_finish(stage);
	ck_assert_int_eq(last_number, 0);
	finish();
}
END_TEST

/* The server has sent 501 to 504; what comes is its next, or is not. */
START_TEST(first_packets_of_a_file_are_held_against_what_is_known)
{
	static const struct {
		unsigned flags;
		uint32_t sequence;
		const char *text;
		struct packet_fit fit;
	} cases[] = {
		{ ACK, 505, "next", { .continued = 1 } },
		{ ACK, 501, "past", { .repeated = 1 } },
		{ ACK, 900, "behind a hole", { .known = 1 } },
		{ ACK, 505, "", { .known = 1 } },
		{ ACK, 0x70000000, "another", { .foreign = 1 } },
		{ ACK, 0x70000000, "", { .foreign = 1 } },
		{ RST, 0x70000000, "", { .foreign = 0 } },
		{ RST, 505, "", { .known = 1 } },
	};
	struct packet packets[3] = { { .n = 0 } };
	struct frame frames[3];
	struct packet_fit fit;

	begin();
	connect_both();
	server(ACK, 501, 101, "data");
	for (int i = 0; i < 3; i++) {
		put_segment(&packets[i], 1, cases[_i].flags,
		    cases[_i].sequence, 101, cases[_i].text);
		frames[i] = (struct frame){ .link_type = 1,
			.wire_length = (uint32_t)packets[i].n,
			.bytes = cursor_over(packets[i].bytes, packets[i].n) };
	}
	packet_stage_fit(stage, frames, 3, &fit);
	ck_assert_mem_eq(&fit, &cases[_i].fit, sizeof(fit));
	ends_as("s:data end ");
}
END_TEST

START_TEST(what_begins_in_a_file_goes_with_anything)
{
	struct packet packets[2] = { { .n = 0 } };
	struct packet_fit fit;
	struct frame frames[2];

	begin();
	put_segment(&packets[0], 0, SYN, 100, 0, "");
	put_segment(&packets[1], 1, SYN | ACK, 500, 101, "");
	for (int i = 0; i < 2; i++)
		frames[i] = (struct frame){ .link_type = 1,
			.wire_length = (uint32_t)packets[i].n,
			.bytes = cursor_over(packets[i].bytes, packets[i].n) };
	packet_stage_fit(stage, frames, 2, &fit);
	ck_assert_uint_eq(fit.unknown, 0);
	packet_stage_fit(stage, frames + 1, 1, &fit);
	ck_assert_uint_eq(fit.unknown, 1);
	ends_as("");
}
END_TEST

START_TEST(data_of_what_is_over_was_seen_before)
{
	struct packet packets[2] = { { .n = 0 } };
	struct packet_fit fit;
	struct frame frames[2];

	begin();
	connect_both();
	client(ACK | FIN, 101, 501, "");
	server(ACK | FIN, 501, 102, "");
	put_segment(&packets[0], 0, ACK, 102, 502, "");
	put_segment(&packets[1], 1, ACK, 501, 101, "data");
	for (int i = 0; i < 2; i++)
		frames[i] = (struct frame){ .link_type = 1,
			.wire_length = (uint32_t)packets[i].n,
			.bytes = cursor_over(packets[i].bytes, packets[i].n) };
	packet_stage_fit(stage, frames, 2, &fit);
	ck_assert_uint_eq(fit.known, 1);
	ck_assert_uint_eq(fit.repeated, 1);
	ends_as("c.fin s.fin end ");
}
END_TEST

START_TEST(what_others_have_taken_is_not_there)
{
	limits.max_flows = 16;
	begin();
	packet_stage_yield(stage, (struct packet_load){ .flows = 99 });
	for (unsigned port = 1; port <= 3; port++) {
		struct packet p = { .n = 0 };

		put_segment(&p, 0, SYN, 100, 0, "");
		p.bytes[35] = (uint8_t)port;
		frame(&p, 0);
	}
	ck_assert_uint_eq(packet_stage_load(stage).flows, 2);
	ck_assert_str_eq(told, "end ");
	finish();
}
END_TEST

START_TEST(datagrams_are_told_with_their_ends)
{
	struct packet p = { .n = 0 };

	begin();
	put_ethernet(&p, 0x0800);
	put_ipv4(&p, 1, 17, 8 + 4, 1, 0);
	put_udp(&p, 1, 4);
	put(&p, "quicpadding", 11);
	frame(&p, 0);
	ends_as("443>40000:quic ");
}
END_TEST

START_TEST(fragments_are_put_together)
{
	struct packet whole = { .n = 0 };
	static const int order[] = { 1, 2, 0 };

	put_tcp(&whole, 0, ACK, 101, 501);
	put(&whole, "abcdefghijkl", 12); /* 32 bytes in all */
	begin();
	connect_both();
	for (int i = 0; i < 3; i++) {
		struct packet p = { .n = 0 };
		int k = order[i];
		unsigned n = k < 2 ? 16 : 0;

		if (k == 2) /* a copy of what has come, changed */
			n = 16;
		put_ethernet(&p, 0x0800);
		put_ipv4(&p, 0, 6, n, 77,
		    k == 0 ? 0x2000 : (unsigned)(16 / 8));
		if (k == 2)
			put(&p, "????????????????", 16);
		else
			put(&p, whole.bytes + (k == 0 ? 0 : 16), n);
		frame(&p, 0);
	}
	ck_assert(packet_stage_counts(stage)->fragments == 3);
	packet_stage_finish(stage);
	ck_assert(packet_stage_counts(stage)->fragments_dropped == 0);
	ends_as("c:abcdefghijkl end ");
}
END_TEST

START_TEST(a_tunnel_makes_stream_numbers_unknown)
{
	struct packet p = { .n = 0 };

	begin();
	put_ethernet(&p, 0x0800);
	put_ipv4(&p, 0, 47, 4, 1, 0);
	put32(&p, 0);
	frame(&p, 0);
	connect_both();
	packet_stage_finish(stage);
	ck_assert(last_number == -1);
	ck_assert(packet_stage_counts(stage)->tunnels == 1);
	finish();
}
END_TEST

START_TEST(a_number_may_be_skipped)
{
	begin();
	packet_stage_skip_number(stage);
	connect_both();
	packet_stage_finish(stage);
	ck_assert(last_number == 1);
	finish();
}
END_TEST

START_TEST(an_icmp_error_takes_a_number)
{
	struct packet p = { .n = 0 };

	begin();
	put_ethernet(&p, 0x0800);
	put_ipv4(&p, 1, 1, 8 + 20 + 8, 1, 0);
	put32(&p, 0x03010000);
	put32(&p, 0);
	put_ipv4(&p, 0, 6, 20, 1, 0);
	put16(&p, 1);
	put16(&p, 2);
	put32(&p, 100);
	frame(&p, 0);
	connect_both();
	packet_stage_finish(stage);
	ck_assert(number == 0 && last_number == 1);
	finish();
}
END_TEST

/* Cut anywhere, a packet is counted as something, and nothing is made up. */
START_TEST(survives_every_truncation)
{
	struct packet p = { .n = 0 };
	const struct packet_counts *n;

	begin();
	put_segment(&p, 0, ACK, 101, 501, "hello");
	if (_i < (int)p.n)
		p.n = (size_t)_i;
	frame(&p, 0);
	n = packet_stage_counts(stage);
	ck_assert(n->malformed == (_i < 14 + 20 + 20));
	ck_assert(n->tcp == (_i >= 14 + 20 + 20));
	finish();
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("streams");

	tcase_add_test(tc, bytes_come_in_order_and_end_with_both_closes);
	tcase_add_test(tc, segments_out_of_order_wait_for_their_turn);
	tcase_add_test(tc, retransmissions_are_told_once);
	tcase_add_test(tc, the_first_copy_wins_where_segments_overlap);
	tcase_add_test(tc, a_hole_is_a_gap_once_the_receiver_acknowledged_it);
	tcase_add_test(tc,
	    a_hole_may_still_be_filled_right_after_its_acknowledgement);
	tcase_add_test(tc, a_hole_is_a_gap_at_the_end);
	tcase_add_test(tc, what_was_acknowledged_and_never_seen_is_a_gap);
	tcase_add_test(tc, waiting_has_a_limit);
	tcase_add_test(tc, a_close_waits_for_the_data_before_it);
	tcase_add_test(tc, closes_are_told_in_the_order_of_the_capture);
	tcase_add_test(tc, data_may_come_behind_both_closes);
	tcase_add_test(tc, data_that_a_close_acknowledges_comes_before_it);
	tcase_add_test(tc, a_reset_closes_behind_what_was_sent);
	tcase_add_test(tc, a_refused_connection_is_a_reset);
	tcase_add_test(tc, a_reset_of_another_connection_is_none);
	tcase_add_test(tc, sequence_numbers_go_round);
	tcase_add_test(tc, ports_that_are_used_again_are_a_new_connection);
	tcase_add_test(tc, a_repeated_syn_is_the_same_connection);
	tcase_add_test(tc, the_answer_that_the_client_takes_counts);
	tcase_add_test(tc, a_syn_may_carry_data);
	tcase_add_test(tc, a_connection_may_have_begun_before_the_capture);
	tcase_add_test(tc, who_answers_is_the_second_end_even_when_seen_first);
	tcase_add_test(tc, after_done_only_closes_and_counts_are_kept);
	tcase_add_test(tc, bytes_cut_by_the_snaplen_are_a_gap);
	tcase_add_test(tc, idle_connections_make_room_for_new_ones);
	tcase_add_test(tc, the_oldest_reset_connections_end_by_themselves);
	tcase_add_test(tc, each_file_numbers_its_streams_anew);
	tcase_add_test(tc, what_is_over_is_numbered_once_in_the_next_file);
	tcase_add_test(tc, a_syn_that_uses_ports_again_is_numbered_once);
	tcase_add_loop_test(tc,
	    first_packets_of_a_file_are_held_against_what_is_known, 0, 8);
	tcase_add_test(tc, what_begins_in_a_file_goes_with_anything);
	tcase_add_test(tc, data_of_what_is_over_was_seen_before);
	tcase_add_test(tc, what_others_have_taken_is_not_there);
	tcase_add_test(tc, datagrams_are_told_with_their_ends);
	tcase_add_test(tc, fragments_are_put_together);
	tcase_add_test(tc, a_tunnel_makes_stream_numbers_unknown);
	tcase_add_test(tc, a_number_may_be_skipped);
	tcase_add_test(tc, an_icmp_error_takes_a_number);
	tcase_add_loop_test(tc, survives_every_truncation, 0, 59);
	return unit_run(tc);
}
