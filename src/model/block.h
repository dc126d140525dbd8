/*
 * block.h - addresses and blocks of them, as CIDR notation names them.
 */
#ifndef PINSPOT_MODEL_BLOCK_H
#define PINSPOT_MODEL_BLOCK_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"
#include "model/handshake.h"

enum { BLOCK_BITS_MAX = 128 };

struct block {
	struct endpoint base; /* its first address; family 0: no block */
	unsigned bits; /* that all its addresses share */
};

/* Read an address, which is a block of one, or an address, '/' and a number of
 * bits. */
bool block_read(struct text t, struct block *b) MUST_CHECK;

/* The same, where a '/' without a number stands for an address, too. */
bool block_read_lax(struct text t, struct block *b) MUST_CHECK;

/* The block of so many bits that holds an address. */
struct block block_around(const struct endpoint *e, unsigned bits);

/* Does the block hold the address? */
bool block_holds(const struct block *b, const struct endpoint *e);

#endif
