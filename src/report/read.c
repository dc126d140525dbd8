#include "report/read.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"

static const char schema[] = "pinspot/report/v1";

enum { FINDINGS_MAX = 1000000, LIST_MAX = 100000 };

/* What is being read into. */
struct reading {
	struct report *r;
	struct pool *pool;
};

static struct json_object *
member(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	if (json_object_is_type(o, json_type_object))
		json_object_object_get_ex(o, key, &value);
	return value;
}

static struct text
read_text(const struct reading *in, struct json_object *o, const char *key)
{
	return pool_intern(in->pool, json_view(member(o, key)));
}

/* Nothing less than 0 is counted; what is no number is 0. */
static uint64_t
read_number(struct json_object *o, const char *key)
{
	struct json_object *value = member(o, key);

	return json_object_is_type(value, json_type_int) &&
	    json_object_get_int64(value) > 0 ? json_object_get_uint64(value) :
	    0;
}

static int64_t
read_time(struct json_object *o, const char *key)
{
	int64_t ns;
	bool zoned;

	return clock_parse_iso(json_view(member(o, key)), &ns, &zoned) ? ns :
	    CLOCK_UNKNOWN;
}

/* A member's elements, as many as are taken. */
static size_t
n_elements(struct json_object *array, size_t most)
{
	size_t n = json_object_is_type(array, json_type_array) ?
	    json_object_array_length(array) : 0;

	return n < most ? n : most;
}

static struct text *
read_texts(const struct reading *in, struct json_object *o, const char *key,
    size_t *n)
{
	struct json_object *array = member(o, key);
	struct text *texts;

	*n = n_elements(array, LIST_MAX);
	texts = pool_zero(in->pool, *n * sizeof(*texts));
	for (size_t i = 0; i < *n; i++)
		texts[i] = pool_intern(in->pool,
		    json_view(json_object_array_get_idx(array, i)));
	return texts;
}

/* value_of_kind(text): the value of that name, up to the last one, or 0. */
#define BY_NAME(kind, last)                                                    \
	static enum kind kind##_of(struct text name)                           \
	{                                                                      \
		for (int i = 0; i <= (int)(last); i++) {                       \
			const char *s = kind##_name((enum kind)i);             \
                                                                               \
			if (s != NULL && text_is(name, s))                     \
				return (enum kind)i;                           \
		}                                                              \
		return (enum kind)0;                                           \
	}

BY_NAME(sign, SIGN_NO_DATA_CLOSE)
BY_NAME(close_how, CLOSE_TIMEOUT)
BY_NAME(interception, INTERCEPTION_PROVEN)
BY_NAME(side, SIDE_SERVER)
BY_NAME(entry_risk, RISK_HIGH)
BY_NAME(entry_verdict, VERDICT_TOO_WIDE)

static uint16_t
version_of(struct text name)
{
	static const uint16_t versions[] = { 0x0304, 0x0303, 0x0302, 0x0301,
		0x0300, 0x0002 };

	for (size_t i = 0; i < N_ITEMS(versions); i++)
		if (text_is(name, version_name(versions[i])))
			return versions[i];
	return 0;
}

static void
read_inputs(const struct reading *in, struct json_object *o)
{
	struct json_object *array = member(o, "inputs");
	size_t n = n_elements(array, LIST_MAX);

	in->r->inputs = pool_zero(in->pool, n * sizeof(*in->r->inputs));
	in->r->n_inputs = n;
	for (size_t i = 0; i < n; i++) {
		struct json_object *input = json_object_array_get_idx(array, i);

		in->r->inputs[i].name = read_text(in, input, "name");
		in->r->inputs[i].packets = read_number(input, "packets");
		in->r->inputs[i].lines = read_number(input, "lines");
	}
}

/* The frame, or else the line, that an element of the evidence names. */
static void
read_evidence(const struct reading *in, struct json_object *o,
    struct finding *f)
{
	struct json_object *array = member(o, "evidence");

	f->n_evidence = n_elements(array, LIST_MAX);
	f->evidence = pool_zero(in->pool,
	    f->n_evidence * sizeof(*f->evidence));
	for (size_t i = 0; i < f->n_evidence; i++) {
		struct json_object *e = json_object_array_get_idx(array, i);
		struct evidence *out = &f->evidence[i];
		struct json_object *stream = member(e, "stream");

		*out = (struct evidence){
			.input = (uint32_t)read_number(e, "input"),
			.frame = read_number(e, "frame"),
			.line = read_number(e, "line"),
			.stream = json_object_is_type(stream, json_type_int) ?
			    json_object_get_int64(stream) : -1,
			.time = read_time(e, "time"),
			.value = read_text(in, e, "value"),
		};
		out->what = read_text(in, e, out->line > 0 ? "field" : "what");
	}
}

static void
read_ladder(const struct reading *in, struct json_object *o,
    struct finding *f)
{
	struct json_object *array = member(o, "ladder");

	f->n_ladder = n_elements(array, LIST_MAX);
	f->ladder = pool_zero(in->pool, f->n_ladder * sizeof(*f->ladder));
	for (size_t i = 0; i < f->n_ladder; i++) {
		struct json_object *rung = json_object_array_get_idx(array, i);

		f->ladder[i] = (struct rung){
			.frame = read_number(rung, "frame"),
			.time = read_time(rung, "time"),
			.from = side_of(json_view(member(rung, "from"))),
			.length = (uint32_t)read_number(rung, "length"),
			.what = read_text(in, rung, "what"),
		};
	}
}

static void
read_entries(const struct reading *in, struct json_object *advice,
    struct finding *f)
{
	struct json_object *array = member(advice, "entries");

	f->n_entries = n_elements(array, LIST_MAX);
	f->entries = pool_zero(in->pool, f->n_entries * sizeof(*f->entries));
	for (size_t i = 0; i < f->n_entries; i++) {
		struct json_object *e = json_object_array_get_idx(array, i);
		struct text product = read_text(in, e, "product");

		f->entries[i] = (struct entry){
			.product = product.n > 0 ? product.at : NULL,
			.entry = read_text(in, e, "entry"),
			.fixes = read_number(e, "fixes"),
			.inspected_lost = read_number(e, "inspected_lost"),
			.lost_unknown = member(e, "inspected_lost") == NULL,
			.risk = entry_risk_of(json_view(member(e, "risk"))),
			.verdict = entry_verdict_of(
			    json_view(member(e, "verdict"))),
			.why = read_text(in, e, "why"),
		};
	}
}

static void
read_numbers(struct json_object *o, struct finding *f)
{
	struct json_object *counts = member(o, "counts");
	struct json_object *contrast = member(o, "contrast");
	struct json_object *host = member(contrast, "same_host_other_profiles");
	struct json_object *own = member(contrast, "same_profile_other_hosts");

	f->connections = read_number(counts, "connections");
	f->attempts = read_number(counts, "attempts");
	f->accepted = read_number(counts, "accepted");
	f->same_host_other_profiles.accepted = read_number(host, "accepted");
	f->same_host_other_profiles.rejected = read_number(host, "rejected");
	f->same_host_other_profiles.profiles = read_number(host, "profiles");
	f->same_profile_other_hosts.accepted = read_number(own, "accepted");
	f->same_profile_other_hosts.rejected = read_number(own, "rejected");
	f->same_profile_other_hosts.domains = read_number(own, "domains");
}

static void
read_shape(struct json_object *o, struct finding *f)
{
	struct json_object *shape = member(o, "shape");
	struct json_object *alert = member(shape, "alert");
	int code = json_object_is_type(alert, json_type_int) ?
	    json_object_get_int(alert) : -1;

	f->shape.version = version_of(json_view(member(shape, "tls")));
	f->shape.sign = sign_of(json_view(member(shape, "sign")));
	f->shape.record_len = (uint16_t)read_number(shape, "record_len");
	f->shape.finished_len = (uint16_t)read_number(shape, "finished_len");
	f->shape.alert = code >= 0 && code < ALERT_CODES ? (int16_t)code : -1;
	f->shape.close = close_how_of(json_view(member(shape, "close")));
}

/* What the report tells of the proving handshake. */
static void
read_proof(const struct reading *in, struct finding *f)
{
	struct handshake *h = pool_zero(in->pool, sizeof(*h));

	*h = handshake_none;
	if (f->n_evidence > 0) {
		h->input = f->evidence[0].input;
		h->from_log = f->evidence[0].line > 0;
		h->stream = f->evidence[0].stream;
	}
	f->proof = h;
}

static void
read_clients(const struct reading *in, struct json_object *o,
    struct finding *f)
{
	struct json_object *clients = member(o, "clients");

	f->n_clients = read_number(clients, "count");
	f->clients = read_texts(in, clients, "sample", &f->n_clients_shown);
	f->fingerprints = read_texts(in, clients, "fingerprints",
	    &f->n_fingerprints);
}

/* A host of its own for each finding on one. */
static void
read_host(const struct reading *in, struct json_object *o, struct finding *f)
{
	struct text name = read_text(in, member(o, "host"), "name");

	if (name.n == 0)
		return;
	in->r->hosts[in->r->n_hosts++].name = name;
	f->host = (uint32_t)in->r->n_hosts;
}

static void
read_finding(const struct reading *in, struct json_object *o,
    struct finding *f)
{
	struct json_object *advice = member(o, "advice");
	struct text id = json_view(member(o, "id"));

	snprintf(f->id, sizeof(f->id), "%.*s", TEXT_ARG(id));
	f->class = class_by_name(json_view(member(o, "class")));
	f->confidence = confidence_by_name(json_view(member(o, "confidence")));
	f->rule = read_text(in, o, "rule");
	f->host_name = read_text(in, o, "title");
	f->subject = read_text(in, o, "subject");
	f->hosts = read_texts(in, o, "hosts", &f->n_hosts);
	f->interception = interception_of(json_view(member(o, "interception")));
	f->first_seen = read_time(o, "first_seen");
	f->last_seen = read_time(o, "last_seen");
	f->reasons = read_texts(in, o, "reasons", &f->n_reasons);
	f->doubts = read_texts(in, o, "doubts", &f->n_doubts);
	f->would_change = read_texts(in, o, "would_change",
	    &f->n_would_change);
	f->advice = read_text(in, advice, "text");
	read_host(in, o, f);
	read_clients(in, o, f);
	read_numbers(o, f);
	read_shape(o, f);
	read_evidence(in, o, f);
	read_ladder(in, o, f);
	read_entries(in, advice, f);
	read_proof(in, f);
}

bool
report_recognise(struct text head)
{
	head = text_trim(head);
	return text_starts(head, "{") && text_find(head, schema) >= 0;
}

struct report *
report_read(struct text json, const char *name, struct error *e)
{
	struct json_object *o = json_parse(json, name, e), *findings;
	struct report *r = NULL;
	struct reading in;
	size_t n;

	if (o == NULL)
		return NULL;
	if (!text_is(json_view(member(o, "schema")), schema)) {
		error_set(e, "%s: no report of pinspot (%s)", name, schema);
		json_object_put(o);
		return NULL;
	}
	r = report_new();
	in = (struct reading){ r, r->pool };
	findings = member(o, "findings");
	n = n_elements(findings, FINDINGS_MAX);
	r->hosts = pool_zero(r->pool, n * sizeof(*r->hosts));
	r->findings = pool_zero(r->pool, n * sizeof(*r->findings));
	r->n_findings = n;
	read_inputs(&in, o);
	if (text_is(json_view(member(member(o, "interceptor"), "source")),
	    "learned"))
		r->interceptor_source = "learned";
	for (size_t i = 0; i < n; i++)
		read_finding(&in, json_object_array_get_idx(findings, i),
		    &r->findings[i]);
	json_object_put(o);
	return r;
}
