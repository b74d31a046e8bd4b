/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cache.c - inventories by (verified digest, key), one file each
 *
 * A file is an inventory and the SHA-256 of its name and it, so that one that is torn,
 * rotten or another layer's is known. Files appear by rename: readers need no lock. Each use freshens a
 * file's time, and the ones longest unused go first when there are too many.
 */
#define _GNU_SOURCE /* O_NOFOLLOW and futimens() under one roof */

#include "step/layer/cache.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CACHE_MOST (256 * MIB) /* about 20,000 layers of a distribution */
#define KEY_LEN    32          /* hexadecimal digits */

struct cache {
	char *folder;
	int fd;
	atomic_bool grown;
};

int
cache_open(const char *folder, struct cache **ret, struct err *err)
{
	int fd = file_own_folder(folder, ERR_INTERNAL, err);
	struct cache *c;

	if (fd < 0)
		return -1;
	c = xalloc(sizeof(*c));
	c->folder = xstrdup(folder);
	c->fd = fd;
	*ret = c;
	return 0;
}

/* The names that we give: nothing else in the folder is ever removed. */
static bool
is_name(const char *name)
{
	static const char hex[] = "0123456789abcdef";

	return strspn(name, hex) == SHA256_HEX - 1 && name[SHA256_HEX - 1] == '-' &&
	       strspn(name + SHA256_HEX, hex) == KEY_LEN && name[SHA256_HEX + KEY_LEN] == '\0';
}

static bool
is_ours(struct str name)
{
	char text[SHA256_HEX + KEY_LEN + 1];

	if (name.len >= sizeof(text))
		return false;
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	return is_name(text);
}

/* "sha256:" and digits become the digits: no byte of an image gets into a name unchecked. */
static bool
name_of(const char *digest, const char *key, char *ret, size_t size)
{
	return digest_valid(str_of(digest)) &&
	       snprintf(ret, size, "%s-%s", strchr(digest, ':') + 1, key) < (int)size &&
	       is_name(ret);
}

/* What stands behind an inventory: under another name it is damaged. */
static void
seal_of(const char *name, struct str bytes, char ret[SHA256_HEX])
{
	struct sha256 h;

	sha256_init(&h);
	sha256_update(&h, name, strlen(name) + 1);
	sha256_update(&h, bytes.ptr, bytes.len);
	sha256_hex(&h, ret);
}

bool
cache_get(struct cache *c, const char *digest, const char *key, struct arena *a, struct str *ret)
{
	char name[192], hex[SHA256_HEX];
	AUTO_STREAM s = NULL;
	struct stat st;
	struct err err;
	AUTO_FD fd = -1;

	if (!name_of(digest, key, name, sizeof(name)))
		return false;
	fd = openat(c->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 022) != 0 || st.st_size < SHA256_HEX)
		return false;
	s = stream_of_file(fd, ERR_INTERNAL, 0, (uint64_t)st.st_size);
	if (stream_whole(s, LIMIT_INVENTORY + SHA256_HEX, ERR_INTERNAL, a, ret, &err) < 0 ||
	    ret->len < SHA256_HEX)
		return false;
	ret->len -= SHA256_HEX - 1;
	seal_of(name, *ret, hex);
	if (memcmp(hex, ret->ptr + ret->len, SHA256_HEX - 1) != 0)
		return false;
	futimens(fd, NULL);
	return true;
}

int
cache_put(struct cache *c, const char *digest, const char *key, struct str bytes, struct err *err)
{
	char name[192], path[LIMIT_PATH], hex[SHA256_HEX];
	struct new_file *f;

	if (!name_of(digest, key, name, sizeof(name)) ||
	    snprintf(path, sizeof(path), "%s/%s", c->folder, name) >= (int)sizeof(path))
		return err_set(err, ERR_INTERNAL, "the cache's path is too long");
	f = new_file_open(path, ERR_INTERNAL, err);
	if (!f)
		return -1;
	/* Whatever the umask is: what others can write is not believed. */
	(void)!fchmod(fileno(new_file_stream(f)), 0600);
	seal_of(name, bytes, hex);
	fwrite(bytes.ptr, 1, bytes.len, new_file_stream(f));
	fwrite(hex, 1, SHA256_HEX - 1, new_file_stream(f));
	c->grown = true;
	return new_file_commit(f, false, err);
}

void
cache_close(struct cache *c)
{
	if (!c)
		return;
	if (c->grown) {
		new_file_sweep(c->folder);
		folder_trim(c->fd, is_ours, CACHE_MOST);
	}
	close(c->fd);
	free(c->folder);
	free(c);
}
