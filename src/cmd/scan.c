#include <errno.h>
#include <string.h>

#include "cmd/analysis.h"
#include "cmd/cmd.h"
#include "cmd/documents.h"
#include "cmd/select.h"
#include "exclude/suggest.h"

/* What the history makes of the findings.  A run that was stopped has read only
 * a part, which must not stand for the whole. */
static int
remember(struct analysis *a)
{
	struct error e;

	if (a->report->partial ||
	    state_apply(a->state, a->report, a->collector, &e) == 0)
		return EXIT_OK;
	error_warn("%s", e.text);
	return EXIT_INTERNAL;
}

/* Only what was told is known. */
static int
commit(struct analysis *a)
{
	struct error e;

	if (a->report->partial || state_commit(a->state, &e) == 0)
		return EXIT_OK;
	error_warn("%s", e.text);
	return EXIT_INTERNAL;
}

static int
print(struct analysis *a)
{
	const struct settings *s = a->settings;
	struct error e;
	int result = 0;

	if (a->spool != NULL) {
		/* The findings' ids are replaced as well. */
		analysis_hide(a);
		result = spool_print(a->spool, a->collector, a->report, stdout,
		    &e);
	}
	select_findings(s, a->report);
	analysis_hide(a);
	if (result == 0)
		result = documents_write(s, a->report, &e);
	if (result == 0 && fflush(stdout) != 0)
		result = error_set(&e, "standard output: %s", strerror(errno));
	if (result == 0)
		return EXIT_OK;
	error_warn("%s", e.text);
	return EXIT_INTERNAL;
}

static int
finish(struct analysis *a)
{
	int status = remember(a);

	if (status == EXIT_OK)
		status = print(a);
	if (status == EXIT_OK)
		status = commit(a);
	return status;
}

int
cmd_scan(const struct settings *s, int argc, char **argv)
{
	struct analysis a;
	struct error e;
	int status;

	if (argc == 0 && s->interface == NULL) {
		error_warn("nothing to read: name captures or logs, or - for "
		    "standard input; try: pinspot --help");
		return EXIT_USAGE;
	}
	if (documents_check(s, &e) != 0 || select_check(s, &e) != 0) {
		error_warn("%s", e.text);
		return EXIT_USAGE;
	}
	if (analysis_run(&a, s, true, argc, argv) == 0) {
		if (suggest_entries(a.report, analysis_product(&a), &e) != 0) {
			error_warn("%s", e.text);
			a.status = exit_worse(a.status, EXIT_USAGE);
		} else {
			a.status = exit_worse(a.status, finish(&a));
		}
		if (select_failing(s, a.report))
			a.status = exit_worse(a.status, EXIT_MATCHED);
	}
	status = a.status;
	analysis_free(&a);
	return status;
}
