/*
 * apps_index.h - the patterns of the catalogue in the order of their weight.
 *
 * Apart from apps.c, so that gen/apps.c can be built with it.
 */
#ifndef PINSPOT_KNOWLEDGE_APPS_INDEX_H
#define PINSPOT_KNOWLEDGE_APPS_INDEX_H

#include <stdint.h>

#include "base/text.h"

struct app_pattern {
	struct text pattern;
	uint16_t app; /* index into the catalogue */
	bool confirmed;
};

/* The most specific first: whole names, then by the number of bytes that are no
 * '*'; of equal ones the confirmed, then the first of the catalogue. */
void app_patterns_sort(struct app_pattern *patterns, size_t n);

/* Does a pattern among an application's domains confirm a pin?  Not where less
 * than "likely" is known of it; and of broad domains only whole names do. */
bool app_pattern_confirms(struct text pattern, struct text confidence,
    bool broad);

/* Does the pattern match the host? */
bool app_pattern_match(struct text pattern, struct text host);

#endif
