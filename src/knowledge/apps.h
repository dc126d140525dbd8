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
	struct text umbrella_coverage; /* empty where Umbrella does not list it */
	struct text confidence;
	const struct text *domains; /* confirmed: may be suggested */
	size_t n_domains;
	const struct text *unconfirmed; /* shown, never suggested by themselves */
	size_t n_unconfirmed;
	bool web_alternative;
};

/* The application that a host belongs to, the most specific pattern first, or
 * NULL.  *confirmed tells whether by a confirmed domain; *pattern gets the
 * catalogue's pattern. */
const struct app *app_by_host(struct text host, bool *confirmed,
    struct text *pattern);

size_t app_count(void);
const struct app *app_at(size_t i);

/* Use another catalogue instead (--apps), in the form of pinned-apps.json. */
int apps_load(const char *path, struct error *e) MUST_CHECK;

const char *apps_date(void);

#endif
