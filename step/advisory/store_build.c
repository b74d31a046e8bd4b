/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_build.c - from documents to a database file, whole or not at all
 *
 * The file is made under another name in the same folder, proven by opening it as a scan
 * will, and renamed. Two builders at once each make their own; the last one's stays.
 * A builder that is killed leaves its unfinished file; the next one in that folder
 * removes what is older than a day.
 */
#include "step/advisory/build.h"
#include "step/advisory/input.h"
#include "step/advisory/pages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define UNFINISHED     ".scanstep-" /* and six letters: what new_file_open() makes */
#define UNFINISHED_AGE 86400        /* seconds */

/* Files that builders who were killed left beside path. Nothing depends on it. */
static void
remove_unfinished(const char *path)
{
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *folder = xstrdup(slash ? path : ".");
	const struct dirent *entry;
	DIR *list;

	if (slash)
		folder[slash == path ? 1 : slash - path] = '\0';
	list = opendir(folder);
	if (!list)
		return;
	while ((entry = readdir(list)) != NULL) {
		struct str name = str_of(entry->d_name);
		struct stat st;

		if (!str_starts(name, UNFINISHED) || name.len != sizeof(UNFINISHED) + 5)
			continue;
		if (fstatat(dirfd(list), name.ptr, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && time(NULL) - st.st_mtime > UNFINISHED_AGE)
			(void)!unlinkat(dirfd(list), name.ptr, 0);
	}
	closedir(list);
}

/* Fills the empty file f; its facts are then read back from it. */
static int
fill(struct new_file *f, const char *const *from, size_t nfrom, int64_t now, struct arena *a,
    struct build_result *ret, struct err *err)
{
	struct build *b;
	uint64_t unrecognised = 0;

	if (build_open(new_file_path(f), &b, err) < 0)
		return -1;
	for (size_t i = 0; i < nfrom; i++)
		if (input_read(from[i], b, &unrecognised, err) < 0) {
			build_abandon(b);
			return -1;
		}
	if (build_finish(b, now, a, ret, NULL, err) < 0)
		return -1;
	ret->unrecognised = unrecognised;
	if (ret->documents == 0)
		return err_set(err, ERR_DATABASE,
		    "none of the %llu files is a document of a known feed",
		    (unsigned long long)unrecognised);
	return 0;
}

/* Checksums, and then a look at it with the eyes of a scan. */
static int
prove(struct new_file *f, struct arena *a, struct build_result *ret, struct err *err)
{
	int fd = fileno(new_file_stream(f));
	struct store *s;
	struct stat st;
	int result;

	if (pages_stamp(fd) < 0 || fstat(fd, &st) < 0)
		return err_set(err, ERR_DATABASE, "the advisory database cannot be written: %s",
		    strerror(errno));
	ret->size = (uint64_t)st.st_size;
	if (store_open(new_file_path(f), &s, err) < 0)
		return -1;
	result = store_facts(s, a, &ret->facts, err);
	store_close(s);
	return result;
}

int
store_build(const char *path, const char *const *from, size_t nfrom, int64_t now, struct arena *a,
    struct build_result *ret, struct err *err)
{
	struct new_file *f = new_file_open(path, ERR_DATABASE, err);

	if (!f)
		return -1;
	remove_unfinished(path);
	if (fill(f, from, nfrom, now, a, ret, err) < 0 || prove(f, a, ret, err) < 0) {
		new_file_abandon(f);
		return -1;
	}
	return new_file_commit(f, true, err);
}
