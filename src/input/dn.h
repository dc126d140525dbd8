/*
 * dn.h - distinguished names as logs write them.
 */
#ifndef PINSPOT_INPUT_DN_H
#define PINSPOT_INPUT_DN_H

#include "base/text.h"
#include "input/log.h"

/* Fill subject, issuer and their parts from the names as logged. */
void dn_certificate(struct log *log, struct text subject, struct text issuer,
    struct certificate *out);

#endif
