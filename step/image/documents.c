/* SPDX-License-Identifier: Apache-2.0 */
/*
 * documents.c - manifests and configs that were had before, by their digest
 *
 *      documents/sha256-5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef
 *
 * A file is the document and nothing else, so that it needs no seal: it is believed if its bytes have the
 * digest that its name says, and removed if they have not. Each use freshens its time; what was not used for
 * a month goes, and what was not used for longest when all of it is too much.
 */
#define _GNU_SOURCE /* O_NOFOLLOW and futimens() under one roof */

#include "step/image/documents.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEPT_MOST (64 * MIB) /* some thousands: a manifest has 1 to 10 KiB, a config as much */
#define KEPT_AGE  (30 * DAY)
#define PREFIX    "sha256-"
#define NAME_SIZE (sizeof(PREFIX) - 1 + SHA256_HEX)

struct documents {
	char *folder;
	int fd;
	atomic_bool grown;
};

int
documents_open(const char *folder, struct documents **ret, struct err *err)
{
	int fd = file_own_folder(folder, ERR_INTERNAL, err);
	struct documents *d;

	if (fd < 0)
		return -1;
	d = xalloc(sizeof(*d));
	*d = (struct documents){ .folder = xstrdup(folder), .fd = fd };
	*ret = d;
	return 0;
}

/* The names that we give: nothing else in the folder is ever removed. */
static bool
is_ours(struct str name)
{
	return name.len == NAME_SIZE - 1 && str_starts(name, PREFIX);
}

void
documents_close(struct documents *d)
{
	if (!d)
		return;
	if (d->grown) {
		new_file_sweep(d->folder);
		file_sweep(d->folder, is_ours, KEPT_AGE);
		folder_trim(d->fd, is_ours, KEPT_MOST);
	}
	close(d->fd);
	free(d->folder);
	free(d);
}

/* No byte of a digest gets into a name unchecked. */
static bool
name_of(const char *digest, char ret[NAME_SIZE])
{
	if (!digest_valid(str_of(digest)))
		return false;
	snprintf(ret, NAME_SIZE, PREFIX "%s", strchr(digest, ':') + 1);
	return true;
}

static bool
read_file(int fd, struct arena *a, struct str *ret)
{
	AUTO_STREAM s = NULL;
	struct stat st;
	struct err err;

	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size > LIMIT_DOCUMENT)
		return false;
	s = stream_of_file(fd, ERR_INTERNAL, 0, (uint64_t)st.st_size);
	return stream_whole(s, LIMIT_DOCUMENT, ERR_INTERNAL, a, ret, &err) == 0;
}

bool
documents_get(struct documents *d, const char *digest, struct arena *a, struct str *ret)
{
	char name[NAME_SIZE], hex[SHA256_HEX];
	AUTO_FD fd = -1;
	struct str bytes;

	if (!d || !name_of(digest, name))
		return false;
	fd = openat(d->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || !read_file(fd, a, &bytes))
		return false;
	sha256_of(bytes, hex);
	if (strcmp(hex, name + strlen(PREFIX)) != 0) {
		unlinkat(d->fd, name, 0);
		return false;
	}
	futimens(fd, NULL);
	*ret = bytes;
	return true;
}

void
documents_put(struct documents *d, const char *digest, struct str bytes)
{
	char name[NAME_SIZE];
	AUTO_FREE char *path = NULL;
	struct new_file *f;
	struct err ignored;
	size_t size;

	if (!d || !name_of(digest, name))
		return;
	size = strlen(d->folder) + NAME_SIZE + 1;
	path = xalloc(size);
	snprintf(path, size, "%s/%s", d->folder, name);
	f = new_file_open(path, ERR_INTERNAL, &ignored);
	if (!f)
		return;
	fwrite(bytes.ptr, 1, bytes.len, new_file_stream(f));
	d->grown = true;
	(void)!new_file_commit(f, false, &ignored);
}
