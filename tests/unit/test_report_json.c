/* The report as JSON: every key of the contract, and nothing that breaks out. */
#include <json-c/json.h>

#include "base/attr.h"
#include "fixture_report.h"
#include "report/report.h"
#include "unit.h"

static struct json_object *
parse(const char *text)
{
	struct json_tokener *tokener = json_tokener_new();
	struct json_object *object;

	json_tokener_set_flags(tokener,
	    JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	object = json_tokener_parse_ex(tokener, text, (int)strlen(text));
	ck_assert_ptr_nonnull(object);
	json_tokener_free(tokener);
	return object;
}

/* The report is freed. */
static struct json_object *
render_report(struct report *r)
{
	const struct render_options o = { 0 };
	struct buf out = { 0 };
	struct json_object *object;

	renderer_by_name("json")->render(r, &o, &out);
	ck_assert_uint_eq(strlen(out.at), out.n);
	object = parse(out.at);
	buf_free(&out);
	report_free(r);
	return object;
}

static struct json_object *
render(enum fixture kind, size_t n)
{
	return render_report(fixture_report(kind, n));
}

/* Follow "findings.0.host.name". */
static bool
find(struct json_object *object, const char *path, struct json_object **out)
{
	struct text rest = text_of(path), key;
	char name[64];

	*out = object;
	while (rest.n > 0) {
		text_split(&rest, '.', &key);
		snprintf(name, sizeof(name), "%.*s", TEXT_ARG(key));
		if (json_object_is_type(*out, json_type_array))
			*out = json_object_array_get_idx(*out,
			    (size_t)atoi(name));
		else if (!json_object_object_get_ex(*out, name, out))
			return false;
	}
	return true;
}

static const char *
string(struct json_object *object, const char *path)
{
	ck_assert_msg(find(object, path, &object), "%s", path);
	return json_object_get_string(object);
}

/* All that product.md shows. */
static const char *const keys[] = { "schema", "tool.version", "tool.rules",
	"inputs.0.name", "inputs.0.kind", "inputs.0.size", "inputs.0.identity",
	"inputs.0.packets", "inputs.0.bad", "inputs.0.first", "inputs.0.last",
	"inputs.0.snaplen", "interceptor.issuer", "interceptor.source",
	"totals.handshakes", "totals.intercepted", "totals.accepted",
	"totals.rejected", "totals.attempts", "totals.quic", "totals.harmless",
	"totals.ignored", "findings.0.id", "findings.0.class",
	"findings.0.confidence", "findings.0.rule", "findings.0.host.name",
	"findings.0.host.source", "findings.0.host.registrable_domain",
	"findings.0.host.addresses", "findings.0.host.hsts_preloaded",
	"findings.0.host.app", "findings.0.clients.count",
	"findings.0.clients.sample", "findings.0.clients.fingerprints",
	"findings.0.counts.connections", "findings.0.counts.attempts",
	"findings.0.counts.accepted",
	"findings.0.contrast.same_host_other_profiles.accepted",
	"findings.0.contrast.same_host_other_profiles.rejected",
	"findings.0.contrast.same_host_other_profiles.profiles",
	"findings.0.contrast.same_profile_other_hosts.accepted",
	"findings.0.contrast.same_profile_other_hosts.rejected",
	"findings.0.contrast.same_profile_other_hosts.domains",
	"findings.0.shape.tls", "findings.0.shape.sign",
	"findings.0.shape.record_len", "findings.0.shape.finished_len",
	"findings.0.shape.alert", "findings.0.shape.close",
	"findings.0.evidence.0.input", "findings.0.evidence.0.frame",
	"findings.0.evidence.0.stream", "findings.0.evidence.0.time",
	"findings.0.evidence.0.what", "findings.0.evidence.3.line",
	"findings.0.evidence.3.field", "findings.0.evidence.3.value",
	"findings.0.first_seen", "findings.0.last_seen", "findings.0.status",
	"findings.0.reasons", "findings.0.doubts", "findings.0.advice.action",
	"findings.0.advice.text", "findings.0.advice.entries.0.product",
	"findings.0.advice.entries.0.entry",
	"findings.0.advice.entries.0.matches",
	"findings.0.advice.entries.0.fixes",
	"findings.0.advice.entries.0.inspected_lost",
	"findings.0.advice.entries.0.bytes_lost",
	"findings.0.advice.entries.0.risk", "suggestions.0.product",
	"suggestions.0.entry", "suggestions.0.matches",
	"suggestions.0.findings", "suggestions.0.fixes",
	"suggestions.0.inspected_lost", "suggestions.0.bytes_lost",
	"suggestions.0.risk", "suggestions.0.verdict", "next_steps",
	"limits_hit", "filters" };

START_TEST(has_every_key_of_the_contract)
{
	struct json_object *report = render(_i ? FIXTURE_NASTY : FIXTURE_PLAIN,
	    10), *value;

	for (size_t i = 0; i < N_ITEMS(keys); i++)
		ck_assert_msg(find(report, keys[i], &value), "no %s", keys[i]);
	json_object_put(report);
}
END_TEST

START_TEST(says_what_the_report_says)
{
	struct json_object *report = render(FIXTURE_PLAIN, 10), *value;

	ck_assert_str_eq(string(report, "schema"), "pinspot/report/v1");
	ck_assert_str_eq(string(report, "findings.0.host.name"),
	    "api.bank.example");
	ck_assert_str_eq(string(report, "findings.0.shape.tls"), "1.3");
	ck_assert_str_eq(string(report, "findings.0.shape.sign"),
	    "short-first-record");
	ck_assert_str_eq(string(report, "findings.0.evidence.3.value"),
	    "BadCertificate");
	ck_assert_str_eq(string(report, "suggestions.0.verdict"), "add");
	/* The fault of a client has no host. */
	ck_assert(find(report, "findings.3.host.name", &value));
	ck_assert_ptr_null(value);
	ck_assert(find(report, "findings.0.shape.alert", &value));
	ck_assert_ptr_null(value);
	json_object_put(report);
}
END_TEST

START_TEST(has_no_number_for_a_price_that_is_unknown)
{
	static const char *const losses[] = { "inspected_lost", "bytes_lost",
		"clients_lost" };
	struct report *r = fixture_report(FIXTURE_PLAIN, 10);
	struct json_object *report, *value;
	char path[64];

	r->suggestions[0].lost_unknown = true;
	report = render_report(r);
	for (size_t i = 0; i < N_ITEMS(losses); i++)
		for (int k = 0; k < 2; k++) {
			snprintf(path, sizeof(path), "suggestions.%d.%s", k,
			    losses[i]);
			ck_assert(find(report, path, &value));
			ck_assert_int_eq(value == NULL, k == 0);
		}
	json_object_put(report);
}
END_TEST

START_TEST(is_whole_without_findings)
{
	struct json_object *report = render(FIXTURE_PLAIN, 0), *value;

	ck_assert(find(report, "findings", &value));
	ck_assert_int_eq(json_object_array_length(value), 0);
	json_object_put(report);
}
END_TEST

START_TEST(gives_one_finding_a_line)
{
	const struct render_options o = { 0 };
	struct report *r = fixture_report(FIXTURE_NASTY, 10);
	struct buf out = { 0 };
	struct text rest, line;
	size_t n = 0;
	char *copy;

	renderer_by_name("jsonl")->render(r, &o, &out);
	rest = buf_view(&out);
	while (text_split(&rest, '\n', &line)) {
		copy = strndup(line.at, line.n);
		json_object_put(parse(copy));
		free(copy);
		n++;
	}
	ck_assert_uint_eq(n, 10);
	buf_free(&out);
	report_free(r);
}
END_TEST

START_TEST(finds_a_renderer_by_suffix)
{
	ck_assert_str_eq(renderer_by_suffix("a/b.JSON")->name, "json");
	ck_assert_str_eq(renderer_by_suffix("x.txt")->name, "text");
	ck_assert_ptr_null(renderer_by_suffix("a.d/b"));
	ck_assert_ptr_null(renderer_by_suffix("a.xyz"));
	ck_assert_ptr_null(renderer_by_name("xyz"));
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("report_json");

	tcase_add_loop_test(tc, has_every_key_of_the_contract, 0, 2);
	tcase_add_test(tc, says_what_the_report_says);
	tcase_add_test(tc, has_no_number_for_a_price_that_is_unknown);
	tcase_add_test(tc, is_whole_without_findings);
	tcase_add_test(tc, gives_one_finding_a_line);
	tcase_add_test(tc, finds_a_renderer_by_suffix);
	return unit_run(tc);
}
