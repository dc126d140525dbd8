#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "rule/inspect.h"
#include "rule/rule.h"

#include "unit.h"

static struct rules *
load(const char *text, struct error *e)
{
	struct rules *rules = mem_zero(1, sizeof(*rules));

	rules->pool = pool_new();
	if (rules_load_text(rules, "20-local.json", text_of(text), e) == 0)
		return rules;
	rules_free(rules);
	return NULL;
}

START_TEST(default_rules_are_sound_and_pass_their_tests)
{
	struct error e = { "" };
	struct rules *rules = rules_new(false, NULL, 0, &e);
	struct buf out = { 0 };

	ck_assert_msg(rules != NULL, "%s", e.text);
	ck_assert_msg(rules_check(rules, &out) == 0, "%s", out.at);
	ck_assert_msg(rules_test(rules, &out) == 0, "%s", out.at);
	for (size_t i = 0; i < rules->n; i++)
		ck_assert_msg(rules->rules[i].n_tests > 0, "%.*s",
		    TEXT_ARG(rules->rules[i].id));
	ck_assert_uint_eq(strlen(rules->digest), 64);
	buf_free(&out);
	rules_free(rules);
}
END_TEST

/* Every class but those of other stages has a rule. */
START_TEST(default_rules_cover_all_classes)
{
	struct error e = { "" };
	struct rules *rules = rules_new(false, NULL, 0, &e);
	bool covered[N_CLASSES] = { false };

	ck_assert_ptr_nonnull(rules);
	for (size_t i = 0; i < rules->n; i++)
		covered[rules->rules[i].class] = true;
	for (int c = CLASS_PINNING; c < N_CLASSES; c++)
		ck_assert_msg(covered[c] || c == CLASS_IGNORE, "%s",
		    class_facts((enum class)c)->name);
	rules_free(rules);
}
END_TEST

#define RULE(rest) "\n\n {\"id\":\"local-1\",\"class\":\"ignore\"," rest "}"

static const struct {
	const char *text, *words;
} wrong[] = {
	{ RULE("\"when\":{\"atempts\":1}"),
	    "20-local.json:3: unknown fact \"atempts\" in rule local-1, did "
	    "you mean \"attempts\"?" },
	{ RULE("\"when\":{\"attempts\":\"many\"}"),
	    "20-local.json:3: \"attempts\" is a number, and \"many\" is none "
	    "in rule local-1" },
	{ RULE("\"when\":{\"attempts\":{\"matches\":\"x\"}}"),
	    "20-local.json:3: \"matches\" does not fit \"attempts\", which is "
	    "a number in rule local-1" },
	{ RULE("\"when\":{\"host\":{\"matches\":\"(\"}}"),
	    "20-local.json:3: pattern \"(\":" },
	{ RULE("\"when\":{\"client\":{\"in\":\"10.0.0.0/33\"}}"),
	    "20-local.json:3: \"10.0.0.0/33\" has no such prefix length in "
	    "rule local-1" },
	{ RULE("\"when\":{\"finding.attempts\":1}"),
	    "20-local.json:3: \"finding.attempts\" tells only in "
	    "\"confidence\", and stands in \"when\" in rule local-1" },
	{ RULE("\"on\":\"host\",\"when\":{\"client\":\"a\"}"),
	    "20-local.json:3: \"client\" is about a profile, and the rule is "
	    "on a host in rule local-1" },
	{ RULE("\"when\":{},\"untill\":\"2026-01-01\""),
	    "20-local.json:3: unknown key \"untill\" in rule local-1, did "
	    "you mean \"until\"?" },
	{ RULE("\"when\":{},\"until\":\"soon\""),
	    "20-local.json:3: \"until\" is a date such as 2026-12-31, and "
	    "\"soon\" is none in rule local-1" },
	{ "{\"id\":\"a\",\"class\":\"pining\",\"when\":{}}",
	    "20-local.json:1: unknown class \"pining\" in rule a, did you "
	    "mean \"pinning\"?" },
	{ "{\"id\":\"a\",\"class\":\"ignore\"}",
	    "20-local.json:1: no \"when\" in rule a" },
	{ "{\"id\":\"A b\"}", "20-local.json:1: an id is" },
	{ "[{\"id\":", "20-local.json:1: the object that begins here never "
	    "ends" },
	{ "\n5", "20-local.json:2: expected an object in braces" },
};

START_TEST(errors_name_file_line_and_rule)
{
	struct error e = { "" };

	ck_assert_ptr_null(load(wrong[_i].text, &e));
	ck_assert_msg(strncmp(e.text, wrong[_i].words,
	    strlen(wrong[_i].words)) == 0, "%s", e.text);
}
END_TEST

/* Nothing that is cut short may pass for a rule, or crash. */
START_TEST(refuses_every_truncation)
{
	static const char text[] =
	    "{\"id\":\"a\",\"class\":\"ignore\",\"when\":{\"any\":[{\"host\":"
	    "{\"matches\":\"^x\"}},{\"not\":{\"attempts\":{\">=\":2,\"<\":9}}}"
	    "]},\"confidence\":{\"base\":\"likely\"},\"tests\":[{\"facts\":"
	    "{\"host\":\"xy\"},\"expect\":\"ignore\"}]}";
	struct error e;
	char copy[sizeof(text)];
	struct rules *rules;

	for (size_t n = 1; n < sizeof(text) - 1; n++) {
		memcpy(copy, text, n);
		copy[n] = '\0';
		ck_assert_ptr_null(load(copy, &e));
	}
	rules = load(text, &e);
	ck_assert_ptr_nonnull(rules);
	rules_free(rules);
}
END_TEST

START_TEST(finds_rules_that_cannot_be_reached)
{
	struct error e;
	struct buf out = { 0 };
	struct rules *rules = load(
	    "{\"id\":\"wide\",\"class\":\"ignore\",\"when\":{\"attempts\":"
	    "{\">=\":2}}}\n"
	    "{\"id\":\"narrow\",\"class\":\"pinning\",\"when\":{\"host\":"
	    "\"a\",\"attempts\":3}}\n"
	    "{\"id\":\"other\",\"class\":\"pinning\",\"when\":{\"host\":"
	    "\"a\",\"attempts\":1}}\n", &e);

	ck_assert_ptr_nonnull(rules);
	ck_assert_uint_eq(rules_check(rules, &out), 1);
	ck_assert_str_eq(out.at, "20-local.json:2: rule narrow can never "
	    "match: wide (20-local.json:1) comes first and always does\n");
	buf_free(&out);
	rules_free(rules);
}
END_TEST

/* One of several, with brackets and commas around it. */
START_TEST(shows_a_rule_as_it_is_written)
{
	struct error e;
	struct buf out = { 0 };
	struct rules *rules = load(
	    "[ {\"id\":\"a\",\"class\":\"ignore\",\"when\":{}} ,\n"
	    "  {\"id\":\"b\",\"class\":\"pinning\",\"when\":{\"host\":\"x/\"}} ]",
	    &e);
	const char *end = "\nwritten in   20-local.json:2\n\n"
	    "{\n  \"id\": \"b\",\n  \"class\": \"pinning\",\n"
	    "  \"when\": {\n    \"host\": \"x/\"\n  }\n}\n";

	ck_assert_ptr_nonnull(rules);
	ck_assert(rules_show(rules, TEXT("b"), &out));
	ck_assert_uint_gt(out.n, strlen(end));
	ck_assert_str_eq(out.at + out.n - strlen(end), end);
	ck_assert(!rules_show(rules, TEXT("c"), &out));
	buf_free(&out);
	rules_free(rules);
}
END_TEST

START_TEST(a_failed_test_is_told)
{
	struct error e;
	struct buf out = { 0 };
	struct rules *rules = load(
	    "{\"id\":\"a\",\"class\":\"ignore\",\"when\":{\"client\":{\"in\":"
	    "[\"10.9.0.0/24\",\"2001:db8::/33\"]}},\"tests\":[{\"facts\":"
	    "{\"client\":\"10.9.0.7\"},\"expect\":\"ignore\"},{\"facts\":"
	    "{\"client\":\"2001:db8:7fff::1\"},\"expect\":\"ignore\"},"
	    "{\"facts\":{\"client\":\"2001:db8:8000::1\"},\"expect\":false},"
	    "{\"facts\":{\"client\":\"10.9.1.7\"},\"expect\":\"ignore\"}]}",
	    &e);

	ck_assert_ptr_nonnull(rules);
	ck_assert_uint_eq(rules_test(rules, &out), 1);
	ck_assert_str_eq(out.at, "20-local.json:1: test 4 of rule a: it "
	    "should match, and does not\n"
	    "1 rules, 4 tests, 1 failed, 0 rules without tests\n");
	buf_free(&out);
	rules_free(rules);
}
END_TEST

/* Each fact with its type, scope and meaning, and no others. */
START_TEST(the_manual_has_every_fact)
{
	struct buf manual = { 0 }, wanted = { 0 };
	struct error e;
	size_t n = 0;

	ck_assert_msg(file_read("man/pinspot-rules.5", 1 << 20, &manual, &e) ==
	    0, "%s", e.text);
	for (size_t i = 0; i < manual.n; i++)
		if (manual.at[i] == '\n')
			manual.at[i] = ' ';
	for (size_t i = 0; i < n_facts; i++) {
		wanted.n = 0;
		buf_printf(&wanted, ".It Va %s %s, %s: %s. ",
		    facts[i].name, fact_type_name(facts[i].type),
		    fact_scope_name(facts[i].scope), facts[i].meaning);
		ck_assert_msg(text_find(buf_view(&manual), wanted.at) >= 0,
		    "%s", wanted.at);
	}
	for (const char *at = manual.at; (at = strstr(at, ".It Va ")) != NULL;
	    at++)
		n++;
	ck_assert_uint_eq(n, n_facts);
	buf_free(&manual);
	buf_free(&wanted);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("rules");

	tcase_add_test(tc, default_rules_are_sound_and_pass_their_tests);
	tcase_add_test(tc, default_rules_cover_all_classes);
	tcase_add_loop_test(tc, errors_name_file_line_and_rule, 0,
	    (int)N_ITEMS(wrong));
	tcase_add_test(tc, refuses_every_truncation);
	tcase_add_test(tc, finds_rules_that_cannot_be_reached);
	tcase_add_test(tc, shows_a_rule_as_it_is_written);
	tcase_add_test(tc, a_failed_test_is_told);
	tcase_add_test(tc, the_manual_has_every_fact);
	return unit_run(tc);
}
