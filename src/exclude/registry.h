/*
 * registry.h - our own form of an exclusion list: a CSV that also says whose an
 * entry is, why it is there, and when somebody must look at it again.
 *
 *     entry,product,owner,reason,ticket,evidence,added,review
 */
#ifndef PINSPOT_EXCLUDE_REGISTRY_H
#define PINSPOT_EXCLUDE_REGISTRY_H

#include "exclude/list.h"

bool registry_probe(struct text content);

/* Columns are found by their names in the heading.  Where a line names no
 * product, it is of the given one, or plain. */
void registry_read(struct exclusions *l, const struct product *product,
    struct text content);

/* RFC 4180 with LF, formulas defused by a leading apostrophe. */
void registry_write(const struct listed *entries, size_t n, struct buf *out);

#endif
