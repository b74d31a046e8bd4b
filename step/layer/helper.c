/* SPDX-License-Identifier: Apache-2.0 */
/*
 * helper.c - the process that forks layer children, and the feeding of one from here
 *
 * A job is one message on a socket that keeps message bounds: its bytes, and three
 * descriptors: where the child reads, where it answers, where the minder says how it ended.
 * A child reads all its input before it answers, so neither waits for the other.
 */
#define _GNU_SOURCE /* environ, F_SETPIPE_SZ */

#include "step/layer/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PIECE = 256 << 10,
	PIPE_SIZE = 1 << 20,
	PATIENCE = 120 * 1000, /* milliseconds without any progress of a child */
	CHILD_FDS = 3,
};

struct helper {
	int socket;
	pid_t pid;
	pthread_mutex_t lock; /* one message at a time */
};

/* ---- In the helper ---- */

static void
wipe_environment(void)
{
	for (char **e = environ; *e; e++)
		explicit_bzero(*e, strlen(*e));
	environ = NULL;
}

/* Give up with the one who asked. */
static void
die_with_parent(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(STATUS_INTERNAL);
}

/* It has its input, its output and, unless it is confined, standard error for a sanitizer's report. */
static void
child(child_main run, bool confine, struct str job, int in, int out)
{
	unsigned first = confine ? 2 : 3;
	struct err err;

	if (dup2(in, 0) < 0 || dup2(out, 1) < 0)
		_exit(STATUS_INTERNAL);
	if (syscall(SYS_close_range, first, ~0U, 0) < 0)
		for (unsigned fd = first; fd < 1024; fd++)
			close((int)fd);
	if (confine && sandbox_enter(&err) < 0)
		_exit(STATUS_INTERNAL);
	_exit(run(job, 0, 1));
}

static void
minder(child_main run, bool confine, struct str job, const int fds[CHILD_FDS])
{
	pid_t self, pid;
	int status = -1;

	self = getpid();
	signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (pid == 0) {
		die_with_parent(self);
		child(run, confine, job, fds[0], fds[1]);
	}
	close(fds[0]);
	close(fds[1]);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	_exit(file_write_all(fds[2], &status, sizeof(status)) < 0 ? STATUS_INTERNAL : STATUS_OK);
}

/* One message: its length, or -1 when there are no more. */
static ssize_t
receive(int from, char *bytes, int fds[CHILD_FDS])
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(CHILD_FDS * sizeof(int))];
	} control;
	struct iovec part = { bytes, LIMIT_JOB };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *c;
	ssize_t n;

	do
		n = recvmsg(from, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (!c || c->cmsg_len != CMSG_LEN(CHILD_FDS * sizeof(int)))
		return -1;
	memcpy(fds, CMSG_DATA(c), CHILD_FDS * sizeof(int));
	return n;
}

static void
helper_main(child_main run, bool confine, int socket)
{
	AUTO_FREE char *bytes = xalloc(LIMIT_JOB);
	int fds[CHILD_FDS];
	ssize_t len;

	/* A terminal's Ctrl-C reaches the whole group; scanstep answers it, and its end is ours. */
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGCHLD, SIG_IGN); /* minders need nobody to wait for them */
	/* So that libarchive finds UTF-8 names in order without loading converters. */
	setlocale(LC_CTYPE, "C.UTF-8");
	while ((len = receive(socket, bytes, fds)) > 0) {
		pid_t self = getpid();

		if (fork() == 0) {
			signal(SIGINT, SIG_IGN);
			die_with_parent(self);
			close(socket);
			minder(run, confine, (struct str){ bytes, (size_t)len }, fds);
		}
		for (size_t i = 0; i < CHILD_FDS; i++)
			close(fds[i]);
	}
}

int
helper_start(child_main run, bool confine, struct helper **ret, struct err *err)
{
	pid_t self = getpid(), pid;
	struct helper *h;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return err_set(err, ERR_INTERNAL, "helper process: %s", strerror(errno));
	pid = fork();
	if (pid == 0) {
		die_with_parent(self);
		close(ends[0]);
		wipe_environment();
		helper_main(run, confine, ends[1]);
		_exit(STATUS_OK);
	}
	close(ends[1]);
	if (pid < 0) {
		close(ends[0]);
		return err_set(err, ERR_INTERNAL, "helper process: %s", strerror(errno));
	}
	h = xalloc(sizeof(*h));
	h->socket = ends[0];
	h->pid = pid;
	pthread_mutex_init(&h->lock, NULL);
	*ret = h;
	return 0;
}

void
helper_stop(struct helper *h)
{
	if (!h)
		return;
	close(h->socket);
	while (waitpid(h->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	pthread_mutex_destroy(&h->lock);
	free(h);
}

/* ---- In scanstep ---- */

static int
send_job(struct helper *h, struct str job, const int fds[CHILD_FDS], struct err *err)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(CHILD_FDS * sizeof(int))];
	} control = { 0 };
	AUTO_FREE char *copy = xalloc(job.len);
	struct iovec part = { memcpy(copy, job.ptr, job.len), job.len };
	struct msghdr m = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	ssize_t n;

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(CHILD_FDS * sizeof(int));
	memcpy(CMSG_DATA(c), fds, CHILD_FDS * sizeof(int));
	pthread_mutex_lock(&h->lock);
	do
		n = sendmsg(h->socket, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	pthread_mutex_unlock(&h->lock);
	return n < 0 ? err_set(err, ERR_INTERNAL, "helper process: %s", strerror(errno)) : 0;
}

/* Waits until fd is ready: 0, or -1 when the child made no progress for too long. */
static int
await(int fd, short events, struct err *err)
{
	struct pollfd p = { fd, events, 0 };
	int n;

	do
		n = poll(&p, 1, PATIENCE);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return 0;
	return err_set(
	    err, ERR_CONTENT, "the analysis made no progress for %d seconds", PATIENCE / 1000);
}

/* Everything in blob to the child. One that does not read any more will say why by how it ended. */
static int
feed(int to, struct stream *blob, struct sha256 *hash, uint64_t *ret_size, struct err *err)
{
	AUTO_FREE char *piece = xalloc(PIECE);
	bool reads = true;
	ssize_t n;

	*ret_size = 0;
	while ((n = stream_read(blob, piece, PIECE, err)) > 0) {
		size_t done = 0;

		if (hash)
			sha256_update(hash, piece, (size_t)n);
		*ret_size += (uint64_t)n;
		while (reads && done < (size_t)n) {
			ssize_t written = write(to, piece + done, (size_t)n - done);

			if (written > 0)
				done += (size_t)written;
			else if (errno == EAGAIN && await(to, POLLOUT, err) < 0)
				return -1;
			else if (errno != EAGAIN && errno != EINTR)
				reads = false;
		}
	}
	return n < 0 ? -1 : 0;
}

/* What the child has written by now: its length, 0 at the end, or -1. */
static ssize_t
read_some(int from, char *bytes, size_t room, struct err *err)
{
	for (;;) {
		ssize_t n = read(from, bytes, room);

		if (n >= 0)
			return n;
		if (errno == EAGAIN) {
			if (await(from, POLLIN, err) < 0)
				return -1;
		} else if (errno != EINTR) {
			return err_set(err, ERR_INTERNAL, "layer child: %s", strerror(errno));
		}
	}
}

static int
take_answer(int from, struct str *ret, struct err *err)
{
	AUTO_FREE char *bytes = NULL;
	size_t len = 0, size = 0;
	ssize_t n;

	do {
		if (len == size) {
			size = size ? 2 * size : 64 << 10;
			bytes = xrealloc(bytes, size);
		}
		n = read_some(from, bytes + len, size - len, err);
		if (n < 0)
			return -1;
		len += (size_t)n;
		if (len > LIMIT_INVENTORY)
			return err_set(err, ERR_CONTENT,
			    "the inventory is larger than the limit of %llu bytes",
			    (unsigned long long)LIMIT_INVENTORY);
	} while (n > 0);
	*ret = (struct str){ bytes, len };
	bytes = NULL;
	return 0;
}

static int
judge_end(int from, struct err *err)
{
	int status = -1;

	if (await(from, POLLIN, err) < 0)
		return -1;
	if (read(from, &status, sizeof(status)) != (ssize_t)sizeof(status) || status == -1)
		return err_set(err, ERR_INTERNAL, "no layer child could be started");
	if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGXCPU))
		return err_set(err, ERR_CONTENT, "the analysis met its limit of time or memory");
	if (WIFSIGNALED(status))
		return err_set(
		    err, ERR_CONTENT, "the analysis crashed (signal %d)", WTERMSIG(status));
	if (WEXITSTATUS(status) != STATUS_OK)
		return err_set(err, ERR_CONTENT, "the analysis failed (status %d)%s",
		    WEXITSTATUS(status),
		    WEXITSTATUS(status) == STATUS_INTERNAL
			? ": out of memory, or no sandbox to be had"
			: "");
	return 0;
}

/* Both ends close on exec; ours, ends[our], does not block. */
static int
open_pipe(int ends[2], int our)
{
	if (pipe(ends) < 0)
		return -1;
	fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	fcntl(ends[our], F_SETFL, O_NONBLOCK);
	fcntl(ends[our], F_SETPIPE_SZ, PIPE_SIZE);
	return 0;
}

static void
close_now(int *fd)
{
	auto_fd(fd);
	*fd = -1;
}

int
helper_run(struct helper *h, struct str job, struct stream *blob, struct sha256 *blob_hash,
    uint64_t *ret_size, struct str *ret_answer, struct err *err)
{
	int in[2] = { -1, -1 }, out[2] = { -1, -1 }, end[2] = { -1, -1 };
	struct str answer = { NULL, 0 };
	int result = -1;

	if (open_pipe(in, 1) < 0 || open_pipe(out, 0) < 0 || open_pipe(end, 0) < 0) {
		err_set(err, ERR_INTERNAL, "pipe: %s", strerror(errno));
		goto out;
	}
	if (send_job(h, job, (int[]){ in[0], out[1], end[1] }, err) < 0)
		goto out;
	close_now(&in[0]);
	close_now(&out[1]);
	close_now(&end[1]);
	if (feed(in[1], blob, blob_hash, ret_size, err) < 0)
		goto out;
	close_now(&in[1]);
	if (take_answer(out[0], &answer, err) < 0 || judge_end(end[0], err) < 0)
		goto out;
	*ret_answer = answer;
	answer.ptr = NULL;
	result = 0;
out:
	for (size_t i = 0; i < 2; i++) {
		close_now(&in[i]);
		close_now(&out[i]);
		close_now(&end[i]);
	}
	auto_free(&answer.ptr);
	return result;
}
