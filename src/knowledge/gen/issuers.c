/*
 * data/issuers.txt -> public_issuers[].
 */
#include "gen.h"

int
main(int argc, char **argv)
{
	return gen_names(argc, argv, "public_issuers");
}
