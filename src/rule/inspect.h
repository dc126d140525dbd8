/*
 * inspect.h - what the rules are, whether they are sound, and why a verdict
 * fell as it did: for `pinspot rules` and `pinspot explain`.
 */
#ifndef PINSPOT_RULE_INSPECT_H
#define PINSPOT_RULE_INSPECT_H

#include "base/buf.h"
#include "rule/decide.h"

/* One line per rule, in the order in which they are tried. */
void rules_list(const struct rules *rules, struct buf *out);

/* One rule as it is written, with its condition in words; false where there is
 * no rule of this id. */
bool rules_show(const struct rules *rules, struct text id, struct buf *out);

/* Warn of rules that can never match, because an earlier one always does.
 * Returns how many. */
size_t rules_check(const struct rules *rules, struct buf *out);

/* Run the tests that the rules carry; tells of failures and ends with a count.
 * Returns how many failed. */
size_t rules_test(const struct rules *rules, struct buf *out);

/* Why this finding: the rule that won, and for each one before it the
 * condition that failed and what was found instead. */
void rules_explain(const struct rules *rules, const struct report *r,
    const struct finding *f, struct buf *out);

/* All facts: name, type, scope, meaning; for the manual and `rules list`. */
void facts_list(struct buf *out);

#endif
