/*
 * certificate.h - what a leaf says of itself (RFC 5280), once per leaf.
 *
 * libcrypto takes 90 us for one certificate; a capture of a gigabyte holds
 * thousands of distinct ones and hundreds of thousands of copies.  So the facts
 * are read by a reader of our own, and only for the first copy of each.
 */
#ifndef PINSPOT_TLS_CERTIFICATE_H
#define PINSPOT_TLS_CERTIFICATE_H

#include "base/cursor.h"
#include "base/pool.h"
#include "model/handshake.h"

/* The signed parts of a certificate, as windows into its DER. */
struct certificate_parts {
	struct cursor tbs; /* with tag and length: what is signed */
	struct cursor issuer, subject; /* with tag and length */
	struct cursor spki;
	struct cursor algorithm; /* AlgorithmIdentifier's body */
	struct cursor signature; /* without the count of unused bits */
};

enum { CERTIFICATE_NAMES_MAX = 4096 }; /* of subjectAltName; CAs stop at 1000 */

/*
 * Read a certificate.  Texts go into the pool.  What breaks sets malformed and
 * leaves the rest unknown; sha256 is always set, so that even a broken leaf can
 * be told from others.  parts may be NULL.
 */
void certificate_read(struct cursor der, struct pool *pool,
    struct certificate *out, struct certificate_parts *parts);

struct authority; /* of --interceptor, tls/signature.h */

enum { LEAVES_MAX = 1 << 17 }; /* 150 MB; a GB of capture holds 6,500 */

struct leaf {
	uint64_t hash;
	size_t length;
	struct certificate certificate;
};

/* All zero is an empty table. */
struct leaf_table {
	struct leaf **slots;
	size_t n_slots, n_used;
	uint64_t refused; /* beyond LEAVES_MAX: left unknown */
};

/*
 * The facts of a leaf; equal leaves yield the same pointer, which lives in the
 * pool.  The rest of the chain (each certificate with its length in 3 bytes,
 * with extensions in between where the message is of TLS 1.3) is only looked at
 * to find a way to the authority, which may be NULL.  NULL beyond LEAVES_MAX.
 */
const struct certificate *leaf_find(struct leaf_table *t, struct pool *pool,
    const struct authority *authority, struct cursor leaf,
    struct cursor chain);

void leaf_table_free(struct leaf_table *t);

#endif
