/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.c - files that appear whole or not at all, and files without a name.
 */
#include "step/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
file_spool(struct err *err)
{
	const char *folder = getenv("TMPDIR");
	char path[LIMIT_PATH];
	int fd;

	if (!folder || !*folder)
		folder = "/tmp";
	if (snprintf(path, sizeof(path), "%s/scanstep-XXXXXX", folder) >= (int)sizeof(path))
		return err_set(err, ERR_INTERNAL, "TMPDIR is too long");
	fd = mkstemp(path);
	if (fd < 0)
		return err_set(
		    err, ERR_INTERNAL, "no temporary file in '%s': %s", folder, strerror(errno));
	unlink(path);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	return fd;
}

int
file_write_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len) {
		ssize_t n = write(fd, at, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		at += n;
		len -= (size_t)n;
	}
	return 0;
}

int
file_make_dirs(const char *path)
{
	AUTO_FREE char *copy = xstrdup(path);

	for (char *at = copy + (*copy == '/'); *at; at++) {
		if (*at != '/')
			continue;
		*at = '\0';
		if (mkdir(copy, 0700) < 0 && errno != EEXIST)
			return -1;
		*at = '/';
	}
	return mkdir(copy, 0700) < 0 && errno != EEXIST ? -1 : 0;
}

/* ---- Files that appear whole. ---- */

/*
 * The names of unfinished files, where a signal handler finds them. A slot is
 * free while its state is 0, and its name is only touched by the thread that
 * took it.
 */
enum {
	SLOTS = 64,
	SLOT_FREE = 0,
	SLOT_TAKEN,
	SLOT_NAMED,
};

static struct {
	atomic_int state;
	char name[LIMIT_PATH];
} slots[SLOTS];

struct new_file {
	char *path;
	size_t slot;
	enum err_kind kind;
	FILE *stream;
};

static size_t
take_slot(void)
{
	for (size_t i = 0; i < SLOTS; i++) {
		int expected = SLOT_FREE;

		if (atomic_compare_exchange_strong(&slots[i].state, &expected, SLOT_TAKEN))
			return i;
	}
	return SLOTS;
}

/* mkstemp() with the signals held back that would find a file without a known name. */
static int
make_named(size_t slot)
{
	sigset_t both, before;
	int fd;

	sigemptyset(&both);
	sigaddset(&both, SIGINT);
	sigaddset(&both, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &both, &before);
	fd = mkstemp(slots[slot].name);
	if (fd >= 0)
		atomic_store(&slots[slot].state, SLOT_NAMED);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return fd;
}

/* What a file made by open() would get: mkstemp() gives 0600, and reports are for others to read. */
static void
usual_mode(int fd)
{
	mode_t mask = umask(0);

	umask(mask);
	fchmod(fd, 0666 & ~mask);
}

struct new_file *
new_file_open(const char *path, enum err_kind kind, struct err *err)
{
	const char *slash = strrchr(path, '/');
	int folder = slash ? (int)(slash - path) + 1 : 0;
	size_t slot = take_slot();
	struct new_file *f;
	int fd;

	if (slot == SLOTS) {
		err_set(err, ERR_INTERNAL, "too many unfinished files");
		return NULL;
	}
	if (snprintf(slots[slot].name, sizeof(slots[slot].name), "%.*s.scanstep-XXXXXX", folder,
		path) >= (int)sizeof(slots[slot].name)) {
		atomic_store(&slots[slot].state, SLOT_FREE);
		err_set(err, kind, "'%s': the name is too long", path);
		return NULL;
	}
	fd = make_named(slot);
	if (fd < 0) {
		err_set(err, kind, "cannot create '%s': %s", path, strerror(errno));
		atomic_store(&slots[slot].state, SLOT_FREE);
		return NULL;
	}
	usual_mode(fd);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	f = xalloc(sizeof(*f));
	*f = (struct new_file){ xstrdup(path), slot, kind, fdopen(fd, "w") };
	if (!f->stream) {
		close(fd);
		new_file_abandon(f);
		err_set(err, ERR_INTERNAL, "out of memory");
		return NULL;
	}
	return f;
}

FILE *
new_file_stream(struct new_file *f)
{
	return f->stream;
}

const char *
new_file_path(const struct new_file *f)
{
	return slots[f->slot].name;
}

/* So that a rename survives a power cut. Not every file system can; none must. */
static void
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *folder = xstrdup(slash ? path : ".");
	AUTO_FD fd = -1;

	if (slash)
		folder[slash == path ? 1 : slash - path] = '\0';
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		(void)!fsync(fd);
}

static int
finish(struct new_file *f, bool durable, struct err *err)
{
	bool failed = fflush(f->stream) != 0 || ferror(f->stream);

	if (!failed && durable)
		failed = fsync(fileno(f->stream)) < 0;
	if (fclose(f->stream) != 0)
		failed = true;
	f->stream = NULL;
	if (failed)
		return err_set(err, f->kind, "cannot write '%s': %s", f->path, strerror(errno));
	if (rename(slots[f->slot].name, f->path) < 0)
		return err_set(err, f->kind, "cannot rename to '%s': %s", f->path, strerror(errno));
	atomic_store(&slots[f->slot].state, SLOT_TAKEN);
	if (durable)
		sync_folder(f->path);
	return 0;
}

int
new_file_commit(struct new_file *f, bool durable, struct err *err)
{
	int result = finish(f, durable, err);

	new_file_abandon(f);
	return result;
}

void
new_file_abandon(struct new_file *f)
{
	if (!f)
		return;
	if (f->stream)
		fclose(f->stream);
	if (atomic_load(&slots[f->slot].state) == SLOT_NAMED)
		unlink(slots[f->slot].name);
	atomic_store(&slots[f->slot].state, SLOT_FREE);
	free(f->path);
	free(f);
}

void
new_file_remove_all(void)
{
	for (size_t i = 0; i < SLOTS; i++)
		if (atomic_load(&slots[i].state) == SLOT_NAMED)
			unlink(slots[i].name);
}
