/*
 * signature.h - did the interceptor's CA sign this leaf?
 */
#ifndef PINSPOT_TLS_SIGNATURE_H
#define PINSPOT_TLS_SIGNATURE_H

#include "base/buf.h"
#include "base/cursor.h"
#include "base/error.h"
#include "model/handshake.h"
#include "tls/certificate.h"

/* Whose certificates are "ours": what --interceptor names. */
struct authority;

/* The certificates of a PEM (or DER) file; all of them count.  NULL with the
 * words in *e. */
struct authority *authority_from_file(const char *path, struct error *e);

/* By the SHA-256 of the CA certificate, 64 hex digits: known again only where
 * a server sends that certificate along.  NULL with the words in *e. */
struct authority *authority_from_sha256(const char *digits, struct error *e);

/* By the issuer's CN, or its whole one-line name. */
struct authority *authority_from_name(const char *name);

void authority_free(struct authority *a);

/* What to call it: the subject of its first certificate as name.h writes it, or
 * what it was given by. */
void authority_title(const struct authority *a, struct buf *out);

/*
 * TRUTH_YES where the leaf was signed by the authority, also by way of
 * intermediate certificates in the chain that was sent: the issuer's name is
 * the subject of the next, and its key verifies the signature.  Where only a
 * name was given, the name decides.
 */
enum truth authority_signed(const struct authority *a,
    const struct certificate *leaf, const struct certificate_parts *parts,
    struct cursor chain);

#endif
