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
 * with include_subdomains?  As in Chromium, the longest listed name decides.
 * *out tells what that name says, too, where the answer is no: a few names have
 * pins only.  Its domain is empty where no listed name covers the host. */
bool hsts_lookup(struct text host, struct hsts_entry *out);

/* Use a newer list instead: Chromium's transport_security_state_static.json,
 * with its comments, or our own text form (src/knowledge/data/hsts.txt).  To be
 * called before the first lookup of any thread; on error the old list stays. */
int hsts_load(const char *path, struct error *e) MUST_CHECK;

/* The list's date; "unknown" where a list of --hsts has none. */
const char *hsts_date(void);

/* Names in the list, and the bytes that they take. */
size_t hsts_count(void);
size_t hsts_size(void);

#endif
