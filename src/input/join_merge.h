/*
 * join_merge.h - what a log and a capture tell of one handshake.
 */
#ifndef PINSPOT_INPUT_JOIN_MERGE_H
#define PINSPOT_INPUT_JOIN_MERGE_H

#include "model/handshake.h"

/* Add to a captured handshake what a line tells of it. */
void join_merge(struct handshake *captured, const struct handshake *line);

#endif
