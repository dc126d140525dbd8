/*
 * listing.h - what whatif and verify share: a list, the traffic, and a page or
 * JSON to print.
 */
#ifndef PINSPOT_CMD_LISTING_H
#define PINSPOT_CMD_LISTING_H

#include "base/json.h"
#include "cmd/analysis.h"
#include "exclude/list.h"
#include "report/page.h"

struct listing {
	struct analysis analysis;
	const char *path, *name; /* of the list, and what to call it */
	struct exclusions list;
	int status;
};

/*
 * argv holds LIST INPUT...: read both, and suggest in the list's product.  With
 * in_force the rules know which hosts are on the list (host.excluded): it was in
 * force when the traffic was recorded.  Returns false where there is nothing to
 * print, with the reason told and the exit status in l->status.  listing_free is
 * due in both cases.
 */
bool listing_open(struct listing *l, const struct settings *s, bool in_force,
    int argc, char **argv) MUST_CHECK;
void listing_free(struct listing *l);

/* The head of the page: the list, its product and what could not be read. */
void listing_head(const struct listing *l, struct page *p, const char *what);

/* The same as JSON. */
struct json_object *listing_json(const struct listing *l);

/* Print the page or the object, which is put, as --format and -o ask for. */
int listing_print(const struct listing *l, struct text page,
    struct json_object *object);

#endif
