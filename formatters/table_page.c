/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_page.c - the page of the table format: words in colour, where there is a terminal that shows it
 */
#include "formatters/table_page.h"

#include <stdarg.h>

void
table_paint(const struct table *t, enum table_colour colour)
{
	static const char *const sgr[] = {
		[TABLE_PLAIN] = "0",
		[TABLE_BOLD] = "1",
		[TABLE_DIM] = "2",
		[TABLE_RED] = "31",
		[TABLE_YELLOW] = "33",
		[TABLE_GREEN] = "32",
		[TABLE_CYAN] = "36",
		[TABLE_MAGENTA] = "35",
		[TABLE_ALARM] = "1;37;41",
	};

	if (t->o->colour)
		fprintf(t->out, "\x1b[%sm", sgr[colour]);
}

void
table_say(const struct table *t, enum table_colour colour, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	table_paint(t, colour);
	vfprintf(t->out, fmt, ap);
	table_paint(t, TABLE_PLAIN);
	va_end(ap);
}

enum table_colour
table_severity_colour(enum severity s)
{
	switch (s) {
	case SEVERITY_CRITICAL:
		return TABLE_ALARM;
	case SEVERITY_HIGH:
		return TABLE_RED;
	case SEVERITY_MEDIUM:
		return TABLE_YELLOW;
	case SEVERITY_LOW:
		return TABLE_CYAN;
	case SEVERITY_NEGLIGIBLE:
		return TABLE_DIM;
	case SEVERITY_UNKNOWN:
		return TABLE_MAGENTA;
	}
	return TABLE_PLAIN;
}
