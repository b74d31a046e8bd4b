/* SPDX-License-Identifier: Apache-2.0 */
/*
 * file.c - files that appear whole or not at all, and files without a name
 */
#define _GNU_SOURCE /* O_TMPFILE */

#include "step/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define UNFINISHED     ".scanstep-" /* and RANDOM letters: the name of what has none yet */
#define RANDOM         6
#define UNFINISHED_AGE DAY /* after which another's unfinished file is taken for abandoned */

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

/* ---- Files that appear whole ---- */

/*
 * The names of unfinished files, where a signal handler finds them. A slot's name
 * is only written by the thread that took it. While a file is being made, its
 * thread holds both signals back, so that a handler, which must then be another
 * thread's, can wait for it: no file is ever there whose name is not known.
 */
enum {
	SLOTS = 64,
	TRIES = 100, /* at a name that is not taken */
	SLOT_FREE = 0,
	SLOT_TAKEN,
	SLOT_MAKING, /* the name is there, the file may be */
	SLOT_NAMED,
};

static struct {
	atomic_int state;
	char name[LIMIT_PATH];
} slots[SLOTS];

static atomic_bool ending; /* a signal came: a handler is about to end the process */

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

/* Does not return then: no file is made any more, and none fails for having been removed. */
static void
wait_for_end(void)
{
	while (atomic_load(&ending))
		pause();
}

static int
put_letters(char *at)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	unsigned char bytes[RANDOM];

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return -1;
	for (size_t i = 0; i < RANDOM; i++)
		at[i] = letters[bytes[i] % (sizeof(letters) - 1)];
	return 0;
}

/* A file of the slot's name: its descriptor, or -1 with errno. With keep the slot then answers for it. */
static int
make_file(size_t slot, mode_t mode, bool keep)
{
	const char *name = slots[slot].name;
	sigset_t both, before;
	int fd = -1;

	sigemptyset(&both);
	sigaddset(&both, SIGINT);
	sigaddset(&both, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &both, &before);
	atomic_store(&slots[slot].state, SLOT_MAKING);
	if (!atomic_load(&ending))
		fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	if (fd >= 0 && !keep)
		unlink(name);
	atomic_store(&slots[slot].state, fd >= 0 && keep ? SLOT_NAMED : SLOT_TAKEN);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	wait_for_end();
	return fd;
}

/* A file in the folder that these len bytes of path name, with their slash, under a name of its slot's. */
static int
make_named(size_t slot, const char *path, size_t len, mode_t mode, bool keep)
{
	char *name = slots[slot].name;
	int fd = -1;

	wait_for_end(); /* a handler may be at the name that stood here */
	if (len + sizeof(UNFINISHED) + RANDOM > sizeof(slots[slot].name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name, path, len);
	memcpy(name + len, UNFINISHED, sizeof(UNFINISHED) - 1);
	name[len + sizeof(UNFINISHED) - 1 + RANDOM] = '\0';
	for (int i = 0; i < TRIES && fd < 0; i++) {
		if (put_letters(name + len + sizeof(UNFINISHED) - 1) < 0)
			return -1;
		fd = make_file(slot, mode, keep);
		if (fd < 0 && errno != EEXIST)
			return -1;
	}
	return fd;
}

struct new_file *
new_file_open(const char *path, enum err_kind kind, struct err *err)
{
	const char *slash = strrchr(path, '/');
	size_t slot = take_slot();
	struct new_file *f;
	int fd;

	if (slot == SLOTS) {
		err_set(err, ERR_INTERNAL, "too many unfinished files");
		return NULL;
	}
	fd = make_named(slot, path, slash ? (size_t)(slash - path) + 1 : 0, 0666, true);
	if (fd < 0) {
		err_set(err, kind, "cannot create '%s': %s", path, strerror(errno));
		atomic_store(&slots[slot].state, SLOT_FREE);
		return NULL;
	}
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

/* Where the file system makes no nameless files: one whose name goes at once. */
static int
spool_in_slot(const char *folder)
{
	AUTO_FREE char *path = xalloc(strlen(folder) + 2);
	size_t slot = take_slot();
	int fd;

	if (slot == SLOTS) {
		errno = EMFILE;
		return -1;
	}
	memcpy(path, folder, strlen(folder));
	path[strlen(folder)] = '/';
	fd = make_named(slot, path, strlen(path), 0600, false);
	atomic_store(&slots[slot].state, SLOT_FREE);
	return fd;
}

int
file_spool(struct err *err)
{
	const char *folder = env_text("TMPDIR");
	int fd;

	if (!folder)
		folder = "/tmp";
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd < 0)
		fd = spool_in_slot(folder);
	return fd >= 0 ? fd
		       : err_set(err, ERR_INTERNAL, "no temporary file in '%s': %s", folder,
			     strerror(errno));
}

int
file_whole(const char *path, uint64_t max, enum err_kind kind, struct arena *a, struct str *ret,
    struct err *err)
{
	AUTO_STREAM s = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(err, kind, "%s", strerror(errno));
	s = stream_of_fd(fd, kind);
	return stream_whole(s, max, kind, a, ret, err);
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

char *
file_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = xstrdup(slash ? path : ".");

	if (slash)
		folder[slash == path ? 1 : slash - path] = '\0';
	return folder;
}

/* So that a rename survives a power cut. Not every file system can; none must. */
static void
sync_folder(const char *path)
{
	AUTO_FREE char *folder = file_folder(path);
	AUTO_FD fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		(void)!fsync(fd);
}

/* Everything onto the disk: 0, or -1 with errno. The stream is closed either way. */
static int
flush_and_close(FILE *stream, bool durable)
{
	bool failed = fflush(stream) != 0 || ferror(stream);
	int why;

	if (!failed && durable)
		failed = fsync(fileno(stream)) < 0;
	why = errno;
	if (fclose(stream) != 0 && !failed)
		return -1;
	errno = why;
	return failed ? -1 : 0;
}

static int
finish(struct new_file *f, bool durable, struct err *err)
{
	int written = flush_and_close(f->stream, durable);

	f->stream = NULL;
	if (written < 0)
		return err_set(err, f->kind, "cannot write '%s': %s", f->path, strerror(errno));
	if (rename(slots[f->slot].name, f->path) < 0) {
		err_set(err, f->kind, "cannot rename to '%s': %s", f->path, strerror(errno));
		wait_for_end();
		return -1;
	}
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
	atomic_store(&ending, true);
	for (size_t i = 0; i < SLOTS; i++) {
		while (atomic_load(&slots[i].state) == SLOT_MAKING)
			continue; /* another thread is about to be done with it */
		if (atomic_load(&slots[i].state) == SLOT_NAMED)
			unlink(slots[i].name);
	}
}

static bool
is_unfinished(struct str name)
{
	return str_starts(name, UNFINISHED) && name.len == sizeof(UNFINISHED) - 1 + RANDOM;
}

void
new_file_sweep(const char *folder)
{
	file_sweep(folder, is_unfinished, UNFINISHED_AGE);
}
