#include "tls/dtls.h"

enum {
	VERSION_1_0 = 0xfeff,
	VERSION_1_2 = 0xfefd,
	VERSION_OPENSSL = 0x0100, /* of OpenSSL before RFC 4347 */
	SEQUENCE = 6,
};

/* DTLSPlaintext, RFC 6347 section 4.1. */
struct dtls_record {
	uint8_t type;
	uint16_t version, epoch;
	struct cursor body;
};

static bool
read_record(struct cursor *c, struct dtls_record *out)
{
	return cursor_u8(c, &out->type) && cursor_u16(c, &out->version) &&
	    (out->version == VERSION_1_0 || out->version == VERSION_1_2 ||
	    out->version == VERSION_OPENSSL) && cursor_u16(c, &out->epoch) &&
	    cursor_skip(c, SEQUENCE) && cursor_vector(c, 2, &out->body);
}

bool
dtls_begins(struct cursor datagram)
{
	struct dtls_record r;

	return read_record(&datagram, &r) && r.type == RECORD_HANDSHAKE &&
	    r.epoch == 0 && r.body.left > 0 && r.body.at[0] <= 20;
}

/*
 * Section 4.2.2: a message's header has its number, where this fragment begins
 * and how long it is.  Fragments that come in order are joined; one that does
 * not fit spoils its message only.
 */
static void
take_fragment(struct session *s, struct tls *tls, int end, uint8_t type,
    uint32_t length, uint32_t offset, struct cursor fragment,
    const struct origin *at)
{
	struct message_reader *reader = &s->half[end].message;
	struct message m;

	if (offset == 0) {
		if (length > UINT16_MAX)
			return;
		message_begin(reader, &tls->messages, (enum message_type)type,
		    (uint16_t)length);
	} else if (reader->n_header == 0 || reader->header[0] != type ||
	    reader->have != offset || reader->done) {
		return;
	}
	if (message_next(reader, &tls->messages, &fragment, &m) == PARSE_DONE)
		session_message(s, tls, end, true, &m, at);
}

static void
take_messages(struct session *s, struct tls *tls, int end, struct cursor body,
    const struct origin *at)
{
	uint32_t length, offset;
	struct cursor fragment;
	uint16_t number;
	uint8_t type;

	while (cursor_u8(&body, &type) && cursor_uint(&body, 3, &length) &&
	    cursor_u16(&body, &number) && cursor_uint(&body, 3, &offset) &&
	    cursor_vector(&body, 3, &fragment))
		take_fragment(s, tls, end, type, length, offset, fragment, at);
}

void
dtls_take(struct session *s, struct tls *tls, int end, struct cursor datagram,
    const struct origin *at)
{
	struct dtls_record r;
	struct record record;

	s->last = *at;
	s->half[end].taken += datagram.left;
	while (datagram.left > 0 && read_record(&datagram, &r)) {
		if (r.type == RECORD_HANDSHAKE && r.epoch == 0) {
			take_messages(s, tls, end, r.body, at);
			continue;
		}
		/* What has an epoch is encrypted, whether or not the
		 * ChangeCipherSpec was captured. */
		s->half[end].changed |= r.epoch > 0;
		record = (struct record){ .type = (enum record_type)r.type,
			.version = r.version,
			.length = (uint16_t)r.body.left, .first = true,
			.last = true, .body = r.body };
		session_record(s, tls, end, &record, at);
	}
}
