#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cmd/analysis.h"
#include "cmd/cmd.h"
#include "cmd/documents.h"
#include "exclude/suggest.h"
#include "report/report.h"
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

/* What is known of a host that has no finding. */
static void
explain_absence(const struct report *r, const char *word, struct buf *out)
{
	uint64_t accepted = 0, connections = 0;

	for (size_t i = 0; i < r->n_cells; i++) {
		if (!text_equal_nocase(r->hosts[r->cells[i].host].name,
		    text_of(word)))
			continue;
		connections += r->cells[i].connections;
		accepted += r->cells[i].attempts.accepted;
	}
	if (connections == 0)
		buf_printf(out, "%s: never seen in the input; the report "
		    "lists the hosts with findings\n", word);
	else
		buf_printf(out, "%s: no finding; %llu connections, %llu "
		    "accepted attempts\n", word,
		    (unsigned long long)connections,
		    (unsigned long long)accepted);
}

static void
explain_one(const struct analysis *a, const struct finding *f,
    const struct render_options *o, struct buf *out)
{
	explain_finding(a->report, f, o, out);
	buf_string(out, "\nRULES, in the order in which they are tried\n");
	rules_explain(a->rules, a->report, f, out);
}

static int
explain_host(const struct settings *s, const char *word, int argc, char **argv)
{
	struct render_options o = documents_options(s);
	struct text host = text_of(word);
	struct buf out = { 0 };
	struct analysis a;
	struct error e;
	bool found = false, *wanted;
	int status;

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
			explain_absence(a.report, word, &out);
		if (fwrite(out.at, 1, out.n, stdout) != out.n)
			a.status = EXIT_INTERNAL;
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
		complain("explain what? A host and the inputs, or a class, or "
		    "a rule; try: pinspot explain pinning");
		return EXIT_USAGE;
	}
	class = class_by_name(text_of(argv[0]));
	if (class == CLASS_UNKNOWN && argc > 1)
		return explain_host(s, argv[0], argc - 1, argv + 1);
	if (class == CLASS_UNKNOWN && explain_rule(s, argv[0]))
		return EXIT_OK;
	if (class == CLASS_UNKNOWN) {
		complain("%s is no class and no rule; to explain a host, name the inputs "
		    "too: pinspot explain %s edge.pcapng", argv[0], argv[0]);
		return EXIT_USAGE;
	}
	explain_class(class, &o, &out);
	fwrite(out.at, 1, out.n, stdout);
	buf_free(&out);
	return EXIT_OK;
}
