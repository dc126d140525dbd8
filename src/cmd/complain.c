#include <stdarg.h>

#include "cmd/cmd.h"

void
complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	error_tell(format, args);
	va_end(args);
}

int
exit_worse(int a, int b)
{
	static const int rank[] = { [EXIT_OK] = 0, [EXIT_MATCHED] = 1,
		[EXIT_PARTIAL] = 2, [EXIT_UNREADABLE] = 3, [EXIT_INTERNAL] = 4,
		[EXIT_USAGE] = 5 };

	return rank[a] >= rank[b] ? a : b;
}
