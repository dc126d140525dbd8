#include "input/continuation.h"

#include "packets.h"
#include "unit.h"

/* Two recordings of a connection with the same addresses and ports: the client
 * of each has come to another number. */
enum { NUMBER_A = 1000, NUMBER_B = 0x40000000 };

static struct file_tail tails[2];
static struct packet p;

static void
on_end(struct connection *c, void *arg)
{
	(void)c;
	(void)arg;
}

static struct frame
frame_of(unsigned flags, uint32_t sequence, const char *text, int64_t seconds)
{
	p.n = 0;
	put_segment(&p, 0, flags, sequence, 1, text);
	return (struct frame){ .number = 1, .time = seconds * CLOCK_SECOND,
		.link_type = 1, .wire_length = (uint32_t)p.n,
		.bytes = cursor_over(p.bytes, p.n) };
}

static void
begin(const char *name_a, const char *name_b)
{
	const struct tcp_handler handler = { .end = on_end };
	const uint32_t numbers[] = { NUMBER_A, NUMBER_B };
	struct frame frame;

	for (int i = 0; i < 2; i++) {
		tails[i] = (struct file_tail){ .name = i == 0 ? name_a : name_b,
			.layout = 1, .newest = 100 * CLOCK_SECOND };
		tails[i].stage = packet_stage_new(&handler,
		    &(struct packet_limits){ 0 });
		frame = frame_of(ACK, numbers[i], "", 100);
		packet_stage_frame(tails[i].stage, &frame);
	}
}

static size_t
find(const char *name, uint64_t layout, const struct frame *frame, size_t n)
{
	const struct file_head head = { name, layout, frame, 1 };

	return continuation_find(&head, tails, n);
}

static void
finish(void)
{
	packet_stage_free(tails[0].stage);
	packet_stage_free(tails[1].stage);
}

START_TEST(connections_decide)
{
	struct frame a, b;

	begin("b0", "a0");
	a = frame_of(ACK, NUMBER_A, "", 101);
	ck_assert_uint_eq(find("a1", 2, &a, 2), 0);
	b = frame_of(ACK, NUMBER_B, "", 101);
	ck_assert_uint_eq(find("b1", 2, &b, 2), 1);
	finish();
}
END_TEST

START_TEST(what_begins_too_late_is_another)
{
	struct frame frame;

	begin("a0", "b0");
	frame = frame_of(ACK, NUMBER_A, "data", 160);
	ck_assert_uint_eq(find("a1", 1, &frame, 2), 0);
	frame = frame_of(ACK, NUMBER_A, "data", 161);
	ck_assert_uint_eq(find("a1", 1, &frame, 2), 2);
	finish();
}
END_TEST

/* Without data it may be anywhere near; a copy of what was seen is no next. */
START_TEST(what_overlaps_must_go_on_with_data)
{
	struct frame frame;

	begin("a0", "b0");
	frame = frame_of(ACK, NUMBER_A, "data", 40);
	ck_assert_uint_eq(find("a1", 1, &frame, 2), 0);
	frame = frame_of(ACK, NUMBER_A, "", 40);
	ck_assert_uint_eq(find("a1", 1, &frame, 2), 2);
	frame = frame_of(ACK, NUMBER_A - 4, "data", 40);
	ck_assert_uint_eq(find("a1", 1, &frame, 2), 2);
	frame = frame_of(ACK, NUMBER_A, "data", 40);
	frame.time = CLOCK_UNKNOWN;
	ck_assert_uint_eq(find("a1", 1, &frame, 2), 0);
	finish();
}
END_TEST

/* Names of files, and which of two they go with when all connections are
 * new. */
static const struct {
	const char *name, *a, *b;
	size_t found;
} names[] = {
	{ "x_00002_20260102", "x_00001_20260101", "y_00001_20260101", 0 },
	{ "y.pcap1", "x.pcap", "y.pcap", 1 },
	{ "fw2-0002.pcap", "fw1-0001.pcap", "fw2-0001.pcap", 1 },
	{ "cap10", "cap9", "cap.9", 0 },
	{ "other", "x", "y", 2 },
};

START_TEST(names_decide_where_nothing_else_does)
{
	struct frame syn;

	begin(names[_i].a, names[_i].b);
	syn = frame_of(SYN, 7, "", 101);
	ck_assert_uint_eq(find(names[_i].name, 1, &syn, 2), names[_i].found);
	finish();
}
END_TEST

START_TEST(one_alone_goes_on_if_its_files_are_alike)
{
	struct frame syn;

	begin("x", "y");
	syn = frame_of(SYN, 7, "", 101);
	ck_assert_uint_eq(find("z", 1, &syn, 1), 0);
	ck_assert_uint_eq(find("z", 2, &syn, 1), 1);
	ck_assert_uint_eq(find("z", 1, &syn, 0), 0);
	finish();
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("continuation");

	tcase_add_test(tc, connections_decide);
	tcase_add_test(tc, what_begins_too_late_is_another);
	tcase_add_test(tc, what_overlaps_must_go_on_with_data);
	tcase_add_loop_test(tc, names_decide_where_nothing_else_does, 0,
	    N_ITEMS(names));
	tcase_add_test(tc, one_alone_goes_on_if_its_files_are_alike);
	return unit_run(tc);
}
