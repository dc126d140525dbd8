/*
 * twins.h - inputs that are the same file twice, which must not count twice.
 */
#ifndef PINSPOT_CMD_TWINS_H
#define PINSPOT_CMD_TWINS_H

#include <sys/types.h>

#include "cmd/paths.h"
#include "model/finding.h"

/* Take the later of two files with the same contents out (size, first and last
 * 64 KiB decide), and say so in the report's notes. */
void twins_drop(struct paths *paths, struct report *r);

/* A mark_read_fn on a file: arg is a pointer to its descriptor. */
ssize_t twins_read(void *arg, void *room, size_t n, uint64_t offset);

#endif
