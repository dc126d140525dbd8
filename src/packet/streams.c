#include "packet/streams.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "packet/flow.h"

enum {
	/* What is waited for in one direction of a connection before the hole
	 * in front of it is given up. */
	HELD_SEGMENTS_MAX = 256,
	HELD_BYTES_MAX = 256 * 1024,
	/* Once the receiver has acknowledged a hole its bytes were delivered
	 * and not captured, unless the capture is out of order: so many more
	 * packets of the connection may still bring them. */
	PROOF_PACKETS = 64,
	/* Sequence numbers further away are not of this connection. */
	FAR = 1 << 30,
	/* Acknowledgements and resets this far away are of another one. */
	OTHER_STREAM = 1 << 26,
	/* An RST further ahead than a window is not waiting for data. */
	RST_AHEAD_MAX = 1 << 20,
	LINGERING_MAX = 4096,
};
#define PROOF_TIME (20 * CLOCK_SECOND / 1000)
/* How long after its reset a connection may still bring something. */
#define LINGER_TIME (5 * CLOCK_SECOND)

#define FLOWS_DEFAULT (1 << 17) /* 32 MB of records */
#define HELD_DEFAULT (16 << 20)

struct lingering {
	uint32_t index, generation;
	int64_t since;
};

struct streams {
	struct tcp_handler handler;
	struct packet_counts *counts;
	struct flow_table *table;
	uint64_t held_now, held_limit;
	int64_t next_number; /* as tshark counts */
	bool count_known;
	struct frame now; /* number and time of the newest frame */

	/* Connections that will end soon, a ring. */
	struct lingering lingering[LINGERING_MAX];
	uint32_t oldest, n_lingering;
};

/* Bytes of a stream: what was captured, and behind it what was not. */
struct span {
	uint32_t sequence;
	struct cursor bytes;
	uint32_t missing;
};

static void drain(struct streams *s, struct flow *f, int end);
static void over(struct streams *s, struct flow *f);

struct streams *
streams_new(const struct tcp_handler *handler,
    const struct packet_limits *limits, struct packet_counts *counts)
{
	struct streams *s = mem_zero(1, sizeof(*s));
	uint64_t max_flows = FLOWS_DEFAULT;

	s->handler = *handler;
	s->counts = counts;
	s->held_limit = HELD_DEFAULT;
	if (limits->max_memory > 0) {
		max_flows = limits->max_memory / 4 * 3 / sizeof(struct flow);
		s->held_limit = limits->max_memory / 4;
	}
	if (limits->max_flows > 0)
		max_flows = limits->max_flows;
	s->table = flow_table_new(max_flows > 0 ? max_flows : 1);
	s->count_known = true;
	s->now.time = CLOCK_UNKNOWN;
	s->now.bytes = cursor_over(NULL, 0);
	return s;
}

void
streams_lose_count(struct streams *s)
{
	s->count_known = false;
}

/* How far sequence number a is ahead of b (RFC 9293 section 3.4). */
static int32_t
ahead_of(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b);
}

/* Are they too far apart for one stream of bytes? */
static bool
is_other_stream(uint32_t a, uint32_t b)
{
	return ahead_of(a, b) > OTHER_STREAM || ahead_of(b, a) > OTHER_STREAM;
}

/* Is the end of a connection in such a state? */
static bool
is(const struct flow *f, int bit, int end)
{
	return (f->state & bit << end) != 0;
}

/* Has the time from a to b, which may both be anything, passed the limit? */
static bool
has_passed(int64_t a, int64_t b, int64_t limit)
{
	return a != CLOCK_UNKNOWN && b > a &&
	    (uint64_t)b - (uint64_t)a > (uint64_t)limit;
}

/* Tell the handler's view what only the record knew so far. */
static struct connection *
updated(struct flow *f)
{
	struct connection *c = &f->connection;

	for (int end = 0; end < 2; end++) {
		c->seen[end] = is(f, FLOW_SEEN, end);
		if (is(f, FLOW_TOP_KNOWN, end))
			c->bytes[end] = ((uint64_t)f->wraps[end] << 32) +
			    f->top[end] - f->start[end];
	}
	return c;
}

/* Payload up to a sequence number has gone by, whether new or not. */
static inline void
advance(struct flow *f, int end, uint32_t sequence, uint32_t n)
{
	uint32_t to = sequence + n;
	int32_t ahead;

	if (UNLIKELY(!is(f, FLOW_TOP_KNOWN, end))) {
		f->state |= (uint16_t)(FLOW_TOP_KNOWN << end);
		f->start[end] = sequence;
		f->top[end] = sequence;
	}
	ahead = ahead_of(to, f->top[end]);
	if (ahead > 0 && ahead < FAR) {
		f->wraps[end] += to < f->top[end];
		f->top[end] = to;
	}
}

static struct frame
frame_of(const struct held *held)
{
	return (struct frame){ .number = held->number, .time = held->time,
		.bytes = cursor_over(NULL, 0) };
}

static uint32_t
extent(const struct held *held)
{
	return held->n + held->missing;
}

static struct held *
take_first(struct streams *s, struct half *h)
{
	struct held *first = h->held;

	h->held = first->next;
	h->n_held--;
	h->n_held_bytes -= first->n;
	s->held_now -= sizeof(*first) + first->n;
	if (first->close != CLOSE_UNKNOWN)
		h->close_held = false;
	return first;
}

/* Of one direction: tell the gap up to what is known to be lost, for which the
 * receiver's word or our own impatience stands. */
static void
give_up(struct streams *s, struct flow *f, int end, uint32_t upto)
{
	struct half *h = &f->half[end];
	uint32_t n = upto - h->next;
	struct frame at = h->held != NULL ? frame_of(h->held) : s->now;

	h->next = upto;
	s->counts->gaps++;
	if (s->handler.gap(updated(f), end, n, &at, s->handler.arg) == TCP_DONE)
		f->state |= FLOW_DONE;
}

/* Give up hole after hole until nothing is held back. */
static void
flush(struct streams *s, struct flow *f, int end)
{
	struct half *h = &f->half[end];

	while (h->held != NULL) {
		if (ahead_of(h->held->sequence, h->next) > 0 &&
		    (f->state & FLOW_DONE) == 0)
			give_up(s, f, end, h->held->sequence);
		drain(s, f, end);
	}
}

/* Give up what the receiver has acknowledged. */
static void
flush_proved(struct streams *s, struct flow *f, int end)
{
	struct half *h = &f->half[end];

	while (h->held != NULL && (f->state & FLOW_DONE) == 0 &&
	    h->acked_known && ahead_of(h->acked, h->next) > 0) {
		if (ahead_of(h->held->sequence, h->acked) <= 0)
			give_up(s, f, end, h->held->sequence);
		else
			give_up(s, f, end, h->acked);
		drain(s, f, end);
	}
	h->n_since_proved = 0;
}

/* Was a close of this direction, which is held, captured before that frame? */
static bool
close_held_before(const struct half *h, uint64_t number)
{
	const struct held *close = h->close_held ? h->held : NULL;

	while (close != NULL && close->close == CLOSE_UNKNOWN)
		close = close->next;
	return close != NULL && close->number < number;
}

/* In the order in which they were captured: a close of the other end that
 * waits for lost data, and data that this end has acknowledged, come first. */
static void
tell_close(struct streams *s, struct flow *f, int end, enum close_how how,
    const struct frame *frame)
{
	struct half *h = &f->half[end], *other = &f->half[!end];

	if (is(f, FLOW_CLOSED, end))
		return;
	f->state |= (uint16_t)(FLOW_CLOSED << end);
	if (close_held_before(other, frame->number))
		flush(s, f, !end);
	else if (other->held != NULL)
		flush_proved(s, f, !end);
	if (how == CLOSE_FIN)
		h->next++; /* a FIN has a number, too */
	while (h->held != NULL)
		free(take_first(s, h));
	s->handler.close(updated(f), end, how, frame, s->handler.arg);
	/* The other end's close may have waited for this one. */
	if (other->close_held)
		drain(s, f, !end);
}

/* Hand on bytes that begin at or before what is waited for. */
static void
hand_on(struct streams *s, struct flow *f, int end, struct span span,
    const struct frame *frame)
{
	struct half *h = &f->half[end];
	uint32_t old = h->next - span.sequence;
	uint32_t n = (uint32_t)span.bytes.left + span.missing;
	enum tcp_want want = TCP_MORE;

	if (old >= n || is(f, FLOW_CLOSED, end))
		return;
	if (!cursor_skip(&span.bytes, old)) {
		span.missing -= old - (uint32_t)span.bytes.left;
		span.bytes.left = 0;
	}
	h->next += (uint32_t)span.bytes.left;
	if (span.bytes.left > 0)
		want = s->handler.data(updated(f), end, span.bytes, frame,
		    s->handler.arg);
	if (span.missing > 0 && want == TCP_MORE) {
		h->next += span.missing;
		f->connection.snapped = true;
		s->counts->gaps++;
		want = s->handler.gap(updated(f), end, span.missing, frame,
		    s->handler.arg);
	}
	if (want == TCP_DONE)
		f->state |= FLOW_DONE;
}

/* Hand on what is held back and not ahead of its turn any more.  When nothing
 * more is wanted, only closes are. */
static void
drain(struct streams *s, struct flow *f, int end)
{
	struct half *h = &f->half[end];
	struct held *first;
	struct frame frame;

	while (h->held != NULL && ((f->state & FLOW_DONE) != 0 ||
	    ahead_of(h->held->sequence, h->next) <= 0)) {
		first = take_first(s, h);
		frame = frame_of(first);
		if (first->close != CLOSE_UNKNOWN)
			tell_close(s, f, end, first->close, &frame);
		else if ((f->state & FLOW_DONE) == 0)
			hand_on(s, f, end,
			    (struct span){ first->sequence,
				cursor_over(first->bytes, first->n),
				first->missing },
			    &frame);
		free(first);
	}
}

/* Which end's held bytes were captured first. */
static int
earlier_end(const struct flow *f)
{
	const struct held *a = f->half[0].held, *b = f->half[1].held;

	return b != NULL && (a == NULL || b->number < a->number);
}

static void
flush_both(struct streams *s, struct flow *f)
{
	int end;

	while (f->half[0].held != NULL || f->half[1].held != NULL) {
		end = earlier_end(f);
		flush(s, f, end);
	}
}

/* Put a piece in front of *at. */
static void
insert(struct streams *s, struct half *h, struct held **at, struct span span,
    enum close_how how, const struct frame *frame)
{
	struct held *held = mem_resize(NULL, 1,
	    sizeof(*held) + span.bytes.left);

	*held = (struct held){
		.next = *at,
		.time = frame->time,
		.number = frame->number,
		.sequence = span.sequence,
		.n = (uint32_t)span.bytes.left,
		.missing = span.missing,
		.close = how,
	};
	memcpy(held->bytes, span.bytes.at, span.bytes.left);
	*at = held;
	h->n_held++;
	h->n_held_bytes += held->n;
	s->held_now += sizeof(*held) + held->n;
	if (s->held_now > s->counts->held_max)
		s->counts->held_max = s->held_now;
}

/* Cut the first n bytes off a span. */
static struct span
cut(struct span *span, uint32_t n)
{
	struct span front = { .sequence = span->sequence };

	if (!cursor_take(&span->bytes, n, &front.bytes)) {
		front.bytes = span->bytes;
		front.missing = n - (uint32_t)front.bytes.left;
		span->missing -= front.missing;
		span->bytes.left = 0;
	}
	span->sequence += n;
	return front;
}

/* Keep bytes that came ahead of their turn.  Where they overlap what is kept
 * already, the first copy wins. */
static void
hold(struct streams *s, struct half *h, struct span span,
    const struct frame *frame)
{
	struct held **at = &h->held;
	uint32_t n, end;

	while ((n = (uint32_t)span.bytes.left + span.missing) > 0) {
		while (*at != NULL && ahead_of((*at)->sequence + extent(*at),
			span.sequence) <= 0)
			at = &(*at)->next;
		if (*at == NULL ||
		    ahead_of((*at)->sequence, span.sequence + n) >= 0) {
			insert(s, h, at, span, CLOSE_UNKNOWN, frame);
			return;
		}
		if (ahead_of((*at)->sequence, span.sequence) > 0) {
			insert(s, h, at,
			    cut(&span, (*at)->sequence - span.sequence),
			    CLOSE_UNKNOWN, frame);
			at = &(*at)->next;
			continue;
		}
		end = (*at)->sequence + extent(*at);
		if (ahead_of(end, span.sequence + n) >= 0)
			return;
		(void)cut(&span, end - span.sequence);
	}
}

static void
hold_close(struct streams *s, struct half *h, uint32_t sequence,
    enum close_how how, const struct frame *frame)
{
	struct held **at = &h->held;

	if (h->close_held)
		return;
	while (*at != NULL && ahead_of((*at)->sequence, sequence) < 0)
		at = &(*at)->next;
	insert(s, h, at, (struct span){ sequence, cursor_over(NULL, 0), 0 },
	    how, frame);
	h->close_held = true;
}

static bool
has_room(const struct streams *s, const struct half *h, size_t n)
{
	return h->n_held < HELD_SEGMENTS_MAX &&
	    h->n_held_bytes + n <= HELD_BYTES_MAX &&
	    s->held_now + sizeof(struct held) + n <= s->held_limit;
}

static void
take_bytes(struct streams *s, struct flow *f, int end, struct span span,
    const struct frame *frame)
{
	struct half *h = &f->half[end];
	int32_t ahead;

	if (!h->next_known) {
		h->next = span.sequence;
		h->next_known = true;
	}
	ahead = ahead_of(span.sequence, h->next);
	if (ahead >= FAR || ahead <= -FAR || is(f, FLOW_CLOSED, end))
		return;
	/* Waiting has its price, and a limit. */
	while (ahead_of(span.sequence, h->next) > 0 && h->held != NULL &&
	    !has_room(s, h, span.bytes.left) && (f->state & FLOW_DONE) == 0) {
		if (ahead_of(h->held->sequence, span.sequence) > 0)
			break;
		give_up(s, f, end, h->held->sequence);
		drain(s, f, end);
	}
	if ((f->state & FLOW_DONE) != 0)
		return;
	if (ahead_of(span.sequence, h->next) > 0) {
		if (has_room(s, h, span.bytes.left)) {
			hold(s, h, span, frame);
			return;
		}
		give_up(s, f, end, span.sequence);
		if ((f->state & FLOW_DONE) != 0)
			return;
	}
	hand_on(s, f, end, span, frame);
	drain(s, f, end);
}

static void
linger(struct streams *s, struct flow *f)
{
	struct lingering *l;

	if ((f->state & FLOW_LINGERS) != 0)
		return;
	f->state |= FLOW_LINGERS;
	l = &s->lingering[(s->oldest + s->n_lingering++) % LINGERING_MAX];
	*l = (struct lingering){ f->index, f->generation, s->now.time };
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
		    !has_passed(l.since, s->now.time, LINGER_TIME))
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
	return is(f, FLOW_CLOSED, end) || f->half[end].close_held;
}

static void
take_close(struct streams *s, struct flow *f, int end, uint32_t sequence,
    const struct segment *g)
{
	struct half *h = &f->half[end];
	enum close_how how = (g->flags & TCP_RST) != 0 ? CLOSE_RST : CLOSE_FIN;
	int32_t ahead = h->next_known ? ahead_of(sequence, h->next) : 0;

	f->state |= FLOW_CLOSING;
	if (how == CLOSE_RST) {
		f->state |= FLOW_RESET;
		/* It belongs behind all that was sent before. */
		if (ahead <= 0)
			flush(s, f, end);
	}
	/* The last data before a close is often captured behind the other end's
	 * answer to it: that answer waits, too. */
	if (how == CLOSE_FIN && (f->state & FLOW_DONE) == 0 && ahead == 0 &&
	    h->next_known && h->held == NULL && f->half[!end].close_held &&
	    !is(f, FLOW_CLOSED, end))
		hold_close(s, h, sequence, how, g->frame);
	else if ((f->state & FLOW_DONE) != 0 || ahead <= 0 ||
	    ahead > (how == CLOSE_RST ? RST_AHEAD_MAX : FAR))
		tell_close(s, f, end, how, g->frame);
	else if (!is(f, FLOW_CLOSED, end))
		hold_close(s, h, sequence, how, g->frame);
}

/* Once both ends are closed nothing can come any more; after a reset, or when
 * data before a close is missing, something may. */
static void
end_if_closed(struct streams *s, struct flow *f)
{
	bool both = is_closed_or_waits(f, 0) && is_closed_or_waits(f, 1);

	if (both && (f->state & FLOW_RESET) == 0 &&
	    !f->half[0].close_held && !f->half[1].close_held) {
		over(s, f);
	} else if (both || (f->state & FLOW_RESET) != 0) {
		end_lingering(s);
		/* That may have been this one. */
		if (f->used)
			linger(s, f);
	}
}

/* The gap at the end of a stream: acknowledged, and never seen. */
static void
tell_tail(struct streams *s, struct flow *f, int end)
{
	struct half *h = &f->half[end];
	int32_t ahead = ahead_of(h->acked, h->next);

	if (h->acked_known && h->next_known && !is(f, FLOW_CLOSED, end) &&
	    ahead > 0 && ahead < FAR && (f->state & FLOW_DONE) == 0)
		give_up(s, f, end, h->acked);
}

/* Tell that a connection is over, and forget it. */
static void
over(struct streams *s, struct flow *f)
{
	flush_both(s, f);
	tell_tail(s, f, 0);
	tell_tail(s, f, 1);
	s->handler.end(updated(f), s->handler.arg);
	flow_remove(s->table, f);
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
	struct flow *f = flow_add(s->table, &g->key, g->hash);

	if (f == NULL) {
		s->counts->evicted++;
		over(s, flow_victim(s->table));
		f = flow_add(s->table, &g->key, g->hash);
	}
	s->counts->flows++;
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
			s->counts->late++;
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
	advance(f, end, h->next, 0);
}

static bool
has_payload(const struct flow *f, int end)
{
	return is(f, FLOW_TOP_KNOWN, end) && f->top[end] != f->start[end];
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

/*
 * A SYN for a connection that is known: its retransmission, or the ports are
 * used again.  tshark 4.0 (packet-tcp.c) begins a new conversation only where
 * the initial sequence number of a SYN without ACK differs.
 */
static struct flow *
take_syn(struct streams *s, struct flow *f, const struct segment *g)
{
	int end = g->from_high != ((f->state & FLOW_SWAPPED) != 0);
	struct half *h = &f->half[end];
	int64_t number = f->connection.number;

	if (!h->base_known)
		return f;
	if ((g->flags & TCP_ACK) != 0)
		return g->sequence == h->base
			   ? f
			   : take_other_answer(s, f, end, g);
	if (g->sequence != h->base) {
		over(s, f);
		return begin(s, g);
	}
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
	    is_other_stream(g->acknowledgement, other->next)) {
		/* There were several answers, and the client takes this one;
		 * or the packet is of an older connection. */
		if (end != 0 || has_payload(f, !end))
			return;
		rebase(f, !end, g->acknowledgement - 1);
		other->acked_known = false;
	}
	if (!other->acked_known ||
	    ahead_of(g->acknowledgement, other->acked) > 0) {
		other->acked = g->acknowledgement;
		other->acked_known = true;
	}
}

/* Is the receiver's word old enough to give up a hole? */
static void
weigh_proof(struct streams *s, struct flow *f, int end)
{
	struct half *h = &f->half[end];

	if (h->held == NULL || ahead_of(h->acked, h->next) <= 0 ||
	    !h->acked_known) {
		h->n_since_proved = 0;
		return;
	}
	if (h->n_since_proved++ == 0)
		h->proved = s->now.time;
	if (h->n_since_proved >= PROOF_PACKETS ||
	    has_passed(h->proved, s->now.time, PROOF_TIME))
		flush_proved(s, f, end);
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
	    is_other_stream(g->sequence, h->next);
}

/* Everything but the plain data of connections that are done with. */
static void
take_whole(struct streams *s, struct flow *f, int end, const struct segment *g)
{
	uint32_t sequence = g->sequence + ((g->flags & TCP_SYN) != 0);
	uint32_t n = (uint32_t)g->payload.left + g->missing;

	learn(f, end, g);
	if (is_foreign_reset(f, end, g)) {
		s->counts->late++;
		return;
	}
	if ((g->flags & TCP_RST) != 0)
		n = 0; /* a reason in words (RFC 9293 section 3.5.3) */
	else
		advance(f, end, sequence, n);
	if (n > 0 && (f->state & FLOW_DONE) == 0)
		take_bytes(s, f, end,
		    (struct span){ sequence, g->payload, g->missing },
		    g->frame);
	if ((g->flags & (TCP_FIN | TCP_RST)) != 0)
		take_close(s, f, end, sequence + n, g);
	if ((f->state & FLOW_DONE) != 0) {
		flush_both(s, f);
	} else {
		weigh_proof(s, f, 0);
		weigh_proof(s, f, 1);
	}
	if ((f->state & FLOW_CLOSING) != 0)
		end_if_closed(s, f);
}

void
streams_segment(struct streams *s, const struct segment *g)
{
	struct flow *f = flow_find(s->table, &g->key, g->hash);
	int end;

	s->now.number = g->frame->number;
	s->now.time = g->frame->time;
	if (f == NULL)
		f = begin(s, g);
	else if (UNLIKELY((f->state & FLOW_ANNOUNCED) != 0))
		set_up(f, g, f->connection.number);
	else if (UNLIKELY((g->flags & TCP_SYN) != 0))
		f = take_syn(s, f, g);
	if (f == NULL)
		return;
	end = g->from_high != ((f->state & FLOW_SWAPPED) != 0);
	f->recent = true;
	f->state |= (uint16_t)(FLOW_SEEN << end);
	if (LIKELY((f->state & FLOW_DONE) != 0 &&
		(g->flags & (TCP_SYN | TCP_FIN | TCP_RST)) == 0))
		advance(f, end, g->sequence,
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
