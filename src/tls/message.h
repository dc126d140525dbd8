/*
 * message.h - TLS records -> handshake messages, split over records at will.
 *
 * A message that lies in one piece is read where it is.  Only one that is split
 * is copied, into a buffer that a pool of bounded size lends until the message
 * is complete.
 */
#ifndef PINSPOT_TLS_MESSAGE_H
#define PINSPOT_TLS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "tls/record.h"

/* RFC 8446 section 4 and the older ones that it lists as reserved. */
enum message_type {
	MESSAGE_HELLO_REQUEST = 0,
	MESSAGE_CLIENT_HELLO = 1,
	MESSAGE_SERVER_HELLO = 2,
	MESSAGE_HELLO_VERIFY_REQUEST = 3, /* DTLS, RFC 6347 */
	MESSAGE_NEW_SESSION_TICKET = 4,
	MESSAGE_HELLO_RETRY_REQUEST = 6, /* only in drafts up to 21 */
	MESSAGE_CERTIFICATE = 11,
	MESSAGE_SERVER_KEY_EXCHANGE = 12,
	MESSAGE_CERTIFICATE_REQUEST = 13,
	MESSAGE_SERVER_HELLO_DONE = 14,
	MESSAGE_CERTIFICATE_VERIFY = 15,
	MESSAGE_CLIENT_KEY_EXCHANGE = 16,
	MESSAGE_FINISHED = 20,
	MESSAGE_CERTIFICATE_STATUS = 22,
};

enum {
	MESSAGE_HEADER = 4,
	MESSAGE_MAX = 256 * 1024, /* longer ones are passed over; the longest
				   * certificate chains seen have 100 KB */
	MESSAGE_CLASSES = 6, /* buffers of 256 bytes to 256 KB, times four */
	MESSAGE_MEMORY = 24 * 1024 * 1024, /* lent at one time, all sessions */
};

struct message_buffer;

/* Lends buffers.  All zero is an empty one. */
struct message_pool {
	/* Given back; those of the large classes go to the system. */
	struct message_buffer *free[MESSAGE_CLASSES];
	size_t lent; /* bytes */
	uint64_t refused; /* messages passed over because of MESSAGE_MEMORY */
};

void message_pool_free(struct message_pool *pool);

/* All zero is one at the start of a message. */
struct message_reader {
	uint8_t *held; /* lent by the pool, or NULL */
	uint32_t have, need; /* bytes of the body */
	uint8_t header[MESSAGE_HEADER];
	uint8_t n_header;
	uint8_t class; /* of what is held */
	bool passing; /* too long, or no memory: only counted */
	bool done; /* what is held was handed on by the last call */
};

struct message {
	uint8_t type;
	uint32_t length;
	bool whole; /* false: it was passed over, and body is empty */
	struct cursor body; /* valid until the next call */
};

/* Read the next message.  Never PARSE_BAD: any four bytes are a header. */
enum parse message_next(struct message_reader *m, struct message_pool *pool,
    struct cursor *c, struct message *out);

/* Begin a message whose type and length were told otherwise, as those of an
 * SSL 2.0 hello are. */
void message_begin(struct message_reader *m, struct message_pool *pool,
    enum message_type type, uint16_t length);

/* What there is of a message whose end will not come; body is valid until the
 * next call.  False where there is none. */
bool message_cut(const struct message_reader *m, struct message *out);

/* Forget a message that is not complete and give its buffer back. */
void message_reset(struct message_reader *m, struct message_pool *pool);

#endif
