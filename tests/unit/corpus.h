/*
 * corpus.h - every ClientHello and certificate of the captures at hand, for
 * tests that hold our reading against somebody else's.
 *
 * Walks ../shared/corpus where it is present, and samples/captures.
 */
#ifndef PINSPOT_TESTS_CORPUS_H
#define PINSPOT_TESTS_CORPUS_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "input/reader.h"
#include "packet/tcp.h"
#include "stream/carrier.h"
#include "tls/message.h"
#include "tls/record.h"

typedef void corpus_fn(uint8_t message_type, struct cursor body, void *arg);

struct corpus {
	corpus_fn *take;
	void *arg;
	struct message_pool pool;
	unsigned long captures;
};

struct corpus_stream {
	struct record_reader record[2];
	struct message_reader message[2];
	bool changed[2], bad[2];
};

static inline enum tcp_want
corpus_data(struct connection *c, int from, struct cursor bytes,
    const struct frame *frame, void *arg)
{
	struct corpus *corpus = arg;
	struct corpus_stream *s = c->user;
	struct record r;
	struct message m;

	(void)frame;
	if (s == NULL) {
		if (!carrier_begins_tls(bytes))
			return TCP_DONE;
		s = c->user = calloc(1, sizeof(*s));
	}
	while (!s->bad[from] && bytes.left > 0) {
		enum parse p = record_next(&s->record[from], &bytes, &r);

		s->bad[from] = p == PARSE_BAD;
		if (p != PARSE_DONE)
			break;
		s->changed[from] |= r.type == RECORD_CHANGE_CIPHER_SPEC;
		if (r.type != RECORD_HANDSHAKE || s->changed[from])
			continue;
		while (message_next(&s->message[from], &corpus->pool, &r.body,
		    &m) == PARSE_DONE)
			if (m.whole)
				corpus->take(m.type, m.body, corpus->arg);
	}
	return TCP_MORE;
}

static inline enum tcp_want
corpus_gap(struct connection *c, int from, uint64_t n,
    const struct frame *frame, void *arg)
{
	(void)c, (void)from, (void)n, (void)frame, (void)arg;
	return TCP_DONE;
}

static inline void
corpus_close(struct connection *c, int from, enum close_how how,
    const struct frame *frame, void *arg)
{
	(void)c, (void)from, (void)how, (void)frame, (void)arg;
}

static inline void
corpus_end(struct connection *c, void *arg)
{
	struct corpus *corpus = arg;
	struct corpus_stream *s = c->user;

	if (s == NULL)
		return;
	message_reset(&s->message[0], &corpus->pool);
	message_reset(&s->message[1], &corpus->pool);
	free(s);
	c->user = NULL;
}

static inline void
corpus_datagram(const struct endpoint *from, const struct endpoint *to,
    struct cursor bytes, const struct frame *frame, void *arg)
{
	(void)from, (void)to, (void)bytes, (void)frame, (void)arg;
}

static inline void
corpus_file(struct corpus *corpus, const char *path)
{
	const struct tcp_handler handler = { corpus_data, corpus_gap,
		corpus_close, corpus_end, corpus_datagram, corpus };
	const struct packet_limits limits = { 0 };
	const struct reader_options options = { 0 };
	struct frame frames[READER_BATCH];
	struct packet_stage *stage;
	struct reader *reader;
	struct source source;
	struct error e;
	size_t n;

	if (source_open(&source, path, &e) != 0)
		return;
	if (reader_recognise(source_peek(&source, 64)) != NULL &&
	    reader_open(&reader, &source, &options, &e) == 0) {
		corpus->captures++;
		stage = packet_stage_new(&handler, &limits);
		while ((n = reader_read(reader, frames, READER_BATCH)) > 0)
			packet_stage_frames(stage, frames, n);
		packet_stage_finish(stage);
		packet_stage_free(stage);
		reader_free(reader);
	}
	source_close(&source);
}

static inline void
corpus_walk(struct corpus *corpus)
{
	static const char *const folders[] = { "../shared/corpus/pcaps",
		"../shared/corpus/clients", "samples/captures" };
	char path[4096];
	struct dirent *entry;
	DIR *dir;

	for (size_t i = 0; i < N_ITEMS(folders); i++) {
		if ((dir = opendir(folders[i])) == NULL)
			continue;
		while ((entry = readdir(dir)) != NULL) {
			if (entry->d_name[0] == '.')
				continue;
			snprintf(path, sizeof(path), "%s/%s", folders[i],
			    entry->d_name);
			corpus_file(corpus, path);
		}
		closedir(dir);
	}
	message_pool_free(&corpus->pool);
}

#endif
