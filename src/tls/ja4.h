/*
 * ja4.h - the JA4 fingerprint of a ClientHello, and the one we group by.
 *
 * JA4 is FoxIO's (BSD-3-Clause): a_b_c, where a names the transport, the
 * version, whether there is an SNI, how many cipher suites and extensions there
 * are and the first ALPN protocol; b hashes the sorted suites and c the sorted
 * extensions with the signature algorithms in order.  GREASE (RFC 8701) is left
 * out everywhere.
 */
#ifndef PINSPOT_TLS_JA4_H
#define PINSPOT_TLS_JA4_H

#include "tls/hello.h"

enum { JA4_SIZE = 37 }; /* with the NUL */

enum ja4_form {
	JA4_PUBLISHED,
	/* Without padding, pre_shared_key, early_data and cookie, which come
	 * and go from one connection to the next: one program, one text. */
	JA4_NORMALISED,
};

void ja4_text(const struct hello *hello, enum ja4_form form,
    char out[JA4_SIZE]);

#endif
