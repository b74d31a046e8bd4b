/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formatter.h - what a report format is, and which findings formats show
 *
 * A formatter is a pure function from a sealed report to bytes: no clock, no
 * environment, no network, no globals. That is what makes a golden file a
 * complete test of it.
 *
 * To add one: formatters/README.md.
 */
#ifndef FORMATTERS_FORMATTER_H
#define FORMATTERS_FORMATTER_H

#include "step/model/model.h"

#include <stdio.h>

/* What a person chose about how reports look; what the policy decided is in the report. */
struct format_opts {
	unsigned width;           /* columns of the terminal, 0 if it is none */
	bool colour;              /* NO_COLOR, TERM and isatty already applied */
	enum severity report_min; /* format_lists() */

	/* A file of the checkout, relative, where alerts are to point; NULL: into the image. */
	const char *location_file;
	unsigned location_line; /* in it, from 1 */
	bool sarif_suppressed;  /* SARIF tells of dismissed findings, as suppressed */
	const char
	    *default_branch_image; /* what GitLab knows the image by on every branch, or NULL */
	bool eol_finding; /* gitlab: the end of a distribution's support is a finding ... */
	enum severity eol_severity; /* ... of this severity */
};

/* A file that belongs to a report and stands beside it under this name. */
struct companion {
	const char *name;
	const unsigned char *bytes;
	const size_t *len;
};

struct formatter {
	const char *name;    /* what -o takes; also the golden folder */
	const char *summary; /* one line for --help and the README table */
	const char *spec;    /* URL of the format's definition, or NULL: our own */
	const char *file;    /* default file name, or NULL: standard output */
	bool shares_log;     /* lines of a log: may follow another such format on standard output */
	const struct companion *companion; /* or NULL; not written with standard output */

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

/*
 * Does the finding reach report_min? Unknown always does. For formats that people read or that raise
 * alerts; those that keep the facts (json, cyclonedx, openvex, clair, dotenv) hold all.
 */
bool format_lists(const struct format_opts *o, const struct finding *f);

/* Dismissed, or known before (baseline): for people it stands apart, with the reason. */
bool finding_set_aside(const struct finding *f);

/*
 * Read a report of our json format back: everything into the draft, which can be judged and
 * sealed anew. Errors are ERR_USAGE and name the JSON pointer.
 */
int report_read_json(struct str bytes, struct report_draft *d, struct err *err) MUST_CHECK;

#endif
