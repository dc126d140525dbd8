#include "rule/inspect.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "rule/rule.h"

/* What `make lab-score` wrote: under "rules" an object of {"n", "false",
 * "upper"} for each, where upper bounds the share of wrong verdicts with 95 %
 * confidence. */
static const struct {
	const char *name;
	const char *text;
	size_t n;
} measured[] = {
#include "measured.inc"
};

/* The caller puts it. */
static struct json_object *
read_measured(void)
{
	struct error e;

	return json_parse((struct text){ measured[0].text, measured[0].n },
	    measured[0].name, &e);
}

/* "right 57 of 57 on the lab, wrong in at most 5 %"; nothing for other rules. */
static void
print_measured(struct json_object *all, struct text id, struct buf *out)
{
	struct json_object *rules, *of_rule, *n, *wrong, *upper;
	char name[80];

	if (id.n >= sizeof(name))
		return;
	memcpy(name, id.at, id.n);
	name[id.n] = '\0';
	if (!json_object_object_get_ex(all, "rules", &rules) ||
	    !json_object_object_get_ex(rules, name, &of_rule) ||
	    !json_object_object_get_ex(of_rule, "n", &n) ||
	    !json_object_object_get_ex(of_rule, "false", &wrong) ||
	    !json_object_object_get_ex(of_rule, "upper", &upper))
		return;
	buf_printf(out, "right %lld of %lld on the lab",
	    (long long)(json_object_get_int64(n) -
	    json_object_get_int64(wrong)),
	    (long long)json_object_get_int64(n));
	if (json_object_get_double(upper) < 1)
		buf_printf(out, ", wrong in at most %.0f %%",
		    100 * json_object_get_double(upper));
}

void
rules_list(const struct rules *rules, struct buf *out)
{
	struct json_object *lab = read_measured();

	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *r = &rules->rules[i];
		size_t before;

		buf_printf(out, "%3zu  %-27.*s %-19s %.*s\n", i + 1,
		    TEXT_ARG(r->id), class_facts(r->class)->name,
		    TEXT_ARG(r->title));
		before = out->n;
		buf_printf(out, "%53s", "");
		print_measured(lab, r->id, out);
		if (out->n == before + 53)
			out->n = before;
		else
			buf_char(out, '\n');
	}
	json_object_put(lab);
}

/* A rule's JSON once more: reading it as a rule went well.  The caller puts
 * it. */
static struct json_object *
read_source(const struct rule *rule)
{
	struct error e;

	return json_parse(rule->source, "", &e);
}

static void
show_source(const struct rule *rule, struct buf *out)
{
	struct json_object *source = read_source(rule);

	buf_printf(out, "%s\n", json_object_to_json_string_ext(source,
	    JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
	    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(source);
}

static void
show_condition(const char *label, const struct condition *c, struct buf *out)
{
	buf_printf(out, "%-12s ", label);
	condition_print(c, out);
	buf_char(out, '\n');
}

bool
rules_show(const struct rules *rules, struct text id, struct buf *out)
{
	const struct rule *r = rules->rules;
	struct json_object *lab;
	char date[CLOCK_ISO_SIZE];
	size_t i, before;

	for (i = 0; i < rules->n && !text_equal(r[i].id, id); i++)
		;
	if (i == rules->n)
		return false;
	r += i;
	buf_printf(out, "%.*s: %.*s\n\n", TEXT_ARG(r->id), TEXT_ARG(r->title));
	buf_printf(out, "%-12s %s\n", "class", class_facts(r->class)->name);
	show_condition("when", &r->when, out);
	buf_printf(out, "%-12s %s\n", "confidence",
	    confidence_name(r->base));
	if (r->has_likely)
		show_condition("  likely", &r->likely, out);
	if (r->has_confirmed)
		show_condition("  confirmed", &r->confirmed, out);
	if (r->until != CLOCK_UNKNOWN)
		buf_printf(out, "%-12s %s\n", "until",
		    clock_iso(r->until, date));
	lab = read_measured();
	buf_printf(out, "%-12s ", "measured");
	before = out->n;
	print_measured(lab, id, out);
	buf_string(out, out->n == before ? "nothing on the lab\n" : "\n");
	json_object_put(lab);
	buf_printf(out, "%-12s %.*s:%d\n\n", "written in",
	    TEXT_ARG(r->file), r->line);
	show_source(r, out);
	return true;
}

size_t
rules_check(const struct rules *rules, struct buf *out)
{
	size_t bad = 0;

	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *late = &rules->rules[i];

		for (size_t k = 0; k < i; k++) {
			const struct rule *early = &rules->rules[k];

			/* One that ends by a date leaves room afterwards. */
			if (early->until != CLOCK_UNKNOWN ||
			    !condition_implies(&late->when, &early->when))
				continue;
			buf_printf(out, "%.*s:%d: rule %.*s can never match: "
			    "%.*s (%.*s:%d) comes first and always does\n",
			    TEXT_ARG(late->file), late->line,
			    TEXT_ARG(late->id), TEXT_ARG(early->id),
			    TEXT_ARG(early->file), early->line);
			bad++;
			break;
		}
	}
	return bad;
}

/* Does a rule do on a test's facts what the test says? */
static bool
run_test(const struct rule *rule, const struct rule_test *t,
    struct json_object *given, struct text *words)
{
	struct alert_set codes;
	struct subject s = { .given = given, .given_codes = &codes };
	bool limit = false;
	bool matched = condition_holds(&rule->when, &s, NULL, &limit);

	if (limit)
		*words = TEXT("its pattern takes too long");
	else if (matched && !t->expected)
		*words = TEXT("it matches, and should not");
	else if (!matched && t->expected)
		*words = TEXT("it should match, and does not");
	else if (matched && t->class.n > 0 &&
	    !text_is(t->class, class_facts(rule->class)->name))
		*words = TEXT("its class is another one");
	else
		return true;
	return false;
}

/* Run the tests of one rule; returns how many failed. */
static size_t
test_rule(const struct rule *r, struct buf *out)
{
	struct json_object *source = read_source(r);
	struct json_object *tests = json_object_object_get(source, "tests");
	struct text words;
	size_t failed = 0;

	for (size_t k = 0; k < r->n_tests; k++) {
		struct json_object *test = json_object_array_get_idx(tests, k);

		if (run_test(r, &r->tests[k],
		    json_object_object_get(test, "facts"), &words))
			continue;
		buf_printf(out, "%.*s:%d: test %zu of rule %.*s: %.*s\n",
		    TEXT_ARG(r->file), r->line, k + 1, TEXT_ARG(r->id),
		    TEXT_ARG(words));
		failed++;
	}
	json_object_put(source);
	return failed;
}

size_t
rules_test(const struct rules *rules, struct buf *out)
{
	size_t n = 0, failed = 0, without = 0;

	for (size_t i = 0; i < rules->n; i++) {
		without += rules->rules[i].n_tests == 0;
		n += rules->rules[i].n_tests;
		failed += test_rule(&rules->rules[i], out);
	}
	buf_printf(out, "%zu rules, %zu tests, %zu failed, %zu rules without "
	    "tests\n", rules->n, n, failed, without);
	return failed;
}

/* "rejected.attempts >= 2, and it is 1" */
static void
print_failure(const struct condition *failed, const struct subject *s,
    struct buf *out)
{
	struct value v;

	condition_print(failed, out);
	if (failed->kind != CONDITION_TEST ||
	    failed->fact->type == FACT_CODES)
		return;
	v = fact_value(failed->fact, s);
	if (failed->fact->type == FACT_TEXT)
		buf_printf(out, ", and it is \"%.*s\"", TEXT_ARG(v.text));
	else if (failed->fact->type == FACT_BOOLEAN)
		buf_printf(out, ", and it is %s", v.number ? "true" :
		    "false");
	else
		buf_printf(out, ", and it is %llu",
		    (unsigned long long)v.number);
}

/* The cell that the finding's rule matched, preferably the proving one. */
static const struct cell *
find_cell(const struct report *r, const struct finding *f)
{
	const struct cell *any = NULL;

	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *c = &r->cells[i];

		if (c->finding == 0 || &r->findings[c->finding - 1] != f ||
		    c->failure == NULL)
			continue;
		if (c->failure->n_exemplars > 0 &&
		    c->failure->exemplars[0]->input == f->proof->input &&
		    c->failure->exemplars[0]->hello.record ==
		    f->proof->hello.record)
			return c;
		any = any != NULL ? any : c;
	}
	return any;
}

void
rules_explain(const struct rules *rules, const struct report *r,
    const struct finding *f, struct buf *out)
{
	const struct cell *cell = find_cell(r, f);
	const struct condition *failed;
	struct memo memo;
	struct subject s = subject_new(r, &memo);
	bool limit = false;

	if (cell == NULL)
		return;
	subject_look(&s, cell);
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = &rules->rules[i];

		failed = NULL;
		if (condition_holds(&rule->when, &s, &failed, &limit)) {
			buf_printf(out, "  %-28.*s matches: %.*s\n",
			    TEXT_ARG(rule->id), TEXT_ARG(rule->title));
			return;
		}
		buf_printf(out, "  %-28.*s ", TEXT_ARG(rule->id));
		if (failed != NULL) {
			buf_string(out, "wants ");
			print_failure(failed, &s, out);
		}
		buf_char(out, '\n');
	}
}

void
facts_list(struct buf *out)
{
	for (size_t i = 0; i < n_facts; i++)
		buf_printf(out, "%-48s %-8s %-10s %s\n", facts[i].name,
		    fact_type_name(facts[i].type),
		    fact_scope_name(facts[i].scope), facts[i].meaning);
}
