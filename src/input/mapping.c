/*
 * mapping.c - logs whose layout the user describes: --input-format csv:MAP and
 * jsonl:MAP.
 *
 *     {"separator": ";", "match": "TLS",
 *      "fields": {"time": "Time", "client": 3, "sni": "tls.sni",
 *                 "error": {"from": "message", "capture": "alert (.*)"},
 *                 "leg": {"value": "client"},
 *                 "action": {"from": "mode", "words": {"1": "decrypt"}}}}
 *
 * A field comes from a column by its caption or number, from a key by its path,
 * or from "line", which is the whole line; a PCRE2 pattern may take a part of it
 * and a table may translate it.  pinspot(1) describes it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/pattern.h"
#include "input/csv.h"
#include "input/generic.h"
#include "input/jsonline.h"
#include "input/value.h"

struct rule {
	bool used;
	struct text from; /* caption or path; empty: by number */
	size_t column; /* from 1; 0 unknown */
	struct pattern *capture; /* NULL: all of it */
	struct json_object *words; /* NULL: as it stands */
	struct text constant;
};

struct mapping {
	struct json_object *file; /* owns the texts */
	struct pattern *match; /* NULL: each line */
	char separator;
	bool named; /* some column goes by its caption */
	bool headed; /* the header was seen */
	const char *limited; /* the field whose pattern gave up; or NULL */
	struct rule rules[GENERIC_FIELDS];
};

static struct text
text_of_json(struct json_object *o)
{
	return (struct text){ json_object_get_string(o),
		(size_t)json_object_get_string_len(o) };
}

/* What the members of an object may be. */
struct known {
	const char *key;
	json_type type; /* json_type_null for any */
};

static const struct known file_keys[] = {
	{ "separator", json_type_string },
	{ "match", json_type_string },
	{ "fields", json_type_object },
};

static const struct known rule_keys[] = {
	{ "from", json_type_null },
	{ "capture", json_type_string },
	{ "words", json_type_object },
	{ "value", json_type_string },
};

static int
unknown_word(const char *what, const char *word, const char *const *names,
    size_t n, struct error *e)
{
	const char *near = error_nearest(word, names, n);

	return near != NULL ? error_set(e, "unknown %s \"%s\", did you mean "
	    "\"%s\"?", what, word, near) :
	    error_set(e, "unknown %s \"%s\"", what, word);
}

/* Nothing in the object that nobody would read, or of another type. */
static int
check_keys(struct json_object *o, const struct known *known, size_t n,
    struct error *e)
{
	const char *names[8];

	for (size_t i = 0; i < n; i++)
		names[i] = known[i].key;
	json_object_object_foreach(o, key, value) {
		size_t i = 0;

		while (i < n && strcmp(key, known[i].key) != 0)
			i++;
		if (i == n)
			return unknown_word("key", key, names, n, e);
		if (known[i].type != json_type_null &&
		    !json_object_is_type(value, known[i].type))
			return error_set(e, "\"%s\": expected %s", key,
			    known[i].type == json_type_string ? "a text" :
			    "an object");
	}
	return 0;
}

/* A member of an object that was checked, or NULL. */
static struct json_object *
member_of(struct json_object *o, const char *key)
{
	struct json_object *member;

	return json_object_object_get_ex(o, key, &member) ? member : NULL;
}

static int
read_source(struct rule *r, struct json_object *from, struct error *e)
{
	if (json_object_is_type(from, json_type_string)) {
		r->from = text_of_json(from);
		return 0;
	}
	if (json_object_is_type(from, json_type_int) &&
	    json_object_get_int(from) > 0 &&
	    json_object_get_int(from) <= CSV_FIELDS_MAX) {
		r->column = (size_t)json_object_get_int(from);
		return 0;
	}
	return error_set(e, "expected a column's caption or number, or a key");
}

static int
read_rule(struct rule *r, struct json_object *o, struct error *e)
{
	struct json_object *member;

	r->used = true;
	if (!json_object_is_type(o, json_type_object))
		return read_source(r, o, e);
	if (check_keys(o, rule_keys, N_ITEMS(rule_keys), e) != 0)
		return -1;
	if ((member = member_of(o, "value")) != NULL) {
		r->constant = text_of_json(member);
		return 0;
	}
	if ((member = member_of(o, "capture")) != NULL) {
		r->capture = pattern_new(text_of_json(member), 0, e);
		if (r->capture == NULL)
			return -1;
	}
	r->words = member_of(o, "words");
	if ((member = member_of(o, "from")) == NULL)
		return error_set(e, "\"from\" or \"value\" is missing");
	return read_source(r, member, e);
}

static int
unknown_field(const char *name, struct error *e)
{
	const char *names[GENERIC_FIELDS];

	for (int i = 0; i < GENERIC_FIELDS; i++)
		names[i] = generic_field_name((enum generic_field)i);
	return unknown_word("field", name, names, GENERIC_FIELDS, e);
}

static int
read_rules(struct mapping *m, struct json_object *fields, struct error *e)
{
	struct error why;

	json_object_object_foreach(fields, name, value) {
		enum generic_field field = generic_field_by_name(
		    text_of(name));

		if (field == GENERIC_FIELDS)
			return unknown_field(name, e);
		if (read_rule(&m->rules[field], value, &why) != 0)
			return error_set(e, "field \"%s\": %s", name,
			    why.text);
		if (m->rules[field].from.n > 0 &&
		    !text_is(m->rules[field].from, "line"))
			m->named = true;
	}
	if (m->rules[GENERIC_LEG].constant.n > 0 &&
	    !text_is(m->rules[GENERIC_LEG].constant, "client") &&
	    !text_is(m->rules[GENERIC_LEG].constant, "server"))
		return error_set(e, "field \"leg\": expected client or server");
	return 0;
}

static int
read_file(struct mapping *m, const char *path, struct error *e)
{
	struct json_object *member;

	m->separator = ',';
	m->file = json_file(path, e);
	if (m->file == NULL)
		return -1;
	if (!json_object_is_type(m->file, json_type_object))
		return error_set(e, "expected an object with \"fields\"");
	if (check_keys(m->file, file_keys, N_ITEMS(file_keys), e) != 0)
		return -1;
	if ((member = member_of(m->file, "separator")) != NULL) {
		if (json_object_get_string_len(member) != 1)
			return error_set(e, "\"separator\": expected one "
			    "character");
		m->separator = json_object_get_string(member)[0];
	}
	if ((member = member_of(m->file, "match")) != NULL) {
		m->match = pattern_new(text_of_json(member), 0, e);
		if (m->match == NULL)
			return -1;
	}
	if ((member = member_of(m->file, "fields")) == NULL)
		return error_set(e, "expected an object with \"fields\"");
	return read_rules(m, member, e);
}

static int
mapping_open(struct log *log, void *state, const char *path, struct error *e)
{
	struct error why = { "" };

	(void)log;
	if (path == NULL || *path == '\0')
		return error_set(e, "name the file of the mapping, as in "
		    "csv:MAP.json");
	if (read_file(state, path, &why) == 0)
		return 0;
	/* Errors of the file itself begin with its name. */
	return text_starts(text_of(why.text), path) ?
	    error_set(e, "%s", why.text) :
	    error_set(e, "%s: %s", path, why.text);
}

static void
mapping_finish(struct log *log, void *state)
{
	struct mapping *m = state;

	(void)log;
	for (size_t i = 0; i < GENERIC_FIELDS; i++)
		pattern_free(m->rules[i].capture);
	pattern_free(m->match);
	json_object_put(m->file);
}

/* What a field's rule makes of the text found for it. */
static struct text
apply(struct mapping *m, size_t field, struct text found)
{
	const struct rule *r = &m->rules[field];
	enum pattern_match match = PATTERN_YES;
	struct json_object *word;
	char key[128];

	if (r->constant.n > 0)
		return r->constant;
	if (r->capture != NULL)
		match = pattern_capture(r->capture, found, &found);
	if (match == PATTERN_LIMIT)
		m->limited = generic_field_name((enum generic_field)field);
	if (match != PATTERN_YES)
		return (struct text){ 0 };
	if (r->words == NULL || found.n == 0 || found.n >= sizeof(key))
		return found;
	memcpy(key, found.at, found.n);
	key[found.n] = '\0';
	return json_object_object_get_ex(r->words, key, &word) ?
	    text_of_json(word) : found;
}

static bool
matches(const struct mapping *m, struct log *log)
{
	return m->match == NULL ||
	    pattern_search(m->match, log->line) == PATTERN_YES;
}

/*
 * Number the columns that go by caption.  A line that has some of the captions is
 * the header, too, but the mapping does not fit it; one that has none stands
 * before it.
 */
static enum line_result
read_header(struct mapping *m, struct log *log, const struct csv *csv)
{
	size_t columns[GENERIC_FIELDS] = { 0 }, n_found = 0;
	const char *missing = NULL;

	for (size_t i = 0; i < GENERIC_FIELDS; i++) {
		struct rule *r = &m->rules[i];

		if (r->from.n == 0 || text_is(r->from, "line"))
			continue;
		for (size_t k = 0; k < csv->n && columns[i] == 0; k++)
			if (text_equal_nocase(text_trim(csv_field(log, csv,
			    k)), r->from))
				columns[i] = k + 1;
		n_found += columns[i] > 0;
		if (columns[i] == 0)
			missing = r->from.at;
	}
	if (missing != NULL)
		return n_found == 0 || m->headed ? LINE_NOT_MINE :
		    log_bad(log, 0, missing, (struct text){ 0 },
		    "a column of this name in the header");
	for (size_t i = 0; i < GENERIC_FIELDS; i++)
		if (columns[i] > 0)
			m->rules[i].column = columns[i];
	m->headed = true;
	return LINE_HEADER;
}

static bool
is_name(struct text t)
{
	for (size_t i = 0; i < t.n; i++) {
		char c = t.at[i], small = (char)(c | 0x20);

		if ((small < 'a' || small > 'z') && (c < '0' || c > '9') &&
		    memchr(".-_", c, 3) == NULL)
			return false;
	}
	return true;
}

/* The row by its fields.  One that has none of those that matter tells no
 * handshake; what is to be an address may be a name, but no other text. */
static enum line_result
finish_row(struct mapping *m, struct log *log, const struct text *fields,
    struct handshake *h)
{
	static const enum generic_field telling[] = { GENERIC_CLIENT,
		GENERIC_SERVER, GENERIC_SNI, GENERIC_HOST, GENERIC_URL,
		GENERIC_ERROR, GENERIC_CLIENT_ERROR, GENERIC_SERVER_ERROR };
	struct endpoint e;
	bool tells = false;

	if (m->limited != NULL)
		return log_bad(log, 0, m->limited, log->line,
		    "a line that its pattern is soon done with");
	for (size_t i = 0; i < N_ITEMS(telling); i++) {
		enum generic_field field = telling[i];
		struct text t = value_present(fields[field]);

		tells |= t.n > 0 && m->rules[field].constant.n == 0;
		if ((field == GENERIC_CLIENT || field == GENERIC_SERVER) &&
		    t.n > 0 && !value_endpoint(t, false, &e) &&
		    !value_is_masked(t) && !is_name(t))
			return log_bad(log, (unsigned)m->rules[field].column,
			    generic_field_name(field), t, "an IP address");
	}
	return tells ? generic_handshake(log, fields, h) : LINE_IGNORED;
}

static enum line_result
csv_map_read(struct log *log, void *state, struct handshake *h)
{
	struct mapping *m = state;
	struct text fields[GENERIC_FIELDS] = { { 0 } };
	struct text line = log_payload(log);
	enum line_result result;
	struct csv csv;

	csv_split(&csv, line, m->separator, CSV_FIELDS_MAX);
	if (csv.unclosed)
		csv_split_loose(&csv, line, m->separator, CSV_FIELDS_MAX);
	if (m->named && (result = read_header(m, log, &csv)) != LINE_NOT_MINE)
		return result;
	if ((m->named && !m->headed) || !matches(m, log))
		return LINE_NOT_MINE;
	m->limited = NULL;
	for (size_t i = 0; i < GENERIC_FIELDS; i++) {
		const struct rule *r = &m->rules[i];

		if (!r->used)
			continue;
		if (r->column > csv.n)
			return log_bad(log, (unsigned)csv.n, NULL,
			    csv_raw(&csv, csv.n - 1),
			    "as many columns as the mapping names");
		fields[i] = apply(m, i, r->column > 0 ? text_trim(csv_field(log,
		    &csv, r->column - 1)) : log->line);
	}
	result = finish_row(m, log, fields, h);
	for (size_t i = 0; i < GENERIC_FIELDS && result == LINE_BAD; i++)
		log_bad_column(log, fields[i], (unsigned)m->rules[i].column);
	return result;
}

static enum line_result
jsonl_map_read(struct log *log, void *state, struct handshake *h)
{
	struct mapping *m = state;
	struct text fields[GENERIC_FIELDS] = { { 0 } };
	struct text payload = log_payload(log), value;
	struct json_walk w;
	struct json_member member;
	char path[256];

	if (!json_walk_begin(&w, payload) || !matches(m, log))
		return LINE_NOT_MINE;
	m->limited = NULL;
	for (size_t i = 0; i < GENERIC_FIELDS; i++)
		if (m->rules[i].constant.n > 0 ||
		    text_is(m->rules[i].from, "line"))
			fields[i] = apply(m, i, log->line);
	while (json_walk_next(&w, &member)) {
		struct text at = json_walk_path(&w, path, sizeof(path));

		for (size_t i = 0; i < GENERIC_FIELDS; i++) {
			if (!m->rules[i].used || fields[i].n > 0 ||
			    !text_equal(m->rules[i].from, at))
				continue;
			value = member.escaped ?
			    json_unescape(log, member.value) : member.value;
			fields[i] = apply(m, i, value);
		}
	}
	if (w.broken)
		return log_bad(log, 0, NULL, payload, "a whole JSON object");
	return finish_row(m, log, fields, h);
}

const struct log_format log_format_csv_map = {
	.name = "csv",
	.title = "CSV, or any text, laid out as the file MAP says",
	.sign = "--input-format csv:MAP",
	.state_size = sizeof(struct mapping),
	.open = mapping_open,
	.read = csv_map_read,
	.finish = mapping_finish,
};

const struct log_format log_format_jsonl_map = {
	.name = "jsonl",
	.title = "JSON lines, laid out as the file MAP says",
	.sign = "--input-format jsonl:MAP",
	.state_size = sizeof(struct mapping),
	.open = mapping_open,
	.read = jsonl_map_read,
	.finish = mapping_finish,
};
