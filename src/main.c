#include <stdio.h>

int
main(void)
{
	puts("pinspot " PINSPOT_VERSION);
	return 0;
}
