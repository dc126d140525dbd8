/*
 * archive.h - compressed inputs, the members of tar and zip files, and texts in
 * UTF-16.
 *
 * libarchive does the work, but for gzip (gzip.h).  It brings large libraries with
 * it, so that it is loaded (library.h) when the first compressed input comes, and
 * not before.
 */
#ifndef PINSPOT_INPUT_ARCHIVE_H
#define PINSPOT_INPUT_ARCHIVE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/cursor.h"
#include "base/error.h"
#include "input/source.h"

enum {
	ARCHIVE_HEAD = 512, /* how much archive_recognise wants to see */
	ARCHIVE_MEMBERS_MAX = 100000,
	ARCHIVE_DEPTH_MAX = 3, /* a gz in a tar in a zip; deeper is not read */
};

/* Are these the first bytes of gzip, bzip2, xz, zstd, lz4, compress, tar or zip,
 * or the byte order mark of UTF-16?  Its name, or NULL. */
const char *archive_recognise(struct cursor head);

/* One file out of the archive; the source is good until the function returns and
 * need not be read to its end.  Its name is "outer.tar.gz:member", or that of the
 * outer input where it is merely compressed.  Returns whether to go on. */
typedef bool archive_member_fn(struct source *member, void *arg);

/*
 * Unpack the source, whose first bytes were recognised, member by member.  -1
 * with the words in *e where it is damaged; members before the damage were
 * given.
 */
int archive_read_members(struct source *s, archive_member_fn *fn, void *arg,
    struct error *e) MUST_CHECK;

#endif
