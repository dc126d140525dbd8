#include "model/finding.h"

#include <stdlib.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/mem.h"

const char *
entry_risk_name(enum entry_risk r)
{
	static const char *const names[] = { NULL, "low", "medium", "high" };

	return (unsigned)r < N_ITEMS(names) ? names[r] : NULL;
}

const char *
entry_verdict_name(enum entry_verdict v)
{
	static const char *const names[] = { NULL, "add", "investigate",
		"workaround", "too-wide" };

	return (unsigned)v < N_ITEMS(names) ? names[v] : NULL;
}

struct report *
report_new(void)
{
	struct report *r = mem_zero(1, sizeof(*r));

	r->pool = pool_new();
	r->interceptor_source = "none";
	r->first = r->last = CLOCK_UNKNOWN;
	return r;
}

void
report_free(struct report *r)
{
	if (r == NULL)
		return;
	pool_free(r->pool);
	free(r);
}
