#include "logs.h"

#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "unit.h"

/* A whole row of PAN-OS 10.2 up to the column that is wanted last. */
#define ROW(host, alert)                                                       \
	"1,2026/03/04 09:15:02,0123,DECRYPTION,0,2562,2026/03/04 09:15:02,"    \
	"192.0.2.44,198.51.100.20,203.0.113.9,198.51.100.20,rule,user,,ssl,"   \
	"vsys1,trust,untrust,e1,e2,log,2026/03/04 09:15:02,5,1,50112,443,"     \
	"37612,443,0x0,tcp,allow,N/A,,,,,uuid,Certificate,Client_Hello,"       \
	"TLS1.2,ECDHE,AES_128_GCM,SHA256,policy,secp256r1,Certificate,"        \
	"trusted,Trusted,Forward,0a,ff,2026/01/15 00:00:00,"                   \
	"2026/04/15 23:59:59,V3,2048,13,32,23,18,:::::RSA,*.example,CA,Root,"  \
	host ",Received fatal alert " alert " from client,,,,,,,,"             \
	"2026-03-04T09:15:02.118+00:00,,,,,,,,end"

#define ZEEK(host)                                                             \
	"{\"ts\":1772615702.118233,\"uid\":\"C1\",\"id.orig_h\":"              \
	"\"192.0.2.44\",\"id.orig_p\":50112,\"id.resp_h\":\"198.51.100.20\","  \
	"\"id.resp_p\":443,\"version\":\"TLSv12\",\"server_name\":\"" host     \
	"\",\"established\":true,\"ssl_history\":\"CsxknGIti\"}"

static const char good[] = ROW("a.example", "UnknownCA") "\n";

/* Good lines on both sides of something else: none of them may be lost. */
static void
expect_around(const void *middle, size_t n, uint64_t bad, uint64_t other)
{
	struct logs l = { 0 };
	struct buf all = { 0 };

	buf_string(&all, good);
	buf_add(&all, middle, n);
	buf_string(&all, good);
	logs_read(&l, all.at, all.n);
	ck_assert_int_eq(l.result, 0);
	ck_assert_uint_eq(l.n, 2);
	ck_assert_uint_eq(l.info.bad, bad);
	ck_assert_uint_eq(l.info.other, other);
	ck_assert(text_is(l.at[0].host, "a.example"));
	ck_assert(text_is(l.at[1].host, "a.example"));
	logs_free(&l);
	buf_free(&all);
}

START_TEST(skips_a_damaged_line)
{
	static const char line[] = "1,2026/03/04 09:15:02,0,DECRYPTION,0,"
	    "2562,2026/03/04 09:15:02,nowhere\n";

	expect_around(line, sizeof(line) - 1, 1, 0);
}
END_TEST

START_TEST(leaves_other_products_alone)
{
	static const char lines[] =
	    "<166>Mar 04 2026 09:15:02: %ASA-6-302013: Built outbound TCP\n"
	    "Mar  4 09:15:02 host sshd[1]: Accepted publickey for root\n"
	    "1,2026/03/04 09:15:02,0123,TRAFFIC,end,2562,2026/03/04\n";

	expect_around(lines, sizeof(lines) - 1, 0, 3);
}
END_TEST

START_TEST(survives_nul_bytes)
{
	static const char line[] = "\0\0\0,DECRYPTION,\0\n";

	expect_around(line, sizeof(line) - 1, 1, 0);
}
END_TEST

START_TEST(survives_invalid_utf8)
{
	static const char line[] = "\xff\xfe\xc3\x28 \xe2\x82\n";

	expect_around(line, sizeof(line) - 1, 0, 1);
}
END_TEST

START_TEST(reads_a_host_that_is_no_utf8)
{
	struct logs l = { 0 };

	logs_read_string(&l, ROW("\xff\xfe.example", "UnknownCA") "\n");
	ck_assert_uint_eq(l.n, 1);
	ck_assert(text_is(l.at[0].host, "\xff\xfe.example"));
	logs_free(&l);
}
END_TEST

/* The quote swallows at most its own line. */
START_TEST(survives_a_quote_that_never_closes)
{
	static const char line[] = "1,2026/03/04 09:15:02,0,DECRYPTION,0,"
	    "2562,2026/03/04 09:15:02,\"192.0.2.1,198.51.100.20\n";

	expect_around(line, sizeof(line) - 1, 1, 0);
}
END_TEST

/* Seen in user names: the row has all its fields for who reads loosely. */
START_TEST(reads_quotes_that_are_not_doubled_right)
{
	struct logs l = { 0 };
	struct buf line = { 0 };
	const char *user = strstr(good, ",user,");

	buf_add(&line, good, (size_t)(user - good));
	buf_string(&line, ",\"corp\\x o\"y\"'\"z\",");
	buf_string(&line, user + 6);
	logs_read(&l, line.at, line.n);
	ck_assert_uint_eq(l.n, 1);
	ck_assert(text_is(l.at[0].host, "a.example"));
	ck_assert_int_eq(l.at[0].alerts[0].code, 48);
	logs_free(&l);
	buf_free(&line);
}
END_TEST

START_TEST(skips_a_line_longer_than_all_sense)
{
	struct buf line = { 0 };

	for (int i = 0; i < 5 * 1024; i++)
		buf_string(&line, "0123456789abcdef0123456789abcdef"
		    "0123456789abcdef0123456789abcdef"
		    "0123456789abcdef0123456789abcdef"
		    "0123456789abcdef0123456789abcdef"
		    "0123456789abcdef0123456789abcdef"
		    "0123456789abcdef0123456789abcdef"
		    "0123456789abcdef0123456789abcdef"
		    "0123456789abcdef0123456789abcdef");
	buf_char(&line, '\n');
	expect_around(line.at, line.n, 1, 0);
	buf_free(&line);
}
END_TEST

/* A line that is too long is kept as a whole. */
START_TEST(keeps_an_invalid_line_of_any_length)
{
	enum { SIZE = 3 * 1024 * 1024 };
	struct logs l = { .step = 100000, .options = { .invalid_lines = "kept",
		.invalid = tmpfile() } };
	char *all = malloc(SIZE + sizeof(good)), *kept = malloc(SIZE + 2);

	ck_assert(l.options.invalid != NULL && all != NULL && kept != NULL);
	memset(all, 'x', SIZE);
	memcpy(all + SIZE - 5, "12345\n", 6);
	memcpy(all + SIZE + 1, good, sizeof(good) - 1);
	logs_read(&l, all, SIZE + sizeof(good));
	ck_assert_uint_eq(l.n, 1);
	ck_assert_uint_eq(l.info.bad, 1);
	ck_assert_uint_eq(l.info.lines, 2);
	rewind(l.options.invalid);
	ck_assert_uint_eq(fread(kept, 1, SIZE + 2, l.options.invalid),
	    SIZE + 1);
	ck_assert_int_eq(memcmp(kept, all, SIZE + 1), 0);
	fclose(l.options.invalid);
	free(all);
	free(kept);
	logs_free(&l);
}
END_TEST

START_TEST(counts_what_syslog_kept_short)
{
#define CEF "CEF:0|Ex|TLS|1|x|y|5|src=192.0.2.44 spt=1 dst=192.0.2.9 dpt=443 "   \
	"cs1=TLSv1.2 cs1Label=TLS Version cs2=unknown_ca cs2Label=Alert "      \
	"dhost=a.example"
	struct logs l = { 0 };

	logs_read_string(&l, "Mar  4 09:15:02 h p[1]: " CEF "\n"
	    "Mar  4 09:15:02 h p[1]: message repeated 3 times: [ " CEF "]\n"
	    "Mar  4 09:15:02 h p: message repeated 99999999999 times: [x]\n"
	    "Mar  4 09:15:02 h p: message repeated 3 times: [lorem ipsum]\n");
	ck_assert_uint_eq(l.n, 2);
	ck_assert_uint_eq(l.at[0].count, 1);
	ck_assert_uint_eq(l.at[1].count, 3);
	ck_assert(text_is(l.at[1].host, "a.example"));
	ck_assert_uint_eq(l.info.other, 2);
	logs_free(&l);
}
END_TEST

/* As an export or a collector writes them, however many. */
START_TEST(reads_objects_of_one_line_however_long)
{
	static const char *const forms[][3] = { { "[", ", ", "]" },
		{ "", "", "" }, { "", " ", "" },
		{ "{\"meta\":{\"n\":1},\"data\": [", ",", "]}" } };
	static const char object[] = ZEEK("b.example");
	struct logs l = { .step = 100000 };
	struct buf all = { 0 };
	size_t n = _i < 4 ? 3 : 5000;

	buf_string(&all, forms[_i % 4][0]);
	for (size_t i = 0; i < n; i++) {
		buf_string(&all, i > 0 ? forms[_i % 4][1] : "");
		buf_string(&all, object);
	}
	buf_string(&all, forms[_i % 4][2]);
	buf_printf(&all, "\n%s", good);
	logs_read(&l, all.at, all.n);
	ck_assert_uint_eq(l.totals.sni, n + 1);
	ck_assert_uint_eq(l.info.lines, 2);
	ck_assert_uint_eq(l.info.bad + l.info.other, 0);
	logs_free(&l);
	/* Cut off in the middle of the last one. */
	all.n -= sizeof(good) - 1 + 1 + strlen(forms[_i % 4][2]) + 20;
	buf_printf(&all, "\n%s", good);
	logs_read(&l, all.at, all.n);
	if (_i >= 4)
		ck_assert_uint_eq(l.totals.sni, n);
	ck_assert_uint_eq(l.info.lines, 2);
	ck_assert_uint_eq(l.info.bad, 1);
	logs_free(&l);
	buf_free(&all);
}
END_TEST

/* As a writer leaves it that does not know of a truncation. */
START_TEST(reads_the_line_behind_a_hole)
{
	enum { HOLE = 2 * 1024 * 1024 };
	struct logs l = { .step = 100000 };
	char *all = malloc(HOLE + sizeof(good));

	ck_assert_ptr_nonnull(all);
	memset(all, 0, HOLE);
	memcpy(all + HOLE, good, sizeof(good) - 1);
	logs_read(&l, all, HOLE + sizeof(good) - 1);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_uint_eq(l.info.bad, 0);
	ck_assert_uint_eq(l.info.lines, 1);
	free(all);
	logs_free(&l);
}
END_TEST

/* Longer than the read buffer, but not than LINE_MAX_BYTES. */
START_TEST(reads_a_long_line)
{
	struct logs l = { 0 };
	struct buf line = { 0 };

	buf_add(&line, good, sizeof(good) - 2);
	for (int i = 0; i < 600 * 1024 / 8; i++)
		buf_string(&line, ",1234567");
	buf_char(&line, '\n');
	buf_string(&line, good);
	logs_read(&l, line.at, line.n);
	ck_assert_uint_eq(l.n, 2);
	ck_assert_uint_eq(l.info.bad, 0);
	ck_assert_uint_eq(l.at[1].hello.record, 2);
	logs_free(&l);
	buf_free(&line);
}
END_TEST

START_TEST(reads_cr_lf_and_a_bom)
{
	struct logs l = { 0 };

	logs_read_string(&l, "\xef\xbb\xbf" ROW("a.example", "UnknownCA")
	    "\r\n\r\n" ROW("b.example", "BadCertificate") "\r\n");
	ck_assert_uint_eq(l.n, 2);
	ck_assert_uint_eq(l.info.bad + l.info.other, 0);
	ck_assert_uint_eq(l.at[1].hello.record, 3);
	ck_assert(text_is(l.at[1].host, "b.example"));
	logs_free(&l);
}
END_TEST

START_TEST(tells_that_a_file_is_cut_in_a_line)
{
	struct logs l = { 0 };
	struct buf all = { 0 };

	buf_string(&all, good);
	buf_add(&all, good, sizeof(good) / 2);
	logs_read(&l, all.at, all.n);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_uint_eq(l.info.bad, 1);
	ck_assert(l.info.truncated);
	logs_free(&l);
	buf_free(&all);
}
END_TEST

/* Names of suites that were seen before are not looked up again. */
START_TEST(names_the_suite_of_each_row)
{
	static const char row[] = "{\"ts\":1772615702.5,\"uid\":\"C\",\"id.orig_h\":"
	    "\"192.0.2.44\",\"id.orig_p\":1,\"id.resp_h\":\"198.51.100.20\","
	    "\"id.resp_p\":443,\"version\":\"TLSv12\",\"cipher\":"
	    "\"TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384\",\"established\":true}\n";
	struct logs l = { 0 };
	char rows[sizeof(row) * 2];

	snprintf(rows, sizeof(rows), "%s%s", row, row);
	logs_read(&l, rows, strlen(rows));
	ck_assert_uint_eq(l.n, 2);
	ck_assert_int_eq(l.at[0].chosen.cipher, 0xc030);
	ck_assert_int_eq(l.at[1].chosen.cipher, 0xc030);
	logs_free(&l);
}
END_TEST

START_TEST(reads_a_last_line_without_its_end)
{
	struct logs l = { 0 };

	logs_read(&l, good, sizeof(good) - 2);
	ck_assert_uint_eq(l.n, 1);
	ck_assert(!l.info.truncated);
	logs_free(&l);
}
END_TEST

START_TEST(follows_a_log_that_switches_its_format)
{
	struct logs l = { 0 };

	logs_read_string(&l, ROW("a.example", "UnknownCA") "\n"
	    ROW("b.example", "UnknownCA") "\n"
	    ZEEK("c.example") "\n" ZEEK("d.example") "\n"
	    ROW("e.example", "UnknownCA") "\n");
	ck_assert_uint_eq(l.n, 5);
	ck_assert_uint_eq(l.info.bad + l.info.other, 0);
	ck_assert(text_is(l.at[2].host, "c.example"));
	ck_assert(text_is(l.at[4].host, "e.example"));
	logs_free(&l);
}
END_TEST

START_TEST(reads_lines_that_cross_reads)
{
	struct logs l = { .step = (size_t)_i };

	logs_read_string(&l, ROW("a.example", "UnknownCA") "\n"
	    ROW("b.example", "BadCertificate") "\n");
	ck_assert_uint_eq(l.n, 2);
	ck_assert(text_is(l.at[1].host, "b.example"));
	logs_free(&l);
}
END_TEST

START_TEST(unwraps_a_raw_line_in_json)
{
	struct logs l = { 0 };

	logs_read_string(&l, "{\"log\":\"" ROW("a\\\\b.example", "UnknownCA")
	    "\\n\",\"stream\":\"stdout\"}\n");
	ck_assert_uint_eq(l.n, 1);
	ck_assert_int_eq(l.at[0].alerts[0].code, 48);
	ck_assert(text_is(l.at[0].host, "a\\b.example"));
	logs_free(&l);
}
END_TEST

/* An array, indented objects, one that never ends, and an array in a line. */
START_TEST(reads_json_that_is_not_line_by_line)
{
	struct logs l = { 0 };

	logs_read_string(&l, "[\n  {\n    \"src_ip\": \"192.0.2.1\",\n"
	    "    \"tls\": {\n      \"sni\": \"a.example\"\n    }\n  },\n"
	    "  {\"src_ip\":\"192.0.2.1\",\"sni\":\"b.example\"},\n"
	    "  {\n    \"src_ip\": \"192.0.2.1\",\n"
	    "{\"src_ip\":\"192.0.2.1\",\"sni\":\"c.example\"}\n]\n"
	    "[{\"src_ip\":\"192.0.2.1\",\"sni\":\"d.example\"}, "
	    "{\"src_ip\":\"192.0.2.1\",\"sni\":\"e.example\"}]\n");
	ck_assert_uint_eq(l.n, 5);
	ck_assert(text_is(l.at[0].host, "a.example"));
	ck_assert_uint_eq(l.at[0].hello.record, 2);
	ck_assert(text_is(l.at[1].host, "b.example"));
	ck_assert_uint_eq(l.at[1].hello.record, 8);
	ck_assert(text_is(l.at[2].host, "c.example"));
	ck_assert(text_is(l.at[4].host, "e.example"));
	ck_assert_uint_eq(l.at[4].hello.record, 13);
	logs_free(&l);
}
END_TEST

START_TEST(refuses_what_is_no_log)
{
	struct logs l = { 0 };

	logs_read_string(&l, "lorem ipsum\ndolor sit amet\n");
	ck_assert_int_eq(l.result, -1);
	ck_assert_ptr_nonnull(strstr(l.error.text, "test.log"));
	logs_free(&l);
}
END_TEST

START_TEST(takes_an_empty_input)
{
	struct logs l = { 0 };

	logs_read(&l, "", 0);
	ck_assert_int_eq(l.result, 0);
	ck_assert_uint_eq(l.info.lines, 0);
	logs_free(&l);
}
END_TEST

START_TEST(refuses_a_format_that_there_is_not)
{
	struct logs l = { .options = { .format = "panoz" } };

	logs_read_string(&l, good);
	ck_assert_int_eq(l.result, -1);
	ck_assert_ptr_nonnull(strstr(l.error.text, "\"panos\""));
	logs_free(&l);
}
END_TEST

START_TEST(applies_the_time_zone_where_none_is_named)
{
#define EXPORTED(day) "1,2026/" day " 09:15:02,0,DECRYPTION,192.0.2.1,"         \
	"192.0.2.2,a.example,TLS1.3,\n"
	static const char export[] =
	    "Domain,Receive Time,Serial #,Type,Source address,"
	    "Destination address,Server Name Indication,TLS Version,Error\n"
	    EXPORTED("03/04") EXPORTED("07/04");
	struct logs l = { 0 };
	char iso[CLOCK_ISO_SIZE];

	ck_assert(zone_find(TEXT("Europe/Berlin"), &l.options.timezone));
	logs_read_string(&l, export);
	ck_assert_uint_eq(l.n, 2);
	ck_assert_str_eq(clock_iso(l.at[0].hello.time, iso),
	    "2026-03-04T08:15:02.000000Z");
	/* Summer time */
	ck_assert_str_eq(clock_iso(l.at[1].hello.time, iso),
	    "2026-07-04T07:15:02.000000Z");
	logs_free(&l);
	/* A row that names its zone keeps it. */
	ck_assert(zone_find(TEXT("+01:00"), &l.options.timezone));
	logs_read_string(&l, good);
	ck_assert_str_eq(clock_iso(l.at[0].hello.time, iso),
	    "2026-03-04T09:15:02.118000Z");
	logs_free(&l);
}
END_TEST

/* A disk that fails, or compressed data that break off. */
START_TEST(keeps_what_came_before_reading_failed)
{
	struct logs l = { .breaks = true };

	logs_read_string(&l, ROW("a.example", "UnknownCA") "\n"
	    ROW("b.example", "UnknownCA") "\n");
	ck_assert_int_eq(l.result, 0);
	ck_assert_uint_eq(l.n, 2);
	logs_free(&l);
	l = (struct logs){ .breaks = true };
	logs_read_string(&l, "lorem ipsum\n");
	ck_assert_int_eq(l.result, -1);
	ck_assert_str_eq(l.error.text, "test.log: broken");
	logs_free(&l);
}
END_TEST

START_TEST(keeps_invalid_lines)
{
	char kept[256] = "";
	struct logs l = { .options = { .invalid_lines = "kept",
		.invalid = tmpfile() } };

	ck_assert_ptr_nonnull(l.options.invalid);
	logs_read_string(&l, ROW("a.example", "UnknownCA") "\n"
	    "x,DECRYPTION,y\nlorem ipsum\n");
	ck_assert_uint_eq(l.n, 1);
	rewind(l.options.invalid);
	ck_assert_uint_gt(fread(kept, 1, sizeof(kept) - 1, l.options.invalid),
	    0);
	ck_assert_str_eq(kept, "x,DECRYPTION,y\n");
	fclose(l.options.invalid);
	logs_free(&l);
}
END_TEST

/* What was kept is read again once it is mended: with the names of its columns, and
 * without comments. */
START_TEST(keeps_the_header_of_invalid_rows)
{
#define FIELDS "#Fields: date time c-ip cs-host cs-uri-port s-action "          \
	"cs-uri-scheme x-exception-id r-ip\n"
#define ACCESS(client) "2026-03-04 09:15:02 " client " a.example 443 "         \
	"TCP_TUNNELED ssl - 198.51.100.20\n"
	char kept[1024] = "";
	struct logs l = { .options = { .invalid_lines = "kept",
		.invalid = tmpfile() } };

	ck_assert_ptr_nonnull(l.options.invalid);
	logs_read_string(&l, "#Software: SGOS 7\n" FIELDS ACCESS("192.0.2.1")
	    ACCESS("192.0.2.x1y") "#Remark: noon\n" ACCESS("192.0.2.444")
	    "x,DECRYPTION,y\n" ACCESS("192.0.2.555"));
	ck_assert_uint_eq(l.n, 1);
	ck_assert_uint_eq(l.info.bad, 4);
	rewind(l.options.invalid);
	ck_assert_uint_gt(fread(kept, 1, sizeof(kept) - 1, l.options.invalid),
	    0);
	ck_assert_str_eq(kept, "#Software: SGOS 7\n" FIELDS
	    ACCESS("192.0.2.x1y") ACCESS("192.0.2.444") "x,DECRYPTION,y\n"
	    ACCESS("192.0.2.555"));
	fclose(l.options.invalid);
	logs_free(&l);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("log");

	tcase_add_test(tc, skips_a_damaged_line);
	tcase_add_test(tc, leaves_other_products_alone);
	tcase_add_test(tc, survives_nul_bytes);
	tcase_add_test(tc, survives_invalid_utf8);
	tcase_add_test(tc, reads_a_host_that_is_no_utf8);
	tcase_add_test(tc, survives_a_quote_that_never_closes);
	tcase_add_test(tc, reads_quotes_that_are_not_doubled_right);
	tcase_add_test(tc, skips_a_line_longer_than_all_sense);
	tcase_add_test(tc, keeps_an_invalid_line_of_any_length);
	tcase_add_test(tc, counts_what_syslog_kept_short);
	tcase_add_loop_test(tc, reads_objects_of_one_line_however_long, 0, 8);
	tcase_add_test(tc, reads_the_line_behind_a_hole);
	tcase_add_test(tc, reads_a_long_line);
	tcase_add_test(tc, reads_cr_lf_and_a_bom);
	tcase_add_test(tc, tells_that_a_file_is_cut_in_a_line);
	tcase_add_test(tc, names_the_suite_of_each_row);
	tcase_add_test(tc, reads_a_last_line_without_its_end);
	tcase_add_test(tc, follows_a_log_that_switches_its_format);
	tcase_add_loop_test(tc, reads_lines_that_cross_reads, 1, 40);
	tcase_add_test(tc, unwraps_a_raw_line_in_json);
	tcase_add_test(tc, reads_json_that_is_not_line_by_line);
	tcase_add_test(tc, refuses_what_is_no_log);
	tcase_add_test(tc, takes_an_empty_input);
	tcase_add_test(tc, refuses_a_format_that_there_is_not);
	tcase_add_test(tc, applies_the_time_zone_where_none_is_named);
	tcase_add_test(tc, keeps_what_came_before_reading_failed);
	tcase_add_test(tc, keeps_invalid_lines);
	tcase_add_test(tc, keeps_the_header_of_invalid_rows);
	return unit_run(tc);
}
