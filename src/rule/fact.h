/*
 * fact.h - what rules may ask: one table for the engine, the manual and
 * `pinspot explain`.
 */
#ifndef PINSPOT_RULE_FACT_H
#define PINSPOT_RULE_FACT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/finding.h"

enum fact_type { FACT_BOOLEAN, FACT_NUMBER, FACT_TEXT, FACT_CODES };

/* What a fact is about.  A rule may use facts of its own scope and of wider
 * ones; those of the finding only tell in conditions of confidence. */
enum fact_scope { SCOPE_HOST, SCOPE_PROFILE, SCOPE_CELL, SCOPE_HANDSHAKE,
	SCOPE_FINDING };

/* What a finding counts over all its cells. */
struct group_counts {
	uint64_t attempts, clients, hosts, domains, fingerprints;
};

/* Dear to work out, and so done when a rule first asks. */
struct memo {
	struct cell one; /* the cell, see cell_of_one */
	struct contrast contrast; /* of the cell */
	bool has_contrast;
	const struct host *asked; /* whether it serves block pages */
	bool is_block_host;
};

/* What the rules look at: one cell with all around it. */
struct subject {
	const struct report *report;
	const struct cell *cell; /* failure is not NULL */
	struct memo *memo;
	const struct host *host;
	const struct profile *profile;
	const struct handshake *proof; /* the best exemplar, or NULL */
	const struct group_counts *group; /* NULL while classes are decided */
	/* A test's facts, in place of all others: what it does not give is 0,
	 * false or empty; and room for codes among them. */
	struct json_object *given;
	struct alert_set *given_codes;
	/* In all the input; domains up to as many as a rule could ask for. */
	uint32_t clients, expired_domains, wrong_name_domains,
	    decrypted_domains, direct_domains;
};

/* A subject for a report's cells, with room for its memo, and its turn to one
 * that failed. */
struct subject subject_new(const struct report *r, struct memo *memo);
void subject_look(struct subject *s, const struct cell *cell);

/* The contrast of its cell. */
const struct contrast *subject_contrast(const struct subject *s);

/* What a fact is here; its type says which. */
struct value {
	union {
		uint64_t number; /* also a boolean */
		struct text text;
		const struct alert_set *codes;
	};
};

struct fact {
	const char *name;
	enum fact_type type;
	enum fact_scope scope;
	const char *meaning;
	struct value (*get)(const struct subject *s, const struct fact *f);
	size_t at; /* for getters that read a member */
};

extern const struct fact facts[];
extern const size_t n_facts;

/* NULL where there is no such fact; *nearest then gets the name that was
 * perhaps meant, or NULL. */
const struct fact *fact_by_name(struct text name, const char **nearest);

/* What a test gives. */
struct value fact_given(const struct fact *f, const struct subject *s);

static inline struct value
fact_value(const struct fact *f, const struct subject *s)
{
	return s->given != NULL ? fact_given(f, s) : f->get(s, f);
}

const char *fact_type_name(enum fact_type type);
const char *fact_scope_name(enum fact_scope scope);
enum fact_scope fact_scope_by_name(struct text name, bool *known);

#endif
