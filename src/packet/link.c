#include "packet/link.h"

#include "base/attr.h"

typedef enum carried link_fn(struct cursor *bytes);

static enum carried
open_ip(struct cursor *bytes)
{
	return bytes->left > 0 ? CARRIED_IP : CARRIED_MALFORMED;
}

/*
 * PPP (RFC 1661 section 2, RFC 1662 section 3.1): address and control, which
 * may be left out, then a protocol of two bytes, or of one where it is odd.
 */
static enum carried
open_ppp(struct cursor *bytes)
{
	enum { PPP_IPV4 = 0x21, PPP_IPV6 = 0x57 };
	uint8_t byte;
	uint16_t protocol;

	if (cursor_peek(*bytes, 0) == 0xff && cursor_peek(*bytes, 1) == 0x03 &&
	    !cursor_skip(bytes, 2))
		return CARRIED_MALFORMED;
	if (cursor_peek(*bytes, 0) % 2 == 1) {
		if (!cursor_u8(bytes, &byte))
			return CARRIED_MALFORMED;
		protocol = byte;
	} else if (!cursor_u16(bytes, &protocol)) {
		return CARRIED_MALFORMED;
	}
	if (protocol != PPP_IPV4 && protocol != PPP_IPV6)
		return CARRIED_OTHER;
	return open_ip(bytes);
}

/* PPPoE session (RFC 2516 section 4): version and type, code, session, length,
 * then PPP without address and control. */
static enum carried
open_pppoe(struct cursor *bytes)
{
	uint8_t byte;

	if (!cursor_skip(bytes, 1) || !cursor_u8(bytes, &byte) ||
	    !cursor_skip(bytes, 4))
		return CARRIED_MALFORMED;
	return byte == 0 ? open_ppp(bytes) : CARRIED_OTHER;
}

/* MPLS (RFC 3032 section 2.1): labels down to the bottom of the stack.  What
 * lies below is not told; the first half-byte of IP gives it away. */
static enum carried
open_mpls(struct cursor *bytes)
{
	enum { BOTTOM_OF_STACK = 0x100 };
	uint32_t label;
	int version;

	do {
		if (!cursor_u32(bytes, &label))
			return CARRIED_MALFORMED;
	} while ((label & BOTTOM_OF_STACK) == 0);
	version = cursor_peek(*bytes, 0) >> 4;
	return version == 4 || version == 6 ? CARRIED_IP : CARRIED_TUNNEL;
}

/* What follows an EtherType (IANA "IEEE 802 numbers"), past all VLAN tags
 * (IEEE 802.1Q section 9.6). */
static enum carried
open_ethertype(struct cursor *bytes, uint16_t type)
{
	for (;;) {
		switch (type) {
		case 0x0800: /* IPv4 */
		case 0x86dd: /* IPv6 */
			return open_ip(bytes);
		case 0x8100: /* 802.1Q tag */
		case 0x88a8: /* 802.1ad outer tag */
		case 0x9100: /* and what was used before that */
		case 0x9200:
			if (!cursor_skip(bytes, 2) || !cursor_u16(bytes, &type))
				return CARRIED_MALFORMED;
			continue;
		case 0x8909: /* Cisco MetaData: options with the SGT */
			if (!cursor_skip(bytes, 6) || !cursor_u16(bytes, &type))
				return CARRIED_MALFORMED;
			continue;
		case 0x8847: /* MPLS */
		case 0x8848:
			return open_mpls(bytes);
		case 0x8864: /* PPPoE session */
			return open_pppoe(bytes);
		case 0x22f3: /* TRILL */
		case 0x88e7: /* provider backbone bridge */
			return CARRIED_TUNNEL;
		default:
			return CARRIED_OTHER;
		}
	}
}

/* SNAP (IEEE 802 section 9.2.2) over LLC: AA AA 03, an organisation, and with
 * organisation 0 an EtherType. */
static enum carried
open_llc(struct cursor *bytes)
{
	uint32_t llc, organisation;
	uint16_t type;

	if (!cursor_uint(bytes, 3, &llc))
		return CARRIED_MALFORMED;
	if (llc != 0xaaaa03)
		return CARRIED_OTHER;
	if (!cursor_uint(bytes, 3, &organisation) || !cursor_u16(bytes, &type))
		return CARRIED_MALFORMED;
	return organisation == 0 ? open_ethertype(bytes, type) : CARRIED_OTHER;
}

static enum carried
open_ethernet(struct cursor *bytes)
{
	enum { FIRST_ETHERTYPE = 1536 }; /* smaller ones are lengths */
	uint16_t type;

	if (!cursor_skip(bytes, 12) || !cursor_u16(bytes, &type))
		return CARRIED_MALFORMED;
	if (type < FIRST_ETHERTYPE)
		return open_llc(bytes);
	return open_ethertype(bytes, type);
}

/* Linux "any" device: 16 bytes, the protocol last. */
static enum carried
open_cooked(struct cursor *bytes)
{
	uint16_t protocol;

	if (!cursor_skip(bytes, 14) || !cursor_u16(bytes, &protocol))
		return CARRIED_MALFORMED;
	return open_ethertype(bytes, protocol);
}

/* Its second version: 20 bytes, the protocol first. */
static enum carried
open_cooked2(struct cursor *bytes)
{
	uint16_t protocol;

	if (!cursor_u16(bytes, &protocol) || !cursor_skip(bytes, 18))
		return CARRIED_MALFORMED;
	return open_ethertype(bytes, protocol);
}

/* BSD loopback: the address family in the byte order of whoever captured.  The
 * one for IPv6 is 10, 24, 28 or 30, depending on the system. */
static enum carried
open_loopback(struct cursor *bytes)
{
	uint32_t family;

	if (!cursor_u32(bytes, &family))
		return CARRIED_MALFORMED;
	if (family > 0xffff)
		family = family >> 24 | (family >> 8 & 0xff00);
	switch (family) {
	case 2:
	case 10:
	case 24:
	case 28:
	case 30:
		return open_ip(bytes);
	default:
		return CARRIED_OTHER;
	}
}

/* OpenBSD's encapsulating interface: family, SPI, flags. */
static enum carried
open_enc(struct cursor *bytes)
{
	return cursor_skip(bytes, 12) ? open_ip(bytes) : CARRIED_MALFORMED;
}

/* The log of BSD's packet filter: the length of its header, which is padded to
 * a multiple of 4, comes first. */
static enum carried
open_pflog(struct cursor *bytes)
{
	int length = cursor_peek(*bytes, 0);

	if (length < 0 || !cursor_skip(bytes, ((size_t)length + 3) / 4 * 4))
		return CARRIED_MALFORMED;
	return open_ip(bytes);
}

/* One byte tells the direction. */
static enum carried
open_ppp_direction(struct cursor *bytes)
{
	return cursor_skip(bytes, 1) ? open_ppp(bytes) : CARRIED_MALFORMED;
}

/* Cisco HDLC: address, control, EtherType. */
static enum carried
open_chdlc(struct cursor *bytes)
{
	uint16_t type;

	if (!cursor_skip(bytes, 2) || !cursor_u16(bytes, &type))
		return CARRIED_MALFORMED;
	return open_ethertype(bytes, type);
}

/*
 * A data frame of IEEE 802.11 (section 9.3.2): three or four addresses, QoS
 * and HT control where the flags say so, then LLC.  Encrypted ones, frames
 * without data and aggregates are other people's business.
 */
static enum carried
open_wlan(struct cursor *bytes)
{
	enum {
		TYPE_MASK = 0x0c, TYPE_DATA = 0x08, NO_DATA = 0x40, QOS = 0x80,
		TO_AND_FROM_DS = 0x03, PROTECTED = 0x40, ORDER = 0x80,
		AGGREGATE = 0x80
	};
	uint8_t type, flags, qos = 0;

	if (!cursor_u8(bytes, &type) || !cursor_u8(bytes, &flags))
		return CARRIED_MALFORMED;
	if ((type & TYPE_MASK) != TYPE_DATA || (type & NO_DATA) != 0 ||
	    (flags & PROTECTED) != 0)
		return CARRIED_OTHER;
	if (!cursor_skip(bytes, 22) ||
	    ((flags & TO_AND_FROM_DS) == TO_AND_FROM_DS &&
		!cursor_skip(bytes, 6)))
		return CARRIED_MALFORMED;
	if ((type & QOS) != 0 &&
	    (!cursor_u8(bytes, &qos) || !cursor_skip(bytes, 1) ||
		((flags & ORDER) != 0 && !cursor_skip(bytes, 4))))
		return CARRIED_MALFORMED;
	return (qos & AGGREGATE) != 0 ? CARRIED_OTHER : open_llc(bytes);
}

/* Radiotap (radiotap.org): version, pad, the length in little-endian. */
static enum carried
open_radiotap(struct cursor *bytes)
{
	struct cursor fixed = *bytes;
	uint8_t low, high;

	if (!cursor_skip(&fixed, 2) || !cursor_u8(&fixed, &low) ||
	    !cursor_u8(&fixed, &high) ||
	    !cursor_skip(bytes, (size_t)high << 8 | low))
		return CARRIED_MALFORMED;
	return open_wlan(bytes);
}

static const struct {
	uint32_t type;
	link_fn *open;
} links[] = {
	{ 1, open_ethernet },
	{ 113, open_cooked },
	{ 276, open_cooked2 },
	{ 101, open_ip },
	{ 228, open_ip }, /* IPv4 only */
	{ 229, open_ip }, /* IPv6 only */
	{ 12, open_ip }, /* DLT_RAW of most systems, written by mistake */
	{ 14, open_ip }, /* and of OpenBSD */
	{ 0, open_loopback },
	{ 108, open_loopback },
	{ 9, open_ppp },
	{ 50, open_ppp },
	{ 51, open_pppoe },
	{ 204, open_ppp_direction },
	{ 104, open_chdlc },
	{ 105, open_wlan },
	{ 127, open_radiotap },
	{ 109, open_enc },
	{ 117, open_pflog },
};

enum carried
link_open(uint32_t link_type, struct cursor *bytes)
{
	for (size_t i = 0; i < N_ITEMS(links); i++)
		if (links[i].type == link_type)
			return links[i].open(bytes);
	return CARRIED_UNKNOWN;
}
