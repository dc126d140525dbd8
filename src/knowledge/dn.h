/*
 * dn.h - the attributes of a one-line distinguished name.
 *
 * pinspot writes names as in RFC 4514 ("CN=a.example,O=Example\, Inc."); logs
 * write them with blanks ("CN = a, O = b"), with quotes, with slashes
 * ("/CN=a/O=b"), and with commas that nobody escaped, so that a comma only ends
 * a value where an attribute follows it.  A text without any attribute is taken
 * for a common name.
 */
#ifndef PINSPOT_KNOWLEDGE_DN_H
#define PINSPOT_KNOWLEDGE_DN_H

#include "base/text.h"

enum {
	DN_ATTRIBUTES_MAX = 24, /* what comes later is not looked at */
	DN_BYTES_MAX = 1024
};

struct dn {
	unsigned n;
	struct {
		struct text type; /* "cn", "o", "ou", "e", others as written */
		struct text value; /* lower case, unescaped */
	} at[DN_ATTRIBUTES_MAX];
	char bytes[DN_BYTES_MAX]; /* where the values are */
};

/* Read a name.  Types and values are in lower case (ASCII). */
void dn_read(struct text name, struct dn *dn);

/* Does a value match a pattern in lower case, in which '*' is any text and '?'
 * at most one byte? */
bool dn_match(const char *pattern, struct text value);

#endif
