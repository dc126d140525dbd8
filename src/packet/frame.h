/*
 * frame.h - one captured packet, wherever it came from.
 */
#ifndef PINSPOT_PACKET_FRAME_H
#define PINSPOT_PACKET_FRAME_H

#include <stdint.h>

#include "base/cursor.h"

struct frame {
	uint64_t number; /* from 1 in its input, as Wireshark counts */
	int64_t time; /* nanoseconds; CLOCK_UNKNOWN where there is none */
	uint32_t link_type; /* LINKTYPE_* as in capture files (tcpdump.org) */
	uint32_t wire_length; /* what was on the wire; bytes.left was kept */
	struct cursor bytes; /* borrowed until the next frame is read */
};

#endif
