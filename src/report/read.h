/*
 * read.h - a report in JSON, read again: what `explain` needs of it.
 *
 * Cells are not in it, nor the proving handshakes as a whole.
 */
#ifndef PINSPOT_REPORT_READ_H
#define PINSPOT_REPORT_READ_H

#include "base/error.h"
#include "model/finding.h"

/* Does it begin as a report of ours does? */
bool report_recognise(struct text head);

/* Read a report (pinspot/report/v1); name is for the words.  The caller frees
 * it.  NULL with the words in *e where it is none. */
struct report *report_read(struct text json, const char *name,
    struct error *e) MUST_CHECK;

#endif
