/*
 * Lines in the shapes that products, their relays and collectors write besides
 * those of the samples: made up, one per shape.
 */
#include "logs.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

static const struct shape {
	const char *kind;
	const char *client, *server, *host;
	unsigned version;
	enum leg leg;
	enum outcome outcome;
	int alert; /* -1: none */
	int64_t time; /* seconds since 1970 */
	const char *lines;
} shapes[] = {
	/* PAN-OS: edited by hand, with a field too many; with masks. */
	{ "panos", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_REJECTED, 42,
	    1772615702,
	    "1,2026/03/04 09:15:02,007XXXXX1044,DECRYPTION,0,2562,2026/03/04 "
	    "09:15:02,192.0.2.44,198.51.100.20,203.0.113.9,198.51.100.20,XXX.XXX.XXX.XXX,allow-web,,"
	    ",incomplete,vsys1,trust,untrust,ethernet1/2,ethernet1/1,ANONYMIZED,"
	    "2026/03/04 09:15:02,504326,1,50112,443,37612,443,0x1400400,tcp,"
	    "allow,N/A,,,,,ANONYMIZED,Server_Hello_Done,Client_Hello,TLS1.2,ECDHE,"
	    "AES_128_GCM,SHA256,ANONYMIZED,secp256r1,Certificate,trusted,Trusted,"
	    "Forward,ANONYMIZED,XXXXXXXX,2026/01/15 00:00:00, 2026/04/15 "
	    "23:59:59,V3,2048,13,32,23,18,:::::RSA,*.dropbox.com,ANONYMIZED,"
	    "ANONYMIZED,client.dropbox.com,Received fatal alert BadCertificate from "
	    "client,2026-03-04T09:15:02,,,,ANONYMIZED\n" },
	{ "panos", "?:50112", "?:443", "client.dropbox.com", 0x0303,
	    LEG_CLIENT, OUTCOME_REJECTED, 42, 1772615702,
	    "1,2026/03/04 09:15:02,007XXXXX1044,DECRYPTION,0,2562,2026/03/04 "
	    "09:15:02,XXX.XXX.XXX.XXX,10.1.2.x,x.x.x.x,*.*.*.*,allow-web,,"
	    ",incomplete,vsys1,trust,untrust,ethernet1/2,ethernet1/1,fwd,"
	    "2026/03/04 09:15:02,504326,1,50112,443,37612,443,0x1400400,tcp,"
	    "allow,N/A,,,,,0,Server_Hello_Done,Client_Hello,TLS1.2,ECDHE,"
	    "AES_128_GCM,SHA256,p,secp256r1,Certificate,trusted,Trusted,"
	    "Forward,s,XXXXXXXX,2026/01/15 00:00:00, 2026/04/15 "
	    "23:59:59,V3,2048,13,32,23,18,:::::RSA,*.dropbox.com,i,"
	    "r,client.dropbox.com,Received fatal alert BadCertificate from "
	    "client,2026-03-04T09:15:02,,,,\n" },
	/* ... the flags missing, and nothing behind it in its place. */
	{ "panos", "192.0.2.44:28790", "198.51.100.20:443", "", 0x0304,
	    LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "1,2026-03-04T09:15:04.000000Z,007051000113358,,DECRYPTION,10.0,"
	    "2026-03-04T09:15:02.000000Z,192.0.2.44,198.51.100.20,0.0.0.0,"
	    "0.0.0.0,deny-all,,jdoe,ssl,vsys1,trust,untrust,,,logging,,999250,"
	    "1,28790,443,,,tcp,allow,GRE,,,,,,,,,TLS1.3,ECDHE,AES_128_GCM,"
	    "SHA256,,x25519,a-policy,,,,,,,,,,,,,,,a-policy,x25519,3,"
	    "Untrusted,Uninspected,Broker\n" },
	/* ... CEF in the zone that it names, and as a relay rewrote it. */
	{ "panos-cef", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_REJECTED, 48,
	    1772615702,
	    "CEF:0|Palo Alto Networks|LF|2.0|DECRYPTION|end|3|dtz=Europe/Berlin "
	    "rt=Mar 04 2026 10:15:09 start=Mar 04 2026 10:15:02 src=192.0.2.44 "
	    "dst=198.51.100.20 spt=50112 dpt=443 PanOSTLSVersion=TLS1.2 "
	    "PanOSErrorIndex=Certificate PanOSProxyType=Forward "
	    "PanOSServerNameIndication=client.dropbox.com PanOSErrorMessage="
	    "Received fatal alert Unknown CA from client\n" },
	{ "panos-cef", "192.0.2.44:0", "198.51.100.20:0", "", 0, LEG_UNKNOWN,
	    OUTCOME_REJECTED, -1, 1772615702,
	    "CEF:0|Palo Alto Networks|LF|2.0|DECRYPTION|decryption|3|"
	    "rt=Mar 04 2026 09:15:02 src=192.0.2.44 dst=198.51.100.20 proto=tcp "
	    "PanOSEventStatus=error PanOSRootStatus=Untrusted "
	    "msg=TLS decryption failed: no common cipher suite\n" },
	/* ... name=value, last field, other separators. */
	{ "panos-pairs", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_REJECTED, 42,
	    1772615702,
	    "receive_time=2026/03/04 09:15:09;time_generated=2026/03/04 "
	    "09:15:02;src=192.0.2.44;dst=198.51.100.20;sport=50112;dport=443;"
	    "tls_version=TLS1.2;sni=client.dropbox.com;error=Received fatal "
	    "alert BadCertificate from client;type=DECRYPTION\n" },
	/* ... the export without some columns, "Domain" among them. */
	{ "panos-export", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_REJECTED, 48,
	    1772615702,
	    "Generate Time,Source address,Destination address,Source Port,"
	    "Destination Port,TLS Version,Error Index,Proxy Type,Server Name "
	    "Indication,Error\n"
	    "2026/03/04 09:15:02,192.0.2.44,198.51.100.20,50112,443,TLS1.2,"
	    "Certificate,Forward,client.dropbox.com,Received fatal alert "
	    "UnknownCA from client\n" },
	/* Netskope: tabs and commas with a header, and neither with one. */
	{ "netskope", "192.0.2.44:61022", "198.51.100.20:443",
	    "client.dropbox.com", 0x0304, LEG_CLIENT, OUTCOME_REJECTED, 48,
	    1772615702,
	    "date,time,c-ip,x-cs-src-port,s-ip,cs-uri-port,x-cs-sni,"
	    "x-cs-ssl-version,x-cs-ssl-handshake-error,x-client-ssl-err\n"
	    "2026-03-04,09:15:02,192.0.2.44,61022,198.51.100.20,443,"
	    "client.dropbox.com,TLSv1.3,Yes,HsFailure "
	    "(error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown "
	    "ca)\n" },
	{ "netskope", "192.0.2.44:61022", "198.51.100.20:443",
	    "client.dropbox.com", 0, LEG_CLIENT, OUTCOME_REJECTED, 42,
	    1772615702,
	    "{\"date\":\"2026-03-04\",\"time\":\"09:15:02\","
	    "\"c-ip\":\"192.0.2.44\",\"x-cs-src-port\":\"61022\","
	    "\"s-ip\":\"198.51.100.20\",\"cs-uri-port\":\"443\","
	    "\"x-cs-sni\":\"client.dropbox.com\",\"x-cs-ssl-version\":\"-\","
	    "\"x-cs-ssl-handshake-error\":\"Yes\",\"x-client-ssl-err\":"
	    "\"HsFailure (sslv3 alert bad certificate)\"}\n" },
	{ "netskope", "192.0.2.44:61022", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_ACCEPTED, -1,
	    1772615702,
	    "2026-03-04,09:15:02,12,517,88,605,192.0.2.44,198.51.100.20,"
	    "jdoe@example.com,GET,https,-,\"Agent/1.0 (a, b)\",text/html,"
	    "200,-,-,client.dropbox.com,-,443,-,-,-,Dropbox,-,-,-,-,-,-,-,"
	    "-,-,-,-,-,-,-,-,-,-,-,-,-,-,-,-,-,http_transaction,-,-,-,-,"
	    "client.dropbox.com,-,-,-,-,-,-,-,No,-,-,-,-,-,-,-,-,-,-,-,-,-,"
	    "-,No,No,No,-,-,Allow,Established,-,-,-,-,-,-,-,Decrypt,-,"
	    "TLSv1.2,-,TLSv1.3,-,203.0.113.7,-,192.0.2.44,61022,"
	    "198.51.100.20,443,-,-\n" },
	/* The same with one column of bytes less, and cut after the flags. */
	{ "netskope", "192.0.2.44:0", "198.51.100.20:443",
	    "client.dropbox.com", 0, LEG_CLIENT, OUTCOME_ACCEPTED, -1,
	    1772615702,
	    "2026-03-04 09:15:02 12 517 605 192.0.2.44 198.51.100.20 "
	    "jdoe@example.com GET https - \"Agent/1.0 (a b)\" text/html 200 "
	    "text/html client.dropbox.com client.dropbox.com /a 443 - 0 Client "
	    "Dropbox - - - - - - - - - - - - - - - - - - - - - - - - "
	    "http_transaction - - - - client.dropbox.com - -\n" },
	/* ProxySG: no header, in the factory's layouts. */
	{ "proxysg", "192.0.2.44:0", "?:443", "client.dropbox.com", 0,
	    LEG_DIRECT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "2026-03-04 09:15:02 118 192.0.2.44 200 TCP_TUNNELED 3914 1822 "
	    "CONNECT tcp client.dropbox.com 443 / - jdoe - client.dropbox.com "
	    "- - \"Agent/1.0\" OBSERVED \"File Storage\" - 10.0.0.8\n" },
	{ "proxysg", "192.0.2.44:0", "?:443", "client.dropbox.com", 0,
	    LEG_UNKNOWN, OUTCOME_REJECTED, -1, 1772615702,
	    "<134>Mar  4 09:15:03 proxy1 ProxySG: 2026-03-04 09:15:02 118 "
	    "192.0.2.44 jdoe - ssl_failed DENIED \"File Storage\" - 503 "
	    "TCP_DENIED CONNECT - ssl client.dropbox.com 443 / - - \"Agent/1.0\" "
	    "10.0.0.8 3914 1822 -\n" },
	/* ... keys and values, the time without a blank, or behind a cookie. */
	{ "proxysg", "192.0.2.44:0", "198.51.100.20:443", "client.dropbox.com",
	    0x0303, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "2026-03-04T10:15:03PROXY1.EXAMPLE bluecoat - access_log - "
	    "c-ip=192.0.2.44 cs-host=client.dropbox.com cs-uri-port=443 "
	    "cs-uri-scheme=\"https\" r-ip=198.51.100.20 s-action=TCP_NC_MISS "
	    "x-exception-id=- x-cookie-date=Wed,%2004-Mar-26%2009:15:02%20GMT "
	    "x-cs-connection-negotiated-ssl-version=TLSv1.2\n" },
};

static const char *
endpoint_words(const struct endpoint *e, char *room, size_t n)
{
	char address[ADDRESS_TEXT_SIZE];

	snprintf(room, n, "%s:%u", e->family == 0 ? "?" :
	    endpoint_address(e, address), (unsigned)e->port);
	return room;
}

static void
check(const struct shape *s, const char *lines)
{
	struct logs l = { 0 };
	const struct handshake *h = &l.at[0];
	char room[80];

	logs_read_string(&l, lines);
	ck_assert_int_eq(l.result, 0);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_uint_eq(l.info.bad, 0);
	ck_assert_str_eq(l.info.kind, s->kind);
	ck_assert_str_eq(endpoint_words(&h->client, room, sizeof(room)),
	    s->client);
	ck_assert_str_eq(endpoint_words(&h->server, room, sizeof(room)),
	    s->server);
	ck_assert_uint_eq(h->host.n, strlen(s->host));
	ck_assert(text_is(h->host, s->host));
	ck_assert_uint_eq(h->chosen.version, s->version);
	ck_assert_int_eq(h->leg, s->leg);
	ck_assert_int_eq(h->outcome, s->outcome);
	ck_assert_int_eq(h->n_alerts > 0 ? h->alerts[0].code : -1, s->alert);
	ck_assert_int_eq(h->hello.time / CLOCK_SECOND, s->time);
	logs_free(&l);
}

START_TEST(reads_each_shape)
{
	check(&shapes[_i], shapes[_i].lines);
}
END_TEST

/* What relays and collectors wrap around the last line of a shape. */
START_TEST(reads_each_shape_wrapped)
{
	static const char *const fronts[] = {
		"<134>Mar  4 09:15:03 192.0.2.9 ",
		"<14>1 2026-03-04T09:15:03.001Z relay1 app 77 - - ",
		"Mar  4 09:15:03 relay1 ",
	};
	const struct shape *s = &shapes[_i];
	size_t n = strlen(s->lines);
	const char *last = s->lines + n - 1;
	char *wrapped = malloc(n + 100);

	while (last > s->lines && last[-1] != '\n')
		last--;
	/* What a web interface exports passes no syslog. */
	for (size_t i = 0; i < N_ITEMS(fronts) &&
	     strcmp(s->kind, "panos-export") != 0; i++) {
		size_t header = (size_t)(last - s->lines);

		memcpy(wrapped, s->lines, header);
		snprintf(wrapped + header, n + 100 - header, "%s%s", fronts[i],
		    last);
		check(s, wrapped);
	}
	/* From Windows. */
	snprintf(wrapped, n + 100, "%.*s\r\n", (int)n - 1, s->lines);
	check(s, wrapped);
	free(wrapped);
}
END_TEST

/* Lines of these products, and of their neighbours, which tell no handshake. */
static const char *const others[] = {
	"2026-03-04 09:15:02 118 192.0.2.44 200 TCP_NC_MISS 3914 1822 GET http "
	"plain.example.com 80 / - jdoe - plain.example.com - - \"Agent/1.0\" "
	"OBSERVED \"News\" - 10.0.0.8\n",
};

START_TEST(leaves_other_lines_alone)
{
	struct logs l = { 0 };
	/* A line that is understood stands first, so that the input is a log. */
	const char *known = "{\"date\":\"2026-03-04\",\"time\":\"09:15:02\","
	    "\"c-ip\":\"192.0.2.44\",\"x-cs-ssl-version\":\"TLSv1.2\"}\n";
	char *both = malloc(strlen(known) + strlen(others[_i]) + 1);

	strcpy(both, known);
	strcat(both, others[_i]);
	logs_read_string(&l, both);
	ck_assert_int_eq(l.result, 0);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_uint_eq(l.info.bad, 0);
	logs_free(&l);
	free(both);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("product lines");

	tcase_add_loop_test(tc, reads_each_shape, 0, N_ITEMS(shapes));
	tcase_add_loop_test(tc, reads_each_shape_wrapped, 0, N_ITEMS(shapes));
	tcase_add_loop_test(tc, leaves_other_lines_alone, 0, N_ITEMS(others));
	return unit_run(tc);
}
