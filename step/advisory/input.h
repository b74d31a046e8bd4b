/* SPDX-License-Identifier: Apache-2.0 */
/*
 * input.h - documents for feeds: out of files, folders, archives and the web
 */
#ifndef STEP_ADVISORY_INPUT_H
#define STEP_ADVISORY_INPUT_H

#include "step/advisory/build.h"
#include "step/advisory/fetch.h"

/* Files that no feed knows: how many, and the first of their names in the arena. */
struct unrecognised {
	struct arena *arena;
	const char **names;
	size_t nnames;
	uint64_t count;
};

/*
 * Everything at from, a path or an http(s) URL, through the feeds that know it into b.
 * Files that none knows are added to *unrecognised; an address that gives nothing else is an
 * error, and so is one that is gone, unless it is optional. -1: ERR_USAGE for what cannot be opened,
 * ERR_DATABASE for what cannot be trusted; both name the file. ERR_INTERNAL where memory or libcurl is not to be had.
 */
int input_read(const char *from, bool optional, struct build *b, struct fetcher *fetcher,
    struct unrecognised *unrecognised, struct err *err) MUST_CHECK;

#endif
