#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

/* Each answers 0 when it was let through, else errno. */
static int
makes_a_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? 0 : errno;
}

static int
executes(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return errno;
}

static int
traces(void)
{
	return ptrace(PTRACE_TRACEME, 0, NULL, NULL) == 0 ? 0 : errno;
}

static int
forks(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	if (pid > 0)
		waitpid(pid, NULL, 0);
	return pid >= 0 ? 0 : errno;
}

static int
creates_a_file(void)
{
	return open("/tmp", O_TMPFILE | O_RDWR, 0600) >= 0 ? 0 : errno;
}

static int
opens_for_writing(void)
{
	return open("/dev/null", O_WRONLY) >= 0 ? 0 : errno;
}

static int
removes_a_file(void)
{
	return unlink("/nonexistent/file") == 0 || errno == ENOENT ? 0 : errno;
}

static int
reads_a_file(void)
{
	char byte;
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	return fd >= 0 && read(fd, &byte, 1) == 1 ? 0 : errno;
}

static void *
nothing(void *arg)
{
	return arg;
}

static int
starts_a_thread(void)
{
	pthread_t thread;
	int status = pthread_create(&thread, NULL, nothing, NULL);

	return status != 0 ? status : pthread_join(thread, NULL);
}

static int
takes_memory(void)
{
	volatile char *p = malloc(64 << 20);

	if (p == NULL)
		return ENOMEM;
	p[1 << 20] = 1;
	free((void *)p);
	return 0;
}

/* What a child in the sandbox was answered; 255 where it could not enter. */
static int
answer(unsigned flags, int (*attempt)(void))
{
	struct error e;
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	ck_assert(pid >= 0);
	if (pid == 0)
		_exit(sandbox_enter(flags, &e) != 0 ? 255 : attempt());
	ck_assert(waitpid(pid, &status, 0) == pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static const struct {
	int (*attempt)(void);
	unsigned flags;
	int expected;
	bool when_sanitized; /* refused there, too */
} cases[] = {
	{ makes_a_socket, 0, EPERM, true },
	{ makes_a_socket, SANDBOX_LIVE, EPERM, true },
	{ executes, 0, EPERM, true },
	{ executes, SANDBOX_FILES, EPERM, true },
	{ traces, 0, EPERM, false },
	{ forks, 0, EPERM, false },
	{ creates_a_file, 0, EPERM, false },
	{ opens_for_writing, 0, EPERM, false },
	{ removes_a_file, 0, EPERM, false },
	{ creates_a_file, SANDBOX_FILES, 0, true },
	{ opens_for_writing, SANDBOX_FILES, 0, true },
	{ removes_a_file, SANDBOX_FILES, 0, true },
	{ reads_a_file, 0, 0, true },
	{ starts_a_thread, 0, 0, true },
	{ takes_memory, 0, 0, true },
};

START_TEST(lets_through_what_is_needed_and_nothing_else)
{
	int got = answer(cases[_i].flags, cases[_i].attempt);

	/* Where the kernel has no seccomp there is nothing to test. */
	if (got == 255 || (SANITIZED && !cases[_i].when_sanitized))
		return;
	ck_assert_int_eq(got, cases[_i].expected);
}
END_TEST

static int
is_root(void)
{
	return geteuid() == 0;
}

START_TEST(gives_up_root)
{
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	ck_assert(answer(SANDBOX_DROP_ROOT, is_root) != 1);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("sandbox");

	tcase_add_loop_test(tc, lets_through_what_is_needed_and_nothing_else, 0,
	    N_ITEMS(cases));
	tcase_add_test(tc, gives_up_root);
	return unit_run(tc);
}
