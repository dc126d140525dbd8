/*
 * logs.h - read a log out of memory, for the tests of its formats.
 */
#ifndef PINSPOT_TESTS_LOGS_H
#define PINSPOT_TESTS_LOGS_H

#include <stdint.h>
#include <string.h>

#include "base/clock.h"
#include "input/log.h"

enum { LOGS_MAX = 128 };

struct logs {
	/* What the test may set before logs_read. */
	struct input_options options;
	size_t step; /* bytes that one read gives; 0 all of them */
	bool breaks; /* reading fails at the end */
	handshake_fn *also; /* called for each handshake, or NULL */

	/* What came out. */
	struct handshake at[LOGS_MAX]; /* their windows point into `keep` */
	size_t n;
	struct input_info info;
	struct totals totals;
	struct error error;
	int result;

	struct pool *keep;
	const uint8_t *data;
	size_t left;
};

static inline ssize_t
logs_refill(void *arg, void *room, size_t n, struct error *e)
{
	struct logs *l = arg;

	if (l->left == 0 && l->breaks)
		return error_set(e, "broken");
	if (l->step > 0 && n > l->step)
		n = l->step;
	if (n > l->left)
		n = l->left;
	if (n > 0)
		memcpy(room, l->data, n);
	l->data += n;
	l->left -= n;
	return (ssize_t)n;
}

static inline void
logs_emit(const struct handshake *h, void *arg)
{
	struct logs *l = arg;
	struct handshake *copy;

	if (l->also != NULL)
		l->also(h, l);
	if (l->n == LOGS_MAX)
		return;
	copy = &l->at[l->n++];
	*copy = *h;
	copy->host = pool_intern(l->keep, h->host);
	copy->user = pool_intern(l->keep, h->user);
	copy->app = pool_intern(l->keep, h->app);
	copy->agent = pool_intern(l->keep, h->agent);
	copy->device = pool_intern(l->keep, h->device);
	copy->policy = pool_intern(l->keep, h->policy);
	copy->error = pool_intern(l->keep, h->error);
}

/* Read n bytes as one input; logs_free() afterwards. */
static inline void
logs_read(struct logs *l, const void *data, size_t n)
{
	struct source s;

	l->keep = pool_new();
	l->data = data;
	l->left = n;
	l->options.verbose--;
	source_init(&s, "test.log", logs_refill, l);
	l->result = log_read(&s, 0, &l->options, logs_emit, l, l->keep,
	    &l->info, &l->totals, &l->error);
	source_close(&s);
}

static inline void
logs_read_string(struct logs *l, const char *lines)
{
	logs_read(l, lines, strlen(lines));
}

static inline void
logs_free(struct logs *l)
{
	pool_free(l->keep);
	*l = (struct logs){ 0 };
}

#endif
