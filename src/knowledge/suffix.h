/*
 * suffix.h - public suffixes and registrable domains, by libpsl.
 */
#ifndef PINSPOT_KNOWLEDGE_SUFFIX_H
#define PINSPOT_KNOWLEDGE_SUFFIX_H

#include <stdbool.h>

#include "base/text.h"

/* "bank.example" for "api.bank.example": the part of name that one registrant
 * holds, a window into name.  A name that is itself a public suffix, a single
 * label or an address has none: empty.  name is lower case. */
struct text suffix_registrable(struct text name);

/* True for names such as "com", "co.uk", "cloudfront.net", "github.io". */
bool suffix_is_public(struct text name);

/* True for names that only mean something inside one network: a single label,
 * or a last label that the public list does not have, such as "local" or
 * "corp".  The names kept for examples (RFC 2606) are not private. */
bool suffix_is_private(struct text name);

/* The date of libpsl's list, or of our own where it has none. */
const char *suffix_date(void);

#endif
