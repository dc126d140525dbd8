/*
 * summary.h - the numbers that every report begins with.
 */
#ifndef PINSPOT_REPORT_SUMMARY_H
#define PINSPOT_REPORT_SUMMARY_H

#include "base/buf.h"
#include "model/finding.h"

struct summary {
	uint64_t attempts; /* of all findings: these broke */
	uint64_t n_causes; /* findings that are not gone */
	uint64_t hosts; /* distinct names in those */
	uint64_t n_entries; /* suggested entries: verdict add */
	uint64_t fixes; /* attempts that those cure, at most all */
	uint64_t lost; /* inspected sessions that they give up */
	uint64_t n_investigate; /* entries to be looked into first */
	uint64_t n_new, n_back, n_changed, n_gone, n_acknowledged;
	bool has_history;
};

struct summary summary_of(const struct report *r);

/* The lines of the summary, at most SUMMARY_LINES, without line ends; the
 * caller frees each.  shows_steps: the next steps follow, and may be referred to.
 * Returns how many.  There is at least one. */
enum { SUMMARY_LINES = 7 };
size_t summary_lines(const struct report *r, bool shows_steps,
    struct buf lines[SUMMARY_LINES]);

/* The first of these lines in a form short enough for a mail's subject, of
 * nothing but ASCII letters, digits and punctuation of our own. */
void summary_subject(const struct report *r, struct buf *out);

/* Records of inputs that could not be used, one line each; returns false where
 * the input was all right. */
bool summary_bad_input(const struct input_info *input, struct buf *out);

#endif
