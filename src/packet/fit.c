#include "packet/fit.h"

static bool
has_data(const struct segment *g)
{
	return g->payload.left > 0 || g->missing > 0;
}

/* Was this kind of segment of the connection seen before? */
static bool
look(struct fit_seen *seen, const struct segment *g, uint64_t kind, bool add)
{
	uint64_t mark = hash_u64(g->hash + kind) | 1;
	size_t i = mark >> 32 & (FIT_SLOTS - 1);

	while (seen->slots[i] != 0 && seen->slots[i] != mark)
		i = (i + 1) & (FIT_SLOTS - 1);
	if (seen->slots[i] != 0)
		return true;
	if (add) {
		seen->slots[i] = mark;
		seen->n++;
	}
	return false;
}

bool
fit_is_first(struct fit_seen *seen, const struct segment *g)
{
	enum { BEGUN = 4 };

	if (seen->n >= FIT_SLOTS / 2 || look(seen, g, BEGUN, false))
		return false;
	if ((g->flags & (TCP_SYN | TCP_ACK)) == TCP_SYN) {
		(void)look(seen, g, BEGUN, true);
		return false;
	}
	return !look(seen, g, (uint64_t)g->from_high << 1 | has_data(g), true);
}

/* How far it is ahead of what was seen of its own direction, or else of what
 * the other end had sent.  False where nothing is known of either. */
static bool
distance(const struct flow *f, int end, const struct segment *g, int32_t *out)
{
	if (flow_is(f, FLOW_TOP_KNOWN, end))
		*out = sequence_ahead(g->sequence, f->top[end]);
	else if (flow_is(f, FLOW_TOP_KNOWN, !end) && (g->flags & TCP_ACK) != 0)
		*out = sequence_ahead(g->acknowledgement, f->top[!end]);
	else
		return false;
	return true;
}

/* Those without data are in place anywhere near: they are sent also where data
 * is under way, and again and again.  A reset's number may make no sense. */
static void
add_to_flow(struct packet_fit *fit, const struct flow *f,
    const struct segment *g)
{
	int32_t ahead;

	if (!distance(f, flow_end(f, g), g, &ahead))
		fit->known++;
	else if (flow_is_other_stream((uint32_t)ahead, 0))
		fit->foreign += (g->flags & TCP_RST) == 0;
	else if (!has_data(g) || ahead > 0)
		fit->known++;
	else if (ahead == 0)
		fit->continued++;
	else
		fit->repeated++;
}

void
fit_add(struct packet_fit *fit, struct flow_table *t, const struct segment *g)
{
	const struct flow *f = flow_find(t, &g->key, g->hash);

	if (f != NULL)
		add_to_flow(fit, f, g);
	else if (flow_is_over(t, g->hash) && has_data(g))
		fit->repeated++;
	else if (flow_is_over(t, g->hash))
		fit->known++;
	else if ((g->flags & TCP_RST) == 0)
		fit->unknown++;
}
