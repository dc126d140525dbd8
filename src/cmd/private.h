/*
 * private.h - --anonymize: under which key.
 */
#ifndef PINSPOT_CMD_PRIVATE_H
#define PINSPOT_CMD_PRIVATE_H

#include "base/error.h"
#include "cmd/settings.h"
#include "report/anonymize.h"

/*
 * *a is NULL without --anonymize.  With --state the key is kept in that folder,
 * which must be there, so that pseudonyms stay from run to run; else it is
 * drawn for this run.  -1 with the words in *e.
 */
int private_open(struct anonymizer **a, const struct settings *s,
    struct error *e) MUST_CHECK;

#endif
