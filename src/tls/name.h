/*
 * name.h - a distinguished name of a certificate as one line of text.
 */
#ifndef PINSPOT_TLS_NAME_H
#define PINSPOT_TLS_NAME_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cursor.h"

/* Values of single attributes, unescaped; of several the most specific one. */
struct name_parts {
	struct buf cn, o;
};

void name_parts_free(struct name_parts *p);

/*
 * Write the body of an RDNSequence (RFC 5280 section 4.1.2.4) in the form of
 * RFC 4514, the most specific attribute first: "CN=a.example,O=Example".
 * Attribute types by OpenSSL's short names, unknown ones as OID=#DER-in-hex;
 * control bytes and what is no valid text as \XX.
 *
 * False where the encoding breaks; what came before is then in *out.
 */
bool name_read(struct cursor rdns, struct buf *out, struct name_parts *parts);

#endif
