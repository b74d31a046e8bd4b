/* SPDX-License-Identifier: Apache-2.0 */
/*
 * foldertar.c - a tar stream made on the fly of what matters in a folder
 *
 * The walk holds one open descriptor and one sorted list of names for each level, and opens
 * each name relative to its folder without following links, so that it cannot leave the
 * folder even while somebody changes it.
 *
 * Left out: times, owners, extended attributes, and hard links as such (each is a file).
 */
#include "step/image/foldertar.h"

#include "step/image/tarwrite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT_FOLDER_DEPTH 128 /* folders within folders, each a descriptor */

/* A folder being walked. */
struct level {
	int fd;
	struct arena *arena;
	char **names; /* sorted */
	size_t nnames, next;
	size_t path_len; /* of the folder's own path, within foldertar.path */
};

struct foldertar {
	struct stream stream;
	const struct path_filter *filter;
	struct level levels[LIMIT_FOLDER_DEPTH];
	size_t depth;
	char path[LIMIT_PATH + 1]; /* of the current entry */
	struct tarwrite head;
	int file;      /* whose data follows the headers, or -1 */
	uint64_t size; /* of that file */
	uint64_t data; /* bytes of it to come */
	bool ended;    /* the closing blocks are made */
};

static int
unreadable(const struct foldertar *t, struct err *err)
{
	return err_set(
	    err, ERR_CONTENT, "%.200s: %s", t->path[0] ? t->path : "the folder", strerror(errno));
}

/* ---- The walk ---- */

/* Enter a folder: all its names at once, sorted. Takes fd over. */
static int
level_enter(struct foldertar *t, int fd, struct err *err)
{
	struct level *l = &t->levels[t->depth];
	int again = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	DIR *dir = again < 0 ? NULL : fdopendir(again);
	struct dirent *e;
	int why;

	*l = (struct level){ .fd = fd, .arena = arena_new(), .path_len = strlen(t->path) };
	t->depth++;
	if (!dir) {
		unreadable(t, err);
		auto_fd(&again);
		return -1;
	}
	rewinddir(dir);
	while (errno = 0, (e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (l->nnames >= LIMIT_ENTRIES)
			break;
		l->names = arena_grow(l->arena, l->names, l->nnames, sizeof(*l->names));
		l->names[l->nnames++] = arena_string(l->arena, str_of(e->d_name));
	}
	why = errno;
	closedir(dir);
	errno = why;
	if (why || e)
		return e ? err_set(err, ERR_CONTENT, "%.200s: more than %d entries", t->path,
			       LIMIT_ENTRIES)
			 : unreadable(t, err);
	if (l->nnames)
		qsort(l->names, l->nnames, sizeof(*l->names), text_order);
	return 0;
}

static void
level_leave(struct foldertar *t)
{
	struct level *l = &t->levels[--t->depth];

	close(l->fd);
	arena_free(l->arena);
}

static int
entry_folder(
    struct foldertar *t, int parent, const char *name, const struct stat *st, struct err *err)
{
	int fd;

	tarwrite_entry(&t->head, '5', t->path, "", st->st_mode, 0);
	if (t->depth == LIMIT_FOLDER_DEPTH)
		return err_set(err, ERR_CONTENT, "%.200s: more than %d folders deep", t->path,
		    LIMIT_FOLDER_DEPTH);
	fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 ? unreadable(t, err) : level_enter(t, fd, err);
}

static int
entry_file(struct foldertar *t, int parent, const char *name, struct err *err)
{
	int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		errno = fd < 0 ? errno : EINVAL;
		unreadable(t, err);
		auto_fd(&fd);
		return -1;
	}
	t->file = fd;
	t->size = t->data = (uint64_t)st.st_size;
	tarwrite_entry(&t->head, '0', t->path, "", st.st_mode, t->size);
	return 0;
}

static int
entry_link(struct foldertar *t, int parent, const char *name, struct err *err)
{
	char target[LIMIT_PATH + 1];
	ssize_t len = readlinkat(parent, name, target, sizeof(target) - 1);

	if (len < 0)
		return unreadable(t, err);
	target[len] = '\0';
	tarwrite_entry(&t->head, '2', t->path, target, 0777, 0);
	return 0;
}

/* One entry of the innermost folder, into headers and perhaps a file. */
static int
walk_step(struct foldertar *t, struct err *err)
{
	struct level *l = &t->levels[t->depth - 1];
	const char *name;
	struct stat st;
	int n;

	if (l->next == l->nnames) {
		level_leave(t);
		return 0;
	}
	name = l->names[l->next++];
	n = snprintf(t->path + l->path_len, sizeof(t->path) - l->path_len, "%s%s",
	    l->path_len ? "/" : "", name);
	if ((size_t)n >= sizeof(t->path) - l->path_len)
		return err_set(
		    err, ERR_CONTENT, "%.200s...: a path longer than %d", t->path, LIMIT_PATH);
	if (t->filter && !t->filter->matters(t->filter, t->path))
		return 0;
	if (fstatat(l->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return unreadable(t, err);
	if (S_ISDIR(st.st_mode))
		return entry_folder(t, l->fd, name, &st, err);
	if (S_ISREG(st.st_mode))
		return entry_file(t, l->fd, name, err);
	if (S_ISLNK(st.st_mode))
		return entry_link(t, l->fd, name, err);
	return 0;
}

/* ---- The stream ---- */

static ssize_t
file_part(struct foldertar *t, char *buf, size_t len, struct err *err)
{
	ssize_t n;

	len = t->data < len ? (size_t)t->data : len;
	do
		n = read(t->file, buf, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return unreadable(t, err);
	if (n == 0)
		return err_set(
		    err, ERR_CONTENT, "%.200s: became shorter while it was read", t->path);
	t->data -= (uint64_t)n;
	return n;
}

/* Behind all headers and data so far: make more headers. 1, or 0 at the end. */
static int
head_more(struct foldertar *t, struct err *err)
{
	if (t->file >= 0) {
		close(t->file);
		t->file = -1;
		tarwrite_padding(&t->head, t->size);
		return 1;
	}
	if (t->depth)
		return walk_step(t, err) < 0 ? -1 : 1;
	if (t->ended)
		return 0;
	tarwrite_end(&t->head);
	t->ended = true;
	return 1;
}

static ssize_t
foldertar_read(struct stream *s, void *buf, size_t len, struct err *err)
{
	struct foldertar *t = (struct foldertar *)s;
	size_t n;

	while ((n = tarwrite_take(&t->head, buf, len)) == 0) {
		int more;

		if (t->file >= 0 && t->data)
			return file_part(t, buf, len, err);
		more = head_more(t, err);
		if (more <= 0)
			return more;
	}
	return (ssize_t)n;
}

static void
foldertar_close(struct stream *s)
{
	struct foldertar *t = (struct foldertar *)s;

	while (t->depth)
		level_leave(t);
	auto_fd(&t->file);
	tarwrite_release(&t->head);
	free(t);
}

int
foldertar_open(int root, const struct path_filter *filter, struct stream **ret, struct err *err)
{
	struct foldertar *t = xalloc(sizeof(*t));
	int fd;

	*t =
	    (struct foldertar){ { foldertar_read, foldertar_close }, .filter = filter, .file = -1 };
	fd = openat(root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 ? unreadable(t, err) < 0 : level_enter(t, fd, err) < 0) {
		foldertar_close(&t->stream);
		return -1;
	}
	*ret = &t->stream;
	return 0;
}
