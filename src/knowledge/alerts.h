/*
 * alerts.h - the TLS alerts, and everybody's spelling of them.
 */
#ifndef PINSPOT_KNOWLEDGE_ALERTS_H
#define PINSPOT_KNOWLEDGE_ALERTS_H

#include <stdbool.h>

#include "base/text.h"

/* RFC 8446 section 6 name such as "unknown_ca", or NULL where unassigned. */
const char *alert_name(int code);

/* The code of an alert in any library's or vendor's spelling: the RFC's, PAN-OS
 * ("UnknownCA"), OpenSSL ("tlsv1 alert unknown ca"), GnuTLS, NSS, Go, Java,
 * Schannel, BoringSSL, or a decimal number.  Case, blanks, '_' and '-' do not
 * count.  -1 where it is none. */
int alert_by_spelling(struct text t);

/* The same, where the spelling (or a packed OpenSSL error code) stands in the
 * middle of a longer message.  -1 where there is none. */
int alert_in_message(struct text t);

/* The date of the spellings. */
const char *alerts_date(void);

/* The alerts by which a client refuses a certificate, 42-46, 48 and 49, as bits
 * of their codes. */
#define ALERTS_OF_CERTIFICATES (0x1fULL << 42 | 3ULL << 48)
bool alert_is_certificate(int code);

#endif
