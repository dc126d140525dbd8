/*
 * fuzz_log.c - any bytes as a log.
 *
 * There is a target for each format: this program under the name fuzz_log_NAME,
 * NAME as in formats.def, reads all as that format.  Under its own name it reads
 * in the format that is recognised line by line, and again in the one that the
 * first byte names.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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

#define FORMAT(name) extern const struct log_format log_format_##name;
#include "input/formats.def"
#undef FORMAT

/* The formats by their names in formats.def. */
static const struct {
	const char *name;
	const struct log_format *format;
} formats[] = {
#define FORMAT(name) { #name, &log_format_##name },
#include "input/formats.def"
#undef FORMAT
};

static void
read_in(const struct log_format *format, const uint8_t *data, size_t size)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s", format->name,
	    format->open != NULL ? ":samples/logs/mapping.json" : "");
	read_as(name, data, size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char prefix[] = "fuzz_log_";
	const char *self = program_invocation_short_name;

	if (strncmp(self, prefix, strlen(prefix)) != 0) {
		read_as(NULL, data, size);
		if (size > 0)
			read_in(formats[data[0] % N_ITEMS(formats)].format,
			    data, size);
		return 0;
	}
	for (size_t i = 0; i < N_ITEMS(formats); i++)
		if (strcmp(self + strlen(prefix), formats[i].name) == 0) {
			read_in(formats[i].format, data, size);
			return 0;
		}
	fprintf(stderr, "%s: no such format\n", self);
	abort();
}
