/*
 * quad.h - IPv4 addresses as nearly all logs write them: 192.0.2.44.
 *
 * Every line has two at least, whose octets are of random lengths: so they are
 * read without a loop or a branch that depends on these.
 */
#ifndef PINSPOT_INPUT_QUAD_H
#define PINSPOT_INPUT_QUAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

/* The four octets, and zeros behind them.  False, and *out left alone, where t is
 * anything else. */
bool quad_read(struct text t, uint8_t out[16]) MUST_CHECK;

#endif
