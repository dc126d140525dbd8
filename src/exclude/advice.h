/*
 * advice.h - what to do besides an entry, or instead of one.
 */
#ifndef PINSPOT_EXCLUDE_ADVICE_H
#define PINSPOT_EXCLUDE_ADVICE_H

#include "model/finding.h"

/* Add to a finding's advice what its application, its browser and the product
 * allow, and set its action. */
void advice_complete(struct report *r, struct finding *f, const char *product);

#endif
