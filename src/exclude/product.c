#include "exclude/product.h"

#include <stdlib.h>

#include "base/attr.h"
#include "base/mem.h"

#define PRODUCT(name) extern const struct product product_##name;
#include "exclude/products.def"
#undef PRODUCT

static const struct product *const products[] = {
#define PRODUCT(name) &product_##name,
#include "exclude/products.def"
#undef PRODUCT
};

size_t
product_count(void)
{
	return N_ITEMS(products);
}

const struct product *
product_at(size_t i)
{
	return products[i];
}

const struct product *
product_by_name(struct text name)
{
	for (size_t i = 0; i < N_ITEMS(products); i++)
		if (text_equal_nocase(name, text_of(products[i]->name)))
			return products[i];
	return NULL;
}

const struct list_form *
product_form(const struct product *p, const char *name)
{
	if (name == NULL)
		return &p->forms[0];
	for (const struct list_form *f = p->forms; f->name != NULL; f++)
		if (text_equal_nocase(text_of(name), text_of(f->name)))
			return f;
	return NULL;
}

size_t
product_write(const struct list_form *form, const struct listed *entries,
    size_t n, struct buf *out)
{
	struct listed *sound = mem_zero(n + 1, sizeof(*sound));
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		if (entries[i].sound)
			sound[k++] = entries[i];
	form->write(sound, k, out);
	free(sound);
	return n - k;
}

int
product_unknown(const char *name, struct error *e)
{
	const char *names[32], *guess;
	int n = 0;

	for (; n < 32 && (size_t)n < product_count(); n++)
		names[n] = product_at((size_t)n)->name;
	guess = error_nearest(name, names, n);
	if (guess != NULL)
		return error_set(e, "--for: unknown product \"%s\", did you "
		    "mean \"%s\"?", name, guess);
	return error_set(e, "--for: unknown product \"%s\"; try: pinspot "
	    "suggest --help", name);
}
