#include "cmd/analysis.h"

#include <string.h>

#include "cmd/cmd.h"
#include "cmd/gather.h"
#include "cmd/paths.h"
#include "cmd/private.h"
#include "cmd/state.h"
#include "cmd/twins.h"
#include "input/formats.h"
#include "knowledge/apps.h"
#include "knowledge/hsts.h"

/* Is --input-format the name of a capture's or a log's format? */
static int
check_format(const char *name, struct error *e)
{
	if (name == NULL || strcmp(name, "pcap") == 0 ||
	    strcmp(name, "pcapng") == 0)
		return 0;
	return formats_check(name, e);
}

static int
prepare(struct analysis *a, bool remembers, struct error *e)
{
	const struct settings *s = a->settings;

	if (check_format(s->input_format, e) != 0)
		return -1;
	a->rules = rules_new(s->no_default_rules, s->rules.at, s->rules.n, e);
	if (a->rules == NULL)
		return -1;
	if (s->hsts != NULL && hsts_load(s->hsts, e) != 0)
		return -1;
	if (s->apps != NULL && apps_load(s->apps, e) != 0)
		return -1;
	if (state_open(&a->state, s->state, remembers, e) != 0)
		return -1;
	if (private_open(&a->anonymizer, s, remembers, e) != 0)
		return -1;
	if (s->handshakes && !s->follow && s->interface == NULL) {
		a->spool = spool_new(s->format != NULL &&
		    strcmp(s->format, "csv") == 0, e);
		if (a->spool == NULL)
			return -1;
	}
	return 0;
}

/* The interceptor that was given and that no certificate showed: TLS 1.3 hides
 * them, or it is not the one. */
static void
name_interceptor(struct analysis *a)
{
	struct report *r = a->report;

	if (a->interceptor.n == 0 || strcmp(r->interceptor_source, "none") != 0)
		return;
	r->interceptor = a->interceptor;
	r->interceptor_source = "given";
	if (r->totals.certificates > 0 && r->totals.intercepted == 0)
		report_note(r, "no certificate that was seen is signed by the "
		    "interceptor that was given: is it the CA that decrypts? "
		    "Without -i it is learned from the traffic");
}

static void
count(struct analysis *a)
{
	collector_finish(a->collector);
	name_interceptor(a);
}

void
analysis_judge(struct analysis *a)
{
	rules_decide(a->rules, a->report);
}

void
analysis_decide(struct analysis *a)
{
	count(a);
	analysis_judge(a);
}

/* Nothing to read is no failure, and may be a slip. */
static void
add_path(struct analysis *a, struct paths *files, const char *path)
{
	size_t before = files->n;

	paths_add(files, path);
	if (files->n == before)
		report_note(a->report, "%s is a folder without files to read",
		    path);
}

int
analysis_read(struct analysis *a, const struct settings *s, bool remembers,
    int n_paths, char **paths)
{
	struct paths files = { 0 };
	struct error e;

	*a = (struct analysis){ .settings = s, .report = report_new() };
	a->report->version = PINSPOT_VERSION;
	a->collector = collector_new(a->report,
	    s->handshakes || s->state != NULL);
	if (prepare(a, remembers, &e) != 0) {
		error_warn("%s", e.text);
		a->status = EXIT_USAGE;
		return -1;
	}
	if (s->client != NULL || rules_know_clients(a->rules))
		collector_keep_clients(a->collector);
	for (int i = 0; i < n_paths; i++)
		add_path(a, &files, paths[i]);
	twins_drop(&files, a->report);
	state_recognise(a->state, &files);
	if (gather(a, &files, &e) != 0) {
		error_warn("%s", e.text);
		a->status = EXIT_USAGE;
	}
	paths_free(&files);
	if (a->status == EXIT_USAGE || (a->report->n_inputs == 0 &&
	    (a->status == EXIT_UNREADABLE || a->status == EXIT_INTERNAL)))
		return -1;
	count(a);
	return 0;
}

int
analysis_run(struct analysis *a, const struct settings *s, bool remembers,
    int n_paths, char **paths)
{
	if (analysis_read(a, s, remembers, n_paths, paths) != 0)
		return -1;
	analysis_judge(a);
	return 0;
}

const char *
analysis_product(const struct analysis *a)
{
	static const char *const from_log[] = { "panos", "umbrella", "cloudswg",
		"proxysg", "zscaler", "netskope", "fortios", "ftd",
		"checkpoint", "sophos", "squid", "mitmproxy", "sslproxy" };

	const struct settings *s = a->settings;
	const struct report *r = a->report;

	if (s->product != NULL)
		return s->product;
	for (size_t i = 0; i < r->n_inputs; i++)
		for (size_t j = 0; j < N_ITEMS(from_log); j++)
			if (r->inputs[i].kind != NULL && strncmp(
			    r->inputs[i].kind, from_log[j],
			    strlen(from_log[j])) == 0)
				return from_log[j];
	return "plain";
}

void
analysis_hide(struct analysis *a)
{
	if (a->anonymizer != NULL && !a->hidden)
		anonymize_report(a->anonymizer, a->report);
	a->hidden = true;
}

void
analysis_free(struct analysis *a)
{
	anonymizer_free(a->anonymizer);
	join_free(a->join);
	spool_free(a->spool);
	state_free(a->state);
	collector_free(a->collector);
	rules_free(a->rules);
	report_free(a->report);
}
