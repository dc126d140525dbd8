#include "cmd/cmd.h"

int
exit_worse(int a, int b)
{
	static const int rank[] = { [EXIT_OK] = 0, [EXIT_MATCHED] = 1,
		[EXIT_PARTIAL] = 2, [EXIT_UNREADABLE] = 3, [EXIT_INTERNAL] = 4,
		[EXIT_USAGE] = 5 };

	return rank[a] >= rank[b] ? a : b;
}
