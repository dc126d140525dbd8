/*
 * remembered.h - explain a host by what earlier runs with --state kept of it.
 */
#ifndef PINSPOT_CMD_REMEMBERED_H
#define PINSPOT_CMD_REMEMBERED_H

#include "base/text.h"
#include "cmd/settings.h"

/* Print all that the history knows of a host or finding.  The exit status. */
int explain_remembered(const struct settings *s, struct text word);

#endif
