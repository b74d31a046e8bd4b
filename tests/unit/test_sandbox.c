/* SPDX-License-Identifier: Apache-2.0 */
/*
 * test_sandbox.c - what a layer child may not do, and what it still can
 *
 * Each attempt is made in a process of its own that entered the sandbox; how it
 * went is the exit status. Skipped where SCANSTEP_SANDBOX=off: sanitizers need what is
 * forbidden here.
 */
#define _GNU_SOURCE /* the system calls' numbers */

#include "step/layer/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum outcome {
	DONE = 10,      /* it went through */
	FORBIDDEN = 11, /* EPERM */
	FAILED = 12,    /* another error */
	NO_SANDBOX = 13,
};

static enum outcome
outcome_of(long result)
{
	return result >= 0 ? DONE : errno == EPERM ? FORBIDDEN : FAILED;
}

/* What attempt() says in the sandbox, or a signal's number, negative. */
static int attempted(enum outcome (*attempt)(void))
{
	struct err err;
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit((int)(sandbox_enter(&err) < 0 ? NO_SANDBOX : attempt()));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static bool
switched_off(void)
{
	const char *sandbox = getenv("SCANSTEP_SANDBOX");

	return sandbox && strcmp(sandbox, "off") == 0;
}

/* clang-format off */
static enum outcome try_open(void) { return outcome_of(syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY)); }
static enum outcome try_openat(void) { return outcome_of(openat(AT_FDCWD, "/dev/null", O_RDONLY)); }
static enum outcome try_create(void) { return outcome_of(open("/tmp/.scanstep-test", O_CREAT | O_WRONLY, 0600)); }
static enum outcome try_stat(void) { return outcome_of(access("/etc/passwd", F_OK)); }
static enum outcome try_unlink(void) { return outcome_of(unlink("/tmp/.scanstep-test")); }
static enum outcome try_socket(void) { return outcome_of(socket(AF_INET, SOCK_STREAM, 0)); }
static enum outcome try_socketpair(void) { int s[2]; return outcome_of(socketpair(AF_UNIX, SOCK_STREAM, 0, s)); }
static enum outcome try_fork(void) { return outcome_of(fork()); }
static enum outcome try_ptrace(void) { return outcome_of(ptrace(PTRACE_TRACEME, 0, NULL, NULL)); }
static enum outcome try_kill(void) { return outcome_of(kill(getppid(), 0)); }
static enum outcome try_kill_self(void) { return outcome_of(kill(getpid(), 0)); }
static enum outcome try_pipe(void) { int ends[2]; return outcome_of(pipe(ends)); }
static enum outcome try_dup(void) { return outcome_of(dup(1)); }
static enum outcome try_setuid(void) { return outcome_of(setuid(0)); }
static enum outcome try_limits(void) { return outcome_of(syscall(SYS_prlimit64, 0, 7, NULL, NULL)); }
static enum outcome try_chdir(void) { return outcome_of(chdir("/")); }
static enum outcome try_ioctl(void) { return outcome_of(isatty(0) ? 0 : errno == EPERM ? -1 : 0); }
/* clang-format on */

static enum outcome
try_exec(void)
{
	char name[] = "/bin/true";
	char *argv[] = { name, NULL }, *none[] = { NULL };

	return outcome_of(execve(name, argv, none));
}

static enum outcome
try_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return outcome_of(p == MAP_FAILED ? -1 : 0);
}

static enum outcome
try_code_later(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? FAILED : outcome_of(mprotect(p, 4096, PROT_READ | PROT_EXEC));
}

static void
forbidden(void **state)
{
	static const struct {
		const char *name;
		enum outcome (*attempt)(void);
	} table[] = {
		{ "open", try_open },
		{ "openat", try_openat },
		{ "create", try_create },
		{ "access", try_stat },
		{ "unlink", try_unlink },
		{ "socket", try_socket },
		{ "socketpair", try_socketpair },
		{ "execve", try_exec },
		{ "fork", try_fork },
		{ "ptrace", try_ptrace },
		{ "kill the parent", try_kill },
		{ "kill itself", try_kill_self },
		{ "pipe", try_pipe },
		{ "dup", try_dup },
		{ "setuid", try_setuid },
		{ "prlimit", try_limits },
		{ "chdir", try_chdir },
		{ "ioctl", try_ioctl },
		{ "mmap of code", try_code },
		{ "mprotect to code", try_code_later },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		int got = attempted(table[i].attempt);

		if (got != FORBIDDEN)
			fail_msg("%s: %d", table[i].name, got);
	}
}

static enum outcome
try_much_memory(void)
{
	void *volatile p = malloc(GIB);

	return p ? DONE : errno == ENOMEM ? FORBIDDEN : FAILED;
}

/* Not only at once. */
static enum outcome
try_memory_by_and_by(void)
{
	for (size_t i = 0; i < 1024; i++) {
		char *volatile p = malloc(MIB);

		if (!p)
			return errno == ENOMEM ? FORBIDDEN : FAILED;
		p[0] = 1;
	}
	return DONE;
}

/* What a zstd window takes is there. */
static enum outcome
try_some_memory(void)
{
	char *volatile p = malloc(192 * MIB);

	if (!p)
		return FAILED;
	memset(p, 1, 192 * MIB);
	free(p);
	return DONE;
}

static void
memory(void **state)
{
	(void)state;
	assert_int_equal(attempted(try_much_memory), FORBIDDEN);
	assert_int_equal(attempted(try_memory_by_and_by), FORBIDDEN);
	assert_int_equal(attempted(try_some_memory), DONE);
}

struct large {
	uint64_t key;
	char more[56];
};

static int
by_key(const void *a, const void *b)
{
	const struct large *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

/* The C library asks for the machine's memory first, and must take a no. */
static enum outcome
try_sort(void)
{
	enum {
		COUNT = 300000
	};
	struct large *list = malloc(COUNT * sizeof(*list));

	if (!list)
		return FAILED;
	for (size_t i = 0; i < COUNT; i++)
		list[i].key = i * 2654435761U % COUNT;
	qsort(list, COUNT, sizeof(*list), by_key);
	for (size_t i = 1; i < COUNT; i++)
		if (list[i - 1].key > list[i].key)
			return FAILED;
	free(list);
	return DONE;
}

/* A file that is open already cannot be written to, whoever's it is. */
static int open_file;

static enum outcome
try_write(void)
{
	return write(open_file, "x", 1) == 1 ? DONE : FORBIDDEN;
}

static void
usual(void **state)
{
	struct err err;

	(void)state;
	assert_int_equal(attempted(try_sort), DONE);
	open_file = file_spool(&err);
	assert_true(open_file >= 0);
	assert_in_set((unsigned long)attempted(try_write),
	    ((unsigned long[]){ FORBIDDEN, (unsigned long)-SIGXFSZ }), 2);
	close(open_file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(forbidden),
		cmocka_unit_test(memory),
		cmocka_unit_test(usual),
	};

	/* cmocka's own skip() says "not ok" in TAP. */
	if (switched_off()) {
		printf("1..1\nok 1 - the sandbox # SKIP SCANSTEP_SANDBOX=off\n");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
