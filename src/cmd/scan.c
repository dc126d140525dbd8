#include <errno.h>
#include <string.h>

#include "cmd/analysis.h"
#include "cmd/cmd.h"
#include "cmd/documents.h"
#include "cmd/select.h"
#include "exclude/suggest.h"

/* The product whose log was read, where pinspot knows its list. */
static const char *
product_of(const struct settings *s, const struct report *r)
{
	static const char *const from_log[] = { "panos", "umbrella", "cloudswg",
		"proxysg", "zscaler", "netskope", "fortios", "ftd",
		"checkpoint", "sophos", "squid", "mitmproxy", "sslproxy" };

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

static int
print(struct analysis *a)
{
	const struct settings *s = a->settings;
	struct error e;
	int result = 0;

	if (a->spool != NULL)
		result = spool_print(a->spool, a->collector, a->report, stdout,
		    &e);
	select_findings(s, a->report);
	if (result == 0 && (a->spool == NULL || s->output.n > 0))
		result = documents_write(s, a->report, &e);
	if (result == 0 && fflush(stdout) != 0)
		result = error_set(&e, "standard output: %s", strerror(errno));
	if (result == 0)
		return EXIT_OK;
	complain("%s", e.text);
	return EXIT_INTERNAL;
}

int
cmd_scan(const struct settings *s, int argc, char **argv)
{
	struct analysis a;
	struct error e;
	int status;

	if (argc == 0) {
		complain("nothing to read: name captures or logs, or - for "
		    "standard input; try: pinspot --help");
		return EXIT_USAGE;
	}
	if (documents_check(s, &e) != 0 || select_check(s, &e) != 0) {
		complain("%s", e.text);
		return EXIT_USAGE;
	}
	if (analysis_run(&a, s, argc, argv) == 0) {
		if (suggest_entries(a.report, product_of(s, a.report), &e) != 0) {
			complain("%s", e.text);
			a.status = exit_worse(a.status, EXIT_USAGE);
		} else {
			a.status = exit_worse(a.status, print(&a));
		}
		if (select_failing(s, a.report))
			a.status = exit_worse(a.status, EXIT_MATCHED);
	}
	status = a.status;
	analysis_free(&a);
	return status;
}
