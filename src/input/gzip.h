/*
 * gzip.h - gzip (RFC 1952), to the last byte that there is.
 *
 * By zlib itself: libarchive unpacks 64 KB at a time and gives none of them where
 * the input is cut off or damaged among them, which is all of a short log.
 */
#ifndef PINSPOT_INPUT_GZIP_H
#define PINSPOT_INPUT_GZIP_H

#include "base/attr.h"
#include "base/error.h"
#include "input/source.h"

struct gzip;

/*
 * Make *inner a source of what the outer one, which begins with a gzip header, is
 * when it is unpacked; members that follow each other are one.  Damage and an
 * early end are errors of that source, behind all that came before.  source_close
 * it, then gzip_free.  NULL with the words in *e where nothing can be unpacked.
 */
struct gzip *gzip_open(struct source *inner, struct source *outer,
    struct error *e) MUST_CHECK;

void gzip_free(struct gzip *g);

#endif
