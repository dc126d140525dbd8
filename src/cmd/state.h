/*
 * state.h - a run with --state: what is read is known again, rotated logs are
 * read to their end, and the findings get their status.
 *
 * Every function takes NULL for a run without history, and then does nothing.
 */
#ifndef PINSPOT_CMD_STATE_H
#define PINSPOT_CMD_STATE_H

#include <stdint.h>

#include "base/error.h"
#include "cmd/paths.h"
#include "finding/collect.h"
#include "model/finding.h"

struct state;

/* *state is NULL for a dir that is NULL, and for one without a history unless
 * the run is to be remembered.  -1 with the words in *e. */
int state_open(struct state **state, const char *dir, bool remembers,
    struct error *e) MUST_CHECK;
void state_free(struct state *s);

/*
 * Look at what is to be read.  Where a log was rotated since the last run, the
 * file that its rest is in now is found by its contents and added.
 */
void state_recognise(struct state *s, struct paths *paths);

/* The input of this number is read next, from this path; it could not be read
 * after all. */
void state_input(struct state *s, uint32_t number, const char *path);
void state_forget(struct state *s, uint32_t number);

/* A handshake, with the collector's token for it. */
void state_add(struct state *s, const struct handshake *h, uint32_t token);

/* Keep the run, once it is decided, and set the findings' statuses.  Nothing is
 * final before state_commit, which is due once the report is out. */
int state_apply(struct state *s, struct report *r,
    const struct collector *c, struct error *e) MUST_CHECK;
int state_commit(struct state *s, struct error *e) MUST_CHECK;

#endif
