#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/hostname.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "cmd/analysis.h"
#include "cmd/cmd.h"
#include "cmd/documents.h"
#include "cmd/remembered.h"
#include "exclude/suggest.h"
#include "report/read.h"
#include "report/report.h"
#include "report/words.h"
#include "rule/inspect.h"

static bool
concerns(const struct finding *f, struct text host)
{
	if (text_equal_nocase(f->host_name, host) || text_is(host, f->id))
		return true;
	for (size_t i = 0; i < f->n_hosts; i++)
		if (text_equal_nocase(f->hosts[i], host))
			return true;
	return false;
}

enum {
	NEAR_MAX = 5,
	REPORT_HEAD = 64 * 1024, /* by which one is recognised */
	REPORT_MAX = 256 * 1024 * 1024, /* as large as json.h takes */
};

/* The hosts that may have been meant: those below the domain that was named, or
 * else the one whose name is nearly this. */
static void
hint_hosts(const struct report *r, struct text word, struct buf *out)
{
	const char **names = mem_zero(r->n_hosts + 1, sizeof(*names));
	struct text below[NEAR_MAX];
	const char *guess;
	size_t n = 0;

	for (size_t i = 0; i < r->n_hosts; i++) {
		names[i] = r->hosts[i].name.at;
		if (hostname_below(r->hosts[i].name, word) && n++ < NEAR_MAX)
			below[n - 1] = r->hosts[i].name;
	}
	guess = error_nearest(word.at, names, (int)r->n_hosts);
	if (n > 0) {
		buf_string(out, "; below it there are ");
		words_list(out, below, n < NEAR_MAX ? n : NEAR_MAX, n,
		    NEAR_MAX);
	} else if (guess != NULL) {
		buf_printf(out, "; did you mean %s?", guess);
	} else {
		buf_string(out, "; the report lists the hosts with findings");
	}
	free(names);
}

/* What is known of a host that has no finding. */
static void
explain_absence(const struct report *r, struct text word, bool hides,
    struct buf *out)
{
	uint64_t accepted = 0, connections = 0;

	for (size_t i = 0; i < r->n_cells; i++) {
		if (!text_equal_nocase(r->hosts[r->cells[i].host].name, word))
			continue;
		connections += r->cells[i].connections;
		accepted += r->cells[i].attempts.accepted;
	}
	/* What is not in the input has no pseudonym. */
	buf_text(out, hides ? TEXT("what was asked for") : word);
	if (connections == 0) {
		buf_string(out, ": never seen in the input");
		if (!hides)
			hint_hosts(r, word, out);
	} else {
		buf_string(out, ": no finding; ");
		words_count(out, connections, "connection", "connections");
		buf_string(out, ", ");
		words_count(out, accepted, "accepted attempt",
		    "accepted attempts");
	}
	buf_char(out, '\n');
}

static void
explain_one(const struct analysis *a, const struct finding *f,
    const struct render_options *o, struct buf *out)
{
	explain_finding(a->report, f, o, out);
	buf_string(out, "\nRULES, in the order in which they are tried\n");
	rules_explain(a->rules, a->report, f, out);
}

/* A host as it was typed, without the root's dot, as dig(1) prints it. */
static struct text
host_of(const char *word)
{
	struct text host = text_of(word);

	if (host.n > 1 && host.at[host.n - 1] == '.')
		host.n--;
	return host;
}

/* Does a file begin as a report of ours does? */
static bool
begins_as_report(const char *path)
{
	FILE *f = strcmp(path, "-") != 0 ? fopen(path, "re") : NULL;
	struct buf head = { 0 };
	struct stat st;
	bool ours;

	if (f == NULL)
		return false;
	buf_reserve(&head, REPORT_HEAD);
	if (fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode))
		head.n = fread(head.at, 1, REPORT_HEAD, f);
	ours = report_recognise(buf_view(&head));
	buf_free(&head);
	fclose(f);
	return ours;
}

/* Everything in such a file; false for others.  The caller frees it in both
 * cases. */
static bool
slurp_report(const char *path, struct buf *out)
{
	struct error e;

	return begins_as_report(path) &&
	    file_read(path, REPORT_MAX, out, &e) == 0;
}

/* From what a run wrote with -f json: all but the contrast and the rules, which
 * take the traffic. */
static int
explain_written(const struct settings *s, struct text host, const char *path,
    struct text json)
{
	struct render_options o = documents_options(s);
	struct buf out = { 0 };
	struct report *r;
	struct error e;
	bool found = false;
	int status = EXIT_OK;

	if (sandbox_enter(0, &e) != 0 && s->verbose > 0)
		error_warn("%s", e.text);
	r = report_read(json, path, &e);
	for (size_t i = 0; r != NULL && i < r->n_findings; i++)
		if (concerns(&r->findings[i], host)) {
			explain_finding(r, &r->findings[i], &o, &out);
			found = true;
		}
	if (r == NULL) {
		error_warn("%s", e.text);
		status = EXIT_UNREADABLE;
	} else if (!found) {
		buf_printf(&out, "%.*s: no finding in %s\n", TEXT_ARG(host),
		    path);
	}
	if (documents_put(NULL, buf_view(&out), &e) != 0) {
		error_warn("%s", e.text);
		status = EXIT_INTERNAL;
	}
	report_free(r);
	buf_free(&out);
	return status;
}

static int
explain_host(const struct settings *s, const char *word, int argc, char **argv)
{
	struct render_options o = documents_options(s);
	struct text host = host_of(word);
	struct buf out = { 0 };
	struct analysis a;
	struct error e;
	bool found = false, *wanted;
	int status;

	if (argc == 1 && slurp_report(argv[0], &out)) {
		status = explain_written(s, host, argv[0], buf_view(&out));
		buf_free(&out);
		return status;
	}
	out.n = 0;
	if (analysis_run(&a, s, false, argc, argv) == 0 &&
	    suggest_entries(a.report, analysis_product(&a), &e) == 0) {
		wanted = mem_zero(a.report->n_findings + 1, sizeof(*wanted));
		for (size_t i = 0; i < a.report->n_findings; i++) {
			wanted[i] = concerns(&a.report->findings[i], host);
			found |= wanted[i];
		}
		/* Found by its real name, shown under its pseudonym. */
		if (found)
			analysis_hide(&a);
		for (size_t i = 0; i < a.report->n_findings; i++)
			if (wanted[i])
				explain_one(&a, &a.report->findings[i], &o,
				    &out);
		free(wanted);
		if (!found)
			explain_absence(a.report, host, s->anonymize, &out);
		if (documents_put(NULL, buf_view(&out), &e) != 0) {
			error_warn("%s", e.text);
			a.status = exit_worse(a.status, EXIT_INTERNAL);
		}
	}
	buf_free(&out);
	status = a.status;
	analysis_free(&a);
	return status;
}

/* False where there is no such rule. */
static bool
explain_rule(const struct settings *s, const char *word)
{
	struct buf out = { 0 };
	struct error e;
	struct rules *rules = rules_new(s->no_default_rules, s->rules.at,
	    s->rules.n, &e);
	bool found = rules != NULL && rules_show(rules, text_of(word), &out);

	if (found)
		fwrite(out.at, 1, out.n, stdout);
	rules_free(rules);
	buf_free(&out);
	return found;
}

int
cmd_explain(const struct settings *s, int argc, char **argv)
{
	struct render_options o = documents_options(s);
	struct buf out = { 0 };
	enum class class;

	if (argc == 0) {
		error_warn("explain what? A host and the inputs, or a class, or "
		    "a rule; try: pinspot explain pinning");
		return EXIT_USAGE;
	}
	class = class_by_name(text_of(argv[0]));
	if (class == CLASS_UNKNOWN && argc > 1)
		return explain_host(s, argv[0], argc - 1, argv + 1);
	if (class == CLASS_UNKNOWN && explain_rule(s, argv[0]))
		return EXIT_OK;
	if (class == CLASS_UNKNOWN && s->state != NULL)
		return explain_remembered(s, host_of(argv[0]));
	if (class == CLASS_UNKNOWN) {
		error_warn("%s is no class and no rule; to explain a host, name "
		    "the inputs too: pinspot explain %s edge.pcapng, or "
		    "--state DIR for what earlier runs saw", argv[0], argv[0]);
		return EXIT_USAGE;
	}
	explain_class(class, &o, &out);
	fwrite(out.at, 1, out.n, stdout);
	buf_free(&out);
	return EXIT_OK;
}
