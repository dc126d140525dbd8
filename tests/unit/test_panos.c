#include "logs.h"

#include <stdio.h>

#include "unit.h"

/* A row of PAN-OS 10.2 behind the default header, with 107 fields. */
static const char unknown_ca[] =
	    "<14>Nov 30 16:09:33 PA-3220-A 1,2026/03/04 09:15:02,0123456789"
	    "01,DECRYPTION,0,2562,2026/03/04 09:15:02,192.0.2.44,198.51.100"
	    ".20,203.0.113.9,198.51.100.20,allow-web,corp\\jdoe,,incomplete"
	    ",vsys1,trust,untrust,ethernet1/2,ethernet1/1,default,2026/03/0"
	    "4 09:15:02,504326,1,50112,443,37612,443,0x1400400,tcp,allow,N/"
	    "A,,,,,25185364-4f1b-46b5-a376-a96a9438d665,Server_Hello_Done,C"
	    "lient_Hello,TLS1.2,ECDHE,AES_128_GCM,SHA256,decrypt-out,secp25"
	    "6r1,Certificate,trusted,Trusted,Forward,0a1b2c3d4e5f60718293,9"
	    "f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a0"
	    "8,2026/01/15 00:00:00,2026/04/15 23:59:59,V3,2048,13,32,23,18,"
	    ":::::RSA,*.dropbox.com,DigiCert TLS RSA SHA256 2020 CA1,DigiCe"
	    "rt Global Root CA,client.dropbox.com,Received fatal alert Unkn"
	    "ownCA from client,,,,,,,,2026-03-04T09:15:02.118+00:00,,,,,,,,"
	    ",,,,,,,,,7312345678901234567,0x8000000000000000,53,0,0,0,,PA-3"
	    "220-A,1,unknown,unknown,unknown,1,,,incomplete,no,no"
	    "\n";

/* 10.0: 91 fields, IPv6, quoted commas and doubled quotes, UTF-8. */
static const char awkward[] =
	    "<14>Nov 30 16:09:33 PA-3220-A 1,2026/03/04 09:20:00,0123456789"
	    "01,DECRYPTION,0,2560,2026/03/04 09:20:00,2001:db8:10::44,2001:"
	    "db8:ffff::20,2001:db8:10::44,2001:db8:ffff::20,\"web, \"\"gues"
	    "t\"\" and BYOD\",zoë@example.com,,incomplete,vsys1,trust,untru"
	    "st,ethernet1/2,ethernet1/1,default,2026/03/04 09:20:00,9,1,610"
	    "00,443,61000,443,0x3000000,tcp,allow,N/A,,,,,25185364-4f1b-46b"
	    "5-a376-a96a9438d665,Unknown,Unknown,TLS1.3,,,,decrypt-out,,Cer"
	    "tificate,untrusted,Untrusted,Forward,,,,,V3,2048,21,21,0,21,::"
	    ":::RSA,xn--bcher-kva.example,\"Firma Bücher, Root CA\",,xn--bc"
	    "her-kva.example,Received fatal alert CertificateUnknown from c"
	    "lient,,,,,,,,2026-03-04T09:20:00.001+01:00,,,,,,,,,,,,,,,,,731"
	    "2345678901234567,0x8000000000000000"
	    "\n";

START_TEST(reads_a_client_alert)
{
	struct logs l = { 0 };
	char text[ADDRESS_TEXT_SIZE], iso[CLOCK_ISO_SIZE];
	const struct handshake *h = &l.at[0];

	logs_read_string(&l, unknown_ca);
	ck_assert_int_eq(l.result, 0);
	ck_assert_uint_eq(l.n, 1);
	ck_assert(h->from_log);
	ck_assert_uint_eq(h->hello.record, 1);
	ck_assert_str_eq(clock_iso(h->hello.time, iso),
	    "2026-03-04T09:15:02.118000Z");
	ck_assert_str_eq(endpoint_address(&h->client, text), "192.0.2.44");
	ck_assert_uint_eq(h->client.port, 50112);
	ck_assert_str_eq(endpoint_address(&h->server, text), "198.51.100.20");
	ck_assert_uint_eq(h->server.port, 443);
	ck_assert_str_eq(endpoint_address(&h->client_nat, text),
	    "203.0.113.9");
	ck_assert(text_is(h->host, "client.dropbox.com"));
	ck_assert_int_eq(h->host_source, HOST_SNI);
	ck_assert(text_is(h->user, "corp\\jdoe"));
	ck_assert(text_is(h->policy, "decrypt-out"));
	ck_assert_uint_eq(h->chosen.version, 0x0303);
	ck_assert_int_eq(h->leg, LEG_CLIENT);
	ck_assert_int_eq(h->outcome, OUTCOME_REJECTED);
	ck_assert_int_eq(h->sign, SIGN_LOGGED_ERROR);
	ck_assert_int_eq(h->interception, INTERCEPTION_PROVEN);
	ck_assert_uint_eq(h->n_alerts, 1);
	ck_assert_int_eq(h->alerts[0].code, 48);
	ck_assert_int_eq(h->alerts[0].from, SIDE_CLIENT);
	ck_assert_uint_eq(l.totals.alerts[48], 1);
	logs_free(&l);
}
END_TEST

START_TEST(reads_quotes_and_ipv6_of_10_0)
{
	struct logs l = { 0 };
	char text[ADDRESS_TEXT_SIZE];

	logs_read_string(&l, awkward);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_str_eq(endpoint_address(&l.at[0].client, text),
	    "2001:db8:10::44");
	ck_assert(text_is(l.at[0].host, "xn--bcher-kva.example"));
	ck_assert_int_eq(l.at[0].alerts[0].code, 46);
	ck_assert_uint_eq(l.at[0].chosen.version, 0x0304);
	logs_free(&l);
}
END_TEST

/* Wherever the line is cut: told as damaged or as another's, or whole because
 * what is missing does not matter; never with another host. */
START_TEST(survives_every_truncation)
{
	struct logs l = { 0 };

	logs_read(&l, unknown_ca, (size_t)_i);
	ck_assert_uint_eq(l.n + l.info.bad + l.info.other, 1);
	if (l.n > 0)
		ck_assert(text_is(l.at[0].host, "client.dropbox.com"));
	logs_free(&l);
}
END_TEST

START_TEST(tells_the_column_that_is_wrong)
{
	struct logs l = { 0 };
	char line[sizeof(unknown_ca) + 32], *port;

	strcpy(line, unknown_ca);
	port = strstr(line, ",50112,443,");
	memcpy(port, ",x0112,443,", 11);
	logs_read_string(&l, line);
	ck_assert_uint_eq(l.n, 0);
	ck_assert_uint_eq(l.info.bad, 1);
	ck_assert_int_eq(l.result, 0);
	logs_free(&l);
}
END_TEST

/* With a field more before the time, the last that is wanted is still only
 * itself. */
START_TEST(keeps_the_last_field_apart)
{
	struct logs l = { 0 };
	char line[sizeof(unknown_ca) + 32];
	const char *config = strstr(unknown_ca, ",2562,");
	const char *exact = strstr(unknown_ca, ".118+00:00,");

	snprintf(line, sizeof(line), "%.*s,%.*s,,,,,,,LAPTOP-7,%s",
	    (int)(config - unknown_ca), unknown_ca, (int)(exact + 10 - config),
	    config, exact + 18);
	logs_read_string(&l, line);
	ck_assert_uint_eq(l.n, 1);
	ck_assert(text_is(l.at[0].host, "client.dropbox.com"));
	ck_assert(text_is(l.at[0].device, "LAPTOP-7"));
	logs_free(&l);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("panos");

	tcase_add_test(tc, reads_a_client_alert);
	tcase_add_test(tc, reads_quotes_and_ipv6_of_10_0);
	tcase_add_loop_test(tc, survives_every_truncation, 1,
	    sizeof(unknown_ca) - 1);
	tcase_add_test(tc, tells_the_column_that_is_wrong);
	tcase_add_test(tc, keeps_the_last_field_apart);
	return unit_run(tc);
}
