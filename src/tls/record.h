/*
 * record.h - a byte stream -> TLS records, split and coalesced at will.
 *
 * The reader keeps the header of one record and how much of its body is still
 * to come.  Bodies are handed on in the pieces in which they arrive, and never
 * copied: of an encrypted record only the length matters.
 */
#ifndef PINSPOT_TLS_RECORD_H
#define PINSPOT_TLS_RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

/* Where data may simply not have arrived yet. */
enum parse { PARSE_DONE, PARSE_MORE, PARSE_BAD };

/* RFC 8446 section 5.1, RFC 6520 for the heartbeat. */
enum record_type {
	RECORD_CHANGE_CIPHER_SPEC = 20,
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_APPLICATION_DATA = 23,
	RECORD_HEARTBEAT = 24,
	RECORD_SSL2_HELLO = 128, /* RFC 5246 appendix E.2 */
};

enum {
	RECORD_HEADER = 5,
	RECORD_LENGTH_MAX = 16384 + 2048, /* RFC 5246 section 6.2.3 */
};

struct record_reader {
	uint8_t header[RECORD_HEADER];
	uint8_t n_header;
	bool begun; /* a record was seen: no SSL 2.0 hello any more */
	uint16_t length, left; /* of the body; what of it is still to come */
};

/* One piece of a record. */
struct record {
	enum record_type type;
	uint16_t version; /* of the record layer; of an SSL 2.0 hello its own */
	uint16_t length; /* of the whole body */
	bool first, last; /* piece of it; a body of no bytes has one piece */
	struct cursor body;
};

/*
 * Read the next piece of a record from *c.  PARSE_MORE: *c is used up and no
 * piece is complete.  PARSE_BAD: no TLS record begins here (an unknown type, a
 * major version that is not 3, a length that no version allows); *c is spent.
 *
 * An SSL 2.0 ClientHello, as clients sent it for compatibility, is read as a
 * record of type RECORD_SSL2_HELLO whose body begins after its version.
 */
enum parse record_next(struct record_reader *r, struct cursor *c,
    struct record *out);

/* Do these bytes look like the header of a record?  For picking up a stream
 * in its middle.  Fewer than RECORD_HEADER bytes do not. */
bool record_plausible(struct cursor c);

/* n bytes of the stream were never captured.  True where all of them lie
 * inside the body of the present record, so that the reader stays in step. */
bool record_skip(struct record_reader *r, uint64_t n);

#endif
