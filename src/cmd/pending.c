/*
 * Weak stand-ins for stages that are still being built beside this one, so that
 * the program links; each gives way to the real one as it arrives.
 */
#include "base/mem.h"
#include "input/input.h"
#include "rule/decide.h"

#define WEAK __attribute__((weak))

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

WEAK int
input_read(const char *path, uint32_t number, const struct input_options *o,
    handshake_fn *emit, void *arg, struct pool *pool, struct input_info *info,
    struct totals *totals, struct error *e)
{
	(void)number, (void)o, (void)emit, (void)arg, (void)pool, (void)info;
	(void)totals;
	return error_set(e, "%s: unknown format", path);
}
