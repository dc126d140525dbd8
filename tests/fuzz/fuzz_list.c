/* The first byte picks the product, or recognition; the rest is the list. */
#include "fuzz.h"

#include "exclude/product.h"
#include "exclude/registry.h"

static void
use(const struct exclusions *l)
{
	static const struct host_facts facts[] = {
		{ .name = TEXT_INIT("api.bank.example"), .port = 443 },
		{ .cn = TEXT_INIT("*.bank.example") },
		{ .address = { 4, 0, { 203, 0, 113, 7 } }, .port = 8443 },
	};
	struct buf out = { 0 };

	for (size_t i = 0; i < l->n; i++) {
		const struct listed *e = &l->entries[i];

		(void)e->product->check(e);
		(void)e->product->suffix(e);
		for (size_t k = 0; k < N_ITEMS(facts); k++)
			(void)e->product->match(e, &facts[k]);
	}
	registry_write(l->entries, l->n, &out);
	for (const struct list_form *f = l->product != NULL ?
	    l->product->forms : NULL; f != NULL && f->name != NULL; f++)
		product_write(f, l->entries, l->n, &out);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct product *p = NULL;
	struct exclusions l;

	if (size < 1 || size > 65536)
		return 0;
	if (data[0] % (product_count() + 1) > 0)
		p = product_at(data[0] % (product_count() + 1) - 1);
	list_init(&l);
	list_read(&l, p, (struct text){ (const char *)data + 1, size - 1 });
	use(&l);
	list_free(&l);
	return 0;
}
