/*
 * suggest.h - findings -> exclusion entries in a product's syntax, priced.
 */
#ifndef PINSPOT_EXCLUDE_SUGGEST_H
#define PINSPOT_EXCLUDE_SUGGEST_H

#include "base/error.h"
#include "model/finding.h"

/* Fill the findings' entries and r->suggestions for a product ("panos",
 * "umbrella", ..., "plain").  -1 with the words in *e for an unknown one. */
int suggest_entries(struct report *r, const char *product, struct error *e)
    MUST_CHECK;

#endif
