/*
 * privilege.h - be nobody, once what needs privileges is open.
 */
#ifndef PINSPOT_BASE_PRIVILEGE_H
#define PINSPOT_BASE_PRIVILEGE_H

#include "base/error.h"

/*
 * Where the process runs as root: become the user who called sudo, else
 * "nobody", for good, and drop all groups.  0 also where there was nothing to
 * drop; -1 with the words in *e.
 */
int privilege_drop(struct error *e) MUST_CHECK;

#endif
