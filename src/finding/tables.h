/*
 * tables.h - the collector's tables, shared by the files of this folder.
 *
 * While handshakes come in (collect.c), a spot counts what one profile met at
 * one host by one way (issuer, leg, what a log says): key.c numbers the three,
 * spot.c finds the spot.  It is quiet until something fails in it, and loud from
 * then on: trouble.c keeps what failed.  Where quiet ones are too many, they are
 * folded (fold.c) into the crowds of their hosts (crowd.c); what is accepted after
 * that is counted in the crowds at once.  Where loud ones are too many, those that
 * are alike are put together (chorus.c), and as a last resort the oldest are
 * forgotten.  At the end (finish.c), pair.c finds the legs, interception.c
 * decides which ways were intercepted, cell.c makes the report's cells of what
 * there is (view.c), and contrast.c sums what they are contrasted with.
 *
 * Numbers in a spot and in what it leads to are places in the tables of struct
 * collector, since those move when they grow.
 */
#ifndef PINSPOT_FINDING_TABLES_H
#define PINSPOT_FINDING_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/mem.h"
#include "finding/attempt.h"
#include "finding/index.h"
#include "finding/pulse.h"
#include "finding/recent.h"
#include "finding/tags.h"
#include "finding/trait.h"
#include "knowledge/interceptors.h"
#include "model/finding.h"

enum {
	ADDRESSES_MAX = 4, /* of a host: enough to recognise it */
	HOSTS_MAX = 1 << 18,
	PROFILES_MAX = 1 << 18,
	WAYS_MAX = 1 << 13, /* issuers, mostly */
	QUIET_SPOTS_MAX = 32000, /* when reached, they are folded */
	QUIET_SPOTS_AGAIN = 16000, /* the same after the first time */
	QUIET_SPOTS_KEPT = 8000, /* of hosts that somebody fails at */
	CROWDS_MAX = 1 << 19, /* what quiet spots are folded to */
	HOST_CROWDS_MAX = 64, /* ways of one host, once they are folded */
	LOUD_SPOTS_MANY = 1 << 13, /* more are put together where alike */
	LOUD_SPOTS_MAX = 1 << 17, /* when reached, half are forgotten */
	CHORUS_SINGERS_MAX = 128, /* who stand for all of a chorus */
	SINGERS_MAX = 1 << 17, /* of all choruses */
	CROWD_TAGS = 1 << 16, /* 1 MB; the last half million pairs */
	CHORUS_TAGS = 1 << 14, /* 256 KB; 131,072 of those that failed */
	ATTEMPTS_MAX = 1 << 15, /* when reached, old attempts are folded */
	PATTERNS_MAX = 1 << 14,
	EXEMPLARS_MANY = 1 << 10, /* then only what a host has not shown yet */
	EXEMPLARS_MORE = 3 << 10, /* then only hosts that have shown nothing */
	EXEMPLARS_TOTAL_MAX = 1 << 12,
	HOST_EXEMPLARS_MAX = 64, /* a host's cells that get exemplars */
	PROXIES_MAX = 1024,
	BUCKETS_AT_ONCE = 64, /* at least TIMELINE_MAX */
	FOLDED_PROFILE = 0, /* stands for many, in spots that were folded */
	MEMBERS_BITS = 256,
	WAITING_MAX = 32, /* look-ups that overlap */
	KEY_TEXTS = 256 /* bytes */
};

/* The host of a place where no spot is any more. */
#define NOBODY UINT32_MAX

/* The place of a token whose spot was forgotten. */
#define NOWHERE UINT32_MAX

/* In tokens, until the end: the rest is a place among the loud spots or the
 * crowds. */
#define TOKEN_LOUD (1U << 30)
#define TOKEN_CROWD (1U << 31)

/* Attempts this much older than the newest are not expected to grow: ten
 * minutes, in microseconds.  One minute is enough for most. */
#define FOLD_AGE 600000000LL
#define JOIN_AGE 60000000LL

/*
 * What each handshake looks at lies in as few lines of the processor's cache as
 * can be: one for each of these, which is why both keep the hash of their key
 * instead of looking at the key itself.  It has 64 bits and a secret seed: that
 * two keys share one is not going to happen.
 */
struct host_slot {
	_Alignas(MEM_LINE) uint64_t hash;
	struct text name; /* interned */
	uint32_t domain; /* see key_domain; 0 not asked for yet */
	uint32_t crowd; /* index + 1 of the first; 0 none */
	struct endpoint address; /* the smallest; port 0 */
	uint32_t more_addresses; /* index + 1; 0 none */
	uint16_t n_exemplars;
	uint16_t shown; /* a bit for each pattern that had an exemplar */
	uint8_t source; /* enum host_source */
	uint8_t n_addresses;
	uint8_t domain_bit; /* the same for hosts of one domain: 0 to 63 */
	bool fails; /* somebody fails here */
};
_Static_assert(sizeof(struct host_slot) == MEM_LINE, "one line");

/* The other addresses of a host that has several, smallest first. */
struct more_addresses {
	struct endpoint at[ADDRESSES_MAX - 1];
};

struct profile_slot {
	_Alignas(MEM_LINE) uint64_t hash;
	struct text program; /* the key, with the address or the client */
	struct endpoint address;
	uint8_t engine; /* enum engine */
	uint8_t leg; /* enum leg; found by pair.c */
	uint64_t folded_domains; /* their domain_bits */
	uint64_t folded_accepted; /* attempts */
	/* One more line, for logs that tell of them. */
	_Alignas(MEM_LINE) struct text user;
	struct text app, agent, device;
	struct text client, fingerprint;
	uint32_t client_number, program_number;
	uint64_t failed_domains; /* domain_bits of hosts that it failed at */
};

/* How a connection was answered: what tells an interceptor from an origin. */
struct way {
	enum leg leg; /* as told by the input */
	enum interception told; /* by a log */
	enum truth given; /* signed by the CA of --interceptor */
	bool hidden; /* TLS 1.3 or a resumed session: no certificate seen */
	bool self_issued;
	bool mixed; /* stands for many issuers */
	struct text issuer; /* interned; empty where not seen */
	const struct interceptor *known; /* by the issuer's name */
	bool is_public;
	bool untrust; /* the interceptor's CA for bad origins */
	bool went_down; /* TLS 1.2 or less was chosen where 1.3 was offered */
	enum interception interception; /* found by interception.c */
};

/* A handshake that is kept, with its texts interned. */
struct exemplar {
	struct handshake handshake;
	uint32_t next; /* index + 1: of its spot's, or of those to use again */
};

/* What one failing connection can look like: its outcome, and its traits with
 * a count of 1.  There are few, which many spots share. */
struct pattern {
	const struct traits *traits; /* shared */
	enum outcome outcome;
};

/* So many connections of one pattern; the first of its spot's patterns keeps
 * the spot's exemplars. */
struct trouble {
	uint32_t connections; /* as far as that reaches */
	uint32_t pattern;
	uint32_t next; /* the spot's next pattern: index + 1, or 0 */
	uint32_t exemplars; /* the smallest: index + 1; 0 none */
};

/* The sum of a spot's patterns. */
struct failures {
	struct traits traits;
	uint64_t outcomes[N_OUTCOMES];
};

/* Attempts that were counted and then forgotten, of more than one profile where
 * spots were put together. */
struct folded {
	struct attempts attempts;
	uint32_t rejected; /* when: a list of c->pulses */
	uint32_t n_profiles; /* 0: one */
	uint32_t next; /* of those to use again: index + 1 */
};

/* What is known of the leaves that were shown. */
struct leaf_facts {
	uint32_t spki; /* the smallest of the first bytes of its hash */
	uint16_t len, verify_len; /* TLS 1.3: of the encrypted flight */
	bool forged; /* one without SCT, AIA and CRL distribution point */
};

/* Profiles: a bit for each, by its number modulo the bits there are. */
struct members {
	uint64_t bits[MEMBERS_BITS / 64];
};

/* What a host's quiet spots of one way counted, once they were folded; a line of
 * the processor's cache, too. */
struct crowd {
	uint32_t host;
	union {
		uint32_t next; /* the host's next: index + 1 */
		uint32_t n_profiles; /* about; at the end (fold.c) */
	};
	uint32_t attempts; /* accepted ones */
	uint32_t accepted_mismatch;
	struct leaf_facts leaf;
	uint16_t way;
	uint8_t interception; /* found by interception.c */
	uint64_t accepted, bytes;
	int64_t first, last;
};
_Static_assert(sizeof(struct crowd) == MEM_LINE, "one line");

struct spot {
	uint32_t host, profile;
	uint16_t way;
	uint8_t interception; /* found by interception.c */
	uint32_t trouble; /* index + 1; 0 quiet */
	uint32_t token; /* index + 1; 0 none */
	uint32_t folded; /* index + 1; 0 nothing */
	uint32_t accepted_mismatch;
	struct leaf_facts leaf;
	uint64_t accepted; /* connections */
	uint64_t bytes;
	int64_t first, last;
	struct attempt attempts; /* a list */
};

/* Loud spots of one host and way that are alike, as one. */
struct chorus {
	struct spot spot; /* its profile is found at the end */
	uint64_t kind; /* what they have in common: a hash */
	uint32_t n_clients;
	uint32_t singers; /* index + 1: the last one that joined */
	bool mixed; /* accepted by the same profiles at other times */
};

/* A profile that joined a chorus, the first of its client. */
struct singer {
	uint32_t profile;
	uint32_t next; /* the one before it: index + 1, or 0 */
};

/* What host and profile are found by, and what else is kept of them (key.c);
 * it borrows what the handshake borrows, or itself. */
struct key {
	struct text host;
	struct text fingerprint, user, agent, device, app;
	struct text program, client; /* one of the above, or a constant */
	struct endpoint address, server; /* ports do not count */
	enum host_source source;
	enum engine engine;
	bool accepted;
	uint64_t host_hash, profile_hash;
	char name[ADDRESS_TEXT_SIZE]; /* the host, where it has none */
	char texts[KEY_TEXTS]; /* what the texts are, once it owns them */
};

/* What the collector takes from a handshake to count it. */
struct sighting {
	uint32_t host, profile, way; /* what its spot is found by */
	uint32_t count;
	enum attempt_mark mark;
	int64_t start, until, end; /* CLOCK_UNKNOWN where none is told */
	uint64_t bytes;
	struct leaf_facts leaf;
	bool mismatch;
	bool goes_by; /* to a crowd, unless it failed before (collect.c) */
	uint64_t pair; /* if so: tags_hash of the three */
};

/* What a spot or a crowd is at the end, to all who need not know which. */
struct view {
	uint32_t host, profile, way;
	enum interception interception;
	uint64_t accepted;
	int64_t first, last;
	const struct leaf_facts *leaf;
	const struct spot *spot; /* NULL for crowds */
};

/* An accepted handshake that waits to be counted. */
struct waiting {
	struct key key;
	struct sighting sighting;
};

struct spot_table {
	struct spot *at;
	size_t n, room;
	struct index index;
};

struct collector {
	struct report *report;
	struct host_slot *hosts;
	size_t n_hosts, hosts_room;
	struct more_addresses *addresses;
	size_t n_addresses, addresses_room;
	struct profile_slot *profiles;
	size_t n_profiles, profiles_room;
	struct way *ways;
	size_t n_ways, ways_room;
	struct spot_table quiet, loud;
	size_t loud_many; /* when so many are there, see what is alike */
	struct chorus *choruses;
	size_t n_choruses, choruses_room;
	struct singer *singers;
	size_t n_singers, singers_room;
	struct recent recent; /* attempts that may go on, in crowds */
	struct crowd *crowds;
	struct members *members; /* of each; NULL at the end */
	uint32_t *crowd_tokens; /* of each, if tokens are kept; 0 none yet */
	size_t n_crowds, crowds_room, members_room, crowd_tokens_room;
	size_t first_loud, first_crowd; /* places, at the end (view.c) */
	struct tags folded_pairs; /* hosts and profiles of spots in crowds */
	struct tags joined_pairs; /* hosts and clients of spots in choruses */
	struct trouble *troubles;
	size_t n_troubles, troubles_room;
	uint32_t unused_troubles; /* index + 1 */
	struct pattern *patterns;
	size_t n_patterns, patterns_room;
	const struct traits **shared;
	size_t n_shared, shared_room;
	struct exemplar **exemplars; /* they live in the report's pool */
	size_t n_exemplars, n_exemplars_made, exemplars_room;
	uint32_t unused_exemplars; /* index + 1 */
	struct folded *folded;
	size_t n_folded, folded_room;
	uint32_t unused_folded; /* index + 1 */
	struct attempt_store attempts;
	struct pulses pulses; /* of attempts that were forgotten */
	struct index host_index, profile_index, way_index, pattern_index,
	    shared_index, chorus_index;
	struct names clients, domains, fingerprints;
	struct endpoint *proxies; /* servers of CONNECT and SOCKS tunnels */
	size_t n_proxies, proxies_room;
	struct waiting waiting[WAITING_MAX]; /* see collect.c */
	size_t n_waiting;
	bool keeps_tokens, keeps_clients;
	uint32_t *tokens; /* the spot of each (spot.c) */
	size_t n_tokens, tokens_room;
	uint32_t token; /* of the handshake added last */
	uint32_t last_way; /* of the handshake added last */
	struct bucket *buckets; /* room for so many (cell.c) */
	size_t n_buckets;
	uint32_t *place_cells; /* of each place: its cell, the last one 1 */
	size_t n_cells;
	int64_t newest; /* microseconds */
	bool spots_folded, all_folded, attempts_folded, clients_joined;
	bool failures_dropped, patterns_dropped, ways_mixed;
	bool finished; /* nothing is left but tokens and place_cells */
};

/* The smallest facts, whatever came first. */
static inline void
leaf_join(struct leaf_facts *l, const struct leaf_facts *other)
{
	if (other->spki != 0 && (l->spki == 0 || other->spki < l->spki))
		l->spki = other->spki;
	l->forged |= other->forged;
	if (other->len != 0 && (l->len == 0 || other->len < l->len)) {
		l->len = other->len;
		l->verify_len = other->verify_len;
	}
}

/* Free the spots, and what belongs to them. */
void collector_release_spots(struct collector *c);

/* Free all tables but those that collector_cell needs. */
void collector_release(struct collector *c);

/* Count what waits to be counted. */
void collector_see_waiting(struct collector *c);

/*
 * Keys (key.c)
 */

void key_fill(struct key *k, const struct handshake *h);

/* Copy what is borrowed; false, and nothing done, where it is too long. */
bool key_own(struct key *k);

/* Have memory fetched that key_resolve will read, one after the other. */
void key_fetch_index(const struct collector *c, const struct key *k);
void key_fetch(const struct collector *c, const struct key *k);

/* Find the numbers of host and profile, which may be new, and keep what else
 * is told of them. */
void key_resolve(struct collector *c, const struct key *k, uint32_t *host,
    uint32_t *profile);

/* The number of a host's registrable domain, or of its name where it has none. */
uint32_t key_domain(struct collector *c, uint32_t host);

/* The i-th of a host's addresses, the smallest first. */
const struct endpoint *key_host_address(const struct collector *c,
    const struct host_slot *h, unsigned i);

/* The number of the way a handshake went, which may be new. */
uint32_t key_way(struct collector *c, const struct handshake *h);

/* The same way, but for the issuer, which is one of many. */
uint32_t key_way_of_others(struct collector *c, uint32_t way);

/*
 * Spots (spot.c)
 */

/* Have memory fetched that spot_of will read; first the one, then the other. */
void spot_fetch_index(const struct collector *c, const struct sighting *s);
void spot_fetch(const struct collector *c, const struct sighting *s);

/* The spot of a sighting, which may be new; valid until the next call. */
struct spot *spot_of(struct collector *c, const struct sighting *s);

/* The same of one that nothing failed in, or that something did, if there is
 * one. */
struct spot *spot_find_quiet(const struct collector *c,
    const struct sighting *s);
struct spot *spot_find_loud(const struct collector *c,
    const struct sighting *s);

/* The same where something fails now. */
struct spot *spot_loud(struct collector *c, const struct sighting *s);

/* Count a sighting in its spot. */
void spot_add(struct collector *c, struct spot *spot,
    const struct sighting *s);

/* What is counted and forgotten of a spot; its place may be given back. */
struct folded *spot_folded(struct collector *c, struct spot *s);
void spot_give_folded(struct collector *c, struct spot *s);

/* Count attempts as a spot's that are then forgotten. */
void spot_fold_attempt(struct collector *c, struct folded *f,
    const struct attempt *a);

/* A new token, for a place; 0 where none are kept. */
uint32_t token_new(struct collector *c, uint32_t place);

uint64_t spot_hash(uint32_t host, uint32_t profile, uint32_t way);

/* Add one that nobody will look for. */
struct spot *spot_append(struct spot_table *t, const struct spot *new);
void spot_table_free(struct spot_table *t);

/*
 * Crowds (crowd.c)
 */

/* Have memory fetched that crowd_add will read; sets what it asks for. */
void crowd_fetch(const struct collector *c, struct sighting *s);

/* Count a sighting in the crowd of its host and way; returns the crowd's
 * number. */
uint32_t crowd_add(struct collector *c, const struct sighting *s);

/* A crowd's token, where tokens are kept. */
uint32_t crowd_token(struct collector *c, uint32_t crowd);

/* Count what a spot counted, with so many accepted attempts; returns the
 * crowd's number. */
uint32_t crowd_add_spot(struct collector *c, const struct spot *s,
    uint32_t attempts);

/* Take one connection of a profile back; false where it made none.  crowd is
 * index + 1. */
bool crowd_recall(struct collector *c, uint32_t host, uint32_t profile,
    uint32_t crowd);

/* How many profiles each stands for; who they are is forgotten. */
void crowds_settle(struct collector *c);

/*
 * Choruses (chorus.c)
 */

/* Have memory fetched that chorus_take will read for n loud spots. */
void chorus_fetch(const struct collector *c, const struct spot *s, size_t n);

/* Put a loud spot to those that are like it; false, and nothing done, where it
 * has to stay.  known: only where its pair joined them before. */
bool chorus_take(struct collector *c, struct spot *s, bool known);

/* Make each a loud spot of one of its profiles, which stands for all; or two,
 * where some of them were accepted since. */
void choruses_settle(struct collector *c);

/*
 * Too many spots, and the end (fold.c)
 */

/* Make room, where there is too much: fold what is quiet or old. */
void spot_make_room(struct collector *c);

/* No handshakes follow: forget how to find spots, and give each of them and
 * each crowd a place, from 0. */
void spots_settle(struct collector *c);

/*
 * What there is at the end (view.c)
 */

size_t view_count(const struct collector *c);
struct view view_at(const struct collector *c, size_t place);
struct spot *view_spot(const struct collector *c, size_t place); /* or NULL */
struct crowd *view_crowd(const struct collector *c, size_t place);
void view_judge(struct collector *c, size_t place, enum interception verdict);

/* Put all in an order, a list of all places, which becomes that of the new
 * ones: those of the quiet, the loud and the crowds then each ascend in it. */
void view_arrange(struct collector *c, uint32_t *order);

/* Give back what is at a place and at those after it in the order. */
void view_drop(struct collector *c, size_t place);

/*
 * Failures (trouble.c)
 */

/* Count a handshake that was not accepted with its spot. */
void trouble_add(struct collector *c, struct spot *s,
    const struct handshake *h);

/* Put what failed in a spot to what failed in another one of its host. */
void trouble_move(struct collector *c, struct spot *to, struct spot *from);

/* The same, of a share of n / of; the exemplars stay. */
void trouble_share_out(struct collector *c, struct spot *to,
    struct spot *from, uint32_t n, uint32_t of);

/* Forget what failed in a spot. */
void trouble_drop(struct collector *c, struct spot *s);

/* Add a spot's failures to a sum. */
void trouble_sum(const struct collector *c, const struct spot *s,
    struct failures *sum);

/* Those of a spot's exemplars that are smaller than some of the list. */
void trouble_exemplars(const struct collector *c, const struct spot *s,
    const struct handshake *list[EXEMPLARS_MAX], size_t *n);

/* A copy in the report's pool, one for all with the same content. */
const struct traits *trouble_share(struct collector *c,
    const struct traits *t);

/*
 * At the end (pair.c, interception.c, cell.c, contrast.c)
 */

/* Which profiles are the interceptor's own connections to origins. */
void pair_legs(struct collector *c);

/* Decide which spots were intercepted, and name the interceptor. */
void interception_resolve(struct collector *c);

/* Fill the report's cells, contrast and all; ranks give the places of hosts and
 * profiles in the report.  The spots are gone then. */
void cells_make(struct collector *c, const uint32_t *host_ranks,
    const uint32_t *profile_ranks);

/* Sum what the report's cells are contrasted with. */
void contrast_fill(struct collector *c, const uint32_t *host_ranks,
    const uint32_t *profile_ranks);

#endif
