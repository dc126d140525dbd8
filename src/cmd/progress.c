#include "cmd/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

enum { QUIET_MS = 700, REDRAW_MS = 200, NAME_MAX_SHOWN = 40 };

bool
progress_wanted(void)
{
	return isatty(STDERR_FILENO) != 0;
}

void
progress_start(struct progress *p, const char *name)
{
	*p = (struct progress){ .name = name, .started = clock_monotonic() };
}

/* Only what a terminal does not obey. */
static void
put_name(const char *name)
{
	for (int i = 0; i < NAME_MAX_SHOWN && name[i] != '\0'; i++)
		putc(name[i] >= ' ' && name[i] < 0x7f ? name[i] : '?', stderr);
}

void
progress_show(uint64_t read, uint64_t size, void *progress)
{
	struct progress *p = progress;
	int64_t at = clock_monotonic(), spent = at - p->started;
	double rate, left;

	if (spent < QUIET_MS * 1000000LL ||
	    at - p->shown < REDRAW_MS * 1000000LL)
		return;
	p->shown = at;
	p->visible = true;
	rate = (double)read / ((double)spent / 1e9);
	fputs("\r\033[K", stderr);
	put_name(p->name);
	fprintf(stderr, "  %.0f MB", (double)read / 1e6);
	if (size > 0 && read <= size) {
		left = ((double)size - (double)read) / rate;
		fprintf(stderr, " of %.0f (%.0f %%)", (double)size / 1e6,
		    100.0 * (double)read / (double)size);
		fprintf(stderr, "  %.0f MB/s  %.0f s left", rate / 1e6, left);
	} else {
		fprintf(stderr, "  %.0f MB/s", rate / 1e6);
	}
	fflush(stderr);
}

void
progress_clear(struct progress *p)
{
	if (p->visible)
		fputs("\r\033[K", stderr);
	p->visible = false;
}
