#include "packet/ip.h"

enum { EXT_HOP_BY_HOP = 0, EXT_ROUTING = 43, EXT_FRAGMENT = 44, EXT_AH = 51,
	EXT_DESTINATION = 60, EXT_MOBILITY = 135, EXT_HIP = 139,
	EXT_SHIM6 = 140 };

/* Cut the payload to the length that the header tells, or note what is missing
 * of it.  The rest of a frame is padding or a checksum. */
static void
trim(struct cursor bytes, uint32_t length, struct ip_packet *out)
{
	if (cursor_take(&bytes, length, &out->payload)) {
		out->missing = 0;
	} else {
		out->payload = bytes;
		out->missing = length - (uint32_t)bytes.left;
	}
}

/* The fragment header (RFC 8200 section 4.5): next header, reserved, offset in
 * units of 8 bytes with two reserved bits and "more", identification. */
static bool
read_fragment(struct cursor *c, struct ip_packet *out)
{
	uint16_t field;

	if (!cursor_u8(c, &out->protocol) || !cursor_skip(c, 1) ||
	    !cursor_u16(c, &field) || !cursor_u32(c, &out->id))
		return false;
	out->offset = field & 0xfff8;
	out->more = (field & 1) != 0;
	/* One that is both first and last is whole (RFC 6946). */
	out->fragment = out->offset != 0 || out->more;
	return true;
}

/* The other extension headers (RFC 8200 section 4, RFC 4302 section 2.2): next
 * header, length in units of 8 bytes beyond the first 8; of 4 bytes in AH. */
static bool
read_extension(struct cursor *c, struct ip_packet *out)
{
	uint8_t type = out->protocol, length;
	size_t n;

	if (!cursor_u8(c, &out->protocol) || !cursor_u8(c, &length))
		return false;
	n = type == EXT_AH ? ((size_t)length + 2) * 4 : ((size_t)length + 1) * 8;
	return cursor_skip(c, n - 2);
}

bool
ip_open_extensions(struct ip_packet *out)
{
	struct cursor *c = &out->payload;

	for (;;) {
		switch (out->protocol) {
		case EXT_FRAGMENT:
			if (out->family != 6)
				return true;
			if (!read_fragment(c, out))
				return false;
			if (out->fragment)
				return true;
			continue;
		case EXT_HOP_BY_HOP:
		case EXT_ROUTING:
		case EXT_DESTINATION:
		case EXT_MOBILITY:
		case EXT_HIP:
		case EXT_SHIM6:
			if (out->family != 6)
				return true;
			break;
		case EXT_AH:
			break;
		default:
			return true;
		}
		if (!read_extension(c, out))
			return false;
	}
}

/* RFC 791 section 3.1. */
static bool
open_ipv4(struct cursor bytes, uint32_t missing, struct ip_packet *out)
{
	struct cursor c = bytes;
	uint8_t head, protocol;
	uint16_t total, id, field;
	uint32_t length, header;

	if (!cursor_u8(&c, &head) || !cursor_skip(&c, 1) ||
	    !cursor_u16(&c, &total) || !cursor_u16(&c, &id) ||
	    !cursor_u16(&c, &field) || !cursor_skip(&c, 1) ||
	    !cursor_u8(&c, &protocol) || !cursor_skip(&c, 2))
		return false;
	out->family = 4;
	out->protocol = protocol;
	out->source = c.at;
	if (!cursor_skip(&c, 4))
		return false;
	out->destination = c.at;
	header = (head & 15u) * 4;
	if (!cursor_skip(&c, 4) || header < 20 || !cursor_skip(&bytes, header))
		return false;

	/* 0 is what the stack hands to a NIC that will cut the segment up. */
	if (total == 0)
		length = (uint32_t)bytes.left + missing;
	else if (total < header)
		return false;
	else
		length = total - header;
	trim(bytes, length, out);

	out->offset = (field & 0x1fffu) * 8;
	out->more = (field & 0x2000) != 0;
	out->id = id;
	out->fragment = out->offset != 0 || out->more;
	return out->fragment || LIKELY(protocol == PROTOCOL_TCP) ||
	    ip_open_extensions(out);
}

/* RFC 8200 section 3. */
static bool
open_ipv6(struct cursor bytes, uint32_t missing, struct ip_packet *out)
{
	uint16_t told;
	uint32_t length;

	if (!cursor_skip(&bytes, 4) || !cursor_u16(&bytes, &told) ||
	    !cursor_u8(&bytes, &out->protocol) || !cursor_skip(&bytes, 1))
		return false;
	out->family = 6;
	out->source = bytes.at;
	if (!cursor_skip(&bytes, 16))
		return false;
	out->destination = bytes.at;
	if (!cursor_skip(&bytes, 16))
		return false;

	/* 0: a jumbogram (RFC 2675) or an offloaded segment. */
	length = told != 0 ? told : (uint32_t)bytes.left + missing;
	trim(bytes, length, out);
	out->fragment = out->more = false;
	out->offset = out->id = 0;
	return LIKELY(out->protocol == PROTOCOL_TCP) || ip_open_extensions(out);
}

bool
ip_open(struct cursor bytes, uint32_t missing, struct ip_packet *out)
{
	switch (cursor_peek(bytes, 0) >> 4) {
	case 4:
		return open_ipv4(bytes, missing, out);
	case 6:
		return open_ipv6(bytes, missing, out);
	default:
		return false;
	}
}

bool
icmp_is_error(uint8_t protocol, uint8_t type)
{
	if (protocol == PROTOCOL_ICMPV6)
		return type >= 1 && type <= 4;
	return protocol == PROTOCOL_ICMP &&
	    (type == 3 || type == 4 || type == 5 || type == 11 || type == 12);
}
