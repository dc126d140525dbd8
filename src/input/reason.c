#include "input/reason.h"

#include <string.h>

#include "base/attr.h"
#include "knowledge/alerts.h"

enum { ALERT_REASON = 1000 /* OpenSSL's reason of an alert is this + code */ };

/* Reasons of include/openssl/sslerr.h, the same numbers from 1.0 to 3.x. */
static const struct {
	uint16_t reason;
	enum reason_kind kind;
} openssl[] = {
	{ 101, REASON_REFUSED }, /* no suitable key share */
	{ 118, REASON_REFUSED }, /* no suitable signature algorithm */
	{ 123, REASON_REFUSED }, /* bad signature */
	{ 134, REASON_CERTIFICATE }, /* certificate verify failed */
	{ 155, REASON_NO_TLS }, /* https proxy request */
	{ 156, REASON_NO_TLS }, /* http request */
	{ 181, REASON_REFUSED }, /* no ciphers available */
	{ 183, REASON_REFUSED }, /* no ciphers specified */
	{ 191, REASON_REFUSED }, /* no protocols available */
	{ 193, REASON_REFUSED }, /* no shared cipher */
	{ 198, REASON_NO_TLS }, /* packet length too long */
	{ 199, REASON_CERTIFICATE }, /* peer did not return a certificate */
	{ 234, REASON_REFUSED }, /* callback failed: no certificate for the name */
	{ 235, REASON_REFUSED }, /* no application protocol */
	{ 252, REASON_NO_TLS }, /* unknown protocol */
	{ 258, REASON_REFUSED }, /* unsupported protocol */
	{ 267, REASON_NO_TLS }, /* wrong version number */
	{ 281, REASON_REFUSED }, /* decryption failed or bad record mac */
	{ 294, REASON_CLOSED }, /* unexpected eof while reading */
	{ 338, REASON_REFUSED }, /* unsafe legacy renegotiation disabled */
	{ 370, REASON_REFUSED }, /* wrong signature type */
	{ 373, REASON_REFUSED }, /* inappropriate fallback */
	{ 394, REASON_REFUSED }, /* dh key too small */
	{ 396, REASON_REFUSED }, /* version too low */
	{ 399, REASON_REFUSED }, /* ee key too small */
};

/* What a message is searched for, in this order and in any case; '_' and '-'
 * match blanks, so that CERTIFICATE_VERIFY_FAILED is among them. */
static const struct {
	const char *words;
	enum reason_kind kind;
} phrases[] = {
	/* Not what one side thinks of the other's certificate */
	{ "http request", REASON_NO_TLS },
	{ "https proxy request", REASON_NO_TLS },
	{ "wrong version number", REASON_NO_TLS },
	{ "unknown protocol", REASON_NO_TLS },
	{ "packet length too long", REASON_NO_TLS },
	{ "does not look like a tls handshake", REASON_NO_TLS },
	{ "does not speak tls", REASON_NO_TLS },
	{ "not an ssl/tls record", REASON_NO_TLS },
	{ "plaintext http", REASON_NO_TLS },
	/* OpenSSL, BoringSSL, Python */
	{ "certificate verify failed", REASON_CERTIFICATE },
	{ "certificate verification fail", REASON_CERTIFICATE },
	{ "certificate verification error", REASON_CERTIFICATE },
	{ "certificate verify error", REASON_CERTIFICATE },
	{ "peer did not return a certificate", REASON_CERTIFICATE },
	{ "unable to get local issuer", REASON_CERTIFICATE },
	{ "unable to get issuer cert", REASON_CERTIFICATE },
	{ "unable to verify leaf", REASON_CERTIFICATE },
	{ "unable to verify the first", REASON_CERTIFICATE },
	{ "self signed cert", REASON_CERTIFICATE },
	{ "certificate has expired", REASON_CERTIFICATE },
	{ "cert has expired", REASON_CERTIFICATE },
	{ "certificate is not yet valid", REASON_CERTIFICATE },
	{ "hostname mismatch", REASON_CERTIFICATE },
	{ "ip address mismatch", REASON_CERTIFICATE },
	{ "x509 v err", REASON_CERTIFICATE },
	/* Node and Chromium */
	{ "cert altname invalid", REASON_CERTIFICATE },
	{ "err cert ", REASON_CERTIFICATE },
	{ "err ssl pinned key", REASON_CERTIFICATE },
	/* Go: crypto/x509 */
	{ "x509: certificate", REASON_CERTIFICATE },
	{ "x509: cannot validate", REASON_CERTIFICATE },
	{ "signed by unknown authority", REASON_CERTIFICATE },
	{ "failed to verify certificate", REASON_CERTIFICATE },
	/* Java, Android, OkHttp */
	{ "pkix path", REASON_CERTIFICATE },
	{ "valid certification path", REASON_CERTIFICATE },
	{ "trust anchor for certification path", REASON_CERTIFICATE },
	{ "certificate pinning failure", REASON_CERTIFICATE },
	{ "pin verification failed", REASON_CERTIFICATE },
	/* Rust, NSS, GnuTLS, Schannel, Secure Transport */
	{ "invalid peer certificate", REASON_CERTIFICATE },
	{ "unknownissuer", REASON_CERTIFICATE },
	{ "sec error unknown issuer", REASON_CERTIFICATE },
	{ "sec error untrusted", REASON_CERTIFICATE },
	{ "sec error expired", REASON_CERTIFICATE },
	{ "ssl error bad cert domain", REASON_CERTIFICATE },
	{ "mozilla pkix error", REASON_CERTIFICATE },
	{ "peer's certificate issuer", REASON_CERTIFICATE },
	{ "certificate is not trusted", REASON_CERTIFICATE },
	{ "certificate is not valid", REASON_CERTIFICATE },
	{ "not trusted by the trust provider", REASON_CERTIFICATE },
	{ "cert e untrustedroot", REASON_CERTIFICATE },
	{ "remotecertificate", REASON_CERTIFICATE },
	{ "remote certificate is invalid", REASON_CERTIFICATE },
	{ "servercertificateuntrusted", REASON_CERTIFICATE },
	/* No common ground */
	{ "no shared cipher", REASON_REFUSED },
	{ "no cipher", REASON_REFUSED },
	{ "no suitable", REASON_REFUSED },
	{ "no common", REASON_REFUSED },
	{ "cannot agree", REASON_REFUSED },
	{ "unsupported protocol", REASON_REFUSED },
	{ "unsupported ssl", REASON_REFUSED },
	{ "unsupported version", REASON_REFUSED },
	{ "version or cipher mismatch", REASON_REFUSED },
	{ "no protocols available", REASON_REFUSED },
	{ "no supported versions", REASON_REFUSED },
	{ "inappropriate fallback", REASON_REFUSED },
	{ "version too low", REASON_REFUSED },
	{ "key too small", REASON_REFUSED },
	{ "legacy renegotiation disabled", REASON_REFUSED },
	{ "bad record mac", REASON_REFUSED },
	{ "wrong signature type", REASON_REFUSED },
	{ "local error: tls", REASON_REFUSED },
	/* No connection at all, or no longer */
	{ "timed out", REASON_TIMEOUT },
	{ "timeout", REASON_TIMEOUT },
	{ "deadline exceeded", REASON_TIMEOUT },
	{ "etimedout", REASON_TIMEOUT },
	{ "connection refused", REASON_NETWORK },
	{ "econnrefused", REASON_NETWORK },
	{ "no route to host", REASON_NETWORK },
	{ "unreachable", REASON_NETWORK },
	{ "unexpected eof", REASON_CLOSED },
	{ "reset by peer", REASON_RESET },
	{ "connection reset", REASON_RESET },
	{ "connreset", REASON_RESET },
	{ "connaborted", REASON_RESET },
	{ "connection aborted", REASON_RESET },
	{ "broken pipe", REASON_RESET },
	{ "forcibly closed", REASON_RESET },
	{ "connection closed", REASON_CLOSED },
	{ "closed by client", REASON_CLOSED },
	{ "aborted by client", REASON_CLOSED },
	{ "client disconnected", REASON_CLOSED },
	{ "peer closed", REASON_CLOSED },
	{ "peer aborted", REASON_CLOSED },
	{ "socket hang up", REASON_CLOSED },
	{ "errno=104", REASON_RESET },
	/* Squid: what SSL_get_error said, what SSL_connect returned, errno */
	{ "(5/ 1/104)", REASON_RESET },
	{ "(5/ 1/110)", REASON_TIMEOUT },
	{ "(5/0/", REASON_CLOSED },
	{ ": eof", REASON_CLOSED },
};

static char
plain(char c)
{
	if (c == '_' || c == '-')
		return ' ';
	return text_lower(c);
}

static bool
contains(struct text t, const char *words)
{
	size_t n = strlen(words), k;

	for (size_t i = 0; i + n <= t.n; i++) {
		for (k = 0; k < n && plain(t.at[i + k]) == words[k]; k++)
			;
		if (k == n)
			return true;
	}
	return false;
}

struct reason
reason_of_code(uint32_t code)
{
	/* 3.x has 23 bits of reason; 1.x 12, with the function above them. */
	unsigned reason = code & 0xfff;

	if (reason >= ALERT_REASON &&
	    alert_name((int)(reason - ALERT_REASON)) != NULL)
		return (struct reason){ REASON_ALERT,
			(int)(reason - ALERT_REASON) };
	for (size_t i = 0; i < N_ITEMS(openssl); i++)
		if (openssl[i].reason == reason)
			return (struct reason){ openssl[i].kind, -1 };
	return (struct reason){ REASON_NONE, -1 };
}

/* The hex digits behind "error:" or "TLS_LIB_ERR=". */
static bool
packed_code(struct text t, uint32_t *out)
{
	static const char *const begins[] = { "error:", "TLS_LIB_ERR=" };
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < N_ITEMS(begins); i++) {
		long at = text_find(t, begins[i]);
		size_t n = 0, k;

		if (at < 0)
			continue;
		k = (size_t)at + strlen(begins[i]);
		for (*out = 0; k < t.n && n < 8; k++, n++) {
			char c = plain(t.at[k]);
			const char *d = memchr(digits, c, 16);

			if (d == NULL)
				break;
			*out = *out << 4 | (uint32_t)(d - digits);
		}
		if (n >= 5)
			return true;
	}
	return false;
}

struct reason
reason_of(struct text message)
{
	struct reason r = { REASON_NONE, -1 };
	uint32_t code;

	/* Go: what this side found wrong bears the name of the alert it sent. */
	if (text_find(message, "local error: tls") < 0)
		r.alert = alert_in_message(message);
	if (r.alert >= 0) {
		r.kind = REASON_ALERT;
		return r;
	}
	if (packed_code(message, &code))
		r = reason_of_code(code);
	for (size_t i = 0; i < N_ITEMS(phrases) && r.kind == REASON_NONE; i++)
		if (contains(message, phrases[i].words))
			r.kind = phrases[i].kind;
	if (r.kind == REASON_NONE && text_equal_nocase(message, TEXT("EOF")))
		r.kind = REASON_CLOSED;
	return r;
}
