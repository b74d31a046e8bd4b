/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formatter.h - what a report format is, and the escapers they share
 *
 * A formatter is a pure function from a sealed report to bytes: no clock, no
 * environment, no network, no globals. That is what makes a golden file a
 * complete test of it.
 *
 * To add one: write formatters/NAME.c, list it in formatters.c, run
 * "make golden FORMAT=NAME", read the diff, commit all three.
 */
#ifndef FORMATTERS_FORMATTER_H
#define FORMATTERS_FORMATTER_H

#include "step/model/model.h"

#include <stdio.h>

struct format_opts {
	unsigned width;           /* columns of the terminal, 0 if it is none */
	bool colour;              /* NO_COLOR, TERM and isatty already applied */
	enum severity report_min; /* list only what reaches this; our json lists all */
};

struct formatter {
	const char *name;    /* what -o takes; also the golden folder */
	const char *summary; /* one line for --help and the README table */
	const char *spec;    /* URL of the format's definition, or NULL: our own */
	const char *file;    /* default file name, or NULL: standard output */

	/*
	 * Write the whole report. The caller opens out, checks ferror() and
	 * renames the finished file into place, so a formatter neither flushes
	 * nor checks each write. Returns 0, or -1 with err set.
	 */
	int (*write)(const struct report *r, const struct format_opts *o, FILE *out,
	    struct err *err) MUST_CHECK;
};

/* All formats, in the order --help lists them. */
extern const struct formatter *const formatters[];
extern const size_t nformatters;

const struct formatter *formatter_find(struct str name); /* or NULL */

/* Is this finding listed for people? Unknown always is. */
bool format_lists(const struct format_opts *o, const struct finding *f);

/* Escapers: text from the image or a feed goes out through one of these. */
/* Control, bidi and invisible characters shown as \x1b, \u202e. */
void escape_terminal(FILE *out, const char *text);

/*
 * Read a report of our json format back: everything into the draft, which can be judged and
 * sealed anew. Errors are ERR_USAGE and name the JSON pointer.
 */
int report_read_json(struct str bytes, struct report_draft *d, struct err *err) MUST_CHECK;

#endif
