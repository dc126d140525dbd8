/*
 * hsts.h - the HSTS preload list of Chromium.
 */
#ifndef PINSPOT_KNOWLEDGE_HSTS_H
#define PINSPOT_KNOWLEDGE_HSTS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"

struct hsts_entry {
	struct text domain; /* the listed name that covers the host; a window
			     * into the host that was asked for */
	bool include_subdomains;
	bool pinned; /* the browser also has static key pins for it */
};

/* Is this host (lower case, no trailing dot) preloaded, itself or by a parent
 * with include_subdomains? */
bool hsts_lookup(struct text host, struct hsts_entry *out);

/* Use a newer list instead: Chromium's JSON or our own text form. */
int hsts_load(const char *path, struct error *e) MUST_CHECK;

/* The list's date, for --version -v. */
const char *hsts_date(void);

#endif
