/*
 * match.h - the ways in which products compare an entry with a name.
 *
 * Case never counts.  None of these allocates; all end in time linear in the
 * lengths, but for match_glob and match_tokens, which are bounded by the product
 * of the two lengths.
 */
#ifndef PINSPOT_EXCLUDE_MATCH_H
#define PINSPOT_EXCLUDE_MATCH_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/text.h"
#include "exclude/product.h"

/* Whole labels; a label "*" stands for exactly one label. */
bool match_labels(struct text pattern, struct text name);

/* '*' stands for any run of bytes, dots included, also none; '?' for one. */
bool match_glob(struct text pattern, struct text name);

/* PAN-OS URL tokens: between dots, '*' is one or more, '^' exactly one. */
bool match_tokens(struct text pattern, struct text name);

/* The name itself (where apex says so) or anything at most `depth` labels below
 * it; depth 0 is any. */
bool match_subtree(struct text base, struct text name, bool apex,
    unsigned depth);

/* An address, or a block in CIDR notation, against an address. */
bool match_cidr(struct text block, const struct endpoint *address);

/* Is it an address or a CIDR block at all? */
bool match_is_address(struct text t);

/* Does the regular expression occur in before + middle + after?  False for an
 * entry whose pattern is broken. */
bool match_regex(const struct listed *entry, const char *before,
    struct text middle, const char *after);

/*
 * The name, or address, that everything ends in that a regular expression of the
 * usual forms matches, with a whole label:
 * "^(.+\.)?bank\.example:443$", "^10\.0\.0\.1:443$".  False where that cannot
 * be told; *out then holds nothing of use.
 */
bool match_regex_literal(struct text regex, struct buf *out);

/* Does it hold bytes that no name has but a regular expression does? */
bool match_looks_regex(struct text t);

/* match() for products that compare SNI, and CN where there is one. */
typedef bool name_match_fn(struct text pattern, struct text name);
bool match_sni_or_cn(const struct listed *entry, const struct host_facts *f,
    name_match_fn *match);

/* The part of a pattern after its last '*', '^' or '?', without a leading dot:
 * what product.suffix wants.  Empty where a wildcard stands at the end. */
struct text match_suffix(struct text pattern);

#endif
