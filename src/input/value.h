/*
 * value.h - the values of log fields, in everybody's spelling.
 *
 * All return false, or what stands for unknown, and leave *out alone where the
 * text is not such a value.  Blanks around it do not count.
 */
#ifndef PINSPOT_INPUT_VALUE_H
#define PINSPOT_INPUT_VALUE_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"
#include "base/text.h"
#include "input/log.h"
#include "model/handshake.h"

/* "-", "null", "N/A", "(empty)" and the like, or blanks. */
bool value_is_word_for_nothing(struct text t);

/* Nothing, or such a word; nearly all values are told from them by their first
 * letter. */
static inline bool
value_is_absent(struct text t)
{
	if (t.n == 0)
		return true;
	switch (t.at[0]) {
	case '-': case '(': case 'n': case 'N': case 'u': case 'U':
	case ' ': case '\t':
		return value_is_word_for_nothing(t);
	default:
		return false;
	}
}

/* The same text, or the empty one where it is such a word. */
static inline struct text
value_present(struct text t)
{
	return value_is_absent(t) ? (struct text){ 0 } : t;
}

/* The name of a column without the type that Azure's Log Analytics appends to
 * those of custom tables: "server_name_s". */
static inline struct text
value_column(struct text name)
{
	if (name.n > 3 && name.at[name.n - 2] == '_' &&
	    memchr("bdgst", name.at[name.n - 1], 5) != NULL)
		name.n -= 2;
	return name;
}

/* What somebody put in place of an address or number to hide it: "x.x.x.x",
 * "10.1.XX.XX", "XXXX", "ANONYMIZED", "<ip>". */
bool value_is_masked(struct text t);

/*
 * A time in any form that logs use: ISO 8601 with 'T' or a blank ('/' for '-'),
 * "Mar 04 2026 09:15:02.118 UTC", "Mar  4 09:15:02" (the newest year that fits),
 * "Wed Mar 04 09:15:02 2026", "Mar 4, 2026 @ 09:15:02.118", "Wednesday, March 04,
 * 2026 9:15:02 AM", "[04/Mar/2026:09:15:02 +0100]", "04-Mar-26 09:15:02 GMT",
 * "4Mar2026 9:15:02", "Wed, 04 Mar 2026 09:15:02 +0100", "3/4/2026, 9:15:02 AM",
 * all of them with the zone's name, too (zone.h); seconds since 1970 with or
 * without a fraction, or milli-, micro- or nanoseconds, told apart by the number
 * of digits.  Times without a zone are in --timezone's.
 */
bool value_time(struct log *log, struct text t, int64_t *out) MUST_CHECK;

/* The same where another field names the zone; an empty or unknown name counts as
 * none. */
bool value_time_in(struct log *log, struct text t, struct text zone,
    int64_t *out) MUST_CHECK;

/* An address; the port is left alone. */
bool value_address(struct text t, struct endpoint *out) MUST_CHECK;

/* An address that may be absent or masked, which leaves *out alone; false where
 * the text is anything else. */
bool value_peer(struct text t, struct endpoint *out) MUST_CHECK;

/* Whether it is an address of an organisation's own: RFC 1918, 6598, 4193. */
bool value_is_inner(const struct endpoint *e);

/* "192.0.2.1:443", "[2001:db8::1]:443", or an IPv6 address whose last colon
 * stands before the port where `bare` says so; or the address alone. */
bool value_endpoint(struct text t, bool bare, struct endpoint *out) MUST_CHECK;

static inline bool MUST_CHECK
value_number(struct text t, uint64_t *out)
{
	return text_u64(t, out) || text_u64(text_trim(t), out);
}

/* 0 to 65535. */
static inline bool MUST_CHECK
value_port(struct text t, struct endpoint *out)
{
	uint64_t port;

	if (!value_number(t, &port) || port > UINT16_MAX)
		return false;
	out->port = (uint16_t)port;
	return true;
}

/* "zo%C3%AB@example.com" with the bytes that %HH stand for; lives until the next
 * line. */
struct text value_percent_decoded(struct log *log, struct text t);

/* A number of connections, at least 1 and at most what fits. */
static inline bool MUST_CHECK
value_count(struct text t, uint32_t *out)
{
	uint64_t n;

	if (!value_number(t, &n) || n > UINT32_MAX)
		return false;
	*out = n > 0 ? (uint32_t)n : 1;
	return true;
}

/* "TLS1.2", "TLSv1.2", "TLSv12", "TLS 1.2", "TLS1_2", "TLS/1.2", "tls1.3", "1.3",
 * "SSLv3", "DTLSv12", "0x0303", "771": the version's number, or 0. */
uint16_t value_version(struct text t);

/* "true", "yes", "T", "1" and their opposites. */
enum truth value_truth(struct text t);

/* The host in "https://user@host:port/path", "host:443", "host/path" or "host";
 * empty where there is none. */
struct text value_url_host(struct text t);

/* The port in "https://host:8443/path", "host:443" or "[2001:db8::1]:443"; false
 * where there is none. */
bool value_url_port(struct text t, struct endpoint *out) MUST_CHECK;

/* Set the host, if there is one.  A host that is an address becomes
 * HOST_ADDRESS. */
void value_host(struct handshake *h, struct text t, enum host_source source);

/* Hex digits with or without colons: the first 32 bytes of a SHA-256. */
bool value_sha256(struct text t, uint8_t out[32]) MUST_CHECK;

/* Is needle in t, ASCII letters compared without case?  needle is lower case. */
bool value_contains(struct text t, const char *needle);

#endif
