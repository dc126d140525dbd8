#include "history/store.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "unit.h"

static char dir[] = "/tmp/pinspot-history-XXXXXX";
static const int64_t monday = 20409 * CLOCK_DAY; /* 2025-11-17 */

static void
make_dir(void)
{
	strcpy(dir, "/tmp/pinspot-history-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void
remove_dir(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/history.sqlite", dir);
	unlink(path);
	rmdir(dir);
}

/* One run: a host, a program on one client, and what it did. */
struct run {
	struct report *report;
	struct tally *tally;
	struct history_source source;
	struct finding finding;
};

static ssize_t
read_text(void *arg, void *room, size_t n, uint64_t offset)
{
	const char *text = arg;
	size_t left = strlen(text) > offset ? strlen(text) - offset : 0;

	if (n > left)
		n = left;
	memcpy(room, text + offset, n);
	return (ssize_t)n;
}

static long
cell_of(const void *arg, uint32_t token)
{
	(void)arg;
	return (long)token;
}

static void
run_begin(struct run *run, struct history *h, char *log)
{
	struct report *r = report_new();
	size_t n_spans;
	struct tally_span *spans = history_spans(h, &n_spans);

	*run = (struct run){ .report = r, .tally = tally_new(spans, n_spans) };
	free(spans);
	r->n_inputs = r->n_hosts = r->n_profiles = r->n_cells = 1;
	r->inputs = pool_zero(r->pool, sizeof(*r->inputs));
	r->inputs[0] = (struct input_info){ .name = TEXT("a.log"),
		.kind = "panos", .first = CLOCK_UNKNOWN,
		.last = CLOCK_UNKNOWN };
	r->hosts = pool_zero(r->pool, sizeof(*r->hosts));
	r->hosts[0].name = TEXT("api.bank.example");
	r->profiles = pool_zero(r->pool, sizeof(*r->profiles));
	r->profiles[0].client = TEXT("192.0.2.1");
	r->profiles[0].fingerprint = TEXT("t13d_app");
	r->cells = pool_zero(r->pool, sizeof(*r->cells));
	run->source.known = history_recognise(h, strlen(log), read_text, log,
	    &run->source.input, &run->source.mark);
	ck_assert(mark_take(&run->source.mark, strlen(log), read_text, log));
	tally_input(run->tally, 0, run->source.input);
}

/* One connection of a cell, seconds after Monday's midnight. */
static void
connection_of(struct run *run, uint32_t cell, int second,
    enum outcome outcome)
{
	struct input_info *info = &run->report->inputs[0];
	struct handshake h;

	handshake_init(&h);
	h.client.port = (uint16_t)(1024 + second % 60000);
	h.hello.time = monday + second * CLOCK_SECOND;
	h.outcome = outcome;
	h.host = TEXT("api.bank.example");
	tally_add(run->tally, &h, cell);
	info->lines++;
	if (info->first == CLOCK_UNKNOWN || h.hello.time < info->first)
		info->first = h.hello.time;
	if (h.hello.time > info->last)
		info->last = h.hello.time;
}

static void
connection(struct run *run, int second, enum outcome outcome)
{
	connection_of(run, 0, second, outcome);
}

/* The finding that rule/ would have made. */
static void
found(struct run *run, int first, int last)
{
	struct report *r = run->report;
	struct finding *f = pool_zero(r->pool, sizeof(*f));

	strcpy(f->id, "f-00000001");
	f->class = CLASS_PINNING;
	f->confidence = CONFIDENCE_LIKELY;
	f->host = 1;
	f->host_name = TEXT("api.bank.example");
	f->hosts = pool_zero(r->pool, sizeof(*f->hosts));
	f->hosts[f->n_hosts++] = f->host_name;
	f->first_seen = monday + first * CLOCK_SECOND;
	f->last_seen = monday + last * CLOCK_SECOND;
	r->findings = f;
	r->n_findings = 1;
	r->cells[0].finding = 1;
	r->cells[0].first = f->first_seen;
	r->cells[0].last = f->last_seen;
}

/* Apply and commit; the status of the one finding, or NULL for none. */
static const char *
run_end(struct run *run, struct history *h)
{
	struct history_run hr = { .report = run->report, .tally = run->tally,
		.sources = &run->source, .cell_of = cell_of,
		.now = monday + 2 * CLOCK_DAY };
	const char *status = NULL;
	struct error e = { "" };

	ck_assert_msg(history_apply(h, &hr, &e) == 0, "%s", e.text);
	ck_assert_msg(history_commit(h, &e) == 0, "%s", e.text);
	if (run->report->n_findings > 0)
		status = run->report->findings[0].status;
	tally_free(run->tally);
	report_free(run->report);
	return status;
}

static struct history *
open_history(void)
{
	struct history *h;
	struct error e = { "" };

	ck_assert_msg(history_open(&h, dir, true, &e) == 0, "%s", e.text);
	return h;
}

static void
export(struct history *h, struct buf *out)
{
	struct error e = { "" };

	ck_assert_msg(history_export(h, out, &e) == 0, "%s", e.text);
}

/* A run over a log in which Monday's first minute has n rejections. */
static const char *
rejecting_run(struct history *h, char *log, int n)
{
	struct run run;

	run_begin(&run, h, log);
	for (int i = 0; i < n; i++)
		connection(&run, i * 20, OUTCOME_REJECTED);
	if (n > 0)
		found(&run, 0, (n - 1) * 20);
	return run_end(&run, h);
}

START_TEST(the_same_input_twice_changes_nothing)
{
	char log[] = "line 1\nline 2\nline 3\n";
	struct history *h = open_history();
	struct buf before = { 0 }, after = { 0 };

	ck_assert_str_eq(rejecting_run(h, log, 3), "new");
	export(h, &before);
	ck_assert_ptr_nonnull(strstr(before.at, "\"rejected\":3"));
	ck_assert_str_eq(rejecting_run(h, log, 3), "known");
	export(h, &after);
	ck_assert_str_eq(before.at, after.at);
	buf_free(&before);
	buf_free(&after);
	history_close(h);
}
END_TEST

START_TEST(a_log_that_grew_is_counted_once)
{
	char short_log[] = "line 1\nli", whole[] = "line 1\nline 2\nline 3\n";
	char other[] = "line one of another log\n";
	struct history *h = open_history();
	struct buf out = { 0 };
	int64_t input;
	struct mark m;

	ck_assert_str_eq(rejecting_run(h, short_log, 2), "new");
	ck_assert_int_eq(history_recognise(h, strlen(whole), read_text, whole,
	    &input, &m), KNOWN_GROWN);
	ck_assert_int_eq(history_recognise(h, strlen(other), read_text, other,
	    &input, &m), KNOWN_NOT);
	ck_assert_str_eq(rejecting_run(h, whole, 5), "known");
	ck_assert_int_eq(history_recognise(h, strlen(whole), read_text, whole,
	    &input, &m), KNOWN_SAME);
	export(h, &out);
	ck_assert_ptr_nonnull(strstr(out.at, "\"rejected\":5"));
	ck_assert_str_eq(rejecting_run(h, other, 1), "known");
	buf_free(&out);
	history_close(h);
}
END_TEST

START_TEST(two_inputs_of_the_same_traffic_count_once)
{
	char one[] = "first capture", two[] = "second capture";
	struct history *h = open_history();
	struct buf out = { 0 };
	struct run run;

	run_begin(&run, h, one);
	for (int i = 0; i < 100; i++)
		connection(&run, i, OUTCOME_ACCEPTED);
	run_end(&run, h);
	run_begin(&run, h, two);
	for (int i = 50; i < 170; i++)
		connection(&run, i, OUTCOME_ACCEPTED);
	run_end(&run, h);
	export(h, &out);
	ck_assert_msg(strstr(out.at, "\"accepted\":170") != NULL, "%s", out.at);
	buf_free(&out);
	history_close(h);
}
END_TEST

/* An attempt belongs to the day of its first connection. */
START_TEST(an_attempt_over_midnight_counts_once)
{
	static const struct {
		int seconds[4]; /* from Monday's midnight */
		unsigned n, before, after; /* attempts on Sunday, Monday */
	} cases[] = {
		{ { -5, 3, 8 }, 3, 1, 0 },
		{ { -5, 3, 8, 30 }, 4, 1, 1 },
		{ { -5, 6 }, 2, 1, 1 },
		{ { -20, -12, -3, 7 }, 4, 1, 0 },
		{ { 1, 5 }, 2, 0, 1 },
	};
	struct history *h = open_history();
	const struct tally_row *rows;
	unsigned before = 0, after = 0;
	char log[] = "line 1\n";
	struct run run;
	size_t n;

	run_begin(&run, h, log);
	/* What another cell does is not taken for it. */
	connection_of(&run, 1, -1, OUTCOME_REJECTED);
	for (unsigned i = 0; i < cases[_i].n; i++)
		connection(&run, cases[_i].seconds[i], OUTCOME_REJECTED);
	rows = tally_rows(run.tally, &n);
	for (size_t i = 0; i < n; i++) {
		if (rows[i].token != 0)
			continue;
		*(rows[i].day < monday / CLOCK_DAY ? &before : &after) +=
		    (unsigned)rows[i].attempts;
	}
	ck_assert_uint_eq(before, cases[_i].before);
	ck_assert_uint_eq(after, cases[_i].after);
	tally_free(run.tally);
	report_free(run.report);
	history_close(h);
}
END_TEST

START_TEST(gone_needs_traffic_not_silence)
{
	char logs[][8] = { "a", "b", "c", "d", "e" };
	struct history *h = open_history();
	struct run run;

	ck_assert_str_eq(rejecting_run(h, logs[0], 3), "new");
	/* Nothing at all. */
	run_begin(&run, h, logs[1]);
	ck_assert_ptr_null(run_end(&run, h));
	/* Older acceptance proves nothing. */
	run_begin(&run, h, logs[2]);
	connection(&run, 10, OUTCOME_ACCEPTED);
	ck_assert_ptr_null(run_end(&run, h));
	/* Later acceptance does. */
	run_begin(&run, h, logs[3]);
	connection(&run, 100000, OUTCOME_ACCEPTED);
	ck_assert_str_eq(run_end(&run, h), "gone");
	/* It is told once, and the old log does not bring it back. */
	run_begin(&run, h, logs[3]);
	connection(&run, 100000, OUTCOME_ACCEPTED);
	ck_assert_ptr_null(run_end(&run, h));
	ck_assert_str_eq(rejecting_run(h, logs[0], 3), "known");
	/* A new rejection does. */
	run_begin(&run, h, logs[4]);
	connection(&run, 200000, OUTCOME_REJECTED);
	found(&run, 200000, 200000);
	ck_assert_str_eq(run_end(&run, h), "back");
	history_close(h);
}
END_TEST

START_TEST(an_acceptance_soon_after_is_not_gone)
{
	char logs[][8] = { "a", "b" };
	struct history *h = open_history();
	struct run run;

	ck_assert_str_eq(rejecting_run(h, logs[0], 3), "new");
	run_begin(&run, h, logs[1]);
	connection(&run, 3600, OUTCOME_ACCEPTED);
	ck_assert_ptr_null(run_end(&run, h));
	history_close(h);
}
END_TEST

/* All logs of a week are read every day. */
START_TEST(gone_is_seen_though_the_old_log_is_read_again)
{
	char logs[][8] = { "a", "b" };
	struct history *h = open_history();
	struct run run;

	ck_assert_str_eq(rejecting_run(h, logs[0], 3), "new");
	for (int i = 0; i < 2; i++) {
		run_begin(&run, h, logs[1]);
		connection(&run, 0, OUTCOME_REJECTED);
		connection(&run, 100000, OUTCOME_ACCEPTED);
		found(&run, 0, 40);
		ck_assert_str_eq(run_end(&run, h), i == 0 ? "gone" : "known");
	}
	history_close(h);
}
END_TEST

START_TEST(an_acknowledged_finding_is_quiet_until_its_date)
{
	char logs[][8] = { "a", "b", "c" };
	struct history *h = open_history();
	struct error e;

	ck_assert_str_eq(rejecting_run(h, logs[0], 3), "new");
	ck_assert_int_eq(history_ack(h, "f-0", monday + 9 * CLOCK_DAY,
	    "ticket 7", monday, &e), 0);
	ck_assert_str_eq(rejecting_run(h, logs[1], 4), "acknowledged");
	ck_assert_int_eq(history_ack(h, "f-00000001", monday + CLOCK_DAY,
	    "ticket 8", monday, &e), 0);
	ck_assert_str_eq(rejecting_run(h, logs[2], 5), "back");
	ck_assert_str_eq(rejecting_run(h, logs[2], 5), "known");
	ck_assert_int_eq(history_ack(h, "f-1", monday, "", monday, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "no finding of that id"));
	history_close(h);
}
END_TEST

START_TEST(what_is_not_committed_never_was)
{
	char log[] = "line\n";
	struct history *h = open_history();
	struct history_run hr;
	struct error e;
	struct run run;

	run_begin(&run, h, log);
	connection(&run, 1, OUTCOME_REJECTED);
	found(&run, 1, 1);
	hr = (struct history_run){ .report = run.report, .tally = run.tally,
		.sources = &run.source, .cell_of = cell_of, .now = monday };
	ck_assert_int_eq(history_apply(h, &hr, &e), 0);
	ck_assert_str_eq(run.report->findings[0].status, "new");
	tally_free(run.tally);
	report_free(run.report);
	history_close(h);
	h = open_history();
	ck_assert_str_eq(rejecting_run(h, log, 1), "new");
	history_close(h);
}
END_TEST

START_TEST(old_days_are_swept)
{
	char log[] = "line\n", later[] = "another\n";
	struct history *h = open_history();
	struct history_swept swept;
	struct error e;
	struct run run;

	ck_assert_str_eq(rejecting_run(h, log, 2), "new");
	run_begin(&run, h, later);
	connection(&run, 500 * 86400, OUTCOME_ACCEPTED);
	run.report->profiles[0].fingerprint = TEXT("t13d_other");
	ck_assert_ptr_null(run_end(&run, h));
	ck_assert_int_eq(history_gc(h, 400, &swept, &e), 0);
	ck_assert_uint_eq(swept.counts, 1);
	ck_assert_uint_eq(swept.inputs, 1);
	ck_assert_uint_eq(swept.findings, 1);
	ck_assert_int_eq(history_check(h, &e), 0);
	history_close(h);
}
END_TEST

START_TEST(quiet_days_are_summed_up)
{
	char logs[][8] = { "a", "b", "c" };
	struct history *h = open_history();
	struct history_swept swept;
	struct buf out = { 0 };
	struct error e;
	struct run run;

	for (int i = 0; i < 3; i++) {
		run_begin(&run, h, logs[i]);
		run.report->n_cells = run.report->n_profiles = 2;
		run.report->cells = pool_zero(run.report->pool,
		    2 * sizeof(*run.report->cells));
		run.report->cells[1].profile = 1;
		run.report->profiles = pool_zero(run.report->pool,
		    2 * sizeof(*run.report->profiles));
		run.report->profiles[0].client = TEXT("192.0.2.1");
		run.report->profiles[1].client = TEXT("192.0.2.2");
		connection(&run, i * 50 * 86400, OUTCOME_ACCEPTED);
		connection_of(&run, 1, i * 50 * 86400 + 1, OUTCOME_ACCEPTED);
		ck_assert_ptr_null(run_end(&run, h));
	}
	ck_assert_int_eq(history_gc(h, 400, &swept, &e), 0);
	ck_assert_uint_eq(swept.folded, 2);
	ck_assert_uint_eq(swept.counts, 0);
	export(h, &out);
	ck_assert_ptr_nonnull(strstr(out.at, "\"client\":null"));
	ck_assert_ptr_nonnull(strstr(out.at, "\"accepted\":2"));
	buf_free(&out);
	ck_assert_int_eq(history_check(h, &e), 0);
	history_close(h);
}
END_TEST

/* The first lines of a new day cannot tell what is long known. */
START_TEST(undetermined_is_no_news_where_the_cause_is_known)
{
	char logs[][8] = { "a", "b", "c" };
	struct history *h = open_history();
	struct buf out = { 0 };
	struct run run;

	ck_assert_str_eq(rejecting_run(h, logs[0], 3), "new");
	run_begin(&run, h, logs[1]);
	connection(&run, 90000, OUTCOME_REJECTED);
	found(&run, 90000, 90000);
	strcpy(run.report->findings[0].id, "f-00000002");
	run.report->findings[0].class = CLASS_UNDETERMINED;
	ck_assert_str_eq(run_end(&run, h), "known");
	export(h, &out);
	ck_assert_ptr_null(strstr(out.at, "f-00000002"));
	/* Another cause is news, and takes the place of the first. */
	run_begin(&run, h, logs[2]);
	connection(&run, 180000, OUTCOME_REJECTED);
	found(&run, 180000, 180000);
	strcpy(run.report->findings[0].id, "f-00000003");
	run.report->findings[0].class = CLASS_CLIENT_AUTH;
	ck_assert_str_eq(run_end(&run, h), "new");
	out.n = 0;
	export(h, &out);
	ck_assert_ptr_nonnull(strstr(out.at, "\"replaced\""));
	buf_free(&out);
	history_close(h);
}
END_TEST

START_TEST(only_the_user_may_read_it)
{
	struct history *h = open_history();
	char path[64];
	struct stat st;
	struct error e;

	snprintf(path, sizeof(path), "%s/history.sqlite", dir);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(history_check(h, &e), 0);
	ck_assert_int_eq(chmod(path, 0644), 0);
	ck_assert_int_eq(history_check(h, &e), -1);
	history_close(h);
}
END_TEST

START_TEST(what_is_no_history_is_refused)
{
	struct history *h;
	char path[64];
	struct error e;
	FILE *f;

	ck_assert_int_eq(history_open(&h, dir, false, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "no history there"));
	snprintf(path, sizeof(path), "%s/history.sqlite", dir);
	f = fopen(path, "w");
	fputs("this is no database, whatever its name may say about it", f);
	fclose(f);
	ck_assert_int_eq(history_open(&h, dir, true, &e), -1);
	ck_assert_ptr_nonnull(strstr(e.text, "not a database"));
	ck_assert_int_eq(history_open(&h, "/nonexistent/dir", true, &e), -1);
}
END_TEST

/* The findings as pinspot history show sees them. */
static void
look(const struct history_finding *f, void *arg)
{
	struct history_finding *seen = arg;

	*seen = *f;
	ck_assert(text_is(f->id, "f-00000001"));
	ck_assert(text_is(f->status, "known"));
}

START_TEST(shows_its_findings)
{
	char log[] = "line\n";
	struct history *h = open_history();
	struct history_finding seen = { 0 };
	struct error e;

	ck_assert_str_eq(rejecting_run(h, log, 4), "new");
	ck_assert_int_eq(history_findings(h, look, &seen, &e), 0);
	ck_assert_uint_eq(seen.connections, 4);
	ck_assert_uint_eq(seen.attempts, 4);
	ck_assert_uint_eq(seen.days, 1);
	ck_assert_int_eq(seen.first_seen, monday);
	history_close(h);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("history");

	tcase_add_checked_fixture(tc, make_dir, remove_dir);
	tcase_add_test(tc, the_same_input_twice_changes_nothing);
	tcase_add_test(tc, a_log_that_grew_is_counted_once);
	tcase_add_test(tc, two_inputs_of_the_same_traffic_count_once);
	tcase_add_loop_test(tc, an_attempt_over_midnight_counts_once, 0, 5);
	tcase_add_test(tc, gone_needs_traffic_not_silence);
	tcase_add_test(tc, an_acceptance_soon_after_is_not_gone);
	tcase_add_test(tc, gone_is_seen_though_the_old_log_is_read_again);
	tcase_add_test(tc, an_acknowledged_finding_is_quiet_until_its_date);
	tcase_add_test(tc, what_is_not_committed_never_was);
	tcase_add_test(tc, old_days_are_swept);
	tcase_add_test(tc, quiet_days_are_summed_up);
	tcase_add_test(tc, undetermined_is_no_news_where_the_cause_is_known);
	tcase_add_test(tc, only_the_user_may_read_it);
	tcase_add_test(tc, what_is_no_history_is_refused);
	tcase_add_test(tc, shows_its_findings);
	return unit_run(tc);
}
