/*
 * rule.h - a rule as it is compiled: conditions over facts.
 */
#ifndef PINSPOT_RULE_RULE_H
#define PINSPOT_RULE_RULE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/pattern.h"
#include "base/pool.h"
#include "model/block.h"
#include "model/class.h"
#include "rule/fact.h"

enum {
	RULES_MAX = 10000, /* in all files together */
	CONDITIONS_MAX = 100000,
	DEPTH_MAX = 32 /* of all, any and not within each other */
};

enum condition_kind { CONDITION_ALL, CONDITION_ANY, CONDITION_NOT,
	CONDITION_TEST };

enum operator { OPERATOR_EQUAL, OPERATOR_NOT_EQUAL, OPERATOR_AT_LEAST,
	OPERATOR_MORE, OPERATOR_AT_MOST, OPERATOR_LESS, OPERATOR_IN,
	OPERATOR_MATCHES };

struct condition {
	enum condition_kind kind;
	/* all, any (none: false), not (one) */
	struct condition *parts;
	size_t n_parts;
	/* test */
	const struct fact *fact;
	enum operator operator;
	uint64_t number; /* also booleans */
	/* Numbers from low to low + span hold, or, where inverted, do not. */
	uint64_t low, span;
	bool inverted;
	struct text text; /* also the pattern's source and the network's */
	struct block network; /* such as 10.9.0.0/24 */
	struct pattern *pattern; /* owned by the rules */
};

/* What is expected of a test; its facts are looked up in the rule's source by
 * those who run it. */
struct rule_test {
	bool expected; /* that the rule matches */
	struct text class; /* what is expected, in the words of the file */
};

struct rule {
	struct text id, title, file;
	int line;
	enum class class;
	enum fact_scope on;
	struct condition when;
	enum confidence base;
	struct condition likely, confirmed;
	bool has_likely, has_confirmed;
	const char *action;
	struct text *doubts, *would_change;
	size_t n_doubts, n_would_change;
	int64_t until; /* CLOCK_UNKNOWN: for ever */
	struct rule_test *tests;
	size_t n_tests;
	struct text source; /* its JSON, borrowed from the file's text */
	bool disabled; /* a pattern hit its limit */
	uint64_t n_matched; /* cells */
};

struct rules {
	struct pool *pool;
	struct rule *rules;
	size_t n, room;
	struct pattern **patterns;
	size_t n_patterns, patterns_room;
	size_t n_conditions;
	char digest[65]; /* hex SHA-256 over all files' contents */
};

/* Add the rules of one text, which is borrowed as long as they live; file is
 * what errors call it. */
int rules_load_text(struct rules *rules, const char *file, struct text text,
    struct error *e) MUST_CHECK;

/* Add the rules of a file, or of the *.json files of a folder by name. */
int rules_load_path(struct rules *rules, const char *path, struct error *e)
    MUST_CHECK;

/* The rules that pinspot brings along. */
int rules_load_default(struct rules *rules, struct error *e) MUST_CHECK;

/* Once the operator and number of a test are known, what they take. */
void condition_complete(struct condition *c);

/* Does a condition hold?  *failed, which may be NULL, gets the test that
 * decided a no; *limit is set where a pattern gave up. */
bool condition_holds(const struct condition *c, const struct subject *s,
    const struct condition **failed, bool *limit);

/* Does whatever satisfies a satisfy b, too?  False where that is not sure. */
bool condition_implies(const struct condition *a, const struct condition *b);

/* A condition as people read it: `rejected.attempts >= 2`. */
void condition_print(const struct condition *c, struct buf *out);

#endif
