#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Sanitizers start threads, look at their own process and so on: there only
 * what must not happen is refused. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

enum { NOBODY = 65534 };

/* What every run needs: reading, memory, time, threads, the terminal. */
static const int always[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv),
	SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(pwrite64),
	SCMP_SYS(lseek), SCMP_SYS(_llseek), SCMP_SYS(close),
	SCMP_SYS(close_range), SCMP_SYS(dup), SCMP_SYS(dup2), SCMP_SYS(dup3),
	SCMP_SYS(pipe2), SCMP_SYS(fcntl), SCMP_SYS(fcntl64), SCMP_SYS(ioctl),
	SCMP_SYS(fstat), SCMP_SYS(fstat64), SCMP_SYS(stat), SCMP_SYS(stat64),
	SCMP_SYS(lstat), SCMP_SYS(lstat64), SCMP_SYS(newfstatat),
	SCMP_SYS(fstatat64), SCMP_SYS(statx), SCMP_SYS(statfs),
	SCMP_SYS(fstatfs), SCMP_SYS(access), SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2), SCMP_SYS(readlink), SCMP_SYS(readlinkat),
	SCMP_SYS(getcwd), SCMP_SYS(getdents), SCMP_SYS(getdents64),
	SCMP_SYS(fadvise64), SCMP_SYS(fadvise64_64), SCMP_SYS(readahead),
	SCMP_SYS(flock), SCMP_SYS(fsync), SCMP_SYS(fdatasync),
	SCMP_SYS(ftruncate), SCMP_SYS(ftruncate64),
	SCMP_SYS(brk), SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(munmap),
	SCMP_SYS(mremap), SCMP_SYS(mprotect), SCMP_SYS(madvise),
	SCMP_SYS(membarrier), SCMP_SYS(mlock), SCMP_SYS(munlock),
	SCMP_SYS(futex), SCMP_SYS(futex_time64), SCMP_SYS(sched_yield),
	SCMP_SYS(sched_getaffinity), SCMP_SYS(sched_getparam),
	SCMP_SYS(sched_getscheduler), SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq), SCMP_SYS(set_tid_address), SCMP_SYS(getcpu),
	SCMP_SYS(clock_gettime), SCMP_SYS(clock_gettime64),
	SCMP_SYS(clock_getres), SCMP_SYS(clock_nanosleep),
	SCMP_SYS(clock_nanosleep_time64), SCMP_SYS(nanosleep),
	SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(times),
	SCMP_SYS(getrusage), SCMP_SYS(getrandom), SCMP_SYS(getrlimit),
	SCMP_SYS(ugetrlimit), SCMP_SYS(sysinfo), SCMP_SYS(uname),
	SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid),
	SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
	SCMP_SYS(getegid), SCMP_SYS(getuid32), SCMP_SYS(geteuid32),
	SCMP_SYS(getgid32), SCMP_SYS(getegid32), SCMP_SYS(getresuid),
	SCMP_SYS(getresgid), SCMP_SYS(umask),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(ppoll_time64),
	SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(pselect6_time64),
	SCMP_SYS(_newselect), SCMP_SYS(inotify_add_watch),
	SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(sigreturn), SCMP_SYS(sigaltstack),
	SCMP_SYS(rt_sigtimedwait), SCMP_SYS(tgkill), SCMP_SYS(setitimer),
	SCMP_SYS(alarm), SCMP_SYS(restart_syscall), SCMP_SYS(exit),
	SCMP_SYS(exit_group),
};

static const int for_files[] = {
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(creat), SCMP_SYS(rename),
	SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(link),
	SCMP_SYS(linkat), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
	SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(rmdir),
	SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat),
	SCMP_SYS(fchown), SCMP_SYS(fchown32), SCMP_SYS(utimensat),
	SCMP_SYS(fallocate), SCMP_SYS(truncate), SCMP_SYS(sync_file_range),
};

static const int for_live[] = {
	SCMP_SYS(recvfrom), SCMP_SYS(recvmsg), SCMP_SYS(getsockopt),
	SCMP_SYS(setsockopt), SCMP_SYS(eventfd2), SCMP_SYS(socketcall),
};

static const int for_forks[] = {
	SCMP_SYS(clone), SCMP_SYS(fork), SCMP_SYS(wait4), SCMP_SYS(waitid),
	SCMP_SYS(waitpid),
};

/* What is refused even where the rest has to be let through. */
static const int never[] = {
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(socket),
	SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind),
	SCMP_SYS(listen), SCMP_SYS(accept), SCMP_SYS(accept4),
	SCMP_SYS(bpf), SCMP_SYS(kexec_load), SCMP_SYS(init_module),
	SCMP_SYS(finit_module), SCMP_SYS(mount), SCMP_SYS(unshare),
	SCMP_SYS(setns), SCMP_SYS(process_vm_writev),
};

/* libseccomp knows all calls of all machines; those that this one has not are
 * no failure (-EDOM). */
static int
add_all(scmp_filter_ctx filter, uint32_t action, const int *calls, size_t n)
{
	int status;

	for (size_t i = 0; i < n; i++) {
		status = seccomp_rule_add(filter, action, calls[i], 0);
		if (status < 0 && status != -EDOM)
			return status;
	}
	return 0;
}

/* Only for reading, and nothing new. */
static int
add_read_only_opens(scmp_filter_ctx filter)
{
	const scmp_datum_t writing = O_ACCMODE | O_CREAT | O_TRUNC |
	    (O_TMPFILE & ~O_DIRECTORY);
	int status;

	status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
	    SCMP_A2(SCMP_CMP_MASKED_EQ, writing, O_RDONLY));
	if (status < 0)
		return status;
	status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
	    SCMP_A1(SCMP_CMP_MASKED_EQ, writing, O_RDONLY));
	return status == -EDOM ? 0 : status;
}

/* Threads, and no processes.  The arguments of clone3 are in memory, where a
 * filter cannot look: without it the C library uses clone. */
static int
add_threads(scmp_filter_ctx filter)
{
	int status;

	status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
	    SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD));
	if (status < 0)
		return status;
	/* Limits may be asked for, to size their stacks, but not set. */
	status = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64),
	    1, SCMP_A2(SCMP_CMP_EQ, 0, 0));
	if (status < 0)
		return status;
	return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS),
	    SCMP_SYS(clone3), 0);
}

static int
add_rules(scmp_filter_ctx filter, unsigned flags)
{
	int status;

	if (SANITIZED)
		return add_all(filter, SCMP_ACT_ERRNO(EPERM), never,
		    N_ITEMS(never));
	status = add_all(filter, SCMP_ACT_ALLOW, always, N_ITEMS(always));
	if (status == 0)
		status = add_threads(filter);
	if (status == 0 && (flags & SANDBOX_LIVE) != 0)
		status = add_all(filter, SCMP_ACT_ALLOW, for_live,
		    N_ITEMS(for_live));
	if (status == 0 && (flags & SANDBOX_FORK) != 0)
		status = add_all(filter, SCMP_ACT_ALLOW, for_forks,
		    N_ITEMS(for_forks));
	if (status == 0 && (flags & SANDBOX_FILES) != 0)
		return add_all(filter, SCMP_ACT_ALLOW, for_files,
		    N_ITEMS(for_files));
	return status == 0 ? add_read_only_opens(filter) : status;
}

/* A number from the environment that sudo(8) left, or nobody's. */
static unsigned
sudo_number(const char *name)
{
	const char *text = getenv(name);
	unsigned long number;
	char *end;

	if (text == NULL)
		return NOBODY;
	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0' || number == 0 ||
	    number >= UINT32_MAX)
		return NOBODY;
	return (unsigned)number;
}

static int
drop_root(struct error *e)
{
	uid_t user = sudo_number("SUDO_UID");
	gid_t group = sudo_number("SUDO_GID");

	if (geteuid() != 0)
		return 0;
	if (setgroups(0, NULL) != 0 || setresgid(group, group, group) != 0 ||
	    setresuid(user, user, user) != 0)
		return error_set(e,
		    "sandbox: cannot become user %u, group %u: %s",
		    (unsigned)user, (unsigned)group, strerror(errno));
	return 0;
}

int
sandbox_enter(unsigned flags, struct error *e)
{
	scmp_filter_ctx filter;
	int status;

	if ((flags & SANDBOX_DROP_ROOT) != 0 && drop_root(e) != 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return error_set(e, "sandbox: no_new_privs: %s",
		    strerror(errno));
	filter = seccomp_init(SANITIZED ? SCMP_ACT_ALLOW
					: SCMP_ACT_ERRNO(EPERM));
	if (filter == NULL)
		return error_set(e, "sandbox: libseccomp does not know this "
		    "machine");
	status = add_rules(filter, flags);
	if (status == 0)
		status = seccomp_load(filter);
	seccomp_release(filter);
	if (status != 0)
		return error_set(e,
		    "sandbox: the system call filter cannot be loaded (%s); "
		    "going on without it", strerror(-status));
	return 0;
}
