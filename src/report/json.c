/*
 * The report as JSON (product.md, schema pinspot/report/v1): every key always
 * there, what is unknown null, changes only by addition.
 */
#include "report/formats.h"

#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "knowledge/suffix.h"

#define SCHEMA "pinspot/report/v1"

typedef struct json_object json;

/* A name of our own tables, or null. */
static json *
name_json(const char *name)
{
	return name != NULL ? json_object_new_string(name) : NULL;
}

static json *
number_json(uint64_t n)
{
	return json_object_new_uint64(n);
}

/* 0 stands for none. */
static json *
positive_json(uint64_t n)
{
	return n > 0 ? json_object_new_uint64(n) : NULL;
}

static json *
texts_json(const struct text *texts, size_t n)
{
	json *array = json_object_new_array_ext((int)n);

	for (size_t i = 0; i < n; i++)
		json_push(array, json_string(texts[i]));
	return array;
}

static json *
addresses_json(const struct host *h)
{
	json *array = json_object_new_array_ext(h->n_addresses);
	char address[ADDRESS_TEXT_SIZE];

	for (size_t i = 0; i < h->n_addresses; i++)
		json_push(array, json_string(text_of(
		    endpoint_address(&h->addresses[i], address))));
	return array;
}

static json *
input_json(const struct input_info *input)
{
	json *o = json_object_new_object();

	json_put(o, "name", json_text(input->name));
	json_put(o, "kind", name_json(input->kind));
	json_put(o, "size", positive_json(input->size));
	json_put(o, "identity", json_text(text_of(input->identity)));
	json_put(o, "packets", number_json(input->packets));
	json_put(o, "lines", number_json(input->lines));
	json_put(o, "bad", number_json(input->bad));
	json_put(o, "other", number_json(input->other));
	json_put(o, "truncated", json_object_new_boolean(input->truncated));
	json_put(o, "first", json_time(input->first));
	json_put(o, "last", json_time(input->last));
	json_put(o, "snaplen", positive_json(input->snaplen));
	return o;
}

static json *
totals_json(const struct totals *t)
{
	const struct {
		const char *key;
		uint64_t n;
	} counts[] = { { "handshakes", t->handshakes },
		{ "connections", t->connections },
		{ "intercepted", t->intercepted }, { "accepted", t->accepted },
		{ "rejected", t->rejected }, { "idle", t->idle },
		{ "refused_by_server", t->refused }, { "network", t->network },
		{ "unfinished", t->unfinished }, { "attempts", t->attempts },
		{ "rejected_attempts", t->rejected_attempts },
		{ "quic", t->quic }, { "harmless", t->harmless },
		{ "ignored", t->ignored }, { "error_lines", t->error_lines },
		{ "client_hellos", t->client_hellos },
		{ "server_hellos", t->server_hellos },
		{ "certificates", t->certificates }, { "sni", t->sni },
		{ "encrypted_alerts", t->encrypted_alerts } };
	json *o = json_object_new_object(), *alerts = json_object_new_object();
	char code[8];

	for (size_t i = 0; i < N_ITEMS(counts); i++)
		json_put(o, counts[i].key, number_json(counts[i].n));
	for (int i = 0; i < ALERT_CODES; i++) {
		if (t->alerts[i] == 0)
			continue;
		snprintf(code, sizeof(code), "%d", i);
		json_object_object_add(alerts, code, number_json(t->alerts[i]));
	}
	json_put(o, "alerts", alerts);
	return o;
}

/* The host of a finding; nothing but nulls where the fault is the client's. */
static json *
host_json(const struct report *r, const struct finding *f)
{
	static const struct host none;
	bool known = f->host > 0 && f->host <= r->n_hosts;
	const struct host *h = known ? &r->hosts[f->host - 1] : &none;
	json *o = json_object_new_object();

	json_put(o, "name", json_text(h->name));
	json_put(o, "source", name_json(host_source_name(
	    (enum host_source)h->source)));
	json_put(o, "registrable_domain",
	    json_text(suffix_registrable(h->name)));
	json_put(o, "addresses", addresses_json(h));
	json_put(o, "hsts_preloaded",
	    known ? json_object_new_boolean(h->hsts_preloaded) : NULL);
	json_put(o, "app", json_text(host_app(h)->name));
	return o;
}

static json *
clients_json(const struct finding *f)
{
	json *o = json_object_new_object();

	json_put(o, "count", number_json(f->n_clients));
	json_put(o, "sample", texts_json(f->clients, f->n_clients_shown));
	json_put(o, "fingerprints",
	    texts_json(f->fingerprints, f->n_fingerprints));
	return o;
}

static json *
counts_json(const struct finding *f)
{
	json *o = json_object_new_object();

	json_put(o, "connections", number_json(f->connections));
	json_put(o, "attempts", number_json(f->attempts));
	json_put(o, "accepted", number_json(f->accepted));
	return o;
}

static json *
contrast_json(const struct finding *f)
{
	json *o = json_object_new_object(), *host = json_object_new_object();
	json *profile = json_object_new_object();

	json_put(host, "accepted",
	    number_json(f->same_host_other_profiles.accepted));
	json_put(host, "rejected",
	    number_json(f->same_host_other_profiles.rejected));
	json_put(host, "profiles",
	    number_json(f->same_host_other_profiles.profiles));
	json_put(profile, "accepted",
	    number_json(f->same_profile_other_hosts.accepted));
	json_put(profile, "rejected",
	    number_json(f->same_profile_other_hosts.rejected));
	json_put(profile, "domains",
	    number_json(f->same_profile_other_hosts.domains));
	json_put(o, "same_host_other_profiles", host);
	json_put(o, "same_profile_other_hosts", profile);
	return o;
}

static json *
shape_json(const struct finding *f)
{
	json *o = json_object_new_object();

	json_put(o, "tls", name_json(version_name(f->shape.version)));
	json_put(o, "sign", name_json(sign_name(f->shape.sign)));
	json_put(o, "record_len", positive_json(f->shape.record_len));
	json_put(o, "finished_len", positive_json(f->shape.finished_len));
	json_put(o, "alert", f->shape.alert >= 0
	    ? json_object_new_int(f->shape.alert) : NULL);
	json_put(o, "close", name_json(close_how_name(f->shape.close)));
	return o;
}

static json *
evidence_json(const struct report *r, const struct finding *f)
{
	json *array = json_object_new_array_ext((int)f->n_evidence), *o;

	for (size_t i = 0; i < f->n_evidence; i++) {
		const struct evidence *e = &f->evidence[i];
		bool is_line = e->line > 0;

		o = json_object_new_object();
		json_put(o, "input", number_json(e->input));
		json_put(o, "input_name", e->input < r->n_inputs
		    ? json_text(r->inputs[e->input].name) : NULL);
		json_put(o, "frame", positive_json(e->frame));
		json_put(o, "line", positive_json(e->line));
		json_put(o, "stream", e->stream >= 0
		    ? json_object_new_int64(e->stream) : NULL);
		json_put(o, "time", json_time(e->time));
		json_put(o, "what", is_line ? NULL : json_text(e->what));
		json_put(o, "field", is_line ? json_text(e->what) : NULL);
		json_put(o, "value", json_text(e->value));
		json_push(array, o);
	}
	return array;
}

static json *
lost_json(const struct entry *e, uint64_t n)
{
	return e->lost_unknown ? NULL : number_json(n);
}

static json *
entry_json(const struct entry *e)
{
	json *o = json_object_new_object();

	json_put(o, "product", name_json(e->product));
	json_put(o, "entry", json_text(e->entry));
	json_put(o, "matches", json_text(e->matches));
	json_put(o, "findings", texts_json(e->findings, e->n_findings));
	json_put(o, "fixes", number_json(e->fixes));
	json_put(o, "inspected_lost", lost_json(e, e->inspected_lost));
	json_put(o, "bytes_lost", lost_json(e, e->bytes_lost));
	json_put(o, "clients_lost", lost_json(e, e->clients_lost));
	json_put(o, "others", texts_json(e->others, e->n_others));
	json_put(o, "risk", name_json(entry_risk_name(e->risk)));
	json_put(o, "verdict", name_json(entry_verdict_name(e->verdict)));
	json_put(o, "why", json_text(e->why));
	json_put(o, "comment", json_text(e->comment));
	return o;
}

static json *
entries_json(const struct entry *entries, size_t n)
{
	json *array = json_object_new_array_ext((int)n);

	for (size_t i = 0; i < n; i++)
		json_push(array, entry_json(&entries[i]));
	return array;
}

static json *
advice_json(const struct finding *f)
{
	json *o = json_object_new_object();

	json_put(o, "action", name_json(f->action));
	json_put(o, "text", json_text(f->advice));
	json_put(o, "entries", entries_json(f->entries, f->n_entries));
	return o;
}

static json *
ladder_json(const struct finding *f)
{
	json *array = json_object_new_array_ext((int)f->n_ladder), *o;

	for (size_t i = 0; i < f->n_ladder; i++) {
		const struct rung *rung = &f->ladder[i];

		o = json_object_new_object();
		json_put(o, "frame", positive_json(rung->frame));
		json_put(o, "time", json_time(rung->time));
		json_put(o, "from", name_json(side_name(rung->from)));
		json_put(o, "length", positive_json(rung->length));
		json_put(o, "what", json_text(rung->what));
		json_push(array, o);
	}
	return array;
}

/* One element of a report's "findings". */
static json *
finding_json(const struct report *r, const struct finding *f)
{
	json *o = json_object_new_object();

	json_put(o, "id", json_object_new_string(f->id));
	json_put(o, "class", name_json(class_facts(f->class)->name));
	json_put(o, "confidence", name_json(confidence_name(f->confidence)));
	json_put(o, "rule", json_text(f->rule));
	json_put(o, "title", json_text(f->host_name));
	json_put(o, "subject", json_text(f->subject));
	json_put(o, "host", host_json(r, f));
	json_put(o, "hosts", texts_json(f->hosts, f->n_hosts));
	json_put(o, "clients", clients_json(f));
	json_put(o, "counts", counts_json(f));
	json_put(o, "contrast", contrast_json(f));
	json_put(o, "shape", shape_json(f));
	json_put(o, "interception",
	    name_json(interception_name(f->interception)));
	json_put(o, "evidence", evidence_json(r, f));
	json_put(o, "ladder", ladder_json(f));
	json_put(o, "first_seen", json_time(f->first_seen));
	json_put(o, "last_seen", json_time(f->last_seen));
	json_put(o, "status", name_json(f->status));
	json_put(o, "reasons", texts_json(f->reasons, f->n_reasons));
	json_put(o, "doubts", texts_json(f->doubts, f->n_doubts));
	json_put(o, "would_change",
	    texts_json(f->would_change, f->n_would_change));
	json_put(o, "advice", advice_json(f));
	return o;
}

static json *
tool_json(const struct report *r)
{
	json *o = json_object_new_object();
	char rules[80];

	snprintf(rules, sizeof(rules), "sha256:%s", r->rules_digest);
	json_put(o, "version", name_json(r->version));
	json_put(o, "rules", r->rules_digest[0] != '\0'
	    ? json_object_new_string(rules) : NULL);
	return o;
}

static json *
interceptor_json(const struct report *r)
{
	json *o = json_object_new_object();

	json_put(o, "issuer", json_text(r->interceptor));
	json_put(o, "source", name_json(r->interceptor_source));
	return o;
}

static json *
nth_finding(const struct report *r, size_t i)
{
	return finding_json(r, &r->findings[i]);
}

static json *
nth_suggestion(const struct report *r, size_t i)
{
	return entry_json(&r->suggestions[i]);
}

static json *
nth_step(const struct report *r, size_t i)
{
	json *o = json_object_new_object();

	json_put(o, "text", json_text(r->next_steps[i].text));
	json_put(o, "fixes", number_json(r->next_steps[i].fixes));
	json_put(o, "command", json_text(r->next_steps[i].command));
	return o;
}

/* Arrays that may be long. */
static const struct series {
	const char *key;
	json *(*nth)(const struct report *r, size_t i);
	size_t n_at; /* of their number, in the report */
} series[] = {
	{ "findings", nth_finding, offsetof(struct report, n_findings) },
	{ "suggestions", nth_suggestion,
	    offsetof(struct report, n_suggestions) },
	{ "next_steps", nth_step, offsetof(struct report, n_next_steps) },
};

/* The report with empty arrays in the place of the long ones. */
static json *
frame_json(const struct report *r)
{
	json *o = json_object_new_object();
	json *inputs = json_object_new_array_ext((int)r->n_inputs);

	for (size_t i = 0; i < r->n_inputs; i++)
		json_push(inputs, input_json(&r->inputs[i]));
	json_put(o, "schema", json_object_new_string(SCHEMA));
	json_put(o, "tool", tool_json(r));
	json_put(o, "inputs", inputs);
	json_put(o, "first", json_time(r->first));
	json_put(o, "last", json_time(r->last));
	json_put(o, "interceptor", interceptor_json(r));
	json_put(o, "totals", totals_json(&r->totals));
	for (size_t i = 0; i < N_ITEMS(series); i++)
		json_put(o, series[i].key, json_object_new_array());
	json_put(o, "limits_hit", texts_json(r->limits_hit, r->n_limits_hit));
	json_put(o, "filters", texts_json(r->filters, r->n_filters));
	json_put(o, "notes", texts_json(r->notes, r->n_notes));
	json_put(o, "partial", json_object_new_boolean(r->partial));
	return o;
}

enum {
	PRETTY = JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
	    JSON_C_TO_STRING_NOSLASHESCAPE,
	INDENT = 2
};

/* An object so many levels deep.  No string holds a raw line end. */
static void
write_value(struct buf *out, json *o, bool pretty, int level)
{
	struct text rest, line;

	if (!pretty) {
		buf_string(out, json_line(o));
		return;
	}
	rest = text_of(json_object_to_json_string_ext(o, PRETTY));
	while (text_split(&rest, '\n', &line)) {
		buf_text(out, line);
		buf_printf(out, "\n%*s", INDENT * level, "");
	}
	buf_text(out, line);
}

/* One after the other, so that there never is an object for all of them. */
static void
write_series(struct buf *out, const struct report *r, const struct series *s,
    size_t n, bool pretty)
{
	buf_char(out, '[');
	for (size_t i = 0; i < n; i++) {
		json *item = s->nth(r, i);

		if (i > 0)
			buf_char(out, ',');
		if (pretty)
			buf_printf(out, "\n%*s", INDENT * 2, "");
		write_value(out, item, pretty, 2);
		json_object_put(item);
		buf_drain(out);
	}
	if (pretty)
		buf_printf(out, "\n%*s", INDENT, "");
	buf_char(out, ']');
}

/* Is this one of the long arrays, and is anything in it? */
static bool
write_long(struct buf *out, const struct report *r, const char *key,
    bool pretty)
{
	for (size_t i = 0; i < N_ITEMS(series); i++) {
		size_t n = *(const size_t *)((const char *)r + series[i].n_at);

		if (n == 0 || strcmp(key, series[i].key) != 0)
			continue;
		write_series(out, r, &series[i], n, pretty);
		return true;
	}
	return false;
}

void
report_json(const struct report *r, bool pretty, struct buf *out)
{
	json *frame = frame_json(r);
	const char *separator = "";

	buf_char(out, '{');
	json_object_object_foreach(frame, key, value) {
		buf_string(out, separator);
		separator = ",";
		if (pretty)
			buf_printf(out, "\n%*s\"%s\": ", INDENT, "", key);
		else
			buf_printf(out, "\"%s\":", key);
		if (!write_long(out, r, key, pretty))
			write_value(out, value, pretty, 1);
	}
	buf_string(out, pretty ? "\n}" : "}");
	json_object_put(frame);
}

void
render_json(const struct report *r, const struct render_options *o,
    struct buf *out)
{
	(void)o;
	report_json(r, true, out);
	buf_char(out, '\n');
}

void
render_jsonl(const struct report *r, const struct render_options *o,
    struct buf *out)
{
	json *finding;

	(void)o;
	for (size_t i = 0; i < r->n_findings; i++) {
		finding = finding_json(r, &r->findings[i]);
		buf_string(out, json_line(finding));
		buf_char(out, '\n');
		json_object_put(finding);
		buf_drain(out);
	}
}
