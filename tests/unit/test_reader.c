#include "input/pcaplib.h"
#include "input/reader.h"

#include <stdio.h>

#include "base/clock.h"
#include "unit.h"

/* A capture in memory, handed out a few bytes at a time. */
struct file {
	uint8_t bytes[8192];
	size_t n, given, at_once;
};

static char noticed[4096];
static uint32_t secret_type;
static char secret[64];

static ssize_t
give(void *arg, void *room, size_t n, struct error *e)
{
	struct file *f = arg;

	(void)e;
	if (n > f->at_once)
		n = f->at_once;
	if (n > f->n - f->given)
		n = f->n - f->given;
	memcpy(room, f->bytes + f->given, n);
	f->given += n;
	return (ssize_t)n;
}

static void
on_notice(const char *words, void *arg)
{
	(void)arg;
	snprintf(noticed, sizeof(noticed), "%s", words);
}

static void
on_secrets(uint32_t type, struct cursor bytes, void *arg)
{
	(void)arg;
	secret_type = type;
	snprintf(secret, sizeof(secret), "%.*s", (int)bytes.left,
	    (const char *)bytes.at);
}

static bool big; /* byte order of what is written */

static void
put(struct file *f, const void *bytes, size_t n)
{
	ck_assert(f->n + n <= sizeof(f->bytes));
	memcpy(f->bytes + f->n, bytes, n);
	f->n += n;
}

static void
put_int(struct file *f, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t byte = big ? n - 1 - i : i;
		uint8_t b = (uint8_t)(v >> byte * 8);

		put(f, &b, 1);
	}
}

static void
put32(struct file *f, uint32_t v)
{
	put_int(f, v, 4);
}

static void
put16(struct file *f, uint16_t v)
{
	put_int(f, v, 2);
}

static void
put_pcap_header(struct file *f, uint32_t magic)
{
	put32(f, magic);
	put16(f, 2);
	put16(f, 4);
	put32(f, 0);
	put32(f, 0);
	put32(f, 65535);
	put32(f, 1);
}

static void
put_record(struct file *f, uint32_t seconds, uint32_t fraction,
    const char *text, uint32_t length)
{
	put32(f, seconds);
	put32(f, fraction);
	put32(f, (uint32_t)strlen(text));
	put32(f, length);
	put(f, text, strlen(text));
}

static void
put_block(struct file *f, uint32_t type, const struct file *body)
{
	uint32_t padding = (4 - body->n % 4) % 4;
	uint32_t length = (uint32_t)body->n + padding + 12;

	put32(f, type);
	put32(f, length);
	put(f, body->bytes, body->n);
	put(f, "\0\0\0", padding);
	put32(f, length);
}

static void
put_section(struct file *f)
{
	struct file body = { .n = 0 };

	put32(&body, 0x1a2b3c4d);
	put16(&body, 1);
	put16(&body, 0);
	put_int(&body, UINT64_MAX, 8);
	put_block(f, 0x0a0d0d0a, &body);
}

/* resolution 0: without the option. */
static void
put_interface(struct file *f, uint16_t link_type, uint8_t resolution,
    int64_t offset)
{
	struct file body = { .n = 0 };

	put16(&body, link_type);
	put16(&body, 0);
	put32(&body, 96);
	if (resolution != 0) {
		put16(&body, 2); /* a name, to be passed over */
		put16(&body, 3);
		put(&body, "eth\0", 4);
		put16(&body, 9);
		put16(&body, 1);
		put(&body, &resolution, 1);
		put(&body, "\0\0\0", 3);
	}
	if (offset != 0) {
		put16(&body, 14);
		put16(&body, 8);
		put_int(&body, (uint64_t)offset, 8);
	}
	put_block(f, 1, &body);
}

static void
put_enhanced(struct file *f, uint32_t interface, uint64_t time,
    const char *text)
{
	struct file body = { .n = 0 };

	put32(&body, interface);
	put32(&body, (uint32_t)(time >> 32));
	put32(&body, (uint32_t)time);
	put32(&body, (uint32_t)strlen(text));
	put32(&body, 1000);
	put(&body, text, strlen(text));
	put_block(f, 6, &body);
}

struct result {
	struct reader_stats stats;
	int status;
	struct error error;
	size_t n;
	char bytes[64][64];
	struct frame frames[64];
};

static struct result
read_all(struct file *f, size_t at_once, const char *filter)
{
	const struct reader_options options = { .filter = filter,
		.notice = on_notice, .secrets = on_secrets };
	struct result result = { .n = 0 };
	struct reader *r;
	struct source s;
	size_t got;

	noticed[0] = '\0';
	f->given = 0;
	f->at_once = at_once;
	source_init(&s, "file", give, f);
	result.status = reader_open(&r, &s, &options, &result.error);
	if (result.status == 0) {
		while ((got = reader_read(r, &result.frames[result.n], 7)) > 0) {
			for (; got > 0; got--, result.n++)
				snprintf(result.bytes[result.n], 64, "%.*s",
				    (int)result.frames[result.n].bytes.left,
				    (const char *)
					result.frames[result.n].bytes.at);
			ck_assert(result.n < 50);
		}
		result.stats = *reader_stats(r);
		ck_assert(reader_ended(r));
	}
	reader_free(r);
	source_close(&s);
	return result;
}

/* How the bytes arrive: one by one, or all together. */
static const size_t at_once[] = { 1, 8192 };

START_TEST(reads_pcap_of_both_byte_orders_and_resolutions)
{
	struct file f = { .n = 0 };
	struct result r;
	bool nano = (_i & 1) != 0;

	big = (_i & 2) != 0;
	put_pcap_header(&f, nano ? 0xa1b23c4d : 0xa1b2c3d4);
	put_record(&f, 1000, 5, "one", 3);
	put_record(&f, 1001, 6, "two", 1500);
	r = read_all(&f, at_once[_i >> 2], NULL);
	ck_assert(r.n == 2 && r.stats.bad == 0 && r.stats.packets == 2);
	ck_assert_str_eq(r.bytes[0], "one");
	ck_assert_str_eq(r.bytes[1], "two");
	ck_assert(r.frames[1].number == 2 && r.frames[1].link_type == 1);
	ck_assert(r.frames[1].wire_length == 1500);
	ck_assert(r.frames[1].time ==
	    1001 * CLOCK_SECOND + (nano ? 6 : 6000));
	ck_assert(r.stats.first == r.frames[0].time);
	ck_assert(r.stats.last == r.frames[1].time);
	ck_assert(r.stats.snaplen == 65535);
	ck_assert_str_eq(r.stats.kind, "pcap");
}
END_TEST

START_TEST(finds_the_next_record_after_a_damaged_one)
{
	struct file f = { .n = 0 };
	struct result r;

	put_pcap_header(&f, 0xa1b2c3d4);
	put_record(&f, 1000, 5, "one", 3);
	put32(&f, 1000);
	put32(&f, 6);
	put32(&f, 0xdeadbeef);
	put32(&f, 60);
	put(&f, "which is lost", 13);
	put_record(&f, 1001, 6, "three", 5);
	put_record(&f, 1002, 6, "four", 4);
	r = read_all(&f, at_once[_i], NULL);
	ck_assert(r.n == 3 && r.stats.bad == 1);
	ck_assert_str_eq(r.bytes[1], "three");
	ck_assert_str_eq(r.bytes[2], "four");
	ck_assert_str_eq(noticed,
	    "file: record 2 at byte 43: a length of 3735928559 leads "
	    "nowhere; skipped 29 bytes to the next record that makes "
	    "sense");
	ck_assert(!r.stats.truncated);
}
END_TEST

/* The length of the first record reaches behind the end. */
START_TEST(a_length_that_is_too_long_costs_one_record)
{
	struct file f = { .n = 0 };
	struct result r;

	put_pcap_header(&f, 0xa1b2c3d4);
	put_record(&f, 1000, 5, "one", 3);
	put_record(&f, 1001, 6, "two", 3);
	f.bytes[24 + 9] = 0x7f;
	r = read_all(&f, 8192, NULL);
	ck_assert(r.n == 1 && r.stats.bad == 1 && !r.stats.truncated);
	ck_assert_str_eq(r.bytes[0], "two");
}
END_TEST

START_TEST(a_cut_pcap_gives_what_is_whole)
{
	struct file f = { .n = 0 };
	struct result r;
	size_t whole = (size_t)_i < 24 ? 0 : ((size_t)_i - 24) / 19;

	put_pcap_header(&f, 0xa1b2c3d4);
	put_record(&f, 1000, 5, "one", 3);
	put_record(&f, 1000, 5, "two", 3);
	f.n = (size_t)_i;
	r = read_all(&f, 8192, NULL);
	if (_i < 24) {
		ck_assert(r.status == -1);
		return;
	}
	ck_assert(r.n == whole);
	ck_assert(r.stats.truncated == ((_i - 24) % 19 != 0));
	ck_assert(r.stats.bad == r.stats.truncated);
}
END_TEST

START_TEST(keeps_from_the_caller_what_the_filter_does_not_match)
{
	struct file f = { .n = 0 };
	struct result r;
	char arp[61], ip[61];

	memset(arp, 'x', 60);
	memset(ip, 'y', 60);
	arp[60] = ip[60] = '\0';
	memcpy(arp + 12, "\x08\x06", 2);
	memcpy(ip + 12, "\x88\x64", 2);
	put_pcap_header(&f, 0xa1b2c3d4);
	put_record(&f, 1000, 5, arp, 60);
	put_record(&f, 1000, 5, ip, 60);
	put_record(&f, 1000, 5, arp, 60);
	r = read_all(&f, 8192, "ether proto 0x8864");
	ck_assert(r.n == 1 && r.frames[0].number == 2);
	ck_assert(r.stats.filtered == 2 && r.stats.packets == 3);
	/* One that makes no sense on Ethernet matches nothing. */
	r = read_all(&f, 8192, "wlan type mgt");
	ck_assert(r.status == 0 && r.n == 0 && r.stats.filtered == 3);
}
END_TEST

START_TEST(tells_where_a_filter_goes_wrong)
{
	static const struct {
		const char *filter, *words; /* NULL: it is fine */
	} cases[] = {
		{ "tcp port 443", NULL },
		{ "(tcp[13] & 2 != 0 and host 10.0.0.1) or vlan", NULL },
		{ "wlan type mgt", NULL },
		{ "", NULL },
		{ "tpc port 443", "filter: \"tpc port 443\" is wrong;" },
		{ "tcp prot 443", "filter: \"prot 443\" is wrong, after "
		    "\"tcp\";" },
		{ "port 443 and hots 10.0.0.1", "filter: \"hots 10.0.0.1\" is "
		    "wrong, after \"port 443 and\";" },
		{ "(not port 53  or (udp and) )", "filter: \"and) )\" is "
		    "wrong, after \"(not port 53  or (udp\";" },
		{ "tcp port", "filter: something is missing after "
		    "\"tcp port\";" },
		{ "(tcp", "filter: something is missing after \"(tcp\";" },
		{ "tcp)", "filter: \"tcp)\" is wrong;" },
		{ "port htps", "filter: \"htps\" is wrong, after \"port\";" },
	};
	struct error e = { "" };
	int status = filter_check(cases[_i].filter, &e);

	ck_assert_int_eq(status, cases[_i].words != NULL ? -1 : 0);
	if (status != 0)
		ck_assert_msg(strncmp(e.text, cases[_i].words,
		    strlen(cases[_i].words)) == 0, "%s", e.text);
}
END_TEST

START_TEST(reads_pcapng_of_both_byte_orders)
{
	struct file f = { .n = 0 }, body = { .n = 0 };
	struct result r;

	big = (_i & 1) != 0;
	put_section(&f);
	put_interface(&f, 1, 0, 0);
	put_interface(&f, 101, 9, 3600);
	put_interface(&f, 113, 0x80 | 10, 0);
	put_enhanced(&f, 0, 1000000005, "one");
	put_enhanced(&f, 1, 1000000000005, "two");
	put_enhanced(&f, 2, 1024 * 7 + 512, "three");
	put_block(&f, 4, &body); /* names */
	put_block(&f, 0x77777777, &body); /* nobody knows */
	put32(&body, 4);
	put(&body, "four", 4);
	put_block(&f, 3, &body);
	body.n = 0;
	put16(&body, 1);
	put16(&body, 0);
	put_int(&body, 0, 8);
	put32(&body, 4);
	put32(&body, 4);
	put(&body, "five", 4);
	put_block(&f, 2, &body);
	r = read_all(&f, at_once[_i >> 1], NULL);
	ck_assert(r.n == 5 && r.stats.bad == 0);
	ck_assert_str_eq(r.bytes[0], "one");
	ck_assert(r.frames[0].time == 1000000005000);
	ck_assert(r.frames[0].link_type == 1);
	ck_assert(r.frames[0].wire_length == 1000);
	ck_assert(r.frames[1].time == 4600 * CLOCK_SECOND + 5);
	ck_assert(r.frames[1].link_type == 101);
	ck_assert(r.frames[2].time == 7 * CLOCK_SECOND + CLOCK_SECOND / 2);
	ck_assert_str_eq(r.bytes[3], "four");
	ck_assert(r.frames[3].time == CLOCK_UNKNOWN);
	ck_assert_str_eq(r.bytes[4], "five");
	ck_assert(r.frames[4].number == 5);
	ck_assert(r.stats.snaplen == 96);
}
END_TEST

START_TEST(a_section_may_turn_the_byte_order)
{
	struct file f = { .n = 0 };
	struct result r;

	big = false;
	put_section(&f);
	put_interface(&f, 1, 0, 0);
	put_enhanced(&f, 0, 1, "one");
	big = true;
	put_section(&f);
	put_interface(&f, 101, 0, 0);
	put_enhanced(&f, 0, 2, "two");
	put_enhanced(&f, 1, 2, "of no interface");
	r = read_all(&f, 8192, NULL);
	ck_assert(r.n == 2 && r.stats.bad == 1);
	ck_assert(r.frames[0].link_type == 1);
	ck_assert(r.frames[1].link_type == 101 && r.frames[1].number == 2);
	ck_assert(strstr(noticed, "enhanced packet block at byte") != NULL);
}
END_TEST

START_TEST(hands_on_secrets_and_counts_drops)
{
	struct file f = { .n = 0 }, body = { .n = 0 };
	struct result r;

	big = false;
	put_section(&f);
	put_interface(&f, 1, 0, 0);
	put32(&body, 0x544c534b);
	put32(&body, 7);
	put(&body, "SECRETS", 7);
	put_block(&f, 10, &body);
	body.n = 0;
	put32(&body, 0);
	put_int(&body, 0, 8);
	put16(&body, 5);
	put16(&body, 8);
	put_int(&body, 42, 8);
	put_block(&f, 5, &body);
	r = read_all(&f, 8192, NULL);
	ck_assert(r.n == 0 && r.stats.bad == 0 && r.stats.dropped == 42);
	ck_assert(secret_type == 0x544c534b);
	ck_assert_str_eq(secret, "SECRETS");
}
END_TEST

START_TEST(finds_the_next_block_after_a_damaged_one)
{
	struct file f = { .n = 0 };
	struct result r;
	size_t damaged;

	big = false;
	put_section(&f);
	put_interface(&f, 1, 0, 0);
	put_enhanced(&f, 0, 1, "one");
	damaged = f.n;
	put_enhanced(&f, 0, 2, "two");
	put_enhanced(&f, 0, 3, "three");
	f.bytes[damaged + 4 + (size_t)_i] ^= 0x81;
	r = read_all(&f, 8192, NULL);
	ck_assert(r.n == 2 && r.stats.bad == 1);
	ck_assert_str_eq(r.bytes[1], "three");
}
END_TEST

START_TEST(survives_every_truncation_of_pcapng)
{
	struct file f = { .n = 0 };
	struct result r;

	big = false;
	put_section(&f);
	put_interface(&f, 1, 9, 0);
	put_enhanced(&f, 0, 1, "one");
	put_enhanced(&f, 0, 1, "two");
	if ((size_t)_i > f.n)
		return;
	f.n = (size_t)_i;
	r = read_all(&f, 8192, NULL);
	ck_assert(r.status == -1 || r.stats.bad <= 1);
}
END_TEST

START_TEST(leaves_the_modified_format_to_libpcap)
{
	struct file f = { .n = 0 };
	struct result r;

	big = false;
	put_pcap_header(&f, 0xa1b2cd34);
	put32(&f, 1000);
	put32(&f, 5);
	put32(&f, 3);
	put32(&f, 3);
	put32(&f, 0); /* interface, protocol, type */
	put32(&f, 0);
	put(&f, "one", 3);
	r = read_all(&f, at_once[_i], NULL);
	ck_assert(r.n == 1);
	ck_assert_str_eq(r.bytes[0], "one");
	ck_assert(r.frames[0].time == 1000 * CLOCK_SECOND + 5000);
}
END_TEST

START_TEST(recognises_captures)
{
	ck_assert(reader_recognise(cursor_over("\xd4\xc3\xb2\xa1", 4)) != NULL);
	ck_assert(reader_recognise(cursor_over("\n\r\r\n", 4)) != NULL);
	ck_assert(reader_recognise(cursor_over("\n\r\r", 3)) == NULL);
	ck_assert(reader_recognise(cursor_over("1,2020", 6)) == NULL);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("reader");

	tcase_add_loop_test(tc,
	    reads_pcap_of_both_byte_orders_and_resolutions, 0, 8);
	tcase_add_loop_test(tc, finds_the_next_record_after_a_damaged_one, 0,
	    2);
	tcase_add_test(tc, a_length_that_is_too_long_costs_one_record);
	tcase_add_loop_test(tc, a_cut_pcap_gives_what_is_whole, 0, 24 + 38 + 1);
	tcase_add_test(tc,
	    keeps_from_the_caller_what_the_filter_does_not_match);
	tcase_add_loop_test(tc, tells_where_a_filter_goes_wrong, 0, 12);
	tcase_add_loop_test(tc, reads_pcapng_of_both_byte_orders, 0, 4);
	tcase_add_test(tc, a_section_may_turn_the_byte_order);
	tcase_add_test(tc, hands_on_secrets_and_counts_drops);
	tcase_add_loop_test(tc, finds_the_next_block_after_a_damaged_one, 0, 4);
	tcase_add_loop_test(tc, survives_every_truncation_of_pcapng, 0, 200);
	tcase_add_loop_test(tc, leaves_the_modified_format_to_libpcap, 0, 2);
	tcase_add_test(tc, recognises_captures);
	return unit_run(tc);
}
