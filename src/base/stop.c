#include "base/stop.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

/* timeout(1) sends its signal to the program and then to the group that the
 * program is in; shells and service managers do alike.  Those two are one. */
enum { SAME_MS = 500 };

static volatile sig_atomic_t wanted, snapshot;

/* By signal, of the first one that came; 0 for none.  Only the handler uses
 * them, which none of the three interrupts. */
static int64_t interrupted_ms, terminated_ms, hung_up_ms;

/* Never 0, and not set back with the wall clock. */
static int64_t
now_ms(void)
{
	struct timespec now = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return 1 + (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Calls only what signal-safety(7) lists. */
static void
on_end(int number)
{
	int64_t *first = number == SIGINT ? &interrupted_ms :
	    number == SIGHUP ? &hung_up_ms : &terminated_ms;
	int64_t now = now_ms();

	wanted = 1;
	if (*first == 0) {
		*first = now;
	} else if (now - *first > SAME_MS) {
		signal(number, SIG_DFL);
		raise(number); /* comes when the handler returns */
	}
}

static void
on_snapshot(int number)
{
	(void)number;
	snapshot = 1;
}

void
stop_catch(void)
{
	struct sigaction action, before;

	memset(&action, 0, sizeof(action));
	/* Without SA_RESTART: reads return. */
	sigaddset(&action.sa_mask, SIGINT);
	sigaddset(&action.sa_mask, SIGTERM);
	sigaddset(&action.sa_mask, SIGHUP);
	action.sa_handler = on_end;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	/* nohup(1) had it ignored, and so it stays. */
	if (sigaction(SIGHUP, NULL, &before) == 0 &&
	    before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	action.sa_handler = on_snapshot;
	sigaction(SIGUSR1, &action, NULL);
}

bool
stop_wanted(void)
{
	return wanted != 0;
}

bool
stop_snapshot_wanted(void)
{
	bool was = snapshot != 0;

	snapshot = 0;
	return was;
}
