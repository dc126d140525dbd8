#include "base/stop.h"

#include <signal.h>
#include <string.h>

static volatile sig_atomic_t wanted, snapshot;

static void
on_signal(int number)
{
	if (number == SIGUSR1) {
		snapshot = 1;
		return;
	}
	wanted = 1;
	signal(number, SIG_DFL);
}

void
stop_catch(void)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGUSR1 };
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal; /* without SA_RESTART: reads return */
	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		sigaction(numbers[i], &action, NULL);
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
