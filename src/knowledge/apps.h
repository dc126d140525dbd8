/*
 * apps.h - the catalogue of applications known to pin.
 */
#ifndef PINSPOT_KNOWLEDGE_APPS_H
#define PINSPOT_KNOWLEDGE_APPS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

struct app {
	struct text name, vendor, kind, note;
	struct text umbrella_coverage; /* empty: not listed by Umbrella */
	struct text confidence;
	const struct text *domains; /* confirmed: may be suggested */
	size_t n_domains;
	const struct text *unconfirmed; /* shown, not suggested alone */
	size_t n_unconfirmed;
	bool web_alternative;
	struct text parent; /* the application that it is a part of, or empty */
	bool broad; /* its domains cover far more than what is pinned */
};

/*
 * The application that a host (lower case) belongs to, the most specific
 * pattern first, or NULL.  "*.x.example" is any name below x.example, a '*'
 * elsewhere is any text within one label.  *confirmed tells whether the host is
 * known as pinned: a confirmed domain says so, of an application whose pin is
 * not itself unconfirmed, and no wildcard that is broader than the pin.
 * *pattern gets the catalogue's pattern.
 */
const struct app *app_by_host(struct text host, bool *confirmed,
    struct text *pattern);

size_t app_count(void);
const struct app *app_at(size_t i);

/* Use another catalogue instead (--apps): src/knowledge/data/apps.json, or only
 * its array of applications.  To be called before the first lookup of any
 * thread; on error the old one stays. */
int apps_load(const char *path, struct error *e) MUST_CHECK;

const char *apps_date(void);

#endif
