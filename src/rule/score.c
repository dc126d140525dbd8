#include "rule/score.h"

/*
 * Likelihoods of seeing one more attempt of a kind under each hypothesis.  They
 * are the parameters of detection.md section 5.4: a model is wrong in one case
 * of twenty, a client that trusts rejects one certificate in a hundred, closes
 * an unused connection once in five times (browsers) or in twenty (others),
 * and one host in ten is pinned as well.
 */
static const double wrong = 0.05, slip = 0.01, pinned_too = 0.10;
static const double unused_browser = 0.20, unused_app = 0.05;
static const double prior_pin = 0.2, prior_no_ca = 0.2, prior_noise = 0.6;

enum { CAP = 3 /* more of the same proves no more */ };

static double
power(double base, uint64_t n)
{
	double result = 1;

	for (uint64_t i = 0; i < n && i < CAP; i++)
		result *= base;
	return result;
}

static uint64_t
largest(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

struct score
score_cell(const struct cell *cell, const struct contrast *c,
    const struct profile *p)
{
	double unused = p->engine == ENGINE_BROWSER ? unused_browser :
	    unused_app;
	uint64_t rejected = cell->attempts.rejected;
	uint64_t closed = cell->idle_rejected ? cell->attempts.idle : 0;
	uint64_t here = cell->attempts.accepted;
	uint64_t accepted = largest(c->same_profile_other_hosts.accepting,
	    c->other_hosts.accepting);
	uint64_t others = c->same_profile_other_hosts.rejecting;
	double pin = prior_pin * power(1 - wrong, rejected) *
	    power(1 - wrong, closed) * power(wrong, here) *
	    power(1 - slip, accepted) * power(pinned_too, others);
	double no_ca = prior_no_ca * power(1 - wrong, rejected) *
	    power(1 - wrong, closed) * power(wrong, here) *
	    power(wrong, accepted) * power(1 - wrong, others);
	double noise = prior_noise * power(slip, rejected) *
	    power(unused, closed) * power(1 - slip, here) *
	    power(1 - slip, accepted) * power(slip, others);
	double all = pin + no_ca + noise;

	return (struct score){ (unsigned)(100 * pin / all),
		(unsigned)(100 * no_ca / all), (unsigned)(100 * noise / all) };
}
