/*
 * Read rules: JSON objects, in brackets with commas or one after another.
 *
 *     {"id": "...", "class": "...", "on": "cell", "title": "...",
 *      "when": CONDITION, "confidence": {...}, "advice": "exclude",
 *      "doubts": [...], "would_change": [...], "until": "2026-12-31",
 *      "tests": [{"facts": {...}, "expect": "pinning" or false}]}
 *
 * pinspot-rules(5) tells what they mean.  Every error names the file, the line
 * where the rule begins, and the rule.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "rule/action.h"
#include "rule/rule.h"

enum { FILE_MAX = 16 << 20, PATHS_MAX = 1000 };

/* What is being read, for errors. */
struct place {
	struct rules *rules;
	struct rule *rule;
	struct error *e;
	int depth;
};

static struct text
text_of_json(struct json_object *o)
{
	return (struct text){ json_object_get_string(o),
		(size_t)json_object_get_string_len(o) };
}

/* -1 with "FILE:LINE: WORDS in rule ID". */
#define FAIL(p, ...) fail_at(p, pool_printf((p)->rules->pool, __VA_ARGS__))

static int
fail_at(const struct place *p, struct text words)
{
	return error_set(p->e, "%.*s:%d: %.*s in rule %.*s",
	    TEXT_ARG(p->rule->file), p->rule->line, TEXT_ARG(words),
	    TEXT_ARG(p->rule->id.n > 0 ? p->rule->id : TEXT("(no id)")));
}

/* The same, with what was perhaps meant (or NULL). */
static int
fail_near(const struct place *p, const char *what, const char *name,
    const char *nearest)
{
	if (nearest == NULL)
		return FAIL(p, "unknown %s \"%s\"", what, name);
	return error_set(p->e, "%.*s:%d: unknown %s \"%s\" in rule %.*s, did "
	    "you mean \"%s\"?", TEXT_ARG(p->rule->file), p->rule->line, what,
	    name, TEXT_ARG(p->rule->id), nearest);
}

static int
read_network(struct place *p, struct condition *c)
{
	struct text bits = c->text, address;
	struct endpoint base = { 0 };

	if (block_read_lax(c->text, &c->network))
		return 0;
	text_split(&bits, '/', &address);
	if (!endpoint_parse(address, &base))
		return FAIL(p, "\"%.*s\" is no network such as 10.0.0.0/8",
		    TEXT_ARG(c->text));
	return FAIL(p, "\"%.*s\" has no such prefix length",
	    TEXT_ARG(c->text));
}

static int
read_pattern(struct place *p, struct condition *c)
{
	struct rules *rules = p->rules;
	struct error why;

	c->pattern = pattern_new(c->text, PATTERN_NOCASE, &why);
	if (c->pattern == NULL)
		return FAIL(p, "pattern \"%.*s\": %s", TEXT_ARG(c->text),
		    why.text);
	rules->patterns = mem_grow(rules->patterns, rules->n_patterns,
	    &rules->patterns_room, sizeof(struct pattern *));
	rules->patterns[rules->n_patterns++] = c->pattern;
	return 0;
}

/* The one value of a test; its type must be the fact's. */
static int
read_value(struct place *p, struct condition *c, struct json_object *value)
{
	bool wants_text = c->fact->type == FACT_TEXT;
	bool wants_boolean = c->fact->type == FACT_BOOLEAN;
	enum json_type type = json_object_get_type(value);
	int64_t number;

	if (wants_text && type == json_type_string) {
		c->text = pool_intern(p->rules->pool, text_of_json(value));
		return c->operator == OPERATOR_IN ? read_network(p, c) :
		    c->operator == OPERATOR_MATCHES ? read_pattern(p, c) : 0;
	}
	if (wants_boolean && type == json_type_boolean) {
		c->number = json_object_get_boolean(value);
		condition_complete(c);
		return 0;
	}
	if (!wants_text && !wants_boolean && type == json_type_int) {
		number = json_object_get_int64(value);
		if (number < 0)
			return FAIL(p, "\"%s\" is never negative",
			    c->fact->name);
		c->number = (uint64_t)number;
		condition_complete(c);
		return 0;
	}
	return FAIL(p, "\"%s\" is a %s, and %s is none", c->fact->name,
	    c->fact->type == FACT_CODES ? "set of numbers" :
	    fact_type_name(c->fact->type), json_object_to_json_string(value));
}

static int
parts_new(struct place *p, struct condition **parts, size_t n)
{
	if (p->rules->n_conditions + n > CONDITIONS_MAX)
		return FAIL(p, "more than %d conditions", CONDITIONS_MAX);
	p->rules->n_conditions += n;
	*parts = pool_zero(p->rules->pool, n * sizeof(**parts));
	return 0;
}

static const struct {
	const char *name;
	enum operator operator;
	bool for_numbers, for_text;
} operators[] = {
	{ "==", OPERATOR_EQUAL, true, true },
	{ "!=", OPERATOR_NOT_EQUAL, true, true },
	{ ">=", OPERATOR_AT_LEAST, true, false },
	{ ">", OPERATOR_MORE, true, false },
	{ "<=", OPERATOR_AT_MOST, true, false },
	{ "<", OPERATOR_LESS, true, false },
	{ "in", OPERATOR_IN, false, true },
	{ "matches", OPERATOR_MATCHES, false, true },
};

static int
find_operator(struct place *p, const struct fact *fact, const char *name,
    enum operator *out)
{
	for (size_t i = 0; i < N_ITEMS(operators); i++) {
		if (strcmp(operators[i].name, name) != 0)
			continue;
		if (fact->type == FACT_TEXT ? !operators[i].for_text :
		    fact->type == FACT_NUMBER ? !operators[i].for_numbers :
		    operators[i].operator > OPERATOR_NOT_EQUAL)
			return FAIL(p, "\"%s\" does not fit \"%s\", which is "
			    "a %s", name, fact->name,
			    fact_type_name(fact->type));
		*out = operators[i].operator;
		return 0;
	}
	return FAIL(p, "unknown operator \"%s\" for \"%s\"", name, fact->name);
}

/* Any of a list of values. */
static int
read_list(struct place *p, struct condition *c, const struct fact *fact,
    enum operator operator, struct json_object *list)
{
	size_t n = json_object_array_length(list);

	c->kind = operator == OPERATOR_NOT_EQUAL ? CONDITION_ALL :
	    CONDITION_ANY;
	if (n == 0)
		return FAIL(p, "empty list for \"%s\"", fact->name);
	if (parts_new(p, &c->parts, n) < 0)
		return -1;
	c->n_parts = n;
	for (size_t i = 0; i < n; i++) {
		c->parts[i] = (struct condition){ .kind = CONDITION_TEST,
			.fact = fact, .operator = operator };
		if (read_value(p, &c->parts[i],
		    json_object_array_get_idx(list, i)) < 0)
			return -1;
	}
	return 0;
}

static int
read_operand(struct place *p, struct condition *c, const struct fact *fact,
    enum operator operator, struct json_object *value)
{
	if (json_object_is_type(value, json_type_array))
		return read_list(p, c, fact, operator, value);
	*c = (struct condition){ .kind = CONDITION_TEST, .fact = fact,
		.operator = operator };
	return read_value(p, c, value);
}

/* All of one is that one. */
static void
unwrap(struct condition *c)
{
	if (c->kind == CONDITION_ALL && c->n_parts == 1)
		*c = c->parts[0];
}

/* {"fact": value}, {"fact": [values]}, {"fact": {">=": 2, "<": 5}} */
static int
read_test(struct place *p, struct condition *c, const char *name,
    struct json_object *value)
{
	const char *nearest;
	const struct fact *fact = fact_by_name(text_of(name), &nearest);
	enum operator operator = OPERATOR_EQUAL;
	size_t n = 0;

	if (fact == NULL)
		return fail_near(p, "fact", name, nearest);
	if (fact->scope == SCOPE_FINDING && p->rule->base ==
	    CONFIDENCE_UNKNOWN)
		return FAIL(p, "\"%s\" tells only in \"confidence\", and "
		    "stands in \"when\"", name);
	if (fact->scope > p->rule->on && fact->scope != SCOPE_FINDING)
		return FAIL(p, "\"%s\" is about a %s, and the rule is on a "
		    "%s", name, fact_scope_name(fact->scope),
		    fact_scope_name(p->rule->on));
	if (!json_object_is_type(value, json_type_object))
		return read_operand(p, c, fact, OPERATOR_EQUAL, value);
	if (json_object_object_length(value) == 0)
		return FAIL(p, "no operator for \"%s\"", name);
	*c = (struct condition){ .kind = CONDITION_ALL,
		.n_parts = (size_t)json_object_object_length(value) };
	if (parts_new(p, &c->parts, c->n_parts) < 0)
		return -1;
	json_object_object_foreach(value, key, operand)
		if (find_operator(p, fact, key, &operator) < 0 ||
		    read_operand(p, &c->parts[n++], fact, operator, operand)
		    < 0)
			return -1;
	unwrap(c);
	return 0;
}

static int read_condition(struct place *p, struct condition *c,
    struct json_object *o);

/* {"all": [...]}, {"any": [...]}, {"not": {...}} */
static int
read_parts(struct place *p, struct condition *c, const char *word,
    struct json_object *value)
{
	bool is_not = strcmp(word, "not") == 0;
	enum json_type wanted = is_not ? json_type_object : json_type_array;
	size_t n;

	if (!json_object_is_type(value, wanted))
		return FAIL(p, "\"%s\" wants %s", word, is_not ?
		    "a condition in braces" : "a list of conditions");
	n = is_not ? 1 : json_object_array_length(value);
	*c = (struct condition){ .kind = is_not ? CONDITION_NOT :
		strcmp(word, "any") == 0 ? CONDITION_ANY : CONDITION_ALL,
		.n_parts = n };
	if (parts_new(p, &c->parts, n) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (read_condition(p, &c->parts[i], is_not ? value :
		    json_object_array_get_idx(value, i)) < 0)
			return -1;
	return 0;
}

/* An object whose members must all hold. */
static int
read_condition(struct place *p, struct condition *c, struct json_object *o)
{
	size_t n = 0;
	int result;

	if (!json_object_is_type(o, json_type_object))
		return FAIL(p, "a condition is an object, and %s is none",
		    json_object_to_json_string(o));
	if (++p->depth > DEPTH_MAX)
		return FAIL(p, "conditions nested deeper than %d", DEPTH_MAX);
	*c = (struct condition){ .kind = CONDITION_ALL,
		.n_parts = (size_t)json_object_object_length(o) };
	if (parts_new(p, &c->parts, c->n_parts) < 0)
		return -1;
	json_object_object_foreach(o, key, value) {
		if (strcmp(key, "all") == 0 || strcmp(key, "any") == 0 ||
		    strcmp(key, "not") == 0)
			result = read_parts(p, &c->parts[n], key, value);
		else
			result = read_test(p, &c->parts[n], key, value);
		if (result < 0)
			return -1;
		n++;
	}
	p->depth--;
	unwrap(c);
	return 0;
}

static int
read_string(struct place *p, const char *key, struct json_object *value,
    struct text *out)
{
	if (!json_object_is_type(value, json_type_string))
		return FAIL(p, "\"%s\" wants a text", key);
	*out = pool_intern(p->rules->pool, text_of_json(value));
	return 0;
}

static int
read_id(struct place *p, struct json_object *value)
{
	const char *allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_.";
	struct text id;

	if (read_string(p, "id", value, &id) < 0)
		return -1;
	if (id.n == 0 || id.n > 64 || strspn(id.at, allowed) != id.n)
		return FAIL(p, "an id is 1 to 64 of a-z, 0-9, '-', '_' and "
		    "'.', and \"%.*s\" is none", TEXT_ARG(id));
	for (size_t i = 0; i + 1 < p->rules->n; i++)
		if (text_equal(p->rules->rules[i].id, id))
			return FAIL(p, "id \"%.*s\" was used before, at "
			    "%.*s:%d,", TEXT_ARG(id),
			    TEXT_ARG(p->rules->rules[i].file),
			    p->rules->rules[i].line);
	p->rule->id = id;
	return 0;
}

static int
read_class(struct place *p, struct json_object *value)
{
	const char *names[N_CLASSES];
	struct text name;
	int n = 0;

	if (read_string(p, "class", value, &name) < 0)
		return -1;
	p->rule->class = class_by_name(name);
	if (p->rule->class != CLASS_UNKNOWN)
		return 0;
	for (int i = 1; i < N_CLASSES; i++)
		names[n++] = class_facts((enum class)i)->name;
	return fail_near(p, "class", name.at, error_nearest(name.at, names,
	    n));
}

static int
read_on(struct place *p, struct json_object *value)
{
	struct text name;
	bool known;

	if (read_string(p, "on", value, &name) < 0)
		return -1;
	p->rule->on = fact_scope_by_name(name, &known);
	if (!known || p->rule->on == SCOPE_FINDING)
		return FAIL(p, "\"on\" is host, profile, cell or handshake, "
		    "and \"%.*s\" is none", TEXT_ARG(name));
	return 0;
}

static int
read_when(struct place *p, struct json_object *value)
{
	p->depth = 0;
	return read_condition(p, &p->rule->when, value);
}

static int
read_confidence(struct place *p, struct json_object *value)
{
	struct rule *r = p->rule;
	struct text base;

	if (!json_object_is_type(value, json_type_object))
		return FAIL(p, "\"confidence\" wants an object");
	r->base = CONFIDENCE_POSSIBLE; /* from here on, facts of findings */
	json_object_object_foreach(value, key, part) {
		p->depth = 0;
		if (strcmp(key, "base") == 0) {
			if (read_string(p, "base", part, &base) < 0)
				return -1;
			r->base = confidence_by_name(base);
			if (r->base == CONFIDENCE_UNKNOWN)
				return FAIL(p, "\"base\" is possible, likely "
				    "or confirmed, and \"%.*s\" is none",
				    TEXT_ARG(base));
		} else if (strcmp(key, "likely") == 0) {
			r->has_likely = true;
			if (read_condition(p, &r->likely, part) < 0)
				return -1;
		} else if (strcmp(key, "confirmed") == 0) {
			r->has_confirmed = true;
			if (read_condition(p, &r->confirmed, part) < 0)
				return -1;
		} else {
			return FAIL(p, "unknown key \"%s\" in \"confidence\"",
			    key);
		}
	}
	return 0;
}

static int
read_title(struct place *p, struct json_object *value)
{
	return read_string(p, "title", value, &p->rule->title);
}

static int
read_advice(struct place *p, struct json_object *value)
{
	const char *nearest;
	struct text name;

	if (read_string(p, "advice", value, &name) < 0)
		return -1;
	p->rule->action = action_by_name(name, &nearest);
	if (p->rule->action == NULL)
		return fail_near(p, "advice", name.at, nearest);
	return 0;
}

static int
read_sentences(struct place *p, const char *key, struct json_object *value,
    struct text **out, size_t *n)
{
	if (!json_object_is_type(value, json_type_array))
		return FAIL(p, "\"%s\" wants a list of sentences", key);
	*n = json_object_array_length(value);
	*out = pool_zero(p->rules->pool, *n * sizeof(**out));
	for (size_t i = 0; i < *n; i++)
		if (read_string(p, key, json_object_array_get_idx(value, i),
		    &(*out)[i]) < 0)
			return -1;
	return 0;
}

static int
read_doubts(struct place *p, struct json_object *value)
{
	return read_sentences(p, "doubts", value, &p->rule->doubts,
	    &p->rule->n_doubts);
}

static int
read_would_change(struct place *p, struct json_object *value)
{
	return read_sentences(p, "would_change", value,
	    &p->rule->would_change, &p->rule->n_would_change);
}

static int
read_until(struct place *p, struct json_object *value)
{
	struct text date;
	bool zoned;

	if (read_string(p, "until", value, &date) < 0)
		return -1;
	if (!clock_parse_iso(date, &p->rule->until, &zoned))
		return FAIL(p, "\"until\" is a date such as 2026-12-31, and "
		    "\"%.*s\" is none", TEXT_ARG(date));
	return 0;
}

/* Tests are run by `pinspot rules test`; here their form is checked. */
static int
read_one_test(struct place *p, struct rule_test *t, struct json_object *o)
{
	struct json_object *facts_of, *expect;
	const char *nearest;

	if (!json_object_object_get_ex(o, "facts", &facts_of) ||
	    !json_object_is_type(facts_of, json_type_object) ||
	    !json_object_object_get_ex(o, "expect", &expect))
		return FAIL(p, "a test wants \"facts\" and \"expect\"");
	json_object_object_foreach(facts_of, key, value) {
		(void)value;
		if (fact_by_name(text_of(key), &nearest) == NULL)
			return fail_near(p, "fact", key, nearest);
	}
	if (json_object_is_type(expect, json_type_boolean)) {
		t->expected = json_object_get_boolean(expect);
		return 0;
	}
	t->expected = true;
	if (read_string(p, "expect", expect, &t->class) < 0)
		return -1;
	if (class_by_name(t->class) == CLASS_UNKNOWN)
		return FAIL(p, "a test expects the unknown class \"%.*s\"",
		    TEXT_ARG(t->class));
	return 0;
}

static int
read_tests(struct place *p, struct json_object *value)
{
	struct rule *r = p->rule;

	if (!json_object_is_type(value, json_type_array))
		return FAIL(p, "\"tests\" wants a list");
	r->n_tests = json_object_array_length(value);
	r->tests = pool_zero(p->rules->pool, r->n_tests * sizeof(*r->tests));
	for (size_t i = 0; i < r->n_tests; i++) {
		struct json_object *o = json_object_array_get_idx(value, i);

		if (!json_object_is_type(o, json_type_object))
			return FAIL(p, "a test wants to be an object");
		if (read_one_test(p, &r->tests[i], o) < 0)
			return -1;
	}
	return 0;
}

/* The keys of a rule, in the order in which they depend on each other. */
static const struct {
	const char *name;
	bool needed;
	int (*read)(struct place *p, struct json_object *value);
} keys[] = {
	{ "id", true, read_id },
	{ "class", true, read_class },
	{ "on", false, read_on },
	{ "title", false, read_title },
	{ "when", true, read_when },
	{ "confidence", false, read_confidence },
	{ "advice", false, read_advice },
	{ "doubts", false, read_doubts },
	{ "would_change", false, read_would_change },
	{ "until", false, read_until },
	{ "tests", false, read_tests },
};

static int
check_keys(struct place *p, struct json_object *o)
{
	const char *names[N_ITEMS(keys)];

	for (size_t i = 0; i < N_ITEMS(keys); i++)
		names[i] = keys[i].name;
	json_object_object_foreach(o, key, value) {
		size_t i = 0;

		(void)value;
		while (i < N_ITEMS(keys) && strcmp(keys[i].name, key) != 0)
			i++;
		if (i < N_ITEMS(keys))
			continue;
		return fail_near(p, "key", key, error_nearest(key, names,
		    N_ITEMS(keys)));
	}
	return 0;
}

static int
read_rule(struct place *p, struct json_object *o)
{
	struct json_object *value;

	for (size_t i = 0; i < N_ITEMS(keys); i++) {
		if (json_object_object_get_ex(o, keys[i].name, &value)) {
			if (keys[i].read(p, value) < 0)
				return -1;
		} else if (keys[i].needed) {
			return FAIL(p, "no \"%s\"", keys[i].name);
		}
	}
	if (p->rule->base == CONFIDENCE_UNKNOWN)
		p->rule->base = CONFIDENCE_POSSIBLE;
	return check_keys(p, o);
}

/* The digest of all texts so far. */
static void
chain(struct rules *rules, struct text text)
{
	uint8_t digest[DIGEST_SIZE];
	struct buf both = { 0 };

	buf_string(&both, rules->digest);
	buf_text(&both, text);
	digest_sha256(both.at, both.n, digest);
	digest_hex(digest, rules->digest);
	buf_free(&both);
}

int
rules_load_text(struct rules *rules, const char *file, struct text text,
    struct error *e)
{
	struct json_stream stream = { .rest = text, .next_line = 1 };
	struct place p = { .rules = rules, .e = e };
	struct text name = pool_intern(rules->pool, text_of(file));
	struct json_object *o;
	int result;

	while ((o = json_next(&stream, file, e)) != NULL) {
		if (rules->n == RULES_MAX) {
			json_object_put(o);
			return error_set(e, "%s:%d: more than %d rules", file,
			    stream.line, RULES_MAX);
		}
		rules->rules = mem_grow(rules->rules, rules->n, &rules->room,
		    sizeof(*rules->rules));
		p.rule = &rules->rules[rules->n++];
		*p.rule = (struct rule){ .file = name, .line = stream.line,
			.on = SCOPE_CELL, .until = CLOCK_UNKNOWN,
			.source = stream.taken };
		result = read_rule(&p, o);
		json_object_put(o);
		if (result < 0)
			return -1;
	}
	if (e->text[0] != '\0')
		return -1;
	chain(rules, text);
	return 0;
}

/* A copy that lives as long as the rules. */
static struct text
keep(struct rules *rules, struct text t)
{
	char *copy = pool_zero(rules->pool, t.n + 1);

	if (t.n > 0)
		memcpy(copy, t.at, t.n);
	return (struct text){ copy, t.n };
}

static int
load_file(struct rules *rules, const char *path, struct error *e)
{
	struct buf all = { 0 };
	int result = file_read(path, FILE_MAX, &all, e);

	if (result == 0)
		result = rules_load_text(rules, path,
		    keep(rules, buf_view(&all)), e);
	buf_free(&all);
	return result;
}

static int
is_json(const struct dirent *entry)
{
	struct text name = text_of(entry->d_name);

	return name.at[0] != '.' && text_ends(name, ".json");
}

/* Bytes compared, so that the order is that of no locale. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
load_folder(struct rules *rules, const char *path, struct error *e)
{
	struct dirent **entries;
	struct buf name = { 0 };
	int n = scandir(path, &entries, is_json, by_name), result = 0;

	if (n < 0)
		return error_set(e, "%s: %s", path, strerror(errno));
	if (n > PATHS_MAX)
		result = error_set(e, "%s: more than %d files of rules", path,
		    PATHS_MAX);
	for (int i = 0; i < n; i++) {
		name.n = 0;
		buf_printf(&name, "%s/%s", path, entries[i]->d_name);
		if (result == 0)
			result = load_file(rules, name.at, e);
		free(entries[i]);
	}
	free(entries);
	buf_free(&name);
	return result;
}

int
rules_load_path(struct rules *rules, const char *path, struct error *e)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return error_set(e, "%s: %s", path, strerror(errno));
	return S_ISDIR(st.st_mode) ? load_folder(rules, path, e) :
	    load_file(rules, path, e);
}

static const struct {
	const char *name;
	const char *text;
	size_t n;
} defaults[] = {
#include "rules.inc"
};

int
rules_load_default(struct rules *rules, struct error *e)
{
	for (size_t i = 0; i < N_ITEMS(defaults); i++) {
		struct text text = { defaults[i].text, defaults[i].n };

		if (rules_load_text(rules, defaults[i].name, text, e) < 0)
			return -1;
	}
	return 0;
}
