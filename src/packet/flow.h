/*
 * flow.h - the table of TCP connections.
 *
 * Open addressing over slots of eight bytes; the records behind them stay where
 * they are.  What every packet needs is in the first 64 bytes of a record.
 * Connections that are over leave a mark of eight bytes, so that a late packet
 * is known for what it is.
 */
#ifndef PINSPOT_PACKET_FLOW_H
#define PINSPOT_PACKET_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "packet/held.h"
#include "packet/segment.h"
#include "packet/tcp.h"

/* One direction of a connection, as long as its payload is wanted. */
struct half {
	uint32_t base; /* the initial sequence number */
	uint32_t next; /* the first byte that was not handed on yet */
	uint32_t acked; /* the most that the other end has acknowledged */
	bool base_known, next_known, acked_known;
	uint8_t n_since_proved; /* packets since acked went past a hole */
	int64_t proved; /* and when that was */
	struct holding held;
};

struct flow {
	/* 64 bytes that every packet touches. */
	struct flow_key key;
	uint32_t top[2]; /* behind the last byte seen, by sequence numbers */
	uint32_t start[2]; /* where its first byte was */
	uint16_t wraps[2]; /* how often top went round */
	uint16_t state; /* FLOW_ bits */
	bool used;
	bool recent; /* touched since the clock's hand came by */

	/* The rest, for connections whose payload is looked at. */
	struct half half[2];
	struct connection connection;
	uint64_t hash;
	uint32_t generation; /* tells the users of a record apart */
	uint32_t index; /* its own; in a free record, that of the next one */
};

/* Those that are kept for each end are shifted left by its number. */
enum {
	FLOW_DONE = 1, /* the payload is not wanted any more */
	FLOW_SWAPPED = 2, /* ends[0] is the second end of the key */
	FLOW_CLOSING = 4, /* a FIN or RST came by, from whomever */
	FLOW_RESET = 8, /* an RST did */
	FLOW_LINGERS = 16, /* waits in the queue of those that end soon */
	FLOW_SEEN = 32, /* this end has sent something */
	FLOW_TOP_KNOWN = 128, /* start and top of this end are set */
	FLOW_CLOSED = 512, /* the close of this end was told */
	FLOW_ANNOUNCED = 2048, /* known from an ICMP error only */
	FLOW_UNCOUNTED = 4096, /* had no packet in the file at hand yet */
};

enum {
	/* Sequence numbers further away are not of this connection. */
	FLOW_FAR = 1 << 30,
	/* Acknowledgements and resets this far away are of another stream. */
	FLOW_OTHER_STREAM = 1 << 26,
};

/* Are they too far apart for one stream of bytes? */
static inline bool
flow_is_other_stream(uint32_t a, uint32_t b)
{
	return sequence_ahead(a, b) > FLOW_OTHER_STREAM ||
	    sequence_ahead(b, a) > FLOW_OTHER_STREAM;
}

/* Which end of the connection sends this? */
static inline int
flow_end(const struct flow *f, const struct segment *g)
{
	return g->from_high != ((f->state & FLOW_SWAPPED) != 0);
}

/* Is one end of a connection in such a state? */
static inline bool
flow_is(const struct flow *f, int bit, int end)
{
	return (f->state & bit << end) != 0;
}

/* n bytes from a sequence number on have gone by, whether new or not. */
static inline void
flow_advance(struct flow *f, int end, uint32_t sequence, uint32_t n)
{
	uint32_t to = sequence + n;
	int32_t ahead;

	if (UNLIKELY(!flow_is(f, FLOW_TOP_KNOWN, end))) {
		f->state |= (uint16_t)(FLOW_TOP_KNOWN << end);
		f->start[end] = sequence;
		f->top[end] = sequence;
	}
	ahead = sequence_ahead(to, f->top[end]);
	if (ahead > 0 && ahead < FLOW_FAR) {
		f->wraps[end] += to < f->top[end];
		f->top[end] = to;
	}
}

struct flow_table;

struct flow_table *flow_table_new(uint64_t max_flows);
void flow_table_free(struct flow_table *t);

/* How many there may be; those beyond stay until they are evicted. */
void flow_table_limit(struct flow_table *t, uint64_t max_flows);
uint32_t flow_table_used(const struct flow_table *t);

/* No connection has had a packet in the file that begins. */
void flow_table_next_file(struct flow_table *t);

/* The connection with this key, or NULL. */
struct flow *flow_find(struct flow_table *t, const struct flow_key *key,
    uint64_t hash);

/* A zeroed record for a key that is not in the table; NULL when it is full. */
struct flow *flow_add(struct flow_table *t, const struct flow_key *key,
    uint64_t hash);

/* Take it out.  The key is remembered as one whose connection is over. */
void flow_remove(struct flow_table *t, struct flow *f);

/* A record that was not touched lately, for being evicted (second chance). */
struct flow *flow_victim(struct flow_table *t);

/* Records by number; some are not used. */
struct flow *flow_at(struct flow_table *t, uint32_t index);
uint32_t flow_index_end(const struct flow_table *t);

/* Was there a connection with a key of this hash, which is over? */
bool flow_is_over(const struct flow_table *t, uint64_t hash);

/* The same, and it has had no packet in the file at hand: true once a file. */
bool flow_is_over_uncounted(struct flow_table *t, uint64_t hash);

/* Were marks of connections that are over, and had packets in the file at hand,
 * dropped for lack of room? */
bool flow_forgot(const struct flow_table *t);

/* Fetch what flow_find will touch, in two steps. */
void flow_prefetch_slot(const struct flow_table *t, uint64_t hash);
void flow_prefetch_record(const struct flow_table *t, uint64_t hash);

#endif
