/*
 * spool.h - handshakes that wait for their class.
 *
 * --handshakes prints one line per handshake with its class, which is known at
 * the end only.  The lines wait in an unlinked temporary file, so that memory
 * does not grow.
 */
#ifndef PINSPOT_CMD_SPOOL_H
#define PINSPOT_CMD_SPOOL_H

#include <stdio.h>

#include "base/error.h"
#include "finding/collect.h"
#include "model/finding.h"
#include "model/handshake.h"

struct spool;

/* Lines of JSON, or rows of CSV.  NULL with the words in *e where no temporary
 * file can be had. */
struct spool *spool_new(bool csv, struct error *e);

/* token as of collector_token after h was counted. */
void spool_add(struct spool *spool, const struct handshake *h, uint32_t token);

/* Print all lines with their class and finding.  -1 where reading or writing
 * fails. */
int spool_print(struct spool *spool, const struct collector *c,
    const struct report *r, FILE *out, struct error *e) MUST_CHECK;

void spool_free(struct spool *spool);

#endif
