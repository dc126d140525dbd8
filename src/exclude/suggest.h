/*
 * suggest.h - findings -> exclusion entries in a product's syntax, priced.
 *
 * Every entry is a permanent blind spot: one is suggested only where it cures,
 * in the narrowest form that works, with its price beside it (product.md,
 * "Exclusion suggestions").
 */
#ifndef PINSPOT_EXCLUDE_SUGGEST_H
#define PINSPOT_EXCLUDE_SUGGEST_H

#include "base/error.h"
#include "model/finding.h"

enum { REVIEW_DAYS = 90 /* until an entry must be looked at again */ };

/*
 * Fill the findings' entries and r->suggestions for a product ("panos",
 * "umbrella", ..., "plain"), and add to the findings' advice what an entry, or
 * going without one, means there.  Suggestions are in the order: to add, to
 * investigate, too wide; then by what they fix.  -1 with the words in *e for an
 * unknown product.
 */
int suggest_entries(struct report *r, const char *product, struct error *e)
    MUST_CHECK;

/* The same with workarounds for classes whose cure is elsewhere. */
int suggest_with_workarounds(struct report *r, const char *product,
    struct error *e) MUST_CHECK;

#endif
