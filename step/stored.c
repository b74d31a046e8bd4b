/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stored.c - a stored report, for the commands that need no image
 */
#include "step/stored.h"

#include "formatters/formatter.h"
#include "step/base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int
read_from(int fd, const char *name, struct arena *a, struct report_draft **ret, struct err *err)
{
	AUTO_STREAM in = stream_of_fd(fd, ERR_USAGE);
	AUTO_ARENA scratch = arena_new();
	struct report_draft *d = report_draft_new(a);
	struct str bytes;
	struct err why;

	if (stream_whole(in, LIMIT_REPORT, ERR_USAGE, scratch, &bytes, err) < 0)
		return err_wrap(err, "report %.100s", name);
	if (report_read_json(bytes, d, &why) < 0)
		return err_set(err, why.kind,
		    "%.100s is no scanstep json report: %.300s; write one with scan -o json=FILE",
		    name, why.text);
	*ret = d;
	return 0;
}

int
stored_read(const char *path, struct arena *a, struct report_draft **ret, struct err *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return err_set(
		    err, ERR_USAGE, "cannot read the report '%s': %s", path, strerror(errno));
	return read_from(fd, is_stdin ? "standard input" : path, a, ret, err);
}
