/*
 * issuers.c - is this the name of a CA that browsers trust?
 */
#include <stdlib.h>

#include "knowledge/dn.h"
#include "knowledge/interceptors.h"

#include "issuers.inc"

static int
name_order(const void *key, const void *element)
{
	return text_compare(*(const struct text *)key,
	    text_of(*(const char *const *)element));
}

bool
issuer_is_public(struct text name)
{
	struct dn dn;

	dn_read(name, &dn);
	for (unsigned i = 0; i < dn.n; i++)
		if (text_is(dn.at[i].type, "o") &&
		    bsearch(&dn.at[i].value, public_issuers,
		    N_ITEMS(public_issuers), sizeof(public_issuers[0]),
		    name_order) != NULL)
			/* "Gateway CA - Cloudflare Managed G1" is of a public
			 * organisation, too. */
			return interceptor_by_name(name) == NULL;
	return false;
}

const char *
issuers_date(void)
{
	return public_issuers_data_date;
}
