/*
 * Weak stand-ins for stages that are still being built beside this one, so that
 * the program links; each gives way to the real one as it arrives.
 */
#include "base/mem.h"
#include "exclude/suggest.h"
#include "finding/collect.h"
#include "input/input.h"
#include "knowledge/apps.h"
#include "knowledge/hsts.h"
#include "rule/decide.h"

#define WEAK __attribute__((weak))

WEAK size_t
app_count(void)
{
	return 0;
}

WEAK const char *
apps_date(void)
{
	return "";
}

WEAK int
apps_load(const char *path, struct error *e)
{
	return error_set(e, "%s", path);
}

WEAK const char *
hsts_date(void)
{
	return "";
}

WEAK int
hsts_load(const char *path, struct error *e)
{
	return error_set(e, "%s", path);
}

WEAK int
suggest_entries(struct report *r, const char *product, struct error *e)
{
	(void)r, (void)product, (void)e;
	return 0;
}

WEAK struct collector *
collector_new(struct report *r)
{
	(void)r;
	return mem_zero(1, 8);
}

WEAK void
collector_add(const struct handshake *h, void *c)
{
	(void)h, (void)c;
}

WEAK uint32_t
collector_token(const struct collector *c)
{
	(void)c;
	return 0;
}

WEAK long
collector_cell(const struct collector *c, uint32_t token)
{
	(void)c, (void)token;
	return -1;
}

WEAK void
collector_finish(struct collector *c)
{
	(void)c;
}

WEAK void
collector_free(struct collector *c)
{
	(void)c;
}

WEAK struct rules *
rules_new(bool without, const char *const *paths, size_t n, struct error *e)
{
	(void)without, (void)paths, (void)n, (void)e;
	return mem_zero(1, 8);
}

WEAK void
rules_free(struct rules *rules)
{
	(void)rules;
}

WEAK void
rules_decide(struct rules *rules, struct report *r)
{
	(void)rules, (void)r;
}

