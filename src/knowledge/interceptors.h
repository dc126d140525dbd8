/*
 * interceptors.h - names of the CAs and placeholder certificates of products
 * that intercept TLS.
 *
 * A name proves little, since most products let the administrator choose it:
 * say "looks like".
 */
#ifndef PINSPOT_KNOWLEDGE_INTERCEPTORS_H
#define PINSPOT_KNOWLEDGE_INTERCEPTORS_H

#include <stdbool.h>

#include "base/text.h"

enum interceptor_role { INTERCEPTOR_TRUST, INTERCEPTOR_UNTRUST,
	INTERCEPTOR_PLACEHOLDER, INTERCEPTOR_BLOCK_PAGE };

struct interceptor {
	const char *product, *vendor, *category;
	enum interceptor_role role; /* what a leaf with this issuer means */
	const char *note;
};

/* By the one-line name of an issuer or subject ("CN=...,O=..."), or NULL. */
const struct interceptor *interceptor_by_name(struct text dn);

/* A host that serves block pages, such as Umbrella's. */
bool interceptor_is_block_host(struct text host);

/* Is this the name of a CA that browsers trust publicly? */
bool issuer_is_public(struct text dn);

/* The dates of the two lists. */
const char *interceptors_date(void);
const char *issuers_date(void);

#endif
