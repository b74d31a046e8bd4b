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
read_from(int fd, struct arena *a, struct report_draft **ret, struct err *err)
{
	AUTO_STREAM in = stream_of_fd(fd, ERR_USAGE);
	AUTO_ARENA scratch = arena_new();
	struct report_draft *d = report_draft_new(a);
	struct str bytes;

	if (stream_whole(in, LIMIT_REPORT, ERR_USAGE, scratch, &bytes, err) < 0 ||
	    report_read_json(bytes, d, err) < 0)
		return -1;
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
	if (read_from(fd, a, ret, err) == 0)
		return 0;
	return err_wrap(err, "report %s", is_stdin ? "on standard input" : path);
}
