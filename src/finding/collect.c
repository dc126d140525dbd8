#include "finding/collect.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/mem.h"
#include "finding/tables.h"
#include "knowledge/suffix.h"

struct collector *
collector_new(struct report *r)
{
	struct collector *c = mem_zero(1, sizeof(*c));

	c->report = r;
	c->newest = INT64_MIN;
	c->quiet_limit = SPOTS_MAX;
	c->attempt_limit = ATTEMPTS_MAX;
	c->profiles = mem_grow(NULL, 0, &c->profiles_room,
	    sizeof(*c->profiles));
	c->profiles[FOLDED_PROFILE] = (struct profile_slot){ 0 };
	c->n_profiles = 1;
	return c;
}

void
collector_free(struct collector *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n_troubles; i++)
		free(c->troubles[i]);
	free(c->troubles);
	free(c->hosts);
	free(c->profiles);
	free(c->ways);
	free(c->spots);
	free(c->folded);
	free(c->proxies);
	free(c->tokens);
	free(c->spot_cells);
	attempt_store_free(&c->attempts);
	index_free(&c->host_index);
	index_free(&c->profile_index);
	index_free(&c->way_index);
	index_free(&c->spot_index);
	names_free(&c->clients);
	names_free(&c->domains);
	names_free(&c->fingerprints);
	free(c);
}

/* Keep the smallest addresses, so that their choice needs no order. */
static void
add_address(struct host_slot *h, const struct endpoint *e)
{
	unsigned i;
	int order = 1;

	if (e->family == 0)
		return;
	for (i = 0; i < h->n_addresses; i++) {
		order = memcmp(e->address, h->addresses[i].address,
		    sizeof(e->address));
		if (order <= 0)
			break;
	}
	if (order == 0 || i == ADDRESSES_MAX)
		return;
	if (h->n_addresses < ADDRESSES_MAX)
		h->n_addresses++;
	memmove(&h->addresses[i + 1], &h->addresses[i],
	    (h->n_addresses - 1U - i) * sizeof(*h->addresses));
	h->addresses[i] = *e;
	h->addresses[i].port = 0;
}

static bool
same_host(const void *things, uint32_t number, const void *key)
{
	return text_equal(((const struct host_slot *)things)[number].name,
	    *(const struct text *)key);
}

static int64_t
host_find(const struct collector *c, struct text name)
{
	return index_find(&c->host_index, hash_bytes(name.at, name.n),
	    same_host, c->hosts, &name);
}

static int64_t
host_new(struct collector *c, struct text name, enum host_source source)
{
	struct pool *pool = c->report->pool;
	struct text domain;

	name = pool_intern(pool, name);
	domain = suffix_registrable(name);
	domain = domain.n > 0 ? pool_intern(pool, domain) : name;
	c->hosts = mem_grow(c->hosts, c->n_hosts, &c->hosts_room,
	    sizeof(*c->hosts));
	c->hosts[c->n_hosts] = (struct host_slot){ .name = name,
		.source = source,
		.domain = names_number(&c->domains, domain) };
	index_add(&c->host_index, hash_bytes(name.at, name.n),
	    (uint32_t)c->n_hosts);
	return (int64_t)c->n_hosts++;
}

static uint32_t
host_number(struct collector *c, const struct handshake *h)
{
	const struct text unknown = TEXT("(unknown)");
	char address[ADDRESS_TEXT_SIZE];
	struct text name = h->host;
	enum host_source source = h->host_source;
	struct host_slot *slot;
	int64_t found;

	if (name.n == 0) {
		name = text_of(endpoint_address(&h->server, address));
		source = HOST_ADDRESS;
	}
	found = name.n > 0 ? host_find(c, name) : -1;
	/* What has no name, and what is one too many, is put together. */
	if (found < 0 && (name.n == 0 || c->n_hosts >= HOSTS_MAX)) {
		name = unknown;
		source = HOST_UNKNOWN;
		found = host_find(c, name);
	}
	if (found < 0)
		found = host_new(c, name, source);
	slot = &c->hosts[found];
	/* The best comes first, but for the one that knows nothing. */
	if (source != HOST_UNKNOWN && (slot->source == HOST_UNKNOWN ||
	    source < slot->source))
		slot->source = source;
	add_address(slot, &h->server);
	return (uint32_t)found;
}

/* What makes a profile; client is empty where the address speaks. */
struct profile_key {
	struct endpoint address;
	struct text client, program;
};

static bool
same_profile(const void *things, uint32_t number, const void *key)
{
	const struct profile_slot *p =
	    &((const struct profile_slot *)things)[number];
	const struct profile_key *k = key;

	return p->address.family == k->address.family &&
	    memcmp(p->address.address, k->address.address,
	    sizeof(k->address.address)) == 0 &&
	    text_equal(p->program, k->program) &&
	    (k->address.family != 0 || text_equal(p->client, k->client));
}

/* The smaller of two names, of which the empty one is no name; interned where it
 * is the one just seen. */
static struct text
smaller(struct pool *pool, struct text kept, struct text seen)
{
	if (seen.n == 0 || (kept.n > 0 && text_compare(seen, kept) >= 0))
		return kept;
	return pool_intern(pool, seen);
}

static uint32_t
profile_new(struct collector *c, const struct profile_key *key,
    const struct handshake *h)
{
	char address[ADDRESS_TEXT_SIZE];
	struct pool *pool = c->report->pool;
	struct profile_slot *p;

	c->profiles = mem_grow(c->profiles, c->n_profiles, &c->profiles_room,
	    sizeof(*c->profiles));
	p = &c->profiles[c->n_profiles];
	*p = (struct profile_slot){ .address = key->address,
		.program = pool_intern(pool, key->program),
		.client = pool_intern(pool, key->client),
		.fingerprint = pool_intern(pool, h->offered.fingerprint) };
	if (key->address.family != 0)
		p->client = pool_intern(pool, text_of(
		    endpoint_address(&key->address, address)));
	p->client_number = names_number(&c->clients, p->client);
	p->program_number = names_number(&c->fingerprints, p->program);
	return (uint32_t)c->n_profiles++;
}

/*
 * The program is the normalised fingerprint, in logs the agent; where neither
 * is known, a log's user at least separates people who share an address.
 */
static uint32_t
profile_number(struct collector *c, const struct handshake *h)
{
	struct pool *pool = c->report->pool;
	struct profile_key key = { .address = h->client };
	struct profile_slot *p;
	uint64_t hash;
	int64_t found;

	key.address.port = 0;
	key.program = h->offered.fingerprint.n > 0 ? h->offered.fingerprint :
	    h->agent.n > 0 ? h->agent : h->user;
	if (key.address.family == 0)
		key.client = h->user.n > 0 ? h->user : TEXT("(unknown)");
	hash = hash_mix(hash_bytes(key.address.address,
	    sizeof(key.address.address)), hash_mix(
	    hash_bytes(key.program.at, key.program.n),
	    hash_bytes(key.client.at, key.client.n) | 1));
	found = index_find(&c->profile_index, hash, same_profile, c->profiles,
	    &key);
	if (found < 0 && c->n_profiles >= PROFILES_MAX)
		return FOLDED_PROFILE;
	if (found < 0) {
		found = profile_new(c, &key, h);
		index_add(&c->profile_index, hash, (uint32_t)found);
	}
	p = &c->profiles[found];
	if (h->offered.engine > p->engine)
		p->engine = h->offered.engine;
	if (h->user.n + h->agent.n + h->device.n + h->app.n > 0) {
		p->user = smaller(pool, p->user, h->user);
		p->agent = smaller(pool, p->agent, h->agent);
		p->device = smaller(pool, p->device, h->device);
		p->app = smaller(pool, p->app, h->app);
	}
	return (uint32_t)found;
}

static bool
same_way(const void *things, uint32_t number, const void *key)
{
	const struct way *w = &((const struct way *)things)[number];
	const struct way *k = key;

	return w->issuer.at == k->issuer.at && w->leg == k->leg &&
	    w->told == k->told && w->given == k->given &&
	    w->hidden == k->hidden && w->self_issued == k->self_issued;
}

static uint32_t
way_number(struct collector *c, const struct handshake *h)
{
	const struct certificate *cert = h->certificate;
	struct way key = { .leg = h->leg, .told = h->interception,
		.hidden = cert == NULL, .issuer = TEXT("") };
	uint64_t hash;
	int64_t found;

	if (cert != NULL) {
		key.given = cert->signed_by_given;
		key.self_issued = cert->self_issued;
		key.issuer = cert->issuer.n > 0 ? cert->issuer :
		    cert->issuer_cn;
	}
	/* One interceptor signs nearly everything. */
	if (c->n_ways > 0 && text_equal(c->ways[c->last_way].issuer,
	    key.issuer)) {
		key.issuer = c->ways[c->last_way].issuer;
		if (same_way(c->ways, c->last_way, &key))
			return c->last_way;
	}
	if (c->n_ways >= WAYS_MAX)
		key.issuer = TEXT("(other issuers)");
	key.issuer = pool_intern(c->report->pool, key.issuer);
	hash = hash_mix(index_hash_interned(key.issuer),
	    hash_u64((uint64_t)key.leg << 32 | (uint64_t)key.told << 16 |
	    (uint64_t)key.given << 8 | (uint64_t)key.hidden << 1 |
	    (uint64_t)key.self_issued));
	found = index_find(&c->way_index, hash, same_way, c->ways, &key);
	if (found >= 0)
		return c->last_way = (uint32_t)found;
	key.known = key.issuer.n > 0 ? interceptor_by_name(key.issuer) : NULL;
	key.is_public = key.issuer.n > 0 && issuer_is_public(key.issuer);
	c->ways = mem_grow(c->ways, c->n_ways, &c->ways_room,
	    sizeof(*c->ways));
	c->ways[c->n_ways] = key;
	index_add(&c->way_index, hash, (uint32_t)c->n_ways);
	return c->last_way = (uint32_t)c->n_ways++;
}

static bool
same_spot(const void *things, uint32_t number, const void *key)
{
	const struct spot *s = &((const struct spot *)things)[number];
	const struct spot *k = key;

	return s->host == k->host && s->profile == k->profile &&
	    s->way == k->way;
}

static uint64_t
hash_spot(const struct spot *s)
{
	return hash_mix(hash_u64((uint64_t)s->host << 32 | s->profile),
	    hash_u64(s->way));
}

static uint32_t
spot_number(struct collector *c, uint32_t host, uint32_t profile,
    uint32_t way)
{
	struct spot key = { .host = host, .profile = profile, .way = way,
		.first = CLOCK_UNKNOWN, .last = CLOCK_UNKNOWN };
	uint64_t hash = hash_spot(&key);
	int64_t found = index_find(&c->spot_index, hash, same_spot, c->spots,
	    &key);

	if (found >= 0)
		return (uint32_t)found;
	c->tokens = mem_grow(c->tokens, c->n_tokens, &c->tokens_room,
	    sizeof(*c->tokens));
	c->tokens[c->n_tokens] = (uint32_t)c->n_spots + 1;
	key.token = (uint32_t)c->n_tokens++;
	c->spots = mem_grow(c->spots, c->n_spots, &c->spots_room,
	    sizeof(*c->spots));
	c->spots[c->n_spots] = key;
	index_add(&c->spot_index, hash, (uint32_t)c->n_spots);
	return (uint32_t)c->n_spots++;
}

static struct attempts *
folded_of(struct collector *c, struct spot *s)
{
	if (s->folded == 0) {
		c->folded = mem_grow(c->folded, c->n_folded, &c->folded_room,
		    sizeof(*c->folded));
		c->folded[c->n_folded++] = (struct attempts){ 0 };
		s->folded = (uint32_t)c->n_folded;
	}
	return &c->folded[s->folded - 1];
}

/* Put what a quiet spot counted to the one that stands for many profiles. */
static void
fold_spot(struct collector *c, struct spot *s)
{
	struct profile_slot *p = &c->profiles[s->profile];
	uint32_t many = spot_number(c, s->host, FOLDED_PROFILE, s->way);
	struct spot *into = &c->spots[many];
	struct attempts counts = { 0 }, *sum = folded_of(c, into);

	attempt_count(&c->attempts, s->attempts, &counts);
	attempt_free(&c->attempts, s->attempts);
	if (s->folded != 0)
		counts.accepted += c->folded[s->folded - 1].accepted;
	sum->accepted += counts.accepted;
	into->accepted += s->accepted;
	into->bytes += s->bytes;
	into->accepted_mismatch += s->accepted_mismatch;
	into->folded_profiles++;
	spot_span(into, s->first, s->last);
	p->folded_accepted += counts.accepted;
	p->folded_domains |= 1ULL << c->hosts[s->host].domain % 64;
	c->tokens[s->token] = many + 1;
	c->n_folded_spots++;
}

/*
 * Too many spots in which nothing ever failed: put those of each host together.
 * What is lost is which profile accepted which host; that each of them accepts
 * others, and how many accept this one, stays.
 */
static void
fold_spots(struct collector *c)
{
	struct spot *old = c->spots;
	size_t n_old = c->n_spots;

	c->spots = NULL;
	c->n_spots = c->spots_room = 0;
	index_clear(&c->spot_index);
	/* First those that stay, so that tokens can point to them. */
	for (size_t i = 0; i < n_old; i++) {
		if (old[i].trouble == 0 && old[i].profile != FOLDED_PROFILE)
			continue;
		c->spots = mem_grow(c->spots, c->n_spots, &c->spots_room,
		    sizeof(*c->spots));
		c->spots[c->n_spots] = old[i];
		c->tokens[old[i].token] = (uint32_t)c->n_spots + 1;
		index_add(&c->spot_index, hash_spot(&old[i]),
		    (uint32_t)c->n_spots++);
	}
	for (size_t i = 0; i < n_old; i++)
		if (old[i].trouble == 0 && old[i].profile != FOLDED_PROFILE)
			fold_spot(c, &old[i]);
	free(old);
	c->quiet_limit = c->n_spots + SPOTS_MAX;
}

/* Too many attempts: count those that are old enough not to grow any more. */
static void
fold_attempts(struct collector *c)
{
	int64_t before = c->newest - FOLD_AGE;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < c->n_spots; i++) {
			struct spot *s = &c->spots[i];

			if (s->attempts != 0)
				attempt_fold(&c->attempts, s->attempts, before,
				    folded_of(c, s));
		}
		if (c->attempts.n_used < c->attempt_limit / 2)
			break;
		before = INT64_MAX;
	}
	c->attempts_folded = true;
	if (c->attempts.n_used > c->attempt_limit / 2)
		c->attempt_limit = c->attempts.n_used * 2;
}

static void
add_proxy(struct collector *c, const struct handshake *h)
{
	if (h->tunnel != TUNNEL_CONNECT && h->tunnel != TUNNEL_SOCKS)
		return;
	for (size_t i = 0; i < c->n_proxies; i++)
		if (memcmp(c->proxies[i].address, h->server.address,
		    sizeof(h->server.address)) == 0)
			return;
	if (c->n_proxies == PROXIES_MAX)
		return;
	c->proxies = mem_grow(c->proxies, c->n_proxies, &c->proxies_room,
	    sizeof(*c->proxies));
	c->proxies[c->n_proxies++] = h->server;
}

static int64_t
first_known(int64_t a, int64_t b)
{
	return a != CLOCK_UNKNOWN ? a : b;
}

static void
add_attempt(struct collector *c, struct spot *s, const struct handshake *h,
    enum attempt_mark mark)
{
	int64_t start = first_known(h->hello.time, first_known(
	    h->flight.time, first_known(h->deciding.time, h->last.time)));
	int64_t until = first_known(h->flight.time, first_known(
	    h->deciding.time, first_known(h->last.time, start)));

	if (start == CLOCK_UNKNOWN) {
		attempt_tally(mark, folded_of(c, s));
		return;
	}
	spot_span(s, start, first_known(h->last.time, start));
	attempt_add(&c->attempts, &s->attempts, (struct moment){
	    start / 1000, until / 1000, mark });
	if (start / 1000 > c->newest)
		c->newest = start / 1000;
}

/* In TLS 1.3 nothing shows but the lengths of the server's flight: the last
 * three of its records are Certificate, CertificateVerify and Finished. */
static void
add_flight(struct spot *s, const struct handshake *h)
{
	uint16_t leaf, verify;

	if (h->certificate != NULL || h->n_flight < 4)
		return;
	leaf = h->flight_len[h->n_flight - 3];
	verify = h->flight_len[h->n_flight - 2];
	/* The smallest, whatever came first. */
	if (s->leaf_len == 0 || leaf < s->leaf_len) {
		s->leaf_len = leaf;
		s->verify_len = verify;
	}
}

static void
add_leaf(struct spot *s, const struct certificate *cert)
{
	uint32_t key;

	if (cert == NULL || !cert->has_der)
		return;
	memcpy(&key, cert->spki_sha256, sizeof(key));
	if (s->spki == 0 || key < s->spki)
		s->spki = key;
	if (!cert->has_sct && !cert->has_aia && !cert->has_crl)
		s->forged = true;
}

static void
add_totals(struct totals *t, const struct handshake *h)
{
	static const size_t outcomes[N_OUTCOMES] = {
		[OUTCOME_ACCEPTED] = offsetof(struct totals, accepted),
		[OUTCOME_REJECTED] = offsetof(struct totals, rejected),
		[OUTCOME_REFUSED_BY_SERVER] = offsetof(struct totals, refused),
		[OUTCOME_IDLE] = offsetof(struct totals, idle),
		[OUTCOME_NETWORK] = offsetof(struct totals, network),
		[OUTCOME_UNFINISHED] = offsetof(struct totals, unfinished),
	};
	size_t at = (unsigned)h->outcome < N_OUTCOMES ? outcomes[h->outcome] :
	    0;

	t->handshakes++;
	t->connections += h->count;
	if (h->transport == TRANSPORT_QUIC)
		t->quic += h->count;
	if (at != 0)
		*(uint64_t *)((char *)t + at) += h->count;
}

void
collector_add(const struct handshake *h, void *collector)
{
	struct collector *c = collector;
	enum attempt_mark mark = trait_mark(h);
	uint32_t number;
	struct spot *s;

	if (c->n_spots - c->n_troubles >= c->quiet_limit)
		fold_spots(c);
	if (c->attempts.n_used >= c->attempt_limit)
		fold_attempts(c);
	add_totals(&c->report->totals, h);
	add_proxy(c, h);
	number = spot_number(c, host_number(c, h), profile_number(c, h),
	    way_number(c, h));
	s = &c->spots[number];
	c->ways[s->way].went_down |= trait_went_down(h);
	c->token = s->token;
	add_attempt(c, s, h, mark);
	add_flight(s, h);
	add_leaf(s, h->certificate);
	if (mark == ATTEMPT_DATA) {
		s->accepted += h->count;
		s->bytes += h->client_data + h->server_data;
		s->accepted_mismatch += trait_mismatch(h) ? h->count : 0;
	} else {
		trouble_add(c, s, h);
	}
}

uint32_t
collector_token(const struct collector *c)
{
	return c->token;
}

long
collector_cell(const struct collector *c, uint32_t token)
{
	uint32_t spot = token < c->n_tokens ? c->tokens[token] : 0;

	if (spot == 0 || c->spot_cells == NULL)
		return -1;
	return (long)c->spot_cells[spot - 1] - 1;
}
