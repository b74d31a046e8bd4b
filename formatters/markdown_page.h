/* SPDX-License-Identifier: Apache-2.0 */
/*
 * markdown_page.h - the page of the markdown format, and the room that is left on it
 */
#ifndef FORMATTERS_MARKDOWN_PAGE_H
#define FORMATTERS_MARKDOWN_PAGE_H

#include "formatters/formatter.h"
#include "formatters/markdown_text.h"

/* How long a text may become in a cell or a line, in code points. */
enum {
	MARKDOWN_NAME = 120, /* a package's name or version */
	MARKDOWN_ID = 300,   /* a vulnerability's id */
	MARKDOWN_LINE = 160, /* a title */
	MARKDOWN_TEXT = 500, /* a reason, a notice, an image's name */
};

/*
 * What may stand on the page up to where each section ends, in bytes: GitHub takes a job's summary of 1 MiB,
 * and what is worst comes first. Behind the last there is room for the facts.
 */
enum markdown_end {
	MARKDOWN_END_NOTES = 200000,
	MARKDOWN_END_UPGRADES = 300000,
	MARKDOWN_END_OPEN = 650000,
	MARKDOWN_END_BELOW = 750000,
	MARKDOWN_END_SET_ASIDE = 850000,
};

/* The page being written. */
struct markdown {
	FILE *out;
	const struct report *r;
	const struct format_opts *o;
	struct arena *a; /* reset after each line */
	size_t written;
};

/* Our own words, and texts that have been escaped. */
void markdown_say(struct markdown *m, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A line of a list or table, unless it would reach beyond end: then false. The arena is reset. */
bool markdown_line(struct markdown *m, enum markdown_end end, const char *line);

#endif
