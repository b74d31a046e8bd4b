/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pages.c - an SQLite file each of whose pages carries its checksum
 *
 * SQLite finds a damaged page only if the damage breaks a structure; a changed byte
 * in a name would make a package's advisories disappear without a word. So the last
 * 8 bytes of each page (its "reserved space", which SQLite does not use) hold the
 * CRC-64 of the rest, begun with the page's number. It is verified whenever SQLite
 * reads the page, and of a small file at once. It guards against accidents, not
 * against people: those meet the limits of store.c.
 *
 * SQLite reads through a file system of ours (a "VFS") that serves one descriptor and
 * writes nothing: no lock, no journal, no path is looked at twice, and no memory is
 * mapped, so that a file that is cut off meanwhile is an error and not a signal.
 *
 * The file's header: https://www.sqlite.org/fileformat2.html#the_database_header
 * Left out: other page sizes.
 */
#include "step/advisory/pages.h"
#include "step/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <isa-l/crc64.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALL_FILE (8 * MIB) /* is verified whole when opened: about a millisecond */

struct pages {
	sqlite3_vfs vfs; /* the default one, with our own open */
	char name[40];   /* the VFS's: another's at the same time must differ */
	int fd;
	char *path;
	uint32_t count, damaged;
};

/* What SQLite holds of an open file. */
struct served {
	sqlite3_file file;
	struct pages *pages;
};

static uint32_t
big_endian(const unsigned char *at, size_t bytes)
{
	uint32_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | *at++;
	return n;
}

/* All len bytes at offset, or as many as there are; -1 with errno. */
static ssize_t
read_at(int fd, void *buf, size_t len, off_t offset)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = pread(fd, (char *)buf + got, len - got, offset + (off_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

static void
checksum(const unsigned char *page, uint32_t number, unsigned char ret[PAGE_CHECKSUM])
{
	uint64_t crc = crc64_ecma_refl(number, page, PAGE_SIZE - PAGE_CHECKSUM);

	for (int i = PAGE_CHECKSUM - 1; i >= 0; i--, crc >>= 8)
		ret[i] = (unsigned char)(crc & 0xff);
}

static bool
page_good(const unsigned char *page, uint32_t number)
{
	unsigned char want[PAGE_CHECKSUM];

	checksum(page, number, want);
	return memcmp(want, page + PAGE_SIZE - PAGE_CHECKSUM, PAGE_CHECKSUM) == 0;
}

int
pages_stamp(int fd)
{
	unsigned char page[PAGE_SIZE];
	ssize_t n;

	for (uint32_t number = 1;; number++) {
		off_t offset = (off_t)(number - 1) * PAGE_SIZE;

		n = read_at(fd, page, sizeof(page), offset);
		if (n <= 0)
			return (int)n;
		if (n < PAGE_SIZE) {
			errno = EIO;
			return -1;
		}
		checksum(page, number, page + PAGE_SIZE - PAGE_CHECKSUM);
		if (pwrite(fd, page, sizeof(page), offset) != PAGE_SIZE)
			return -1;
	}
}

/* ---- Opening ---- */

/* What the first bytes must say, as far as it does not depend on the rest. */
static int
check_header(const struct pages *p, const unsigned char *page, uint64_t size, uint32_t application,
    uint32_t version, struct err *err)
{
	uint32_t pages = big_endian(page + 28, 4);

	if (memcmp(page, "SQLite format 3", 16) != 0 || big_endian(page + 68, 4) != application)
		return err_set(
		    err, ERR_DATABASE, "'%s' is not an advisory database of scanstep", p->path);
	if (big_endian(page + 60, 4) != version)
		return err_set(err, ERR_DATABASE,
		    "advisory database '%s' has version %u of the schema, and this scanstep reads "
		    "version %u: build it again",
		    p->path, (unsigned)big_endian(page + 60, 4), (unsigned)version);
	if (size != (uint64_t)pages * PAGE_SIZE)
		return err_set(err, ERR_DATABASE,
		    "advisory database '%s' is %s: it has %llu bytes of %llu; build it again",
		    p->path, size < (uint64_t)pages * PAGE_SIZE ? "cut off" : "damaged",
		    (unsigned long long)size, (unsigned long long)pages * PAGE_SIZE);
	if (big_endian(page + 16, 2) != PAGE_SIZE || page[20] != PAGE_CHECKSUM ||
	    !page_good(page, 1))
		return err_set(err, ERR_DATABASE,
		    "advisory database '%s' is damaged: page 1; build it again", p->path);
	return 0;
}

static int
check_file(struct pages *p, uint32_t application, uint32_t version, struct err *err)
{
	unsigned char page[PAGE_SIZE] = { 0 };
	struct stat st;

	if (fstat(p->fd, &st) < 0)
		return err_set(
		    err, ERR_DATABASE, "advisory database '%s': %s", p->path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		return err_set(
		    err, ERR_DATABASE, "advisory database '%s' is not a regular file", p->path);
	if (st.st_size == 0)
		return err_set(
		    err, ERR_DATABASE, "advisory database '%s' is empty; build it again", p->path);
	if (read_at(p->fd, page, sizeof(page), 0) < 0)
		return err_set(
		    err, ERR_DATABASE, "advisory database '%s': %s", p->path, strerror(errno));
	if (check_header(p, page, (uint64_t)st.st_size, application, version, err) < 0)
		return -1;
	p->count = (uint32_t)((uint64_t)st.st_size / PAGE_SIZE);
	return (uint64_t)st.st_size <= SMALL_FILE ? pages_verify(p, err) : 0;
}

int
pages_open(
    const char *path, uint32_t application, uint32_t version, struct pages **ret, struct err *err)
{
	struct pages *p;
	/* Without waiting: what stands there may be a pipe. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd < 0 && errno == ENOENT)
		return err_set(err, ERR_DATABASE, "there is no advisory database '%s'", path);
	if (fd < 0)
		return err_set(err, ERR_DATABASE, "advisory database '%s' cannot be opened: %s",
		    path, strerror(errno));
	p = xalloc(sizeof(*p));
	*p = (struct pages){ .fd = fd, .path = xstrdup(path) };
	if (check_file(p, application, version, err) < 0) {
		pages_close(p);
		return -1;
	}
	*ret = p;
	return 0;
}

void
pages_close(struct pages *p)
{
	if (!p)
		return;
	close(p->fd);
	free(p->path);
	free(p);
}

int
pages_verify(struct pages *p, struct err *err)
{
	AUTO_FREE unsigned char *chunk = xalloc((size_t)64 * PAGE_SIZE);

	for (uint32_t number = 1; number <= p->count;) {
		ssize_t n =
		    read_at(p->fd, chunk, (size_t)64 * PAGE_SIZE, (off_t)(number - 1) * PAGE_SIZE);

		if (n < PAGE_SIZE)
			return err_set(err, ERR_DATABASE,
			    "advisory database '%s' cannot be read: %s", p->path,
			    n < 0 ? strerror(errno) : "it is cut off; build it again");
		for (ssize_t at = 0; n - at >= PAGE_SIZE; at += PAGE_SIZE, number++)
			if (!page_good(chunk + at, number))
				return err_set(err, ERR_DATABASE,
				    "advisory database '%s' is damaged: page %u; build it again",
				    p->path, (unsigned)number);
	}
	return 0;
}

uint32_t
pages_damaged(const struct pages *p)
{
	return p->damaged;
}

/* ---- The file system that SQLite sees ---- */

static int
served_close(sqlite3_file *f)
{
	(void)f;
	return SQLITE_OK;
}

static int
served_read(sqlite3_file *f, void *buf, int len, sqlite3_int64 offset)
{
	struct pages *p = ((struct served *)(void *)f)->pages;
	ssize_t n = read_at(p->fd, buf, (size_t)len, (off_t)offset);
	uint32_t number = (uint32_t)(offset / PAGE_SIZE) + 1;

	if (n < 0)
		return SQLITE_IOERR_READ;
	if (n < len) {
		memset((char *)buf + n, 0, (size_t)(len - n));
		return SQLITE_IOERR_SHORT_READ;
	}
	if (len == PAGE_SIZE && offset % PAGE_SIZE == 0 && !page_good(buf, number)) {
		p->damaged = number;
		return SQLITE_IOERR_DATA;
	}
	return SQLITE_OK;
}

static int
served_write(sqlite3_file *f, const void *buf, int len, sqlite3_int64 offset)
{
	(void)f, (void)buf, (void)len, (void)offset;
	return SQLITE_READONLY;
}

static int
served_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	(void)f, (void)size;
	return SQLITE_READONLY;
}

static int
served_size(sqlite3_file *f, sqlite3_int64 *ret)
{
	*ret = (sqlite3_int64)((struct served *)(void *)f)->pages->count * PAGE_SIZE;
	return SQLITE_OK;
}

/* Syncing, locking and unlocking: there is nothing to do. */
static int
served_nothing(sqlite3_file *f, int what)
{
	(void)f, (void)what;
	return SQLITE_OK;
}

static int
served_reserved(sqlite3_file *f, int *ret)
{
	(void)f;
	*ret = 0;
	return SQLITE_OK;
}

static int
served_control(sqlite3_file *f, int what, void *argument)
{
	(void)f, (void)what, (void)argument;
	return SQLITE_NOTFOUND;
}

static int
served_sector(sqlite3_file *f)
{
	(void)f;
	return PAGE_SIZE;
}

static int
served_traits(sqlite3_file *f)
{
	(void)f;
	return SQLITE_IOCAP_IMMUTABLE;
}

static const sqlite3_io_methods served_methods = {
	.iVersion = 1, /* so no shared memory and no mapping */
	.xClose = served_close,
	.xRead = served_read,
	.xWrite = served_write,
	.xTruncate = served_truncate,
	.xSync = served_nothing,
	.xFileSize = served_size,
	.xLock = served_nothing,
	.xUnlock = served_nothing,
	.xCheckReservedLock = served_reserved,
	.xFileControl = served_control,
	.xSectorSize = served_sector,
	.xDeviceCharacteristics = served_traits,
};

static int
vfs_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
	struct served *s = (struct served *)(void *)f;

	(void)name;
	*s = (struct served){ .pages = vfs->pAppData };
	if (!(flags & SQLITE_OPEN_MAIN_DB)) /* no journals, no temporary files */
		return SQLITE_CANTOPEN;
	s->file.pMethods = &served_methods;
	if (ret_flags)
		*ret_flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
	return SQLITE_OK;
}

static int
vfs_access(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	(void)vfs, (void)name, (void)flags;
	*ret = 0;
	return SQLITE_OK;
}

static int
vfs_full_name(sqlite3_vfs *vfs, const char *name, int room, char *ret)
{
	(void)vfs;
	return snprintf(ret, (size_t)room, "%s", name) < room ? SQLITE_OK : SQLITE_CANTOPEN;
}

int
pages_connect(struct pages *p, sqlite3 **ret)
{
	const sqlite3_vfs *usual = sqlite3_vfs_find(NULL);
	int result;

	if (!usual)
		return SQLITE_ERROR;
	p->vfs = *usual;
	snprintf(p->name, sizeof(p->name), "scanstep-%p", (void *)p);
	p->vfs.zName = p->name;
	p->vfs.szOsFile = sizeof(struct served);
	p->vfs.pAppData = p;
	p->vfs.pNext = NULL;
	p->vfs.xOpen = vfs_open;
	p->vfs.xAccess = vfs_access;
	p->vfs.xFullPathname = vfs_full_name;
	result = sqlite3_vfs_register(&p->vfs, 0);
	if (result != SQLITE_OK)
		return result;
	result = sqlite3_open_v2("advisories", ret,
	    SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, p->vfs.zName);
	sqlite3_vfs_unregister(&p->vfs); /* the connection keeps it; the name is free again */
	return result;
}
