/* Captures of one run, which may go on with each other, all the way to
 * handshakes.  Each has its length in front, in two bytes. */
#include "fuzz.h"

#include <assert.h>
#include <string.h>

#include "input/capture.h"

enum { FILES_MAX = 16 };

static uint32_t n_files;

static ssize_t
read_window(void *arg, void *room, size_t n, struct error *e)
{
	struct cursor *c = arg, taken;

	(void)e;
	if (n > c->left)
		n = c->left;
	if (!cursor_take(c, n, &taken))
		return -1;
	memcpy(room, taken.at, n);
	return (ssize_t)n;
}

/* No more frames fit into a file than that, of 12 bytes at least. */
static void
check_origin(const struct origin *o)
{
	assert(o->record < 65536 / 12);
}

static void
emit(const struct handshake *h, void *arg)
{
	(void)arg;
	assert(h->input < n_files);
	assert(h->stream >= -1 && h->stream < 65536 / 12);
	check_origin(&h->hello);
	check_origin(&h->flight);
	check_origin(&h->deciding);
	check_origin(&h->last);
}

static void
read_one(struct captures *captures, struct cursor bytes, const char *name)
{
	struct input_info info = { 0 };
	struct source s;
	struct error e;

	source_init(&s, name, read_window, &bytes);
	if (captures_read(captures, &s, n_files++, &info, &e) != 0)
		assert(e.text[0] != '\0');
	source_close(&s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = { "a", "a1", "b", "a2.b" };
	const struct input_options options = { .max_flows = 8, .verbose = -1 };
	struct cursor c = cursor_over(data, size), file;
	struct totals totals = { 0 };
	struct pool *pool = pool_new();
	struct captures *captures;
	struct error e;

	captures = captures_new(&options, emit, NULL, pool, &totals, &e);
	for (n_files = 0; n_files < FILES_MAX && cursor_vector(&c, 2, &file);)
		read_one(captures, file, names[n_files % 4]);
	captures_free(captures);
	pool_free(pool);
	return 0;
}
