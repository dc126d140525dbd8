#include "tls/record.h"

#include <string.h>

/* What of an SSL 2.0 hello the five bytes of a header hold: the length in two,
 * the message's type and its version. */
enum { SSL2_HELLO = 1, SSL2_IN_HEADER = 3, SSL2_BODY_MIN = 9 - 3 };

static bool
is_ssl2_hello(const uint8_t h[RECORD_HEADER])
{
	uint16_t version = (uint16_t)(h[3] << 8 | h[4]);
	unsigned length = (unsigned)(h[0] & 0x7f) << 8 | h[1];

	return (h[0] & 0x80) != 0 && h[2] == SSL2_HELLO &&
	    (version == 0x0002 || h[3] == 3) &&
	    length >= SSL2_IN_HEADER + SSL2_BODY_MIN;
}

static bool
is_header(const uint8_t h[RECORD_HEADER])
{
	unsigned length = (unsigned)h[3] << 8 | h[4];

	return h[0] >= RECORD_CHANGE_CIPHER_SPEC && h[0] <= RECORD_HEARTBEAT &&
	    h[1] == 3 && length <= RECORD_LENGTH_MAX;
}

bool
record_plausible(struct cursor c)
{
	return c.left >= RECORD_HEADER && is_header(c.at) && c.at[2] <= 4 &&
	    (c.at[3] | c.at[4]) != 0;
}

/* A header is complete: what does it announce? */
static bool
open_record(struct record_reader *r)
{
	if (!r->begun && is_ssl2_hello(r->header))
		r->length = (uint16_t)(((r->header[0] & 0x7f) << 8 |
		    r->header[1]) - SSL2_IN_HEADER);
	else if (is_header(r->header))
		r->length = (uint16_t)(r->header[3] << 8 | r->header[4]);
	else
		return false;
	r->left = r->length;
	return true;
}

static void
describe(const struct record_reader *r, struct record *out)
{
	bool ssl2 = (r->header[0] & 0x80) != 0;
	const uint8_t *version = r->header + (ssl2 ? 3 : 1);

	out->type = ssl2 ? RECORD_SSL2_HELLO : (enum record_type)r->header[0];
	out->version = (uint16_t)(version[0] << 8 | version[1]);
	out->length = r->length;
}

enum parse
record_next(struct record_reader *r, struct cursor *c, struct record *out)
{
	struct cursor piece;
	size_t n;

	out->first = false;
	if (r->n_header < RECORD_HEADER) {
		n = RECORD_HEADER - (size_t)r->n_header;
		if (n > c->left)
			n = c->left;
		if (!cursor_take(c, n, &piece))
			return PARSE_BAD;
		memcpy(r->header + r->n_header, piece.at, n);
		r->n_header = (uint8_t)(r->n_header + n);
		if (r->n_header < RECORD_HEADER)
			return PARSE_MORE;
		if (!open_record(r)) {
			r->n_header = 0;
			*c = cursor_over(NULL, 0);
			return PARSE_BAD;
		}
		out->first = true;
	} else if (c->left == 0) {
		return PARSE_MORE;
	}

	n = c->left < r->left ? c->left : r->left;
	if (!cursor_take(c, n, &out->body))
		return PARSE_BAD;
	r->left = (uint16_t)(r->left - n);
	describe(r, out);
	out->last = r->left == 0;
	if (out->last) {
		r->n_header = 0;
		r->begun = true;
	}
	return PARSE_DONE;
}

bool
record_skip(struct record_reader *r, uint64_t n)
{
	if (r->n_header < RECORD_HEADER || n > r->left) {
		r->n_header = 0;
		r->begun = true;
		return false;
	}
	r->left = (uint16_t)(r->left - n);
	if (r->left == 0) {
		r->n_header = 0;
		r->begun = true;
	}
	return true;
}
