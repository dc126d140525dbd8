/*
 * store.h - what earlier runs saw: one SQLite file, DIR/history.sqlite.
 *
 * The rollback journal with full synchronisation was chosen over WAL because
 * between runs there is then exactly one file, and because a kill at any
 * instant leaves the state before the run or the state after it.  A run is one
 * transaction: history_apply opens it, and history_commit ends it once the
 * report is out; what is killed between the two is told again by the next run.
 *
 * Counts are kept by input.  An input that is read again, because it grew or
 * for no reason at all, replaces what it said before; so the same input changes
 * nothing, and no line is lost or counted twice.
 */
#ifndef PINSPOT_HISTORY_STORE_H
#define PINSPOT_HISTORY_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "history/mark.h"
#include "history/tally.h"
#include "model/finding.h"

struct history;

/* Is there one in this folder? */
bool history_exists(const char *dir);

/* Open the history of a folder; create makes folder and file, with rights for
 * the user only.  -1 with the words in *e. */
int history_open(struct history **h, const char *dir, bool create,
    struct error *e) MUST_CHECK;

/* Ends an open transaction without effect.  NULL is fine. */
void history_close(struct history *h);

/*
 * Inputs.
 */
enum known { KNOWN_NOT, KNOWN_SAME, KNOWN_GROWN };

/* Does the store know these contents (of that size, or UINT64_MAX where only
 * reading would tell)?  *input gets their number there, else 0, and *m the mark
 * that they continue. */
enum known history_recognise(struct history *h, uint64_t size,
    mark_read_fn *read, void *arg, int64_t *input, struct mark *m);

/* The number of the log that had this name last; 0 where there is none. */
int64_t history_log_named(struct history *h, const char *path);

/* The spans of all inputs, for the tally, which takes the edges of those that
 * ended last; the caller frees the array. */
struct tally_span *history_spans(struct history *h, size_t *n);

/*
 * A run.
 */
struct history_source { /* one for each input of the report */
	int64_t input; /* as history_recognise said */
	enum known known;
	struct mark mark; /* size 0 where there is none, as of pipes */
};

struct history_run {
	struct report *report; /* decided, not yet filtered */
	struct tally *tally;
	const struct history_source *sources;
	/* The index into report->cells for a token, or -1. */
	long (*cell_of)(const void *arg, uint32_t token);
	const void *arg;
	int64_t now;
};

/*
 * Begin the run's transaction, keep what it saw, and set each finding's status
 * and first_seen.  Findings that are gone are added to the report's, and what
 * drifted to its notes.
 */
int history_apply(struct history *h, const struct history_run *run,
    struct error *e) MUST_CHECK;

int history_commit(struct history *h, struct error *e) MUST_CHECK;

/*
 * The user's side.  finding is an id or the beginning of one; until is a time.
 */
int history_ack(struct history *h, const char *finding, int64_t until,
    const char *reason, int64_t now, struct error *e) MUST_CHECK;

struct history_finding {
	struct text id, class, confidence, rule, host, subject, status;
	struct text ack_reason; /* empty: not acknowledged */
	int64_t first_seen, last_seen, gone_since, ack_until;
	uint64_t connections, attempts; /* rejected, over all days kept */
	uint64_t days; /* on which it was seen */
};
typedef void history_finding_fn(const struct history_finding *f, void *arg);

/* Findings by last_seen, newest first, then by id. */
int history_findings(struct history *h, history_finding_fn *fn, void *arg,
    struct error *e) MUST_CHECK;

/* Those on a host, or of an id or its beginning. */
int history_findings_on(struct history *h, struct text word,
    history_finding_fn *fn, void *arg, struct error *e) MUST_CHECK;

/* Connections, over all days and inputs kept. */
struct history_met {
	/* Of a program at a host: its client and name, of which one may be empty,
	 * as in what was summed up by host.  Of a host: its name. */
	struct text client, program, host;
	uint64_t accepted, rejected, idle, other;
	int64_t last; /* the day */
};
typedef void history_met_fn(const struct history_met *met, void *arg);

/* What each program met at a host, or at the hosts of a finding; those that were
 * rejected most come first. */
int history_met_at(struct history *h, struct text host_or_id,
    history_met_fn *fn, void *arg, struct error *e) MUST_CHECK;

/* What the programs that a finding is about met at other hosts, by host. */
int history_met_elsewhere(struct history *h, struct text id,
    history_met_fn *fn, void *arg, struct error *e) MUST_CHECK;

struct history_entry {
	struct text product, entry;
	int64_t added, review;
};
typedef void history_entry_fn(const struct history_entry *entry, void *arg);

/* Entries that were suggested, by review date. */
int history_entries(struct history *h, history_entry_fn *fn, void *arg,
    struct error *e) MUST_CHECK;

/* Everything as JSON (pinspot/history/v1), the same for the same contents. */
int history_export(struct history *h, struct buf *out, struct error *e)
    MUST_CHECK;

struct history_swept {
	uint64_t counts, inputs, findings;
	uint64_t folded; /* counts of quiet days that became fewer */
};

enum { HISTORY_FOLD_DAYS = 35 };

/* Forget what is older than so many days before the newest day that was seen;
 * acknowledged findings stay.  What was only accepted, longer ago than
 * HISTORY_FOLD_DAYS, is summed up by host. */
int history_gc(struct history *h, unsigned days, struct history_swept *swept,
    struct error *e) MUST_CHECK;

/* -1 with what is wrong: damage, or a file that others may read. */
int history_check(struct history *h, struct error *e) MUST_CHECK;

#endif
