/*
 * contrast.h - what decides a class: what happened to others, under the same
 * interception.
 *
 * A report keeps sums, by host, profile, client and program, and each failing
 * cell what it adds to them itself.  The contrast of a cell is the difference.
 */
#ifndef PINSPOT_MODEL_CONTRAST_H
#define PINSPOT_MODEL_CONTRAST_H

#include <stdbool.h>
#include <stdint.h>

struct cell;
struct report;
struct server_leg;

/* One half of the contrast: what happened elsewhere, in attempts, and how many
 * different ones (profiles, domains, ... as the member's comment says) did so. */
struct contrast_side {
	uint32_t accepted, rejected;
	uint32_t accepting, rejecting;
};

/* The cell itself is in none of these unless its comment says so. */
struct contrast {
	struct contrast_side same_host_other_profiles; /* profiles */
	struct contrast_side same_host_other_fingerprints; /* fingerprints */
	struct contrast_side same_profile_other_hosts; /* other domains */
	struct contrast_side same_fingerprint_other_hosts; /* other domains */
	struct contrast_side same_fingerprint_other_clients; /* this host;
							      * clients */
	struct contrast_side same_client_other_profiles; /* profiles */
	struct contrast_side other_hosts; /* only counts, of hosts: those of
					   * same_profile_other_hosts */
	struct contrast_side profile; /* all its hosts with this one; domains */
	struct contrast_side client_programs; /* all, with this one; profiles */
	struct contrast_side client; /* all its programs, this one too; domains */
	struct contrast_side fingerprint; /* everywhere; clients that accept or
					   * reject anything at all */
	uint32_t rejecting_browsers; /* other browser profiles, this host */
	bool all_rejections_first; /* the client rejected first and accepted
				    * everything later */
	bool folded; /* this profile may have accepted this host in what was
		      * folded into counters */
};

/* What one member of a group did, in attempts. */
struct contrast_share {
	uint32_t accepted, rejected;
	uint32_t weight; /* members that it stands for */
};

/* What a failing cell whose program is known adds to the sums of programs. */
struct program_shares {
	struct contrast_share program_domain, host_program,
	    host_program_client;
	struct contrast_side host_program_clients; /* the whole group */
};

/* What was folded of a profile, a client or a program, if not known where. */
struct folded_sum {
	uint64_t domains; /* a bit for each domain, which several may share */
	uint64_t failed; /* the same of those that something failed at; 0 where
			  * all of it is known */
	uint32_t accepted; /* attempts */
	uint32_t n_profiles;
};

/*
 * Sums over the cells of one plane: what met the interceptor, or what is its
 * own, or what went past it.  Each member's comment says what its sides count.
 * NULL where nothing of the plane failed, or where no program is known.
 */
struct contrast_sums {
	struct contrast_side *host_profiles; /* by host */
	struct contrast_side *host_programs;
	struct contrast_side *profile_domains, *profile_hosts; /* by profile */
	struct contrast_side *client_profiles, *client_domains; /* by client */
	struct contrast_side *program_domains, *program_clients; /* by program */
};

enum plane { PLANE_CLIENT, PLANE_SERVER, PLANE_DIRECT, N_PLANES };

/* What contrast is made of; the arrays are the report's pool's. */
struct contrasts {
	struct contrast_sums planes[N_PLANES];
	uint32_t *clients, *programs; /* their numbers, by profile */
	struct folded_sum *folded_profiles, *folded_clients, *folded_programs;
	uint8_t *host_domains; /* the number of that bit, by host */
	uint32_t *rejecting_browsers; /* by host */
	const struct server_leg **server_legs; /* by host; NULL none seen */
	bool forgot; /* of what was folded, some was not found again */
};

/* Only cells of one plane are comparable. */
enum plane cell_plane(const struct cell *cell);

/* What a cell counts for, as it stands now. */
struct contrast_share cell_share(const struct report *r,
    const struct cell *cell);

/* A cell of many profiles as if it were of one: with the attempts that each has,
 * rounded up. */
struct cell cell_of_one(const struct cell *cell);

/* What it counts for among those of its profile or client, of which a cell that
 * failed has one, whatever it stands for. */
struct contrast_share cell_share_of_one(const struct report *r,
    const struct cell *cell);

/* The contrast of a failing cell of one profile. */
struct contrast contrast_of(const struct report *r, const struct cell *cell);

/* Sides gain and lose what a member did. */
void contrast_add(struct contrast_side *side, const struct contrast_share *s);
void contrast_remove(struct contrast_side *side,
    const struct contrast_share *s);

/* The server legs that belong to a cell on the client leg, if only none. */
const struct server_leg *server_leg_of(const struct report *r,
    const struct cell *cell);

bool cell_is_browser(const struct report *r, const struct cell *cell);

#endif
