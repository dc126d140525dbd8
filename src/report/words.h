/*
 * words.h - numbers, times and facts in the words of a report.
 *
 * What every format says alike: digits in groups, the right plural, sizes,
 * times, and a command line that can be pasted.  All of it is plain UTF-8 that
 * may still hold what strangers wrote: the formats escape it.
 */
#ifndef PINSPOT_REPORT_WORDS_H
#define PINSPOT_REPORT_WORDS_H

#include "base/buf.h"
#include "model/finding.h"

/* "38,112" */
void words_number(struct buf *out, uint64_t n);

/* "1 attempt", "38,112 attempts" */
void words_count(struct buf *out, uint64_t n, const char *one,
    const char *many);

/* What an entry gives up: "38,112", or "?" where nobody knows. */
void words_lost(struct buf *out, const struct entry *e);

/* The same with its unit: "1 inspected session", "an unknown number of ...". */
void words_lost_sessions(struct buf *out, const struct entry *e);

/* "1.9 GB", in powers of 1000 as disks are sold */
void words_size(struct buf *out, uint64_t bytes);

/* A length of time in the one unit that suits it: "4.1 ms", "24 h". */
void words_duration(struct buf *out, int64_t ns);

/* "0.03 %"; what is more than nothing is never shown as 0. */
void words_share(struct buf *out, uint64_t part, uint64_t whole);

/* "2026-11-20 09:12Z" or, in the zone of the process, "2026-11-20 10:12";
 * nothing for CLOCK_UNKNOWN. */
void words_time(struct buf *out, int64_t ns, bool utc);

/* The same without the year, "11-20 09:12": 11 columns. */
void words_short_time(struct buf *out, int64_t ns, bool utc);

/* An argument that any POSIX shell, or for control characters bash, zsh and
 * ksh, reads back as t. */
void words_shell(struct buf *out, struct text t);

/* The names of the first `most`, then "and 5 more". */
void words_list(struct buf *out, const struct text *names, size_t n_shown,
    uint64_t n, size_t most);

/* At most `most` characters, the last of them an ellipsis where there are more.
 * Bytes that are no UTF-8 count as one each. */
void words_shorten(struct buf *out, struct text t, size_t most);

/* What a finding is about: its host or, where the fault is the client's, the
 * program or device. */
struct text finding_title(const struct finding *f);

/* "*.push.apple.com (3 hosts)" */
void words_hosts(struct buf *out, const struct finding *f);

/* The verdict on an entry as a person says it; "" for none. */
const char *words_verdict(enum entry_verdict v);

/* The reasons that say more than the rows of why.h, which show the rest in
 * numbers. */
struct text *reasons_beyond(const struct finding *f, size_t *n);

/* "38,112 lines" or "1.9 GB", whichever tells more of an input. */
void words_input(struct buf *out, const struct input_info *input);

struct text input_name(const struct report *r, uint32_t input);

#endif
