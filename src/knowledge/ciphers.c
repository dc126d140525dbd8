#include "knowledge/ciphers.h"

#include <stdlib.h>

struct suite {
	uint16_t code;
	const char *name;
	struct cipher_facts facts;
};

struct alias {
	const char *name;
	uint8_t length;
	uint16_t code;
};

#include "ciphers.inc"

static int
suite_order(const void *key, const void *element)
{
	int code = *(const uint16_t *)key;

	return code - ((const struct suite *)element)->code;
}

static const struct suite *
suite_find(uint16_t code)
{
	return bsearch(&code, ciphers, N_ITEMS(ciphers), sizeof(ciphers[0]),
	    suite_order);
}

const char *
cipher_name(uint16_t code)
{
	const struct suite *suite = suite_find(code);

	return suite != NULL ? suite->name : NULL;
}

static int
alias_order(const void *key, const void *element)
{
	const struct alias *alias = element;

	return text_compare(*(const struct text *)key,
	    (struct text){ alias->name, alias->length });
}

int
cipher_by_name(struct text name)
{
	const struct alias *alias = bsearch(&name, cipher_names,
	    N_ITEMS(cipher_names), sizeof(cipher_names[0]), alias_order);

	return alias != NULL ? alias->code : -1;
}

struct cipher_facts
cipher_facts(uint16_t code)
{
	const struct suite *suite = suite_find(code);

	return suite != NULL ? suite->facts : (struct cipher_facts){ 0 };
}

const char *
ciphers_date(void)
{
	return ciphers_data_date;
}
