#include "input/datagram.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "tls/dtls.h"

enum {
	ASSOCIATIONS_MAX = 4096, /* of DTLS at one time; the oldest goes */
	BUCKETS = 8192,
	QUIC_INITIAL_MIN = 1200, /* RFC 9000 section 14.1 */
	QUIC_ID_MAX = 20,
};

/* Ports are used again: a hello after such a pause is a new association. */
static const int64_t pause = 60 * CLOCK_SECOND;

struct association {
	struct endpoint ends[2];
	uint64_t hash;
	struct session session;
	bool seen[2];
	struct association *next; /* in its bucket */
	struct association *older, *newer; /* in the order of beginning */
};

struct datagrams {
	struct tls *tls;
	handshake_fn *emit;
	void *emit_arg;
	struct association *buckets[BUCKETS];
	struct association *oldest, *newest;
	size_t n_associations;
	uint64_t *quic_room;
	uint64_t *quic; /* hashes of endpoints, 0 in free slots */
	size_t n_quic, n_quic_slots;
	int64_t time;
};

struct datagrams *
datagrams_new(struct tls *tls, uint64_t *quic_room, handshake_fn *emit,
    void *arg)
{
	struct datagrams *d = mem_zero(1, sizeof(*d));

	d->tls = tls;
	d->quic_room = quic_room;
	d->emit = emit;
	d->emit_arg = arg;
	d->time = CLOCK_UNKNOWN;
	return d;
}

static uint64_t
endpoint_hash(const struct endpoint *e)
{
	return hash_bytes(e->address, sizeof(e->address)) ^
	    hash_u64((uint64_t)e->port << 8 | e->family);
}

/* The same for both directions. */
static uint64_t
pair_hash(const struct endpoint *a, const struct endpoint *b)
{
	return hash_u64(endpoint_hash(a) + endpoint_hash(b));
}

/* QUIC ---------------------------------------------------------------------- */

static uint64_t *
quic_slot(struct datagrams *d, uint64_t hash)
{
	size_t i = (size_t)hash & (d->n_quic_slots - 1);

	while (d->quic[i] != 0 && d->quic[i] != hash)
		i = (i + 1) & (d->n_quic_slots - 1);
	return &d->quic[i];
}

static void
enlarge_quic(struct datagrams *d)
{
	uint64_t *old = d->quic;
	size_t n_old = d->n_quic_slots;

	d->n_quic_slots = n_old > 0 ? n_old * 2 : 256;
	d->quic = mem_zero(d->n_quic_slots, sizeof(*d->quic));
	for (size_t i = 0; i < n_old; i++)
		if (old[i] != 0)
			*quic_slot(d, old[i]) = old[i];
	free(old);
}

/* A client's first packet: long header, a version that is known (RFC 9000, 9369,
 * drafts, Google's, those that ask for a negotiation), type Initial, connection
 * ids of a sane length. */
static bool
is_quic_initial(struct cursor c)
{
	size_t size = c.left;
	uint8_t first, length;
	uint32_t version;
	unsigned type;

	if (size < QUIC_INITIAL_MIN || !cursor_u8(&c, &first) ||
	    (first & 0xc0) != 0xc0 || !cursor_u32(&c, &version) ||
	    !cursor_u8(&c, &length) || length > QUIC_ID_MAX)
		return false;
	type = first >> 4 & 3;
	if (version == 0x6b3343cf) /* version 2 */
		return type == 1;
	return type == 0 && (version == 1 || version >> 8 == 0xff0000 ||
	    version >> 24 == 'Q' || version >> 8 == 0xfaceb0 ||
	    (version & 0x0f0f0f0f) == 0x0a0a0a0a);
}

static void
count_quic(struct datagrams *d, const struct endpoint *from,
    const struct endpoint *to)
{
	uint64_t hash = pair_hash(from, to), *slot;

	if (d->n_quic_slots == 0 ||
	    (d->n_quic * 2 >= d->n_quic_slots && *d->quic_room > 0))
		enlarge_quic(d);
	slot = quic_slot(d, hash | 1);
	if (*slot != 0 || *d->quic_room == 0)
		return;
	*slot = hash | 1;
	d->n_quic++;
	--*d->quic_room;
	d->tls->totals->quic++;
}

/* DTLS ------------------------------------------------------------------ */

static void
name_host(struct datagrams *d, const struct session *s, struct handshake *h)
{
	char address[ADDRESS_TEXT_SIZE];

	if (s->sni.n > 0) {
		h->host = s->sni;
		h->host_source = HOST_SNI;
		return;
	}
	h->host = pool_intern(d->tls->pool,
	    text_of(endpoint_address(&h->server, address)));
	h->host_source = HOST_ADDRESS;
}

static void
report(struct datagrams *d, struct association *a)
{
	struct session *s = &a->session;
	const uint64_t bytes[2] = { s->half[0].taken, s->half[1].taken };
	struct handshake h;

	if (s->client < 0)
		return;
	handshake_init(&h);
	h.transport = TRANSPORT_DTLS;
	h.client = a->ends[s->client];
	h.server = a->ends[1 - s->client];
	h.one_way = !a->seen[0] || !a->seen[1];
	name_host(d, s, &h);
	if (session_report(s, d->tls, bytes, d->time, &h))
		d->emit(&h, d->emit_arg);
}

static void
end(struct datagrams *d, struct association *a)
{
	struct association **link = &d->buckets[a->hash % BUCKETS];

	report(d, a);
	while (*link != a)
		link = &(*link)->next;
	*link = a->next;
	if (a->older != NULL)
		a->older->newer = a->newer;
	else
		d->oldest = a->newer;
	if (a->newer != NULL)
		a->newer->older = a->older;
	else
		d->newest = a->older;
	d->n_associations--;
	session_free(&a->session, d->tls);
	free(a);
}

static struct association *
begin(struct datagrams *d, const struct endpoint *from,
    const struct endpoint *to, uint64_t hash)
{
	struct association *a;

	if (d->n_associations >= ASSOCIATIONS_MAX)
		end(d, d->oldest);
	a = mem_zero(1, sizeof(*a));
	a->ends[0] = *from;
	a->ends[1] = *to;
	a->hash = hash;
	session_init(&a->session);
	a->next = d->buckets[hash % BUCKETS];
	d->buckets[hash % BUCKETS] = a;
	a->older = d->newest;
	if (d->newest != NULL)
		d->newest->newer = a;
	else
		d->oldest = a;
	d->newest = a;
	d->n_associations++;
	return a;
}

static struct association *
find(struct datagrams *d, const struct endpoint *from,
    const struct endpoint *to, uint64_t hash)
{
	struct association *a = d->buckets[hash % BUCKETS];

	for (; a != NULL; a = a->next)
		if (a->hash == hash && ((endpoint_equal(&a->ends[0], from) &&
		    endpoint_equal(&a->ends[1], to)) ||
		    (endpoint_equal(&a->ends[1], from) &&
		    endpoint_equal(&a->ends[0], to))))
			return a;
	return NULL;
}

static void
take_dtls(struct datagrams *d, const struct endpoint *from,
    const struct endpoint *to, struct cursor bytes, const struct origin *at)
{
	uint64_t hash = pair_hash(from, to);
	struct association *a = find(d, from, to, hash);
	bool begins = dtls_begins(bytes);
	int who;

	if (a != NULL && begins && at->time != CLOCK_UNKNOWN &&
	    a->session.last.time != CLOCK_UNKNOWN &&
	    at->time - a->session.last.time > pause) {
		end(d, a);
		a = NULL;
	}
	if (a == NULL && !begins)
		return;
	if (a == NULL)
		a = begin(d, from, to, hash);
	who = endpoint_equal(&a->ends[0], from) ? 0 : 1;
	a->seen[who] = true;
	dtls_take(&a->session, d->tls, who, bytes, at);
}

void
datagrams_take(struct datagrams *d, const struct endpoint *from,
    const struct endpoint *to, struct cursor bytes, const struct origin *at)
{
	int first = cursor_peek(bytes, 0);

	d->time = at->time;
	/* RFC 7983: 20 to 63 is DTLS, above that QUIC's long headers. */
	if (first >= RECORD_CHANGE_CIPHER_SPEC && first < 64)
		take_dtls(d, from, to, bytes, at);
	else if (first >= 0xc0 && is_quic_initial(bytes))
		count_quic(d, from, to);
}

void
datagrams_finish(struct datagrams *d)
{
	while (d->oldest != NULL)
		end(d, d->oldest);
}

void
datagrams_free(struct datagrams *d)
{
	if (d == NULL)
		return;
	while (d->oldest != NULL) {
		struct association *a = d->oldest;

		d->oldest = a->newer;
		session_free(&a->session, d->tls);
		free(a);
	}
	*d->quic_room += d->n_quic;
	free(d->quic);
	free(d);
}
