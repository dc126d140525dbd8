#include "exclude/replay.h"

#include <stdlib.h>

#include "base/mem.h"
#include "exclude/lookup.h"
#include "exclude/suffixes.h"

/* That a host was seen at an address. */
struct placed {
	struct endpoint address;
	uint32_t host;
};

/* What is kept for a host where something failed, which few are. */
struct trouble {
	struct traffic traffic;
	const struct certificate *certificate; /* NULL unknown */
	uint16_t port; /* 0 unknown */
};

struct replay {
	const struct report *r;
	uint32_t *trouble_of; /* by host: index + 1, or 0 */
	struct trouble *troubles;
	size_t n_troubles, troubles_room;
	uint32_t *first_cell, *cells; /* cells by host */
	uint32_t *client; /* by profile: equal for equal clients */
	uint32_t *by_name; /* hosts sorted by name */
	uint64_t rejected; /* all attempts */
	bool *by_clients; /* by host: the clients' side shows what to cure */
	bool *by_servers; /* the servers' side alone does */
	/* Entries and the hosts that they match. */
	struct suffixes *suffixes; /* NULL until it is needed */
	uint8_t *n_noted; /* by host: entries, while they are gathered */
	uint32_t *first_host, *hosts;
	size_t n_entries;
	/* Marks that a client or host was counted already. */
	uint32_t *client_seen, *host_seen, round;
	uint32_t *chosen; /* the answer of replay_union */
	struct placed *placed; /* by address; NULL until asked for */
	size_t n_placed;
};

static enum class
class_of(const struct report *r, const struct cell *c)
{
	if (c->class != CLASS_UNKNOWN)
		return c->class;
	return c->finding > 0 && c->finding <= r->n_findings ?
	    r->findings[c->finding - 1].class : CLASS_UNKNOWN;
}

static bool
is_curable(const struct report *r, const struct cell *c)
{
	return class_facts(class_of(r, c))->entry != ENTRY_NEVER;
}

static bool
is_upstream(const struct report *r, const struct cell *c)
{
	return r->profiles[c->profile].leg == LEG_SERVER;
}

/* The interceptor's own connections to the origins are the other half of the
 * clients': counting both would count everything twice.  They count where the
 * verdict rests on that side alone: that a server asks for a client certificate
 * is seen there. */
static bool
is_inspected(const struct replay *rp, const struct cell *c)
{
	if (is_upstream(rp->r, c))
		return is_curable(rp->r, c) && !rp->by_clients[c->host];
	return c->interception != INTERCEPTION_NONE && c->leg != LEG_DIRECT;
}

/* Attempts that came to nothing.  A server or a network that ended them counts
 * where a verdict says that it matters. */
static uint64_t
failed(const struct report *r, const struct cell *c)
{
	uint64_t n = c->attempts.rejected +
	    (c->idle_rejected ? c->attempts.idle : 0);
	enum class class = class_of(r, c);

	if (class == CLASS_HARMLESS || class == CLASS_IGNORE)
		return 0;
	if (class != CLASS_UNKNOWN)
		n += c->attempts.refused + c->attempts.network;
	return n;
}

static void
find_sides(struct replay *rp)
{
	const struct report *r = rp->r;

	rp->by_clients = mem_zero(r->n_hosts + 1, sizeof(*rp->by_clients));
	rp->by_servers = mem_zero(r->n_hosts + 1, sizeof(*rp->by_servers));
	for (size_t i = 0; i < r->n_cells; i++) {
		const struct cell *c = &r->cells[i];
		bool *side = is_upstream(r, c) ? rp->by_servers :
		    rp->by_clients;

		side[c->host] |= is_curable(r, c) && failed(r, c) > 0;
	}
	for (size_t i = 0; i < r->n_hosts; i++)
		rp->by_servers[i] &= !rp->by_clients[i];
}

static struct traffic
count_traffic(const struct replay *rp, uint32_t host)
{
	const struct report *r = rp->r;
	struct traffic t = { 0 };

	for (uint32_t k = rp->first_cell[host]; k < rp->first_cell[host + 1];
	    k++) {
		const struct cell *c = &r->cells[rp->cells[k]];
		uint64_t n = failed(r, c);

		if (!is_inspected(rp, c))
			continue;
		t.rejected += n;
		if (is_curable(r, c))
			t.curable += n;
		t.accepted += c->accepted;
		t.bytes += c->bytes;
		t.connections += c->connections;
		if (n == 0)
			t.accepting += c->attempts.accepted;
	}
	return t;
}

/* The certificate's names and the port, of the first handshake that shows
 * them: cells and exemplars are in an order that input cannot change. */
static void
learn_facts(struct trouble *t, const struct failure *failure)
{
	for (size_t i = 0; failure != NULL && i < failure->n_exemplars; i++) {
		const struct handshake *h = failure->exemplars[i];

		if (t->port == 0)
			t->port = h->server.port;
		if (h->certificate != NULL && (t->certificate == NULL ||
		    t->certificate->subject_cn.n == 0))
			t->certificate = h->certificate;
	}
}

static void
learn_troubles(struct replay *rp)
{
	const struct report *r = rp->r;

	for (size_t i = 0; i < r->n_cells; i++) {
		uint32_t *place = &rp->trouble_of[r->cells[i].host];

		if (r->cells[i].failure == NULL &&
		    failed(r, &r->cells[i]) == 0)
			continue;
		if (*place == 0) {
			rp->troubles = mem_grow(rp->troubles, rp->n_troubles,
			    &rp->troubles_room, sizeof(*rp->troubles));
			rp->troubles[rp->n_troubles] =
			    (struct trouble){ .port = 0 };
			*place = (uint32_t)++rp->n_troubles;
		}
		learn_facts(&rp->troubles[*place - 1], r->cells[i].failure);
	}
}

/* Cells by host, by counting. */
static void
sort_cells(struct replay *rp)
{
	const struct report *r = rp->r;
	uint32_t *at = mem_zero(r->n_hosts + 1, sizeof(*at));

	for (size_t i = 0; i < r->n_cells; i++)
		rp->first_cell[r->cells[i].host + 1]++;
	for (size_t i = 0; i < r->n_hosts; i++)
		rp->first_cell[i + 1] += rp->first_cell[i];
	for (size_t i = 0; i < r->n_cells; i++) {
		uint32_t host = r->cells[i].host;

		rp->cells[rp->first_cell[host] + at[host]++] = (uint32_t)i;
	}
	free(at);
}

static int
by_client(const void *a, const void *b, void *arg)
{
	const struct report *r = arg;

	return text_compare(r->profiles[*(const uint32_t *)a].client,
	    r->profiles[*(const uint32_t *)b].client);
}

static int
by_host_name(const void *a, const void *b, void *arg)
{
	const struct report *r = arg;

	return text_compare(r->hosts[*(const uint32_t *)a].name,
	    r->hosts[*(const uint32_t *)b].name);
}

static uint32_t *
sorted(size_t n, int (*order)(const void *, const void *, void *),
    const struct report *r)
{
	uint32_t *list = mem_zero(n + 1, sizeof(*list));
	void *arg = (void *)(uintptr_t)r;
	size_t in_order = 1;

	for (size_t i = 0; i < n; i++)
		list[i] = (uint32_t)i;
	/* A report made of an input is sorted so already. */
	while (in_order < n &&
	    order(&list[in_order - 1], &list[in_order], arg) <= 0)
		in_order++;
	if (in_order < n)
		qsort_r(list, n, sizeof(*list), order, arg);
	return list;
}

/* Profiles of one client get one number. */
static void
number_clients(struct replay *rp)
{
	const struct report *r = rp->r;
	uint32_t *list = sorted(r->n_profiles, by_client, r), number = 0;

	for (size_t i = 0; i < r->n_profiles; i++) {
		if (i > 0 && !text_equal(r->profiles[list[i]].client,
		    r->profiles[list[i - 1]].client))
			number++;
		rp->client[list[i]] = number;
	}
	free(list);
}

/* Is this a client that fails at the host?  Where only the servers' side shows
 * why, it is every client that never got through. */
static bool
is_refusing(const struct replay *rp, const struct cell *c)
{
	if (is_upstream(rp->r, c))
		return false;
	if (rp->by_servers[c->host])
		return c->attempts.accepted == 0 && c->connections > 0;
	return is_curable(rp->r, c) && failed(rp->r, c) > 0;
}

/* How many different clients refuse a host. */
static uint64_t
count_refusing(struct replay *rp, uint32_t host)
{
	uint64_t n = 0;

	rp->round++;
	for (uint32_t k = rp->first_cell[host]; k < rp->first_cell[host + 1];
	    k++) {
		const struct cell *c = &rp->r->cells[rp->cells[k]];
		uint32_t *seen = &rp->client_seen[rp->client[c->profile]];

		if (!is_refusing(rp, c))
			continue;
		/* A folded cell stands for several. */
		if (*seen != rp->round)
			n += c->n_profiles > 1 ? c->n_profiles : 1;
		*seen = rp->round;
	}
	return n;
}

static void
count_troubles(struct replay *rp)
{
	for (uint32_t host = 0; host < rp->r->n_hosts; host++) {
		struct traffic *t;

		if (rp->trouble_of[host] == 0)
			continue;
		t = &rp->troubles[rp->trouble_of[host] - 1].traffic;
		*t = count_traffic(rp, host);
		t->refusing_clients = count_refusing(rp, host);
		rp->rejected += t->rejected;
	}
}

struct replay *
replay_new(const struct report *r)
{
	struct replay *rp = mem_zero(1, sizeof(*rp));

	rp->r = r;
	rp->trouble_of = mem_zero(r->n_hosts + 1, sizeof(*rp->trouble_of));
	rp->first_cell = mem_zero(r->n_hosts + 2, sizeof(*rp->first_cell));
	rp->cells = mem_zero(r->n_cells + 1, sizeof(*rp->cells));
	rp->client = mem_zero(r->n_profiles + 1, sizeof(*rp->client));
	rp->client_seen = mem_zero(r->n_profiles + 1, sizeof(*rp->client_seen));
	rp->host_seen = mem_zero(r->n_hosts + 1, sizeof(*rp->host_seen));
	rp->chosen = mem_zero(r->n_hosts + 1, sizeof(*rp->chosen));
	rp->n_noted = mem_zero(r->n_hosts + 1, sizeof(*rp->n_noted));
	find_sides(rp);
	sort_cells(rp);
	number_clients(rp);
	learn_troubles(rp);
	count_troubles(rp);
	rp->by_name = sorted(r->n_hosts, by_host_name, r);
	return rp;
}

void
replay_free(struct replay *rp)
{
	if (rp == NULL)
		return;
	free(rp->trouble_of);
	free(rp->troubles);
	free(rp->by_clients);
	free(rp->by_servers);
	free(rp->first_cell);
	free(rp->cells);
	free(rp->client);
	free(rp->client_seen);
	free(rp->host_seen);
	free(rp->by_name);
	free(rp->chosen);
	free(rp->placed);
	free(rp->n_noted);
	suffixes_free(rp->suffixes);
	free(rp->first_host);
	free(rp->hosts);
	free(rp);
}

uint64_t
replay_failed(const struct replay *rp, const struct cell *c, enum class *class)
{
	*class = class_of(rp->r, c);
	return is_inspected(rp, c) ? failed(rp->r, c) : 0;
}

size_t
replay_n_hosts(const struct replay *rp)
{
	return rp->r->n_hosts;
}

struct traffic
replay_traffic(const struct replay *rp, uint32_t host)
{
	uint32_t trouble = rp->trouble_of[host];

	return trouble > 0 ? rp->troubles[trouble - 1].traffic :
	    count_traffic(rp, host);
}

struct host_facts
replay_facts(const struct replay *rp, uint32_t host)
{
	const struct host *h = &rp->r->hosts[host];
	struct host_facts f = { .port = 0 };
	const struct trouble *t;

	if (h->source != HOST_ADDRESS)
		f.name = h->name;
	else
		(void)endpoint_parse(h->name, &f.address);
	if (f.address.family == 0 && h->n_addresses > 0)
		f.address = h->addresses[0];
	if (rp->trouble_of[host] == 0)
		return f;
	t = &rp->troubles[rp->trouble_of[host] - 1];
	f.port = t->port;
	if (t->certificate != NULL) {
		f.cn = t->certificate->subject_cn;
		f.names = t->certificate->names;
		f.n_names = t->certificate->n_names;
	}
	return f;
}

static struct host_facts
facts_of(const void *replay, uint32_t host)
{
	return replay_facts(replay, host);
}

const uint32_t *
replay_cells(const struct replay *rp, uint32_t host, size_t *n)
{
	*n = rp->first_cell[host + 1] - rp->first_cell[host];
	return &rp->cells[rp->first_cell[host]];
}

uint32_t
replay_host(const struct replay *rp, struct text name)
{
	size_t low = 0, high = rp->r->n_hosts;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = text_compare(
		    rp->r->hosts[rp->by_name[middle]].name, name);

		if (order == 0)
			return rp->by_name[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return UINT32_MAX;
}

/* Gathers the hosts of one entry after the other. */
struct gathering {
	struct replay *rp;
	uint32_t n_hosts;
	size_t room;
};

static void
gather(uint32_t host, void *arg)
{
	struct gathering *g = arg;

	/* More entries than that say nothing new about a host. */
	if (g->rp->n_noted[host] >= NOTED_MAX)
		return;
	g->rp->n_noted[host]++;
	g->rp->hosts = mem_grow(g->rp->hosts, g->n_hosts, &g->room,
	    sizeof(*g->rp->hosts));
	g->rp->hosts[g->n_hosts++] = host;
}

void
replay_entries(struct replay *rp, const struct listed *entries, size_t n)
{
	struct gathering g = { .rp = rp };

	if (rp->suffixes == NULL)
		rp->suffixes = suffixes_new(facts_of, rp, rp->r->n_hosts);
	free(rp->first_host);
	free(rp->hosts);
	rp->hosts = NULL;
	rp->n_entries = n;
	rp->first_host = mem_zero(n + 2, sizeof(*rp->first_host));
	for (size_t i = 0; i < n; i++) {
		suffixes_match(rp->suffixes, &entries[i], gather, &g);
		rp->first_host[i + 1] = g.n_hosts;
	}
	for (uint32_t i = 0; i < g.n_hosts; i++)
		rp->n_noted[rp->hosts[i]] = 0;
}

const uint32_t *
replay_hosts(const struct replay *rp, size_t entry, size_t *n)
{
	*n = rp->first_host[entry + 1] - rp->first_host[entry];
	return *n > 0 ? &rp->hosts[rp->first_host[entry]] : NULL;
}

static uint64_t
count_clients(struct replay *rp, uint32_t host)
{
	uint64_t n = 0;

	for (uint32_t k = rp->first_cell[host]; k < rp->first_cell[host + 1];
	    k++) {
		const struct cell *c = &rp->r->cells[rp->cells[k]];
		uint32_t *seen = &rp->client_seen[rp->client[c->profile]];

		if (!is_inspected(rp, c) || c->accepted == 0 ||
		    *seen == rp->round)
			continue;
		*seen = rp->round;
		n++;
	}
	return n;
}

struct price
replay_price(struct replay *rp, const uint32_t *hosts, size_t n)
{
	struct price p = { .n_hosts = n };

	rp->round++;
	for (size_t i = 0; i < n; i++) {
		struct traffic t = replay_traffic(rp, hosts[i]);

		p.fixed += t.curable;
		p.lost += t.accepted;
		p.bytes_lost += t.bytes;
		p.clients_lost += count_clients(rp, hosts[i]);
		p.n_others += t.curable == 0;
	}
	p.left = rp->rejected - p.fixed;
	return p;
}

static int
by_address(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;
	int order = endpoint_compare(&x->address, &y->address);

	if (order != 0)
		return order;
	return x->host < y->host ? -1 : x->host > y->host;
}

/* All addresses of all hosts, sorted; made when first asked for. */
static void
sort_addresses(struct replay *rp)
{
	const struct report *r = rp->r;
	size_t n = 0;

	for (size_t i = 0; i < r->n_hosts; i++)
		n += r->hosts[i].n_addresses;
	rp->placed = mem_zero(n + 1, sizeof(*rp->placed));
	for (uint32_t i = 0; i < r->n_hosts; i++)
		for (size_t k = 0; k < r->hosts[i].n_addresses; k++)
			rp->placed[rp->n_placed++] = (struct placed){
				r->hosts[i].addresses[k], i };
	qsort(rp->placed, rp->n_placed, sizeof(*rp->placed), by_address);
}

/* How many places have addresses that sort before this one, or, where so said,
 * are this one. */
static size_t
n_placed_to(const struct replay *rp, const struct endpoint *address,
    bool inclusive)
{
	size_t low = 0, high = rp->n_placed;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = endpoint_compare(&rp->placed[middle].address,
		    address);

		if (order < 0 || (inclusive && order == 0))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Mark the hosts at an address; how many were not yet. */
static size_t
mark_placed(struct replay *rp, const struct endpoint *address)
{
	size_t n = 0;

	for (size_t i = n_placed_to(rp, address, false); i < rp->n_placed &&
	    endpoint_compare(address, &rp->placed[i].address) == 0; i++) {
		uint32_t *seen = &rp->host_seen[rp->placed[i].host];

		n += *seen != rp->round;
		*seen = rp->round;
	}
	return n;
}

size_t
replay_neighbours(struct replay *rp, const uint32_t *hosts, size_t n)
{
	const struct host *h = n > 0 ? &rp->r->hosts[hosts[0]] : NULL;
	size_t others = 0;

	if (rp->placed == NULL)
		sort_addresses(rp);
	/* One name at one address is the rule, and thousands may share it. */
	if (n == 1 && h->n_addresses == 1)
		return n_placed_to(rp, h->addresses, true) -
		    n_placed_to(rp, h->addresses, false) - 1;
	rp->round++;
	for (size_t i = 0; i < n; i++)
		rp->host_seen[hosts[i]] = rp->round;
	for (size_t i = 0; i < n; i++) {
		h = &rp->r->hosts[hosts[i]];
		for (size_t k = 0; k < h->n_addresses; k++)
			others += mark_placed(rp, &h->addresses[k]);
	}
	return others;
}

const uint32_t *
replay_union(struct replay *rp, const size_t *entries, size_t n_entries,
    size_t *n)
{
	size_t n_hosts;

	*n = 0;
	rp->round++;
	for (size_t i = 0; i < n_entries; i++) {
		const uint32_t *hosts = replay_hosts(rp, entries[i], &n_hosts);

		for (size_t k = 0; k < n_hosts; k++) {
			if (rp->host_seen[hosts[k]] == rp->round)
				continue;
			rp->host_seen[hosts[k]] = rp->round;
			rp->chosen[(*n)++] = hosts[k];
		}
	}
	return rp->chosen;
}
