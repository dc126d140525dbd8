#include "finding/collect.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "finding/tables.h"

struct collector *
collector_new(struct report *r, bool tokens)
{
	struct collector *c = mem_zero(1, sizeof(*c));

	c->report = r;
	c->newest = INT64_MIN;
	c->keeps_tokens = c->keeps_clients = tokens;
	c->loud_many = LOUD_SPOTS_MANY;
	c->folded_pairs.n_buckets = CROWD_TAGS;
	c->joined_pairs.n_buckets = CHORUS_TAGS;
	c->profiles = mem_grow_lines(NULL, 0, &c->profiles_room,
	    sizeof(*c->profiles));
	c->profiles[FOLDED_PROFILE] = (struct profile_slot){ 0 };
	c->n_profiles = 1;
	/* Number 0 of both: no client, no program. */
	names_number(&c->clients, pool_intern(r->pool, TEXT("")));
	names_number(&c->fingerprints, pool_intern(r->pool, TEXT("")));
	return c;
}

void
collector_keep_clients(struct collector *c)
{
	c->keeps_clients = true;
}

void
spot_table_free(struct spot_table *t)
{
	free(t->at);
	index_free(&t->index);
	*t = (struct spot_table){ 0 };
}

void
collector_release_spots(struct collector *c)
{
	spot_table_free(&c->quiet);
	spot_table_free(&c->loud);
	free(c->choruses);
	free(c->singers);
	index_free(&c->chorus_index);
	free(c->crowds);
	free(c->members);
	free(c->crowd_tokens);
	recent_free(&c->recent);
	tags_free(&c->folded_pairs);
	tags_free(&c->joined_pairs);
	free(c->troubles);
	free(c->folded);
	c->choruses = NULL;
	c->singers = NULL;
	c->crowds = NULL;
	c->members = NULL;
	c->crowd_tokens = NULL;
	c->troubles = NULL;
	c->folded = NULL;
	attempt_store_free(&c->attempts);
	pulses_free(&c->pulses);
}

void
collector_release(struct collector *c)
{
	collector_release_spots(c);
	free(c->hosts);
	free(c->addresses);
	free(c->profiles);
	free(c->ways);
	free(c->patterns);
	free(c->shared);
	free(c->exemplars);
	free(c->proxies);
	index_free(&c->host_index);
	index_free(&c->profile_index);
	index_free(&c->way_index);
	index_free(&c->pattern_index);
	index_free(&c->shared_index);
	names_free(&c->clients);
	names_free(&c->domains);
	names_free(&c->fingerprints);
}

void
collector_free(struct collector *c)
{
	if (c == NULL)
		return;
	if (!c->finished)
		collector_release(c);
	free(c->tokens);
	free(c->place_cells);
	free(c);
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
fill_times(struct sighting *s, const struct handshake *h)
{
	s->start = first_known(h->hello.time, first_known(
	    h->flight.time, first_known(h->deciding.time, h->last.time)));
	s->until = first_known(h->flight.time, first_known(
	    h->deciding.time, first_known(h->last.time, s->start)));
	s->end = first_known(h->last.time, s->start);
}

/* In TLS 1.3 nothing shows but the lengths of the server's flight: the last
 * three of its records are Certificate, CertificateVerify and Finished. */
static struct leaf_facts
leaf_of(const struct handshake *h)
{
	const struct certificate *cert = h->certificate;
	struct leaf_facts l = { 0 };

	if (cert == NULL && h->n_flight >= 4) {
		l.len = h->flight_len[h->n_flight - 3];
		l.verify_len = h->flight_len[h->n_flight - 2];
	}
	if (cert != NULL && cert->has_der) {
		memcpy(&l.spki, cert->spki_sha256, sizeof(l.spki));
		l.forged = !cert->has_sct && !cert->has_aia && !cert->has_crl;
	}
	return l;
}

static void
fill(struct sighting *s, struct collector *c, const struct handshake *h)
{
	s->way = key_way(c, h);
	fill_times(s, h);
	s->leaf = leaf_of(h);
	s->mark = trait_mark(h);
	s->count = h->count;
	s->bytes = h->client_data + h->server_data;
	s->mismatch = trait_mismatch(h);
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
	if (!h->from_log || h->interception == INTERCEPTION_NONE)
		return;
	if (h->outcome == OUTCOME_ACCEPTED)
		t->told_accepted += h->count;
	else if (h->outcome == OUTCOME_REJECTED)
		t->told_rejected += h->count;
}

/*
 * Once spots are folded, it is into crowds that most of what is accepted goes:
 * it can be counted there at once, unless pair.c may want to see its attempts,
 * which are those that take time and that no log tells the leg of.
 */
static bool
goes_by(const struct collector *c, const struct sighting *s)
{
	if (!c->spots_folded || (!c->all_folded && c->hosts[s->host].fails))
		return false;
	return c->ways[s->way].told != INTERCEPTION_UNKNOWN ||
	    s->until <= s->start;
}

/* Count what was accepted; returns the token of where, or 0. */
static uint32_t
count(struct collector *c, const struct sighting *s)
{
	struct spot *spot = s->goes_by ? spot_find_loud(c, s) : spot_of(c, s);

	if (spot == NULL)
		return crowd_token(c, crowd_add(c, s));
	spot_add(c, spot, s);
	return spot->token;
}

/*
 * Accepted handshakes wait until there are a few, since the tables are larger
 * than the processor's nearest caches: while one look-up waits for memory, those
 * of the others are on their way.
 */
void
collector_see_waiting(struct collector *c)
{
	struct waiting *w = c->waiting, *end = w + c->n_waiting;

	spot_make_room(c);
	for (w = c->waiting; w < end; w++)
		key_fetch(c, &w->key);
	for (w = c->waiting; w < end; w++) {
		key_resolve(c, &w->key, &w->sighting.host,
		    &w->sighting.profile);
		w->sighting.goes_by = goes_by(c, &w->sighting);
		if (w->sighting.goes_by)
			crowd_fetch(c, &w->sighting);
		spot_fetch_index(c, &w->sighting);
	}
	for (w = c->waiting; w < end; w++)
		spot_fetch(c, &w->sighting);
	for (w = c->waiting; w < end; w++)
		count(c, &w->sighting);
	c->n_waiting = 0;
}

void
collector_add(const struct handshake *h, void *collector)
{
	struct collector *c = collector;
	struct waiting *w = &c->waiting[c->n_waiting];
	struct sighting *s = &w->sighting;
	struct spot *spot;

	add_totals(&c->report->totals, h);
	add_proxy(c, h);
	fill(s, c, h);
	key_fill(&w->key, h);
	w->key.accepted = s->mark == ATTEMPT_DATA;
	c->ways[s->way].went_down |= trait_went_down(h);
	if (s->mark == ATTEMPT_DATA && !c->keeps_tokens && key_own(&w->key)) {
		key_fetch_index(c, &w->key);
		if (++c->n_waiting == WAITING_MAX)
			collector_see_waiting(c);
		return;
	}
	spot_make_room(c);
	key_resolve(c, &w->key, &s->host, &s->profile);
	if (s->mark == ATTEMPT_DATA) {
		s->goes_by = goes_by(c, s);
		s->pair = tags_hash(s->host, s->profile, s->way);
		c->token = count(c, s);
		return;
	}
	spot = spot_loud(c, s);
	spot_add(c, spot, s);
	c->token = spot->token;
	trouble_add(c, spot, h);
}

uint32_t
collector_token(const struct collector *c)
{
	return c->token;
}

long
collector_cell(const struct collector *c, uint32_t token)
{
	if (token == 0 || token > c->n_tokens || c->place_cells == NULL ||
	    c->tokens[token - 1] == NOWHERE)
		return -1;
	return (long)c->n_cells - (long)c->place_cells[c->tokens[token - 1]];
}
