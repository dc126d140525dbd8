#include "knowledge/hsts_pack.h"

#include <stdlib.h>
#include <string.h>

enum {
	NIBBLE = 15, /* a count of 15 or more goes on in a byte of its own */
	FLAGGED = 0x80 /* on the last byte of a name: its flags follow */
};

static const struct {
	const char *word;
	int flag;
} flag_words[] = { { "exact", HSTS_EXACT }, { "pins", HSTS_PINS },
	{ "only-pins", HSTS_ONLY_PINS | HSTS_PINS } };

int
hsts_flags(const char *words)
{
	int flags = 0;

	while (*words != '\0') {
		size_t n = strcspn(words, ","), i = 0;

		while (i < 3 && (strlen(flag_words[i].word) != n ||
		    memcmp(flag_words[i].word, words, n) != 0))
			i++;
		if (i == 3)
			return -1;
		flags |= flag_words[i].flag;
		words += n + (words[n] == ',');
	}
	return flags;
}

static int
row_order(const void *a, const void *b)
{
	const struct hsts_row *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static size_t
shared(const char *a, const char *b)
{
	size_t n = 0;

	while (a[n] != '\0' && a[n] == b[n])
		n++;
	return n;
}

static uint8_t *
put_row(uint8_t *at, const char *before, const struct hsts_row *row)
{
	size_t same = shared(before, row->name);
	size_t rest = strlen(row->name) - same;

	*at++ = (uint8_t)((same < NIBBLE ? same : NIBBLE) << 4 |
	    (rest < NIBBLE ? rest : NIBBLE));
	if (same >= NIBBLE)
		*at++ = (uint8_t)(same - NIBBLE);
	if (rest >= NIBBLE)
		*at++ = (uint8_t)(rest - NIBBLE);
	memcpy(at, row->name + same, rest);
	at += rest;
	if (row->flags != 0) {
		at[-1] |= FLAGGED;
		*at++ = row->flags;
	}
	return at;
}

struct hsts_pack
hsts_pack(struct hsts_row *rows, size_t n, uint8_t *bytes, uint32_t *blocks)
{
	struct hsts_pack pack = { .bytes = bytes, .blocks = blocks };
	const char *before = "";
	uint8_t *at = bytes;

	qsort(rows, n, sizeof(rows[0]), row_order);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && strcmp(rows[i].name, rows[i - 1].name) == 0)
			continue;
		if (pack.n_names % HSTS_BLOCK == 0) {
			blocks[pack.n_blocks++] = (uint32_t)(at - bytes);
			before = "";
		}
		at = put_row(at, before, &rows[i]);
		before = rows[i].name;
		pack.n_names++;
	}
	pack.n_bytes = (size_t)(at - bytes);
	return pack;
}

/* One name of a block, as it is written there. */
struct entry {
	size_t same, rest;
	const uint8_t *text;
	int flags;
};

static const uint8_t *
get_row(const uint8_t *at, struct entry *e)
{
	e->same = *at >> 4;
	e->rest = *at++ & NIBBLE;
	if (e->same == NIBBLE)
		e->same += *at++;
	if (e->rest == NIBBLE)
		e->rest += *at++;
	e->text = at;
	at += e->rest;
	e->flags = at[-1] & FLAGGED ? *at++ : 0;
	return at;
}

/* How much of the entry's rest the name has, too; *order tells how the entry
 * compares with the name. */
static size_t
compare(const struct entry *e, const char *name, size_t n, int *order)
{
	size_t i;

	for (i = 0; i < e->rest && i < n; i++) {
		*order = (e->text[i] & ~FLAGGED) - (unsigned char)name[i];
		if (*order != 0)
			return i;
	}
	*order = (e->rest > n) - (e->rest < n);
	return i;
}

/* The last block whose first name is not beyond the name. */
static size_t
find_block(const struct hsts_pack *pack, const char *name, size_t n)
{
	size_t low = 0, high = pack->n_blocks;
	struct entry e;
	int order;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		get_row(pack->bytes + pack->blocks[middle], &e);
		compare(&e, name, n, &order);
		if (order > 0)
			high = middle;
		else
			low = middle;
	}
	return low;
}

int
hsts_pack_find(const struct hsts_pack *pack, const char *name, size_t n)
{
	const uint8_t *at, *end;
	size_t block, known = 0; /* bytes that the last entry and name share */
	struct entry e;
	int order;

	if (pack->n_blocks == 0 || n == 0)
		return -1;
	block = find_block(pack, name, n);
	at = pack->bytes + pack->blocks[block];
	end = pack->bytes + (block + 1 < pack->n_blocks ?
	    pack->blocks[block + 1] :
	    pack->n_bytes);
	while (at < end) {
		at = get_row(at, &e);
		/* The list is sorted: an entry that shares more with the last
		 * one than the name does is still before the name, one that
		 * shares less is beyond it. */
		if (e.same > known)
			continue;
		if (e.same < known)
			return -1;
		known += compare(&e, name + known, n - known, &order);
		if (order == 0)
			return e.flags;
		if (order > 0)
			return -1;
	}
	return -1;
}
