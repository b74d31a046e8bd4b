/* SPDX-License-Identifier: Apache-2.0 */
/*
 * table_page.h - the page of the table format: words in colour, where there is a terminal that shows it
 */
#ifndef FORMATTERS_TABLE_PAGE_H
#define FORMATTERS_TABLE_PAGE_H

#include "formatters/formatter.h"

/* The page being written. */
struct table {
	FILE *out;
	const struct report *r;
	const struct format_opts *o;
	size_t width; /* columns to use */
};

enum table_colour {
	TABLE_PLAIN = 0,
	TABLE_BOLD,
	TABLE_DIM,
	TABLE_RED,
	TABLE_YELLOW,
	TABLE_GREEN,
	TABLE_CYAN,
	TABLE_MAGENTA,
	TABLE_ALARM, /* bold on red */
};

/* Switches to the colour, or back with TABLE_PLAIN; writes nothing without colour. */
void table_paint(const struct table *t, enum table_colour colour);
/* Our own words, in the colour. */
void table_say(const struct table *t, enum table_colour colour, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* What a severity is shown in. */
enum table_colour table_severity_colour(enum severity s);

#endif
