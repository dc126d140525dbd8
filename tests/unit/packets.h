/*
 * packets.h - frames for tests, made of what matters in them.
 */
#ifndef PINSPOT_TESTS_PACKETS_H
#define PINSPOT_TESTS_PACKETS_H

#include <stdint.h>
#include <string.h>

#include "packet/frame.h"

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };

struct packet {
	uint8_t bytes[2048];
	size_t n;
};

static inline void
put(struct packet *p, const void *bytes, size_t n)
{
	memcpy(p->bytes + p->n, bytes, n);
	p->n += n;
}

static inline void
put16(struct packet *p, unsigned v)
{
	put(p, (const uint8_t[]){ (uint8_t)(v >> 8), (uint8_t)v }, 2);
}

static inline void
put32(struct packet *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p, v & 0xffff);
}

static inline void
put_ethernet(struct packet *p, unsigned type)
{
	put(p, "\2\0\0\0\0\1\2\0\0\0\0\2", 12);
	put16(p, type);
}

/* From 10.0.0.1 to 10.0.0.2, or back; fragment is the field with the flags. */
static inline void
put_ipv4(struct packet *p, int back, unsigned protocol, unsigned length,
    unsigned id, unsigned fragment)
{
	put16(p, 0x4500);
	put16(p, length + 20);
	put16(p, id);
	put16(p, fragment);
	put16(p, 0x4000 | protocol);
	put16(p, 0);
	put32(p, back ? 0x0a000002 : 0x0a000001);
	put32(p, back ? 0x0a000001 : 0x0a000002);
}

static inline void
put_ipv6(struct packet *p, int back, unsigned next, unsigned length)
{
	put32(p, 0x60000000);
	put16(p, length);
	put16(p, next << 8 | 64);
	put(p, back ? "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\2"
		    : "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	put(p, back ? "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
		    : "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\2", 16);
}

/* From port 40000 to 443, or back. */
static inline void
put_tcp(struct packet *p, int back, unsigned flags, uint32_t sequence,
    uint32_t acknowledgement)
{
	put16(p, back ? 443 : 40000);
	put16(p, back ? 40000 : 443);
	put32(p, sequence);
	put32(p, acknowledgement);
	put16(p, 0x5000 | flags);
	put16(p, 0xffff);
	put32(p, 0);
}

static inline void
put_udp(struct packet *p, int back, unsigned length)
{
	put16(p, back ? 443 : 40000);
	put16(p, back ? 40000 : 443);
	put16(p, length + 8);
	put16(p, 0);
}

/* An Ethernet frame with all of it. */
static inline void
put_segment(struct packet *p, int back, unsigned flags, uint32_t sequence,
    uint32_t acknowledgement, const char *text)
{
	size_t n = strlen(text);

	put_ethernet(p, 0x0800);
	put_ipv4(p, back, 6, (unsigned)n + 20, 1, 0);
	put_tcp(p, back, flags, sequence, acknowledgement);
	put(p, text, n);
}

#endif
