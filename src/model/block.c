#include "model/block.h"

static unsigned
bits_of(const struct endpoint *e)
{
	return e->family == 4 ? 32 : BLOCK_BITS_MAX;
}

struct block
block_around(const struct endpoint *e, unsigned bits)
{
	struct block b = { .base.family = e->family, .bits = bits };
	unsigned whole = bits / 8, rest = bits % 8;

	memcpy(b.base.address, e->address, whole);
	if (rest > 0)
		b.base.address[whole] = (uint8_t)(e->address[whole] &
		    (0xff00 >> rest));
	return b;
}

bool
block_read(struct text t, struct block *b)
{
	struct endpoint e = { 0 };
	struct text address;
	uint64_t bits;

	if (!text_split(&t, '/', &address)) {
		if (!endpoint_parse(address, &e))
			return false;
		bits = bits_of(&e);
	} else if (!endpoint_parse(address, &e) || !text_u64(t, &bits) ||
	    bits > bits_of(&e)) {
		return false;
	}
	*b = block_around(&e, (unsigned)bits);
	return true;
}

bool
block_read_lax(struct text t, struct block *b)
{
	if (text_ends(t, "/"))
		t.n--;
	return block_read(t, b);
}

bool
block_holds(const struct block *b, const struct endpoint *e)
{
	struct block around;

	if (b->base.family == 0 || b->base.family != e->family)
		return false;
	around = block_around(e, b->bits);
	return endpoint_compare(&b->base, &around.base) == 0;
}
