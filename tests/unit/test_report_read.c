/* A report that was written as JSON tells the same when it is read again. */
#include "fixture_report.h"
#include "report/read.h"
#include "report/report.h"
#include "unit.h"

static struct buf
written(enum fixture kind)
{
	const struct render_options o = { 0 };
	struct report *r = fixture_report(kind, 10);
	struct buf out = { 0 };

	renderer_by_name("json")->render(r, &o, &out);
	report_free(r);
	return out;
}

static const struct finding *
same_finding(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->n_findings; i++)
		if (strcmp(r->findings[i].id, id) == 0)
			return &r->findings[i];
	return NULL;
}

static void
expect_same(const struct finding *f, const struct finding *g)
{
	ck_assert_int_eq(f->class, g->class);
	ck_assert_int_eq(f->confidence, g->confidence);
	ck_assert(text_equal(f->rule, g->rule));
	ck_assert(text_equal(f->host_name, g->host_name));
	ck_assert(text_equal(f->advice, g->advice));
	ck_assert_int_eq(f->host > 0, g->host > 0);
	ck_assert_uint_eq(f->attempts, g->attempts);
	ck_assert_uint_eq(f->n_clients, g->n_clients);
	ck_assert_uint_eq(f->n_clients_shown, g->n_clients_shown);
	ck_assert_int_eq(f->shape.sign, g->shape.sign);
	ck_assert_int_eq(f->shape.alert, g->shape.alert);
	ck_assert_uint_eq(f->shape.version, g->shape.version);
	ck_assert_int_eq(f->interception, g->interception);
	ck_assert_uint_eq(f->same_host_other_profiles.accepted,
	    g->same_host_other_profiles.accepted);
	ck_assert_uint_eq(f->n_evidence, g->n_evidence);
	for (size_t i = 0; i < f->n_evidence; i++) {
		ck_assert_uint_eq(f->evidence[i].frame, g->evidence[i].frame);
		ck_assert_uint_eq(f->evidence[i].line, g->evidence[i].line);
	}
	ck_assert_uint_eq(f->n_ladder, g->n_ladder);
	ck_assert_uint_eq(f->n_reasons, g->n_reasons);
	for (size_t i = 0; i < f->n_reasons; i++)
		ck_assert(text_equal(f->reasons[i], g->reasons[i]));
	ck_assert_uint_eq(f->n_doubts, g->n_doubts);
	ck_assert_uint_eq(f->n_entries, g->n_entries);
	for (size_t i = 0; i < f->n_entries; i++)
		ck_assert_uint_eq(f->entries[i].fixes, g->entries[i].fixes);
}

START_TEST(tells_the_same_again)
{
	struct report *r = fixture_report(FIXTURE_PLAIN, 10), *again;
	struct buf json = written(FIXTURE_PLAIN);
	struct error e;

	ck_assert(report_recognise(buf_view(&json)));
	again = report_read(buf_view(&json), "r.json", &e);
	ck_assert_msg(again != NULL, "%s", e.text);
	ck_assert_uint_eq(again->n_findings, r->n_findings);
	ck_assert_uint_eq(again->n_inputs, r->n_inputs);
	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = same_finding(again,
		    r->findings[i].id);

		ck_assert_ptr_nonnull(f);
		expect_same(f, &r->findings[i]);
	}
	report_free(r);
	report_free(again);
	buf_free(&json);
}
END_TEST

/* Whatever the texts hold, it can be explained. */
START_TEST(survives_nasty_texts)
{
	struct buf json = written(FIXTURE_NASTY), out = { 0 };
	const struct render_options o = { 0 };
	struct error e;
	struct report *r = report_read(buf_view(&json), "r.json", &e);

	ck_assert_ptr_nonnull(r);
	for (size_t i = 0; i < r->n_findings; i++)
		explain_finding(r, &r->findings[i], &o, &out);
	for (size_t i = 0; i < out.n; i++)
		ck_assert((unsigned char)out.at[i] >= ' ' ||
		    out.at[i] == '\n');
	report_free(r);
	buf_free(&json);
	buf_free(&out);
}
END_TEST

START_TEST(refuses_every_truncation)
{
	struct buf json = written(FIXTURE_PLAIN);
	struct text t = text_trim(buf_view(&json));
	struct error e;

	/* Every 97th place, or it takes seconds. */
	for (size_t n = 0; n < t.n; n += 97) {
		e.text[0] = '\0';
		ck_assert_ptr_null(report_read((struct text){ t.at, n },
		    "r.json", &e));
		ck_assert_int_ne(e.text[0], '\0');
	}
	buf_free(&json);
}
END_TEST

static const char *const others[] = { "", "[]", "{}", "null", "{\"schema\":1}",
	"{\"schema\":\"pinspot/verify/v1\"}" };

START_TEST(refuses_what_is_no_report)
{
	struct error e;

	ck_assert(!report_recognise(text_of(others[_i])));
	ck_assert_ptr_null(report_read(text_of(others[_i]), "r.json", &e));
}
END_TEST

/* Members that are missing or of another kind count as unknown. */
static const char *const odd[] = {
	"[{}]", "[null]", "[1]", "{}", "[[]]",
	"[{\"id\":[],\"class\":{},\"hosts\":1,\"evidence\":[1,null,{}],"
	"\"ladder\":[{}],\"shape\":[],\"clients\":{\"count\":-1},"
	"\"advice\":{\"entries\":[null,{\"product\":7}]}}]",
	"[{\"shape\":{\"alert\":99999,\"tls\":\"9\"},"
	"\"evidence\":[{\"input\":4294967295,\"frame\":1}]}]",
};

START_TEST(takes_odd_members_for_unknown)
{
	const struct render_options o = { 0 };
	struct buf json = { 0 }, out = { 0 };
	struct report *r;
	struct error e;

	buf_printf(&json, "{\"schema\":\"pinspot/report/v1\",\"findings\":"
	    "%s}", odd[_i]);
	r = report_read(buf_view(&json), "r.json", &e);
	ck_assert_msg(r != NULL, "%s", e.text);
	for (size_t i = 0; i < r->n_findings; i++)
		explain_finding(r, &r->findings[i], &o, &out);
	report_free(r);
	buf_free(&json);
	buf_free(&out);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("report_read");

	tcase_add_test(tc, tells_the_same_again);
	tcase_add_test(tc, survives_nasty_texts);
	tcase_add_test(tc, refuses_every_truncation);
	tcase_add_loop_test(tc, refuses_what_is_no_report, 0, N_ITEMS(others));
	tcase_add_loop_test(tc, takes_odd_members_for_unknown, 0,
	    N_ITEMS(odd));
	return unit_run(tc);
}
