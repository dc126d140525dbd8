/*
 * data/suffix.txt -> suffixes[].
 */
#include "gen.h"

int
main(int argc, char **argv)
{
	return gen_names(argc, argv, "suffixes");
}
