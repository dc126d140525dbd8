/*
 * What a spot is counted by: the numbers of hosts, profiles and ways.
 */
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "finding/tables.h"
#include "knowledge/suffix.h"

const struct endpoint *
key_host_address(const struct collector *c, const struct host_slot *h,
    unsigned i)
{
	return i == 0 ? &h->address :
	    &c->addresses[h->more_addresses - 1].at[i - 1];
}

/* The same, to be changed. */
static struct endpoint *
address_at(struct collector *c, struct host_slot *h, unsigned i)
{
	return (struct endpoint *)key_host_address(c, h, i);
}

/* Keep the smallest addresses, so that their choice needs no order. */
static void
add_address(struct collector *c, struct host_slot *h, const struct endpoint *e)
{
	unsigned i;
	int order = 1;

	if (e->family == 0)
		return;
	for (i = 0; i < h->n_addresses; i++) {
		order = memcmp(e->address, address_at(c, h, i)->address,
		    sizeof(e->address));
		if (order <= 0)
			break;
	}
	if (order == 0 || i == ADDRESSES_MAX)
		return;
	if (h->n_addresses == 1) {
		c->addresses = mem_grow(c->addresses, c->n_addresses,
		    &c->addresses_room, sizeof(*c->addresses));
		h->more_addresses = (uint32_t)++c->n_addresses;
	}
	if (h->n_addresses < ADDRESSES_MAX)
		h->n_addresses++;
	for (unsigned k = h->n_addresses - 1U; k > i; k--)
		*address_at(c, h, k) = *address_at(c, h, k - 1);
	*address_at(c, h, i) = *e;
	address_at(c, h, i)->port = 0;
}

static int64_t
host_find(const struct collector *c, struct text name, uint64_t hash)
{
	size_t at = index_start(&c->host_index, hash);
	int64_t found;

	while ((found = index_next(&c->host_index, hash, &at)) >= 0)
		if (c->hosts[found].hash == hash &&
		    c->hosts[found].name.n == name.n)
			break;
	return found;
}

/*
 * Which of 64 bits stands for a host's domain in what is only an estimate: that
 * of its last two labels, or of three where those are such as "co.uk".  The
 * registrable domain takes libpsl longer than all the rest of a host.
 */
static uint8_t
domain_bit(struct text name)
{
	enum { SHORT_LABELS = 6 };
	uint64_t hash = 0xcbf29ce484222325ULL; /* FNV-1a */
	int labels = 0;

	for (size_t n = 1; n <= name.n; n++) {
		unsigned char byte = (unsigned char)name.at[name.n - n];

		if (byte == '.' && ++labels >= 2 && (labels > 2 ||
		    n - 1 > SHORT_LABELS))
			break;
		hash = (hash ^ byte) * 0x100000001b3ULL;
	}
	return (uint8_t)(hash >> 58);
}

uint32_t
key_domain(struct collector *c, uint32_t host)
{
	struct host_slot *h = &c->hosts[host];
	struct text domain;

	if (h->domain == 0) {
		domain = suffix_registrable(h->name);
		h->domain = 1 + names_number(&c->domains, domain.n > 0 ?
		    domain : h->name);
	}
	return h->domain - 1;
}

static int64_t
host_new(struct collector *c, struct text name, uint64_t hash,
    enum host_source source)
{
	name = pool_intern(c->report->pool, name);
	c->hosts = mem_grow_lines(c->hosts, c->n_hosts, &c->hosts_room,
	    sizeof(*c->hosts));
	c->hosts[c->n_hosts] = (struct host_slot){ .hash = hash,
		.name = name, .source = (uint8_t)source,
		.domain_bit = domain_bit(name) };
	index_add(&c->host_index, hash, (uint32_t)c->n_hosts);
	return (int64_t)c->n_hosts++;
}

/* Half as many again for those that fail: they are to be seen whatever came
 * before them. */
static size_t
most(const struct key *k, size_t limit)
{
	return k->accepted ? limit : limit + limit / 2;
}

static uint32_t
host_number(struct collector *c, const struct key *k)
{
	const struct text unknown = TEXT("(unknown)");
	struct text name = k->host;
	enum host_source source = k->source;
	struct host_slot *slot;
	uint64_t hash = k->host_hash;
	int64_t found;

	found = name.n > 0 ? host_find(c, name, hash) : -1;
	/* What has no name, and what is one too many, is put together. */
	if (found < 0 && (name.n == 0 || c->n_hosts >= most(k, HOSTS_MAX))) {
		name = unknown;
		source = HOST_UNKNOWN;
		hash = hash_bytes(name.at, name.n);
		found = host_find(c, name, hash);
	}
	if (found < 0)
		found = host_new(c, name, hash, source);
	slot = &c->hosts[found];
	/* The best comes first, but for the one that knows nothing. */
	if (source != HOST_UNKNOWN && (slot->source == HOST_UNKNOWN ||
	    source < slot->source))
		slot->source = source;
	/* Most have one. */
	if (slot->n_addresses == 0 || memcmp(slot->address.address,
	    k->server.address, sizeof(k->server.address)) != 0)
		add_address(c, slot, &k->server);
	return (uint32_t)found;
}

static int64_t
profile_find(const struct collector *c, uint64_t hash)
{
	size_t at = index_start(&c->profile_index, hash);
	int64_t found;

	while ((found = index_next(&c->profile_index, hash, &at)) >= 0)
		if (c->profiles[found].hash == hash)
			break;
	return found;
}

/* Keep the smaller of two names, of which the empty one is no name; interned
 * where it is the one just seen. */
static inline void
keep_smaller(struct pool *pool, struct text *kept, struct text seen)
{
	if (seen.n != 0 && !text_equal(seen, *kept) && (kept->n == 0 ||
	    text_compare(seen, *kept) < 0))
		*kept = pool_intern(pool, seen);
}

static int64_t
profile_new(struct collector *c, const struct key *k, uint64_t hash)
{
	char address[ADDRESS_TEXT_SIZE];
	struct pool *pool = c->report->pool;
	struct profile_slot *p;

	c->profiles = mem_grow_lines(c->profiles, c->n_profiles,
	    &c->profiles_room, sizeof(*c->profiles));
	p = &c->profiles[c->n_profiles];
	*p = (struct profile_slot){ .hash = hash, .address = k->address,
		.program = pool_intern(pool, k->program),
		.client = pool_intern(pool, k->address.family == 0 ?
		    k->client : text_of(endpoint_address(&k->address,
		    address))),
		.fingerprint = pool_intern(pool, k->fingerprint) };
	p->client_number = names_number(&c->clients, p->client);
	p->program_number = names_number(&c->fingerprints, p->program);
	index_add(&c->profile_index, hash, (uint32_t)c->n_profiles);
	return (int64_t)c->n_profiles++;
}

static uint32_t
profile_number(struct collector *c, const struct key *k)
{
	uint64_t hash = k->profile_hash;
	struct pool *pool = c->report->pool;
	int64_t found = profile_find(c, hash);
	struct profile_slot *p;

	if (found < 0 && c->n_profiles >= most(k, PROFILES_MAX))
		return FOLDED_PROFILE;
	if (found < 0)
		found = profile_new(c, k, hash);
	p = &c->profiles[found];
	if (k->engine > p->engine)
		p->engine = k->engine;
	/* The program that it was found by may be the user. */
	if (k->user.n > 0 && (k->user.at != k->program.at ||
	    p->user.at != p->program.at))
		keep_smaller(pool, &p->user, k->user);
	keep_smaller(pool, &p->agent, k->agent);
	keep_smaller(pool, &p->device, k->device);
	keep_smaller(pool, &p->app, k->app);
	return (uint32_t)found;
}

/* Make a way one for all issuers that are too many to be kept apart. */
static void
mix_issuers(struct collector *c, struct way *key)
{
	key->mixed = true;
	key->issuer = TEXT("(other issuers)");
	c->ways_mixed = true;
}

static bool
same_way(const struct way *w, const struct way *k)
{
	return w->leg == k->leg && w->told == k->told &&
	    w->given == k->given && w->hidden == k->hidden &&
	    w->self_issued == k->self_issued && w->mixed == k->mixed &&
	    text_equal(w->issuer, k->issuer);
}

static uint64_t
way_hash(const struct way *w)
{
	return hash_mix(hash_bytes(w->issuer.at, w->issuer.n),
	    hash_u64((uint64_t)w->leg << 32 | (uint64_t)w->told << 16 |
	    (uint64_t)w->given << 8 | (uint64_t)w->hidden << 1 |
	    (uint64_t)w->self_issued));
}

static int64_t
way_find(const struct collector *c, const struct way *key)
{
	uint64_t hash = way_hash(key);
	size_t at = index_start(&c->way_index, hash);
	int64_t found;

	while ((found = index_next(&c->way_index, hash, &at)) >= 0)
		if (same_way(&c->ways[found], key))
			break;
	return found;
}

/* Find a way or make it; what it borrows is interned. */
static uint32_t
way_number(struct collector *c, struct way key)
{
	int64_t found = way_find(c, &key);

	if (found >= 0)
		return (uint32_t)found;
	key.issuer = pool_intern(c->report->pool, key.issuer);
	key.known = key.issuer.n > 0 ? interceptor_by_name(key.issuer) : NULL;
	key.is_public = key.issuer.n > 0 && issuer_is_public(key.issuer);
	c->ways = mem_grow(c->ways, c->n_ways, &c->ways_room,
	    sizeof(*c->ways));
	c->ways[c->n_ways] = key;
	index_add(&c->way_index, way_hash(&key), (uint32_t)c->n_ways);
	return (uint32_t)c->n_ways++;
}

uint32_t
key_way_of_others(struct collector *c, uint32_t way)
{
	const struct way *w = &c->ways[way];
	struct way key = { .leg = w->leg, .told = w->told, .given = w->given,
		.hidden = w->hidden, .self_issued = w->self_issued };

	mix_issuers(c, &key);
	return way_number(c, key);
}

uint32_t
key_way(struct collector *c, const struct handshake *h)
{
	const struct certificate *cert = h->certificate;
	struct way key = { .leg = h->leg, .told = h->interception,
		.hidden = cert == NULL, .issuer = TEXT("") };

	if (cert != NULL) {
		key.given = cert->signed_by_given;
		key.self_issued = cert->self_issued;
		key.issuer = cert->issuer.n > 0 ? cert->issuer :
		    cert->issuer_cn;
	}
	/* One interceptor signs nearly everything. */
	if (c->n_ways > 0 && same_way(&c->ways[c->last_way], &key))
		return c->last_way;
	if (c->n_ways >= WAYS_MAX && way_find(c, &key) < 0)
		mix_issuers(c, &key);
	return c->last_way = way_number(c, key);
}

/*
 * The program is the normalised fingerprint, in logs the agent; where neither
 * is known, a log's user at least separates people who share an address.  The
 * client is empty where the address speaks.
 */
static void
name_profile(struct key *k)
{
	k->program = k->fingerprint.n > 0 ? k->fingerprint :
	    k->agent.n > 0 ? k->agent : k->user;
	k->client = k->address.family != 0 ? TEXT("") :
	    k->user.n > 0 ? k->user : TEXT("(unknown)");
}

void
key_fill(struct key *k, const struct handshake *h)
{
	k->host = h->host;
	k->source = h->host_source;
	k->address = h->client;
	k->server = h->server;
	k->fingerprint = h->offered.fingerprint;
	k->user = h->user;
	k->agent = h->agent;
	k->device = h->device;
	k->app = h->app;
	k->engine = h->offered.engine;
	k->address.port = 0;
	if (k->host.n == 0) {
		k->host = text_of(endpoint_address(&h->server, k->name));
		k->source = HOST_ADDRESS;
	}
	name_profile(k);
	k->host_hash = hash_bytes(k->host.at, k->host.n);
	k->profile_hash = hash_bytes(k->address.address,
	    sizeof(k->address.address));
	if (k->program.n > 0)
		k->profile_hash = hash_mix(k->profile_hash,
		    hash_bytes(k->program.at, k->program.n) | 1);
	if (k->client.n > 0)
		k->profile_hash = hash_mix(k->profile_hash,
		    hash_bytes(k->client.at, k->client.n) | 1);
}

/* Copy a text to where there is room for it. */
static inline char *
own(struct text *t, char *room)
{
	if (t->n == 0)
		return room;
	text_copy(room, *t);
	t->at = room;
	return room + t->n;
}

bool
key_own(struct key *k)
{
	char *room = k->texts;

	if (k->host.n + k->fingerprint.n + k->user.n + k->agent.n +
	    k->device.n + k->app.n > sizeof(k->texts))
		return false;
	room = own(&k->host, room);
	room = own(&k->fingerprint, room);
	room = own(&k->user, room);
	room = own(&k->agent, room);
	room = own(&k->device, room);
	own(&k->app, room);
	name_profile(k);
	return true;
}

void
key_fetch_index(const struct collector *c, const struct key *k)
{
	index_fetch(&c->host_index, k->host_hash);
	index_fetch(&c->profile_index, k->profile_hash);
}

void
key_fetch(const struct collector *c, const struct key *k)
{
	size_t at = index_start(&c->host_index, k->host_hash);
	int64_t host = index_next(&c->host_index, k->host_hash, &at), profile;

	at = index_start(&c->profile_index, k->profile_hash);
	profile = index_next(&c->profile_index, k->profile_hash, &at);
	if (host >= 0)
		fetch(&c->hosts[host], MEM_LINE);
	if (profile < 0)
		return;
	fetch(&c->profiles[profile], MEM_LINE);
	if (k->user.n + k->app.n + k->agent.n + k->device.n > 0)
		fetch(&c->profiles[profile].user, MEM_LINE);
}

void
key_resolve(struct collector *c, const struct key *k, uint32_t *host,
    uint32_t *profile)
{
	*host = host_number(c, k);
	*profile = profile_number(c, k);
}
