/*
 * apply.h - one run against what earlier ones saw, shared by the files that do
 * it: counts.c keeps inputs and counts, gone.c finds what is gone, apply.c
 * gives findings their status.
 */
#ifndef PINSPOT_HISTORY_APPLY_H
#define PINSPOT_HISTORY_APPLY_H

#include "history/store_private.h"

enum {
	OFFENDERS_MAX = 256, /* programs that are kept of one finding */
	HOSTS_MAX = 1024, /* names that are kept of one finding */
	NOTES_MAX = 64 /* of what drifted, in one run */
};

/* Numbers 0 to n - 1 grouped by a key: those of key k are at[begin[k]] to
 * at[begin[k + 1] - 1], in order. */
struct groups {
	uint32_t *begin, *at;
};

struct named {
	struct text name;
	uint32_t number;
};

int named_order(const void *a, const void *b);

/* What this run saw of one cell of the report, over all its inputs. */
struct seen {
	int64_t last_accepted, last_rejected; /* CLOCK_UNKNOWN for none */
	uint64_t accepted;
};

struct apply {
	struct history *h;
	const struct history_run *run;
	struct report *report;
	const struct tally_row *rows;
	size_t n_rows;
	int64_t *inputs; /* number in the store of each input of the report */
	int64_t *hosts, *profiles; /* numbers in the store, 0: not yet asked */
	struct seen *seen; /* by cell */
	struct groups by_finding, by_host; /* cells; key of finding 0: none */
	struct named *names; /* hosts by name */
	size_t n_notes; /* that there were, also beyond NOTES_MAX */
	struct finding *gone;
	size_t n_gone, gone_room;
};

/* A note for the report; what is beyond NOTES_MAX is left out. */
void apply_note(struct apply *a, const char *format, ...) PRINTF_LIKE(2, 3);

/* The fingerprint, else what a log says; empty where neither is known. */
struct text apply_program(const struct profile *p);

/* The program of a cell's profile, or the client where no program is known. */
struct text apply_offender(const struct report *r, const struct cell *cell);

/* Keep the inputs and what they counted; fill a->seen. */
void apply_inputs(struct apply *a);
void apply_counts(struct apply *a);

/* Set findings that are not in the report, or only by an older log, to gone
 * where this run shows that they are: the first adds them to a->gone, the other
 * tells whether a finding of the report is. */
void apply_gone(struct apply *a);
bool apply_recover(struct apply *a, const struct finding *f);

#endif
