#include "model/handshake.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/mem.h"

/* Enumerations start with "unknown", whose name is NULL. */
#define NAME_OF(function, type, ...)                                           \
	const char *function(type v)                                           \
	{                                                                      \
		static const char *const names[] = { __VA_ARGS__ };            \
		return (unsigned)v < N_ITEMS(names) ? names[v] : NULL;         \
	}

NAME_OF(leg_name, enum leg, "unknown", "client", "server", "direct")
NAME_OF(transport_name, enum transport, NULL, "tcp", "quic", "dtls")
NAME_OF(tunnel_name, enum tunnel, NULL, "connect", "socks", "starttls-smtp",
    "starttls-imap", "starttls-pop3", "starttls-ftp", "starttls-xmpp",
    "starttls-ldap", "starttls-postgres", "starttls-mysql", "starttls-rdp")
NAME_OF(host_source_name, enum host_source, NULL, "sni", "connect", "url",
    "log", "certificate", "address")
NAME_OF(ech_name, enum ech, NULL, "none", "grease", "offered")
NAME_OF(engine_name, enum engine, NULL, "browser", "app", "unclear")
NAME_OF(side_name, enum side, NULL, "client", "server")
NAME_OF(close_how_name, enum close_how, NULL, "fin", "rst", "timeout")
NAME_OF(phase_name, enum phase, NULL, "nothing", "client-hello",
    "server-hello", "server-flight", "finished", "data")
NAME_OF(alert_how_name, enum alert_how, NULL, "clear", "decrypted", "logged",
    "encrypted")
NAME_OF(resumption_name, enum resumption, NULL, "none", "offered-refused",
    "psk", "ticket", "session-id", "mismatch")
NAME_OF(interception_name, enum interception, "unknown", "none", "presumed",
    "proven")
NAME_OF(outcome_name, enum outcome, NULL, "accepted", "rejected",
    "refused-by-server", "idle", "network", "unfinished")
NAME_OF(sign_name, enum sign, NULL, NULL, "clear-alert", "decrypted-alert",
    "logged-error", "short-first-record", "silent-fin", "silent-rst",
    "no-data-close")

uint16_t
version_rank(uint16_t version)
{
	if (version >> 8 == 0x7f) /* a draft of RFC 8446 */
		return 0x0304;
	switch (version) {
	case 0xfefc:
		return 0x0304;
	case 0xfefd:
		return 0x0303;
	case 0xfeff:
	case 0x0100: /* OpenSSL's DTLS before RFC 4347 */
		return 0x0302;
	default:
		return version;
	}
}

const char *
version_name(uint16_t version)
{
	static char other[8];

	if (version == 0)
		return NULL;
	if (version == 0xfeff || version == 0x0100)
		return "1.0"; /* DTLS 1.0 is TLS 1.1 by content, not by name */
	switch (version_rank(version)) {
	case 0x0304:
		return "1.3";
	case 0x0303:
		return "1.2";
	case 0x0302:
		return "1.1";
	case 0x0301:
		return "1.0";
	case 0x0300:
		return "ssl3";
	case 0x0002:
		return "ssl2";
	}
	snprintf(other, sizeof(other), "0x%04x", version);
	return other;
}

/* What inet_ntop makes of an IPv4 address, in a tenth of its time: each line of
 * a log without a name is found by its address. */
static void
print_ipv4(const uint8_t *address, char *out)
{
	for (int i = 0; i < 4; i++) {
		unsigned n = address[i];

		if (n >= 100)
			*out++ = (char)('0' + n / 100);
		if (n >= 10)
			*out++ = (char)('0' + n / 10 % 10);
		*out++ = (char)('0' + n % 10);
		*out++ = i < 3 ? '.' : '\0';
	}
}

const char *
endpoint_address(const struct endpoint *e, char out[ADDRESS_TEXT_SIZE])
{
	out[0] = '\0';
	if (e->family == 4)
		print_ipv4(e->address, out);
	else if (e->family == 6)
		inet_ntop(AF_INET6, e->address, out, ADDRESS_TEXT_SIZE);
	return out;
}

bool
endpoint_parse(struct text t, struct endpoint *out)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff,
		0xff };
	char copy[80];
	char *zone;

	if (t.n >= 2 && t.at[0] == '[' && t.at[t.n - 1] == ']') {
		t.at++;
		t.n -= 2;
	}
	if (t.n == 0 || t.n >= sizeof(copy) || memchr(t.at, '\0', t.n) != NULL)
		return false;
	/* Most of what is no address is a name. */
	if (memchr(t.at, ':', t.n) == NULL &&
	    (t.at[t.n - 1] < '0' || t.at[t.n - 1] > '9'))
		return false;
	memcpy(copy, t.at, t.n);
	copy[t.n] = '\0';
	memset(out->address, 0, sizeof(out->address));
	if (inet_pton(AF_INET, copy, out->address) == 1) {
		out->family = 4;
		return true;
	}
	zone = strchr(copy, '%');
	if (zone != NULL)
		*zone = '\0';
	if (inet_pton(AF_INET6, copy, out->address) != 1)
		return false;
	out->family = 6;
	if (memcmp(out->address, mapped, sizeof(mapped)) == 0) {
		memmove(out->address, out->address + 12, 4);
		memset(out->address + 4, 0, 12);
		out->family = 4;
	}
	return true;
}

bool
endpoint_equal(const struct endpoint *a, const struct endpoint *b)
{
	return a->family == b->family && a->port == b->port &&
	    memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

int
endpoint_compare(const struct endpoint *a, const struct endpoint *b)
{
	int order = (int)a->family - (int)b->family;

	return order != 0 ? order :
	    memcmp(a->address, b->address, sizeof(a->address));
}

const struct handshake handshake_none = {
	.stream = -1,
	.hello = { 0, CLOCK_UNKNOWN }, .flight = { 0, CLOCK_UNKNOWN },
	.deciding = { 0, CLOCK_UNKNOWN }, .last = { 0, CLOCK_UNKNOWN },
	.offered.session_id_len = -1,
	.chosen.cipher = -1,
	.chain = -1,
	.close_us = -1,
	.count = 1,
};

void
handshake_init(struct handshake *h)
{
	mem_copy(h, &handshake_none, sizeof(*h));
}

const struct origin *
handshake_first(const struct handshake *h)
{
	if (h->hello.record != 0)
		return &h->hello;
	if (h->flight.record != 0)
		return &h->flight;
	if (h->deciding.record != 0)
		return &h->deciding;
	return h->last.record != 0 ? &h->last : &h->hello;
}
