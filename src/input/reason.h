/*
 * reason.h - why a handshake failed, in the words of TLS libraries.
 *
 * OpenSSL, BoringSSL, LibreSSL, GnuTLS, NSS, Schannel, Secure Transport, and the
 * libraries of Go, Java, Python, Node and Rust all write their own.  What counts
 * here is who gave up, seen from the side that wrote the line.
 */
#ifndef PINSPOT_INPUT_REASON_H
#define PINSPOT_INPUT_REASON_H

#include <stdint.h>

#include "base/text.h"

enum reason_kind {
	REASON_NONE, /* it does not say, or not in words known here */
	REASON_ALERT, /* the other side sent an alert */
	REASON_CERTIFICATE, /* this side did not accept the other's certificate */
	REASON_REFUSED, /* this side gave up for another reason: no common suite */
	REASON_CLOSED, /* the other side closed the connection */
	REASON_RESET, /* or reset it */
	REASON_TIMEOUT,
	REASON_NETWORK, /* there was no connection */
	REASON_NO_TLS, /* the other side did not speak TLS */
};

struct reason {
	enum reason_kind kind;
	int alert; /* of REASON_ALERT; else -1 */
};

struct reason reason_of(struct text message);

/* Of a packed error code of OpenSSL, 1.x or 3.x (ERR_get_error(3)). */
struct reason reason_of_code(uint32_t code);

#endif
