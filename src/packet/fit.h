/*
 * fit.h - do these packets go on with those connections?
 *
 * Who follows a capture from file to file has several to choose from where two
 * points were captured at the same time.  What tells them apart is TCP itself:
 * the same addresses and ports may be in both, the same sequence numbers, just
 * where one of them stopped, are not.
 */
#ifndef PINSPOT_PACKET_FIT_H
#define PINSPOT_PACKET_FIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "packet/flow.h"
#include "packet/tcp.h"

enum { FIT_SLOTS = 4096 }; /* half of them are used at most */

/* What has come already.  All zero is nothing. */
struct fit_seen {
	uint64_t slots[FIT_SLOTS];
	size_t n;
};

/* Is it the first of its direction, or the first there that carries data, of a
 * connection that began before?  False also when there have been too many. */
bool fit_is_first(struct fit_seen *seen, const struct segment *g);

/* Count it as what it is to the connections of the table. */
void fit_add(struct packet_fit *fit, struct flow_table *t,
    const struct segment *g);

#endif
