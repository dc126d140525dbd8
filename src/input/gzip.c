#include "input/gzip.h"

#define ZLIB_CONST /* it does not write to its input */
#include <stdlib.h>
#include <zlib.h>

#include "base/library.h"
#include "base/mem.h"

enum {
	WITH_HEADER = 16 + MAX_WBITS, /* inflateInit2: gzip, any window */
};

#define ZLIB(F)                                                                \
	F(inflateInit2_)                                                       \
	F(inflate)                                                             \
	F(inflateReset)                                                        \
	F(inflateEnd)

struct functions {
	ZLIB(LIBRARY_POINTER)
};

static const struct library zlib = {
	"zlib",
	{ "libz.so.1", "libz.so" },
	LIBRARY_NAMES(ZLIB),
};

struct gzip {
	struct functions lib;
	z_stream stream;
	struct source *outer;
	bool between; /* one member has ended, perhaps another begins */
};

/* Is there a further member?  What else follows, such as the zeros that fill a
 * tape's block, is passed over, as gzip(1) does. */
static bool
next_member(struct gzip *g)
{
	if (!g->between)
		return true;
	if (!source_need(g->outer, 2) || g->outer->at[0] != 0x1f ||
	    g->outer->at[1] != 0x8b)
		return false;
	g->between = false;
	return g->lib.inflateReset(&g->stream) == Z_OK;
}

/* Unpack what is in the window; a status of zlib's. */
static int
inflate_window(struct gzip *g)
{
	z_stream *z = &g->stream;
	size_t n = g->outer->n;
	int status;

	z->next_in = g->outer->at;
	z->avail_in = (unsigned)n;
	status = g->lib.inflate(z, Z_NO_FLUSH);
	source_use(g->outer, n - z->avail_in);
	g->between = status == Z_STREAM_END;
	return status;
}

/* A source_read_fn. */
static ssize_t
read_unpacked(void *arg, void *room, size_t n, struct error *e)
{
	struct gzip *g = arg;
	z_stream *z = &g->stream;
	int status;

	z->next_out = room;
	z->avail_out = (unsigned)n;
	while (z->avail_out == n && next_member(g)) {
		if (!source_need(g->outer, 1))
			return error_set(e, "%s", g->outer->failed ?
			    "cannot be read to its end" : "the compressed data "
			    "break off; was the copy interrupted?");
		status = inflate_window(g);
		if (status != Z_OK && status != Z_STREAM_END &&
		    z->avail_out == n)
			return error_set(e, "the compressed data are damaged: "
			    "%s", z->msg != NULL ? z->msg : "nonsense");
	}
	return (ssize_t)(n - z->avail_out);
}

struct gzip *
gzip_open(struct source *inner, struct source *outer, struct error *e)
{
	struct gzip *g = mem_zero(1, sizeof(*g));

	g->outer = outer;
	if (library_load(&zlib, &g->lib, outer->name, e) != 0) {
		free(g);
		return NULL;
	}
	if (g->lib.inflateInit2_(&g->stream, WITH_HEADER, ZLIB_VERSION,
	    (int)sizeof(g->stream)) != Z_OK) {
		free(g);
		error_set(e, "%s: no memory to unpack it", outer->name);
		return NULL;
	}
	source_init_inner(inner, outer, read_unpacked, g);
	return g;
}

void
gzip_free(struct gzip *g)
{
	g->lib.inflateEnd(&g->stream);
	free(g);
}
