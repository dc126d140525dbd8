/*
 * traffic.h - a small recorded day for the tests of what excludes.
 */
#ifndef PINSPOT_TESTS_TRAFFIC_H
#define PINSPOT_TESTS_TRAFFIC_H

#include <stdio.h>

#include "base/clock.h"
#include "knowledge/suffix.h"
#include "model/finding.h"

enum { DAY_MAX = 64 };

struct day {
	struct report *r;
};

static inline struct day
day_new(void)
{
	struct day d = { report_new() };
	struct report *r = d.r;

	r->hosts = pool_zero(r->pool, DAY_MAX * sizeof(*r->hosts));
	r->profiles = pool_zero(r->pool, DAY_MAX * sizeof(*r->profiles));
	r->cells = pool_zero(r->pool, DAY_MAX * sizeof(*r->cells));
	r->findings = pool_zero(r->pool, DAY_MAX * sizeof(*r->findings));
	r->last = 20000 * CLOCK_DAY; /* 2024-10-04 */
	return d;
}

static inline uint32_t
day_host(struct day *d, const char *name)
{
	struct report *r = d->r;

	for (size_t i = 0; i < r->n_hosts; i++)
		if (text_is(r->hosts[i].name, name))
			return (uint32_t)i;
	r->hosts[r->n_hosts].name = pool_intern(r->pool, text_of(name));
	r->hosts[r->n_hosts].source = HOST_SNI;
	return (uint32_t)r->n_hosts++;
}

static inline uint32_t
day_client(struct day *d, const char *client, const char *program)
{
	struct report *r = d->r;

	for (size_t i = 0; i < r->n_profiles; i++)
		if (text_is(r->profiles[i].client, client) &&
		    text_is(r->profiles[i].fingerprint, program))
			return (uint32_t)i;
	r->profiles[r->n_profiles].client =
	    pool_intern(r->pool, text_of(client));
	r->profiles[r->n_profiles].fingerprint =
	    pool_intern(r->pool, text_of(program));
	return (uint32_t)r->n_profiles++;
}

static inline struct cell *
day_cell(struct day *d, const char *host, const char *client,
    const char *program)
{
	struct cell *c = &d->r->cells[d->r->n_cells++];

	c->host = day_host(d, host);
	c->profile = day_client(d, client, program);
	c->interception = INTERCEPTION_PROVEN;
	c->n_profiles = 1;
	return c;
}

/* n sessions that worked under interception, of 1000 bytes each. */
static inline void
day_accepts(struct day *d, const char *host, const char *client,
    const char *program, uint64_t n)
{
	struct cell *c = day_cell(d, host, client, program);

	c->connections = c->accepted = n;
	c->attempts.accepted = n;
	c->bytes = n * 1000;
}

/* n refused attempts, and the finding on the host that they make. */
static inline struct finding *
day_rejects(struct day *d, const char *host, const char *client,
    const char *program, uint64_t n, enum class class)
{
	struct report *r = d->r;
	struct cell *c = day_cell(d, host, client, program);
	struct finding *f = NULL;

	c->connections = n;
	c->attempts.rejected = n;
	c->class = class;
	for (size_t i = 0; i < r->n_findings; i++)
		if (r->findings[i].host == c->host + 1 &&
		    r->findings[i].class == class)
			f = &r->findings[i];
	if (f == NULL) {
		f = &r->findings[r->n_findings++];
		snprintf(f->id, sizeof(f->id), "f-%08zx", r->n_findings);
		f->class = class;
		f->host = c->host + 1;
		f->host_name = r->hosts[c->host].name;
		f->hosts = &r->hosts[c->host].name;
		f->n_hosts = 1;
	}
	c->finding = (uint32_t)(f - r->findings) + 1;
	f->attempts += n;
	f->n_clients++;
	return f;
}

#endif
