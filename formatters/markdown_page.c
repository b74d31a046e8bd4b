/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markdown_page.c - the page of the markdown format, and the room that is left on it
 *
 * Everything on the page is written here and counted, so that a section can tell whether its
 * next line still has room.
 */
#include "formatters/markdown_page.h"

#include <stdarg.h>
#include <string.h>

void
markdown_say(struct markdown *m, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vfprintf(m->out, fmt, ap);
	va_end(ap);
	m->written += n > 0 ? (size_t)n : 0;
}

bool
markdown_line(struct markdown *m, enum markdown_end end, const char *line)
{
	bool fits = m->written + strlen(line) < (size_t)end;

	if (fits)
		markdown_say(m, "%s\n", line);
	arena_reset(m->a);
	return fits;
}
