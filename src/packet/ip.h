/*
 * ip.h - IPv4 and IPv6 headers, down to what they carry.
 */
#ifndef PINSPOT_PACKET_IP_H
#define PINSPOT_PACKET_IP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

/* Protocol numbers (IANA "Assigned Internet Protocol Numbers"). */
enum {
	PROTOCOL_ICMP = 1,
	PROTOCOL_IPV4 = 4,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_IPV6 = 41,
	PROTOCOL_GRE = 47,
	PROTOCOL_ICMPV6 = 58,
	PROTOCOL_ETHERIP = 97,
	PROTOCOL_L2TP = 115,
};

/* Does an ICMP message (RFC 792, RFC 4443) of this type quote the IP packet that
 * caused it, behind 8 bytes? */
bool icmp_is_error(uint8_t protocol, uint8_t type);

struct ip_packet {
	uint8_t family; /* 4 or 6 */
	uint8_t protocol; /* of the payload, past all extension headers */
	const uint8_t *source, *destination; /* 4 or 16 bytes, borrowed */
	struct cursor payload; /* what was captured of it, without padding */
	uint32_t missing; /* bytes of it that were not captured */
	/* A fragment: payload is `offset` bytes into the whole. */
	bool fragment, more;
	uint32_t offset, id;
};

/*
 * Read an IP packet.  missing is how many bytes of the frame were not captured:
 * it counts only where the header does not tell a length, as in captures of
 * what an offloading NIC was given to send.  False where the header breaks off
 * or contradicts itself.
 */
bool ip_open(struct cursor bytes, uint32_t missing,
    struct ip_packet *out) MUST_CHECK;

/* Go past the headers between IP and its payload, as ip_open does; once more
 * where a datagram was put together, since those headers were in its parts. */
bool ip_open_extensions(struct ip_packet *out) MUST_CHECK;

#endif
