/*
 * dn.h - distinguished names as logs write them.
 */
#ifndef PINSPOT_INPUT_DN_H
#define PINSPOT_INPUT_DN_H

#include "base/text.h"
#include "input/log.h"

/*
 * The name in the form of struct certificate: most specific attribute first,
 * ',' without blanks, escapes of RFC 4514.  Taken are that form, "C=DE, O=Example
 * Inc, CN=a" (most general first), "/C=DE/CN=a", and attributes in quotes.  A text
 * without '=' is taken for a common name.  Lives until the next line.
 */
struct text dn_normalise(struct log *log, struct text name);

/* The value of the first attribute of a type such as "CN" in a normalised name,
 * escapes and all; empty where there is none. */
struct text dn_attribute(struct text name, const char *type);

/* Fill subject, issuer and their parts from the names as logged. */
void dn_certificate(struct log *log, struct text subject, struct text issuer,
    struct certificate *out);

#endif
