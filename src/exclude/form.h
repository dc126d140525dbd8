/*
 * form.h - what many products' entries have in common: how they are put
 * together, and how they go wrong.
 */
#ifndef PINSPOT_EXCLUDE_FORM_H
#define PINSPOT_EXCLUDE_FORM_H

#include "exclude/product.h"

/* What stands before and after the name in an entry. */
struct affix {
	const char *before, *after;
};

/*
 * express() for products whose entries are a name in one form for itself and in
 * another for all below it.  covers_apex: the second form means the name, too.
 */
size_t form_express(const struct wanted *w, struct pool *pool,
    struct text out[EXPRESS_MAX], struct affix name, struct affix below,
    bool covers_apex);

/* The name with its dots escaped, for regular expressions; in the pool. */
struct text form_escaped(struct text name, struct pool *pool);

enum { FORM_STAR = 1, FORM_DOT = 2, FORM_ANY_STAR = 4, FORM_PORT = 8 };

/*
 * What is wrong with an entry that should be a host name, or NULL.  allow:
 * FORM_STAR a leading "*.", FORM_DOT a leading dot, FORM_ANY_STAR a star
 * anywhere, FORM_PORT an address with a port.
 */
const char *form_check(struct text entry, unsigned allow);

/* The same for a regular expression. */
const char *form_check_regex(const struct listed *entry);

#endif
