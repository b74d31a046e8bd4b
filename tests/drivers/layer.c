/* SPDX-License-Identifier: Apache-2.0 */
/*
 * layer.c - prints the inventory of one layer: layer [-u] [-d] FILE
 *
 * -u: no digest covers the bytes; -d: the diff_id too. One line a thing, tab-separated:
 * size, diff_id, mark, package, distro, file-gap, gap; "error" where the layer could not be read.
 */
#include "step/analyse.h"

#include <fcntl.h>
#include <string.h>

static const char *const kinds[MARK_COUNT] = {
	"folder",
	"file",
	"other",
	"symlink",
	"hardlink",
	"whiteout",
	"opaque",
};

static void
print_file(const struct inventory_file *f)
{
	for (size_t i = 0; i < f->npackages; i++)
		printf(
		    "package\t%s\t%s\t%s\n", f->path, f->packages[i].name, f->packages[i].version);
	if (f->distro)
		printf("distro\t%s\t%s\t%s\n", f->path, f->distro->id,
		    f->distro->version ? f->distro->version : "");
	for (size_t i = 0; i < f->ngaps; i++)
		printf("file-gap\t%s\t%s\n", f->path, f->gaps[i]);
}

static void
print_inventory(const struct inventory *inv)
{
	printf(
	    "size\t%llu\t%llu\n", (unsigned long long)inv->size, (unsigned long long)inv->entries);
	if (inv->diff_id)
		printf("diff_id\t%s\n", inv->diff_id);
	for (size_t i = 0; i < inv->nmarks; i++)
		printf("mark\t%s\t%s\t%s\n", kinds[inv->marks[i].kind], inv->marks[i].path,
		    inv->marks[i].target);
	for (size_t i = 0; i < inv->nfiles; i++)
		print_file(&inv->files[i]);
	for (size_t i = 0; i < inv->ngaps; i++)
		printf("gap\t%s\t%s\n", inv->gaps[i].path ? inv->gaps[i].path : "",
		    inv->gaps[i].reason);
}

int
main(int argc, char **argv)
{
	AUTO_ARENA arena = arena_new();
	AUTO_STREAM blob = NULL;
	struct analysis job = { 0 };
	struct inventory *inv;
	struct err err;
	int fd, at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		job.undigested |= strcmp(argv[at], "-u") == 0;
		job.want_diff_id |= strcmp(argv[at], "-d") == 0;
	}
	fd = at < argc ? open(argv[at], O_RDONLY) : -1;
	if (fd < 0)
		return 2;
	blob = stream_of_fd(fd, ERR_IMAGE);
	if (analysis_run(&job, blob, arena, &inv, &err) < 0) {
		printf("error\t%s\n", err.text);
		return 1;
	}
	print_inventory(inv);
	return 0;
}
