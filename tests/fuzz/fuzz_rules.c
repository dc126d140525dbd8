#include "base/buf.h"
#include "base/mem.h"
#include "rule/inspect.h"
#include "rule/rule.h"

#include "fuzz.h"

/* Load, compare and test rules that a stranger wrote. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rules *rules = mem_zero(1, sizeof(*rules));
	struct text text = { (const char *)data, size };
	struct buf out = { 0 };
	struct error e;

	rules->pool = pool_new();
	if (rules_load_text(rules, "fuzz.json", text, &e) == 0) {
		rules_check(rules, &out);
		rules_test(rules, &out);
		rules_list(rules, &out);
	}
	buf_free(&out);
	rules_free(rules);
	return 0;
}
