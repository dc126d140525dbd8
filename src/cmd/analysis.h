/*
 * analysis.h - the stages joined: inputs -> handshakes -> cells -> verdicts.
 */
#ifndef PINSPOT_CMD_ANALYSIS_H
#define PINSPOT_CMD_ANALYSIS_H

#include "cmd/outlet.h"
#include "cmd/settings.h"
#include "cmd/spool.h"
#include "cmd/state.h"
#include "finding/collect.h"
#include "input/join.h"
#include "model/finding.h"
#include "report/anonymize.h"
#include "rule/decide.h"

struct analysis {
	const struct settings *settings;
	struct report *report;
	struct rules *rules;
	struct collector *collector;
	struct join *join; /* where a log meets a capture, else NULL */
	struct spool *spool; /* with --handshakes, else NULL */
	struct outlet outlet; /* the same where nobody waits for the end */
	struct state *state; /* with --state, else NULL */
	struct anonymizer *anonymizer; /* with --anonymize, else NULL */
	struct text interceptor; /* the CA that was given; empty for none */
	bool hidden; /* it has been at work on the report */
	uint64_t n_handshakes;
	int status; /* exit status so far */
};

/*
 * Read the inputs (files, folders, "-") until hosts and cells are known.  A run
 * that remembers begins a history where --state names none yet; others look at
 * one that is there.  What goes wrong is told on standard error and in
 * a->status.  Returns -1 where there is nothing to report at all.  analysis_free
 * is due in both cases.
 */
int analysis_read(struct analysis *a, const struct settings *s, bool remembers,
    int n_paths, char **paths) MUST_CHECK;

/* Reach the verdicts on what was read. */
void analysis_judge(struct analysis *a);

/* Both. */
int analysis_run(struct analysis *a, const struct settings *s, bool remembers,
    int n_paths, char **paths) MUST_CHECK;

/* Count what was read so far, and judge: for a report in between. */
void analysis_decide(struct analysis *a);

/* The product for --for: what the user said, else the one whose log was read, else
 * "plain". */
const char *analysis_product(const struct analysis *a);

/* With --anonymize: put pseudonyms into the report, once.  What is shown must be
 * chosen before, by the real names. */
void analysis_hide(struct analysis *a);

void analysis_free(struct analysis *a);

#endif
