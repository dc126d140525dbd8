/*
 * select.h - the filters: they choose what is shown, never what contrast sees.
 */
#ifndef PINSPOT_CMD_SELECT_H
#define PINSPOT_CMD_SELECT_H

#include "base/error.h"
#include "cmd/settings.h"
#include "model/finding.h"

/* Are the filters' words understood?  -1 with the words in *e. */
int select_check(const struct settings *s, struct error *e) MUST_CHECK;

/* Take the findings out that the filters hide, and say so in r->filters. */
void select_findings(const struct settings *s, struct report *r);

/* Does a finding match one of --fail-on? */
bool select_failing(const struct settings *s, const struct report *r);

#endif
