/*
 * segment.h - one TCP segment or UDP datagram, decoded but not yet looked up.
 */
#ifndef PINSPOT_PACKET_SEGMENT_H
#define PINSPOT_PACKET_SEGMENT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "packet/frame.h"
#include "packet/ip.h"

/* RFC 9293 section 3.1 */
enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_RST = 0x04, TCP_ACK = 0x10 };

/* Both ends of a conversation, in an order that does not depend on who sends:
 * addresses (IPv4 in the first four bytes), then ports and family. */
struct flow_key {
	uint64_t word[5];
};

struct segment {
	struct flow_key key;
	uint64_t hash; /* of the key */
	const struct frame *frame;
	struct cursor payload; /* what was captured of it */
	uint32_t missing; /* bytes of it that were not */
	uint32_t sequence, acknowledgement;
	uint8_t flags;
	uint8_t protocol; /* PROTOCOL_TCP, _UDP, or what was not opened */
	bool from_high; /* the sender is the second end of the key */
};

static inline bool
flow_key_equal(const struct flow_key *a, const struct flow_key *b)
{
	return ((a->word[0] ^ b->word[0]) | (a->word[1] ^ b->word[1]) |
	    (a->word[2] ^ b->word[2]) | (a->word[3] ^ b->word[3]) |
	    (a->word[4] ^ b->word[4])) == 0;
}

static inline uint64_t
flow_key_hash(const struct flow_key *k)
{
	uint64_t low, high;

	low = hash_mix(k->word[0] ^ hash_seed,
	    k->word[1] ^ 0xa0761d6478bd642fULL);
	high = hash_mix(k->word[2] ^ hash_seed,
	    k->word[3] ^ 0xe7037ed1a0b428dbULL);
	return hash_mix(low ^ k->word[4], high ^ 0x8ebc6af09c88c6e3ULL);
}

/* Set the key, its hash and the direction of s. */
static inline void
segment_set_ends(struct segment *s, const struct ip_packet *ip,
    uint16_t source_port, uint16_t destination_port)
{
	uint64_t a[2] = { 0 }, b[2] = { 0 };
	uint64_t low = source_port, high = destination_port;
	bool swap;

	if (LIKELY(ip->family == 4)) {
		memcpy(a, ip->source, 4);
		memcpy(b, ip->destination, 4);
		swap = a[0] != b[0] ? a[0] > b[0] : low > high;
	} else {
		memcpy(a, ip->source, 16);
		memcpy(b, ip->destination, 16);
		if (a[0] != b[0])
			swap = a[0] > b[0];
		else if (a[1] != b[1])
			swap = a[1] > b[1];
		else
			swap = low > high;
	}
	s->from_high = swap;
	s->key = (struct flow_key){ {
		swap ? b[0] : a[0], swap ? b[1] : a[1],
		swap ? a[0] : b[0], swap ? a[1] : b[1],
		(swap ? high << 16 | low : low << 16 | high) |
		    (uint64_t)ip->family << 32,
	} };
	s->hash = flow_key_hash(&s->key);
}

#endif
