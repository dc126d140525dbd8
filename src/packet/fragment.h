/*
 * fragment.h - IP datagrams put together again.
 *
 * A few at a time, in bounded memory: TLS seldom travels in fragments, so that
 * old ones may be dropped for new ones.  Where fragments overlap the first copy
 * wins.
 */
#ifndef PINSPOT_PACKET_FRAGMENT_H
#define PINSPOT_PACKET_FRAGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "packet/ip.h"

struct fragments;

struct fragments *fragments_new(void);
void fragments_free(struct fragments *f);

/*
 * Take a fragment (copied).  True when it makes its datagram whole: then
 * *packet is that datagram, its payload borrowed until the next call.  time
 * tells when a datagram is given up.
 */
bool fragments_add(struct fragments *f, struct ip_packet *packet,
    int64_t time) MUST_CHECK;

/* Datagrams that were given up before they were whole. */
uint64_t fragments_dropped(const struct fragments *f);

#endif
