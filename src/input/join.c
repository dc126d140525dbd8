#include "input/join.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"

struct held {
	struct handshake h;
	uint32_t next; /* index + 1 of the next with the same key; captures */
	bool joined;
};

struct list {
	struct held *at;
	size_t n, room;
};

/* A line and a handshake that may be the same connection. */
struct candidate {
	uint32_t capture, line;
	int64_t delta; /* the line's time - the handshake's */
	bool sure; /* told by the whole 5-tuple */
	bool outside; /* by the addresses behind NAT: the server leg */
};

struct join {
	handshake_fn *next;
	void *arg;
	struct pool *pool;
	struct list captures, lines;
	uint32_t *slots; /* by client address and port: index + 1 */
	size_t n_slots;
	struct candidate *candidates;
	size_t n_candidates, candidates_room;
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
same_connection(const struct handshake *capture, const struct handshake *line,
    bool *sure)
{
	struct endpoint a = capture->server, b = line->server;

	*sure = false;
	if (b.port == 0)
		b.port = a.port;
	if (b.family != 0 && endpoint_equal(&a, &b)) {
		*sure = true;
		return true;
	}
	b = line->server_nat;
	if (b.family != 0 && endpoint_equal(&a, &b)) {
		*sure = true;
		return true;
	}
	return line->host.n > 0 && text_equal_nocase(line->host, capture->host);
}

static void
consider(struct join *j, const struct handshake *line, uint32_t number,
    const struct endpoint *client, bool outside)
{
	const struct held *held;
	struct candidate c = { .line = number, .outside = outside };
	uint32_t i;

	if (client->family == 0 || client->port == 0)
		return;
	for (i = j->slots[slot_of(j, client)]; i != 0; i = held->next) {
		held = &j->captures.at[i - 1];
		if (!endpoint_equal(&held->h.client, client) ||
		    !same_connection(&held->h, line, &c.sure))
			continue;
		c.capture = i - 1;
		c.delta = 0;
		if (line->hello.time != CLOCK_UNKNOWN &&
		    held->h.hello.time != CLOCK_UNKNOWN) {
			c.delta = line->hello.time - held->h.hello.time;
			if (llabs(c.delta) > JOIN_SKEW_MAX)
				continue;
		}
		j->candidates = mem_grow(j->candidates, j->n_candidates,
		    &j->candidates_room, sizeof(*j->candidates));
		j->candidates[j->n_candidates++] = c;
	}
}

static void
add_line(struct join *j, const struct handshake *h)
{
	size_t before = j->n_candidates;
	uint32_t number = (uint32_t)j->lines.n;

	if (j->lines.n < JOIN_HELD_MAX) {
		consider(j, h, number, &h->client, false);
		if (j->n_candidates == before)
			consider(j, h, number, &h->client_nat, true);
	} else {
		j->summary.overflown++;
	}
	if (j->n_candidates > before)
		hold(j, &j->lines, h);
	else
		j->next(h, j->arg);
}

void
join_add(const struct handshake *h, void *join)
{
	struct join *j = join;

	if (h->from_log) {
		add_line(j, h);
	} else if (j->captures.n < JOIN_HELD_MAX) {
		hold(j, &j->captures, h);
		if (j->captures.n > j->n_slots)
			enlarge(j);
		else
			link_capture(j, (uint32_t)j->captures.n - 1);
	} else {
		j->summary.overflown++;
		j->next(h, j->arg);
	}
}

static int
by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The median over the pairs that nothing else competes with. */
static int64_t
estimate_skew(const struct join *j)
{
	uint32_t *rivals = mem_zero(j->captures.n + j->lines.n + 1,
	    sizeof(*rivals));
	int64_t *deltas = mem_zero(j->n_candidates + 1, sizeof(*deltas));
	size_t n = 0;
	int64_t skew = 0;

	for (size_t i = 0; i < j->n_candidates; i++) {
		rivals[j->candidates[i].capture]++;
		rivals[j->captures.n + j->candidates[i].line]++;
	}
	for (size_t i = 0; i < j->n_candidates; i++) {
		const struct candidate *c = &j->candidates[i];

		if (c->sure && rivals[c->capture] == 1 &&
		    rivals[j->captures.n + c->line] == 1)
			deltas[n++] = c->delta;
	}
	if (n > 0) {
		qsort(deltas, n, sizeof(*deltas), by_number);
		skew = deltas[(n - 1) / 2];
	}
	free(rivals);
	free(deltas);
	return skew;
}

/* The log adds what the wire does not show. */
static void
merge(struct handshake *h, const struct handshake *line)
{
	if (h->user.n == 0)
		h->user = line->user;
	if (h->app.n == 0)
		h->app = line->app;
	if (h->agent.n == 0)
		h->agent = line->agent;
	if (h->device.n == 0)
		h->device = line->device;
	if (h->policy.n == 0)
		h->policy = line->policy;
	if (h->error.n == 0)
		h->error = line->error;
	if (line->host.n > 0 && (h->host_source == HOST_UNKNOWN ||
	    h->host_source == HOST_ADDRESS ||
	    h->host_source == HOST_CERTIFICATE)) {
		h->host = line->host;
		h->host_source = line->host_source;
	}
	if (h->certificate == NULL)
		h->certificate = line->certificate;
	if (h->chosen.version == 0)
		h->chosen.version = line->chosen.version;
	if (line->interception == INTERCEPTION_PROVEN ||
	    line->interception == INTERCEPTION_NONE) {
		h->interception = line->interception;
		h->leg = line->leg != LEG_UNKNOWN ? line->leg : h->leg;
	}
	if (line->client_nat.family != 0)
		h->client_nat = line->client_nat;
	if (line->server_nat.family != 0)
		h->server_nat = line->server_nat;
}

/* An alert that was encrypted on the wire, and that the log names. */
static void
merge_alert(struct handshake *h, const struct handshake *line)
{
	if (line->n_alerts == 0)
		return;
	for (unsigned i = 0; i < h->n_alerts; i++) {
		struct alert *a = &h->alerts[i];

		if (a->from != line->alerts[0].from)
			continue;
		if (a->code < 0) {
			a->code = line->alerts[0].code;
			a->level = line->alerts[0].level;
			a->how = ALERT_LOGGED;
		}
		return;
	}
	if (h->n_alerts < ALERTS_MAX)
		h->alerts[h->n_alerts++] = line->alerts[0];
}

/* What the client did is seen on the wire; the log decides where that could
 * not be seen. */
static void
merge_outcome(struct handshake *h, const struct handshake *line)
{
	bool blind = h->outcome == OUTCOME_UNFINISHED ||
	    h->outcome == OUTCOME_UNKNOWN;

	if (line->outcome == OUTCOME_REJECTED &&
	    (blind || h->outcome == OUTCOME_IDLE)) {
		h->outcome = OUTCOME_REJECTED;
		h->sign = SIGN_LOGGED_ERROR;
	} else if (blind && line->outcome != OUTCOME_UNKNOWN) {
		h->outcome = line->outcome;
		h->sign = line->sign;
	}
}

static int64_t
distance(const struct join *j, const struct candidate *c)
{
	return llabs(c->delta - j->summary.skew);
}

/* Nearest in time first; frames and lines decide among equals. */
static int
nearer(const void *a, const void *b, void *arg)
{
	const struct join *j = arg;
	const struct candidate *x = a, *y = b;
	int64_t dx = distance(j, x), dy = distance(j, y);

	if (dx != dy)
		return dx < dy ? -1 : 1;
	if (x->capture != y->capture)
		return x->capture < y->capture ? -1 : 1;
	return (x->line > y->line) - (x->line < y->line);
}

static void
join_pair(struct join *j, const struct candidate *c)
{
	struct held *capture = &j->captures.at[c->capture];
	struct held *line = &j->lines.at[c->line];

	if (line->joined || capture->joined ||
	    distance(j, c) > JOIN_WINDOW)
		return;
	if (c->outside && line->h.interception == INTERCEPTION_PROVEN) {
		/* Two legs of one session: both count, each as what it is. */
		capture->h.leg = LEG_SERVER;
		return;
	}
	if (line->h.leg == LEG_SERVER)
		return;
	merge(&capture->h, &line->h);
	merge_alert(&capture->h, &line->h);
	merge_outcome(&capture->h, &line->h);
	capture->joined = true;
	j->summary.joined++;
	/* A line that stands for several leaves the others to be counted. */
	line->joined = --line->h.count == 0;
}

void
join_finish(struct join *j, struct join_summary *out)
{
	j->summary.skew = estimate_skew(j);
	if (j->n_candidates > 0)
		qsort_r(j->candidates, j->n_candidates, sizeof(*j->candidates),
		    nearer, j);
	for (size_t i = 0; i < j->n_candidates; i++)
		join_pair(j, &j->candidates[i]);
	for (size_t i = 0; i < j->captures.n; i++)
		j->next(&j->captures.at[i].h, j->arg);
	for (size_t i = 0; i < j->lines.n; i++)
		if (!j->lines.at[i].joined)
			j->next(&j->lines.at[i].h, j->arg);
	*out = j->summary;
}
