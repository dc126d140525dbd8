#include "history/sketch.h"

#include "base/clock.h"
#include "unit.h"

/* The nth connection of an input that sees one a second. */
static void
see(struct sketch *s, int nth, uint16_t port)
{
	struct handshake h;

	handshake_init(&h);
	h.client.port = port;
	h.hello.time = nth * CLOCK_SECOND;
	sketch_add(s, sketch_hash(&h), h.hello.time);
}

static void
see_all(struct sketch *s, int from, int to, uint16_t port)
{
	*s = (struct sketch){ 0 };
	for (int i = from; i < to; i++)
		see(s, i, port);
	sketch_settle(s);
}

START_TEST(knows_shared_traffic)
{
	struct sketch a, b;

	see_all(&a, 0, 10000, 4711);
	see_all(&b, 9000, 12000, 4711);
	ck_assert(sketch_overlap(&a, &b, 9000 * CLOCK_SECOND,
	    9999 * CLOCK_SECOND));
	ck_assert(sketch_overlap(&b, &a, 9000 * CLOCK_SECOND,
	    9999 * CLOCK_SECOND));
}
END_TEST

START_TEST(other_traffic_at_the_same_time_is_not_shared)
{
	struct sketch a, b;

	see_all(&a, 0, 5000, 4711);
	see_all(&b, 0, 5000, 4712);
	ck_assert(!sketch_overlap(&a, &b, 0, 5000 * CLOCK_SECOND));
	/* One handshake of many in common proves nothing. */
	see(&b, 17, 4711);
	b.n_sorted = 0;
	sketch_settle(&b);
	ck_assert(!sketch_overlap(&a, &b, 0, 5000 * CLOCK_SECOND));
}
END_TEST

START_TEST(a_line_without_port_proves_nothing)
{
	struct sketch a, b;

	see_all(&a, 0, 1, 0);
	see_all(&b, 0, 1, 0);
	ck_assert(!sketch_overlap(&a, &b, 0, CLOCK_SECOND));
	see_all(&a, 0, 100, 0);
	see_all(&b, 0, 100, 0);
	ck_assert(sketch_overlap(&a, &b, 0, 100 * CLOCK_SECOND));
}
END_TEST

/* Of the last two minutes every hash is known, of what was before none. */
START_TEST(the_edge_knows_what_it_saw)
{
	static uint8_t bytes[EDGE_BYTES];
	static struct edge edge;
	struct edge_set set;
	int64_t from;
	size_t n;

	for (int i = 0; i < 1000; i++)
		edge_add(&edge, (uint64_t)i * 7919, i * CLOCK_SECOND);
	n = edge_write(&edge, 999 * CLOCK_SECOND, bytes, &from);
	ck_assert_int_eq(from, 879 * CLOCK_SECOND);
	ck_assert_uint_eq(n, 121 * 8);
	ck_assert(edge_read(&set, cursor_over(bytes, n), from));
	ck_assert(edge_has(&set, 879 * 7919));
	ck_assert(edge_has(&set, 999 * 7919));
	ck_assert(!edge_has(&set, 878 * 7919));
	ck_assert(!edge_has(&set, 1));
	free(set.hashes);
	ck_assert(!edge_read(&set, cursor_over(bytes, 7), from));
}
END_TEST

/* A busy edge is as short as what there is room for. */
START_TEST(a_busy_edge_is_shorter)
{
	static uint8_t bytes[EDGE_BYTES];
	static struct edge edge;
	int64_t from;

	for (int i = 0; i < 2 * EDGE_MAX; i++)
		edge_add(&edge, (uint64_t)i, i * (CLOCK_SECOND / 1000));
	ck_assert_uint_eq(edge_write(&edge, 2 * EDGE_MAX *
	    (CLOCK_SECOND / 1000), bytes, &from), EDGE_BYTES);
	ck_assert_int_eq(from, EDGE_MAX * (CLOCK_SECOND / 1000));
}
END_TEST

START_TEST(goes_to_bytes_and_back)
{
	static uint8_t bytes[SKETCH_BYTES];
	struct sketch a, b;
	size_t n;

	see_all(&a, -50, 3000, 4711);
	n = sketch_write(&a, bytes);
	ck_assert_uint_eq(n, SKETCH_BYTES);
	ck_assert(sketch_read(&b, cursor_over(bytes, n)));
	ck_assert_uint_eq(b.n, a.n);
	for (unsigned i = 0; i < a.n; i++) {
		ck_assert(a.points[i].hash == b.points[i].hash);
		ck_assert(a.points[i].time == b.points[i].time);
	}
	ck_assert(!sketch_read(&b, cursor_over(bytes, n - 1)));
	ck_assert(sketch_read(&b, cursor_over(bytes, 0)));
	ck_assert(!sketch_overlap(&a, &b, 0, CLOCK_DAY));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("sketch");

	tcase_add_test(tc, knows_shared_traffic);
	tcase_add_test(tc, other_traffic_at_the_same_time_is_not_shared);
	tcase_add_test(tc, a_line_without_port_proves_nothing);
	tcase_add_test(tc, the_edge_knows_what_it_saw);
	tcase_add_test(tc, a_busy_edge_is_shorter);
	tcase_add_test(tc, goes_to_bytes_and_back);
	return unit_run(tc);
}
