#include "base/hash.h"

#include <sys/random.h>

uint64_t hash_seed = 0x243f6a8885a308d3ULL;

void
hash_start(void)
{
	uint64_t seed;

	if (getentropy(&seed, sizeof(seed)) == 0)
		hash_seed = seed;
}
