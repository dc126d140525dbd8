/*
 * Metrics for the textfile collector of Prometheus' node_exporter (text
 * exposition format 0.0.4).
 *
 * All are gauges: they tell what the last run found, and a run that covers
 * another day may find less.  Series of findings are limited, because their
 * labels come from the network.
 */
#include "report/formats.h"

#include "base/clock.h"
#include "knowledge/alerts.h"
#include "report/escape.h"
#include "report/summary.h"
#include "report/words.h"

enum { FINDINGS_MAX = 200 };

static void
family(struct buf *out, const char *name, const char *help)
{
	buf_printf(out, "# HELP pinspot_%s %s\n# TYPE pinspot_%s gauge\n", name,
	    help, name);
}

static void
metric(struct buf *out, const char *name, const char *help, uint64_t value)
{
	family(out, name, help);
	buf_printf(out, "pinspot_%s %llu\n", name, (unsigned long long)value);
}

/* name="value", with the escapes of the format: \\ \" \n. */
static void
label(struct buf *out, const char *name, struct text value)
{
	struct buf plain = { 0 };

	escape_plain(&plain, value);
	buf_printf(out, "%s=\"", name);
	for (size_t i = 0; i < plain.n; i++) {
		if (plain.at[i] == '"' || plain.at[i] == '\\')
			buf_char(out, '\\');
		buf_char(out, plain.at[i]);
	}
	buf_char(out, '"');
	buf_free(&plain);
}

static void
write_totals(struct buf *out, const struct report *r)
{
	const struct totals *t = &r->totals;
	struct summary s = summary_of(r);
	const struct {
		const char *name, *help;
		uint64_t value;
	} metrics[] = {
		{ "tls_connections", "TLS connections seen.", t->connections },
		{ "intercepted_connections", "Connections intercepted.",
		    t->intercepted },
		{ "accepted_connections", "Connections that carried data.",
		    t->accepted },
		{ "rejected_connections",
		    "Connections in which the client refused.", t->rejected },
		{ "quic_connections", "Connections over QUIC.", t->quic },
		{ "harmless_connections",
		    "Shapes that look like a failure and are none.",
		    t->harmless },
		{ "ignored_connections", "Silenced by rules of the user's.",
		    t->ignored },
		{ "error_lines", "Lines of logs that tell an error.",
		    t->error_lines },
		{ "broken_attempts", "Attempts that findings explain.",
		    s.attempts },
		{ "broken_hosts", "Different hosts in findings.", s.hosts },
		{ "new_findings", "Findings that are new or back.",
		    s.n_new + s.n_back },
		{ "suggested_entries", "Exclusion entries suggested.",
		    s.n_entries },
		{ "suggested_fixes", "Attempts that those entries would cure.",
		    s.fixes },
		{ "suggested_inspection_lost",
		    "Inspected sessions that those entries would give up.",
		    s.lost },
		{ "limits_hit", "Limits that were reached.", r->n_limits_hit },
		{ "partial", "1 where the run stopped before its end.",
		    r->partial },
	};

	for (size_t i = 0; i < N_ITEMS(metrics); i++)
		metric(out, metrics[i].name, metrics[i].help,
		    metrics[i].value);
}

static void
write_inputs(struct buf *out, const struct report *r)
{
	uint64_t bad = 0, packets = 0, lines = 0;

	for (size_t i = 0; i < r->n_inputs; i++) {
		bad += r->inputs[i].bad;
		packets += r->inputs[i].packets;
		lines += r->inputs[i].lines;
	}
	metric(out, "inputs", "Files and streams read.", r->n_inputs);
	metric(out, "input_packets", "Packets read.", packets);
	metric(out, "input_lines", "Lines read.", lines);
	metric(out, "input_bad_records", "Packets and lines skipped as damaged.",
	    bad);
	if (r->last == CLOCK_UNKNOWN)
		return;
	family(out, "evidence_timestamp_seconds", "Newest record seen.");
	buf_printf(out, "pinspot_evidence_timestamp_seconds %lld\n",
	    (long long)(r->last / CLOCK_SECOND));
}

/* Every class and confidence, also without findings: an alert on a series that
 * comes and goes would not resolve. */
static void
write_classes(struct buf *out, const struct report *r)
{
	static const char *const names[] = { "possible", "likely",
		"confirmed" };
	uint64_t n[N_CLASSES][N_ITEMS(names)] = { 0 };

	for (size_t i = 0; i < r->n_findings; i++) {
		const struct finding *f = &r->findings[i];

		if (f->confidence >= CONFIDENCE_POSSIBLE)
			n[f->class][f->confidence - 1]++;
	}
	family(out, "findings", "Findings by class and confidence.");
	for (int c = CLASS_PINNING; c <= CLASS_UNDETERMINED; c++)
		for (size_t k = 0; k < N_ITEMS(names); k++)
			buf_printf(out, "pinspot_findings{class=\"%s\","
			    "confidence=\"%s\"} %llu\n",
			    class_facts((enum class)c)->name, names[k],
			    (unsigned long long)n[c][k]);
}

static void
write_findings(struct buf *out, const struct report *r)
{
	family(out, "finding_attempts", "Attempts that one finding explains.");
	for (size_t i = 0; i < r->n_findings && i < FINDINGS_MAX; i++) {
		const struct finding *f = &r->findings[i];

		buf_string(out, "pinspot_finding_attempts{");
		label(out, "finding", text_of(f->id));
		buf_char(out, ',');
		label(out, "class", text_of(class_facts(f->class)->name));
		buf_char(out, ',');
		label(out, "host", f->host_name);
		buf_char(out, ',');
		label(out, "subject", f->subject);
		buf_printf(out, "} %llu\n", (unsigned long long)f->attempts);
	}
	metric(out, "findings_not_listed",
	    "Findings left out of pinspot_finding_attempts.",
	    r->n_findings > FINDINGS_MAX ? r->n_findings - FINDINGS_MAX : 0);
}

static void
write_alerts(struct buf *out, const struct report *r)
{
	const char *name;

	family(out, "alerts", "Readable TLS alerts by code.");
	for (int code = 0; code < ALERT_CODES; code++) {
		if (r->totals.alerts[code] == 0)
			continue;
		name = alert_name(code);
		buf_printf(out, "pinspot_alerts{code=\"%d\",name=\"%s\"} "
		    "%llu\n", code, name != NULL ? name : "",
		    (unsigned long long)r->totals.alerts[code]);
	}
}

void
render_prom(const struct report *r, const struct render_options *o,
    struct buf *out)
{
	(void)o;
	family(out, "build_info", "Version of pinspot and of its rules.");
	buf_string(out, "pinspot_build_info{");
	label(out, "version", text_of(r->version));
	buf_char(out, ',');
	label(out, "rules", text_of(r->rules_digest));
	buf_string(out, "} 1\n");
	family(out, "run_timestamp_seconds", "When this was written.");
	buf_printf(out, "pinspot_run_timestamp_seconds %lld\n",
	    (long long)(clock_now() / CLOCK_SECOND));
	write_inputs(out, r);
	write_totals(out, r);
	write_classes(out, r);
	write_findings(out, r);
	write_alerts(out, r);
}
