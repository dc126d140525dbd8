/*
 * pattern.h - regular expressions by PCRE2, which cannot hang a run.
 *
 * Patterns come from rules and exclusion lists, subjects from strangers.  Every
 * match has a limit of steps; one that reaches it says so instead of going on.
 */
#ifndef PINSPOT_BASE_PATTERN_H
#define PINSPOT_BASE_PATTERN_H

#include "base/attr.h"
#include "base/error.h"
#include "base/text.h"

struct pattern;

enum { PATTERN_NOCASE = 1 };

enum pattern_match { PATTERN_NO, PATTERN_YES,
	PATTERN_LIMIT /* gave up: neither yes nor no */ };

/* Compile PCRE2 source of at most 4096 bytes; matched as bytes, searched for
 * anywhere unless it is anchored.  NULL with the words in *e, which tell the
 * column.  The caller frees it. */
struct pattern *pattern_new(struct text source, unsigned flags,
    struct error *e) MUST_CHECK;

void pattern_free(struct pattern *p);

/* Is there a match in the subject?  One pattern is for one thread. */
enum pattern_match pattern_search(const struct pattern *p, struct text subject)
    MUST_CHECK;

/* The same; *out gets what the first group matched, or the whole match where
 * the pattern has no group or the group took no part.  A window on the
 * subject. */
enum pattern_match pattern_capture(const struct pattern *p,
    struct text subject, struct text *out) MUST_CHECK;

#endif
