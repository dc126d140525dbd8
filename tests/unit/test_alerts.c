#include "knowledge/alerts.h"

#include "unit.h"

static const struct {
	const char *text;
	int code;
} spellings[] = {
	{ "unknown_ca", 48 },
	{ "UnknownCA", 48 },
	{ "Unknown-CA", 48 },
	{ " unknown ca ", 48 },
	{ "48", 48 },
	{ "tlsv1 alert unknown ca", 48 },
	{ "CA is unknown", 48 },
	{ "SSL_ERROR_UNKNOWN_CA_ALERT", 48 },
	{ "SEC_E_UNTRUSTED_ROOT", 48 },
	{ "unknown certificate authority", 48 },
	{ "TLSV1_ALERT_UNKNOWN_CA", 48 },
	{ "sslv3 alert certificate unknown", 46 },
	{ "ssl/tls alert bad certificate", 42 },
	{ "remote error: tls: bad certificate", 42 },
	{ "SSLV3_ALERT_CERTIFICATE_UNKNOWN", 46 },
	{ "unknown certificate", 46 },
	{ "bad_certificate_status_response", 113 },
	{ "tlsv1 unrecognized name", 112 },
	{ "no_renegotiation_RESERVED", 100 },
	{ "EchRequired", 121 },
	{ "UnknownPskIdentity", 115 },
	{ "tlsv1 alert user cancelled", 90 },
	{ "Received fatal alert: certificate_unknown", 46 },
	{ "0", 0 },
	{ "", -1 },
	{ "alert", -1 },
	{ "unknown-32257", -1 },
	{ "2", -1 },
	{ "300", -1 },
	{ "unknown_cake", -1 },
	{ "unknown ca (really)", -1 },
	{ "SEC_E_ILLEGAL_MESSAGE", -1 },
};

START_TEST(knows_the_spelling)
{
	ck_assert_msg(alert_by_spelling(text_of(spellings[_i].text)) ==
	    spellings[_i].code, "%s: %d", spellings[_i].text,
	    alert_by_spelling(text_of(spellings[_i].text)));
}
END_TEST

static const struct {
	const char *text;
	int code;
} messages[] = {
	{ "Received fatal alert UnknownCA from client. CA Issuer URL", 48 },
	{ "General TLS protocol error. Received fatal alert DecodeError from "
	  "server", 50 },
	{ "Client TLS handshake failed. The client may not trust the proxy's "
	  "certificate for api.example (OpenSSL Error([('SSL routines', "
	  "'ssl3_read_bytes', 'sslv3 alert certificate unknown')]))", 46 },
	{ "trust the proxy's certificate for a.example (tlsv1 alert unknown "
	  "ca)", 48 },
	{ "SSL handshake failure (error:0A000418:SSL routines::tlsv1 alert "
	  "unknown ca)", 48 },
	{ "error:0A000416", 46 },
	{ "error:14094412", 42 },
	{ "SQUID_TLS_ERR_ACCEPT+TLS_LIB_ERR=A000418+TLS_IO_ERR=1", 48 },
	{ "SQUID_TLS_ERR_ACCEPT+TLS_LIB_ERR=14094418+TLS_IO_ERR=1", 48 },
	{ "SSL handshake failure (error:0A0000C1:SSL routines::no shared "
	  "cipher)", -1 },
	{ "resign Alert[C]: unknown CA(0x30)", 48 },
	{ "Error from src bufferevent: 0:- 336151576:1048:tlsv1 alert unknown "
	  "ca:20:SSL routines:148:SSL3_READ_BYTES", 48 },
	{ "CLIENT_ALERT_SEEN_UNKNOWN_CA", 48 },
	{ "VALID, ALERT_SEEN, CLIENT_ALERT_SEEN_BAD_CERTIFICATE", 42 },
	{ "http: TLS handshake error from 192.0.2.1:4711: remote error: tls: "
	  "unknown certificate authority", 48 },
	{ "javax.net.ssl.SSLHandshakeException: Received fatal alert: "
	  "certificate_unknown", 46 },
	{ "The TLS protocol defined fatal alert code is 46.", 46 },
	{ "client alert\\=48", 48 },
	{ "SSL alert number 42", 42 },
	{ "fatal alert, level 2: bad certificate status response", 113 },
	{ "client rejected us: bad certificate", 42 },
	{ "x509: certificate signed by unknown authority", -1 },
	{ "an internal error, try again", -1 },
	{ "access denied by policy", -1 },
	{ "session 14094418 closed", -1 },
	{ "alert level 2", -1 },
	{ "", -1 },
};

START_TEST(finds_the_alert_in_a_message)
{
	ck_assert_msg(alert_in_message(text_of(messages[_i].text)) ==
	    messages[_i].code, "%s: %d", messages[_i].text,
	    alert_in_message(text_of(messages[_i].text)));
}
END_TEST

START_TEST(stays_inside_every_truncation)
{
	const char *s = messages[_i].text;

	for (size_t n = 0; n <= strlen(s); n++) {
		char *copy = malloc(n > 0 ? n : 1);

		memcpy(copy, s, n);
		ck_assert_int_lt(alert_in_message((struct text){ copy, n }),
		    256);
		ck_assert_int_lt(alert_by_spelling((struct text){ copy, n }),
		    256);
		free(copy);
	}
}
END_TEST

START_TEST(every_name_is_its_own_spelling)
{
	int n = 0;

	for (int code = -1; code <= 256; code++) {
		const char *name = alert_name(code);

		if (name == NULL)
			continue;
		n++;
		ck_assert_int_eq(alert_by_spelling(text_of(name)), code);
		ck_assert_int_eq(alert_in_message(text_of(name)), code);
	}
	ck_assert_int_eq(n, 37);
}
END_TEST

START_TEST(certificate_alerts_are_seven)
{
	int n = 0;

	for (int code = -1; code < 300; code++)
		n += alert_is_certificate(code);
	ck_assert_int_eq(n, 7);
	ck_assert(!alert_is_certificate(47));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("alerts");

	tcase_add_loop_test(tc, knows_the_spelling, 0, N_ITEMS(spellings));
	tcase_add_loop_test(tc, finds_the_alert_in_a_message, 0,
	    N_ITEMS(messages));
	tcase_add_loop_test(tc, stays_inside_every_truncation, 0,
	    N_ITEMS(messages));
	tcase_add_test(tc, every_name_is_its_own_spelling);
	tcase_add_test(tc, certificate_alerts_are_seven);
	return unit_run(tc);
}
