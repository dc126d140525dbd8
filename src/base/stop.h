/*
 * stop.h - the user, or the system, asks to come to an end.
 *
 * SIGINT, SIGTERM and SIGHUP raise a flag; whoever reads input looks at it
 * before each read and takes it for the end of the input, so that what is known
 * so far is reported.  SIGUSR1 asks for a snapshot in between.
 */
#ifndef PINSPOT_BASE_STOP_H
#define PINSPOT_BASE_STOP_H

#include <stdbool.h>

/* Catch the signals from now on.  A second SIGINT, or SIGTERM, ends the program
 * at once, unless it comes within half a second of the first. */
void stop_catch(void);

/* Has one of them come? */
bool stop_wanted(void);

/* Has SIGUSR1 come since the last call? */
bool stop_snapshot_wanted(void);

#endif
