#include "input/reason.h"

#include "unit.h"

static const struct {
	const char *message;
	enum reason_kind kind;
	int alert;
} cases[] = {
	/* OpenSSL 1.0, 1.1, 3.0 and 3.2, BoringSSL */
	{ "error:14094418:SSL routines:SSL3_READ_BYTES:tlsv1 alert unknown ca",
	    REASON_ALERT, 48 },
	{ "error:0A000412:SSL routines::ssl/tls alert bad certificate",
	    REASON_ALERT, 42 },
	{ "TLS_error:|268436498:SSL routines:OPENSSL_internal:"
	    "SSLV3_ALERT_CERTIFICATE_UNKNOWN:TLS_error_end", REASON_ALERT, 46 },
	{ "error:14090086:SSL routines:ssl3_get_server_certificate:certificate "
	    "verify failed", REASON_CERTIFICATE, -1 },
	{ "error:1417A0C1:SSL routines:f:no shared cipher", REASON_REFUSED, -1 },
	{ "error:0A000126:SSL routines::unexpected eof while reading",
	    REASON_CLOSED, -1 },
	{ "error:1407609C:SSL routines:SSL23_GET_CLIENT_HELLO:http request",
	    REASON_NO_TLS, -1 },
	{ "SQUID_TLS_ERR_ACCEPT+TLS_LIB_ERR=A000418+TLS_IO_ERR=1",
	    REASON_ALERT, 48 },
	{ "SQUID_TLS_ERR_ACCEPT+TLS_LIB_ERR=A000119+TLS_IO_ERR=1",
	    REASON_REFUSED, -1 },
	{ "SQUID_TLS_ERR_ACCEPT+TLS_IO_ERR=5+errno=104", REASON_RESET, -1 },
	/* Go */
	{ "remote error: tls: unknown certificate authority", REASON_ALERT, 48 },
	{ "remote error: tls: unknown certificate", REASON_ALERT, 46 },
	{ "local error: tls: bad record MAC", REASON_REFUSED, -1 },
	{ "tls: client offered only unsupported versions: [301]",
	    REASON_REFUSED, -1 },
	{ "tls: failed to verify certificate: x509: certificate signed by "
	    "unknown authority", REASON_CERTIFICATE, -1 },
	{ "x509: certificate has expired or is not yet valid",
	    REASON_CERTIFICATE, -1 },
	{ "tls: first record does not look like a TLS handshake",
	    REASON_NO_TLS, -1 },
	{ "http: TLS handshake error from 192.0.2.1:5: EOF", REASON_CLOSED, -1 },
	/* Python, Node, Java, Rust, GnuTLS, Chromium, Schannel */
	{ "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-"
	    "signed certificate in certificate chain", REASON_CERTIFICATE, -1 },
	{ "SELF_SIGNED_CERT_IN_CHAIN", REASON_CERTIFICATE, -1 },
	{ "ERR_TLS_CERT_ALTNAME_INVALID", REASON_CERTIFICATE, -1 },
	{ "read ECONNRESET", REASON_RESET, -1 },
	{ "PKIX path building failed: unable to find valid certification path",
	    REASON_CERTIFICATE, -1 },
	{ "javax.net.ssl.SSLHandshakeException: Received fatal alert: "
	    "bad_certificate", REASON_ALERT, 42 },
	{ "invalid peer certificate: UnknownIssuer", REASON_CERTIFICATE, -1 },
	{ "A TLS fatal alert has been received: CA is unknown",
	    REASON_ALERT, 48 },
	{ "net::ERR_CERT_AUTHORITY_INVALID", REASON_CERTIFICATE, -1 },
	{ "net::ERR_SSL_VERSION_OR_CIPHER_MISMATCH", REASON_REFUSED, -1 },
	/* nothing known */
	{ "SSL handshake failure", REASON_NONE, -1 },
	{ "error:00000001:lib(0):func(0):reason(1)", REASON_NONE, -1 },
	{ "", REASON_NONE, -1 },
};

START_TEST(tells_who_gave_up)
{
	struct reason r = reason_of(text_of(cases[_i].message));

	ck_assert_msg(r.kind == cases[_i].kind, "%s is %d",
	    cases[_i].message, r.kind);
	ck_assert_int_eq(r.alert, cases[_i].alert);
}
END_TEST

START_TEST(reads_packed_codes)
{
	ck_assert_int_eq(reason_of_code(0x0A000418).alert, 48);
	ck_assert_int_eq(reason_of_code(0x14094418).alert, 48);
	ck_assert_int_eq(reason_of_code(0x0A0000C1).kind, REASON_REFUSED);
	ck_assert_int_eq(reason_of_code(0).kind, REASON_NONE);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("reason");

	tcase_add_loop_test(tc, tells_who_gave_up, 0, N_ITEMS(cases));
	tcase_add_test(tc, reads_packed_codes);
	return unit_run(tc);
}
