/*
 * score.h - three hypotheses about a failing cell (detection.md section 5.4).
 */
#ifndef PINSPOT_RULE_SCORE_H
#define PINSPOT_RULE_SCORE_H

#include "model/finding.h"

/* Percent, rounded down; they add up to about 100. */
struct score {
	unsigned pin; /* the program pins this host */
	unsigned no_ca; /* the program lacks the interceptor's CA */
	unsigned noise; /* it trusts the certificate; something else happened */
};

struct score score_cell(const struct cell *cell, const struct contrast *c,
    const struct profile *p);

#endif
