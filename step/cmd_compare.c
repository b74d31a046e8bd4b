/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cmd_compare.c - scanstep compare: pairs of versions in, their order out
 *
 *      1.0-1<TAB>1.0-2      gives   <
 *
 * One answer a line: <, = or >, or "invalid" where a version is not valid in the scheme or the
 * line does not hold exactly one tab.
 */
#include "step/base/io.h"
#include "step/commands.h"
#include "step/match/version.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char *
answer(const struct version_ops *scheme, struct str line)
{
	struct str b = line;
	struct str a = str_cut(&b, '\t');
	int order;

	if (a.len == line.len || memchr(b.ptr, '\t', b.len) != NULL)
		return "invalid";
	if (!scheme->valid(a) || !scheme->valid(b))
		return "invalid";
	order = scheme->compare(a, b);
	return order < 0 ? "<" : order > 0 ? ">" : "=";
}

static int
compare_lines(const struct version_ops *scheme, struct stream *in, struct err *err)
{
	AUTO_LINES lines = lines_new(in, ERR_USAGE);
	struct str line;
	int more;

	while ((more = lines_next(lines, &line, NULL, err)) > 0) {
		fputs(answer(scheme, line), stdout);
		putchar('\n');
	}
	return more;
}

static int
unknown_scheme(const char *name, struct err *err)
{
	char list[128] = "";
	size_t used = 0;

	for (size_t i = 0; i < nversions; i++) {
		int n = snprintf(
		    list + used, sizeof(list) - used, "%s%s", i ? ", " : "", versions[i]->name);

		if (n < 0 || (size_t)n >= sizeof(list) - used)
			break;
		used += (size_t)n;
	}
	return err_set(err, ERR_USAGE, "'%s' is no version scheme; there are %s", name, list);
}

int
cmd_compare(const struct options *o, struct err *err)
{
	const struct version_ops *scheme = version_find(str_of(o->operands[0]));
	AUTO_STREAM in = NULL;
	int fd;

	if (!scheme)
		return unknown_scheme(o->operands[0], err);
	fd = dup(STDIN_FILENO);
	if (fd < 0)
		return err_set(err, ERR_USAGE, "reading standard input: %s", strerror(errno));
	in = stream_of_fd(fd, ERR_USAGE);
	if (compare_lines(scheme, in, err) < 0)
		return err_wrap(err, "reading standard input");
	if (fflush(stdout) != 0 || ferror(stdout))
		return err_set(err, ERR_OUTPUT, "writing standard output: %s", strerror(errno));
	return STATUS_OK;
}
