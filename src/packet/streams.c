#include "packet/streams.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "packet/deliver.h"
#include "packet/fit.h"
#include "packet/flow.h"

enum {
	LINGERING_MAX = 4096,
	/* Of the limits, where others have taken all: one in so many. */
	SHARE_MIN = 8,
};
/* How long after its reset a connection may still bring something. */
#define LINGER_TIME (5 * CLOCK_SECOND)

#define FLOWS_DEFAULT (1 << 17) /* 32 MB of records */
#define HELD_DEFAULT (16 << 20)

struct lingering {
	uint32_t index, generation;
	int64_t since;
};

struct streams {
	struct delivery delivery;
	struct flow_table *table;
	uint64_t max_flows, max_held;
	int64_t next_number; /* as tshark counts */
	bool count_known;

	/* Connections that will end soon, a ring. */
	struct lingering lingering[LINGERING_MAX];
	uint32_t oldest, n_lingering;
};

struct streams *
streams_new(const struct tcp_handler *handler,
    const struct packet_limits *limits, struct packet_counts *counts)
{
	struct streams *s = mem_zero(1, sizeof(*s));

	s->delivery.handler = *handler;
	s->delivery.counts = counts;
	s->max_flows = FLOWS_DEFAULT;
	s->max_held = HELD_DEFAULT;
	s->delivery.now.time = CLOCK_UNKNOWN;
	s->delivery.now.bytes = cursor_over(NULL, 0);
	if (limits->max_memory > 0) {
		s->max_flows = limits->max_memory / 4 * 3 /
		    sizeof(struct flow);
		s->max_held = limits->max_memory / 4;
	}
	if (limits->max_flows > 0)
		s->max_flows = limits->max_flows;
	s->table = flow_table_new(1);
	streams_yield(s, (struct packet_load){ 0 });
	s->count_known = true;
	return s;
}

static uint64_t
what_is_left(uint64_t all, uint64_t taken)
{
	uint64_t share = all / SHARE_MIN;

	return taken < all && all - taken > share ? all - taken : share;
}

void
streams_yield(struct streams *s, struct packet_load others)
{
	uint64_t flows = what_is_left(s->max_flows, others.flows);

	flow_table_limit(s->table, flows > 0 ? flows : 1);
	s->delivery.held.limit = what_is_left(s->max_held, others.held);
}

struct packet_load
streams_load(const struct streams *s)
{
	return (struct packet_load){ flow_table_used(s->table),
		s->delivery.held.now };
}

void
streams_lose_count(struct streams *s)
{
	s->count_known = false;
}

void
streams_next_file(struct streams *s)
{
	flow_table_next_file(s->table);
	s->next_number = 0;
	s->count_known = true;
}

void
streams_fit(struct streams *s, const struct segment *g, struct packet_fit *fit)
{
	fit_add(fit, s->table, g);
}

/* Tell that a connection is over, and forget it. */
static void
over(struct streams *s, struct flow *f)
{
	deliver_end(&s->delivery, f);
	flow_remove(s->table, f);
}

static void
linger(struct streams *s, struct flow *f)
{
	struct lingering *l;

	if ((f->state & FLOW_LINGERS) != 0)
		return;
	f->state |= FLOW_LINGERS;
	l = &s->lingering[(s->oldest + s->n_lingering++) % LINGERING_MAX];
	*l = (struct lingering){ f->index, f->generation,
		s->delivery.now.time };
}

/* End those whose time has come, and make room for one more. */
static void
end_lingering(struct streams *s)
{
	struct lingering l;
	struct flow *f;

	while (s->n_lingering > 0) {
		l = s->lingering[s->oldest];
		if (s->n_lingering < LINGERING_MAX &&
		    !clock_passed(l.since, s->delivery.now.time, LINGER_TIME))
			return;
		s->oldest = (s->oldest + 1) % LINGERING_MAX;
		s->n_lingering--;
		f = flow_at(s->table, l.index);
		if (f->used && f->generation == l.generation)
			over(s, f);
	}
}

static bool
is_closed_or_waits(const struct flow *f, int end)
{
	return flow_is(f, FLOW_CLOSED, end) || f->half[end].held.close;
}

/* Once both ends are closed nothing can come any more; after a reset, or when
 * data before a close is missing, something may. */
static void
end_if_closed(struct streams *s, struct flow *f)
{
	bool both = is_closed_or_waits(f, 0) && is_closed_or_waits(f, 1);

	if (both && (f->state & FLOW_RESET) == 0 &&
	    !f->half[0].held.close && !f->half[1].held.close) {
		over(s, f);
	} else if (both || (f->state & FLOW_RESET) != 0) {
		end_lingering(s);
		/* That may have been this one. */
		if (f->used)
			linger(s, f);
	}
}

static struct endpoint
end_of(const struct flow_key *key, int which)
{
	struct endpoint e = {
		.family = (uint8_t)(key->word[4] >> 32),
		.port = (uint16_t)(key->word[4] >> (which == 0 ? 16 : 0)),
	};

	memcpy(e.address, &key->word[which * 2], sizeof(e.address));
	return e;
}

/* Who answers a SYN is the second end, also when it is seen first. */
static void
set_up(struct flow *f, const struct segment *g, int64_t number)
{
	bool answer = (g->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
	bool swapped = g->from_high != answer;

	f->state = swapped ? FLOW_SWAPPED : 0;
	f->connection = (struct connection){
		.ends = { end_of(&g->key, swapped), end_of(&g->key, !swapped) },
		.number = number,
		.first = { g->frame->number, g->frame->time },
		.midstream = (g->flags & TCP_SYN) == 0,
	};
}

static struct flow *
add(struct streams *s, const struct segment *g, int64_t number)
{
	struct flow *f;

	while ((f = flow_add(s->table, &g->key, g->hash)) == NULL) {
		s->delivery.counts->evicted++;
		over(s, flow_victim(s->table));
	}
	s->delivery.counts->flows++;
	set_up(f, g, number);
	return f;
}

/* A packet without a connection: begin one, or see that it comes too late. */
static struct flow *
begin(struct streams *s, const struct segment *g)
{
	int64_t number;

	end_lingering(s);
	if ((g->flags & (TCP_SYN | TCP_ACK)) != TCP_SYN) {
		if (flow_is_over(s->table, g->hash)) {
			s->delivery.counts->late++;
			s->next_number +=
			    flow_is_over_uncounted(s->table, g->hash);
			return NULL;
		}
		/* New, or of one that is long over?  tshark would know. */
		if (flow_forgot(s->table))
			s->count_known = false;
	}
	number = s->next_number++;
	return add(s, g, s->count_known ? number : -1);
}

/* Take another sequence number for the beginning of a stream. */
static void
rebase(struct flow *f, int end, uint32_t base)
{
	struct half *h = &f->half[end];

	h->base = base;
	h->next = base + 1;
	h->base_known = h->next_known = true;
	f->state &= (uint16_t)~(FLOW_TOP_KNOWN << end);
	flow_advance(f, end, h->next, 0);
}

static bool
has_payload(const struct flow *f, int end)
{
	return flow_is(f, FLOW_TOP_KNOWN, end) && f->top[end] != f->start[end];
}

/* A second answer to a SYN, with another sequence number: the client will take
 * one of them.  After a close it belongs to a connection whose SYN was not
 * captured; to tshark that is the same one. */
static struct flow *
take_other_answer(struct streams *s, struct flow *f, int end,
    const struct segment *g)
{
	struct half *h = &f->half[end];
	int64_t number = f->connection.number;

	if ((f->state & FLOW_CLOSING) != 0) {
		over(s, f);
		return add(s, g, number);
	}
	if (!has_payload(f, end) && !(h->acked_known && h->acked == h->next))
		rebase(f, end, g->sequence);
	return f;
}

/* tshark 4.0 (packet-tcp.c) begins a new conversation only where the initial
 * sequence number of a SYN without ACK differs. */
static bool
uses_ports_again(const struct flow *f, const struct segment *g)
{
	const struct half *h = &f->half[flow_end(f, g)];

	return (g->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN && h->base_known &&
	    g->sequence != h->base;
}

/* A SYN for a connection that is known: its retransmission, or the ports are
 * used again. */
static struct flow *
take_syn(struct streams *s, struct flow *f, const struct segment *g)
{
	int end = flow_end(f, g);
	struct half *h = &f->half[end];
	int64_t number = f->connection.number;

	if (!h->base_known)
		return f;
	if (uses_ports_again(f, g)) {
		over(s, f);
		return begin(s, g);
	}
	if ((g->flags & TCP_ACK) != 0)
		return g->sequence == h->base
			   ? f
			   : take_other_answer(s, f, end, g);
	if ((f->state & FLOW_CLOSING) != 0) {
		over(s, f);
		return add(s, g, number);
	}
	return f;
}

/* Learn where both streams begin, and how far each was received. */
static void
learn(struct flow *f, int end, const struct segment *g)
{
	struct half *h = &f->half[end], *other = &f->half[!end];

	if (!h->base_known) {
		h->base_known = true;
		h->base = g->sequence - 1;
		if ((g->flags & TCP_SYN) != 0)
			rebase(f, end, g->sequence);
	}
	if ((g->flags & (TCP_ACK | TCP_RST)) != TCP_ACK)
		return;
	if (!other->base_known) {
		other->base_known = true;
		other->base = g->acknowledgement - 1;
		/* The answer to the SYN was not captured. */
		if (!f->connection.midstream) {
			other->next = g->acknowledgement;
			other->next_known = true;
		}
	}
	if (other->next_known &&
	    flow_is_other_stream(g->acknowledgement, other->next)) {
		/* There were several answers, and the client takes this one;
		 * or the packet is of an older connection. */
		if (end != 0 || has_payload(f, !end))
			return;
		rebase(f, !end, g->acknowledgement - 1);
		other->acked_known = false;
	}
	if (!other->acked_known ||
	    sequence_ahead(g->acknowledgement, other->acked) > 0) {
		other->acked = g->acknowledgement;
		other->acked_known = true;
	}
}

/* A reset that answers a packet of an older connection with these ports: its
 * number is the acknowledgement that was wrong, and the receiver drops it.
 * Numbers are 0 in resets by boxes that do not follow connections. */
static bool
is_foreign_reset(const struct flow *f, int end, const struct segment *g)
{
	const struct half *h = &f->half[end];

	return (g->flags & TCP_RST) != 0 && (f->state & FLOW_DONE) == 0 &&
	    h->next_known && g->sequence != 0 &&
	    flow_is_other_stream(g->sequence, h->next);
}

/* Everything but the plain data of connections that are done with. */
static void
take_whole(struct streams *s, struct flow *f, int end, const struct segment *g)
{
	uint32_t sequence = g->sequence + ((g->flags & TCP_SYN) != 0);
	uint32_t n = (uint32_t)g->payload.left + g->missing;

	learn(f, end, g);
	if (is_foreign_reset(f, end, g)) {
		s->delivery.counts->late++;
		return;
	}
	if ((g->flags & TCP_RST) != 0)
		n = 0; /* a reason in words (RFC 9293 section 3.5.3) */
	else
		flow_advance(f, end, sequence, n);
	if (n > 0 && (f->state & FLOW_DONE) == 0)
		deliver_bytes(&s->delivery, f, end,
		    (struct span){ sequence, g->payload, g->missing },
		    g->frame);
	if ((g->flags & (TCP_FIN | TCP_RST)) != 0)
		deliver_close(&s->delivery, f, end, sequence + n,
		    (g->flags & TCP_RST) != 0 ? CLOSE_RST : CLOSE_FIN,
		    g->frame);
	deliver_proved(&s->delivery, f);
	if ((f->state & FLOW_CLOSING) != 0)
		end_if_closed(s, f);
}

/* tshark numbers what a file holds by itself: a connection from the file before
 * gets its number here with its first packet here. */
static void
count_again(struct streams *s, struct flow *f)
{
	int64_t number = s->next_number++;

	f->state &= (uint16_t)~FLOW_UNCOUNTED;
	f->connection.number = s->count_known ? number : -1;
}

/* The first packet of a connection in this file, or its first that is no quote
 * in an ICMP error, or a SYN. */
static struct flow *
take_special(struct streams *s, struct flow *f, const struct segment *g)
{
	if ((f->state & FLOW_UNCOUNTED) != 0 && !uses_ports_again(f, g))
		count_again(s, f);
	if ((f->state & FLOW_ANNOUNCED) != 0)
		set_up(f, g, f->connection.number);
	else if ((g->flags & TCP_SYN) != 0)
		f = take_syn(s, f, g);
	return f;
}

void
streams_segment(struct streams *s, const struct segment *g)
{
	struct flow *f = flow_find(s->table, &g->key, g->hash);
	int end;

	s->delivery.now.number = g->frame->number;
	s->delivery.now.time = g->frame->time;
	if (f == NULL)
		f = begin(s, g);
	else if (UNLIKELY((f->state & (FLOW_ANNOUNCED | FLOW_UNCOUNTED)) != 0 ||
		(g->flags & TCP_SYN) != 0))
		f = take_special(s, f, g);
	if (f == NULL)
		return;
	end = flow_end(f, g);
	f->recent = true;
	f->state |= (uint16_t)(FLOW_SEEN << end);
	if (LIKELY((f->state & FLOW_DONE) != 0 &&
		(g->flags & (TCP_SYN | TCP_FIN | TCP_RST)) == 0))
		flow_advance(f, end, g->sequence,
		    (uint32_t)g->payload.left + g->missing);
	else
		take_whole(s, f, end, g);
}

void
streams_prefetch(const struct streams *s, const struct segment *segments,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		flow_prefetch_slot(s->table, segments[i].hash);
	for (size_t i = 0; i < n; i++)
		flow_prefetch_record(s->table, segments[i].hash);
}

void
streams_announce(struct streams *s, const struct segment *g)
{
	struct flow *f = flow_find(s->table, &g->key, g->hash);

	if (f == NULL && (f = begin(s, g)) != NULL)
		f->state |= FLOW_ANNOUNCED;
	else if (f != NULL && (f->state & FLOW_UNCOUNTED) != 0)
		count_again(s, f);
}

void
streams_skip_number(struct streams *s)
{
	s->next_number++;
}

static int
compare_first(const void *a, const void *b)
{
	const struct flow *x = *(struct flow *const *)a;
	const struct flow *y = *(struct flow *const *)b;
	uint64_t i = x->connection.first.record, j = y->connection.first.record;

	return i < j ? -1 : i > j;
}

void
streams_finish(struct streams *s)
{
	uint32_t end = flow_index_end(s->table), n = 0;
	struct flow **left = mem_zero(end, sizeof(*left));

	for (uint32_t i = 0; i < end; i++)
		if (flow_at(s->table, i)->used)
			left[n++] = flow_at(s->table, i);
	qsort(left, n, sizeof(*left), compare_first);
	for (uint32_t i = 0; i < n; i++)
		over(s, left[i]);
	free(left);
	s->n_lingering = 0;
}

void
streams_free(struct streams *s)
{
	if (s == NULL)
		return;
	streams_finish(s);
	flow_table_free(s->table);
	free(s);
}
