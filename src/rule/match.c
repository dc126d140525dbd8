#include "rule/rule.h"

static const char *const operators[] = { "=", "!=", ">=", ">", "<=", "<", "in",
	"matches" };

static bool
has_code(const struct alert_set *set, uint64_t code)
{
	return code < ALERT_CODES && (set->bits[code / 64] >> code % 64 & 1);
}

static bool
test_text(const struct condition *c, struct text t, bool *limit)
{
	struct endpoint address = { 0 };
	enum pattern_match match;

	switch (c->operator) {
	case OPERATOR_IN:
		return endpoint_parse(t, &address) &&
		    block_holds(&c->network, &address);
	case OPERATOR_MATCHES:
		match = pattern_search(c->pattern, t);
		*limit |= match == PATTERN_LIMIT;
		return match == PATTERN_YES;
	case OPERATOR_NOT_EQUAL:
		return !text_equal(t, c->text);
	default:
		return text_equal(t, c->text);
	}
}

static bool
test_holds(const struct condition *c, const struct subject *s, bool *limit)
{
	struct value v = fact_value(c->fact, s);

	if (c->fact->type == FACT_TEXT)
		return test_text(c, v.text, limit);
	if (c->fact->type == FACT_CODES)
		return has_code(v.codes, c->number) != c->inverted;
	return (v.number - c->low <= c->span) != c->inverted;
}

/* Conditions are nested little, and most parts are tests: they need no call. */
static inline bool
part_holds(const struct condition *c, const struct subject *s,
    const struct condition **failed, bool *limit)
{
	if (c->kind != CONDITION_TEST)
		return condition_holds(c, s, failed, limit);
	if (test_holds(c, s, limit))
		return true;
	if (failed != NULL)
		*failed = c;
	return false;
}

bool
condition_holds(const struct condition *c, const struct subject *s,
    const struct condition **failed, bool *limit)
{
	bool holds = c->kind == CONDITION_ALL;

	switch (c->kind) {
	case CONDITION_ALL:
		for (size_t i = 0; i < c->n_parts && holds; i++)
			holds = part_holds(&c->parts[i], s, failed, limit);
		return holds;
	case CONDITION_ANY:
		for (size_t i = 0; i < c->n_parts && !holds; i++)
			holds = part_holds(&c->parts[i], s, NULL, limit);
		break;
	case CONDITION_NOT:
		holds = !part_holds(c->parts, s, NULL, limit);
		break;
	case CONDITION_TEST:
		holds = test_holds(c, s, limit);
		break;
	}
	if (!holds && failed != NULL)
		*failed = c;
	return holds;
}

/* The numbers that satisfy a test, from low to high; false for "not equal". */
static bool
range_of(const struct condition *c, uint64_t *low, uint64_t *high)
{
	*low = 0;
	*high = UINT64_MAX;
	switch (c->operator) {
	case OPERATOR_EQUAL:
		*low = *high = c->number;
		return true;
	case OPERATOR_AT_LEAST:
		*low = c->number;
		return true;
	case OPERATOR_MORE:
		*low = c->number + (c->number < UINT64_MAX);
		return true;
	case OPERATOR_AT_MOST:
		*high = c->number;
		return true;
	case OPERATOR_LESS:
		*high = c->number - (c->number > 0);
		return true;
	default:
		return false;
	}
}

void
condition_complete(struct condition *c)
{
	uint64_t high;

	c->inverted = !range_of(c, &c->low, &high);
	if (c->inverted)
		c->low = high = c->number;
	c->span = high - c->low;
	/* Nothing is less than 0. */
	if (c->operator == OPERATOR_LESS && c->number == 0) {
		c->inverted = true;
		c->span = UINT64_MAX;
	}
}

static bool
test_implies(const struct condition *a, const struct condition *b)
{
	uint64_t low_a, high_a, low_b, high_b;

	if (a->fact != b->fact)
		return false;
	if ((a->fact->type == FACT_NUMBER || a->fact->type == FACT_BOOLEAN) &&
	    range_of(a, &low_a, &high_a) && range_of(b, &low_b, &high_b))
		return low_a >= low_b && high_a <= high_b;
	return a->operator == b->operator && a->number == b->number &&
	    text_equal(a->text, b->text);
}

/* Comparing nested conditions is exponential in the worst case; the budget of
 * steps makes that a "not sure". */
static bool
implies(const struct condition *a, const struct condition *b, int *budget)
{
	bool sure;

	if ((*budget)-- <= 0)
		return false;
	switch (b->kind) {
	case CONDITION_ALL:
		for (size_t i = 0; i < b->n_parts; i++)
			if (!implies(a, &b->parts[i], budget))
				return false;
		return true;
	case CONDITION_ANY:
		for (size_t i = 0; i < b->n_parts; i++)
			if (implies(a, &b->parts[i], budget))
				return true;
		break;
	default:
		break;
	}
	switch (a->kind) {
	case CONDITION_ALL:
		for (size_t i = 0; i < a->n_parts; i++)
			if (implies(&a->parts[i], b, budget))
				return true;
		return false;
	case CONDITION_ANY:
		sure = a->n_parts > 0;
		for (size_t i = 0; i < a->n_parts && sure; i++)
			sure = implies(&a->parts[i], b, budget);
		return sure;
	case CONDITION_NOT:
		return b->kind == CONDITION_NOT &&
		    implies(b->parts, a->parts, budget);
	case CONDITION_TEST:
		return b->kind == CONDITION_TEST && test_implies(a, b);
	}
	return false;
}

bool
condition_implies(const struct condition *a, const struct condition *b)
{
	int budget = 10000;

	return implies(a, b, &budget);
}

static void
print_value(const struct condition *c, struct buf *out)
{
	if (c->fact->type == FACT_TEXT)
		buf_printf(out, "\"%.*s\"", TEXT_ARG(c->text));
	else if (c->fact->type == FACT_BOOLEAN)
		buf_string(out, c->number ? "true" : "false");
	else
		buf_printf(out, "%llu", (unsigned long long)c->number);
}

static void
print_fact(const struct condition *c, struct buf *out)
{
	buf_string(out, c->fact->name);
	buf_printf(out, " %s ", c->fact->type == FACT_CODES ?
	    c->operator == OPERATOR_EQUAL ? "has" : "has not" :
	    operators[c->operator]);
}

/* Alternatives of one fact, as a list makes them. */
static bool
is_list(const struct condition *c)
{
	for (size_t i = 0; i < c->n_parts; i++)
		if (c->parts[i].kind != CONDITION_TEST ||
		    c->parts[i].fact != c->parts[0].fact ||
		    c->parts[i].operator != c->parts[0].operator)
			return false;
	return c->kind == CONDITION_ANY && c->n_parts > 1;
}

void
condition_print(const struct condition *c, struct buf *out)
{
	const char *between = c->kind == CONDITION_ANY ? " or " : " and ";

	if (c->kind == CONDITION_TEST) {
		print_fact(c, out);
		print_value(c, out);
		return;
	}
	if (is_list(c)) {
		print_fact(c->parts, out);
		for (size_t i = 0; i < c->n_parts; i++) {
			buf_string(out, i > 0 ? ", " : "any of ");
			print_value(&c->parts[i], out);
		}
		return;
	}
	if (c->n_parts == 0)
		buf_string(out, c->kind == CONDITION_ALL ? "always" : "never");
	if (c->kind == CONDITION_NOT)
		buf_string(out, "not ");
	for (size_t i = 0; i < c->n_parts; i++) {
		bool nested = c->parts[i].kind != CONDITION_TEST &&
		    !is_list(&c->parts[i]);

		buf_string(out, i > 0 ? between : "");
		buf_string(out, nested ? "(" : "");
		condition_print(&c->parts[i], out);
		buf_string(out, nested ? ")" : "");
	}
}
