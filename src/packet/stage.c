#include "packet/tcp.h"

#include <stdlib.h>

#include "base/mem.h"
#include "packet/fit.h"
#include "packet/fragment.h"
#include "packet/ip.h"
#include "packet/link.h"
#include "packet/segment.h"
#include "packet/streams.h"

enum { BATCH = 32 }; /* segments that are decoded before they are used */

struct packet_stage {
	struct tcp_handler handler;
	struct packet_counts counts;
	struct streams *streams;
	struct fragments *fragments;
	struct segment batch[BATCH];
	size_t n_batch;
};

struct packet_stage *
packet_stage_new(const struct tcp_handler *handler,
    const struct packet_limits *limits)
{
	struct packet_stage *p = mem_zero(1, sizeof(*p));

	p->handler = *handler;
	p->streams = streams_new(handler, limits, &p->counts);
	p->fragments = fragments_new();
	return p;
}

void
packet_stage_free(struct packet_stage *p)
{
	if (p == NULL)
		return;
	streams_free(p->streams);
	fragments_free(p->fragments);
	free(p);
}

/* RFC 9293 section 3.1: ports (4) sequence (4) acknowledgement (4) offset and
 * flags (2) window (2) checksum (2) urgent (2) options, which may be cut off by
 * the snaplen */
static bool
decode_tcp(const struct ip_packet *ip, struct segment *s)
{
	struct cursor c = ip->payload, header;
	uint8_t offset;
	size_t options;

	if (!cursor_take(&c, 20, &header))
		return false;
	s->sequence = load_u32(header.at + 4);
	s->acknowledgement = load_u32(header.at + 8);
	s->flags = header.at[13];
	s->missing = ip->missing;
	offset = header.at[12] >> 4;
	if (offset < 5)
		return false;
	options = ((size_t)offset - 5) * 4;
	if (UNLIKELY(!cursor_skip(&c, options))) {
		if (options - c.left > ip->missing)
			return false;
		s->missing -= (uint32_t)(options - c.left);
		c.left = 0;
	}
	s->payload = c;
	segment_set_ends(s, ip, load_u16(header.at), load_u16(header.at + 2));
	return true;
}

/* Of what an ICMP error quotes only the ports are certain. */
static bool
decode_quoted(const struct ip_packet *ip, struct segment *s)
{
	enum { BEHIND = 8 };
	struct cursor c = ip->payload;
	struct ip_packet quoted;
	uint16_t source, destination;
	uint8_t type;

	if (!cursor_u8(&c, &type) || !icmp_is_error(ip->protocol, type) ||
	    !cursor_skip(&c, BEHIND - 1) || !ip_open(c, 0, &quoted) ||
	    quoted.protocol != PROTOCOL_TCP || quoted.offset != 0)
		return false;
	c = quoted.payload;
	if (!cursor_u16(&c, &source) || !cursor_u16(&c, &destination))
		return false;
	s->flags = 0;
	segment_set_ends(s, &quoted, source, destination);
	return true;
}

/* RFC 768.  A length of 0 is a jumbogram's (RFC 2675 section 4). */
static bool
decode_udp(const struct ip_packet *ip, struct segment *s)
{
	enum { HEADER = 8 };
	struct cursor c = ip->payload;
	uint16_t source, destination, length;

	if (!cursor_u16(&c, &source) || !cursor_u16(&c, &destination) ||
	    !cursor_u16(&c, &length) || !cursor_skip(&c, 2) ||
	    (length > 0 && length < HEADER))
		return false;
	if (length == 0 || !cursor_take(&c, length - HEADER, &s->payload))
		s->payload = c;
	s->missing = ip->missing;
	segment_set_ends(s, ip, source, destination);
	return true;
}

/* What carries other packets, which may hold TCP as well. */
static bool
is_tunnel(uint8_t protocol)
{
	return protocol == PROTOCOL_IPV4 || protocol == PROTOCOL_IPV6 ||
	    protocol == PROTOCOL_GRE || protocol == PROTOCOL_ETHERIP ||
	    protocol == PROTOCOL_L2TP;
}

static bool
is_tunnel_port(uint16_t port)
{
	switch (port) {
	case 1701: /* L2TP */
	case 2152: /* GTP */
	case 3544: /* Teredo */
	case 4341: /* LISP */
	case 4789: /* VXLAN */
	case 4790: /* VXLAN with GPE */
	case 5247: /* CAPWAP */
	case 6081: /* Geneve */
	case 6635: /* MPLS */
	case 37008: /* TZSP */
		return true;
	default:
		return false;
	}
}

static void
take_datagram(struct packet_stage *p, const struct segment *s)
{
	uint16_t ports[2] = { (uint16_t)(s->key.word[4] >> 16),
		(uint16_t)s->key.word[4] };
	struct endpoint ends[2];

	p->counts.udp++;
	if (is_tunnel_port(ports[0]) || is_tunnel_port(ports[1])) {
		p->counts.tunnels++;
		streams_lose_count(p->streams);
		return;
	}
	if (p->handler.datagram == NULL)
		return;
	for (int i = 0; i < 2; i++) {
		ends[i] = (struct endpoint){
			.family = (uint8_t)(s->key.word[4] >> 32),
			.port = ports[i],
		};
		memcpy(ends[i].address, &s->key.word[i * 2],
		    sizeof(ends[i].address));
	}
	p->handler.datagram(&ends[s->from_high], &ends[!s->from_high],
	    s->payload, s->frame, p->handler.arg);
}

/* Use what was decoded, in order. */
static void
use_batch(struct packet_stage *p)
{
	struct segment *s;

	streams_prefetch(p->streams, p->batch, p->n_batch);
	for (size_t i = 0; i < p->n_batch; i++) {
		s = &p->batch[i];
		if (LIKELY(s->protocol == PROTOCOL_TCP)) {
			p->counts.tcp++;
			streams_segment(p->streams, s);
		} else if (s->protocol == PROTOCOL_UDP) {
			take_datagram(p, s);
		} else if (s->protocol == PROTOCOL_ICMP ||
		    s->protocol == PROTOCOL_ICMPV6) {
			streams_announce(p->streams, s);
		} else {
			p->counts.tunnels++;
			streams_lose_count(p->streams);
		}
	}
	p->n_batch = 0;
}

/* Decode what IP carries into the next place of the batch. */
static void
take_packet(struct packet_stage *p, const struct ip_packet *ip,
    const struct frame *frame)
{
	struct segment *s = &p->batch[p->n_batch];
	bool ok = true;

	s->frame = frame;
	s->protocol = ip->protocol;
	if (LIKELY(ip->protocol == PROTOCOL_TCP)) {
		ok = decode_tcp(ip, s);
	} else if (ip->protocol == PROTOCOL_UDP) {
		ok = decode_udp(ip, s);
	} else if (!is_tunnel(ip->protocol)) {
		p->counts.other++;
		p->n_batch += (ip->protocol == PROTOCOL_ICMP ||
				  ip->protocol == PROTOCOL_ICMPV6) &&
		    decode_quoted(ip, s);
		return;
	}
	if (ok)
		p->n_batch++;
	else
		p->counts.malformed++;
}

/* A whole datagram lives only until the next fragment, so that it is used at
 * once. */
static void
take_fragment(struct packet_stage *p, struct ip_packet *ip,
    const struct frame *frame)
{
	p->counts.fragments++;
	/* Cut by the snaplen it will never be whole, but the first one has the
	 * header; tshark takes it so, too. */
	if (ip->offset == 0 && ip->missing > 0) {
		take_packet(p, ip, frame);
		return;
	}
	if (!fragments_add(p->fragments, ip, frame->time))
		return;
	take_packet(p, ip, frame);
	use_batch(p);
}

/* A link layer around something that is not opened. */
static void
take_tunnel(struct packet_stage *p, const struct frame *frame)
{
	struct segment *s = &p->batch[p->n_batch++];

	*s = (struct segment){ .frame = frame, .protocol = PROTOCOL_ETHERIP };
}

static void
decode(struct packet_stage *p, const struct frame *frame)
{
	struct cursor bytes = frame->bytes;
	struct ip_packet ip;
	uint32_t missing = 0;

	p->counts.frames++;
	if (frame->wire_length > bytes.left) {
		missing = frame->wire_length - (uint32_t)bytes.left;
		p->counts.snapped++;
	}
	switch (link_open(frame->link_type, &bytes)) {
	case CARRIED_IP:
		if (!ip_open(bytes, missing, &ip))
			p->counts.malformed++;
		else if (UNLIKELY(ip.fragment))
			take_fragment(p, &ip, frame);
		else
			take_packet(p, &ip, frame);
		break;
	case CARRIED_TUNNEL:
		take_tunnel(p, frame);
		break;
	case CARRIED_MALFORMED:
		p->counts.malformed++;
		break;
	case CARRIED_UNKNOWN:
		p->counts.unknown_link++;
		break;
	case CARRIED_OTHER:
		p->counts.other++;
		break;
	}
}

void
packet_stage_frames(struct packet_stage *p, const struct frame *frames,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		decode(p, &frames[i]);
		if (p->n_batch == BATCH)
			use_batch(p);
	}
	use_batch(p);
}

void
packet_stage_frame(struct packet_stage *p, const struct frame *frame)
{
	packet_stage_frames(p, frame, 1);
}

void
packet_stage_finish(struct packet_stage *p)
{
	streams_finish(p->streams);
	p->counts.fragments_dropped = fragments_dropped(p->fragments);
}

const struct packet_counts *
packet_stage_counts(const struct packet_stage *p)
{
	return &p->counts;
}

void
packet_stage_skip_number(struct packet_stage *p)
{
	streams_skip_number(p->streams);
}

void
packet_stage_next_file(struct packet_stage *p)
{
	streams_next_file(p->streams);
}

struct packet_load
packet_stage_load(const struct packet_stage *p)
{
	return streams_load(p->streams);
}

void
packet_stage_yield(struct packet_stage *p, struct packet_load others)
{
	streams_yield(p->streams, others);
}

/* Decode a frame, if it is a plain segment, without counting it. */
static bool
decode_plain(const struct frame *frame, struct segment *s)
{
	struct cursor bytes = frame->bytes;
	struct ip_packet ip;
	uint32_t missing = 0;

	if (frame->wire_length > bytes.left)
		missing = frame->wire_length - (uint32_t)bytes.left;
	s->frame = frame;
	s->protocol = PROTOCOL_TCP;
	return link_open(frame->link_type, &bytes) == CARRIED_IP &&
	    ip_open(bytes, missing, &ip) && !ip.fragment &&
	    ip.protocol == PROTOCOL_TCP && decode_tcp(&ip, s);
}

void
packet_stage_fit(struct packet_stage *p, const struct frame *frames,
    size_t n, struct packet_fit *fit)
{
	struct fit_seen seen = { 0 };
	struct segment s;

	*fit = (struct packet_fit){ 0 };
	for (size_t i = 0; i < n; i++)
		if (decode_plain(&frames[i], &s) && fit_is_first(&seen, &s))
			streams_fit(p->streams, &s, fit);
}
