#include "input/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/library.h"
#include "input/gzip.h"
#include "input/utf16.h"

enum {
	CHUNK = 64 * 1024,
	SHORT_HEAD = 2, /* shows gzip, and UTF-16 */
};

#define LIBARCHIVE(F)                                                          \
	F(archive_read_new)                                                    \
	F(archive_read_free)                                                   \
	F(archive_read_support_filter_bzip2)                                   \
	F(archive_read_support_filter_xz)                                      \
	F(archive_read_support_filter_zstd)                                    \
	F(archive_read_support_filter_lz4)                                     \
	F(archive_read_support_filter_compress)                                \
	F(archive_read_support_format_tar)                                     \
	F(archive_read_support_format_zip)                                     \
	F(archive_read_support_format_raw)                                     \
	F(archive_read_open)                                                   \
	F(archive_read_next_header)                                            \
	F(archive_read_data)                                                   \
	F(archive_error_string)                                                \
	F(archive_format)                                                      \
	F(archive_entry_filetype)                                              \
	F(archive_entry_mtime)                                                 \
	F(archive_entry_mtime_is_set)                                          \
	F(archive_entry_pathname)

struct libarchive {
	LIBARCHIVE(LIBRARY_POINTER)
};

static const struct library libarchive = {
	"libarchive",
	{ "libarchive.so.13", "libarchive.so" },
	LIBRARY_NAMES(LIBARCHIVE),
};

static const struct {
	const char *name, *magic;
	size_t at, n;
} magics[] = {
	{ "gzip", "\x1f\x8b", 0, 2 },
	{ "bzip2", "BZh", 0, 3 },
	{ "xz", "\xfd" "7zXZ", 0, 6 },
	{ "zstd", "\x28\xb5\x2f\xfd", 0, 4 },
	{ "lz4", "\x04\x22\x4d\x18", 0, 4 },
	{ "compress", "\x1f\x9d", 0, 2 },
	{ "zip", "PK\x03\x04", 0, 4 },
	{ "tar", "ustar", 257, 5 },
	{ "UTF-16", "\xff\xfe", 0, 2 },
	{ "UTF-16", "\xfe\xff", 0, 2 },
};

const char *
archive_recognise(struct cursor head)
{
	for (size_t i = 0; i < N_ITEMS(magics); i++)
		if (head.left >= magics[i].at + magics[i].n &&
		    memcmp(head.at + magics[i].at, magics[i].magic,
		    magics[i].n) == 0)
			return magics[i].name;
	return NULL;
}

/* One archive while it is unpacked. */
struct unpack {
	struct libarchive lib;
	struct archive *archive;
	struct source *outer;
	size_t given; /* bytes of the outer window that libarchive holds */
};

static la_ssize_t
give_outer(struct archive *a, void *arg, const void **bytes)
{
	struct unpack *u = arg;

	(void)a;
	source_use(u->outer, u->given);
	u->given = 0;
	if (!source_need(u->outer, 1))
		return u->outer->failed ? -1 : 0;
	*bytes = u->outer->at;
	u->given = u->outer->n < CHUNK ? u->outer->n : CHUNK;
	return (la_ssize_t)u->given;
}

static ssize_t
read_member(void *arg, void *room, size_t n, struct error *e)
{
	struct unpack *u = arg;
	la_ssize_t got = u->lib.archive_read_data(u->archive, room, n);
	const char *why;

	if (got >= 0)
		return (ssize_t)got;
	why = u->lib.archive_error_string(u->archive);
	error_set(e, "%s", why != NULL ? why : "damaged");
	return -1;
}

static int
unpack_open(struct unpack *u, struct error *e)
{
	const struct libarchive *lib = &u->lib;
	struct archive *a = lib->archive_read_new();

	if (a == NULL)
		return error_set(e, "%s: no memory to unpack it",
		    u->outer->name);
	u->archive = a;
	/* By name and not "all", which would run programs for some. */
	lib->archive_read_support_filter_bzip2(a);
	lib->archive_read_support_filter_xz(a);
	lib->archive_read_support_filter_zstd(a);
	lib->archive_read_support_filter_lz4(a);
	lib->archive_read_support_filter_compress(a);
	lib->archive_read_support_format_tar(a);
	lib->archive_read_support_format_zip(a);
	lib->archive_read_support_format_raw(a);
	if (lib->archive_read_open(a, u, NULL, give_outer, NULL) != ARCHIVE_OK)
		return error_set(e, "%s: %s", u->outer->name,
		    lib->archive_error_string(a));
	return 0;
}

/* When the member was last written to, as far as the archive tells. */
static int64_t
written(const struct libarchive *lib, struct archive_entry *entry)
{
	int64_t seconds = lib->archive_entry_mtime(entry);

	return lib->archive_entry_mtime_is_set(entry) != 0 && seconds > 0 &&
	    seconds < INT64_MAX / CLOCK_SECOND ? seconds * CLOCK_SECOND :
	    CLOCK_UNKNOWN;
}

/* Give one member to the caller.  Folders and links hold nothing. */
static bool
give_member(struct unpack *u, struct archive_entry *entry,
    archive_member_fn *fn, void *arg)
{
	const struct libarchive *lib = &u->lib;
	const char *path = lib->archive_entry_pathname(entry);
	bool raw = lib->archive_format(u->archive) == ARCHIVE_FORMAT_RAW;
	struct source member;
	char name[512];
	bool more;

	if (!raw && lib->archive_entry_filetype(entry) != AE_IFREG)
		return true;
	if (raw)
		snprintf(name, sizeof(name), "%s", u->outer->name);
	else
		snprintf(name, sizeof(name), "%s:%s", u->outer->name,
		    path != NULL ? path : "?");
	source_init(&member, name, read_member, u);
	member.written = raw ? u->outer->written : written(lib, entry);
	more = fn(&member, arg);
	source_close(&member);
	return more;
}

static int
unpack_all(struct unpack *u, archive_member_fn *fn, void *arg,
    struct error *e)
{
	struct archive_entry *entry;
	const char *why;
	int status;

	for (int i = 0; i < ARCHIVE_MEMBERS_MAX; i++) {
		status = u->lib.archive_read_next_header(u->archive, &entry);
		if (status == ARCHIVE_EOF)
			return 0;
		if (status < ARCHIVE_WARN) {
			why = u->lib.archive_error_string(u->archive);
			return error_set(e, "%s: %s", u->outer->name,
			    why != NULL ? why : "damaged archive");
		}
		if (!give_member(u, entry, fn, arg))
			return 0;
	}
	return error_set(e, "%s: more than %d members", u->outer->name,
	    ARCHIVE_MEMBERS_MAX);
}

static int
unpack_members(struct source *s, archive_member_fn *fn, void *arg,
    struct error *e)
{
	struct unpack u = { .outer = s };
	int result = library_load(&libarchive, &u.lib, s->name, e);

	if (result == 0)
		result = unpack_open(&u, e);
	if (result == 0)
		result = unpack_all(&u, fn, arg, e);
	if (u.archive != NULL)
		u.lib.archive_read_free(u.archive);
	return result;
}

static bool
is_kind(struct source *s, size_t n, const char *kind)
{
	const char *is = archive_recognise(source_peek(s, n));

	return is != NULL && strcmp(is, kind) == 0;
}

/* A compressed tar is one archive, like those that libarchive unpacks. */
static int
unpack_gzip(struct source *s, archive_member_fn *fn, void *arg,
    struct error *e)
{
	struct source inner;
	struct gzip *g = gzip_open(&inner, s, e);
	int result = 0;

	if (g == NULL)
		return -1;
	if (is_kind(&inner, ARCHIVE_HEAD, "tar"))
		result = unpack_members(&inner, fn, arg, e);
	else
		fn(&inner, arg);
	source_close(&inner);
	gzip_free(g);
	return result;
}

static int
unpack_utf16(struct source *s, archive_member_fn *fn, void *arg)
{
	struct source inner;
	struct utf16 *u = utf16_open(&inner, s);

	fn(&inner, arg);
	source_close(&inner);
	utf16_free(u);
	return 0;
}

int
archive_read_members(struct source *s, archive_member_fn *fn, void *arg,
    struct error *e)
{
	if (is_kind(s, SHORT_HEAD, "gzip"))
		return unpack_gzip(s, fn, arg, e);
	if (is_kind(s, SHORT_HEAD, "UTF-16"))
		return unpack_utf16(s, fn, arg);
	return unpack_members(s, fn, arg, e);
}
