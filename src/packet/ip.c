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
	n = type == EXT_AH ? ((size_t)length + 2) * 4
			   : ((size_t)length + 1) * 8;
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

/*
 * RFC 791 section 3.1: version and header length (1) service (1) total length
 * (2) identification (2) flags and offset (2) time to live (1) protocol (1)
 * checksum (2) source (4) destination (4) options
 */
static bool
open_ipv4(struct cursor bytes, uint32_t missing, struct ip_packet *out)
{
	struct cursor header, options;
	uint32_t header_length, total, field, length;

	if (!cursor_take(&bytes, 20, &header))
		return false;
	header_length = (header.at[0] & 15u) * 4;
	if (header_length < 20 ||
	    !cursor_take(&bytes, header_length - 20, &options))
		return false;
	out->family = 4;
	out->protocol = header.at[9];
	out->source = header.at + 12;
	out->destination = header.at + 16;

	/* 0 is what the stack hands to a NIC that will cut the segment up. */
	total = load_u16(header.at + 2);
	if (total == 0)
		length = (uint32_t)bytes.left + missing;
	else if (total < header_length)
		return false;
	else
		length = total - header_length;
	trim(bytes, length, out);

	field = load_u16(header.at + 6);
	out->offset = (field & 0x1fff) * 8;
	out->more = (field & 0x2000) != 0;
	out->id = load_u16(header.at + 4);
	out->fragment = out->offset != 0 || out->more;
	return out->fragment || LIKELY(out->protocol == PROTOCOL_TCP) ||
	    ip_open_extensions(out);
}

/*
 * RFC 8200 section 3: version, class and flow label (4) payload length (2) next
 * header (1) hop limit (1) source (16) destination (16)
 */
static bool
open_ipv6(struct cursor bytes, uint32_t missing, struct ip_packet *out)
{
	struct cursor header;
	uint32_t told, length;

	if (!cursor_take(&bytes, 40, &header))
		return false;
	out->family = 6;
	out->protocol = header.at[6];
	out->source = header.at + 8;
	out->destination = header.at + 24;

	/* 0: a jumbogram (RFC 2675) or an offloaded segment. */
	told = load_u16(header.at + 4);
	length = told != 0 ? told : (uint32_t)bytes.left + missing;
	trim(bytes, length, out);
	out->fragment = out->more = false;
	out->offset = out->id = 0;
	return LIKELY(out->protocol == PROTOCOL_TCP) ||
	    ip_open_extensions(out);
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
