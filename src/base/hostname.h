/*
 * hostname.h - is this text a host name, and nothing else?
 *
 * An SNI, a CONNECT line or a log field may hold anything.  What leaves pinspot
 * as an exclusion entry passed this one gate first.
 */
#ifndef PINSPOT_BASE_HOSTNAME_H
#define PINSPOT_BASE_HOSTNAME_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/text.h"

enum { HOSTNAME_MAX = 253, LABEL_MAX = 63 };

/*
 * True for a fully qualified host name in lower case, without a trailing dot:
 * at least two labels of letters, digits, '-' and '_' (RFC 1123 section 2.1;
 * '_' is seen in the wild), 1 to 63 bytes each, at most 253 in all, no '-' at
 * either end of a label.  A last label that begins with a digit is none, so
 * that no spelling of an address passes for a name.
 */
bool hostname_valid(struct text t);

/* True where one label is a valid label. */
bool hostname_label_valid(struct text label);

/* How many labels; 0 for the empty text. */
unsigned hostname_labels(struct text t);

/* The name without its first n labels; empty when there are no more. */
struct text hostname_skip(struct text t, unsigned n);

/* Is `name` below `parent` (not equal to it)?  Case does not count.  */
bool hostname_below(struct text name, struct text parent);


#endif
