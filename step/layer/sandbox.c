/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sandbox.c - confinement of a layer child: seccomp and rlimits
 *
 * The list names what memory allocation, pipes and exit need. All else answers
 * EPERM, so that a library that tries is told no and goes on; memory that can
 * be executed is refused too.
 *
 * Spec: seccomp(2), https://www.kernel.org/doc/html/latest/userspace-api/seccomp_filter.html
 */
#define _GNU_SOURCE /* the system call numbers' and setgroups()' home */

#include "step/layer/sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OUR_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define OUR_ARCH AUDIT_ARCH_AARCH64
#else
#error "the sandbox knows x86-64 and 64-bit Arm"
#endif

enum {
	/* Beyond what is mapped now: a zstd window of 128 MiB, a sparse map, a reader. */
	MEMORY_MOST = 384 << 20,
	SECONDS_MOST = 120, /* of processor time: 64 GiB inflate in less */
	NOBODY = 65534,
};

#define LOAD(field)   BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, value)
#define PERMIT        ANSWER(SECCOMP_RET_ALLOW)
#define REFUSE        ANSWER(SECCOMP_RET_ERRNO | EPERM)
/* How many lines to leave out where what was loaded is the value, or has one of the bits; and where not. */
#define SKIP_IF(value, yes, no)    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define SKIP_IF_ANY(bits, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, yes, no)
/* If the loaded number is nr, allow; else the next line. */
#define ALLOW(nr) SKIP_IF(nr, 0, 1), PERMIT
/* If the loaded number is nr, allow it unless it asks for memory that can be executed. */
#define ALLOW_DATA(nr) \
	SKIP_IF(nr, 0, 4), LOAD(args[2]), SKIP_IF_ANY(PROT_EXEC, 1, 0), PERMIT, REFUSE

static int
filter_calls(void)
{
	static const struct sock_filter code[] = {
		LOAD(arch),
		SKIP_IF(OUR_ARCH, 1, 0),
		ANSWER(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr),
		ALLOW(__NR_read),
		ALLOW(__NR_write),
		ALLOW_DATA(__NR_mmap),
		ALLOW_DATA(__NR_mprotect),
		ALLOW(__NR_munmap),
		ALLOW(__NR_mremap),
		ALLOW(__NR_brk),
		ALLOW(__NR_madvise),
		ALLOW(__NR_futex),
		ALLOW(__NR_close),
		ALLOW(__NR_exit),
		ALLOW(__NR_exit_group),
		ALLOW(__NR_getrandom),
		ALLOW(__NR_clock_gettime),
		ALLOW(__NR_rt_sigreturn),
		ALLOW(__NR_rt_sigprocmask),
		ALLOW(__NR_getpid),
		ALLOW(__NR_gettid),
		REFUSE,
	};
	/* The kernel only reads it, but its structure says otherwise. */
	struct sock_filter copy[ARRAY_LEN(code)];
	struct sock_fprog program = { ARRAY_LEN(copy), copy };

	memcpy(copy, code, sizeof(copy));
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* Bytes mapped now, libraries and all: a limit on the address space starts from there. */
static uint64_t
mapped_now(void)
{
	AUTO_FILE f = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	if (!f || fscanf(f, "%lu", &pages) != 1)
		return 256 * MIB; /* no /proc: ample */
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int
limit(int what, uint64_t most)
{
	struct rlimit r = { most, most };

	return setrlimit((__rlimit_resource_t)what, &r);
}

static int
drop_root(void)
{
	if (geteuid() != 0)
		return 0;
	/* In a user namespace without that id there is none to change to; seccomp holds all the same. */
	if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0 ||
	    setresuid(NOBODY, NOBODY, NOBODY) < 0)
		return errno == EINVAL || errno == EPERM ? 0 : -1;
	return 0;
}

int
sandbox_enter(struct err *err)
{
	if (limit(RLIMIT_AS, mapped_now() + MEMORY_MOST) < 0 ||
	    limit(RLIMIT_CPU, SECONDS_MOST) < 0 || limit(RLIMIT_FSIZE, 0) < 0 ||
	    limit(RLIMIT_CORE, 0) < 0 || drop_root() < 0 ||
	    /* A change of user undoes what die_with_parent() asked for. */
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || limit(RLIMIT_NOFILE, 0) < 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    filter_calls() < 0)
		return err_set(err, ERR_INTERNAL, "sandbox: %s", strerror(errno));
	return 0;
}
