/* SPDX-License-Identifier: Apache-2.0 */
/*
 * folder_trim.c - a folder of kept files: what was not used for longest goes when there is too much
 */
#define _GNU_SOURCE /* O_DIRECTORY with fdopendir() and fstatat() under one roof */

#include "step/base/io.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MOST 100000 /* looked at */

struct item {
	char *name;
	time_t changed;
	uint64_t size;
};

static int
by_age(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return (x->changed > y->changed) - (x->changed < y->changed);
}

static size_t
list_items(int folder, bool (*fits)(struct str name), struct arena *a, struct item **ret,
    uint64_t *ret_total)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct item *items = NULL;
	struct dirent *entry;
	struct stat st;
	size_t count = 0;

	*ret_total = 0;
	if (!dir)
		auto_fd(&fd);
	while (dir && count < FILES_MOST && (entry = readdir(dir))) {
		if (!fits(str_of(entry->d_name)) ||
		    fstatat(folder, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISREG(st.st_mode))
			continue;
		items = arena_grow(a, items, count, sizeof(*items));
		items[count++] = (struct item){ arena_string(a, str_of(entry->d_name)), st.st_mtime,
			(uint64_t)st.st_size };
		*ret_total += (uint64_t)st.st_size;
	}
	if (dir)
		closedir(dir);
	*ret = items;
	return count;
}

void
folder_trim(int folder, bool (*fits)(struct str name), uint64_t most)
{
	AUTO_ARENA a = arena_new();
	struct item *items;
	uint64_t total;
	size_t count = list_items(folder, fits, a, &items, &total);

	if (total <= most)
		return;
	qsort(items, count, sizeof(*items), by_age);
	/* A tenth more than must go, so that the next time need not do it again. */
	for (size_t i = 0; i < count && total > most - most / 10; i++) {
		unlinkat(folder, items[i].name, 0);
		total -= items[i].size;
	}
}
