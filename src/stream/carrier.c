#include "stream/carrier.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "stream/tunnel.h"

enum {
	RECORD_HEADER = 5,
	RECORD_CHANGE_CIPHER_SPEC = 20,
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_APPLICATION_DATA = 23,
	RECORD_LENGTH_MAX = 16384 + 2048,
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	/* How long one end may talk in the clear: through a proxy that asks
	 * for a password with a page of HTML; in a protocol that is not known.
	 */
	CLEAR_MAX = 64 * 1024,
	UNKNOWN_MAX = 4 * 1024,
	KEPT_MIN = 32, /* of CARRIER_KEPT */
};

void
carrier_init(struct carrier *c)
{
	*c = (struct carrier){ .lanes = { { 0 } } };
}

void
carrier_free(struct carrier *c)
{
	free(c->lanes[0].kept);
	free(c->lanes[1].kept);
}

/* An SSL 2.0 hello: a length with its high bit set, type 1, a version. */
static bool
begins_ssl2(struct cursor b)
{
	return b.left >= RECORD_HEADER && (b.at[0] & 0x80) != 0 &&
	    b.at[2] == CLIENT_HELLO &&
	    ((b.at[3] == 3 && b.at[4] <= 4) || (b.at[3] == 0 && b.at[4] == 2));
}

bool
carrier_begins_tls(struct cursor b)
{
	int type = cursor_peek(b, 0), major = cursor_peek(b, 1);
	int minor = cursor_peek(b, 2), high = cursor_peek(b, 3);
	int message = cursor_peek(b, RECORD_HEADER);
	int length = b.left >= RECORD_HEADER ? high << 8 | b.at[4] : -1;

	if (begins_ssl2(b))
		return true;
	if (type < RECORD_CHANGE_CIPHER_SPEC || type > RECORD_APPLICATION_DATA)
		return false;
	/* Only a handshake may be known by less than a whole header. */
	if (b.left < RECORD_HEADER && type != RECORD_HANDSHAKE)
		return false;
	if ((major >= 0 && major != 3) || minor > 4)
		return false;
	if (length == 0 || length > RECORD_LENGTH_MAX)
		return false;
	return type != RECORD_HANDSHAKE || message < 0 || message <= 24;
}

/*
 * A whole hello's beginning, wherever it stands: a handshake record, in it a
 * ClientHello or ServerHello of less than 64 KB, in it a version.  Or an alert
 * of two bytes, by which a server may answer at once.
 */
static bool
is_hello(const uint8_t *p)
{
	unsigned length = (unsigned)p[3] << 8 | p[4];

	if (p[1] != 3 || p[2] > 4 || length > RECORD_LENGTH_MAX)
		return false;
	return p[0] == RECORD_HANDSHAKE && length >= 40 &&
	    (p[5] == CLIENT_HELLO || p[5] == SERVER_HELLO) && p[6] == 0 &&
	    (p[9] == 3 || p[9] == 0x7f) && p[10] <= 0x1f;
}

static bool
is_alert(struct cursor b)
{
	return b.left == RECORD_HEADER + 2 && b.at[0] == RECORD_ALERT &&
	    b.at[1] == 3 && b.at[2] <= 4 && b.at[3] == 0 && b.at[4] == 2 &&
	    (b.at[5] == 1 || b.at[5] == 2);
}

/* Where in b a hello begins, or -1.  One that begins in the first `limit` bytes
 * is looked for. */
static long
find_hello(struct cursor b, size_t limit)
{
	const uint8_t *at = b.at, *p;
	size_t left = b.left;

	while (left >= CARRIER_HELLO) {
		p = memchr(at, RECORD_HANDSHAKE, left - CARRIER_HELLO + 1);
		if (p == NULL || (size_t)(p - b.at) >= limit)
			return -1;
		if (is_hello(p))
			return p - b.at;
		left -= (size_t)(p - at) + 1;
		at = p + 1;
	}
	return -1;
}

/* Most connections that say little say very little. */
static void
make_room(struct lane *lane, size_t n)
{
	size_t room = lane->room > 0 ? lane->room : KEPT_MIN;

	while (room < n)
		room *= 2;
	if (room == lane->room)
		return;
	lane->kept = mem_resize(lane->kept, room, 1);
	lane->room = (uint16_t)room;
}

static void
keep(struct lane *lane, struct cursor bytes)
{
	size_t n;

	/* After a refusal the client asks again on the same connection. */
	if (tunnel_is_connect(bytes) && lane->seen > 0)
		lane->n_kept = 0;
	n = CARRIER_KEPT - (size_t)lane->n_kept;
	if (n > bytes.left)
		n = bytes.left;
	if (n == 0)
		return;
	make_room(lane, lane->n_kept + n);
	memcpy(lane->kept + lane->n_kept, bytes.at, n);
	lane->n_kept = (uint16_t)(lane->n_kept + n);
}

/* The tail and the first bytes of what follows, for a hello that is split. */
static size_t
join_tail(const struct lane *lane, struct cursor bytes,
    uint8_t out[2 * CARRIER_HELLO])
{
	size_t n = bytes.left < CARRIER_HELLO ? bytes.left : CARRIER_HELLO;

	memcpy(out, lane->tail, lane->n_tail);
	memcpy(out + lane->n_tail, bytes.at, n);
	return lane->n_tail + n;
}

static void
keep_tail(struct lane *lane, struct cursor bytes)
{
	uint8_t joined[2 * CARRIER_HELLO];
	size_t n;

	if (bytes.left >= sizeof(lane->tail)) {
		lane->n_tail = sizeof(lane->tail);
		memcpy(lane->tail, bytes.at + bytes.left - lane->n_tail,
		    lane->n_tail);
		return;
	}
	n = join_tail(lane, bytes, joined);
	lane->n_tail = (uint8_t)(n < sizeof(lane->tail) ? n :
	    sizeof(lane->tail));
	memcpy(lane->tail, joined + n - lane->n_tail, lane->n_tail);
}

static struct cursor
kept(const struct lane *lane)
{
	return cursor_over(lane->kept, lane->n_kept);
}

/* Will this still turn into TLS?  Only a long talk is looked at closely. */
static bool
is_hopeless(const struct carrier *c, int end)
{
	const struct lane *lane = &c->lanes[end], *other = &c->lanes[1 - end];

	if (tunnel_never(kept(lane)) || lane->seen > CLEAR_MAX)
		return true;
	return lane->seen > UNKNOWN_MAX && !tunnel_known(kept(lane)) &&
	    !tunnel_known(kept(other));
}

enum carrier_answer
carrier_take(struct carrier *c, int end, struct cursor *bytes,
    struct cursor *held)
{
	struct lane *lane = &c->lanes[end];
	uint8_t joined[2 * CARRIER_HELLO];
	size_t n = join_tail(lane, *bytes, joined);
	long at = find_hello(cursor_over(joined, n), lane->n_tail);

	*held = cursor_over(NULL, 0);
	if (at >= 0) {
		*held = cursor_over(lane->tail + at,
		    lane->n_tail - (size_t)at);
		lane->seen -= held->left;
		return CARRIER_TLS;
	}
	at = is_alert(*bytes) ? 0 : find_hello(*bytes, bytes->left);
	if (at >= 0) {
		struct cursor clear;

		if (!cursor_take(bytes, (size_t)at, &clear))
			return CARRIER_OTHER;
		keep(lane, clear);
		lane->seen += clear.left;
		return CARRIER_TLS;
	}
	keep(lane, *bytes);
	keep_tail(lane, *bytes);
	lane->seen += bytes->left;
	return is_hopeless(c, end) ? CARRIER_OTHER : CARRIER_MORE;
}

void
carrier_gap(struct carrier *c, int end, uint64_t n)
{
	c->lanes[end].n_tail = 0;
	c->lanes[end].seen += n;
}

enum tunnel
carrier_tunnel(const struct carrier *c, int client, struct text *host)
{
	return tunnel_read(kept(&c->lanes[client]),
	    kept(&c->lanes[1 - client]), host);
}
