#include "knowledge/interceptors.h"

#include "knowledge/dn.h"

enum { CONDITIONS_MAX = 3 };

struct rule {
	int product;
	int n;
	struct {
		const char *type, *pattern;
	} conditions[CONDITIONS_MAX];
};

#include "interceptors.inc"

static bool
holds(const struct dn *dn, const char *type, const char *pattern)
{
	for (unsigned i = 0; i < dn->n; i++)
		if (text_is(dn->at[i].type, type) &&
		    dn_match(pattern, dn->at[i].value))
			return true;
	return false;
}

const struct interceptor *
interceptor_by_name(struct text name)
{
	struct dn dn;

	dn_read(name, &dn);
	for (size_t i = 0; i < N_ITEMS(interceptor_rules); i++) {
		const struct rule *rule = &interceptor_rules[i];
		int n = 0;

		while (n < rule->n &&
		    holds(&dn, rule->conditions[n].type,
		    rule->conditions[n].pattern))
			n++;
		if (n == rule->n)
			return &interceptors[rule->product];
	}
	return NULL;
}

bool
interceptor_is_block_host(struct text host)
{
	for (size_t i = 0; i < N_ITEMS(block_hosts); i++)
		if (dn_match(block_hosts[i], host))
			return true;
	return false;
}

const char *
interceptors_date(void)
{
	return interceptors_data_date;
}
