/*
 * private.h - --anonymize: under which key.
 */
#ifndef PINSPOT_CMD_PRIVATE_H
#define PINSPOT_CMD_PRIVATE_H

#include <stdbool.h>

#include "base/error.h"
#include "cmd/settings.h"
#include "report/anonymize.h"

/*
 * *a is NULL without --anonymize.  With --state the key is kept in that folder,
 * which must be there, so that pseudonyms stay from run to run: a first key
 * is kept there by a run that is remembered.  Else it is drawn for this run.  -1
 * with the words in *e.
 */
int private_open(struct anonymizer **a, const struct settings *s,
    bool remembers, struct error *e) MUST_CHECK;

#endif
