/*
 * verify.h - does a list do what its writer thinks?
 *
 * Half of what it tells comes from the list alone (forms, duplicates, entries
 * in the shadow of others, dates), half from the recorded traffic.
 */
#ifndef PINSPOT_EXCLUDE_VERIFY_H
#define PINSPOT_EXCLUDE_VERIFY_H

#include "exclude/list.h"
#include "model/finding.h"

/* Worst first. */
enum problem {
	PROBLEM_NONE,
	PROBLEM_NOT_EFFECTIVE, /* matches, and intercepted all the same */
	PROBLEM_BLOCK_PAGE, /* matches, and a block page is served */
	PROBLEM_FORM, /* the product does not take it as it is written */
	PROBLEM_MISSES, /* nearly matches a host that fails */
	PROBLEM_TOO_WIDE,
	PROBLEM_EXPIRED,
	PROBLEM_DUPLICATE,
	PROBLEM_SHADOWED, /* another entry matches all that it can match */
	PROBLEM_STALE, /* no such host in the traffic */
	N_PROBLEMS
};

/* "not-effective", ...; NULL for none. */
const char *problem_name(enum problem p);

struct complaint {
	const struct listed *entry;
	enum problem problem;
	struct text why; /* in words */
	struct text host; /* the host that shows it, or empty */
	uint64_t connections; /* or attempts, that show it; 0 for none */
};

struct verification {
	struct pool *pool;
	struct complaint *complaints; /* in the list's order, worst first */
	size_t n, room;
	uint64_t counts[N_PROBLEMS]; /* entries; of PROBLEM_NONE: fine ones */
};

/* Set `excluded` of the hosts that an entry matches: before the verdicts. */
void verify_mark(struct report *r, const struct exclusions *list);

/*
 * Check the list against itself and against the traffic.  Dates are compared
 * with the end of the traffic; what a rule of the user's ignores is no complaint.
 * list and r are borrowed and must outlive v.
 */
void verify_run(struct verification *v, const struct report *r,
    const struct exclusions *list);
void verify_free(struct verification *v);

#endif
