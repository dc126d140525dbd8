/*
 * hsts_pack.h - a sorted list of names in as few bytes as will still be quick.
 *
 * The names are kept backwards ("moc.elpmaxe"), so that neighbours share their
 * beginnings, in blocks of 16.  Each name says how many bytes it shares with
 * the one before it and what follows; the first of a block shares none.  A
 * lookup searches the blocks by their first names and then walks one block.
 * Nothing is hashed: a name that is not in the list is never found.
 *
 * It knows nothing of pinspot: gen/hsts.c is built with it, too.
 */
#ifndef PINSPOT_KNOWLEDGE_HSTS_PACK_H
#define PINSPOT_KNOWLEDGE_HSTS_PACK_H

#include <stddef.h>
#include <stdint.h>

enum {
	HSTS_EXACT = 1, /* not the names below it */
	HSTS_PINS = 2,
	HSTS_ONLY_PINS = 4, /* not preloaded */
	HSTS_NAME_MAX = 253, /* RFC 1035 section 3.1, without the last dot */
	HSTS_BLOCK = 16
};

struct hsts_row {
	const char *name; /* backwards, lower case, NUL at the end */
	uint8_t flags;
};

struct hsts_pack {
	const uint8_t *bytes;
	const uint32_t *blocks; /* where each begins */
	size_t n_bytes, n_blocks, n_names;
};

/* Bytes that a name of this length takes at most. */
#define HSTS_ROW_MAX(length) ((length) + 4)

/* The flags of a comma separated list ("exact,pins"), or -1. */
int hsts_flags(const char *words);

/*
 * Sort the rows and pack them into bytes, which has room for HSTS_ROW_MAX of
 * each, and blocks, which has room for n / HSTS_BLOCK + 1.  Of equal names one
 * is kept, with the flags of the first.  Names have 1 to HSTS_NAME_MAX bytes,
 * all below 128.
 */
struct hsts_pack hsts_pack(struct hsts_row *rows, size_t n, uint8_t *bytes,
    uint32_t *blocks);

/* The flags of a name, given backwards, or -1 where it is not in the list. */
int hsts_pack_find(const struct hsts_pack *pack, const char *name, size_t n);

#endif
