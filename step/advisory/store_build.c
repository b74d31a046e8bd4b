/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store_build.c - from documents to a database file, whole or not at all
 *
 * The file is made under another name in the same folder, proven by opening it as a scan
 * will, and renamed. Two builders at once each make their own; the last one's stays.
 * A builder that is killed leaves its unfinished file; one that builds there later removes it.
 */
#include "step/advisory/build.h"
#include "step/advisory/input.h"
#include "step/advisory/pages.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* All that was asked for, into b. */
static int
read_all(const struct build_request *r, struct build *b, struct unrecognised *unrecognised,
    struct err *err)
{
	struct fetcher plain = { .arena = unrecognised->arena };
	struct fetcher *fetcher = r->fetcher ? r->fetcher : &plain;

	for (size_t i = 0; i < r->nfrom; i++) {
		if (r->progress)
			r->progress(i, r->nfrom);
		if (input_read(r->from[i], r->optional && r->optional[i], b, fetcher, unrecognised,
			err) < 0)
			return -1;
	}
	return 0;
}

/* Fills the empty file f; its facts are then read back from it. */
static int
fill(struct new_file *f, const struct build_request *r, struct arena *a, struct build_result *ret,
    struct err *err)
{
	struct build *b;
	struct unrecognised unrecognised = { .arena = a };

	if (build_open(new_file_path(f), &b, err) < 0)
		return -1;
	if (read_all(r, b, &unrecognised, err) < 0) {
		build_abandon(b);
		return -1;
	}
	build_origin(b, r->origin);
	if (build_finish(b, r->now, a, ret, NULL, err) < 0)
		return -1;
	ret->unrecognised = unrecognised.count;
	ret->strangers = unrecognised.names;
	ret->nstrangers = unrecognised.nnames;
	if (ret->documents == 0)
		return err_set(err, ERR_DATABASE,
		    "none of the %llu files is a document of a known feed",
		    (unsigned long long)unrecognised.count);
	return 0;
}

/* Checksums, and then a look at it with the eyes of a scan. */
static int
prove(struct new_file *f, struct arena *a, struct build_result *ret, struct err *err)
{
	int fd = fileno(new_file_stream(f));
	struct store *s;
	struct stat st;

	if (pages_stamp(fd) < 0 || fstat(fd, &st) < 0)
		return err_set(err, ERR_DATABASE, "the advisory database cannot be written: %s",
		    strerror(errno));
	ret->size = (uint64_t)st.st_size;
	/* It is only ever replaced. Where the umask is 0, as in GitLab's jobs, others could write to it. */
	(void)!fchmod(fd, st.st_mode & 0755);
	if (store_open(new_file_path(f), &s, err) < 0)
		return -1;
	store_facts(s, a, &ret->facts);
	store_close(s);
	return 0;
}

int
store_build(
    const struct build_request *request, struct arena *a, struct build_result *ret, struct err *err)
{
	struct new_file *f = new_file_open(request->path, ERR_DATABASE, err);
	AUTO_FREE char *folder = file_folder(request->path);

	if (!f)
		return -1;
	new_file_sweep(folder);
	if (fill(f, request, a, ret, err) < 0 || prove(f, a, ret, err) < 0) {
		new_file_abandon(f);
		return -1;
	}
	return new_file_commit(f, true, err);
}
