/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry_login.c - the login for the image's registry that the settings name, its password file read
 *
 * There is no flag for a password: whoever lists processes would see it.
 */
#include "step/registry_login.h"

#include "step/base/io.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LIMIT_PASSWORD (64 * KIB) /* tokens of clouds are below 5 KiB */

/* "-", and "docker-archive:-" and its like. */
static bool
is_standard_input(const char *image)
{
	struct str s = str_of(image);

	return str_is(s, "-") || str_ends(s, ":-");
}

static int
read_input(struct arena *a, struct str *ret, struct err *err)
{
	AUTO_STREAM s = NULL;
	int fd;

	if (isatty(STDIN_FILENO))
		return err_set(err, ERR_USAGE,
		    "standard input is a terminal, which would show it: name a file");
	fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return err_set(err, ERR_USAGE, "standard input cannot be read");
	s = stream_of_fd(fd, ERR_USAGE);
	return stream_whole(s, LIMIT_PASSWORD, ERR_USAGE, a, ret, err);
}

static int
read_password(const char *path, struct arena *a, const char **ret, struct err *err)
{
	struct str rest, line;
	int status;

	if (strcmp(path, "-") == 0)
		status = read_input(a, &rest, err);
	else
		status = file_whole(path, LIMIT_PASSWORD, ERR_USAGE, a, &rest, err);
	if (status < 0)
		return -1;
	line = str_line(&rest);
	if (rest.len > 0)
		return err_set(
		    err, ERR_USAGE, "it holds more than one line, and a password is one");
	if (line.len == 0)
		return err_set(err, ERR_USAGE, "it is empty");
	if (memchr(line.ptr, '\0', line.len))
		return err_set(err, ERR_USAGE, "it holds a NUL, which no password can");
	*ret = arena_string(a, line);
	return 0;
}

static bool
is_given(const char *text)
{
	return text && *text;
}

const char *
registry_login_origin(const struct options *o)
{
	const struct login *l = &o->login;

	if (l->origin)
		return l->origin;
	return is_given(l->token)                    ? "SCANSTEP_REGISTRY_TOKEN"
	       : is_given(o->registry_password_file) ? "--registry-password-file"
	       : is_given(l->password)               ? "SCANSTEP_REGISTRY_PASSWORD"
	       : is_given(l->username)               ? "--registry-username"
						     : NULL;
}

int
registry_login(const struct options *o, struct arena *a, struct login *ret, struct err *err)
{
	const char *path = o->registry_password_file;

	*ret = o->login;
	ret->origin = registry_login_origin(o);
	if (!is_given(path))
		return 0;
	if (is_given(ret->password))
		return err_set(err, ERR_USAGE,
		    "--registry-password-file: SCANSTEP_REGISTRY_PASSWORD is set, too: which one is it?");
	if (strcmp(path, "-") == 0 && o->noperands > 0 && is_standard_input(o->operands[0]))
		return err_set(err, ERR_USAGE,
		    "--registry-password-file: standard input is the image already");
	if (read_password(path, a, &ret->password, err) < 0)
		return err_wrap(err, "--registry-password-file");
	return 0;
}
