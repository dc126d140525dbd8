/*
 * apps_index.h - the patterns of the catalogue, and which one fits a host best.
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

/* Into the order that app_pattern_find wants. */
void app_patterns_sort(struct app_pattern *patterns, size_t n);

/* Does a pattern among an application's domains confirm a pin?  Not where less
 * than "likely" is known of it; and of broad domains only whole names do. */
bool app_pattern_confirms(struct text pattern, struct text confidence,
    bool broad);

/* The most specific of the patterns that match the host, or NULL: whole names
 * first, then by the number of bytes that are no '*'; of equal ones the
 * confirmed, then the first of the catalogue. */
const struct app_pattern *app_pattern_find(const struct app_pattern *sorted,
    size_t n, struct text host);

#endif
