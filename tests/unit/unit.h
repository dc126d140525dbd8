/*
 * unit.h - what every unit test needs besides its tests.
 */
#ifndef PINSPOT_TESTS_UNIT_H
#define PINSPOT_TESTS_UNIT_H

#include <check.h>
#include <stdlib.h>

/* Run one test case; the exit status for main(). */
static inline int
unit_run(TCase *tc)
{
	Suite *suite = suite_create("unit");
	SRunner *runner;
	int failed;

	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
