/*
 * tunnel.h - the protocols inside which TLS may begin, by their first bytes.
 */
#ifndef PINSPOT_STREAM_TUNNEL_H
#define PINSPOT_STREAM_TUNNEL_H

#include <stdbool.h>

#include "base/cursor.h"
#include "base/text.h"
#include "model/handshake.h"

/* Does an HTTP CONNECT request begin here (RFC 9110 section 9.3.6)? */
bool tunnel_is_connect(struct cursor first);

/* Are these the first bytes, from either end, of one of the known protocols? */
bool tunnel_known(struct cursor first);

/* Are these the first bytes of a protocol that never turns into TLS? */
bool tunnel_never(struct cursor first);

/*
 * Which tunnel it is by the first bytes of both ends; either may be empty.
 * *host gets the target, a window into `client`, where the tunnel names one.
 */
enum tunnel tunnel_read(struct cursor client, struct cursor server,
    struct text *host);

#endif
