#include "packet/held.h"

#include <string.h>

#include "base/mem.h"

enum {
	/* What is waited for in one direction of a connection before the hole
	 * in front of it is given up. */
	SEGMENTS_MAX = 256,
	BYTES_MAX = 256 * 1024,
};

bool
held_has_room(const struct holding *h, const struct held_total *total, size_t n)
{
	return h->n < SEGMENTS_MAX && h->n_bytes + n <= BYTES_MAX &&
	    total->now + sizeof(struct held) + n <= total->limit;
}

struct frame
held_frame(const struct held *held)
{
	return (struct frame){ .number = held->number, .time = held->time,
		.bytes = cursor_over(NULL, 0) };
}

struct held *
held_take(struct holding *h, struct held_total *total)
{
	struct held *first = h->first;

	h->first = first->next;
	h->n--;
	h->n_bytes -= first->n;
	total->now -= sizeof(*first) + first->n;
	if (first->close != CLOSE_UNKNOWN)
		h->close = false;
	return first;
}

/* Put a piece in front of *at. */
static void
insert(struct holding *h, struct held_total *total, struct held **at,
    struct span span, enum close_how how, const struct frame *frame)
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
	h->n++;
	h->n_bytes += held->n;
	total->now += sizeof(*held) + held->n;
	if (total->now > total->most)
		total->most = total->now;
}

static uint32_t
extent(const struct held *held)
{
	return held->n + held->missing;
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

void
held_add(struct holding *h, struct held_total *total, struct span span,
    const struct frame *frame)
{
	struct held **at = &h->first;
	uint32_t n, end;

	while ((n = (uint32_t)span.bytes.left + span.missing) > 0) {
		while (*at != NULL &&
		    sequence_ahead((*at)->sequence + extent(*at),
			span.sequence) <= 0)
			at = &(*at)->next;
		if (*at == NULL ||
		    sequence_ahead((*at)->sequence, span.sequence + n) >= 0) {
			insert(h, total, at, span, CLOSE_UNKNOWN, frame);
			return;
		}
		if (sequence_ahead((*at)->sequence, span.sequence) > 0) {
			insert(h, total, at,
			    cut(&span, (*at)->sequence - span.sequence),
			    CLOSE_UNKNOWN, frame);
			at = &(*at)->next;
			continue;
		}
		end = (*at)->sequence + extent(*at);
		if (sequence_ahead(end, span.sequence + n) >= 0)
			return;
		(void)cut(&span, end - span.sequence);
	}
}

void
held_add_close(struct holding *h, struct held_total *total, uint32_t sequence,
    enum close_how how, const struct frame *frame)
{
	struct held **at = &h->first;

	if (h->close)
		return;
	while (*at != NULL && sequence_ahead((*at)->sequence, sequence) < 0)
		at = &(*at)->next;
	insert(h, total, at, (struct span){ sequence, cursor_over(NULL, 0), 0 },
	    how, frame);
	h->close = true;
}
