/*
 * attempt.h - connections that follow each other closely are one attempt.
 *
 * A click makes two or three connections.  What people count is attempts: the
 * connections of one profile to one host whose beginnings lie at most ten
 * seconds apart.  They are kept as disjoint intervals, whose union does not
 * depend on the order in which connections arrive.
 */
#ifndef PINSPOT_FINDING_ATTEMPT_H
#define PINSPOT_FINDING_ATTEMPT_H

#include <stddef.h>
#include <stdint.h>

#include "model/finding.h"

/* Times here are microseconds since 1970. */
#define ATTEMPT_GAP 10000000LL
/* An acceptance within five minutes after a rejection is a click-through: so
 * long people take to read a warning and find the way around it. */
#define CLICK_THROUGH_WINDOW 300000000LL

/* What happened in an attempt; the strongest mark names it. */
enum attempt_mark {
	ATTEMPT_ALERT = 1, /* rejected by an alert: never excused */
	ATTEMPT_DATA = 2, /* carried data */
	ATTEMPT_SILENT = 4, /* rejected by FIN or RST in the handshake */
	ATTEMPT_IDLE = 8,
	ATTEMPT_REFUSED = 16,
	ATTEMPT_NETWORK = 32,
	ATTEMPT_OTHER = 64
};

/* One connection, as far as attempts care. */
struct moment {
	int64_t start; /* the ClientHello */
	int64_t until; /* the server's flight, or what ended it without one */
	unsigned mark;
};

struct attempt {
	int64_t start, end; /* of its first and its last ClientHello */
	uint32_t took; /* its first connection, as far as that reaches */
	uint32_t first_reject, last_accept; /* from start, plus 1; 0 none */
	uint32_t next; /* the one before it in time: index + 1 in the store */
	uint32_t oldest; /* of a list, known by its newest; likewise */
	uint8_t marks; /* 0: there is none */
};

/*
 * A list is its newest attempt, which whoever owns the list keeps, and older
 * ones in a store that all lists of a run share.  So what nearly every
 * connection touches lies beside what it belongs to.
 */
struct attempt_store {
	struct attempt *at;
	size_t n, room, n_used;
	uint32_t unused; /* list of pieces to use again */
};

void attempt_store_free(struct attempt_store *s);

/* Put a connection into a list: into the attempt that it falls into, which
 * may close the gap to another, or as an attempt of its own. */
void attempt_add(struct attempt_store *s, struct attempt *list,
    struct moment m);

/* Move what is in one list to another. */
void attempt_join(struct attempt_store *s, struct attempt *into,
    struct attempt *from);

/* Forget the attempts that ended before a time, but never the newest; forget is
 * called with each.  What arrives for that time later counts anew. */
typedef void attempt_fn(const struct attempt *a, void *arg);
void attempt_fold(struct attempt_store *s, struct attempt *list,
    int64_t before, attempt_fn *forget, void *arg);

/* Forget a list. */
void attempt_free(struct attempt_store *s, struct attempt *list);

/* The one before it in time, or NULL. */
const struct attempt *attempt_older(const struct attempt_store *s,
    const struct attempt *a);

/* Add counters to others. */
void attempts_add(struct attempts *to, const struct attempts *from);

/* Count an attempt without a time. */
void attempt_tally(enum attempt_mark result, struct attempts *counts);

/* Add the attempts of a list to the counters; returns how many rejected ones
 * were followed by an acceptance. */
uint64_t attempt_count(const struct attempt_store *s,
    const struct attempt *list, struct attempts *counts);

/* What an attempt is, as one mark. */
enum attempt_mark attempt_result(const struct attempt *a);

/* True for at least five attempts at a fixed interval (one tenth of it is
 * allowed for either way). */
bool attempt_periodic(const struct attempt_store *s,
    const struct attempt *list);

#endif
