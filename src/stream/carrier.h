/*
 * carrier.h - what a byte stream carries before its TLS begins.
 *
 * TLS is known by content, on any port.  It may begin with the first byte, or
 * inside a tunnel: HTTP CONNECT, SOCKS, a PROXY header, or one of the protocols
 * that change to TLS on the way (STARTTLS).  A carrier watches the clear part,
 * looks for a hello in it, and then tells the tunnel's kind and target.  It
 * gives up soon on what will hardly turn into TLS, plain HTTP at once.
 */
#ifndef PINSPOT_STREAM_CARRIER_H
#define PINSPOT_STREAM_CARRIER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/text.h"
#include "model/handshake.h"

enum {
	CARRIER_HELLO = 11, /* bytes by which a hello is known anywhere */
	CARRIER_KEPT = 512, /* bytes that a lane keeps: enough for a CONNECT
			     * line, and for SOCKS with a password */
};

/* What came from one end in the clear. */
struct lane {
	uint64_t seen; /* bytes */
	uint8_t *kept; /* the first ones; NULL where there are none */
	uint16_t n_kept, room;
	uint8_t n_tail;
	uint8_t tail[CARRIER_HELLO - 1]; /* the last ones: a hello may have
					  * begun in them */
};

struct carrier {
	struct lane lanes[2];
};

enum carrier_answer {
	CARRIER_MORE, /* all of it in the clear so far */
	CARRIER_TLS, /* the hello begins */
	CARRIER_OTHER, /* not TLS, and not going to be */
};

void carrier_init(struct carrier *c);
void carrier_free(struct carrier *c);

/* Does a stream that begins with these bytes begin with TLS?  A single byte may
 * do, since segments are split anywhere: who reads the records will find out.
 * Also true in the middle of a TLS stream, at the start of a record. */
bool carrier_begins_tls(struct cursor bytes);

/*
 * Take the next bytes of end 0 or 1.  After CARRIER_TLS the TLS of this end
 * consists of *held (bytes that came earlier, in the carrier's own memory) and
 * then *bytes, which was advanced.  Other answers leave both alone.
 */
enum carrier_answer carrier_take(struct carrier *c, int end,
    struct cursor *bytes, struct cursor *held);

/* n bytes are missing. */
void carrier_gap(struct carrier *c, int end, uint64_t n);

/*
 * What the tunnel is whose client is this end.  *host gets the target's name or
 * address where the tunnel tells it, a window into the carrier, else nothing.
 */
enum tunnel carrier_tunnel(const struct carrier *c, int client,
    struct text *host);

#endif
