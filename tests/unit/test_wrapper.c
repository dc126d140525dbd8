#include "input/wrapper.h"

#include "unit.h"

static const struct {
	const char *line, *payload, *host, *tag;
} cases[] = {
	/* RFC 3164, with and without PRI, host, year and program */
	{ "<14>Nov 30 16:09:33 PA-220 1,2026/03", "1,2026/03", "PA-220", "" },
	{ "<14>Nov 30 16:09:33 1,2026/03", "1,2026/03", "", "" },
	{ "<134> Mar  4 09:15:02 fw 1,2026", "1,2026", "fw", "" },
	{ "Mar  4 09:15:03 lb1 haproxy[2211]: 192.0.2.44:1 x",
	    "192.0.2.44:1 x", "lb1", "haproxy[2211]" },
	{ "Aug 14 2019 15:09:41 siem-ftd  %FTD-1-430002: E", "%FTD-1-430002: E",
	    "siem-ftd", "" },
	{ "Aug 14 2019 15:09:41 siem-ftd : %FTD-1-430002: E",
	    "%FTD-1-430002: E", "siem-ftd", "" },
	/* RFC 5424, whole and as PAN-OS cuts it short */
	{ "<14>1 2026-03-04T09:15:02Z fw app 12 id - CEF:0|a", "CEF:0|a", "fw",
	    "app" },
	{ "<14>1 2023-07-06T19:20:22+00:00 DEV 1,2023/07/06 19", "1,2023/07/06 19",
	    "DEV", "" },
	{ "<165>1 2022-11-14T06:54:03Z h - - - - eventtime=1", "eventtime=1",
	    "h", "-" },
	{ "<14>1 2026-03-04T09:15:02Z fw app - - [a b=\"]\\\"\"] {\"x\":1}",
	    "{\"x\":1}", "fw", "app" },
	{ "<134>1 2026-03-04T09:15:02Z gw CheckPoint 1 - [action:\"x\"]",
	    "[action:\"x\"]", "gw", "CheckPoint" },
	{ "<14>1 2026-03-04T09:15:02Z h a - - - \xef\xbb\xbf{\"x\":1}",
	    "{\"x\":1}", "h", "a" },
	/* RFC 6587 and relays */
	{ "42 <14>Nov 30 16:09:33 fw 1,2", "1,2", "fw", "" },
	{ "Oct 12 21:28:47 relay 953 <142>1 2020-10-12T21:28:47.110Z s l - p - "
	    "1,2", "1,2", "s", "l" },
	/* an ISO time with a host */
	{ "2026-03-04T09:15:03Z firepower  %FTD-1-430003: E",
	    "%FTD-1-430003: E", "firepower", "" },
	/* what collectors and containers write */
	{ "2026-03-04T09:15:03.118Z 1772615703.118  87 192.0.2.44 x",
	    "1772615703.118  87 192.0.2.44 x", "", "" },
	{ "2026-03-04T09:15:03.118004211Z stdout F 1772615703.118  87 x",
	    "1772615703.118  87 x", "", "" },
	{ "2026-03-04T09:15:03.118+01:00 stderr P half", "half", "", "" },
	{ "2026-03-04 09:15:03 +0000 squid.access: {\"a\":1}", "{\"a\":1}", "",
	    "squid.access" },
	{ "2026-03-04T09:15:03+00:00\tsquid.access\t{\"a\":1}", "{\"a\":1}",
	    "squid.access", "" },
	{ "[2026-03-04 09:15:03] 1772615703.118 x", "1772615703.118 x", "", "" },
	{ "2026-03-04 09:15:03 lb1 squid[7]: 1772615703.118 x",
	    "1772615703.118 x", "lb1", "squid[7]" },
	{ "Wed 2026-03-04 09:15:03 UTC lb1 squid[7]: 1772615703.118 x",
	    "1772615703.118 x", "lb1", "squid[7]" },
	{ "2026-03-04T09:15:03.118123+0100 lb1 squid[7]: 1772615703.118 x",
	    "1772615703.118 x", "lb1", "squid[7]" },
	{ "2026-03-04 09:15:03\tLocal0.Info\t192.0.2.1\tMar  4 09:15:03 lb1 "
	    "squid[7]: 1772615703.118 x", "1772615703.118 x", "lb1",
	    "squid[7]" },
	{ "squid-1  | 1772615703.118  87 x", "1772615703.118  87 x", "",
	    "squid-1" },
	{ "/var/log/squid/access.log:17:1772615703.118 x", "1772615703.118 x",
	    "", "" },
	{ "access.log:1772615703.118 x", "1772615703.118 x", "", "" },
	{ "haproxy[674]: 192.0.2.1:5 [x]", "192.0.2.1:5 [x]", "",
	    "haproxy[674]" },
	{ "lb1 haproxy[674]: 192.0.2.1:5 [x]", "192.0.2.1:5 [x]", "lb1",
	    "haproxy[674]" },
	{ "1772615703118\t1772615703.118 x", "1772615703.118 x", "", "" },
	{ "MESSAGE=1772615703.118 x", "1772615703.118 x", "", "" },
	{ "Mar  4 09:15:03 UTC lb1 squid[7]: x", "x", "lb1", "squid[7]" },
	{ "Mar  4 09:15:03.118 CET: lb1 squid: x", "x", "lb1", "squid" },
	{ "Mar  4 09:15:03 EST squid[7]: x", "x", "", "squid[7]" },
	{ "Mar  4 09:15:03 CET 1772615703.118 x", "1772615703.118 x", "CET",
	    "" },
	{ "Mar  4 09:15:03 lb1 192.0.2.1:5 [04/Mar/2026:x", "192.0.2.1:5 "
	    "[04/Mar/2026:x", "lb1", "" },
	{ "2026-03-04T09:15:03Z 192.0.2.1:5 [04/Mar/2026:x", "192.0.2.1:5 "
	    "[04/Mar/2026:x", "", "" },
	{ "[pod/squid-0/squid] 1772615703.118 x", "1772615703.118 x", "", "" },
	{ "[pod/squid-0/squid] 2026-03-04T09:15:03.118Z 1772615703.118 x",
	    "1772615703.118 x", "", "" },
	{ "[  123.456789] lb1 squid[7]: x", "x", "lb1", "squid[7]" },
	{ "1772615703.118233 lb1 squid[7]: x", "x", "lb1", "squid[7]" },
	{ "2026-03-04T09:15:03Z {job=\"squid\", h=\"a\\\"}b\"} {\"a\":1}",
	    "{\"a\":1}", "", "" },
	/* nothing to take off */
	{ "1772615703.118233 lb1 x", "1772615703.118233 lb1 x", "", "" },
	{ "2026-03-04 09:15:02 UTC ssl 192.0.2.1 5", "2026-03-04 09:15:02 UTC "
	    "ssl 192.0.2.1 5", "", "" },
	{ "2026-03-04 09:15:02 12 192.0.2.1 TCP_MISS", "2026-03-04 09:15:02 12 "
	    "192.0.2.1 TCP_MISS", "", "" },
	{ "[09:15:02.118][192.0.2.1:5] client connect",
	    "[09:15:02.118][192.0.2.1:5] client connect", "", "" },
	{ "1,2026/03/04 09:15:02,0,DECRYPTION", "1,2026/03/04 09:15:02,0,"
	    "DECRYPTION", "", "" },
	{ "{\"message\":\"x\"}", "{\"message\":\"x\"}", "", "" },
	{ "Mar", "Mar", "", "" },
	{ "<999>x", "<999>x", "", "" },
	{ "", "", "", "" },
};

START_TEST(peels)
{
	struct wrapper w;

	wrapper_peel(text_of(cases[_i].line), &w);
	ck_assert_msg(text_is(w.payload, cases[_i].payload), "%.*s",
	    TEXT_ARG(w.payload));
	ck_assert_msg(text_is(w.host, cases[_i].host), "%.*s",
	    TEXT_ARG(w.host));
	ck_assert_msg(text_is(w.tag, cases[_i].tag), "%.*s", TEXT_ARG(w.tag));
}
END_TEST

/* Cut anywhere, in memory of exactly that size. */
START_TEST(survives_every_truncation)
{
	for (size_t i = 0; i < N_ITEMS(cases); i++) {
		size_t n = strlen(cases[i].line);
		struct wrapper w;
		char *copy;

		if ((size_t)_i > n)
			continue;
		copy = malloc((size_t)_i + 1);
		memcpy(copy, cases[i].line, (size_t)_i);
		wrapper_peel((struct text){ copy, (size_t)_i }, &w);
		ck_assert_uint_le(w.payload.n, (size_t)_i);
		free(copy);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("wrapper");

	tcase_add_loop_test(tc, peels, 0, (int)N_ITEMS(cases));
	tcase_add_loop_test(tc, survives_every_truncation, 0, 90);
	return unit_run(tc);
}
