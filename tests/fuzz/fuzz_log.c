/*
 * fuzz_log.c - any bytes as a log, in the format that is recognised line by line
 * and again in the one that the first byte names.
 */
#include <string.h>

#include "fuzz.h"
#include "input/formats.h"
#include "input/log.h"

struct bytes {
	const uint8_t *at;
	size_t left;
};

static ssize_t
refill(void *arg, void *room, size_t n, struct error *e)
{
	struct bytes *b = arg;

	(void)e;
	if (n > 7001) /* lines cross the ends of reads */
		n = 7001;
	if (n > b->left)
		n = b->left;
	if (n > 0)
		memcpy(room, b->at, n);
	b->at += n;
	b->left -= n;
	return (ssize_t)n;
}

/* Touch every byte that a handshake borrows. */
static void
emit(const struct handshake *h, void *arg)
{
	const struct text texts[] = { h->host, h->user, h->app, h->agent,
		h->device, h->policy, h->error, h->chosen.alpn };
	unsigned *sum = arg;

	for (size_t i = 0; i < N_ITEMS(texts); i++)
		for (size_t k = 0; k < texts[i].n; k++)
			*sum += (unsigned char)texts[i].at[k];
	if (h->certificate != NULL)
		*sum += (unsigned)h->certificate->subject.n;
}

static void
read_as(const char *format, const uint8_t *data, size_t size)
{
	struct input_options options = { .format = format,
		.verbose = -1 };
	struct bytes bytes = { data, size };
	struct input_info info = { 0 };
	struct totals totals = { 0 };
	struct pool *pool = pool_new();
	struct source s;
	struct error e;
	unsigned sum = 0;

	source_init(&s, "fuzz", refill, &bytes);
	if (log_read(&s, 0, &options, emit, &sum, pool, &info, &totals,
	    &e) != 0)
		sum = 0;
	source_close(&s);
	pool_free(pool);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct log_format *const *formats;
	size_t n;

	read_as(NULL, data, size);
	formats = formats_all(&n);
	if (size > 0 && formats[data[0] % n]->open == NULL)
		read_as(formats[data[0] % n]->name, data, size);
	return 0;
}
