#include "input/join.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "input/join_merge.h"
#include "input/join_near.h"

enum { AGREE_MIN = 3 }; /* pairs that show another clock in a log */

struct held {
	struct handshake h;
	uint32_t next; /* index + 1 of the next with the same key; captures */
	bool loose; /* a line that tells no port */
	bool told; /* a line that was joined at least once */
	bool joined; /* with all that it stands for */
	bool paired; /* one leg of a session, the other is told, too */
};

struct list {
	struct held *at;
	size_t n, room;
};

/* A line and a handshake that may be the same connection. */
struct candidate {
	uint32_t capture, line;
	int64_t delta; /* the line's time - the handshake's */
	bool timed; /* both tell a time */
	bool sure; /* told by the whole 5-tuple, or by the port and the host */
	bool outside; /* by the addresses behind NAT: the server leg */
	bool unlike; /* the outcomes differ */
};

struct join {
	handshake_fn *next;
	void *arg;
	struct pool *pool;
	struct list captures, lines;
	uint32_t *slots; /* by client address and port: index + 1 */
	size_t n_slots;
	struct near *near; /* who was captured at which host; NULL: no line yet */
	struct candidate *candidates; /* those of an input follow each other */
	size_t n_candidates, candidates_room;
	struct join_clock *clock; /* by which lines are joined at the moment */
	struct join_summary summary;
};

struct join *
join_new(handshake_fn *next, void *arg, struct pool *pool)
{
	struct join *j = mem_zero(1, sizeof(*j));

	j->next = next;
	j->arg = arg;
	j->pool = pool;
	j->n_slots = 1024;
	j->slots = mem_zero(j->n_slots, sizeof(*j->slots));
	return j;
}

void
join_free(struct join *j)
{
	if (j == NULL)
		return;
	near_free(j->near);
	free(j->captures.at);
	free(j->lines.at);
	free(j->slots);
	free(j->candidates);
	free(j);
}

static size_t
slot_of(const struct join *j, const struct endpoint *client)
{
	uint64_t key[2];

	memcpy(key, client->address, sizeof(key));
	return (size_t)hash_mix(hash_u64(key[0] ^ client->port),
	    hash_u64(key[1] ^ client->family)) & (j->n_slots - 1);
}

static void
link_capture(struct join *j, uint32_t i)
{
	struct held *held = &j->captures.at[i];
	uint32_t *slot = &j->slots[slot_of(j, &held->h.client)];

	held->next = *slot;
	*slot = i + 1;
}

static void
enlarge(struct join *j)
{
	free(j->slots);
	j->n_slots *= 2;
	j->slots = mem_zero(j->n_slots, sizeof(*j->slots));
	for (size_t i = 0; i < j->captures.n; i++)
		link_capture(j, (uint32_t)i);
}

/* A copy that outlives the line or the frame. */
static struct held *
hold(struct join *j, struct list *list, const struct handshake *h)
{
	struct held *held;
	struct handshake *copy;

	list->at = mem_grow(list->at, list->n, &list->room, sizeof(*list->at));
	held = &list->at[list->n++];
	*held = (struct held){ .h = *h };
	copy = &held->h;
	copy->host = pool_intern(j->pool, h->host);
	copy->user = pool_intern(j->pool, h->user);
	copy->app = pool_intern(j->pool, h->app);
	copy->agent = pool_intern(j->pool, h->agent);
	copy->device = pool_intern(j->pool, h->device);
	copy->policy = pool_intern(j->pool, h->policy);
	copy->error = pool_intern(j->pool, h->error);
	copy->offered.alpn = pool_intern(j->pool, h->offered.alpn);
	copy->offered.ja4 = pool_intern(j->pool, h->offered.ja4);
	copy->offered.fingerprint =
	    pool_intern(j->pool, h->offered.fingerprint);
	copy->chosen.alpn = pool_intern(j->pool, h->chosen.alpn);
	copy->chosen.shape = pool_intern(j->pool, h->chosen.shape);
	return held;
}

/* Does the line speak of this captured connection?  The server's address is
 * the proxy's where the client speaks to one; then the host must agree. */
static bool
same_connection(const struct handshake *capture, const struct handshake *line)
{
	struct endpoint a = capture->server, b = line->server;

	if (b.port == 0)
		b.port = a.port;
	if (b.family != 0 && endpoint_equal(&a, &b))
		return true;
	b = line->server_nat;
	if (b.family != 0 && endpoint_equal(&a, &b))
		return true;
	return line->host.n > 0 && text_equal_nocase(line->host, capture->host);
}

static bool
is_unlike(const struct handshake *capture, const struct handshake *line)
{
	return (capture->outcome == OUTCOME_ACCEPTED) !=
	    (line->outcome == OUTCOME_ACCEPTED);
}

/* Clocks cannot differ without end. */
static void
consider_pair(struct join *j, struct candidate c, const struct handshake *line)
{
	const struct handshake *capture = &j->captures.at[c.capture].h;

	c.timed = near_is_time(line->hello.time) &&
	    near_is_time(capture->hello.time);
	if (c.timed)
		c.delta = line->hello.time - capture->hello.time;
	if (llabs(c.delta) > JOIN_SKEW_MAX)
		return;
	if (j->n_candidates == JOIN_PAIRS_MAX) {
		j->summary.overflown++;
		return;
	}
	j->candidates = mem_grow(j->candidates, j->n_candidates,
	    &j->candidates_room, sizeof(*j->candidates));
	j->candidates[j->n_candidates++] = c;
}

static void
consider(struct join *j, const struct handshake *line, uint32_t number,
    const struct endpoint *client, bool outside)
{
	const struct held *held;
	int n = 0;
	uint32_t i;

	if (client->family == 0 || client->port == 0)
		return;
	for (i = j->slots[slot_of(j, client)]; i != 0 && n < JOIN_RIVALS_MAX;
	    i = held->next) {
		held = &j->captures.at[i - 1];
		if (!endpoint_equal(&held->h.client, client))
			continue;
		n++;
		if (same_connection(&held->h, line))
			consider_pair(j, (struct candidate){
			    .capture = i - 1, .line = number, .sure = true,
			    .outside = outside }, line);
	}
}

/* The index is made when the first such line comes. */
static bool
is_near(struct join *j, const struct handshake *line)
{
	if (line->client.family == 0 || line->client.port != 0)
		return false;
	if (j->near == NULL) {
		j->near = near_new();
		for (size_t i = 0; i < j->captures.n; i++)
			near_add(j->near, &j->captures.at[i].h, (uint32_t)i);
	}
	return near_knows(j->near, line);
}

static void
add_line(struct join *j, const struct handshake *h)
{
	size_t before = j->n_candidates;
	uint32_t number = (uint32_t)j->lines.n;
	bool loose = false;

	if (j->captures.n == 0) {
		j->next(h, j->arg);
		return;
	}
	if (j->lines.n < JOIN_HELD_MAX) {
		consider(j, h, number, &h->client, false);
		if (j->n_candidates == before)
			consider(j, h, number, &h->client_nat, true);
		loose = j->n_candidates == before && is_near(j, h);
	} else {
		j->summary.overflown++;
	}
	if (loose || j->n_candidates > before)
		hold(j, &j->lines, h)->loose = loose;
	else
		j->next(h, j->arg);
}

static void
add_capture(struct join *j, const struct handshake *h)
{
	uint32_t number = (uint32_t)j->captures.n;

	hold(j, &j->captures, h);
	if (j->captures.n > j->n_slots)
		enlarge(j);
	else
		link_capture(j, number);
	if (j->near != NULL)
		near_add(j->near, h, number);
}

void
join_add(const struct handshake *h, void *join)
{
	struct join *j = join;

	if (h->from_log) {
		add_line(j, h);
	} else if (j->captures.n < JOIN_HELD_MAX) {
		add_capture(j, h);
	} else {
		j->summary.overflown++;
		j->next(h, j->arg);
	}
}

static int64_t
distance(const struct join *j, const struct candidate *c)
{
	return c->timed ? llabs(c->delta - j->clock->skew) : 0;
}

/* Nearest in time first, of what is no surer than that the outcomes that agree;
 * frames and lines decide among equals. */
static int
nearer(const void *a, const void *b, void *arg)
{
	const struct join *j = arg;
	const struct candidate *x = a, *y = b;
	int64_t dx = distance(j, x), dy = distance(j, y);

	if (x->unlike != y->unlike)
		return x->unlike ? 1 : -1;
	if (dx != dy)
		return dx < dy ? -1 : 1;
	if (x->capture != y->capture)
		return x->capture < y->capture ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

/* Where `again`, the line tells once more of what was joined already: a session's
 * end after its beginning, or the other device of a cluster. */
static void
join_pair(struct join *j, const struct candidate *c, bool again)
{
	struct held *capture = &j->captures.at[c->capture];
	struct held *line = &j->lines.at[c->line];

	if (line->joined || capture->joined != again || line->paired ||
	    capture->paired || (again && line->told) ||
	    distance(j, c) > JOIN_WINDOW)
		return;
	if (c->outside && line->h.interception == INTERCEPTION_PROVEN) {
		/* Two legs of one session: both count, each as what it is. */
		capture->h.leg = LEG_SERVER;
		capture->paired = line->paired = true;
		j->summary.paired++;
		j->clock->lines++;
		return;
	}
	if (line->h.leg == LEG_SERVER)
		return;
	join_merge(&capture->h, &line->h);
	capture->joined = line->told = true;
	j->summary.joined += !again;
	j->clock->lines++;
	/* A line that stands for several leaves the others to be counted. */
	line->joined = --line->h.count == 0;
}

/* Join what fits a clock; false where nothing does. */
static bool
join_by_clock(struct join *j, uint32_t input, int64_t skew,
    struct candidate *all, size_t n)
{
	struct join_summary *s = &j->summary;

	if (s->n_clocks == JOIN_CLOCKS_MAX || n == 0)
		return false;
	j->clock = &s->clocks[s->n_clocks];
	*j->clock = (struct join_clock){ .input = input, .skew = skew };
	qsort_r(all, n, sizeof(*all), nearer, j);
	for (size_t i = 0; i < n; i++)
		join_pair(j, &all[i], false);
	for (size_t i = 0; i < n; i++)
		if (all[i].sure)
			join_pair(j, &all[i], true);
	s->n_clocks += j->clock->lines > 0;
	return j->clock->lines > 0;
}

static bool
is_free(const struct held *held)
{
	return !held->joined && !held->paired;
}

/* How far apart the lines and handshakes of pairs are, sorted: of those that
 * nothing else competes with, or of all, of which neither side is joined yet. */
static size_t
read_deltas(const struct join *j, const struct candidate *all, size_t n,
    const uint32_t *rivals, int64_t *deltas)
{
	size_t n_deltas = 0;

	for (size_t i = 0; i < n; i++) {
		const struct candidate *c = &all[i];

		if (c->timed && is_free(&j->lines.at[c->line]) &&
		    is_free(&j->captures.at[c->capture]) && (rivals == NULL ||
		    (rivals[c->capture] == 1 &&
		    rivals[j->captures.n + c->line] == 1)))
			deltas[n_deltas++] = c->delta;
	}
	near_sort_numbers(deltas, n_deltas);
	return n_deltas;
}

/* The candidates of one input.  What does not fit its clock may be of another
 * device with one of its own, if enough pairs agree on that. */
static void
join_input(struct join *j, struct candidate *all, size_t n,
    const uint32_t *rivals)
{
	int64_t *deltas = mem_zero(n, sizeof(*deltas)), skew = 0;
	uint32_t input = j->lines.at[all[0].line].h.input;
	size_t n_deltas = read_deltas(j, all, n, rivals, deltas);

	if (n_deltas == 0)
		n_deltas = read_deltas(j, all, n, NULL, deltas);
	if (n_deltas > 0)
		skew = deltas[(n_deltas - 1) / 2];
	while (join_by_clock(j, input, skew, all, n)) {
		n_deltas = read_deltas(j, all, n, NULL, deltas);
		if (near_agreement(deltas, n_deltas, &skew) < AGREE_MIN)
			break;
	}
	free(deltas);
}

static void
join_sure(struct join *j)
{
	uint32_t *rivals = mem_zero(j->captures.n + j->lines.n + 1,
	    sizeof(*rivals));
	size_t end;

	for (size_t i = 0; i < j->n_candidates; i++) {
		rivals[j->candidates[i].capture]++;
		rivals[j->captures.n + j->candidates[i].line]++;
	}
	for (size_t i = 0; i < j->n_candidates; i = end) {
		const struct candidate *c = &j->candidates[i];
		uint32_t input = j->lines.at[c->line].h.input;

		for (end = i; end < j->n_candidates && j->lines.at[
		    j->candidates[end].line].h.input == input; end++)
			;
		join_input(j, &j->candidates[i], end - i, rivals);
	}
	free(rivals);
}

/* The skew that lines with ports showed, else what those without do. */
static int64_t
skew_of_input(struct join *j, size_t first, size_t end)
{
	uint32_t input = j->lines.at[first].h.input;

	for (unsigned i = 0; i < j->summary.n_clocks; i++)
		if (j->summary.clocks[i].input == input)
			return j->summary.clocks[i].skew;
	for (size_t i = first; i < end; i++)
		if (j->lines.at[i].loose)
			near_observe(j->near, &j->lines.at[i].h);
	return near_skew(j->near);
}

/* The lines of one input that name no port. */
static void
join_loose_input(struct join *j, size_t first, size_t end)
{
	int64_t skew = skew_of_input(j, first, end);

	j->n_candidates = 0;
	for (size_t k = first; k < end; k++) {
		const struct handshake *line = &j->lines.at[k].h;
		struct near_range range;

		if (!j->lines.at[k].loose)
			continue;
		range = near_find(j->near, line, skew);
		for (size_t i = 0; i < range.n; i++) {
			uint32_t capture = range.at[i].capture;

			if (!j->captures.at[capture].joined)
				consider_pair(j, (struct candidate){
				    .capture = capture, .line = (uint32_t)k,
				    .unlike = is_unlike(
				    &j->captures.at[capture].h, line) }, line);
		}
	}
	(void)join_by_clock(j, j->lines.at[first].h.input, skew,
	    j->candidates, j->n_candidates);
}

static void
join_loose(struct join *j)
{
	size_t end;

	if (j->near == NULL)
		return;
	near_sort(j->near);
	for (size_t i = 0; i < j->lines.n; i = end) {
		for (end = i; end < j->lines.n && j->lines.at[end].h.input ==
		    j->lines.at[i].h.input; end++)
			;
		join_loose_input(j, i, end);
	}
}

void
join_finish(struct join *j, struct join_summary *out)
{
	join_sure(j);
	join_loose(j);
	for (size_t i = 0; i < j->captures.n; i++)
		j->next(&j->captures.at[i].h, j->arg);
	for (size_t i = 0; i < j->lines.n; i++)
		if (!j->lines.at[i].joined)
			j->next(&j->lines.at[i].h, j->arg);
	*out = j->summary;
}
