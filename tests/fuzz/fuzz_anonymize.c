/* The first line is a client, the second a user, the third an issuer; the rest is
 * text that is searched for them. */
#include "fuzz.h"

#include <stdlib.h>

#include "report/anonymize.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t key[DIGEST_SIZE] = { 7 };
	struct text rest = { (const char *)data, size }, part[3];
	struct report *r;
	struct anonymizer *a;

	if (size > 4096)
		return 0;
	r = report_new();
	a = anonymizer_new(key);
	for (int i = 0; i < 3; i++)
		(void)text_split(&rest, '\n', &part[i]);
	r->profiles = pool_zero(r->pool, sizeof(*r->profiles));
	r->profiles[0].client = pool_intern(r->pool, part[0]);
	r->profiles[0].user = pool_intern(r->pool, part[1]);
	r->n_profiles = 1;
	r->interceptor = pool_intern(r->pool, part[2]);
	r->notes = pool_zero(r->pool, sizeof(*r->notes));
	r->notes[0] = pool_intern(r->pool, rest);
	r->n_notes = 1;
	anonymize_report(a, r);
	/* A user who stands alone in the text is gone. */
	if (part[1].n > 2 && text_equal(rest, part[1]) &&
	    text_equal(r->notes[0], rest) &&
	    !text_equal(r->profiles[0].user, part[1]) &&
	    part[1].at[0] >= 'a' && part[1].at[0] <= 'z')
		abort();
	anonymizer_free(a);
	report_free(r);
	return 0;
}
