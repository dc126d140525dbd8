/*
 * script.h - connections in a few words, for tests of the session.
 *
 * A script is words "WHO:WHAT" with WHO C or S and WHAT one of
 *
 *     hello           ClientHello with 1.3 and a session id (see options)
 *     1.3/SUITE       ServerHello, suite in hexadecimal; 1.2/SUITE; echo/SUITE
 *                     is 1.2 that echoes the session id; psk/SUITE is 1.3 with
 *                     a pre-shared key; retry/SUITE a HelloRetryRequest
 *     m/TYPE          a handshake message in the clear
 *     r/TYPE/LENGTH   a record of that type and length
 *     a/LEVEL/CODE    an alert in the clear
 *     ccs fin rst gap/N
 */
#ifndef PINSPOT_TESTS_SCRIPT_H
#define PINSPOT_TESTS_SCRIPT_H

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "tls/session.h"
#include "wire.h"

enum { SCRIPT_WHOLE = 1 << 16 }; /* step: a record at a time */

struct script {
	struct tls tls;
	struct totals totals;
	struct pool *pool;
	struct session session;
	struct wire_hello hello;
	size_t step; /* bytes a call */
	uint64_t sent[2];
	struct origin at;
	bool settled;
};

static inline void
script_start(struct script *s, size_t step)
{
	memset(s, 0, sizeof(*s));
	s->step = step;
	s->hello = (struct wire_hello){ .host = "A.Example.", .alpn = "h2",
		.tls13 = true, .session_id_len = 32 };
	s->pool = pool_new();
	tls_init(&s->tls, s->pool, NULL, &s->totals);
	session_init(&s->session);
	s->at.time = 1000000000;
}

static inline void
script_end(struct script *s)
{
	session_free(&s->session, &s->tls);
	tls_free(&s->tls);
	pool_free(s->pool);
}

static inline void
script_send(struct script *s, int end, struct buf *b)
{
	for (size_t i = 0; i < b->n; i += s->step) {
		size_t n = b->n - i < s->step ? b->n - i : s->step;
		uint8_t *copy = malloc(n); /* ASan sees one byte too many */

		memcpy(copy, b->at + i, n);
		s->sent[end] += n;
		if (!s->settled && !session_bytes(&s->session, &s->tls, end,
		    cursor_over(copy, n), &s->at))
			s->settled = true;
		free(copy);
	}
	buf_free(b);
}

static inline void
script_retry(struct buf *hello)
{
	static const char random[] = "\xcf\x21\xad\x74\xe5\x9a\x61\x11"
	    "\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e"
	    "\x07\x9e\x09\xe2\xc8\xa8\x33\x9c";

	memcpy(hello->at + 2, random, 32);
}

static inline void
script_word(struct script *s, const char *word)
{
	int end = word[0] == 'S';
	const char *what = word + 2;
	struct buf out = { 0 }, body = { 0 }, message = { 0 };
	unsigned a = 0, b = 0;
	char kind[8];

	s->at.record++;
	s->at.time += 1000000;
	if (strcmp(what, "fin") == 0 || strcmp(what, "rst") == 0) {
		session_close(&s->session, end, what[0] == 'f' ? CLOSE_FIN :
		    CLOSE_RST, &s->at);
		return;
	}
	if (sscanf(what, "gap/%u", &a) == 1) {
		s->sent[end] += a;
		session_gap(&s->session, &s->tls, end, a);
		return;
	}
	if (strcmp(what, "hello") == 0) {
		wire_client_hello(&body, &s->hello);
		wire_message(&message, 1, &body);
		wire_record(&out, 22, &message);
	} else if (strcmp(what, "ccs") == 0) {
		wire_uint(&body, 1, 1);
		wire_record(&out, 20, &body);
	} else if (sscanf(what, "m/%u", &a) == 1) {
		wire_zeros(&body, 10);
		wire_message(&message, (uint8_t)a, &body);
		wire_record(&out, 22, &message);
	} else if (sscanf(what, "r/%u/%u", &a, &b) == 2) {
		wire_zeros(&body, b);
		wire_record(&out, (uint8_t)a, &body);
	} else if (sscanf(what, "a/%u/%u", &a, &b) == 2) {
		wire_uint(&body, 1, a);
		wire_uint(&body, 1, b);
		wire_record(&out, 21, &body);
	} else if (sscanf(what, "%7[a-z0-9.]/%x", kind, &a) == 2) {
		bool is_12 = kind[0] == 'e' || strcmp(kind, "1.2") == 0;

		wire_server_hello(&body, is_12 ? 0x0303 : 0x0304, (uint16_t)a,
		    strcmp(kind, "1.2") == 0 ? 0 : 32, kind[0] == 'p');
		if (kind[0] == 'r')
			script_retry(&body);
		wire_message(&message, 2, &body);
		wire_record(&out, 22, &message);
	} else {
		fprintf(stderr, "script: unknown word %s\n", word);
		abort();
	}
	script_send(s, end, &out);
}

/* Run all words; false where no handshake came of it. */
static inline bool
script_run(struct script *s, const char *words, struct handshake *h)
{
	char *copy = strdup(words), *state = NULL;

	for (char *w = strtok_r(copy, " ", &state); w != NULL;
	    w = strtok_r(NULL, " ", &state))
		script_word(s, w);
	free(copy);
	handshake_init(h);
	return session_report(&s->session, &s->tls, s->sent,
	    s->at.time + 60 * CLOCK_SECOND, h);
}

#endif
