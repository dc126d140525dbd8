/*
 * link.h - what a frame carries below its link layer.
 *
 * Link types are the LINKTYPE_ numbers of capture files
 * (https://www.tcpdump.org/linktypes.html).
 */
#ifndef PINSPOT_PACKET_LINK_H
#define PINSPOT_PACKET_LINK_H

#include <stdint.h>

#include "base/cursor.h"

enum carried {
	CARRIED_IP, /* an IPv4 or IPv6 packet */
	CARRIED_OTHER, /* ARP, spanning tree, an encrypted frame, ... */
	CARRIED_TUNNEL, /* another frame inside, which is not opened */
	CARRIED_MALFORMED, /* breaks off inside its link layer */
	CARRIED_UNKNOWN, /* a link type that is not read here */
};

/* Pass over the link layer: Ethernet with VLAN tags, PPPoE and MPLS, Linux
 * cooked, PPP, BSD loopback, IEEE 802.11 data, raw IP.  For CARRIED_IP the
 * cursor is then at the IP header; what may trail the packet is still on. */
enum carried link_open(uint32_t link_type, struct cursor *bytes);

#endif
