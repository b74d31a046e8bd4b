/* SPDX-License-Identifier: Apache-2.0 */
/*
 * checkout.c - is a folder part of a commit that was checked out?
 *
 * The index of git lists every path of the checkout, in versions 2 to 4:
 * https://git-scm.com/docs/index-format
 *
 * It is the runner's, made by git of paths that a stranger chose; git itself is not asked, as it may not be
 * installed where we run. What is no such list is searched for the folder's name as bytes.
 */
#define _GNU_SOURCE /* memmem() */

#include "step/checkout.h"

#include "step/base/io.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT_INDEX_FILE (64 * MIB) /* 600,000 files of a checkout */
#define LIMIT_GITDIR     8192       /* a file in the place of .git: a path, and little else */

enum {
	HEADER = 12,    /* "DIRC", version, number of entries */
	STAT_SIZE = 40, /* of an entry: times, mode, size and the like */
	SHA1_SIZE = 20,
	SHA256_SIZE = 32,
	FLAG_MORE = 0x4000, /* two more bytes of flags */
	FLAG_LEN = 0x0fff,  /* the path's length, or all ones of a longer one */
};

struct entries {
	const unsigned char *at, *end;
	uint32_t version;
	size_t digest;         /* size of one: nothing in the file says it */
	char path[LIMIT_PATH]; /* of the entry at hand */
	size_t len;
};

enum answer {
	ABSENT,
	PRESENT,
	UNCLEAR, /* not understood */
};

static uint32_t
number_at(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Version 4: how many bytes at the end of the path before this one are not shared with it. */
static bool
read_dropped(struct entries *e, size_t *ret)
{
	size_t n = 0;

	for (bool first = true; e->at < e->end; first = false) {
		unsigned char c = *e->at++;

		n = ((first ? 0 : n + 1) << 7) + (c & 127);
		if (n > LIMIT_PATH)
			return false;
		*ret = n;
		if (!(c & 128))
			return true;
	}
	return false;
}

/* The path of the next entry. False where no entry can be. */
static bool
next_entry(struct entries *e)
{
	const unsigned char *start = e->at, *nul;
	size_t fixed = STAT_SIZE + e->digest + 2, dropped = e->len, len, flags;

	if ((size_t)(e->end - start) < fixed + 2)
		return false;
	flags = (size_t)start[fixed - 2] << 8 | start[fixed - 1];
	e->at += fixed + (flags & FLAG_MORE ? 2 : 0);
	if (e->version == 4 && (!read_dropped(e, &dropped) || dropped > e->len))
		return false;
	nul = memchr(e->at, '\0', (size_t)(e->end - e->at));
	if (!nul)
		return false;
	len = (size_t)(nul - e->at);
	e->len -= dropped;
	if (e->len + len >= sizeof(e->path))
		return false;
	memcpy(e->path + e->len, e->at, len);
	e->len += len;
	if ((flags & FLAG_LEN) != FLAG_LEN && (flags & FLAG_LEN) != e->len)
		return false;
	/* Up to version 3, NULs up to a multiple of eight bytes. */
	len = e->version == 4 ? (size_t)(nul - start) + 1 : ((size_t)(nul - start) + 8) / 8 * 8;
	if ((size_t)(e->end - start) < len)
		return false;
	e->at = start + len;
	return true;
}

static bool
is_in(struct str path, struct str folder)
{
	return path.len >= folder.len && memcmp(path.ptr, folder.ptr, folder.len) == 0 &&
	       (path.len == folder.len || folder.len == 0 || path.ptr[folder.len] == '/');
}

/* A submodule or a link is one entry: it may be the folder, or one above it. */
static enum answer
look_for(struct str index, size_t digest, struct str folder)
{
	const unsigned char *bytes = (const unsigned char *)index.ptr;
	struct entries e = { bytes + HEADER, bytes + index.len, 0, digest, "", 0 };

	if (index.len < HEADER || memcmp(bytes, "DIRC", 4) != 0)
		return UNCLEAR;
	e.version = number_at(bytes + 4);
	if (e.version < 2 || e.version > 4)
		return UNCLEAR;
	for (uint32_t left = number_at(bytes + 8); left > 0; left--) {
		struct str path = { e.path, 0 };

		if (!next_entry(&e))
			return UNCLEAR;
		path.len = e.len;
		if (is_in(path, folder) || is_in(folder, path))
			return PRESENT;
	}
	return ABSENT;
}

static bool
lists(struct str index, struct str folder)
{
	enum answer answer = look_for(index, SHA1_SIZE, folder);

	if (answer == UNCLEAR)
		answer = look_for(index, SHA256_SIZE, folder);
	if (answer == UNCLEAR)
		return memmem(index.ptr, index.len, folder.ptr, folder.len) != NULL;
	return answer == PRESENT;
}

/* The index of the checkout whose top is this folder, or NULL: in .git, or, of a worktree or submodule, where that leads. */
static const char *
index_of(const char *top, struct arena *a)
{
	const char *git = arena_textf(a, "%s/.git", top);
	struct str text, place;
	struct stat st;
	struct err err;

	if (stat(git, &st) < 0)
		return NULL;
	if (S_ISDIR(st.st_mode))
		return arena_textf(a, "%s/index", git);
	if (!S_ISREG(st.st_mode) ||
	    file_whole(git, LIMIT_GITDIR, ERR_DATABASE, a, &text, &err) < 0 ||
	    !str_starts(text, "gitdir: "))
		return NULL;
	text = str_skip(text, strlen("gitdir: "));
	place = str_cut(&text, '\n');
	git = arena_string(a, place);
	return arena_textf(
	    a, "%s%s%s/index", git[0] == '/' ? "" : top, git[0] == '/' ? "" : "/", git);
}

/* Is this path, from the root on, in the index of any checkout that it lies in? */
static int
check_path(const char *shown, const char *path, struct arena *a, struct err *err)
{
	char *top = arena_string(a, str_of(path));

	for (char *slash = strrchr(top, '/'); slash; slash = strrchr(top, '/')) {
		const char *index;
		struct str bytes;
		struct err why;

		*slash = '\0';
		index = index_of(top, a);
		if (!index || access(index, F_OK) < 0)
			continue;
		if (file_whole(index, LIMIT_INDEX_FILE, ERR_DATABASE, a, &bytes, &why) < 0)
			return err_set(err, ERR_DATABASE,
			    "whether the cache folder '%s' is part of the checkout's commit is not "
			    "known: '%s': %s",
			    shown, index, why.text);
		if (lists(bytes, str_of(path + strlen(top) + 1)))
			return err_set(err, ERR_DATABASE,
			    "the cache folder '%s' is part of the checkout's commit", shown);
	}
	return 0;
}

int
checkout_check(const char *cache_folder, struct err *err)
{
	AUTO_ARENA a = arena_new();
	AUTO_FREE char *real = realpath(cache_folder, NULL);
	char *named = arena_string(a, str_of(cache_folder));

	if (real && check_path(cache_folder, real, a, err) < 0)
		return -1;
	/* A link that the commit brought leads out of the checkout. From the current folder on, none is followed. */
	if (named[0] != '/')
		return 0;
	for (size_t len = strlen(named); len > 1 && named[len - 1] == '/'; len--)
		named[len - 1] = '\0';
	return check_path(cache_folder, named, a, err);
}
