/*
 * gather.h - inputs -> the collector: what is read, in which order, and whom it
 * calls.
 */
#ifndef PINSPOT_CMD_GATHER_H
#define PINSPOT_CMD_GATHER_H

#include "base/error.h"
#include "cmd/analysis.h"
#include "cmd/paths.h"

/*
 * Read the files, or the interface of -I, into a's collector and report.  What
 * cannot be read is told on standard error and in a->status.  paths is put in
 * order.  -1 with the words in *e where --interceptor is unusable.
 */
int gather(struct analysis *a, struct paths *paths, struct error *e) MUST_CHECK;

#endif
