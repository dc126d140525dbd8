#include "unit.h"

#include "tls/message.h"
#include "tls/record.h"
#include "wire.h"

/* An alert, an empty record of application data, and a handshake record. */
static const char stream[] = "\x15\x03\x03\x00\x02\x02\x30"
			     "\x17\x03\x03\x00\x00"
			     "\x16\x03\x01\x00\x04\x0e\x00\x00\x00";

static int
count(size_t step, int types[3])
{
	struct record_reader reader = { 0 };
	struct record r;
	int n = 0;

	for (size_t i = 0; i < sizeof(stream) - 1; i += step) {
		size_t left = sizeof(stream) - 1 - i;
		struct cursor c = cursor_over(stream + i,
		    left < step ? left : step);

		while (record_next(&reader, &c, &r) == PARSE_DONE)
			if (r.last && n < 3)
				types[n++] = r.type;
	}
	return n;
}

START_TEST(finds_the_same_records_however_the_stream_is_cut)
{
	int types[3];

	ck_assert_int_eq(count((size_t)_i, types), 3);
	ck_assert_int_eq(types[0], RECORD_ALERT);
	ck_assert_int_eq(types[1], RECORD_APPLICATION_DATA);
	ck_assert_int_eq(types[2], RECORD_HANDSHAKE);
}
END_TEST

START_TEST(refuses_what_is_no_record)
{
	static const char *const others[] = { "GET /", "\x16\x02\x01\0\5",
		"\x16\x03\x01\xff\xff", "\x13\x03\x01\0\5", "\x19\x03\x01\0\5" };
	struct record_reader reader = { 0 };
	struct cursor c = cursor_over(others[_i], 5);
	struct record r;

	ck_assert_int_eq(record_next(&reader, &c, &r), PARSE_BAD);
	ck_assert_uint_eq(c.left, 0);
}
END_TEST

START_TEST(reads_the_header_of_an_ssl2_hello)
{
	static const char hello[] = "\x80\x0c\x01\x03\x01\0\0\0\0\0\0\0\0\0";
	struct record_reader reader = { 0 };
	struct cursor c = cursor_over(hello, sizeof(hello) - 1);
	struct record r;

	ck_assert_int_eq(record_next(&reader, &c, &r), PARSE_DONE);
	ck_assert_int_eq(r.type, RECORD_SSL2_HELLO);
	ck_assert_uint_eq(r.version, 0x0301);
	ck_assert_uint_eq(r.length, 9);
}
END_TEST

START_TEST(stays_in_step_when_a_hole_lies_inside_a_record)
{
	static const char begin[] = "\x17\x03\x03\x00\x10head";
	struct record_reader reader = { 0 };
	struct cursor c = cursor_over(begin, sizeof(begin) - 1);
	struct record r;

	ck_assert_int_eq(record_next(&reader, &c, &r), PARSE_DONE);
	ck_assert(!r.last);
	ck_assert(record_skip(&reader, 12));
	c = cursor_over("\x15\x03\x03\x00\x02\x01\x00", 7);
	ck_assert_int_eq(record_next(&reader, &c, &r), PARSE_DONE);
	ck_assert_int_eq(r.type, RECORD_ALERT);
}
END_TEST

START_TEST(knows_when_a_hole_is_larger_than_the_record)
{
	struct record_reader reader = { 0 };
	struct cursor c = cursor_over("\x17\x03\x03\x00\x10head", 9);
	struct record r;

	ck_assert_int_eq(record_next(&reader, &c, &r), PARSE_DONE);
	ck_assert(!record_skip(&reader, 13));
	ck_assert(!record_skip(&reader, 1));
}
END_TEST

/* Messages of 0, 5 and 3000 bytes, in pieces of one size. */
static void
feed(struct message_reader *m, struct message_pool *pool, size_t step,
    uint32_t lengths[3], int *n)
{
	struct buf b = { 0 }, body = { 0 };
	struct message out;

	wire_message(&b, 14, &body);
	buf_string(&body, "abcde");
	wire_message(&b, 11, &body);
	wire_zeros(&body, 3000);
	wire_message(&b, 1, &body);
	for (size_t i = 0; i < b.n; i += step) {
		struct cursor c = cursor_over(b.at + i,
		    b.n - i < step ? b.n - i : step);

		while (message_next(m, pool, &c, &out) == PARSE_DONE) {
			ck_assert(out.whole);
			ck_assert_uint_eq(out.body.left, out.length);
			if (out.length == 5)
				ck_assert_mem_eq(out.body.at, "abcde", 5);
			lengths[(*n)++] = out.length;
		}
	}
	buf_free(&b);
}

START_TEST(joins_messages_that_are_split)
{
	static const size_t steps[] = { 1, 2, 3, 7, 100, 1000, 5000 };
	struct message_reader m = { 0 };
	struct message_pool pool = { 0 };
	uint32_t lengths[3];
	int n = 0;

	feed(&m, &pool, steps[_i], lengths, &n);
	ck_assert_int_eq(n, 3);
	ck_assert_uint_eq(lengths[0], 0);
	ck_assert_uint_eq(lengths[1], 5);
	ck_assert_uint_eq(lengths[2], 3000);
	message_reset(&m, &pool);
	ck_assert_uint_eq(pool.lent, 0);
	message_pool_free(&pool);
}
END_TEST

START_TEST(passes_over_a_message_that_is_too_long)
{
	struct message_reader m = { 0 };
	struct message_pool pool = { 0 };
	struct cursor c = cursor_over("\x0b\xff\xff\xff", 4);
	struct message out;
	static const char zeros[4096];
	uint32_t sent = 0;

	ck_assert_int_eq(message_next(&m, &pool, &c, &out), PARSE_MORE);
	do {
		c = cursor_over(zeros, 0xffffff - sent < sizeof(zeros) ?
		    0xffffff - sent : sizeof(zeros));
		sent += (uint32_t)c.left;
	} while (message_next(&m, &pool, &c, &out) == PARSE_MORE);
	ck_assert_uint_eq(sent, 0xffffff);
	ck_assert(!out.whole);
	ck_assert_uint_eq(pool.lent, 0);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("record");

	tcase_add_loop_test(tc, finds_the_same_records_however_the_stream_is_cut,
	    1, sizeof(stream));
	tcase_add_loop_test(tc, refuses_what_is_no_record, 0, 5);
	tcase_add_test(tc, reads_the_header_of_an_ssl2_hello);
	tcase_add_test(tc, stays_in_step_when_a_hole_lies_inside_a_record);
	tcase_add_test(tc, knows_when_a_hole_is_larger_than_the_record);
	tcase_add_loop_test(tc, joins_messages_that_are_split, 0, 7);
	tcase_add_test(tc, passes_over_a_message_that_is_too_long);
	return unit_run(tc);
}
