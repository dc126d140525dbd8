/*
 * offer.h - what one kind of client offers, kept once per kind.
 *
 * Millions of ClientHellos come from a handful of programs.  All that they have
 * in common (versions, ALPN, fingerprints) is worked out for the first of them;
 * the others find it by a hash of the bytes that matter.
 */
#ifndef PINSPOT_TLS_OFFER_H
#define PINSPOT_TLS_OFFER_H

#include "base/pool.h"
#include "model/handshake.h"
#include "tls/hello.h"

struct offer {
	uint64_t key[2];
	uint16_t versions[VERSIONS_MAX];
	uint8_t n_versions;
	bool offers_13;
	uint16_t legacy_version;
	enum engine engine;
	struct text alpn; /* ProtocolNameList's body */
	struct text ja4, fingerprint;
};

enum { OFFERS_MAX = 1 << 16 }; /* 16 MB; real networks have hundreds */

/* All zero is an empty table. */
struct offer_table {
	struct offer **slots;
	size_t n_slots, n_used;
	struct offer *other; /* for all beyond OFFERS_MAX: nothing known */
};

/* The offer of this hello.  It and its texts live in the pool. */
const struct offer *offer_find(struct offer_table *t, struct pool *pool,
    const struct hello *hello);

/* An offer of which nothing is known: of a hello that is cut, say. */
const struct offer *offer_unknown(struct offer_table *t, struct pool *pool);

void offer_table_free(struct offer_table *t);

#endif
