#include "base/stop.h"

#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "unit.h"

enum { SURVIVED = 7, NOT_TOLD = 8 };

static void
wait_ms(long ms)
{
	struct timespec left = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&left, NULL);
}

/* What becomes of a process that gets a signal, and after a while, unless that
 * is 0, another one: the status as wait(2) gives it. */
static int
send_two(int first, long ms, int second)
{
	int status = 0;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		stop_catch();
		raise(first);
		if (!stop_wanted())
			_exit(NOT_TOLD);
		if (ms > 0)
			wait_ms(ms);
		raise(second);
		_exit(SURVIVED);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return status;
}

static void
expect_survival(int status)
{
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), SURVIVED);
}

static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

/* As timeout(1) sends them: to the program, then to its group. */
START_TEST(takes_a_second_one_at_once_for_the_first)
{
	expect_survival(send_two(numbers[_i], 0, numbers[_i]));
}
END_TEST

START_TEST(ends_at_a_second_one_later)
{
	int status = send_two(numbers[_i], 600, numbers[_i]);

	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), numbers[_i]);
}
END_TEST

START_TEST(takes_another_kind_for_another_first)
{
	expect_survival(send_two(numbers[_i], 600, numbers[(_i + 1) % 3]));
}
END_TEST

/* As under nohup(1). */
START_TEST(leaves_a_hangup_ignored)
{
	int status = 0;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		signal(SIGHUP, SIG_IGN);
		stop_catch();
		raise(SIGHUP);
		_exit(stop_wanted() ? NOT_TOLD : SURVIVED);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	expect_survival(status);
}
END_TEST

START_TEST(asks_for_snapshots_as_often_as_told)
{
	stop_catch();
	ck_assert(!stop_snapshot_wanted());
	for (int i = 0; i < 3; i++) {
		raise(SIGUSR1);
		ck_assert(stop_snapshot_wanted());
		ck_assert(!stop_snapshot_wanted());
	}
	ck_assert(!stop_wanted());
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("stop");

	tcase_add_loop_test(tc, takes_a_second_one_at_once_for_the_first, 0, 3);
	tcase_add_loop_test(tc, ends_at_a_second_one_later, 0, 3);
	tcase_add_loop_test(tc, takes_another_kind_for_another_first, 0, 3);
	tcase_add_test(tc, leaves_a_hangup_ignored);
	tcase_add_test(tc, asks_for_snapshots_as_often_as_told);
	return unit_run(tc);
}
