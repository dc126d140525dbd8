#include "input/value.h"

#include <stdio.h>

#include "base/clock.h"
#include "unit.h"

/* 2026-03-10, so that a date without a year is told apart from last year's. */
static const struct input_options options;
static struct log log_at = { .options = &options,
	.now = 1773100800LL * CLOCK_SECOND };

static const struct {
	const char *text, *iso; /* "" where it is no time */
} times[] = {
	{ "2026-03-04 09:15:02", "2026-03-04T09:15:02.000000Z" },
	{ "2026/03/04 09:15:02", "2026-03-04T09:15:02.000000Z" },
	{ "2026-03-04T09:15:02.118+01:00", "2026-03-04T08:15:02.118000Z" },
	{ "2026-03-04T09:15:02.118233+0000", "2026-03-04T09:15:02.118233Z" },
	{ "2026-03-04T09:15:02Z", "2026-03-04T09:15:02.000000Z" },
	{ "Mar 04 2026 09:15:02", "2026-03-04T09:15:02.000000Z" },
	{ "Mar 04 2026 09:15:02.118 UTC", "2026-03-04T09:15:02.118000Z" },
	{ "Mar  4 09:15:02", "2026-03-04T09:15:02.000000Z" },
	{ "Nov 30 16:09:33", "2025-11-30T16:09:33.000000Z" },
	{ "Feb 29 00:00:00", "2024-02-29T00:00:00.000000Z" },
	{ "Wed Mar 04 09:15:02 2026", "2026-03-04T09:15:02.000000Z" },
	{ "[04/Mar/2026:09:15:02 +0100]", "2026-03-04T08:15:02.000000Z" },
	{ "04/Mar/2026:09:15:02.118", "2026-03-04T09:15:02.118000Z" },
	{ "04-Mar-26 09:15:02 GMT", "2026-03-04T09:15:02.000000Z" },
	{ "Wed, 04 Mar 2026 09:15:02 +0100", "2026-03-04T08:15:02.000000Z" },
	{ "Wed Mar 04 10:15:02 CET 2026", "2026-03-04T09:15:02.000000Z" },
	{ "2026-03-04 04:15:02 EST", "2026-03-04T09:15:02.000000Z" },
	{ "Mar 04 2026 11:15:02.118 GMT+02:00", "2026-03-04T09:15:02.118000Z" },
	{ "Mar 04 26 09:15:02", "2026-03-04T09:15:02.000000Z" },
	{ "2026-03-04 04:15:02 XYZ", "" },
	{ "March 4 09:15:02", "2026-03-04T09:15:02.000000Z" },
	{ "Mar 4, 2026 @ 09:15:02.118", "2026-03-04T09:15:02.118000Z" },
	{ "Mar 4, 2026, 9:15:02 PM", "2026-03-04T21:15:02.000000Z" },
	{ "Wednesday, March 04, 2026 9:15:02 AM",
	    "2026-03-04T09:15:02.000000Z" },
	{ "4Mar2026  9:15:02", "2026-03-04T09:15:02.000000Z" },
	{ "4 Mar 26, 9:15:02 PM", "2026-03-04T21:15:02.000000Z" },
	{ "4 Mar 26, 12:15:02 AM", "2026-03-04T00:15:02.000000Z" },
	{ "4 Mar 26, 12:15:02 PM", "2026-03-04T12:15:02.000000Z" },
	{ "Marvin 4 09:15:02", "" },
	{ "3/4/2026, 9:15:02.118 AM", "2026-03-04T09:15:02.118000Z" },
	{ "03/04/2026 09:15:02 PM", "2026-03-04T21:15:02.000000Z" },
	{ "3/4/2026, 9:15:02", "" },
	{ "13/4/2026, 9:15:02 AM", "" },
	{ "1772615702", "2026-03-04T09:15:02.000000Z" },
	{ "1772615702.118233", "2026-03-04T09:15:02.118233Z" },
	{ "1772615702118", "2026-03-04T09:15:02.118000Z" },
	{ "1772615702118233", "2026-03-04T09:15:02.118233Z" },
	{ "1772615702118233000", "2026-03-04T09:15:02.118233Z" },
	{ "", "" },
	{ "yesterday", "" },
	{ "2026-13-04 09:15:02", "" },
	{ "2026-03-04 09:75:02", "" },
	{ "2026-03-04 09:15:02 junk", "" },
	{ "99999999999999999999", "" },
	{ "1772615702.", "2026-03-04T09:15:02.000000Z" },
	{ "1772615702.1180000009", "2026-03-04T09:15:02.118000Z" },
	{ "1772615702.1.1", "" },
	{ "17726157x2.118", "" },
	{ "1772615702.118x", "" },
	{ "1772615702118.9", "2026-03-04T09:15:02.118000Z" },
	{ "9223372035", "2262-04-11T23:47:15.000000Z" },
	{ "9223372036", "" },
	{ "9223372036854775808", "" },
	{ "17726157", "" },
	{ "Mar 45 09:15:02", "" },
};

START_TEST(reads_times)
{
	char iso[CLOCK_ISO_SIZE] = "";
	int64_t ns;

	if (value_time(&log_at, text_of(times[_i].text), &ns))
		clock_iso(ns, iso);
	ck_assert_str_eq(iso, times[_i].iso);
}
END_TEST

/* What is remembered of a minute is no other's, and nobody's who has none. */
START_TEST(remembers_minutes)
{
	static const char *const good = "2026-03-04 09:15:02";
	int64_t first, again, ns;

	ck_assert(value_time(&log_at, text_of(good), &first));
	ck_assert(!value_time(&log_at, text_of("9026-03-04 09:15:02"), &ns));
	ck_assert(!value_time(&log_at, text_of("2026-03-44 09:15:02"), &ns));
	ck_assert(value_time(&log_at, text_of(good), &again));
	ck_assert_int_eq(again, first);
	for (int i = 0; i < 24 * 60; i++) {
		char text[32];

		snprintf(text, sizeof(text), "2026-03-04T%02d:%02d:02Z", i / 60,
		    i % 60);
		ck_assert(value_time(&log_at, text_of(text), &ns));
		ck_assert_int_eq(ns - first,
		    (i - (9 * 60 + 15)) * 60LL * CLOCK_SECOND);
	}
}
END_TEST

static const struct {
	const char *text;
	uint16_t version;
} versions[] = {
	{ "TLS1.2", 0x0303 }, { "TLSv1.2", 0x0303 }, { "TLSv12", 0x0303 },
	{ "TLS 1.2", 0x0303 }, { "TLS1_2", 0x0303 }, { "TLS/1.2", 0x0303 },
	{ "tls1.3", 0x0304 }, { "1.3", 0x0304 }, { "TLSv1", 0x0301 },
	{ "TLSv10", 0x0301 }, { "TLSv1.0", 0x0301 }, { "SSLv3", 0x0300 },
	{ "SSL3.0", 0x0300 }, { "SSL2.0", 0x0002 }, { "DTLSv12", 0xfefd },
	{ "DTLSv13", 0xfefc }, { "DTLSv10", 0xfeff },
	{ "TLSv13-draft28", 0x0304 }, { "0x0303", 0x0303 }, { "771", 0x0303 },
	{ "", 0 }, { "Unknown", 0 }, { "None", 0 }, { "TLS1.9", 0 },
	{ "UNDETERMINED", 0 }, { "HTTP/1.1", 0 }, { "0xzz", 0 },
};

START_TEST(reads_versions)
{
	ck_assert_uint_eq(value_version(text_of(versions[_i].text)),
	    versions[_i].version);
}
END_TEST

static const struct {
	const char *text;
	bool bare;
	const char *address; /* NULL where it is none */
	unsigned port;
} endpoints[] = {
	{ "192.0.2.44:50112", false, "192.0.2.44", 50112 },
	{ "192.0.2.44", false, "192.0.2.44", 0 },
	{ "[2001:db8::1]:443", false, "2001:db8::1", 443 },
	{ "2001:db8::1", false, "2001:db8::1", 0 },
	{ "2001:db8:10::44:61000", true, "2001:db8:10::44", 61000 },
	{ "::ffff:192.0.2.1", false, "192.0.2.1", 0 },
	{ "1.2.3.4", false, "1.2.3.4", 0 },
	{ "1.2.3.45", false, "1.2.3.45", 0 },
	{ "255.255.255.255", false, "255.255.255.255", 0 },
	{ "0.10.200.99", false, "0.10.200.99", 0 },
	{ "010.001.2.09", false, "10.1.2.9", 0 },
	{ "192.0.2.256", false, NULL, 0 },
	{ "256.0.2.2", false, NULL, 0 },
	{ "1.2000.3.4", false, NULL, 0 },
	{ "1..23.4", false, NULL, 0 },
	{ ".1.2.3.4", false, NULL, 0 },
	{ "1.2.3:4", false, NULL, 0 },
	{ "1.2.3.4\xba", false, NULL, 0 },
	{ "1.2.3\x8a.4", false, NULL, 0 },
	{ "1/2.3.4.5", false, NULL, 0 },
	{ "192.0.2", false, NULL, 0 },
	{ "192.0.2.1.", false, NULL, 0 },
	{ "192.0.2.1:x", false, NULL, 0 },
	{ "192.0.2.1:70000", false, NULL, 0 },
	{ "a.example:443", false, NULL, 0 },
	{ "", false, NULL, 0 },
};

START_TEST(reads_endpoints)
{
	struct endpoint e = { 0 };
	char address[ADDRESS_TEXT_SIZE];
	bool read = value_endpoint(text_of(endpoints[_i].text),
	    endpoints[_i].bare, &e);

	ck_assert(read == (endpoints[_i].address != NULL));
	if (!read)
		return;
	ck_assert_str_eq(endpoint_address(&e, address), endpoints[_i].address);
	ck_assert_uint_eq(e.port, endpoints[_i].port);
}
END_TEST

START_TEST(reads_numbers_of_every_length)
{
	static const char digits[] = "01234567890987654321";
	uint64_t value, expected = 0;

	for (size_t n = 1; n < 20; n++) {
		char copy[sizeof(digits)];

		expected = expected * 10 + (uint64_t)(digits[n - 1] - '0');
		ck_assert(value_number((struct text){ digits, n }, &value));
		ck_assert_uint_eq(value, expected);
		for (size_t i = 0; i < n; i++) {
			memcpy(copy, digits, n);
			copy[i] = "/:a.\xb5"[_i];
			ck_assert(!text_u64((struct text){ copy, n }, &value));
		}
	}
	ck_assert(!value_number((struct text){ digits, 0 }, &value));
	ck_assert(value_number(text_of("18446744073709551615"), &value));
	ck_assert(!value_number(text_of("18446744073709551616"), &value));
}
END_TEST

START_TEST(finds_the_host_of_a_url)
{
	static const struct {
		const char *url, *host;
	} cases[] = {
		{ "https://user@a.example:8443/b?c", "a.example" },
		{ "a.example:443", "a.example" },
		{ "a.example/b://c", "a.example" },
		{ "https://[2001:db8::1]:443/", "2001:db8::1" },
		{ "2001:db8::1", "2001:db8::1" },
		{ "", "" },
	};

	for (size_t i = 0; i < N_ITEMS(cases); i++)
		ck_assert(text_is(value_url_host(text_of(cases[i].url)),
		    cases[i].host));
}
END_TEST

START_TEST(knows_words_for_nothing)
{
	static const char *const absent[] = { "", "-", " ", "null", "None",
		"N/A", "(empty)", "NotChecked" };
	static const char *const present[] = { "none.example", "0", "unknown",
		"nobody", "-1" };

	for (size_t i = 0; i < N_ITEMS(absent); i++)
		ck_assert(value_is_absent(text_of(absent[i])));
	for (size_t i = 0; i < N_ITEMS(present); i++)
		ck_assert(!value_is_absent(text_of(present[i])));
}
END_TEST

START_TEST(tells_masks_from_mistakes)
{
	ck_assert(value_is_masked(TEXT("x.x.x.x")));
	ck_assert(value_is_masked(TEXT("10.1.XX.XX")));
	ck_assert(value_is_masked(TEXT("XXXXX")));
	ck_assert(value_is_masked(TEXT("2001:db8::xxxx")));
	ck_assert(value_is_masked(TEXT("<client ip>")));
	ck_assert(value_is_masked(TEXT("REDACTED")));
	ck_assert(!value_is_masked(TEXT("x0112")));
	ck_assert(!value_is_masked(TEXT("192.0.2.44")));
	ck_assert(!value_is_masked(TEXT("host.example")));
	ck_assert(!value_is_masked(TEXT("")));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("value");

	tcase_add_loop_test(tc, reads_times, 0, (int)N_ITEMS(times));
	tcase_add_loop_test(tc, reads_versions, 0, (int)N_ITEMS(versions));
	tcase_add_loop_test(tc, reads_endpoints, 0, (int)N_ITEMS(endpoints));
	tcase_add_test(tc, remembers_minutes);
	tcase_add_loop_test(tc, reads_numbers_of_every_length, 0, 5);
	tcase_add_test(tc, finds_the_host_of_a_url);
	tcase_add_test(tc, knows_words_for_nothing);
	tcase_add_test(tc, tells_masks_from_mistakes);
	return unit_run(tc);
}
