/*
 * replay.h - the recorded traffic, asked what an exclusion would have done.
 *
 * Every entry is compared with every host once, by way of an index of the
 * names' ends, so that a list of 100,000 entries costs no more than a walk over
 * the hosts.
 */
#ifndef PINSPOT_EXCLUDE_REPLAY_H
#define PINSPOT_EXCLUDE_REPLAY_H

#include "exclude/product.h"
#include "model/finding.h"

/* What happened to one host under interception. */
struct traffic {
	uint64_t rejected; /* attempts that failed */
	uint64_t curable; /* of these, of a class that an exclusion cures */
	uint64_t accepted; /* inspected sessions that worked */
	uint64_t bytes; /* of these */
	uint64_t connections; /* intercepted ones, of any outcome */
	uint64_t accepting; /* attempts accepted by programs that never refuse */
	uint64_t refusing_clients; /* whose attempts are curable */
};

/* What an entry, or a whole list, would change. */
struct price {
	uint64_t fixed; /* rejected attempts cured */
	uint64_t left; /* rejected attempts that it leaves as they are */
	uint64_t lost, bytes_lost, clients_lost; /* inspected until now */
	size_t n_hosts, n_others; /* names caught; of these nothing to cure */
};

struct replay;

/* r must outlive it and its cells must have their findings, without which only
 * replay_facts and replay_cells tell the truth. */
struct replay *replay_new(const struct report *r);
void replay_free(struct replay *rp);

/* Attempts of a cell that failed under interception, and of which class. */
uint64_t replay_failed(const struct replay *rp, const struct cell *c,
    enum class *class);

size_t replay_n_hosts(const struct replay *rp);
struct traffic replay_traffic(const struct replay *rp, uint32_t host);
struct host_facts replay_facts(const struct replay *rp, uint32_t host);

/* The report's cells of a host. */
const uint32_t *replay_cells(const struct replay *rp, uint32_t host, size_t *n);

/* The host of this name, or UINT32_MAX. */
uint32_t replay_host(const struct replay *rp, struct text name);

/* Compare the entries with all hosts; forgets those of an earlier call. */
void replay_entries(struct replay *rp, const struct listed *entries, size_t n);

/* The hosts that an entry matches, in the report's order. */
const uint32_t *replay_hosts(const struct replay *rp, size_t entry, size_t *n);

/* The price of excluding these hosts; fixed + left is the same for any set:
 * all rejected attempts under interception. */
struct price replay_price(struct replay *rp, const uint32_t *hosts, size_t n);

/* The hosts that any of the chosen entries matches, without repeats; *n of
 * them, valid until the next call. */
const uint32_t *replay_union(struct replay *rp, const size_t *entries,
    size_t n_entries, size_t *n);

/* How many other hosts were seen at the addresses of these: what a product
 * exempts as well that goes by the addresses of a name. */
size_t replay_neighbours(struct replay *rp, const uint32_t *hosts, size_t n);

#endif
