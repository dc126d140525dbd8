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
	for (size_t i = 0; i < N_ITEMS(fronts); i++) {
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
