/*
 * tables.h - the collector's tables, shared by the files of this folder.
 *
 * While handshakes come in, a spot counts what one profile met at one host by
 * one way (issuer, leg, what a log says).  At the end, pair.c finds the legs,
 * interception.c decides which ways were intercepted, and contrast.c compares.
 */
#ifndef PINSPOT_FINDING_TABLES_H
#define PINSPOT_FINDING_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "finding/attempt.h"
#include "finding/index.h"
#include "finding/trait.h"
#include "knowledge/interceptors.h"
#include "model/finding.h"

enum {
	ADDRESSES_MAX = 4, /* of a host: enough to recognise it */
	HOSTS_MAX = 1 << 18,
	PROFILES_MAX = 1 << 18,
	WAYS_MAX = 1 << 13, /* issuers, mostly */
	SPOTS_MAX = 1 << 15, /* when reached, quiet spots are folded */
	LOUD_SPOTS_MAX = 1 << 17, /* spots with failures */
	ATTEMPTS_MAX = 1 << 16, /* when reached, old attempts are folded */
	EXEMPLARS_TOTAL_MAX = 1 << 11, /* twice that for hosts without any */
	EXEMPLAR_NAMES_MAX = 8, /* of a leaf with hundreds */
	HOST_EXEMPLARS_MAX = 64, /* a host's cells that get exemplars */
	PROXIES_MAX = 1024,
	FOLDED_PROFILE = 0 /* stands for many, in spots that were folded */
};

/* Attempts this much older than the newest are not expected to grow: ten
 * minutes, in microseconds. */
#define FOLD_AGE 600000000LL

struct host_slot {
	struct text name; /* interned */
	enum host_source source;
	uint32_t domain; /* number of the registrable domain, or of the name */
	uint8_t n_addresses;
	struct endpoint addresses[ADDRESSES_MAX]; /* the smallest; port 0 */
	uint32_t n_exemplars;
};

struct profile_slot {
	struct text client, program; /* the key, with the address */
	struct text fingerprint, user, agent, device, app;
	struct endpoint address;
	enum engine engine;
	enum leg leg; /* found by pair.c */
	uint32_t client_number, program_number;
	uint64_t folded_domains; /* a bit by number of domain, modulo 64 */
	uint64_t folded_accepted; /* attempts */
};

/* How a connection was answered: what tells an interceptor from an origin. */
struct way {
	enum leg leg; /* as told by the input */
	enum interception told; /* by a log */
	enum truth given; /* signed by the CA of --interceptor */
	bool hidden; /* TLS 1.3 or a resumed session: no certificate seen */
	bool self_issued;
	struct text issuer; /* interned; empty where not seen */
	const struct interceptor *known; /* by the issuer's name */
	bool is_public;
	bool untrust; /* the interceptor's CA for bad origins */
	bool went_down; /* TLS 1.2 or less was chosen where 1.3 was offered */
	enum interception interception; /* found by interception.c */
};

/* A handshake that is kept: texts interned, the certificate a copy. */
struct exemplar {
	struct handshake handshake;
	struct certificate certificate;
	struct text names[EXEMPLAR_NAMES_MAX];
	struct exemplar *next; /* of those to use again */
};

/* What a spot keeps only when something failed. */
struct trouble {
	struct traits traits;
	uint64_t outcomes[N_OUTCOMES];
	struct exemplar *exemplars[EXEMPLARS_MAX]; /* smallest first */
	size_t n_exemplars;
};

struct spot {
	uint32_t host, profile, way;
	uint32_t attempts; /* list in the attempt store */
	uint32_t trouble; /* index + 1; 0 quiet */
	uint32_t token;
	uint64_t accepted; /* connections */
	uint64_t bytes;
	uint32_t accepted_mismatch;
	uint32_t folded_profiles; /* that a folded spot stands for */
	uint32_t folded; /* index + 1 of attempts that were folded */
	uint32_t spki; /* of a leaf seen, the first bytes of its hash */
	uint16_t leaf_len, verify_len; /* TLS 1.3: of the encrypted flight */
	uint8_t interception; /* found by interception.c */
	bool forged; /* a leaf without SCT, AIA and CRL distribution point */
	int64_t first, last;
};

struct collector {
	struct report *report;
	struct host_slot *hosts;
	size_t n_hosts, hosts_room;
	struct profile_slot *profiles;
	size_t n_profiles, profiles_room;
	struct way *ways;
	size_t n_ways, ways_room;
	struct spot *spots;
	size_t n_spots, spots_room;
	struct trouble **troubles;
	size_t n_troubles, troubles_room;
	struct attempts *folded;
	size_t n_folded, folded_room;
	struct attempt_store attempts;
	struct index host_index, profile_index, way_index, spot_index;
	struct names clients, domains, fingerprints;
	struct endpoint *proxies; /* servers of CONNECT and SOCKS tunnels */
	size_t n_proxies, proxies_room;
	uint32_t *tokens; /* spot + 1 of each token */
	size_t n_tokens, tokens_room;
	uint32_t token; /* of the handshake added last */
	uint32_t last_way; /* of the handshake added last */
	uint32_t *spot_cells; /* cell + 1 of each spot, at the end */
	int64_t newest; /* microseconds */
	size_t quiet_limit, attempt_limit, n_exemplars;
	struct exemplar *unused; /* exemplars live in the report's pool */
	uint64_t n_folded_spots;
	bool attempts_folded, loud_dropped;
};

/* Widen a spot's span of time. */
void spot_span(struct spot *s, int64_t first, int64_t last);

/* Count a handshake that was not accepted with its spot. */
void trouble_add(struct collector *c, struct spot *s,
    const struct handshake *h);
void trouble_join(struct trouble *into, struct trouble *from);

/* Which profiles are the interceptor's own connections to origins. */
void pair_legs(struct collector *c);

/* Decide which spots were intercepted, and name the interceptor. */
void interception_resolve(struct collector *c);

/* Compare the report's cells with each other.  slots gives each cell's host
 * and profile in the collector's tables. */
struct cell_slots {
	uint32_t host, profile;
};
void contrast_fill(const struct collector *c, const struct cell_slots *slots);

/* Only cells of one plane are comparable: what met the interceptor (or may
 * have), the interceptor's own connections, and what went past it. */
enum plane { PLANE_CLIENT, PLANE_SERVER, PLANE_DIRECT };
enum plane cell_plane(const struct cell *cell);

#endif
