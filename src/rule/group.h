/*
 * group.h - cells of one cause make one finding.
 */
#ifndef PINSPOT_RULE_GROUP_H
#define PINSPOT_RULE_GROUP_H

#include "rule/rule.h"

/* A cell with its verdict. */
struct member {
	uint32_t cell, rule; /* indices */
	uint32_t group;
};

/* Members of one class and key, one after another. */
struct group {
	enum class class;
	struct text key; /* host, client, program or pattern */
	const struct member *members;
	size_t n;
	/* Those that count: not the interceptor's own connections, which repeat
	 * what clients tried, unless they alone tell of it.  The array has room
	 * for all members; so has `texts`, for what is collected of them. */
	const struct cell **cells;
	size_t n_cells;
	struct text *texts;
	struct group_counts counts;
	enum confidence confidence;
	const struct rule *rule; /* the one that was surest */
	const struct cell *best; /* the cell that it was sure of */
	struct contrast contrast; /* that cell's */
};

/* What members of a class are put together by. */
struct text group_key(const struct report *r, const struct cell *cell,
    enum class c);

/* A host's registrable domain, or its name where it has none. */
struct text group_domain(struct text host);

/* How many attempts of a cell a class explains. */
uint64_t group_attempts(const struct cell *cell, enum class c);

/* List the cells that count, and count what they have. */
void group_count(const struct report *r, struct group *g);

/* How sure, after the caps of honesty (detection.md section 5.4). */
enum confidence group_cap(const struct report *r, const struct group *g,
    enum confidence c);

/* Fill a finding but for its number in the cells. */
void group_finding(struct report *r, const struct group *g,
    struct finding *f);

/* Why, why perhaps not, and what would change it, in sentences. */
void words_reasons(struct report *r, const struct group *g,
    struct finding *f);
void words_doubts(struct report *r, const struct group *g, struct finding *f);
void words_would_change(struct report *r, const struct group *g,
    struct finding *f);
void words_advice(struct report *r, const struct group *g, struct finding *f);

/* What to do about what exclusions do not cure. */
void words_next_steps(struct report *r);

#endif
