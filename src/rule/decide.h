/*
 * decide.h - cells -> findings, by rules.
 */
#ifndef PINSPOT_RULE_DECIDE_H
#define PINSPOT_RULE_DECIDE_H

#include <stdbool.h>

#include "base/error.h"
#include "model/finding.h"

struct rules;

/* The built-in rules, unless without_defaults, after those of the paths (files
 * or folders), which come first.  NULL with the words in *e. */
struct rules *rules_new(bool without_defaults, const char *const *paths,
    size_t n_paths, struct error *e) MUST_CHECK;
void rules_free(struct rules *rules);

/* Does a rule look at what tells clients apart that fail alike, such as their
 * addresses? */
bool rules_know_clients(const struct rules *rules);

/* Give every cell its verdict and fill r->findings and r->next_steps. */
void rules_decide(struct rules *rules, struct report *r);

#endif
