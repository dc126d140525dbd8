#include "packet/deliver.h"

#include <stdlib.h>

#include "base/clock.h"

enum {
	/* Once the receiver has acknowledged a hole its bytes were delivered
	 * and not captured, unless the capture is out of order: so many more
	 * packets of the connection may still bring them. */
	PROOF_PACKETS = 64,
	/* An RST further ahead than a window is not waiting for data. */
	RST_AHEAD_MAX = 1 << 20,
};
#define PROOF_TIME (20 * CLOCK_SECOND / 1000)

static void drain(struct delivery *d, struct flow *f, int end);

/* Tell the handler's view what only the record knew so far. */
static struct connection *
updated(struct flow *f)
{
	struct connection *c = &f->connection;

	for (int end = 0; end < 2; end++) {
		c->seen[end] = flow_is(f, FLOW_SEEN, end);
		if (flow_is(f, FLOW_TOP_KNOWN, end))
			c->bytes[end] = ((uint64_t)f->wraps[end] << 32) +
			    f->top[end] - f->start[end];
	}
	return c;
}

/* Of one direction: tell the gap up to what is known to be lost, for which the
 * receiver's word or our own impatience stands. */
static void
give_up(struct delivery *d, struct flow *f, int end, uint32_t upto)
{
	struct half *h = &f->half[end];
	uint32_t n = upto - h->next;
	struct frame at = d->now;

	if (h->held.first != NULL)
		at = held_frame(h->held.first);
	h->next = upto;
	d->counts->gaps++;
	if (d->handler.gap(updated(f), end, n, &at, d->handler.arg) == TCP_DONE)
		f->state |= FLOW_DONE;
}

/* Give up hole after hole until nothing is held back. */
static void
flush(struct delivery *d, struct flow *f, int end)
{
	struct half *h = &f->half[end];

	while (h->held.first != NULL) {
		if (sequence_ahead(h->held.first->sequence, h->next) > 0 &&
		    (f->state & FLOW_DONE) == 0)
			give_up(d, f, end, h->held.first->sequence);
		drain(d, f, end);
	}
}

/* Give up what the receiver has acknowledged. */
static void
flush_proved(struct delivery *d, struct flow *f, int end)
{
	struct half *h = &f->half[end];
	uint32_t upto;

	while (h->held.first != NULL && (f->state & FLOW_DONE) == 0 &&
	    h->acked_known && sequence_ahead(h->acked, h->next) > 0) {
		upto = h->held.first->sequence;
		if (sequence_ahead(upto, h->acked) > 0)
			upto = h->acked;
		if (sequence_ahead(upto, h->next) > 0)
			give_up(d, f, end, upto);
		drain(d, f, end);
	}
	h->n_since_proved = 0;
}

/* Was a close that waits in this direction captured before that frame? */
static bool
close_held_before(const struct holding *h, uint64_t number)
{
	const struct held *close = h->close ? h->first : NULL;

	while (close != NULL && close->close == CLOSE_UNKNOWN)
		close = close->next;
	return close != NULL && close->number < number;
}

/* In the order in which they were captured: a close of the other end that
 * waits for lost data, and data that this end has acknowledged, come first. */
static void
tell_close(struct delivery *d, struct flow *f, int end, enum close_how how,
    const struct frame *frame)
{
	struct half *h = &f->half[end], *other = &f->half[!end];

	if (flow_is(f, FLOW_CLOSED, end))
		return;
	f->state |= (uint16_t)(FLOW_CLOSED << end);
	if (close_held_before(&other->held, frame->number))
		flush(d, f, !end);
	else if (other->held.first != NULL)
		flush_proved(d, f, !end);
	if (how == CLOSE_FIN)
		h->next++; /* a FIN has a number, too */
	while (h->held.first != NULL)
		free(held_take(&h->held, &d->held));
	d->handler.close(updated(f), end, how, frame, d->handler.arg);
	/* The other end's close may have waited for this one. */
	if (other->held.close)
		drain(d, f, !end);
}

/* Hand on bytes that begin at or before what is waited for. */
static void
hand_on(struct delivery *d, struct flow *f, int end, struct span span,
    const struct frame *frame)
{
	struct half *h = &f->half[end];
	uint32_t old = h->next - span.sequence;
	uint32_t n = (uint32_t)span.bytes.left + span.missing;
	enum tcp_want want = TCP_MORE;

	if (old >= n || flow_is(f, FLOW_CLOSED, end))
		return;
	if (!cursor_skip(&span.bytes, old)) {
		span.missing -= old - (uint32_t)span.bytes.left;
		span.bytes.left = 0;
	}
	h->next += (uint32_t)span.bytes.left;
	if (span.bytes.left > 0)
		want = d->handler.data(updated(f), end, span.bytes, frame,
		    d->handler.arg);
	if (span.missing > 0 && want == TCP_MORE) {
		h->next += span.missing;
		f->connection.snapped = true;
		d->counts->gaps++;
		want = d->handler.gap(updated(f), end, span.missing, frame,
		    d->handler.arg);
	}
	if (want == TCP_DONE)
		f->state |= FLOW_DONE;
}

/* Hand on what is held back and not ahead of its turn any more.  When nothing
 * more is wanted, only closes are. */
static void
drain(struct delivery *d, struct flow *f, int end)
{
	struct half *h = &f->half[end];
	struct held *first;
	struct frame frame;

	while (h->held.first != NULL && ((f->state & FLOW_DONE) != 0 ||
	    sequence_ahead(h->held.first->sequence, h->next) <= 0)) {
		first = held_take(&h->held, &d->held);
		frame = held_frame(first);
		if (first->close != CLOSE_UNKNOWN)
			tell_close(d, f, end, first->close, &frame);
		else if ((f->state & FLOW_DONE) == 0)
			hand_on(d, f, end,
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
	const struct held *a = f->half[0].held.first;
	const struct held *b = f->half[1].held.first;

	return b != NULL && (a == NULL || b->number < a->number);
}

static void
flush_both(struct delivery *d, struct flow *f)
{
	int end;

	while (f->half[0].held.first != NULL || f->half[1].held.first != NULL) {
		end = earlier_end(f);
		flush(d, f, end);
	}
}

/* Waiting has its price, and a limit: give up holes before a span until it has
 * room among what is held, or its turn has come. */
static void
make_room(struct delivery *d, struct flow *f, int end, struct span span)
{
	struct half *h = &f->half[end];

	while ((f->state & FLOW_DONE) == 0 && h->held.first != NULL &&
	    sequence_ahead(span.sequence, h->next) > 0 &&
	    sequence_ahead(h->held.first->sequence, span.sequence) <= 0 &&
	    !held_has_room(&h->held, &d->held, span.bytes.left)) {
		give_up(d, f, end, h->held.first->sequence);
		drain(d, f, end);
	}
}

void
deliver_bytes(struct delivery *d, struct flow *f, int end, struct span span,
    const struct frame *frame)
{
	struct half *h = &f->half[end];
	int32_t ahead;

	if (!h->next_known) {
		h->next = span.sequence;
		h->next_known = true;
	}
	ahead = sequence_ahead(span.sequence, h->next);
	if (ahead >= FLOW_FAR || ahead <= -FLOW_FAR ||
	    flow_is(f, FLOW_CLOSED, end))
		return;
	make_room(d, f, end, span);
	if ((f->state & FLOW_DONE) != 0)
		return;
	if (sequence_ahead(span.sequence, h->next) > 0) {
		if (held_has_room(&h->held, &d->held, span.bytes.left)) {
			held_add(&h->held, &d->held, span, frame);
			return;
		}
		give_up(d, f, end, span.sequence);
		if ((f->state & FLOW_DONE) != 0)
			return;
	}
	hand_on(d, f, end, span, frame);
	drain(d, f, end);
}

void
deliver_close(struct delivery *d, struct flow *f, int end, uint32_t sequence,
    enum close_how how, const struct frame *frame)
{
	struct half *h = &f->half[end];
	int32_t ahead = h->next_known ? sequence_ahead(sequence, h->next) : 0;

	f->state |= FLOW_CLOSING;
	if (how == CLOSE_RST) {
		f->state |= FLOW_RESET;
		/* It belongs behind all that was sent before. */
		if (ahead <= 0)
			flush(d, f, end);
	}
	/* The last data before a close is often captured behind the other end's
	 * answer to it: that answer waits, too. */
	if (how == CLOSE_FIN && (f->state & FLOW_DONE) == 0 && ahead == 0 &&
	    h->next_known && h->held.first == NULL &&
	    f->half[!end].held.close && !flow_is(f, FLOW_CLOSED, end))
		held_add_close(&h->held, &d->held, sequence, how, frame);
	else if ((f->state & FLOW_DONE) != 0 || ahead <= 0 ||
	    ahead > (how == CLOSE_RST ? RST_AHEAD_MAX : FLOW_FAR))
		tell_close(d, f, end, how, frame);
	else if (!flow_is(f, FLOW_CLOSED, end))
		held_add_close(&h->held, &d->held, sequence, how, frame);
}

/* Is the receiver's word old enough to give up a hole? */
static void
weigh_proof(struct delivery *d, struct flow *f, int end)
{
	struct half *h = &f->half[end];

	if (h->held.first == NULL || sequence_ahead(h->acked, h->next) <= 0 ||
	    !h->acked_known) {
		h->n_since_proved = 0;
		return;
	}
	if (h->n_since_proved++ == 0)
		h->proved = d->now.time;
	if (h->n_since_proved >= PROOF_PACKETS ||
	    clock_passed(h->proved, d->now.time, PROOF_TIME))
		flush_proved(d, f, end);
}

void
deliver_proved(struct delivery *d, struct flow *f)
{
	if ((f->state & FLOW_DONE) != 0) {
		flush_both(d, f);
	} else {
		weigh_proof(d, f, 0);
		weigh_proof(d, f, 1);
	}
	if (d->held.most > d->counts->held_max)
		d->counts->held_max = d->held.most;
}

/* The gap at the end of a stream: acknowledged, and never seen. */
static void
tell_tail(struct delivery *d, struct flow *f, int end)
{
	struct half *h = &f->half[end];
	int32_t ahead = sequence_ahead(h->acked, h->next);

	if (h->acked_known && h->next_known && !flow_is(f, FLOW_CLOSED, end) &&
	    ahead > 0 && ahead < FLOW_FAR && (f->state & FLOW_DONE) == 0)
		give_up(d, f, end, h->acked);
}

void
deliver_end(struct delivery *d, struct flow *f)
{
	flush_both(d, f);
	tell_tail(d, f, 0);
	tell_tail(d, f, 1);
	d->handler.end(updated(f), d->handler.arg);
}
