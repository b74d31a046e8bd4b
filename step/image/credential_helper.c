/* SPDX-License-Identifier: Apache-2.0 */
/*
 * credential_helper.c - the one program that scanstep starts: docker-credential-NAME, which keeps logins
 *
 *      $ printf registry.example.com | docker-credential-NAME get
 *      {"ServerURL": "registry.example.com", "Username": "robin", "Secret": "..."}
 *
 * https://github.com/docker/docker-credential-helpers#development
 *
 * A file names the program, the user's PATH has it: no shell reads either. It gets the variables by which helpers
 * find their home, their cloud, their key ring and their way through a proxy, and none besides: what scanstep or the
 * CI system was told in confidence is not among them. It has a process group of its own, which ends with it when it
 * takes too long, no descriptor of ours, and nobody sees its standard error, where some print what they should not.
 */
#define _GNU_SOURCE /* environ, pipe2(), posix_spawn_file_actions_addclosefrom_np() */

#include "step/image/credential_helper.h"

#include "step/base/doc.h"
#include "step/base/io.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LIMIT_ANSWER (64 * KIB) /* tokens of clouds are below 5 KiB */
#define LIMIT_SERVER 4096       /* a pipe takes so much at once: PIPE_BUF */

/* A variable of this name, or of any that begins so where it ends in "*". */
static const char *const inherited[] = {
	/* Where things are. */
	"PATH",
	"HOME",
	"USER",
	"LOGNAME",
	"TMPDIR",
	"LANG",
	"LC_*",
	"XDG_*",
	"DOCKER_CONFIG",
	/* Key rings. */
	"DBUS_SESSION_BUS_ADDRESS",
	"DISPLAY",
	"WAYLAND_DISPLAY",
	"GNUPGHOME",
	"PASSWORD_STORE_*",
	/* Clouds: which account, and where its own login stands. */
	"AWS_*",
	"AZURE_*",
	"CLOUDSDK_*",
	"GCE_*",
	"GOOGLE_*",
	"IDENTITY_*", /* Azure's managed identity */
	"MSI_*",      /* the same, as it was called */
	"OCI_*",
	"KUBERNETES_*",
	"VAULT_*",
	/* The network. */
	"HTTP_PROXY",
	"HTTPS_PROXY",
	"NO_PROXY",
	"http_proxy",
	"https_proxy",
	"no_proxy",
	"SSL_CERT_FILE",
	"SSL_CERT_DIR",
};

static bool
is_inherited(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(inherited); i++) {
		struct str wanted = str_of(inherited[i]);
		bool is_prefix = str_ends(wanted, "*");

		wanted.len -= is_prefix;
		if (name.len >= wanted.len && (is_prefix || name.len == wanted.len) &&
		    memcmp(name.ptr, wanted.ptr, wanted.len) == 0)
			return true;
	}
	return false;
}

static char **
environment(struct arena *a)
{
	char **list = NULL;
	size_t n = 0;

	for (char **e = environ; e && *e; e++) {
		struct str rest = str_of(*e);

		if (!is_inherited(str_cut(&rest, '=')))
			continue;
		list = arena_grow(a, list, n, sizeof(*list));
		list[n++] = *e;
	}
	list = arena_grow(a, list, n, sizeof(*list));
	list[n] = NULL;
	return list;
}

static bool
valid_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			return false;
	return *name != '\0' && strlen(name) < NAME_MAX - strlen(HELPER_PREFIX);
}

/* The first program of that name in PATH, or NULL. A relative folder would be the checkout's. */
static char *
find_program(const char *name, struct arena *a)
{
	struct str rest = str_of(getenv("PATH"));

	while (rest.len > 0) {
		struct str folder = str_cut(&rest, ':');
		struct stat st;
		char *path;

		if (!str_starts(folder, "/"))
			continue;
		path =
		    arena_textf(a, "%.*s/" HELPER_PREFIX "%s", (int)folder.len, folder.ptr, name);
		if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0)
			return path;
	}
	return NULL;
}

/* ---- The process ---- */

/* It asks what stands in the pipe in, and answers to out. 0, or an errno. */
static int
spawn(char *path, int in, int out, struct arena *a, pid_t *ret)
{
	char verb[] = "get", *argv[] = { path, verb, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int error;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_init(&actions);
	error = posix_spawnattr_setflags(
	    &attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	if (error == 0)
		error = posix_spawnattr_setpgroup(&attributes, 0);
	if (error == 0)
		error = posix_spawnattr_setsigmask(&attributes, &none);
	if (error == 0)
		error = posix_spawnattr_setsigdefault(&attributes, &all);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (error == 0)
		error = posix_spawn_file_actions_addopen(
		    &actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	if (error == 0)
		error = posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
	if (error == 0)
		error = posix_spawn(ret, path, &actions, &attributes, argv, environment(a));
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return error;
}

enum ending {
	ENDED = 0,
	ENDED_LATE,
	ENDED_LARGE,
	ENDED_BROKEN,
};

/* Bytes of it, as many as there are, before the deadline: ENDED, with none of them at its end. */
static enum ending
read_some(int from, int64_t deadline, char *buf, size_t len, size_t *ret)
{
	for (;;) {
		struct pollfd p = { .fd = from, .events = POLLIN };
		int64_t left = deadline - monotonic_ms();
		int ready = left > 0 ? poll(&p, 1, (int)left) : 0;
		ssize_t n = ready > 0 ? read(from, buf, len) : -1;

		if (ready == 0)
			return ENDED_LATE;
		if (n >= 0) {
			*ret = (size_t)n;
			return ENDED;
		}
		if (errno != EINTR)
			return ENDED_BROKEN;
	}
}

/* All that it says, before the deadline. */
static enum ending
read_answer(int from, int64_t deadline, char *buf, size_t *ret_len)
{
	for (*ret_len = 0; *ret_len <= LIMIT_ANSWER;) {
		size_t n = 0;
		enum ending ending =
		    read_some(from, deadline, buf + *ret_len, LIMIT_ANSWER + 1 - *ret_len, &n);

		if (ending != ENDED || n == 0)
			return ending;
		*ret_len += n;
	}
	return ENDED_LARGE;
}

/* Its end, before the deadline or by force. A status that somebody else took (SIGCHLD ignored) is a good one. */
static enum ending
wait_for(pid_t pid, int64_t deadline, enum ending so_far, int *ret_status)
{
	static const struct timespec moment = { .tv_nsec = 2000000 };
	enum ending ending = so_far;
	pid_t done;

	*ret_status = 0;
	for (;;) {
		if (ending == ENDED && monotonic_ms() >= deadline)
			ending = ENDED_LATE;
		if (ending != ENDED)
			kill(-pid, SIGKILL);
		done = waitpid(pid, ret_status, ending == ENDED ? WNOHANG : 0);
		if (done == pid || (done < 0 && errno != EINTR))
			return ending;
		if (done == 0)
			nanosleep(&moment, NULL);
	}
}

/* A pipe that holds the server's name to the end. 0, or an errno. */
static int
open_question(const char *server, int *ret)
{
	int ends[2], error = 0;

	if (strlen(server) > LIMIT_SERVER)
		return ENAMETOOLONG;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	if (file_write_all(ends[1], server, strlen(server)) < 0)
		error = errno;
	close(ends[1]);
	if (error != 0)
		close(ends[0]);
	else
		*ret = ends[0];
	return error;
}

/* It is asked for server; what it will say comes from *ret. 0, or an errno. */
static int
start(char *path, const char *server, struct arena *a, pid_t *ret_pid, int *ret)
{
	AUTO_FD in = -1;
	int ends[2], error = open_question(server, &in);

	if (error != 0)
		return error;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return errno;
	error = spawn(path, in, ends[1], a, ret_pid);
	close(ends[1]);
	if (error != 0)
		close(ends[0]);
	else
		*ret = ends[0];
	return error;
}

static int
run(char *path, const char *server, int64_t patience_ms, struct arena *a, struct str *ret,
    int *ret_status, struct err *err)
{
	int64_t deadline = monotonic_ms() + patience_ms;
	char *buf = arena_alloc(a, LIMIT_ANSWER + 1);
	enum ending ending;
	pid_t pid = -1;
	int from = -1, error = start(path, server, a, &pid, &from);

	if (error != 0)
		return err_set(err, ERR_IMAGE, "cannot be started: %s", strerror(error));
	ending = read_answer(from, deadline, buf, &ret->len);
	close(from);
	ending = wait_for(pid, deadline, ending, ret_status);
	ret->ptr = buf;
	switch (ending) {
	case ENDED_LATE:
		return err_set(err, ERR_IMAGE, "does not answer within %lld seconds",
		    (long long)(patience_ms + 999) / 1000);
	case ENDED_LARGE:
		return err_set(err, ERR_IMAGE, "answers with more than %llu bytes",
		    (unsigned long long)LIMIT_ANSWER);
	case ENDED_BROKEN:
		return err_set(err, ERR_IMAGE, "cannot be read");
	case ENDED:
		break;
	}
	return 0;
}

/* ---- What it says ---- */

static int
read_credentials(struct str answer, struct arena *a, struct credentials *ret, struct err *err)
{
	AUTO_DOC doc = NULL;
	const char *username, *secret, *why;

	/* What a parser says of it may quote it. */
	if (doc_parse_json(answer, ERR_IMAGE, &doc, err) < 0)
		return err_set(err, ERR_IMAGE, "answers with something that is no JSON");
	username = doc_get_text(doc, "Username");
	secret = doc_get_text(doc, "Secret");
	if (!username || !secret)
		return err_set(err, ERR_IMAGE, "answers without a user name or without a secret");
	if (!*username && !*secret)
		return 0;
	why = !*username ? "there is no user name"
			 : credentials_set(
			       ret, arena_text(a, str_of(username)), arena_text(a, str_of(secret)));
	if (why)
		return err_set(err, ERR_IMAGE, "answers with what cannot be sent: %s", why);
	return 1;
}

int
credential_helper_get(const char *name, const char *server, int64_t patience_ms, struct arena *a,
    struct credentials *ret, struct err *err)
{
	/* Every helper says this in one language: docker-credential-helpers, credentials/error.go. */
	static const char none[] = "credentials not found in native keychain";
	char *path;
	struct str answer = { "", 0 };
	int status = 0;

	if (!valid_name(name))
		return err_set(err, ERR_IMAGE,
		    "is no program's name: that is made of letters, digits and . _ - alone");
	path = find_program(name, a);
	if (!path)
		return err_set(err, ERR_IMAGE,
		    "is in no folder of PATH: install it, take its name out of there, or, for the "
		    "image's own registry, set SCANSTEP_REGISTRY_USERNAME and "
		    "SCANSTEP_REGISTRY_PASSWORD");
	if (run(path, server, patience_ms, a, &answer, &status, err) < 0)
		return -1;
	if (str_is(str_trim(answer), none))
		return 0;
	if (WIFSIGNALED(status))
		return err_set(err, ERR_IMAGE, "was ended by signal %d", WTERMSIG(status));
	if (status != 0)
		return err_set(err, ERR_IMAGE, "fails with status %d", WEXITSTATUS(status));
	return read_credentials(answer, a, ret, err);
}
