/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder.c - folders: made where needed, kept from others' hands, swept
 *
 * A path that does not begin with / begins in the current folder, a checkout in a pipeline, whose commit
 * may have brought symbolic links: none is followed on such a path. Whoever names a folder from the root
 * on means what lies there.
 */
#define _GNU_SOURCE /* O_PATH: a folder can be named whose list cannot be read */

#include "step/base/io.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NAMED (O_PATH | O_DIRECTORY | O_CLOEXEC)

/* mkdir -p with this mode: 0, or -1 with errno. */
static int
make_dirs(const char *path, mode_t mode)
{
	AUTO_FREE char *copy = xstrdup(path);

	for (char *at = copy + (*copy == '/'); *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(copy, mode) < 0 && errno != EEXIST)
			return -1;
		*at = '/';
	}
	return mkdir(copy, mode) < 0 && errno != EEXIST ? -1 : 0;
}

static bool
is_link(int folder, const char *name)
{
	struct stat st;

	return fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

/* One step of a walk: the folder of that name in this one, made with a mode that is not 0. -1 with errno. */
static int
step_into(int folder, const char *name, mode_t mode)
{
	if (mode && mkdirat(folder, name, mode) < 0 && errno != EEXIST)
		return -1;
	if (is_link(folder, name)) {
		errno = ELOOP;
		return -1;
	}
	return openat(folder, name, NAMED | O_NOFOLLOW);
}

/* From the current folder on, component by component. */
static int
walk(const char *path, mode_t mode, enum err_kind kind, struct err *err)
{
	const char *what = mode ? "make" : "open";
	AUTO_FREE char *copy = xstrdup(path);
	AUTO_FD folder = open(".", NAMED);
	char *name = copy;
	int result;

	while (folder >= 0 && *name) {
		size_t len = strcspn(name, "/");
		char end = name[len];

		name[len] = '\0';
		if (len > 0) {
			int next = step_into(folder, name, mode);

			if (next < 0 && errno == ELOOP)
				return err_set(err, kind,
				    "cannot %s the folder '%s': '%s' is a symbolic link", what,
				    path, copy);
			result = errno;
			close(folder);
			errno = result;
			folder = next;
		}
		name[len] = end;
		name += len + (end == '/');
	}
	if (folder < 0)
		return err_set(
		    err, kind, "cannot %s the folder '%s': %s", what, path, strerror(errno));
	result = folder;
	folder = -1;
	return result;
}

static int
open_folder(const char *path, mode_t mode, int flags, enum err_kind kind, struct err *err)
{
	int fd;

	if (path[0] != '/')
		return walk(path, mode, kind, err);
	if (mode && make_dirs(path, mode) < 0)
		return err_set(err, kind, "cannot make the folder '%s': %s", path, strerror(errno));
	fd = open(path, NAMED | flags);
	if (fd >= 0)
		return fd;
	if ((flags & O_NOFOLLOW) && is_link(AT_FDCWD, path))
		return err_set(err, kind, "cannot open '%s': it is a symbolic link", path);
	return err_set(err, kind, "cannot open '%s': %s", path, strerror(errno));
}

int
folder_make(const char *path, mode_t mode, enum err_kind kind, struct err *err)
{
	return open_folder(path, mode, 0, kind, err);
}

int
folder_find(const char *path, enum err_kind kind, struct err *err)
{
	return open_folder(path, 0, O_NOFOLLOW, kind, err);
}

int
file_own_folder(const char *path, enum err_kind kind, struct err *err)
{
	AUTO_FD named = open_folder(path, 0700, O_NOFOLLOW, kind, err);
	struct stat st;
	int fd;

	if (named < 0)
		return -1;
	if (fstat(named, &st) < 0)
		return err_set(err, kind, "cannot open '%s': %s", path, strerror(errno));
	if (st.st_uid != geteuid())
		return err_set(err, kind, "'%s' belongs to another user", path);
	if (st.st_mode & 022)
		return err_set(err, kind, "'%s' can be written by others", path);
	fd = openat(named, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 ? fd : err_set(err, kind, "cannot open '%s': %s", path, strerror(errno));
}

/* What cannot be taken back stays as it is: whoever would believe it looks at its mode. */
static void
take_back(int fd, const struct stat *st)
{
	if (st->st_uid == geteuid() && (st->st_mode & 022))
		(void)!fchmod(fd, st->st_mode & 07755);
}

static void
take_back_file(int folder, const char *name)
{
	AUTO_FD fd = -1;
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(st.st_mode) ||
	    !(st.st_mode & 022))
		return;
	fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		take_back(fd, &st);
}

void
folder_take_back(const char *path)
{
	struct err err;
	AUTO_FD named = open_folder(path, 0, O_NOFOLLOW, ERR_INTERNAL, &err);
	int fd = named < 0 ? -1 : openat(named, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	struct stat st;

	if (!list) {
		auto_fd(&fd);
		return;
	}
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid()) {
		take_back(fd, &st);
		while ((entry = readdir(list)) != NULL)
			take_back_file(fd, entry->d_name);
	}
	closedir(list);
}

void
file_sweep(const char *folder, bool (*fits)(struct str name), int64_t age)
{
	DIR *list = opendir(folder);
	const struct dirent *entry;
	struct stat st;

	while (list && (entry = readdir(list)) != NULL) {
		if (!fits(str_of(entry->d_name)))
			continue;
		if (fstatat(dirfd(list), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && time(NULL) - st.st_mtime > age)
			(void)!unlinkat(dirfd(list), entry->d_name, 0);
	}
	if (list)
		closedir(list);
}
