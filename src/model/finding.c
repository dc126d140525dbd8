#include "model/finding.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/clock.h"
#include "base/mem.h"

const struct host_app *
host_app(const struct host *h)
{
	static const struct host_app none;

	return h->app != NULL ? h->app : &none;
}

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
	r->issuers = pool_zero(r->pool, sizeof(*r->issuers));
	r->n_issuers = 1;
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

/* Notes are few, so that the array is made anew for each. */
static void
append(struct report *r, struct text **list, size_t *n, const char *words)
{
	struct text *longer = pool_zero(r->pool, (*n + 1) * sizeof(*longer));

	if (*n > 0)
		memcpy(longer, *list, *n * sizeof(*longer));
	longer[(*n)++] = pool_intern(r->pool, text_of(words));
	*list = longer;
}

void
report_note(struct report *r, const char *format, ...)
{
	char words[1024];
	va_list list;

	va_start(list, format);
	vsnprintf(words, sizeof(words), format, list);
	va_end(list);
	append(r, &r->notes, &r->n_notes, words);
}

void
report_limit(struct report *r, const char *words)
{
	append(r, &r->limits_hit, &r->n_limits_hit, words);
}
