/*
 * sandbox.h - give up what reading and judging hostile input does not need.
 *
 * Once inputs and outputs are open the process has no use for the network, for
 * other programs, for other processes' memory, and mostly none for changing
 * files.  A seccomp filter (seccomp(2)) lists the system calls that are left;
 * every other one fails with EPERM, and no way leads back.
 */
#ifndef PINSPOT_BASE_SANDBOX_H
#define PINSPOT_BASE_SANDBOX_H

#include "base/attr.h"
#include "base/error.h"

enum {
	/* Files may be created, written and renamed: for --state, and where
	 * output files are opened late.  Without it files open for reading
	 * only; what is open already stays as it is. */
	SANDBOX_FILES = 1,
	/* The socket of a live capture is open: reading from it goes on, and
	 * new ones cannot be made. */
	SANDBOX_LIVE = 2,
	/* Where the process is root, become the user behind sudo(8), or nobody.
	 * Open files stay open. */
	SANDBOX_DROP_ROOT = 4,
	/* Copies of the process may be made, which print reports while it reads
	 * on; still no other programs. */
	SANDBOX_FORK = 8,
};

/*
 * Enter it, for the rest of the process and all its threads to come.  -1 with
 * the words in *e where the system has no seccomp or the user cannot be changed:
 * the caller decides whether to go on.
 */
int sandbox_enter(unsigned flags, struct error *e) MUST_CHECK;

#endif
