/* SPDX-License-Identifier: Apache-2.0 */
/*
 * formats.h - what each report format must be, whatever the report
 *
 * formats.c has a checker for each row of formatters[]: it reads the bytes back by the rules of their
 * own syntax, with a parser that is not ours where there is one, and ends the process when a promise is
 * broken. A format without a checker is one, too.
 */
#ifndef TESTS_FUZZ_FORMATS_H
#define TESTS_FUZZ_FORMATS_H

#include "formatters/formatter.h"
#include "step/base/doc.h"

/* A report as a format wrote it. */
struct rendered {
	const char *name; /* the format's */
	const struct report *r;
	const struct format_opts *o;
	struct str text; /* with a NUL behind it */
	struct arena *scratch;
};

/* Ends the process when a promise is broken, and says which. */
#define must(holds) must_hold((holds), #holds, __FILE__, __LINE__)
void must_hold(bool holds, const char *what, const char *file, int line);

/* Write the report in the format, and check what came out. */
void format_must_hold(
    const struct formatter *f, const struct report *r, const struct format_opts *o);

/* draft.c: a report made of any bytes, sealed. */
const struct report *random_report(struct arena *a, struct str bytes, struct format_opts *ret);

/* formats_json.c */
void check_json(const struct rendered *x);
void check_sarif(const struct rendered *x);
void check_gitlab(const struct rendered *x);
void check_cyclonedx(const struct rendered *x);
void check_openvex(const struct rendered *x);
void check_codequality(const struct rendered *x);
void check_jenkins(const struct rendered *x);
void check_clair(const struct rendered *x);

/* formats_markup.c, with libxml2 */
void check_junit(const struct rendered *x);
void check_html(const struct rendered *x);
void check_fragment(const char *html); /* a piece of HTML within a text */

/* formats_lines.c */
void check_table(const struct rendered *x);
void check_markdown(const struct rendered *x);
void check_csv(const struct rendered *x);
void check_github(const struct rendered *x);
void check_dotenv(const struct rendered *x);
/* No byte or line that a terminal obeys, a reader cannot see or a CI runner takes for a command. */
void check_log(const struct rendered *x, const char *controls, bool commands);

#endif
