/*
 * wire.h - TLS as it looks on the wire, for tests: records and hellos from a
 * few words.
 */
#ifndef PINSPOT_TESTS_WIRE_H
#define PINSPOT_TESTS_WIRE_H

#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/cursor.h"

static inline struct cursor
wire_view(const struct buf *b)
{
	return cursor_over(b->at, b->n);
}

static inline void
wire_uint(struct buf *b, unsigned n, uint32_t value)
{
	while (n-- > 0)
		buf_char(b, (char)(value >> 8 * n));
}

/* Vectors: begin, write the body, end. */
static inline size_t
wire_begin(struct buf *b, unsigned n_length)
{
	wire_uint(b, n_length, 0);
	return b->n;
}

static inline void
wire_end(struct buf *b, unsigned n_length, size_t start)
{
	size_t length = b->n - start;

	for (unsigned i = 0; i < n_length; i++)
		b->at[start - 1 - i] = (char)(length >> 8 * i);
}

static inline void
wire_zeros(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_char(b, 0);
}

static inline void
wire_record(struct buf *b, uint8_t type, struct buf *body)
{
	wire_uint(b, 1, type);
	wire_uint(b, 2, 0x0303);
	wire_uint(b, 2, (uint32_t)body->n);
	buf_add(b, body->at, body->n);
	buf_free(body);
	*body = (struct buf){ 0 };
}

/* What a test wants in a ClientHello. */
struct wire_hello {
	const char *host; /* NULL: no server_name */
	const char *alpn; /* one name, or NULL */
	bool tls13; /* supported_versions with 1.3 and 1.2 */
	bool psk, ticket, early_data, grease, padding;
	uint8_t session_id_len;
};

static inline void
wire_extension(struct buf *b, uint16_t type, const void *body, size_t n)
{
	wire_uint(b, 2, type);
	wire_uint(b, 2, (uint32_t)n);
	buf_add(b, body, n);
}

static inline void
wire_server_name(struct buf *b, const char *host)
{
	size_t extension, list, name;

	wire_uint(b, 2, 0);
	extension = wire_begin(b, 2);
	list = wire_begin(b, 2);
	wire_uint(b, 1, 0);
	name = wire_begin(b, 2);
	buf_string(b, host);
	wire_end(b, 2, name);
	wire_end(b, 2, list);
	wire_end(b, 2, extension);
}

static inline void
wire_alpn(struct buf *b, const char *protocol)
{
	size_t extension, list, name;

	wire_uint(b, 2, 16);
	extension = wire_begin(b, 2);
	list = wire_begin(b, 2);
	name = wire_begin(b, 1);
	buf_string(b, protocol);
	wire_end(b, 1, name);
	wire_end(b, 2, list);
	wire_end(b, 2, extension);
}

/* The body of a ClientHello: suites 1301, 1302, c02f, algorithms 0403, 0804. */
static inline void
wire_client_hello(struct buf *b, const struct wire_hello *w)
{
	size_t extensions;

	wire_uint(b, 2, 0x0303);
	wire_zeros(b, 32);
	wire_uint(b, 1, w->session_id_len);
	for (unsigned i = 0; i < w->session_id_len; i++)
		buf_char(b, 'i');
	wire_uint(b, 2, w->grease ? 8 : 6);
	if (w->grease)
		wire_uint(b, 2, 0x3a3a);
	wire_uint(b, 4, 0x13011302);
	wire_uint(b, 2, 0xc02f);
	wire_uint(b, 2, 0x0100);
	extensions = wire_begin(b, 2);
	if (w->grease)
		wire_extension(b, 0x1a1a, "", 0);
	if (w->host != NULL)
		wire_server_name(b, w->host);
	if (w->alpn != NULL)
		wire_alpn(b, w->alpn);
	wire_extension(b, 13, w->grease ? "\0\6\x5a\x5a\4\3\x08\4" :
	    "\0\4\4\3\x08\4", w->grease ? 8 : 6);
	if (w->tls13)
		wire_extension(b, 43, "\4\3\4\3\3", 5);
	if (w->ticket)
		wire_extension(b, 35, "ticket", 6);
	if (w->early_data)
		wire_extension(b, 42, "", 0);
	if (w->padding)
		wire_extension(b, 21, "\0\0\0", 3);
	if (w->psk)
		wire_extension(b, 41, "\0\0\0\0", 4);
	wire_end(b, 2, extensions);
}

/* The body of a ServerHello.  echo is the length of the session id. */
static inline void
wire_server_hello(struct buf *b, uint16_t version, uint16_t cipher,
    unsigned echo, bool psk)
{
	size_t extensions;

	wire_uint(b, 2, 0x0303);
	wire_zeros(b, 32);
	wire_uint(b, 1, echo);
	for (unsigned i = 0; i < echo; i++)
		buf_char(b, 'i');
	wire_uint(b, 2, cipher);
	wire_uint(b, 1, 0);
	extensions = wire_begin(b, 2);
	if (version == 0x0304)
		wire_extension(b, 43, "\3\4", 2);
	if (psk)
		wire_extension(b, 41, "\0\0", 2);
	wire_end(b, 2, extensions);
}

/* A handshake message around a body, which is freed. */
static inline void
wire_message(struct buf *b, uint8_t type, struct buf *body)
{
	wire_uint(b, 1, type);
	wire_uint(b, 3, (uint32_t)body->n);
	buf_add(b, body->at, body->n);
	buf_free(body);
	*body = (struct buf){ 0 };
}

#endif
